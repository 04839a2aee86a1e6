"""Composite symbols: a bar code with a small 2D symbol standing on it (ISO/IEC 24723).

Only half is drawn here: the bar code below, which reads by itself, and an outline where the 2D part (CC-A or CC-B) stands,
as no library at hand makes one. The outline is as wide as that part is over this bar code and about as high as its data
ask for; the heights are a guess, what is sent to a head is not.
"""

from __future__ import annotations

import numpy as np

from kvit.paper import gs1
from kvit.paper.bars import matrix_of
from kvit.paper.fonts import Bits
from kvit.paper.symbology import KINDS

WIDTHS = {"ean8": 82, "upce": 55, "databarstacked": 55, "databarstackedomni": 55, "databarlimited": 72}
"""Modules the 2D part takes across; 99 over all others."""
WIDEST = 99
COLUMNS = {99: 4, 82: 3, 72: 3, 55: 2}
"""Columns of data by width."""
LETTERS_A_CODEWORD = 1.5
CODEWORDS_BESIDE = 8
"""For error correction, at least."""
ROW_MODULES = 2
BAR_MODULES = 40
"""Height of the bars below."""


def parts_of(data: bytes) -> tuple[bytes, bytes]:
    """The lower and the upper part."""
    below, _, above = data.partition(b"|")
    return below, above


def modules_of(linear: str, data: bytes) -> Bits | None:
    """Modules (rows x columns, True = black): an outline above the bars; None when there is no such bar code."""
    below, above = parts_of(data)
    if linear not in KINDS or not below or not above:
        return None
    bars = matrix_of(linear, below, "", ())
    if bars is None:
        return None
    if KINDS[linear].flat:
        bars = bars.repeat(BAR_MODULES, axis=0)
    upper = _outline(WIDTHS.get(linear, WIDEST), above)
    wide = max(upper.shape[1], bars.shape[1])
    whole = np.zeros((upper.shape[0] + 1 + bars.shape[0], wide), np.bool_)
    _lay(whole, upper, 0)
    _lay(whole, bars, upper.shape[0] + 1)
    return whole


def _outline(wide: int, above: bytes) -> Bits:
    elements = gs1.read(above.decode("latin-1")).found
    letters = sum(len(ai) + len(value) for ai, value in elements) or len(above)
    codewords = CODEWORDS_BESIDE + int(letters / LETTERS_A_CODEWORD)
    rows = max(-(-codewords // COLUMNS[wide]), 3)
    box = np.zeros((rows * ROW_MODULES, wide), np.bool_)
    box[[0, -1]] = True
    box[:, [0, -1]] = True
    return box


def _lay(whole: Bits, part: Bits, top: int) -> None:
    left = (whole.shape[1] - part.shape[1]) // 2
    whole[top : top + part.shape[0], left : left + part.shape[1]] = part
