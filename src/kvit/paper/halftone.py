"""Halftone: greys to black and white, by what a picture is.

Line art has tones between black and white only at its edges; Otsu's threshold finds the cut between its two heaps alone.
A photo has such tones in areas and is dithered: by Atkinson unless asked otherwise, because it keeps light areas clean on
paper that blooms; Floyd-Steinberg keeps more of the shadows; Bayer is for heads that smear single dots.

Which of the two a picture is, is told by its flat tones: dots that are neither near the dark heap nor near the light one
and whose neighbours are like them. An edge has none of them, a shaded area is made of them.

Error diffusion goes row by row from the left, so a dot needs what its neighbours to the left and above have left over. All
dots with the same ``column + 2 * row`` are independent of each other and are done at once, on the last five such fronts:
the same dots as one by one, a hundred times as fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEAR = 40
"""Greys so close to a heap's peak belong to it: antialiasing and JPEG noise."""
FLAT = 12
"""Neighbours that differ by at most this are of one area."""
FLAT_SHARE = 0.1
"""A picture with a larger part of its inked dots in such areas is a photo."""
MIDDLE = 128
SMEAR_CELL = 8

BAYER = (
    (0, 32, 8, 40, 2, 34, 10, 42), (48, 16, 56, 24, 50, 18, 58, 26), (12, 44, 4, 36, 14, 46, 6, 38),
    (60, 28, 52, 20, 62, 30, 54, 22), (3, 35, 11, 43, 1, 33, 9, 41), (51, 19, 59, 27, 49, 17, 57, 25),
    (15, 47, 7, 39, 13, 45, 5, 37), (63, 31, 55, 23, 61, 29, 53, 21),
)  # fmt: skip
SPREADS: dict[str, tuple[int, tuple[tuple[int, int, int], ...]]] = {
    "floyd-steinberg": (16, ((1, 0, 7), (-1, 1, 3), (0, 1, 5), (1, 1, 1))),
    "atkinson": (8, ((1, 0, 1), (2, 0, 1), (-1, 1, 1), (0, 1, 1), (1, 1, 1), (0, 2, 1))),
}
"""Divisor, then (columns on, rows down, share) of the error; Atkinson lets a quarter of it go."""
FRONTS = 5
"""How many fronts an error reaches: two rows down are four fronts on."""
ROWS_REACHED = 2


def black_of(greys: NDArray[Any], tone: str) -> NDArray[Any]:
    """Dots (True = black) of greys 0..255, rows x columns.

    ``tone``: ``auto line floyd-steinberg atkinson bayer``; auto is line or Atkinson, by `is_photo`.
    """
    if tone == "auto":
        tone = "atkinson" if is_photo(greys) else "line"
    if tone == "line":
        black: NDArray[Any] = greys < otsu(greys)
        return black
    if tone == "bayer":
        return ordered(greys)
    return diffuse(greys, SPREADS[tone])


def otsu(greys: NDArray[Any]) -> int:
    """The threshold that parts the greys into two heaps as unlike as can be; what is below it is black.

    The middle where there is only one grey.
    """
    counts = np.bincount(greys.ravel(), minlength=256).astype(np.float64)
    below = np.cumsum(counts)
    mass = np.cumsum(counts * np.arange(256))
    above = below[-1] - below
    spread = (mass[-1] * below - mass * below[-1]) ** 2 / np.maximum(below * above, 1)
    if spread.max() <= 0:
        return MIDDLE
    return round(float(np.flatnonzero(spread == spread.max()).mean())) + 1


def is_photo(greys: NDArray[Any]) -> bool:
    """True for a picture with areas of tones between its darkest and its lightest."""
    cut = otsu(greys)
    counts = np.bincount(greys.ravel(), minlength=256)
    light = cut + int(counts[cut:].argmax())
    dark = int(counts[:cut].argmax()) if counts[:cut].any() else light
    if counts.max() == greys.size:
        return bool(NEAR < dark < 255 - NEAR)
    ink = greys < light - NEAR
    between = ink & (greys > dark + NEAR)
    between |= (greys < dark - NEAR) | (greys > light + NEAR)
    return bool((between & _is_flat(greys)).sum() > FLAT_SHARE * max(int(ink.sum()), 1))


def _is_flat(greys: NDArray[Any]) -> NDArray[Any]:
    """Dots like their neighbours on the right and below (at the far edges: on the left and above)."""
    values = greys.astype(np.int16)
    flat = np.ones(greys.shape, dtype=np.bool_)
    for axis in (0, 1):
        if greys.shape[axis] > 1:
            step = np.abs(np.diff(values, axis=axis))
            flat &= np.concatenate((step, step.take([-1], axis=axis)), axis=axis) <= FLAT
    return flat


def ordered(greys: NDArray[Any]) -> NDArray[Any]:
    """Bayer's matrix of eight by eight thresholds, laid over the picture like tiles."""
    rows, columns = greys.shape
    tiles = (np.array(BAYER) * 4 + 2)[np.arange(rows)[:, None] % SMEAR_CELL, np.arange(columns) % SMEAR_CELL]
    black: NDArray[Any] = greys < tiles
    return black


def diffuse(greys: NDArray[Any], spread: tuple[int, tuple[tuple[int, int, int], ...]]) -> NDArray[Any]:
    """Error diffusion, as if row by row from the left."""
    divisor, shares = spread
    rows, columns = greys.shape
    black = np.zeros((rows, columns), dtype=np.bool_)
    values = greys.astype(np.int32)
    left_over = np.zeros((FRONTS, rows + ROWS_REACHED), dtype=np.int32)
    every_row = np.arange(rows)
    for front in range(columns + 2 * (rows - 1)):
        first, last = max(0, (front - columns + 2) // 2), min(rows - 1, front // 2)
        here = every_row[first : last + 1]
        across = front - 2 * here
        value = values[here, across]
        for along, down, share in shares:
            before = left_over[(front - along - 2 * down) % FRONTS]
            value += before[first + ROWS_REACHED - down : last + 1 + ROWS_REACHED - down] * share // divisor
        dots = value < MIDDLE
        black[here, across] = dots
        fresh = left_over[front % FRONTS]
        fresh[:] = 0
        fresh[first + ROWS_REACHED : last + 1 + ROWS_REACHED] = np.where(dots, value, value - 255)
    return black
