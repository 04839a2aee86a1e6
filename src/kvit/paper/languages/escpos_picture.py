"""Pictures as ESC/POS bytes: bands of rasters or graphics, columns among letters, stored logos by key.

A picture goes in bands of at most half the receive buffer, so that the next one can come in while it prints, and a clone
with a small buffer never overflows. No band is higher than `BAND_ROWS_MAX`: then the two bytes that count its rows are
never a live command (`kvit.paper.live`). ``GS ( L`` also counts its bytes: a band whose count is one is made a row lower.

What has been made is remembered by the dots (they are the photo room's one object for a logo seen before), bounded by
bytes: a logo costs its reading and banding once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from kvit.escpos.profiles import Profile
from kvit.paper import image, reach
from kvit.paper.live import LIVE
from kvit.paper.memo import Memo
from kvit.paper.sheet import Picture

BAND_ROWS_MIN = 24
BAND_ROWS_MAX = 1_023
"""1,040, 1,296 and 5,136 rows would be counted with 10 04, 10 05 and 10 14."""
BUFFER_SHARE = 2
"""A band takes at most this part of the receive buffer."""
KEPT_BYTES = 8 << 20
"""Finished bands remembered: a chain's logos at every width and then some."""

DLE, LIVE_ENDS = 0x10, b"\x04\x05\x14"
"""What a live command begins with, what may come second."""
KEPT_LETTERS = 8_192
"""Drawn letters remembered as columns: 72 bytes each."""

_made: Memo[tuple[bytes, ...]] = Memo(KEPT_BYTES)


def bands(box: Picture, profile: Profile) -> tuple[bytes, ...]:
    """The commands that print a picture across the paper, one a band."""
    way = reach.picture_way(profile)
    room = profile.buffer_bytes // BUFFER_SHARE
    key = box.bits, box.columns, way, room
    found = _made.get(key)
    if found is None:
        form = _raster if way == "raster" else _graphics
        found = tuple(form(box.columns, rows, bits) for rows, bits in _strips(box, room, way == "graphics"))
        _made.keep(key, found, len(box.bits) + sum(map(len, found)))
    return found


def _strips(box: Picture, room: int, counted: bool) -> list[tuple[int, bytes]]:
    """Strips no larger than ``room``; ``counted``: the bytes of each are counted in its command's head."""
    size = image.row_bytes(box.columns)
    rows = min(max(room // size, BAND_ROWS_MIN), BAND_ROWS_MAX)
    made: list[tuple[int, bytes]] = []
    top = 0
    while top < box.rows:
        tall = min(rows, box.rows - top)
        while counted and tall > 1 and LIVE.search(_count(tall * size)):
            tall -= 1
        made.append((tall, box.bits[top * size : (top + tall) * size]))
        top += tall
    return made


def _raster(columns: int, rows: int, bits: bytes) -> bytes:
    """``GS v 0``."""
    return b"\x1dv0\x00" + image.row_bytes(columns).to_bytes(2, "little") + rows.to_bytes(2, "little") + bits


def _count(size: int) -> bytes:
    """How many bytes fn 112 carries: two bytes behind ``GS ( L``, four behind ``GS 8 L``."""
    size += 10
    return size.to_bytes(2 if size < 0x10000 else 4, "little")


def _graphics(columns: int, rows: int, bits: bytes) -> bytes:
    """``GS ( L`` fn 112 and fn 50: store a strip, print it; ``GS 8 L`` where the count does not fit two bytes."""
    count = _count(len(bits))
    head = (b"\x1d(L" if len(count) == 2 else b"\x1d8L") + count + b"\x30\x70\x30\x01\x01\x31"
    return head + columns.to_bytes(2, "little") + rows.to_bytes(2, "little") + bits + b"\x1d(L\x02\x00\x30\x32"


def columns(pictures: Sequence[Picture]) -> bytes:
    """``ESC *``: pictures of 24 rows, or of 8, side by side in one command; in two where they join to a live command."""
    mode = b"\x1b*\x01" if pictures[0].rows == image.NEEDLE_ROWS else b"\x1b*\x21"
    made: list[bytes] = []
    strips: list[bytes] = []
    count = 0
    for box in pictures:
        strip = _turned(box.bits, box.columns)
        if strip[0] in LIVE_ENDS and strips and strips[-1][-1] == DLE:
            made.append(mode + count.to_bytes(2, "little") + b"".join(strips))
            strips, count = [], 0
        strips.append(strip)
        count += box.columns
    made.append(mode + count.to_bytes(2, "little") + b"".join(strips))
    return b"".join(made)


@lru_cache(maxsize=KEPT_LETTERS)
def _turned(bits: bytes, count: int) -> bytes:
    if len(bits) == image.NEEDLE_ROWS * image.row_bytes(count):
        return image.rows_to_bytes(bits, count)
    return image.rows_to_columns(bits, count)


def by_key(box: Picture) -> bytes:
    """What prints a stored logo: ``FS p`` for ``nv:1``, ``GS ( L`` fn 69 for ``nv:48/49``, fn 85 for ``dl:48/49``."""
    kind, codes = reach.logo_codes(box.key)
    if len(codes) == 1:
        return b"\x1cp%c%c" % (codes[0], box.scale_x - 1 | (box.scale_y - 1) << 1)
    function = {"nv": 69, "dl": 85}[kind]
    return b"\x1d(L\x06\x00\x30%c%c%c%c%c" % (function, *codes, box.scale_x, box.scale_y)
