"""``python -m bench``: every figure in one run, written into bench/README.md.

python -m bench [--rounds 3] [--gb 1] [--only tokenise,decode] [--print]
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import apsw

from bench import (
    decode,
    delivery,
    documents,
    peers,
    polling,
    preview,
    reading,
    relay,
    scale,
    start,
    stored,
    templates,
    tokenise,
    writers,
)
from bench.figure import Row, table

README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- figures: written by python -m bench -->", "<!-- end of figures -->"


def benches(rounds: int, gigabytes: float) -> dict[str, Callable[[], list[Row]]]:
    """The benches in the order of the table."""
    return {
        "tokenise": lambda: tokenise.rows(2 * rounds - 1),
        "decode": lambda: decode.rows(rounds=2 * rounds - 1),
        "documents": lambda: documents.rows(2 * rounds - 1),
        "templates": lambda: templates.rows(2 * rounds - 1),
        "stored": lambda: stored.rows(rounds=rounds),
        "scale": lambda: scale.rows(rounds),
        "reading": lambda: reading.rows(rounds),
        "relay": lambda: relay.rows(rounds, gigabytes),
        "preview": preview.rows,
        "polling": lambda: polling.rows(rounds),
        "delivery": lambda: delivery.rows(rounds),
        "start": lambda: start.rows(2 * rounds - 1),
    }


def machine() -> list[str]:
    """What it ran on, and beside what."""
    cpu = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.processor(),
    )
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    packages = writers.NODE_PACKAGES | templates.PYTHON_PEERS | templates.JS_PEERS
    ours = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("uvloop", "msgspec", "numpy", "Pillow"))
    return [
        f"* {datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC; {cpu}, {os.cpu_count()} cores, {memory_gib:.0f} GiB; "
        f"{platform.system()} {platform.release()}",
        f"* Python {platform.python_version()}, SQLite {apsw.sqlite_lib_version()} by apsw, {ours}",
        f"* peers: npos {peers.NPOS} on Node {_version('node')}, {_flask()}, socat {_version('socat', '-V')}, "
        f"python-escpos {writers.PYTHON_ESCPOS}, " + ", ".join(map(" ".join, packages.items())),
    ]


def _version(program: str, option: str = "--version") -> str:
    if not shutil.which(program):
        return "-"
    said = subprocess.run([program, option], capture_output=True, text=True, check=False).stdout.split()
    return next((word for word in said if any(letter.isdigit() for letter in word)), "-")


def _flask() -> str:
    folder = peers.flask()
    if folder is None:
        return "Flask -"
    found = {dist.name.lower(): dist.version for dist in importlib.metadata.distributions(path=[str(folder)])}
    return f"Flask {found.get('flask', '-')} with waitress {found.get('waitress', '-')}"


def section(rows: list[Row], load: tuple[float, float], command: str) -> str:
    """The part of the page that is measured."""
    notes = [f"* {note}" for row in rows for note in row.notes]
    said = (
        f"* load average of the machine at the beginning {load[0]:.1f}, at the end {load[1]:.1f}; taken by `{command}`"
    )
    return "\n".join([*machine(), said, "", table(rows), "", *notes])


def write(text: str) -> None:
    """Put the measured part in its place."""
    page = README.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", "utf-8")


def main() -> None:
    """Measure, print, write."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--gb", type=float, default=1)
    options.add_argument("--only", default="", help="names of benches, by commas; prints only")
    options.add_argument("--print", action="store_true", help="leave README.md as it is")
    given = options.parse_args()
    wanted = [name for name in given.only.split(",") if name]
    load = os.getloadavg()[0]
    rows: list[Row] = []
    for name, measure in benches(given.rounds, given.gb).items():
        if not wanted or name in wanted:
            print(f"{name} ...", file=sys.stderr, flush=True)
            rows += measure()
    text = section(rows, (load, os.getloadavg()[0]), "python -m bench " + " ".join(sys.argv[1:]))
    print(text)
    if not given.print and not wanted:
        write(text)


if __name__ == "__main__":
    main()
