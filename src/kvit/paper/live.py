"""Live commands inside pictures: the bytes a head would obey at once, wherever it meets them.

``DLE EOT``, ``DLE ENQ`` and ``DLE DC4`` are executed when they arrive. Epson's manuals warn that this goes for the data of
a picture too: dots that happen to be 10 04 make the printer answer, 10 14 01 opens the drawer. Heads that do so have the
quirk ``obeys_realtime_in_payload``; for them one white dot beside a black one turns black (10h becomes 30h), so the byte
pair is gone and nobody sees it. It is done to the sheet, not to the bytes, so that the sheet stays what is printed.

Forms differ in which bytes stand side by side: rasters (``GS v 0``, ``GS ( L``) send rows, ``ESC *`` sends columns. A count
in a command's head can be such a pair too; `kvit.paper.languages.escpos_picture` chooses band heights that make none.
"""

from __future__ import annotations

import re

from kvit.escpos.profiles import Profile
from kvit.paper import image
from kvit.paper.memo import Memo

LIVE = re.compile(b"\x10[\x04\x05\x14]")
"""DLE EOT, DLE ENQ, DLE DC4, whatever follows: what the third byte must be differs by model."""
KEPT_BYTES = 4 << 20
"""Dots remembered as clean: a few dozen logos."""

_spared: Memo[bytes] = Memo(KEPT_BYTES)


def obeys(profile: Profile) -> bool:
    """True when the head obeys live commands inside pictures."""
    return "obeys_realtime_in_payload" in profile.quirks


def spare_rows(bits: bytes) -> bytes:
    """Dots sent by rows without any live command; the same object where there was none."""
    known = _spared.get(bits)
    if known is None:
        clean = LIVE.sub(_darker, bits)
        known = _spared.keep(bits, bits if clean == bits else clean, 2 * len(bits))
    return known


def spare_columns(bits: bytes, columns: int) -> bytes:
    """The same for rows sent as columns: 24 as three bytes each (``ESC * 33``), 8 as one (``ESC * 1``)."""
    needles = len(bits) == image.NEEDLE_ROWS * image.row_bytes(columns)
    data = image.rows_to_bytes(bits, columns) if needles else image.rows_to_columns(bits, columns)
    clean = LIVE.sub(_darker, data)
    return bits if clean == data else image.columns_to_rows(clean, columns, 1 if needles else image.COLUMN_ROWS // 8)


def _darker(found: re.Match[bytes]) -> bytes:
    return b"\x30" + found.group()[1:]
