"""Pictures as Star bytes: ``ESC X`` among letters, ``ESC k`` strips in line mode, ``ESC GS S`` in one piece in StarPRNT.

``ESC X nL nH d`` stands on the line like a letter, in columns of three bytes. ``ESC k n 0 d`` too, in 24 rows of n bytes:
the same dots without turning them, for what is as wide as whole bytes. Both come out with the line. ``ESC GS S 1 xL xH yL
yH 0 d`` is a block of x bytes by y rows and moves the paper by its height; it goes in bands of at most half the receive
buffer.
"""

from __future__ import annotations

from functools import lru_cache

from kvit.escpos.profiles import Profile
from kvit.paper import image
from kvit.paper.sheet import Picture

BAND_ROWS_MIN = 24
BUFFER_SHARE = 2
"""A band takes at most this part of the receive buffer, so that the next one can come in while it prints."""
KEPT_COLUMNS = 4_096
"""Drawn words remembered as columns."""


@lru_cache(maxsize=KEPT_COLUMNS)
def columns(bits: bytes, columns: int) -> bytes:
    """``ESC X``: 24 rows of dots among letters."""
    return b"\x1bX" + columns.to_bytes(2, "little") + image.rows_to_columns(bits, columns)


def strip(bits: bytes, columns: int) -> bytes:
    """``ESC k``: 24 rows of whole bytes."""
    return b"\x1bk" + bytes((image.row_bytes(columns), 0)) + bits


def bands(box: Picture, profile: Profile) -> list[tuple[int, bytes]]:
    """``ESC GS S`` band by band: the rows of each and its bytes."""
    size = image.row_bytes(box.columns)
    rows = max(profile.buffer_bytes // BUFFER_SHARE // size, BAND_ROWS_MIN)
    made = []
    for top in range(0, box.rows, rows):
        tall = min(rows, box.rows - top)
        head = b"\x1b\x1dS\x01" + size.to_bytes(2, "little") + tall.to_bytes(2, "little") + b"\x00"
        made.append((tall, head + box.bits[top * size : (top + tall) * size]))
    return made


def by_key(box: Picture) -> bytes:
    """``ESC FS p n m``: a stored logo, its dots doubled across and down as the box says."""
    number = int(box.key.partition(":")[2])
    return b"\x1b\x1cp" + bytes((number, (box.scale_x - 1) | (box.scale_y - 1) << 1))
