"""Ink: what is sent as dots because the head has no letters, no symbol or no picture of its own for it.

Three forms. *Columns* (``ESC * 33``): 24 dots high, standing among the letters of a line. A *whole line* drawn as one
picture, where letters are higher than that. A *picture* across the paper, in one piece where the head takes rasters, in
bands of 24 dots where it only takes columns.

Drawn by the same rasteriser as every preview (`kvit.paper.raster`), which is loaded when first needed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from kvit.escpos.motion import across, down
from kvit.escpos.profiles import Profile
from kvit.paper import image, live, reach
from kvit.paper.image import COLUMN_ROWS
from kvit.paper.sheet import Picture, Run, Style

if TYPE_CHECKING:
    from kvit.paper.fonts import Bits

KEPT_WORDS = 4_096
BLACK = re.compile(rb"\x01(?:\x00{0,6}\x01)*")
"""Columns with a black dot, small gaps between them among them."""
COMMAND_BYTES = 9
"""``ESC $`` and ``ESC *`` before the columns of a word: so many columns of white are as long."""
KEPT_LETTERS = 4_096
KEPT_LOOKS = 32
"""Drawn letters remembered of a look, and looks."""


def is_column(profile: Profile) -> bool:
    """True when pictures go as columns, in bands."""
    return reach.picture_way(profile) in ("columns", "needles")


def packed(dots: Bits) -> bytes:
    """Dots as rows of bytes."""
    import numpy as np

    return np.packbits(dots, axis=1).tobytes()


def inline(run: Run) -> Picture:
    """A run of 24 dots as columns in its place."""
    bits = word(run.text, run.advance, run.style, run.width)
    return Picture(run.x, 0, run.width, COLUMN_ROWS, run.width, COLUMN_ROWS, bits, start=run.start, end=run.end)


@lru_cache(maxsize=KEPT_WORDS)
def word(text: str, advance: int, style: Style, width: int) -> bytes:
    """The dots of a word; live commands are spared for every head, so that one memory does for all."""
    from kvit.paper.raster import strip_of

    dots = strip_of(Run(0, 0, width, COLUMN_ROWS, text, advance, style), Counter())
    return live.spare_columns(image.fit(packed(dots), dots.shape[1], dots.shape[0], width, COLUMN_ROWS), width)


def letters(text: str, advance: int, style: Style) -> list[bytes]:
    """Each letter's dots, 24 rows; remembered, so that the same letter is the same object."""
    known = _letters_of(advance, style)
    return [known[letter] for letter in text]


class _Letters(dict[str, bytes]):
    """Drawn letters of one look."""

    def __init__(self, advance: int, style: Style) -> None:
        self._advance, self._style = advance, style

    def __missing__(self, letter: str) -> bytes:
        if len(self) >= KEPT_LETTERS:
            self.clear()
        bits = self[letter] = word(letter, self._advance, self._style, self._advance)
        return bits


@lru_cache(maxsize=KEPT_LOOKS)
def _letters_of(advance: int, style: Style) -> _Letters:
    return _Letters(advance, style)


def whole_line(runs: list[Run], upside_down: bool = False) -> tuple[int, int, int, bytes]:
    """A line drawn as one picture from its leftmost letter on: where it begins, columns, rows, bits."""
    import numpy as np

    left = min(run.x for run in runs)
    rise = max(run.height - run.height // 8 for run in runs)
    rows = rise + max(run.height // 8 for run in runs)
    width = max(run.x + run.width for run in runs) - left
    dots = np.zeros((rows, width), np.bool_)
    for text, x, advance, height, style in _stretches(runs):
        strip = _strip(text, advance, height, style)
        y, x = rise - (height - height // 8), x - left
        dots[y : y + height, x : x + strip.shape[1]] |= strip[:, : width - x]
    return left, width, rows, packed(dots[::-1, ::-1] if upside_down else dots)


def _stretches(runs: list[Run]) -> Iterator[tuple[str, int, int, int, Style]]:
    """Letters side by side in one look and one cell width: text, x, advance, height, style."""
    text, x, end, held = "", 0, 0, None
    for run in runs:
        if (
            held is not None
            and run.x == end
            and run.style is held.style
            and run.advance == held.advance
            and run.height == held.height
        ):
            text, end = text + run.text, end + run.width
            continue
        if held is not None:
            yield text, x, held.advance, held.height, held.style
        text, x, end, held = run.text, run.x, run.x + run.width, run
    if held is not None:
        yield text, x, held.advance, held.height, held.style


@lru_cache(maxsize=KEPT_WORDS)
def _strip(text: str, advance: int, height: int, style: Style) -> Bits:
    """Letters drawn side by side; nobody writes into what is remembered."""
    from kvit.paper.raster import strip_of

    dots = strip_of(Run(0, 0, 0, height, text, advance, style))
    dots.flags.writeable = False
    return dots


def words(x: int, y: int, columns: int, rows: int, bits: bytes, profile: Profile, block: int) -> list[Picture]:
    """A line drawn as one picture cut into what is black of it: bands of 24 dots, in each the words, gaps left out.

    Empty where that does not spare a quarter of the whole, or the head can not feed 24 dots exactly.
    """
    import numpy as np

    motion = across(profile)
    if down(profile).reach(COLUMN_ROWS) != COLUMN_ROWS:
        return []
    size = image.row_bytes(columns)
    dots = np.unpackbits(np.frombuffer(bits, np.uint8).reshape(rows, size), axis=1)[:, :columns]
    if rows % COLUMN_ROWS:
        dots = np.concatenate([dots, np.zeros((-rows % COLUMN_ROWS, columns), np.uint8)])
    made: list[Picture] = []
    for top in range(0, rows, COLUMN_ROWS):
        band = dots[top : top + COLUMN_ROWS]
        for part in BLACK.finditer(band.any(axis=0).tobytes()):
            start, end = part.span()
            while start and motion.reach(x + start) != x + start:
                start -= 1
            wide = end - start
            word = live.spare_columns(np.packbits(band[:, start:end], axis=1).tobytes(), wide)
            made.append(
                Picture(x + start, y + top, wide, COLUMN_ROWS, wide, COLUMN_ROWS, word, start=block, end=block + 1)
            )
    worth = size * rows * 3 // 4
    return made if sum(3 * box.columns + COMMAND_BYTES for box in made) < worth else []


def pictures(x: int, y: int, columns: int, rows: int, bits: bytes, profile: Profile, block: int) -> list[Picture]:
    """A picture as the head takes it: whole and of whole bytes, or in bands of 24 dots, or of 8 on needles."""
    whole, room = columns + 7 & ~7, profile.width_dots - x
    wide = min(columns if is_column(profile) else whole, room)
    bits = image.clip(bits, whole, rows, wide)[0]
    if not is_column(profile):
        if live.obeys(profile):
            as_columns = rows == COLUMN_ROWS and reach.has_columns(profile)  # the writer takes it for drawn letters
            bits = live.spare_columns(bits, wide) if as_columns else live.spare_rows(bits)
        return [Picture(x, y, wide, rows, wide, rows, bits, start=block, end=block + 1)]
    return _bands(x, y, wide, rows, bits, profile, block)


def _bands(x: int, y: int, columns: int, rows: int, bits: bytes, profile: Profile, block: int) -> list[Picture]:
    """A picture as one line of columns below the other; on needles several rows of dots are one row."""
    high, times, size = reach.column_rows(profile), 1, image.row_bytes(columns)
    if high == image.NEEDLE_ROWS:
        times = profile.needle_dots
        bits, rows = image.thinned(bits, columns, rows, times)
    step = down(profile).reach(high * times)
    made: list[Picture] = []
    for top in range(0, rows, high):
        band = bits[top * size : (top + high) * size].ljust(high * size, b"\0")
        band = live.spare_columns(band, columns) if live.obeys(profile) else band
        made.append(Picture(x, y, columns, high * times, columns, high, band, 1, times, block, block + 1))
        y += step
    return made


def between(
    bits: bytes, columns: int, rows: int, at: int, width: int, cell: int, strokes: list[tuple[int, int]]
) -> bytes:
    """A picture moved ``at`` dots into a wider one, with upright strokes: (cell's left edge, weight 1 or 2)."""
    import numpy as np

    from kvit.paper.fonts import glyph

    page = np.zeros((rows, width), dtype=np.bool_)
    dots = np.unpackbits(np.frombuffer(bits, np.uint8).reshape(rows, -1), axis=1)[:, :columns].astype(np.bool_)
    page[:, at : at + columns] = dots[:, : width - at]
    for left, weight in strokes:
        upright = np.asarray(glyph(" │║"[weight], cell, COLUMN_ROWS)).max(axis=0)
        page[:, left : left + cell] |= upright[: width - left]
    return packed(page)
