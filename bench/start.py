"""Starting and resting: how long ``kvit --version`` takes, how soon ``kvit up`` is ready, what an idle shop keeps.

    python -m bench.start [--rounds 7]

Memory is the proportional share (PSS: pages shared by several processes are counted once) of all processes of the
shop, some seconds after the start, with nobody printing and no page open.
"""

from __future__ import annotations

import argparse
import subprocess
import tempfile
import time
from pathlib import Path

from bench.figure import KVIT, Row, figure, in_turn, table
from bench.shop import ENV, Shop, pss_kib
from bench.shop import KVIT as COMMAND

VERSION_MS, READY_S, IDLE_MIB = 150, 2, 160
REST_S = 3.0
"""Until what was only needed for the start has settled."""


def version_ms() -> float:
    """One ``kvit --version``."""
    return _timed([*COMMAND, "--version"])


def python_ms() -> float:
    """The interpreter alone: the floor under every command."""
    return _timed([COMMAND[0], "-c", "pass"])


def _timed(command: list[str]) -> float:
    started = time.perf_counter()
    subprocess.run(command, env=ENV, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - started) * 1000


def rows(rounds: int = 7) -> list[Row]:
    """Measure all rows."""
    versions = in_turn({KVIT: version_ms, "python -c pass": python_ms}, 3 * rounds)
    first, later, memory, parts = [], [], [], ""
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as name:
            shop = Shop(Path(name))
            with shop:
                first.append(shop.ready_s)
            with shop:
                later.append(shop.ready_s)
                time.sleep(REST_S)
                found = [(pss_kib(pid) / 1024, name) for pid, name in shop.processes().items()]
                memory.append(sum(size for size, _ in found))
                parts = ", ".join(f"{name} {size:.1f}" for size, name in found)
    return [
        Row("`kvit --version`", "ms", versions, VERSION_MS, at_most=True),
        Row("`kvit up` ready, new folder", "s", {KVIT: figure(first)}),
        Row("`kvit up` ready, later starts", "s", {KVIT: figure(later)}, READY_S, at_most=True),
        Row(
            "idle `kvit up`, all processes", "MiB PSS", {KVIT: figure(memory)}, IDLE_MIB, at_most=True,
            notes=[f"Idle memory by process in the last round, MiB: {parts}."],
        ),
    ]  # fmt: skip


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=7)
    measured = rows(options.parse_args().rounds)
    print(table(measured), *(f"\n{note}" for row in measured for note in row.notes))


if __name__ == "__main__":
    main()
