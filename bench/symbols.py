"""What a symbol costs: microseconds a kind to lay out, sent from its data or drawn, and to write; best of many rounds.

    .venv/bin/python bench/symbols.py [rounds]

Every symbol of a round is another one, and what was drawn is forgotten between rounds; a page's own cost is taken off.
The first row is what a receipt has: a QR code of 80 letters and an EAN-13.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import msgspec

from kvit.escpos import Profile, load_profile
from kvit.paper import bars
from kvit.paper.document import Code, Document
from kvit.paper.languages.escpos_write import write
from kvit.paper.layout import lay_out
from kvit.paper.sheet import Sheet
from kvit.paper.symbology import ELEMENTS, KINDS

COUNT = 100
EMPTY = Document([])

Maker = Callable[[int], list[Code]]


def data_of(kind: str, number: int) -> str:
    """Data of a kind, another for every number."""
    known = KINDS[kind]
    if known.lengths:
        return f"{number * 7_919 % 10**5:05}".rjust(min(known.lengths), "0")[-min(known.lengths) :]
    if kind in ELEMENTS:
        return f"(01){number * 7_919 % 10**12:013}(10)LOT-{number}"
    return f"{number:010}" if kind in ("itf", "codabar") else f"KVIT-{number:05}"


def receipt(number: int) -> list[Code]:
    """The symbols of a usual receipt."""
    link = f"https://example.org/r/{number:08}-0123456789abcdef0123456789abcdef-2026-11-21-till-3"
    return [Code("qr", link), Code("ean13", f"{number * 7_919 % 10**12:012}")]


def cost(make: Maker, act: Callable[[Document], object], rounds: int) -> float:
    """Microseconds of one, the best round."""
    best = float("inf")
    for turn in range(rounds):
        documents = [Document(list(make(turn * COUNT + number))) for number in range(COUNT)]
        bars.matrix_of.cache_clear()
        start = time.process_time()
        for document in documents:
            act(document)
        best = min(best, time.process_time() - start)
    return best / COUNT * 1e6


def row(name: str, make: Maker, heads: list[Profile], rounds: int) -> str:
    """One line: laid out, and laid out and written, for each head."""
    figures: list[float] = []
    for head in heads:

        def lay(document: Document, head: Profile = head) -> Sheet:
            return lay_out(document, head)

        def both(document: Document, head: Profile = head) -> bytes:
            return write(lay_out(document, head), head)

        figures += (cost(make, act, rounds) - cost(nothing, act, rounds) for act in (lay, both))
    return f"{name:24}" + "".join(f"{figure:>12.1f}" for figure in figures)


def nothing(number: int) -> list[Code]:
    """A document without symbols."""
    return []


def one_of(kind: str) -> Maker:
    """Documents with one symbol of a kind."""
    return lambda number: [Code(kind, data_of(kind, number))]


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    epson = load_profile("epson")
    heads = [msgspec.structs.replace(epson, symbologies=kinds) for kinds in (tuple(KINDS), ())]
    print(f"{'':24}{'sent: laid':>12}{'+ written':>12}{'drawn: laid':>12}{'+ written':>12}   us")
    print(row("QR and EAN-13", receipt, heads, rounds))
    for kind in KINDS:
        if kind != "composite":
            print(row(kind, one_of(kind), heads, rounds))


if __name__ == "__main__":
    main()
