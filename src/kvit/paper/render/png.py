"""A sheet as a PNG picture: black on white, one bit a dot.

Dot-exact by default: as wide as the sheet, one pixel a dot. The writer is ours (RFC 2083: signature, IHDR, pHYs, IDAT,
IEND), because a page that is already packed bits needs no more than this, and it takes a fraction of the time Pillow
takes (``docs/decisions/0003-fonts.md`` has the figures).

The same sheet always gives the same bytes on one machine; no time, name or version is written into the file.
"""

from __future__ import annotations

import struct
import zlib
from math import isqrt

import numpy as np

from kvit.paper.fonts import Bits
from kvit.paper.raster import draw
from kvit.paper.sheet import Sheet

LEVEL = 1
"""Deflate level: 1 takes a third of the time of 6 and gives a fifth more bytes on receipts."""
MAX_SCALE = 8
MAX_PIXELS = 128 << 20
"""Enough for the longest roll twice as large; a picture of more is made at a smaller scale."""
MAX_MARGIN_DOTS = 256
DOTS_PER_METRE = 39.3701
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def render(sheet: Sheet, *, scale: int = 1, margin_dots: int = 0, cut_marks: bool = False) -> bytes:
    """Draw a sheet into a PNG file.

    ``scale``: pixels a dot, 1 to 8. ``margin_dots``: white around it, 0 to 256. ``cut_marks``: a dashed line at each
    cut. Numbers outside their range are taken to its nearer end, and the scale to one that keeps to MAX_PIXELS. Never
    raises; at most MAX_ROWS dots high.
    """
    page = draw(sheet, cut_marks=cut_marks).page
    margin = min(max(margin_dots, 0), MAX_MARGIN_DOTS)
    if margin:
        page = np.pad(page, margin)
    return encode(page, dpi=sheet.dpi, scale=fitting(scale, page.size))


def fitting(scale: int, dots: int) -> int:
    """The scale to draw so many dots at: as asked, within 1 to MAX_SCALE, and not past MAX_PIXELS."""
    return min(max(scale, 1), MAX_SCALE, max(isqrt(MAX_PIXELS // dots), 1))


def encode(page: Bits, *, dpi: int = 203, scale: int = 1, ink: str = "") -> bytes:
    """Write dots (rows x columns, True = black) as a PNG file of ``scale`` pixels a dot.

    With ``ink`` (``#rgb``) the picture is of that colour on a clear ground, to be laid over others; else it is black on
    white.
    """
    across = page.repeat(scale, axis=1) if scale > 1 else page
    packed = np.packbits(across, axis=1)
    lines = np.zeros((packed.shape[0], packed.shape[1] + 1), dtype=np.uint8)
    np.invert(packed, out=lines[:, 1:])
    if scale > 1:
        lines = lines.repeat(scale, axis=0)
    header = struct.pack(">LLBBBBB", across.shape[1], lines.shape[0], 1, 3 if ink else 0, 0, 0, 0)
    per_metre = round(min(max(dpi, 1), 10_000) * scale * DOTS_PER_METRE)
    size = struct.pack(">LLB", per_metre, per_metre, 1)
    body = zlib.compress(lines.tobytes(), LEVEL)
    palette = b""
    if ink:
        colour = bytes(17 * int(digit, 16) for digit in ink[1:4])
        palette = _chunk(b"PLTE", colour + b"\xff\xff\xff") + _chunk(b"tRNS", b"\xff\x00")
    return b"".join(
        (
            _SIGNATURE, _chunk(b"IHDR", header), palette, _chunk(b"pHYs", size), _chunk(b"IDAT", body),
            _chunk(b"IEND", b""),
        )
    )  # fmt: skip


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">L", len(body)) + name + body + struct.pack(">L", zlib.crc32(body, zlib.crc32(name)))
