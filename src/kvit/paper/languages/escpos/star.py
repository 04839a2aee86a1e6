"""Star line mode and StarPRNT.

Star uses Epson's prefixes for other things (``ESC d`` cuts, ``ESC a`` feeds, ``ESC W`` widens), so every row here replaces
one of Epson's. Source: Star's Line Mode and StarPRNT command specifications; what needs a device to decide (condensed
pitches, slashed zero, overline) leaves the letters as they are. Symbols stand in ``star_code``,
raster mode in ``star_raster``.
"""

from __future__ import annotations

from kvit.escpos.command import Command
from kvit.paper import image
from kvit.paper.languages.escpos import mechanism, page, picture, star_code, star_raster, style
from kvit.paper.languages.escpos.line import end_line, feed_back, feed_by
from kvit.paper.languages.escpos.position import apply_area
from kvit.paper.languages.escpos.state import Printer, Verb, reread
from kvit.paper.logo import Logo

MM_PER_INCH = 25.4
DRAWER_MS = (200, 200)
"""Of both drawers after power-on; ``ESC BEL`` sets those of the first."""
UTF8_PAGE = 128
FONTS = {0: "A", 1: "B", 2: "C"}
"""``ESC RS F`` n; 16 and 17 are OCR letters."""


def switch(attribute: str, value: bool | int) -> Verb:
    """A verb without operand that sets one mode."""

    def verb(printer: Printer, command: Command) -> None:
        setattr(printer, attribute, value)
        style.changed(printer)

    return verb


def upside_down(on: bool) -> Verb:
    """SI and DC2: upside-down from the next line on."""

    def verb(printer: Printer, command: Command) -> None:
        printer.upside_down = on

    return verb


def magnify(attribute: str) -> Verb:
    """``ESC W n`` and ``ESC h n``: n 0..5 is magnification less one, digits too."""

    def verb(printer: Printer, command: Command) -> None:
        setattr(printer, attribute, min(_digit(command.raw[2]) + 1, 8))
        style.changed(printer)

    return verb


def _digit(value: int) -> int:
    return value - 0x30 if 0x30 <= value <= 0x39 else value


def size(printer: Printer, command: Command) -> None:
    """``ESC i n1 n2``: height and width, less one."""
    printer.height = min(_digit(command.raw[2]) + 1, 6)
    printer.width = min(_digit(command.raw[3]) + 1, 6)
    style.changed(printer)


def align(printer: Printer, command: Command) -> None:
    """``ESC GS a n``; holds from the next line."""
    printer.align = min(_digit(command.raw[3]), 2)


def code_page(printer: Printer, command: Command) -> None:
    """``ESC GS t n``: Star's own numbers; 128 is UTF-8, until another page is chosen."""
    number = command.raw[3]
    if number == UTF8_PAGE:
        printer.settings["utf8_by_page"] = True
        style.set_utf8(printer, True)
        return
    if printer.settings.pop("utf8_by_page", False):
        style.set_utf8(printer, False)
    style.select_page(printer, number, command)


def function(printer: Printer, command: Command) -> None:
    """``ESC GS ) x pL pH fn n``: of ``U`` fn 48 reads text as UTF-8 (n 1) or by code page (0); no other leaves a mark."""
    raw = command.raw
    if raw[3:4] == b"U" and raw[6:7] in (b"0", b"\0") and len(raw) > 7:
        style.set_utf8(printer, bool(raw[7] & 1))


def font(printer: Printer, command: Command) -> None:
    """``ESC RS F n``: 0 A (12x24), 1 B (9x24), 2 C (9x17); one the head has not is A."""
    wished = FONTS.get(_digit(command.raw[3]), "A")
    printer.font = wished if wished in printer.machine.fonts else "A"
    style.changed(printer)


def absolute(printer: Printer, command: Command) -> None:
    """``ESC GS A nL nH``: a place from the left, in dots."""
    x = printer.left + (command.raw[3] | command.raw[4] << 8)
    if x <= printer.right:
        printer.x = x


def relative(printer: Printer, command: Command) -> None:
    """``ESC GS R nL nH``: from here, signed."""
    step = command.raw[3] | command.raw[4] << 8
    x = printer.x + (step - 0x10000 if step & 0x8000 else step)
    if printer.left <= x <= printer.right:
        printer.x = x


def feed_lines(printer: Printer, command: Command) -> None:
    """``ESC a n``."""
    feed_by(printer, command.raw[2] * printer.line_spacing, command)


def font_of(font: str) -> Verb:
    """A pitch: the nearest of the head's fonts."""

    def verb(printer: Printer, command: Command) -> None:
        printer.font = font if font in printer.machine.fonts else "A"
        style.changed(printer)

    return verb


def spacing_seven(printer: Printer, command: Command) -> None:
    """``ESC 1``: 7/72 inch."""
    printer.line_spacing = round(7 * printer.machine.dpi / 72)


def feed_quarter_mm(printer: Printer, command: Command) -> None:
    """``ESC J n``: n quarters of a millimetre."""
    feed_by(printer, round(command.raw[2] * printer.machine.dpi / (4 * MM_PER_INCH)), command)


def spacing_mm(printer: Printer, command: Command) -> None:
    """``ESC 0``: 3 mm; ``ESC z n``: 3 or 4 mm by n."""
    mm = 4 if command.name == "ESC z" and command.raw[2] & 1 else 3
    printer.line_spacing = round(mm * printer.machine.dpi / MM_PER_INCH)


def margin_left(printer: Printer, command: Command) -> None:
    """``ESC l n``: columns of the present letters."""
    printer.margin = command.raw[2] * cell_dots(printer)
    apply_area(printer)


def margin_right(printer: Printer, command: Command) -> None:
    """``ESC Q n``: the column the print area ends at."""
    printer.area_width = max(command.raw[2] * cell_dots(printer) - printer.margin, 0) or printer.machine.width_dots
    apply_area(printer)


def cell_dots(printer: Printer) -> int:
    """Dots of one present letter."""
    mechanism.prepare(printer)
    return printer.advance


def cut(printer: Printer, command: Command) -> None:
    """``ESC d n``: 0 full, 1 partial, 2 and 3 the same after a feed to the blade, which the sheet does not show."""
    mechanism.cut_paper(printer, command, _digit(command.raw[2]) in (0, 2))


def drawer(printer: Printer, command: Command) -> None:
    """BEL and FS (drawer 1, with the times of ``ESC BEL``), SUB and EM (drawer 2, whose times are fixed)."""
    second = command.name in ("SUB", "EM")
    on_ms, off_ms = DRAWER_MS if second else printer.settings.get("drawer_ms", DRAWER_MS)
    mechanism.kick(printer, command, 5 if second else 2, on_ms, off_ms)


def drawer_times(printer: Printer, command: Command) -> None:
    """``ESC BEL n1 n2``: on and off, units of 10 ms."""
    printer.settings["drawer_ms"] = (command.raw[2] * 10, command.raw[3] * 10)


def underline(printer: Printer, command: Command) -> None:
    """``ESC - n``: on or off, in one thickness."""
    printer.underline = int(_digit(command.raw[2]) == 1)
    style.changed(printer)


def buzz(printer: Printer, command: Command) -> None:
    """``ESC GS EM DC2 m n1 n2``: n1 times, each as long as ``ESC GS EM DC1`` has set."""
    mechanism.beep(printer, command, command.raw[5])


def strip(column_bytes: int, scale_x: int, scale_y: int) -> Verb:
    """``ESC K``, ``ESC L``, ``ESC X`` and their like: ``nL nH`` columns into the open line."""

    def verb(printer: Printer, command: Command) -> None:
        raw = command.raw
        columns = min(raw[2] | raw[3] << 8, 2 * image.MAX_COLUMNS)
        bits = image.columns_to_rows(raw[4:], columns, column_bytes)
        picture.in_line(printer, command, Logo(columns, column_bytes * 8, bits), scale_x, scale_y)

    return verb


def raster_strip(printer: Printer, command: Command) -> None:
    """``ESC k nL nH d``: 24 rows of nL bytes into the open line."""
    raw = command.raw
    columns = min(raw[2] * 8, 8 * image.MAX_COLUMNS)
    bits, columns, rows = picture.bounded(printer, command, columns, image.COLUMN_ROWS, raw[4:])
    picture.in_line(printer, command, Logo(columns, rows, bits), 1, 1)


def eject_page(printer: Printer, command: Command) -> None:
    """FF: print, and on to the next form."""
    end_line(printer, 0, command)
    printer.event("eject", command)


def recast(name: str, skip: int, verb: Verb) -> Verb:
    """A verb of Epson's under another prefix: ``skip`` bytes of ours stand where it has two."""

    def recasted(printer: Printer, command: Command) -> None:
        verb(printer, Command(command.offset, b"\0\0" + command.raw[skip:], name, command.read))

    return recasted


def pairs(system: str, on: bool) -> Verb:
    """``ESC p``/``ESC q``: JIS pairs on and off."""

    def verb(printer: Printer, command: Command) -> None:
        printer.kanji = system if on else printer.machine.multibyte
        printer.multibyte = on
        reread(printer)

    return verb


def shift_jis(printer: Printer, command: Command) -> None:
    """``ESC $ n``: Shift-JIS pairs by bit 0."""
    pairs("shift-jis", bool(command.raw[2] & 1))(printer, command)


def spacing_inch(parts: int) -> Verb:
    """``ESC A n`` and the like: line spacing in parts of an inch."""

    def verb(printer: Printer, command: Command) -> None:
        printer.line_spacing = round(command.raw[2] * printer.machine.dpi / parts)

    return verb


def spacing_eighth_mm(printer: Printer, command: Command) -> None:
    """``ESC 3 n``: line spacing in eighths of a millimetre."""
    printer.line_spacing = round(command.raw[2] * printer.machine.dpi / (8 * MM_PER_INCH))


def feed_eighth_mm(printer: Printer, command: Command) -> None:
    """``ESC I n``."""
    feed_by(printer, round(command.raw[2] * printer.machine.dpi / (8 * MM_PER_INCH)), command)


def feed_back_fine(printer: Printer, command: Command) -> None:
    """``ESC j n``: back by n quarters of a millimetre."""
    feed_back(printer, round(command.raw[2] * printer.machine.dpi / (4 * MM_PER_INCH)), command)


def raster_picture(printer: Printer, command: Command) -> None:
    """``ESC GS S m xL xH yL yH n d``: rows of x bytes (StarPRNT)."""
    raw = command.raw
    columns, rows = (raw[4] | raw[5] << 8) * 8, raw[6] | raw[7] << 8
    bits, columns, rows = picture.bounded(printer, command, columns, rows, raw[9:])
    picture.across_paper(printer, command, Logo(columns, rows, bits))


def stored_picture(printer: Printer, command: Command) -> None:
    """``ESC FS p n m``."""
    scale = command.raw[4] & 3
    picture.by_key(printer, command, f"nv:{command.raw[3]}", 1 + (scale & 1), 1 + (scale >> 1))


LINE: dict[str, Verb] = {
    **star_raster.VERBS,
    "ESC E": switch("bold", True), "ESC F": switch("bold", False), "ESC G": switch("double_strike", True),
    "ESC H": switch("double_strike", False), "ESC 4": switch("invert", True), "ESC 5": switch("invert", False),
    "ESC W": magnify("width"), "ESC h": magnify("height"), "ESC i": size, "ESC SO": switch("height", 2),
    "ESC DC4": switch("height", 1), "SO": switch("width", 2), "DC4": switch("width", 1), "SI": upside_down(True),
    "DC2": upside_down(False), "ESC GS t": code_page, "ESC GS )": function,
    "ESC GS a": align, "ESC RS F": font, "ESC GS A": absolute,
    "ESC GS R": relative, "ESC a": feed_lines, "ESC J": feed_quarter_mm, "ESC I": feed_eighth_mm,
    "ESC j": feed_back_fine,
    "ESC 0": spacing_mm, "ESC z": spacing_mm, "ESC 1": spacing_seven, "ESC A": spacing_inch(72),
    "ESC 3": spacing_eighth_mm,
    "ESC l": margin_left, "ESC Q": margin_right, "ESC d": cut, "BEL": drawer, "FS": drawer, "SUB": drawer, "EM": drawer,
    "ESC BEL": drawer_times, "ESC EM": mechanism.ignore, **star_code.VERBS, "ESC -": underline,
    "ESC GS EM DC1": mechanism.ignore, "ESC GS EM DC2": buzz, "ESC K": strip(1, 2, 3),
    "ESC L": strip(1, 1, 3), "ESC X": strip(3, 1, 1),
    "ESC k": raster_strip, "ESC GS S": raster_picture, "ESC FS p": stored_picture, "ESC FS q": mechanism.ignore,
    "ESC $": shift_jis, "ESC p": pairs("jis", True), "ESC q": pairs("jis", False), "FF": eject_page,
    "ESC s": style.set_kanji_spacing, "ESC x": style.set_kanji_underline,
    "ESC GS P 0": page.begin, "ESC GS P 1": page.leave, "ESC GS P 2": recast("ESC T", 4, page.set_direction),
    "ESC GS P 3": recast("ESC W", 4, page.set_area), "ESC GS P 4": recast("GS $", 4, page.set_y),
    "ESC GS P 5": recast("GS \\", 4, page.move_y), "ESC GS P 6": page.print_and_stay,
    "ESC GS P 7": page.print_and_leave, "ESC GS P 8": page.cancel,
    **dict.fromkeys(
        (
            "ESC _", "ESC /", "ESC M", "ESC P", "ESC :", "ESC g", "ESC C", "ESC B", "ESC N", "ESC O", "ESC T", "ESC S",
            "ESC V", "ESC c", "ESC e", "ESC t", "ESC y", "ESC #", "ESC LF", "ESC ? LF", "ESC ACK SOH", "ESC ACK CAN",
            "ESC GS #", "ESC GS ETX", "ESC GS b", "ESC GS (", "ESC RS a", "ESC RS A", "ESC RS C",
            "ESC RS E",
            "ESC RS L", "ESC RS P", "ESC RS d", "ESC RS r",
        ),
        mechanism.ignore,
    ),
}  # fmt: skip
"""Star line mode and StarPRNT, which share their names."""
