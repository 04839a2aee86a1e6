"""Documents to bytes: the standard receipt (12 items of 4 columns, sums, QR, EAN-13, cut) at 48 columns, peers beside us.

    python -m bench.documents [--rounds 5] [--folder FOLDER]   FOLDER holds receipt.json and logo.png

A receipt is built, laid out and written each time, every one with other prices and another QR code; only letters drawn and
the logo are remembered. *Every script*: a head told to read UTF-8 (Sunmi's). *One drawn*: a Chinese head, Korean drawn.
*Two drawn*: a head without two-byte letters. Peers print question marks, or letters no head has, for a part of the mix; the
notes say how many of ours were lost. Star's own language and ePOS-Print XML besides. All by the time the processor spent.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

from bench import writers
from bench.figure import KVIT, Figure, Row, figure, in_turn, table
from kvit.escpos import Profile, load_profile
from kvit.paper.builder import Builder, span
from kvit.paper.document import Column, Document
from kvit.paper.languages.registry import language_of
from kvit.paper.layout import lay_out, on_paper

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "data" / "escpos" / "streams"
COLUMNS = [Column(width=22), *(Column(width=width, align="right") for width in (5, 10, 11))]
PAPER_MM = 80
SECONDS = 0.7
BYTES_MAX = 1_900
IMPORT_MS = 60
WARM = 200
PEERS = {"python-escpos": "", "receiptline": "line", "receipt-printer-encoder": "rpe", "node-thermal-printer": "ntp"}
WHAT = (
    ("document → bytes, English", "en", False, "epson", 6_000, tuple(PEERS)),
    ("document → bytes, English with a seen logo", "en", True, "epson", 5_000,
     ("python-escpos", "receiptline", "receipt-printer-encoder")),
    ("document → bytes, ko+ru+zh, a head with every script", "mix", False, "sunmi", 3_000, tuple(PEERS)),
    ("document → bytes, ko+ru+zh, one drawn", "mix", False, "xprinter", 1_000, tuple(PEERS)),
    ("document → bytes, ko+ru+zh, two drawn", "mix", False, "epson", None, tuple(PEERS)),
    ("document → StarPRNT, English", "en", False, "starprnt", 1_000, ()),
    ("document → StarPRNT, ko+ru+zh, two drawn", "mix", False, "starprnt", 1_000, ()),
    ("document → ePOS XML, English", "en", False, "epos", 1_000, ()),
    ("document → ePOS XML, ko+ru+zh, every line of them drawn", "mix", False, "epos", None, ()),
)  # fmt: skip
"""What, whose receipt, with a logo, our profile, the goal, the peers that can do it."""
IMPORT = """
import time
start = time.process_time()
{what}
print((time.process_time() - start) * 1000)
"""
OURS = """
from kvit.escpos import load_profile
from kvit.paper.builder import Builder
from kvit.paper.layout import lay_out
from kvit.paper.languages.escpos_write import write
"""


def receipt(facts: dict[str, Any], qr: str, ean: str, logo: bytes | None, number: int) -> Document:
    """One receipt; the number goes into prices and QR code."""
    made = Builder()
    if logo:
        made.image(logo)
    made.text(facts["shop"], align="centre", bold=True)
    for line in facts["lines"]:
        made.text(line, align="centre")
    made.line("dashed")
    items = [[*item[:3], f"{number % 97}.{row:02}"] for row, item in enumerate(facts["items"])]
    made.table(COLUMNS, [facts["head"], *items], gap=0)
    made.line("dashed")
    for left, right in facts["sums"]:
        made.pair(left, right)
    made.pair(span(facts["total"][0], bold=True, height=2), span(facts["total"][1], bold=True, height=2))
    for left, right in [*facts["pay"], *facts["points"]]:
        made.pair(left, right)
    made.code("qr", f"{qr}{number:06}", module=4).code("ean13", ean)
    for line in facts["thanks"]:
        made.text(line, align="centre")
    return made.cut().document()


class Ours:
    """Our receipts of one kind for one printer."""

    def __init__(self, facts: dict[str, Any], who: str, logo: bytes | None, name: str) -> None:
        profile = load_profile(name)
        self.profile: Profile = on_paper(profile, PAPER_MM) if name == "sunmi" else profile
        self._make = partial(receipt, facts["receipts"][who], facts["qr"], facts["ean13"], logo)
        self._number = itertools.count()
        self._write = import_module(language_of(self.profile).writer).write
        for _ in range(WARM):
            self.bytes()

    def bytes(self) -> bytes:
        """The next receipt."""
        made: bytes = self._write(lay_out(self._make(next(self._number)), self.profile), self.profile)
        return made

    def per_second(self) -> float:
        """One round, in processor time."""
        start, count = time.process_time(), 0
        while time.process_time() - start < SECONDS:
            for _ in range(20):
                self.bytes()
            count += 20
        return count / (time.process_time() - start)

    def lost(self) -> int:
        """Letters printed as question marks."""
        sheet = lay_out(self._make(0), self.profile)
        return sum(len(str(each.values["text"])) for each in sheet.problems if each.code == "letters.lost")


def rows(rounds: int = 5, folder: Path = FOLDER) -> list[Row]:
    """Measure all rows; none where the receipt to measure with is not at hand."""
    text, logo = folder / "receipt.json", folder / "logo.png"
    if not text.exists():
        return []
    facts = json.loads(text.read_text("utf-8"))
    peers = {"python-escpos": writers.python_escpos(text, logo)}
    peers |= dict.fromkeys(list(PEERS)[1:], writers.node(text, logo))
    found: list[Row] = []
    for what, who, pictured, profile, goal, able in WHAT:
        ours = Ours(facts, who, logo.read_bytes() if pictured else None, profile)
        asked = {
            name: partial(peer.ask, peer=PEERS[name], mix=who == "mix", pictured=pictured)
            for name in able if (peer := peers[name]) is not None
        }  # fmt: skip
        found += _speed_and_size(what, ours, asked, goal, rounds, pictured)
    for peer in {id(each): each for each in peers.values() if each is not None}.values():
        peer.close()
    return [*found, _import(rounds)]


def _speed_and_size(
    what: str,
    ours: Ours,
    asked: Mapping[str, Callable[[], dict[str, float]]],
    goal: int | None,
    rounds: int,
    pictured: bool,
) -> list[Row]:
    contenders: dict[str, Callable[[], float]] = {KVIT: ours.per_second}
    contenders |= {name: partial(_per_second, ask) for name, ask in asked.items()}
    speed = in_turn(contenders, rounds)
    sizes: dict[str, Figure] = {KVIT: figure([len(ours.bytes())])}
    sizes |= {name: figure([ask()["bytes"]]) for name, ask in asked.items()}
    unbound = "drawn" in what or "XML" in what or pictured
    notes = [f"{what}: {ours.lost()} of our letters lost ({ours.profile.name})."]
    return [
        Row(what, "receipts/s", speed, goal, notes=notes),
        Row(what, "bytes", sizes, None if unbound else BYTES_MAX, at_most=True),
    ]


def _per_second(ask: Callable[[], dict[str, float]]) -> float:
    return ask()["per_second"]


def _import(rounds: int) -> Row:
    """How long the import of what makes bytes takes in a fresh interpreter, byte code at hand."""
    source = str(Path(__file__).resolve().parents[1] / "src")
    contenders: dict[str, Callable[[], float]] = {KVIT: partial(_import_ms, OURS, source)}
    theirs = writers.python_escpos_folder()
    if theirs is not None:
        contenders["python-escpos"] = partial(_import_ms, "from escpos.printer import Dummy", str(theirs))
    for act in contenders.values():
        act()
    return Row("import of what makes bytes", "ms", in_turn(contenders, 2 * rounds), IMPORT_MS, at_most=True)


def _import_ms(what: str, path: str) -> float:
    cache = str(Path(tempfile.gettempdir()) / "kvit-bench-peers" / "pycache")
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment |= {"PYTHONPATH": path, "PYTHONPYCACHEPREFIX": cache}
    command = [sys.executable, "-c", IMPORT.format(what=what)]
    return float(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout)


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--folder", type=Path, default=FOLDER)
    given = options.parse_args()
    measured = rows(given.rounds, given.folder)
    if not measured:
        options.error(
            f"nothing to measure with: there is no receipt.json in {given.folder}; name a folder with --folder"
        )
    print(table(measured), *(f"\n{note}" for row in measured for note in row.notes))


if __name__ == "__main__":
    main()
