"""A sheet as dots: what the head would burn into the paper.

Every dot of the sheet is one dot here; nothing is smoothed. Boxes are burnt in printing order and only ever add black,
as heat does; an inverted run is a black ground with the letters left out, so it too only adds.

A run is drawn upright as a strip of cells, ``Run.advance`` apart and ``Run.height`` high, and then turned into its
direction. A cell is made in this order: the letter at size 1, thickened by one dot for bold, sheared for italic,
magnified, turned, underlined, inverted. Made cells are remembered by style and letter, whole runs or receipts never.

What a head does that is left out: fading of large black areas, the blank dots between two heads, slack of the paper
feed, and the second colour (a two-colour sheet is one black picture here; text and HTML keep the colour).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from unicodedata import east_asian_width

import numpy as np

from kvit.paper import symbol as symbols
from kvit.paper.fonts import Bits, glyph, known
from kvit.paper.sheet import Box, Picture, Rule, Run, Sheet, Style, Symbol
from kvit.paper.width import cell_width, clusters

MAX_ROWS = 32_768
"""Four metres of paper at 203 dpi. A longer roll is a feed bomb; its picture ends here."""
MAX_COLUMNS = 4_096
"""Wider than any receipt or label head (832) and than an A4 page at 300 dpi."""
MAX_LETTER_ROWS = 1_024
"""Higher than a 24-dot letter magnified eight times with its spacing; the sheet of a sane player never comes near."""
KEPT_BYTES = 8 << 20
"""Cells remembered over all styles: some 15,000 letters at size 1. Past this all are forgotten and made anew."""
CELL_OVERHEAD_BYTES = 250
"""What an array and its place in a dictionary take besides the dots."""
ITALIC_SLOPE = 4
"""An italic letter leans by one dot in this many rows."""
CUT_DASH = 8
"""Dots of a dash and of a gap in a cut mark."""


@dataclass(frozen=True)
class Dots:
    """A drawn sheet.

    ``page``: rows x columns, True = black. ``unknown``: how often each letter had to be drawn as a frame.
    """

    page: Bits
    unknown: Counter[str]


def draw(sheet: Sheet, *, cut_marks: bool = False) -> Dots:
    """Draw a sheet, dot for dot.

    The page is ``sheet.width_dots`` wide and as high as the paper was fed, or as the lowest box reaches (limits:
    MAX_COLUMNS, MAX_ROWS); what lies outside is cut off. With ``cut_marks`` a dashed line shows where the paper is cut.
    """
    page = np.zeros((rows_of(sheet), min(max(sheet.width_dots, 1), MAX_COLUMNS)), dtype=np.bool_)
    unknown: Counter[str] = Counter()
    for box in sheet.boxes:
        _burn(page, box, unknown)
    if cut_marks:
        for event in sheet.events:
            if event.kind == "cut" and 0 <= event.y < page.shape[0]:
                page[event.y, np.arange(page.shape[1]) // CUT_DASH % 2 == 0] = True
    return Dots(page, unknown)


def rows_of(sheet: Sheet) -> int:
    """Rows of the picture of a sheet: at least 1, at most MAX_ROWS."""
    lowest = max((box.y + box.height for box in sheet.boxes), default=0)
    return min(max(sheet.height_dots, lowest, 1), MAX_ROWS)


def _burn(page: Bits, box: Box, unknown: Counter[str]) -> None:
    if isinstance(box, Run):
        strip = strip_of(box, unknown)
        _put(page, box, turn(strip, box.direction) if box.direction else strip)
    elif isinstance(box, Rule):
        _put(page, box, np.broadcast_to(np.True_, (min(box.height, MAX_ROWS), min(box.width, MAX_COLUMNS))))
    elif isinstance(box, Picture):
        _put(page, box, picture_dots(box))
    else:
        _put(page, box, symbol_dots(box))


def _put(page: Bits, box: Box, dots: Bits) -> None:
    """Burn dots at the box's place. Turned boxes are held at the corner their content begins in."""
    high, wide = dots.shape
    y, x = box.y, box.x
    direction = 0 if isinstance(box, Rule) else box.direction
    if direction in (1, 2):
        y += box.height - high
    if direction in (2, 3):
        x += box.width - wide
    top, left = max(y, 0), max(x, 0)
    bottom, right = min(y + high, page.shape[0]), min(x + wide, page.shape[1])
    if top < bottom and left < right:
        page[top:bottom, left:right] |= dots[top - y : bottom - y, left - x : right - x]


def turn(dots: Bits, direction: int) -> Bits:
    """Turn upright dots into a box's direction (0 to 3, as the sheet counts them)."""
    return np.rot90(dots, direction)


# Runs


class _Cells(dict[str, Bits]):
    """The cells of one style, advance and height, made when first asked for."""

    def __init__(self, style: Style, advance: int, height: int) -> None:
        super().__init__()
        self.style, self.advance, self.height = style, advance, height
        self.lacking: dict[str, list[str]] = {}
        """Of cells drawn as frames: the letters the strikes lack."""

    def __missing__(self, cluster: str) -> Bits:
        style = self.style
        wide = glyph(cluster, _letter_width(cluster, style, self.advance), max(style.cell_height, 1))
        lacking = [letter for letter in cluster if not known(letter)]
        if lacking:
            self.lacking[cluster] = lacking
        cell = dress(wide, style, self.advance, self.height)
        _KEPT.hold(cell.nbytes + CELL_OVERHEAD_BYTES)
        self[cluster] = cell
        return cell


class _Kept:
    """All faces in use and the bytes their cells take."""

    def __init__(self) -> None:
        self.faces: dict[tuple[Style, int, int], _Cells] = {}
        self.held_bytes = 0

    def hold(self, more_bytes: int) -> None:
        """Count a new cell; forget everything first where it would be too much."""
        if self.held_bytes + more_bytes > KEPT_BYTES:
            self.faces.clear()
            self.held_bytes = 0
        self.held_bytes += more_bytes


_KEPT = _Kept()


def _cells(style: Style, advance: int, height: int) -> _Cells:
    key = (style, advance, height)
    found = _KEPT.faces.get(key)
    if found is None:
        _KEPT.hold(4 * CELL_OVERHEAD_BYTES)
        found = _KEPT.faces[key] = _Cells(style, advance, height)
    return found


def _letter_width(cluster: str, style: Style, advance: int) -> int:
    """Dots of the letter at size 1: a wide letter takes two narrow cells, or what the advance leaves it."""
    narrow = max(style.cell_width, 1)
    if cell_width(cluster[0]) != 2 and advance < 2 * narrow * style.width:
        return narrow
    if cell_width(cluster[0]) == 2 or known_wide(cluster[0]):
        return max(narrow, min(2 * narrow, advance // max(style.width, 1)))
    return narrow


def known_wide(letter: str) -> bool:
    """True for letters a Han or Hangul head prints in two cells though Unicode calls them ambiguous."""
    return east_asian_width(letter) == "A"


def dress(letter: Bits, style: Style, advance: int, height: int) -> Bits:
    """Give a letter at size 1 its style and put it into a cell of ``height`` rows and ``advance`` columns."""
    dots = letter
    if style.bold:
        dots = dots.copy()
        dots[:, 1:] |= letter[:, :-1]
    if style.italic:
        dots = lean(dots)
    if style.width > 1:
        dots = dots.repeat(style.width, axis=1)
    if style.height > 1:
        dots = dots.repeat(style.height, axis=0)
    if style.turned:
        dots = np.rot90(dots, -1)
    cell = np.zeros((height, advance), dtype=np.bool_)
    high, wide = min(height, dots.shape[0]), min(advance, dots.shape[1])
    cell[height - high :, :wide] = dots[dots.shape[0] - high :, :wide]
    if style.underline:
        cell[-min(style.underline, height) :] = True
    return ~cell if style.invert else cell


def lean(dots: Bits) -> Bits:
    """Shear to the right, the middle row staying where it is; what leaves the cell is lost."""
    out = np.zeros_like(dots)
    high, wide = dots.shape
    for y in range(high):
        shift = (high // 2 - y) // ITALIC_SLOPE
        if abs(shift) < wide:
            out[y, max(shift, 0) : wide + min(shift, 0)] = dots[y, max(-shift, 0) : wide - max(shift, 0)]
    return out


def strip_of(run: Run, unknown: Counter[str] | None = None) -> Bits:
    """A run's letters side by side, upright: rows x columns."""
    advance, height = min(max(run.advance, 0), MAX_COLUMNS), _letter_height(run)
    longest = MAX_COLUMNS if run.direction % 2 == 0 else MAX_ROWS
    letters = clusters(run.text)[: longest // advance + 1] if advance else []
    if not letters:
        return np.zeros((0, 0), dtype=np.bool_)
    cells: Sequence[Bits]
    made = _cells(run.style, advance, height)
    if run.glyphs:
        cells = [_own(run, letter, advance, height) if letter in run.glyphs else made[letter] for letter in letters]
    else:
        cells = [made[letter] for letter in letters]
    if unknown is not None and made.lacking:
        own = run.glyphs or {}
        unknown.update(lack for letter in letters if letter not in own for lack in made.lacking.get(letter, ()))
    return np.concatenate(cells, axis=1)


def _letter_height(run: Run) -> int:
    """Rows of the upright strip; in a turned direction the rectangle's width is its height."""
    height = run.height if run.direction % 2 == 0 else run.width
    return min(max(height, 1), MAX_LETTER_ROWS)


def _own(run: Run, letter: str, advance: int, height: int) -> Bits:
    """A letter the sender drew (``ESC &``, ``FS 2``): a narrow cell, or a wide one when its rows have more bytes."""
    assert run.glyphs is not None
    style, data = run.style, run.glyphs[letter]
    rows = max(style.cell_height, 1)
    row_bytes = len(data) // rows
    if not row_bytes:
        return dress(np.zeros((rows, 1), dtype=np.bool_), style, advance, height)
    bits = np.unpackbits(np.frombuffer(data, np.uint8, rows * row_bytes).reshape(rows, row_bytes), axis=1)
    narrow = max(style.cell_width, 1)
    columns = narrow if row_bytes == (narrow + 7) // 8 else 2 * narrow
    return dress(bits.view(np.bool_)[:, :columns], style, advance, height)


# Pictures and symbols


def picture_dots(picture: Picture) -> Bits:
    """A picture at its scale and in its direction; a missing logo is a frame with its key in it."""
    if picture.missing:
        return outline(picture.width, picture.height, picture.key)
    row_bytes = (picture.columns + 7) // 8
    rows = min(picture.rows, len(picture.bits) // row_bytes, MAX_ROWS) if row_bytes else 0
    if rows <= 0:
        return np.zeros((0, 0), dtype=np.bool_)
    packed = np.frombuffer(picture.bits, np.uint8, rows * row_bytes).reshape(rows, row_bytes)
    columns = min(picture.columns, MAX_COLUMNS)
    dots: Bits = np.unpackbits(packed, axis=1, count=columns).view(np.bool_)
    dots = dots[: MAX_ROWS // max(picture.scale_y, 1) + 1]
    if picture.scale_x > 1:
        dots = dots.repeat(min(picture.scale_x, MAX_COLUMNS), axis=1)[:, :MAX_ROWS]
    if picture.scale_y > 1:
        dots = dots.repeat(min(picture.scale_y, MAX_COLUMNS), axis=0)
    return turn(dots, picture.direction)


def symbol_dots(symbol: Symbol) -> Bits:
    """A symbol as the symbol room draws it, turned; one that can not be drawn is a frame with its kind."""
    known_kind = symbol.kind in symbols.KINDS and not symbol.fault
    drawn = symbols.draw(symbol) if known_kind else None
    if drawn is None or not drawn.size:
        return outline(symbol.width, symbol.height, symbol.fault or symbol.kind)
    return turn(drawn, symbol.direction)


def hri_runs(symbol: Symbol) -> list[Run]:
    """The letters printed with a bar code as runs at their place, for outputs that want them as text."""
    if not symbol.hri or symbol.fault:
        return []
    style = symbol.hri_style
    wide, high = symbols.hri_width(symbol), symbols.hri_height(symbol)
    along, across = (symbol.width, symbol.height) if symbol.direction % 2 == 0 else (symbol.height, symbol.width)
    before = max((along - wide) // 2, 0)
    tops = [top for bit, top in ((1, 0), (2, max(across - high, 0))) if symbol.hri_place & bit]
    found = []
    for top in tops:
        place = {
            0: (symbol.x + before, symbol.y + top, wide, high),
            1: (symbol.x + top, symbol.y + symbol.height - before - wide, high, wide),
            2: (symbol.x + symbol.width - before - wide, symbol.y + symbol.height - top - high, wide, high),
            3: (symbol.x + symbol.width - top - high, symbol.y + before, high, wide),
        }[symbol.direction % 4]
        found.append(
            Run(*place, text=symbol.hri, advance=style.cell_width * style.width, style=style,
                direction=symbol.direction, start=symbol.start, end=symbol.end)
        )  # fmt: skip
    return found


def outline(width: int, height: int, label: str) -> Bits:
    """A frame of one dot with a label in font C in its upper left corner, as far as it fits."""
    wide, high = min(max(width, 0), MAX_COLUMNS), min(max(height, 0), MAX_ROWS)
    dots = np.zeros((high, wide), dtype=np.bool_)
    if dots.size:
        dots[[0, -1], :] = True
        dots[:, [0, -1]] = True
    for place, letter in enumerate(label[: max(wide - 8, 0) // 8]):
        if high >= 20:
            dots[2:18, 4 + 8 * place : 12 + 8 * place] |= glyph(letter, 8, 16)
    return dots
