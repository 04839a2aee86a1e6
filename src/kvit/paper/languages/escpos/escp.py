"""The plain ESC/P subset of dot-matrix printers, the language receipt printers grew out of.

``ESC @ E F G H M P W w - J 3 2 0 A D $ \\ * K L Y Z .``, CR that really returns, FF that ends a page. Source: Epson's
ESC/P reference (24-pin figures where 9-pin and 24-pin differ). The same letters mean other things in ESC/POS, so this
table stands alone: what is not in it is not played. Left out: downloaded letters, bar codes, scalable fonts, the units
of ``ESC ( U``; pitches become the nearest of the head's fonts.
"""

from __future__ import annotations

from kvit.escpos.command import Command
from kvit.escpos.control import NAMES
from kvit.paper import image
from kvit.paper.languages.escpos import mechanism, picture, position, style
from kvit.paper.languages.escpos.line import feed_back, feed_by
from kvit.paper.languages.escpos.star import (
    cell_dots,
    eject_page,
    font_of,
    magnify,
    margin_left,
    margin_right,
    spacing_inch,
    spacing_seven,
    strip,
    switch,
)  # fmt: skip
from kvit.paper.languages.escpos.state import Printer, Verb
from kvit.paper.logo import Logo


def carriage_return(printer: Printer, command: Command) -> None:
    """CR of ESC/P: back to the left, the line stays open (what follows is printed over it)."""
    printer.x = printer.left


def feed_inch(parts: int) -> Verb:
    """``ESC J n`` of ESC/P: parts of an inch."""

    def verb(printer: Printer, command: Command) -> None:
        feed_by(printer, round(command.raw[2] * printer.machine.dpi / parts), command)

    return verb


def place_inch(parts: int) -> Verb:
    """``ESC $`` and ``ESC \\`` of ESC/P: a place in parts of an inch, from the left or (signed) from here."""

    def verb(printer: Printer, command: Command) -> None:
        units = command.raw[2] | command.raw[3] << 8
        signed = units - 0x10000 if command.name == "ESC \\" and units & 0x8000 else units
        start = printer.x if command.name == "ESC \\" else printer.left
        x = start + round(signed * printer.machine.dpi / parts)
        if printer.left <= x <= printer.right:
            printer.x = x

    return verb


def raster_rows(printer: Printer, command: Command) -> None:
    """``ESC . c v h m nL nH d`` of ESC/P: m rows of n dots, as they are (c = 0) or by run lengths (c = 1)."""
    raw = command.raw
    columns, rows = min(raw[6] | raw[7] << 8, 8 * image.MAX_COLUMNS), raw[5]
    data = raw[8:] if raw[2] == 0 else image.unpack_runs(raw[8:], image.row_bytes(columns) * rows)
    bits, columns, rows = picture.bounded(printer, command, columns, rows, data)
    picture.in_line(printer, command, Logo(columns, rows, bits), 1, 1)


def skip(printer: Printer, command: Command) -> None:
    """``ESC f m n`` of ESC/P: n blank letters (m = 0) or n lines (m = 1)."""
    n = command.raw[3] & 0x7F
    if command.raw[2] & 1:
        feed_by(printer, n * printer.line_spacing, command)
    else:
        printer.x = min(printer.x + n * cell_dots(printer), printer.right)


def feed_back_inch(printer: Printer, command: Command) -> None:
    """``ESC j n`` of ESC/P: back by n/216 inch."""
    feed_back(printer, round(command.raw[2] * printer.machine.dpi / 216), command)


def master_select(printer: Printer, command: Command) -> None:
    """``ESC ! n`` of ESC/P: bit 0 elite, 2 condensed, 3 bold, 4 double-strike, 5 double width, 6 italic, 7 underline."""
    n = command.raw[2]
    printer.font = "B" if n & 5 and "B" in printer.machine.fonts else "A"
    printer.bold, printer.double_strike, printer.italic = bool(n & 8), bool(n & 16), bool(n & 64)
    printer.width, printer.underline = 2 if n & 32 else 1, n >> 7
    style.changed(printer)


ESCP: dict[str, Verb] = {
    "text": mechanism.VERBS["text"], "LF": mechanism.VERBS["LF"], "CR": carriage_return, "FF": eject_page,
    "HT": position.tab, "ESC D": position.set_tabs, "ESC @": mechanism.reset, "unknown": mechanism.unknown,
    "display": mechanism.display, "payload": picture.payload, "ESC !": master_select, "ESC SP": style.set_spacing,
    "ESC -": style.set_underline, "ESC R": style.set_international, "ESC r": style.set_colour,
    "ESC a": position.set_alignment, "ESC $": place_inch(60), "ESC \\": place_inch(120),
    "ESC *": picture.VERBS["ESC *"],
    "ESC E": switch("bold", True), "ESC F": switch("bold", False), "ESC G": switch("double_strike", True),
    "ESC H": switch("double_strike", False), "ESC M": font_of("B"), "ESC P": font_of("A"), "ESC g": font_of("B"),
    "SI": font_of("B"), "ESC SI": font_of("B"), "DC2": font_of("A"), "ESC 4": switch("italic", True),
    "ESC 5": switch("italic", False), "ESC w": magnify("height"), "ESC W": magnify("width"), "ESC K": strip(1, 3, 3),
    "ESC L": strip(1, 2, 3), "ESC Y": strip(1, 2, 3), "ESC Z": strip(1, 1, 3), "SO": mechanism.one_line_double,
    "ESC SO": mechanism.one_line_double, "DC4": mechanism.end_double, "FS SO": mechanism.one_line_double,
    "FS DC4": mechanism.end_double, "ESC l": margin_left, "ESC Q": margin_right, "DEL": mechanism.delete_letter,
    "CAN": mechanism.cancel_line, "ESC 0": position.set_eighth_line_spacing, "ESC 1": spacing_seven,
    "ESC 2": position.set_default_line_spacing, "ESC 3": spacing_inch(180), "ESC A": spacing_inch(60),
    "ESC +": spacing_inch(360), "ESC J": feed_inch(180), "ESC %": style.use_glyphs, "FS !": style.set_kanji_mode,
    "FS &": style.begin_kanji, "FS .": style.end_kanji, "FS -": style.set_kanji_underline,
    "FS W": style.set_kanji_quadruple,
    "FS S": style.set_kanji_spacing,
    "ESC .": raster_rows, "ESC f": skip, "ESC j": feed_back_inch,
    **dict.fromkeys(("ESC &", "ESC X", "ESC ^", "ESC ( B", "ESC ( -", "ESC ( V", "ESC ( ^", "ESC ( v"),
    mechanism.unplayed),
    **dict.fromkeys(
        (
            *(name for name in NAMES if name not in ("LF", "CR", "FF", "HT", "SI", "SO", "DC2", "DC4", "CAN", "DEL")),
            "ESC LF", "ESC FF", "ESC EM", "ESC #", "ESC /", "ESC 6", "ESC 7", "ESC 8", "ESC 9", "ESC <", "ESC =",
            "ESC >",
            "ESC ?", "ESC :", "ESC B", "ESC C", "ESC I", "ESC N", "ESC O", "ESC S", "ESC T", "ESC U", "ESC ( C",
            "ESC ( G",
            "ESC ( U", "ESC ( c", "ESC ( t", "ESC b", "ESC c", "ESC e", "ESC i", "ESC k", "ESC m", "ESC p", "ESC q",
            "ESC s", "ESC t", "ESC x", "FS 2", "FS D", "FS J", "FS K", "FS T", "FS U", "FS V", "FS k", "FS r", "FS x",
            "FS SI", "FS DC2",
        ),
        mechanism.ignore,
    ),
}  # fmt: skip
"""ESC/P by itself: nothing of ESC/POS shines through, since the same letters mean other things there."""
