"""Verbs that change how letters look: size, font, emphasis, lines, colours, tables.

``ESC !`` overwrites font, emphasis, size and underline at once; ``GS !``, ``ESC E``, ``ESC -`` and ``ESC M`` write the
same bits one by one: the last writer wins. Encoders repeat these before every word, so a verb that changes nothing
must cost nothing: each compares first and only then drops the style record.
"""

from __future__ import annotations

from kvit.escpos.command import Command
from kvit.paper.languages.escpos.state import Printer, Verb, reread

FONTS = {0: "A", 1: "B", 2: "C", 3: "D", 4: "E", 0x30: "A", 0x31: "B", 0x32: "C", 0x33: "D", 0x34: "E"}
"""``ESC M n``; 61h and 62h are the special fonts A and B of a few models."""
SPECIAL_FONTS = {0x61: "A", 0x62: "B"}


def changed(printer: Printer) -> None:
    """Drop both style records: the next letter builds them anew."""
    printer.style = None
    printer.kanji_style = None


def set_mode(printer: Printer, command: Command) -> None:
    """``ESC ! n``: font, emphasis, size and underline in one byte."""
    n = command.raw[2]
    printer.font = "B" if n & 1 and "B" in printer.machine.fonts else "A"
    printer.bold = bool(n & 8)
    printer.height = 2 if n & 16 else 1
    printer.width = 2 if n & 32 else 1
    printer.underline = 1 if n & 128 else 0
    changed(printer)


def set_size(printer: Printer, command: Command) -> None:
    """``GS ! n``: magnification 1..8 across (high nibble) and down (low nibble)."""
    n = command.raw[2]
    width, height = (n >> 4) + 1, (n & 15) + 1
    if width == printer.width and height == printer.height:
        return
    if width > 8 or height > 8:
        printer.problem("operand.range", command, name=command.name, value=n)
        return
    printer.width, printer.height = width, height
    changed(printer)


def set_font(printer: Printer, command: Command) -> None:
    """``ESC M n``."""
    font = FONTS.get(command.raw[2]) or SPECIAL_FONTS.get(command.raw[2])
    if font == printer.font:
        return
    if font is None or font not in printer.machine.fonts:
        printer.problem("font.absent", command, value=command.raw[2])
        return
    printer.font = font
    changed(printer)


def set_bold(printer: Printer, command: Command) -> None:
    """``ESC E n``."""
    bold = bool(command.raw[2] & 1)
    if bold != printer.bold:
        printer.bold = bold
        changed(printer)


def set_double_strike(printer: Printer, command: Command) -> None:
    """``ESC G n``: on a thermal head it looks like emphasis."""
    printer.double_strike = bool(command.raw[2] & 1)
    changed(printer)


def set_underline(printer: Printer, command: Command) -> None:
    """``ESC - n``: 0, 1 or 2 dots thick."""
    n = command.raw[2]
    n = n - 0x30 if 0x30 <= n <= 0x32 else n
    if n != printer.underline and n <= 2:
        printer.underline = n
        changed(printer)


def set_invert(printer: Printer, command: Command) -> None:
    """``GS B n``: white on black."""
    invert = bool(command.raw[2] & 1)
    if invert != printer.invert:
        printer.invert = invert
        changed(printer)


def set_turned(printer: Printer, command: Command) -> None:
    """``ESC V n``: every letter turned by 90 degrees; not in page mode, which has its directions."""
    n = command.raw[2]
    printer.turned = n in (1, 2, 0x31, 0x32) and printer.page is None
    changed(printer)


def set_upside_down(printer: Printer, command: Command) -> None:
    """``ESC { n``: lines turned by 180 degrees; only at a line start."""
    if not printer.at_line_start:
        printer.problem("line.not_at_start", command, name=command.name)
        return
    printer.upside_down = bool(command.raw[2] & 1)


def set_italic(printer: Printer, command: Command) -> None:
    """``ESC 4 n``; the form without an operand switches on."""
    printer.italic = len(command.raw) < 3 or bool(command.raw[2] & 1)
    changed(printer)


def end_italic(printer: Printer, command: Command) -> None:
    """``ESC 5``."""
    printer.italic = False
    changed(printer)


def set_colour(printer: Printer, command: Command) -> None:
    """``ESC r n``: 0 the first colour, 1 the second."""
    colour = command.raw[2] & 1
    if colour != printer.colour:
        printer.colour = colour
        changed(printer)


def set_character_effects(printer: Printer, command: Command) -> None:
    """``GS ( N`` fn 48: letter colour 1..4 (30h none); the sheet knows two colours, the rest count as the second."""
    raw = command.raw
    if len(raw) >= 7 and raw[5] == 48:
        printer.colour = 1 if raw[6] > 0x31 else 0
        changed(printer)


def set_spacing(printer: Printer, command: Command) -> None:
    """``ESC SP n``: right-side spacing, kept apart for standard and page mode."""
    spacing = printer.across(command.raw[2])
    if spacing != printer.spacing:
        printer.spacing = spacing
        changed(printer)


def set_code_page(printer: Printer, command: Command) -> None:
    """``ESC t n``: the vendor's table decides what n means; some heads know one page and ignore it."""
    if "esc_t_ignored" in printer.machine.quirks:
        return
    select_page(printer, command.raw[2], command)


def select_page(printer: Printer, number: int, command: Command) -> None:
    """Read bytes 80h..FFh by the machine's table of that number."""
    if number == printer.page_number:
        return
    if not printer.machine.has_page(number):
        printer.problem("code_page.unknown", command, number=number)
    printer.page_number = number
    reread(printer)


def set_international(printer: Printer, command: Command) -> None:
    """``ESC R n``: twelve letters of ASCII give way to a country's own."""
    if command.raw[2] != printer.international:
        printer.international = command.raw[2]
        reread(printer)


def begin_kanji(printer: Printer, command: Command) -> None:
    """``FS &``: read pairs of bytes as letters of the printer's two-byte set."""
    if printer.machine.multibyte is None:
        printer.problem("multibyte.absent", command)
        return
    printer.multibyte = True
    printer.kanji = printer.machine.multibyte if printer.kanji in (None, "utf-8") else printer.kanji
    reread(printer)


def end_kanji(printer: Printer, command: Command) -> None:
    """``FS .``: back to one byte a letter."""
    if not printer.multibyte:
        return
    printer.multibyte = False
    reread(printer)


def set_kanji_mode(printer: Printer, command: Command) -> None:
    """``FS ! n``: double width (bit 2), double height (bit 3), underline (bit 7) of two-byte letters."""
    n = command.raw[2]
    printer.kanji_width = 2 if n & 4 else 1
    printer.kanji_height = 2 if n & 8 else 1
    printer.kanji_underline = 1 if n & 128 else 0
    changed(printer)


def set_kanji_quadruple(printer: Printer, command: Command) -> None:
    """``FS W n``: two-byte letters doubled both ways."""
    printer.kanji_width = printer.kanji_height = 2 if command.raw[2] & 1 else 1
    changed(printer)


def set_kanji_underline(printer: Printer, command: Command) -> None:
    """``FS - n``."""
    n = command.raw[2]
    printer.kanji_underline = n - 0x30 if 0x30 <= n <= 0x32 else min(n, 2)
    changed(printer)


def set_kanji_spacing(printer: Printer, command: Command) -> None:
    """``FS S n1 n2``: room left and right of a two-byte letter."""
    printer.kanji_left = printer.across(command.raw[2])
    printer.kanji_right = printer.across(command.raw[3])


def set_kanji_system(printer: Printer, command: Command) -> None:
    """``FS C n``: how Japanese models pair bytes; Chinese and Korean models have one way only and ignore it."""
    system = {0: "jis", 1: "shift-jis", 2: "shift-jis"}.get(command.raw[2] & 15)
    if system and printer.machine.multibyte in ("shift-jis", "jis"):
        printer.kanji = system
        printer.multibyte = printer.multibyte or system == "shift-jis"
        reread(printer)


def set_encoding(printer: Printer, command: Command) -> None:
    """``FS ( C`` fn 48 (30h): 1 code page, 2 UTF-8."""
    raw = command.raw
    if len(raw) >= 7 and raw[5] == 0x30:
        set_utf8(printer, raw[6] in (2, 0x32))


def set_utf8(printer: Printer, on: bool) -> None:
    """Read text as UTF-8, or go back to the power-on reading."""
    if on:
        printer.kanji, printer.multibyte = "utf-8", True
    elif printer.kanji == "utf-8":
        printer.kanji, printer.multibyte = printer.machine.multibyte, printer.machine.multibyte_on
    reread(printer)


def define_glyphs(printer: Printer, command: Command) -> None:
    """``ESC &``: letters drawn by the sender, columns of y bytes each, in the place of a code."""
    raw = command.raw
    tall, first, last = raw[2], raw[3], raw[4]
    place = 5
    for code in range(first, last + 1):
        if place >= len(raw):
            break
        wide = raw[place]
        size = wide * tall
        columns = raw[place + 1 : place + 1 + size]
        place += 1 + size
        if len(columns) == size and tall <= 8:
            printer.glyphs[code] = (wide, tall, columns)
    reread(printer)


def use_glyphs(printer: Printer, command: Command) -> None:
    """``ESC % n``: the sender's letters on or off."""
    printer.glyphs_on = bool(command.raw[2] & 1)
    reread(printer)


def drop_glyph(printer: Printer, command: Command) -> None:
    """``ESC ? n``."""
    printer.glyphs.pop(command.raw[2], None)
    reread(printer)


VERBS: dict[str, Verb] = {
    "ESC !": set_mode, "GS !": set_size, "ESC M": set_font, "ESC E": set_bold, "ESC G": set_double_strike,
    "ESC -": set_underline, "GS B": set_invert, "ESC V": set_turned, "ESC {": set_upside_down, "ESC 4": set_italic,
    "ESC 5": end_italic, "ESC r": set_colour, "GS ( N": set_character_effects, "ESC SP": set_spacing,
    "ESC t": set_code_page, "ESC R": set_international, "FS &": begin_kanji, "FS .": end_kanji, "FS !": set_kanji_mode,
    "FS W": set_kanji_quadruple, "FS -": set_kanji_underline, "FS S": set_kanji_spacing, "FS C": set_kanji_system,
    "FS ( C": set_encoding, "ESC &": define_glyphs, "ESC %": use_glyphs, "ESC ?": drop_glyph,
}  # fmt: skip
