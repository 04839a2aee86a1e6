"""Bematech MP (native mode), Daruma DR and Diebold/Mecaf: the Brazilian impact and thermal families.

They grew from ESC/P, so bold and double-strike come as pairs of commands without operand, SO widens one line, DEL takes a
letter back and CAN a line. Each has its own QR command and its own drawer command. Source: the makers' manuals as
collected in the language reference; commands that read sensors or set up the machine print nothing and do nothing here.
"""

from __future__ import annotations

from kvit.escpos.command import Command
from kvit.paper.languages.escpos import barcode, mechanism, picture, star, style
from kvit.paper.languages.escpos.line import feed_by
from kvit.paper.languages.escpos.state import Printer, Verb
from kvit.paper.logo import Logo

BEMATECH_BARS = {0x15: "upca", 0x16: "ean13", 0x17: "code39"}
DARUMA_BARS = {
    1: "ean13", 2: "ean8", 3: "itf", 4: "itf", 5: "code128", 6: "code39", 7: "code93", 8: "upca", 9: "codabar",
    11: "upce",
}  # fmt: skip
"""``ESC b`` type of Daruma; 4 is Standard 2 of 5, which no library here draws, 10 and 12 are MSI and Code 11."""
ITF_ONLY = 3
DIEBOLD_BARS = {0x30: "ean13"}
"""``ESC |`` system of Diebold; the numbers of the others stand in no manual at hand."""


def switch(attribute: str, value: bool | int) -> Verb:
    """A verb that sets one mode; the same as Star's."""
    return star.switch(attribute, value)


def by_operand(attribute: str, on: int, off: int) -> Verb:
    """``ESC d n`` (height), ``ESC W n`` (width), ``ESC } n``: on by bit 0."""

    def verb(printer: Printer, command: Command) -> None:
        setattr(printer, attribute, on if command.raw[-1] & 1 else off)
        style.changed(printer)

    return verb


def both_double(printer: Printer, command: Command) -> None:
    """``ESC W n``: width and height doubled by bit 0."""
    printer.width = printer.height = 2 if command.raw[2] & 1 else 1
    style.changed(printer)


def first_drawer(printer: Printer, command: Command) -> None:
    """``ESC v n`` (Bematech): drawer 1, n milliseconds."""
    mechanism.kick(printer, command, 2, command.raw[2], command.raw[2])


def second_drawer(printer: Printer, command: Command) -> None:
    """``ESC 80h n`` (Bematech): drawer 2."""
    mechanism.kick(printer, command, 5, command.raw[2], command.raw[2])


def plain_drawer(printer: Printer, command: Command) -> None:
    """``ESC p`` and its like without times: drawer 1."""
    mechanism.kick(printer, command, 2, 100, 100)


def diebold_drawer(printer: Printer, command: Command) -> None:
    """``ESC & 0 t1 t2`` (Diebold): units of 2 ms."""
    raw = command.raw
    mechanism.kick(printer, command, 2, raw[-2] * 2, raw[-1] * 2)


def bematech_codes(printer: Printer, command: Command) -> None:
    """``GS k`` with Bematech's own systems: 51h is QR with 16-bit length, 80h PDF417, the rest as on Epson."""
    raw = command.raw
    m = raw[2]
    if m == 0x51 and len(raw) > 9:
        level = barcode.LEVELS[raw[3] & 3]
        size = raw[7] | raw[8] << 8
        barcode.matrix(printer, command, "qr", raw[9 : 9 + size], min(max(raw[4] // 2 or 4, 1), 16), level)
    elif m == 0x80 and len(raw) > 9:
        size = raw[7] | raw[8] << 8
        barcode.matrix(printer, command, "pdf417", raw[9 : 9 + size], 2, str(min(raw[3], 8)), {}, 2 * max(raw[4], 2))
    elif m in BEMATECH_BARS:
        barcode.one_dimensional(printer, command, BEMATECH_BARS[m], raw[3:].rstrip(b"\0"))
    else:
        barcode.bar_code(printer, command)


def daruma_bars(printer: Printer, command: Command) -> None:
    """``ESC b type width height letters d NUL``."""
    raw = command.raw
    kind = DARUMA_BARS.get(raw[2])
    if kind is None or (raw[2] > ITF_ONLY and kind == "itf"):
        printer.problem("symbol.unsupported", command, system=raw[2])
        return
    kept = (printer.bar_module, printer.bar_height, printer.hri_place)
    printer.bar_module = min(max(raw[3], 2), 5)
    printer.bar_height = raw[4] or 50
    printer.hri_place = 2 if raw[5] & 1 else 0
    barcode.one_dimensional(printer, command, kind, raw[6:].rstrip(b"\0"))
    printer.bar_module, printer.bar_height, printer.hri_place = kept


def daruma_qr(printer: Printer, command: Command) -> None:
    """``ESC 81h nL nH size level d``: the length counts size and level too; 0 is the printer's choice."""
    raw = command.raw
    letter = chr(raw[5])
    level = letter if letter in barcode.LEVELS else "M"
    size = min(max(raw[4], 1), 16) if raw[4] else 4
    barcode.matrix(printer, command, "qr", raw[6:], size, level)


def daruma_logo(printer: Printer, command: Command) -> None:
    """``FS M op``: the logo kept in the printer."""
    picture.by_key(printer, command, "nv:1")


def bematech_feed(printer: Printer, command: Command) -> None:
    """``ESC f m n``: m 0 feeds n lines of 1/144 inch; m 1 is a setting."""
    if not command.raw[2] & 1:
        feed_by(printer, round(command.raw[3] * printer.machine.dpi / 144), command)


def raster_row(printer: Printer, command: Command) -> None:
    """``ESC k / n / p / q nL nH d`` (Diebold): one row of dots, and on to the next."""
    data = command.raw[4:]
    picture.across_paper(printer, command, Logo(len(data) * 8, 1, data))


def diebold_bars(printer: Printer, command: Command) -> None:
    """``ESC | system height width letters d``: only EAN-13 (30h) is known."""
    raw = command.raw
    kind = DIEBOLD_BARS.get(raw[2])
    if kind is None:
        printer.problem("symbol.unsupported", command, system=raw[2])
        return
    data = raw[6:] if raw[2] == 0x30 else raw[7:]
    kept = (printer.bar_module, printer.bar_height, printer.hri_place)
    printer.bar_module, printer.bar_height = 2, raw[3] or 50
    printer.hri_place = 2 if raw[5] & 1 else 0
    barcode.one_dimensional(printer, command, kind, data)
    printer.bar_module, printer.bar_height, printer.hri_place = kept


def daruma_align(printer: Printer, command: Command) -> None:
    """``ESC j n``: from the next line on."""
    printer.align = min(command.raw[2] & 15, 2)


def eject(printer: Printer, command: Command) -> None:
    """FF: feed a page, here as an event."""
    star.eject_page(printer, command)


def utf8_page(printer: Printer, command: Command) -> None:
    """``ESC t 8`` is UTF-8 on Bematech; every other number a code page."""
    style.set_utf8(printer, command.raw[2] == 8)
    if command.raw[2] != 8:
        style.select_page(printer, command.raw[2], command)


def small(on: bool) -> Verb:
    """SI and DC2: condensed letters, the smaller font here."""

    def verb(printer: Printer, command: Command) -> None:
        printer.font = "B" if on and "B" in printer.machine.fonts else "A"
        style.changed(printer)

    return verb


COMMON: dict[str, Verb] = {
    "SO": mechanism.one_line_double, "DC4": mechanism.end_double, "SI": small(True), "DC2": small(False),
    "ESC SI": small(True), "DEL": mechanism.delete_letter, "CAN": mechanism.cancel_line, "ESC E": switch("bold", True),
    "ESC F": switch("bold", False), "ESC 4": style.set_italic, "ESC 5": style.end_italic, "FF": eject,
    "ESC w": mechanism.cut_now,
}  # fmt: skip
"""What the three families share."""

BEMATECH: dict[str, Verb] = {
    "ESC G": switch("double_strike", True), "ESC H": switch("double_strike", False), "ESC V": switch("height", 2),
    "ESC d": by_operand("height", 2, 1), "ESC W": by_operand("width", 2, 1), "ESC }": by_operand("upside_down", 1, 0),
    "ESC v": first_drawer, "ESC 80h": second_drawer, "GS k": bematech_codes, "ESC t": utf8_page,
    "ESC K": star.strip(1, 2, 3), "ESC P": small(False), "ESC f": bematech_feed, "ESC A": star.spacing_inch(72),
    "ESC l": star.margin_left, "ESC Q": star.margin_right,
    **dict.fromkeys(
        ("ESC T", "ESC S", "ESC N", "ESC C", "ESC c", "ESC Z", "ESC [", "ESC z"), mechanism.ignore
    ),
}  # fmt: skip

DARUMA: dict[str, Verb] = {
    "ESC G": switch("double_strike", True), "ESC H": switch("double_strike", False), "ESC j": daruma_align,
    "ESC b": daruma_bars, "ESC a": daruma_bars, "ESC 81h": daruma_qr, "ESC w": by_operand("height", 2, 1),
    "ESC W": by_operand("width", 2, 1), "ESC p": plain_drawer, "BEL": plain_drawer, "FS M": daruma_logo,
    "ESC l": star.margin_left, "ESC Q": star.margin_right,
    **dict.fromkeys(
        (
            "ESC N", "ESC 0", "ESC C3h", "ESC C5h", "ESC C6h", "ESC C7h", "ESC E4h", "ESC E5h", "GS ENQ", "DLE A",
            "DLE Y", "DLE Z",
        ),
        mechanism.ignore,
    ),
}  # fmt: skip

DIEBOLD: dict[str, Verb] = {
    "ESC &": diebold_drawer, "ESC d": by_operand("height", 2, 1), "ESC W": by_operand("width", 2, 1),
    "ESC V": switch("height", 2), "ESC G": switch("double_strike", True), "ESC H": switch("double_strike", False),
    "ESC #": mechanism.cut_now, "ESC r": mechanism.reset, "ESC K": star.strip(1, 2, 3), "ESC k": raster_row,
    "ESC n": raster_row, "ESC p": raster_row, "ESC q": raster_row, "ESC |": diebold_bars,
    **dict.fromkeys(
        ("ESC $", "ESC %", "ESC ?", "ESC C", "ESC R", "ESC S", "ESC T", "ESC z", "GS 0"), mechanism.ignore
    ),
}  # fmt: skip

ELGIN: dict[str, Verb] = {"ESC W": by_operand("width", 2, 1), "GS p": mechanism.ignore}
"""Elgin beside ESC/POS."""

ZKC: dict[str, Verb] = {
    "ESC U": by_operand("width", 2, 1), "ESC W": both_double, "ESC C": mechanism.buzzer, "ESC N": mechanism.ignore,
}  # fmt: skip
"""Hand-held terminals of the Chinese platform."""
