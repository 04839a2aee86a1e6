"""Star's bar codes and 2D symbols: ``ESC b``, ``ESC GS y`` and ``ESC GS x``, in line mode and StarPRNT alike.

``ESC b n1 n2 n3 n4 d RS``: n1 the symbology, n2 letters below and whether the paper is fed behind it, n3 the widths of the
bars, n4 the height in dots. n2 of 3 and 4 leaves the paper where it is, and the line feed that follows brings it out: such
a feed is the symbol's own here. Older heads feed by whole lines behind a bar code; here it is the symbol's height.

Wide bars of Code 39, Codabar and ITF come in three proportions; symbols here know one each (2 to 1, ITF 3 to 1), so other
proportions come out as wide as that. Source: STAR Line Mode Command Specifications, chapters 3.3.10 and 5.1.
"""

from __future__ import annotations

from kvit.escpos.command import Command
from kvit.paper import star_reach
from kvit.paper.languages.escpos import barcode, line, mechanism
from kvit.paper.languages.escpos.state import Printer, Verb

SYSTEMS = {number: kind for kind, number in star_reach.SYSTEMS.items()}
LETTERED = 0x41
"""``A`` to ``D`` are 10 to 13."""
BELOW = (2, 4)
UNFED = (3, 4)
"""``ESC b`` n2."""
NARROW = {1: 2, 2: 3, 3: 4, 4: 2, 5: 3, 6: 4, 7: 2, 8: 3, 9: 4}
"""Dots of the narrow bar by n3."""
NARROW_ITF = {1: 2, 2: 4, 3: 6, 4: 2, 5: 4, 6: 6, 7: 2, 8: 3, 9: 4}
QR, PDF417 = 0x31, 0x30
"""Families of ``barcode.family``."""
MODULE_MAX = 8


def _number(value: int) -> int:
    """A number as itself, as a digit, or as a letter from ``A`` for ten."""
    if value >= LETTERED:
        return value - LETTERED + 10
    return value - 0x30 if 0x30 <= value <= 0x39 else value


def bar_code(printer: Printer, command: Command) -> None:
    """``ESC b n1 n2 n3 n4 d RS``."""
    raw = command.raw
    kind, letters = SYSTEMS.get(_number(raw[2])), _number(raw[3])
    narrow = (NARROW_ITF if kind == "itf" else NARROW).get(_number(raw[4]))
    if kind is None or narrow is None or not 1 <= letters <= 4:
        printer.problem("symbol.unsupported", command, system=raw[2])
        return
    data = raw[6:].removesuffix(b"\x1e")
    kept = (printer.hri_place, printer.bar_module, printer.bar_height)
    printer.hri_place = star_reach.BELOW if letters in BELOW else 0
    printer.bar_module, printer.bar_height = narrow, max(raw[5], 1)
    barcode.one_dimensional(printer, command, kind, star_reach.braced(data) if kind == "code128" else data)
    printer.hri_place, printer.bar_module, printer.bar_height = kept
    if letters in UNFED:
        printer.settings["unfed"] = printer.y


def line_feed(printer: Printer, command: Command) -> None:
    """LF; right behind a bar code that did not feed, it is the feed that brings the symbol out."""
    unfed = printer.settings.pop("unfed", None)
    if unfed is None or unfed != printer.y or not printer.at_line_start:
        line.line_feed(printer, command)


def qr(printer: Printer, command: Command) -> None:
    """``ESC GS y``: ``S 0 n`` model, ``S 1 n`` level, ``S 2 n`` module, ``D 1 m nL nH d`` data, ``P`` prints."""
    raw = command.raw
    settings = barcode.family(printer, QR)
    order = raw[3:5]
    if order == b"S1":
        settings.level = barcode.LEVELS[raw[5] & 3]
    elif order == b"S2":
        settings.module = min(max(raw[5], 1), MODULE_MAX)
    elif raw[3:4] == b"D":
        start = 8
        settings.data = raw[start : start + (raw[start - 2] | raw[start - 1] << 8)]
    elif raw[3:4] == b"P":
        barcode.print_stored(printer, command, settings, "qr")


def pdf417(printer: Printer, command: Command) -> None:
    """``ESC GS x``: ``S 0 n p1 p2`` size, ``S 1`` level, ``S 2`` module, ``S 3`` aspect, ``D nL nH d`` data, ``P`` prints.

    A size by rows and columns (n = 1) is kept; one by proportion (n = 0) is left to the symbol.
    """
    raw = command.raw
    settings = barcode.family(printer, PDF417)
    order = raw[3:5]
    if order == b"S0":
        by_count = raw[5] & 1
        settings.rows, settings.columns = (raw[6], raw[7]) if by_count else (0, 0)
    elif order == b"S1":
        settings.level = str(min(raw[5], 8))
    elif order == b"S2":
        settings.module = min(max(raw[5], 1), 10)
    elif order == b"S3":
        settings.row_height = min(max(raw[5], 1), 10)
    elif raw[3:4] == b"D":
        settings.data = raw[6 : 6 + (raw[4] | raw[5] << 8)]
    elif raw[3:4] == b"P":
        barcode.print_stored(printer, command, settings, "pdf417")


VERBS: dict[str, Verb] = {
    "LF": line_feed, "ESC b": bar_code, "ESC GS y S": qr, "ESC GS y D": qr, "ESC GS y P": qr,
    "ESC GS y I": mechanism.ignore, "ESC GS x S": pdf417, "ESC GS x D": pdf417, "ESC GS x P": pdf417,
    "ESC GS x I": mechanism.ignore,
}  # fmt: skip
