"""Spelling: bytes to letters with the width of their cells, for text that needs more than a table look-up.

Three readings are possible and the printer's state says which: one byte a letter (the code page of ``ESC t``), pairs
of bytes (Shift-JIS, GB18030, Big5, KS X 1001, JIS, with single bytes among them), or UTF-8. Letters from pairs stand in
wide cells whatever letter it is: a Cyrillic letter out of a Korean font is as wide as a syllable. UTF-8 letters take the
width of their kind (``kvit.escpos.multibyte`` reads both).

Substitution order for one-byte letters: a letter of the sender's own (``ESC &`` with ``ESC %``), the country's set
(``ESC R``), the code page.
"""

from __future__ import annotations

import msgspec

from kvit.escpos.multibyte import Decoder
from kvit.paper.image import columns_to_rows, fit
from kvit.paper.languages.escpos.state import Printer


class Piece(msgspec.Struct, frozen=True, gc=False):
    """Letters of one cell width."""

    text: str
    wide: bool = False
    glyphs: dict[str, bytes] | None = None


def spell(printer: Printer, raw: bytes) -> list[Piece]:
    """The pieces some text bytes make in the printer's present state.

    The beginning of a letter whose rest may come with the next command is printed as single bytes like a head that waits
    no longer, and kept in ``printer.queue``: when the text does go on, it is taken back.
    """
    printer.queue = b""
    if not printer.multibyte or printer.kanji is None:
        return single(printer, raw)
    reader = printer.reader or _reader(printer)
    pieces = reader.feed(raw)
    tail = reader.flush()
    if tail:
        printer.queue = raw[-len(tail[0][0]) :]
    if printer.glyphs_on and printer.glyphs:
        return _own_among_pairs(printer, pieces + tail)
    return [Piece(text, cells == 2) for text, cells in pieces + tail]


def _reader(printer: Printer) -> Decoder:
    page = printer.machine.page_name(printer.page_number)
    reader = printer.reader = Decoder(printer.kanji or "none", True, page, printer.international)
    return reader


def _own_among_pairs(printer: Printer, pieces: list[tuple[str, int]]) -> list[Piece]:
    """Own letters take the place of ASCII codes among two-byte text."""
    found: list[Piece] = []
    for text, cells in pieces:
        if cells == 1 and text.isascii():
            found += _with_glyphs(printer, text.encode("ascii"))
        else:
            found.append(Piece(text, cells == 2))
    return found


def single(printer: Printer, raw: bytes) -> list[Piece]:
    """Letters of one byte each."""
    if printer.glyphs_on and printer.glyphs:
        return _with_glyphs(printer, raw)
    return [Piece(printer.decode(raw))]


def _with_glyphs(printer: Printer, raw: bytes) -> list[Piece]:
    """Cut where letters of the sender's own begin and end; each own letter brings its dots along."""
    pieces: list[Piece] = []
    start = 0
    for place, code in enumerate(raw):
        glyph = printer.glyphs.get(code)
        if glyph is None:
            continue
        if place > start:
            pieces.append(Piece(printer.decode(raw[start:place])))
        letter = printer.decode(raw[place : place + 1]) or "\ufffd"
        pieces.append(Piece(letter, False, {letter: glyph_bits(printer, glyph)}))
        start = place + 1
    if start < len(raw):
        pieces.append(Piece(printer.decode(raw[start:])))
    return pieces


def glyph_bits(printer: Printer, glyph: tuple[int, int, bytes]) -> bytes:
    """The dots of an own letter as rows of the font's cell; a narrower letter is filled up on the right."""
    wide, tall, columns = glyph
    cell_width, cell_height = printer.machine.fonts.get(printer.font) or printer.machine.fonts["A"]
    return fit(columns_to_rows(columns, wide, tall), wide, tall * 8, cell_width, cell_height)
