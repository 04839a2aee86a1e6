"""A letter in a cell of any size.

Two strikes are at hand, of 24 and of 16 dots. A head's fonts are cells of other sizes too: 9x17, 8x16, 10x20, 12x20,
9x24. The strike that fits best is taken, and then, along each axis: the same size stays; a cell a little larger gets a
blank edge (so font B is the 8x16 letter with one blank dot, as on the paper); a much larger one repeats rows or
columns; a smaller one joins neighbouring rows or columns, so that no stroke is lost. Box drawing always fills its cell,
or lines would have gaps.

A letter no strike has is drawn as a frame with its code point in hexadecimal, and counted by whoever asks ``known``.
"""

from __future__ import annotations

from functools import cache, lru_cache
from pathlib import Path
from unicodedata import category

import numpy as np

from kvit.paper.fonts.strike import Bits, Strike

HERE = Path(__file__).parent
GROW_BY_REPEATING = 1.4
"""From this much larger than the strike, a letter in a blank edge would look lost: its dots are repeated instead."""
KEPT_GLYPHS = 4096
"""Letters remembered over all cell sizes, some 0.4 KB each."""
WIDE = 0.9
"""A cell at least so wide for its height is a Han cell: a narrow letter is centred in it, not spread."""
LARGE_CELL = (11, 20)
"""Narrow cells at least this wide and high take the 24-dot strike."""

_HEX_ROWS = {
    "0": (7, 5, 5, 5, 7), "1": (2, 6, 2, 2, 7), "2": (7, 1, 7, 4, 7), "3": (7, 1, 7, 1, 7), "4": (5, 5, 7, 1, 1),
    "5": (7, 4, 7, 1, 7), "6": (7, 4, 7, 5, 7), "7": (7, 1, 1, 2, 2), "8": (7, 5, 7, 5, 7), "9": (7, 5, 7, 1, 7),
    "A": (2, 5, 7, 5, 5), "B": (6, 5, 6, 5, 6), "C": (7, 4, 4, 4, 7), "D": (6, 5, 5, 5, 6), "E": (7, 4, 6, 4, 7),
    "F": (7, 4, 6, 4, 4),
}  # fmt: skip
"""Digits of 3x5 dots for the frame of an unknown letter."""


@cache
def strike(size: int) -> Strike:
    """The strike of 24 or 16 dots."""
    return Strike(HERE / f"kvit-{size}.strike")


def known(letter: str) -> bool:
    """True where the strikes have this letter, or where it is one that shows nothing (Unicode category Cf)."""
    return strike(24).cell(letter) is not None or category(letter) == "Cf"


@lru_cache(maxsize=KEPT_GLYPHS)
def glyph(cluster: str, cell_width: int, cell_height: int) -> Bits:
    """Draw a letter with the combining marks that stand on it.

    In: one letter and its marks; the cell in dots. Out: an array of ``cell_height`` rows and ``cell_width`` columns,
    True = black. A letter narrower than its cell (Cyrillic in a Han cell) is centred. Never raises: an unknown letter
    is a frame. The array is remembered and must not be written to.
    """
    bits = np.zeros((cell_height, cell_width), dtype=np.bool_)
    for letter in cluster:
        cell = _strike_for(cell_width, cell_height, letter).cell(letter)
        if cell is None and known(letter):
            continue
        if cell is None:
            bits |= tofu(letter, cell_width, cell_height)
        else:
            bits |= fit(cell, cell_width, cell_height, fill=0x2500 <= ord(letter) <= 0x259F)
    bits.flags.writeable = False
    return bits


def _strike_for(cell_width: int, cell_height: int, letter: str) -> Strike:
    large = strike(24)
    if cell_height % 16 == 0 and cell_height % 24:
        return strike(16)
    if cell_height < LARGE_CELL[1] or cell_width < LARGE_CELL[0]:
        return strike(16)
    cell = large.cell(letter)
    wide = cell is not None and cell.shape[1] == large.size
    return strike(16) if wide and cell_width < 2 * LARGE_CELL[0] else large


def fit(cell: Bits, cell_width: int, cell_height: int, fill: bool = False) -> Bits:
    """Put a strike's cell into a cell of another size, as the head of this file tells."""
    narrow, high = cell.shape[1] < cell.shape[0], cell_width >= WIDE * cell_height
    if narrow and high and not fill:
        inner = fit(cell, cell_width // 2, cell_height)
        before = (cell_width - inner.shape[1]) // 2
        return np.pad(inner, ((0, 0), (before, cell_width - inner.shape[1] - before)))
    return _along(_along(cell, cell_height, fill).T, cell_width, fill).T


def _along(cell: Bits, wanted: int, fill: bool) -> Bits:
    """Fit the rows of ``cell`` to ``wanted`` rows."""
    have = cell.shape[0]
    if wanted == have:
        return cell
    if wanted < have:
        bounds = np.arange(wanted) * have // wanted
        return np.add.reduceat(cell, bounds, axis=0, dtype=np.uint8).astype(np.bool_)
    if fill or wanted >= GROW_BY_REPEATING * have:
        grown: Bits = cell[np.arange(wanted) * have // wanted]
        return grown
    before = (wanted - have) // 2
    return np.pad(cell, ((before, wanted - have - before), (0, 0)))


def tofu(letter: str, cell_width: int, cell_height: int) -> Bits:
    """A frame with the letter's code point in hexadecimal, two rows of digits, as far as they fit."""
    bits = np.zeros((cell_height, cell_width), dtype=np.bool_)
    top, bottom = min(1, cell_height - 1), max(cell_height - 2, 0)
    bits[top : bottom + 1, [0, cell_width - 1]] = True
    bits[[top, bottom], :] = True
    digits = f"{ord(letter):04X}"
    half = (len(digits) + 1) // 2
    for row, part in enumerate((digits[:half], digits[half:])):
        for column, digit in enumerate(part):
            y, x = cell_height // 2 - 7 + 8 * row, cell_width // 2 - 2 * half + 4 * column
            if x > 0 and y > 1 and x + 3 < cell_width and y + 5 < cell_height:
                rows = np.array(_HEX_ROWS[digit], dtype=np.uint8)[:, None]
                bits[y : y + 5, x : x + 3] |= (rows >> np.array([2, 1, 0], dtype=np.uint8) & 1).astype(np.bool_)
    return bits
