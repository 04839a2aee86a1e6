"""The demo shops' logo: a ticket with a tick in it, drawn by arithmetic so that no picture file is needed."""

from __future__ import annotations

import functools

LOGO_WIDTH_BYTES = 24
LOGO_ROWS = 96


@functools.cache
def logo() -> bytes:
    """Return rows of ``LOGO_WIDTH_BYTES`` bytes, most significant bit left, 1 = black."""
    rows = bytearray()
    for y in range(LOGO_ROWS):
        bits = 0
        for x in range(LOGO_WIDTH_BYTES * 8):
            bits = bits << 1 | (_ticket(x, y) != _tick(x, y))
        rows += bits.to_bytes(LOGO_WIDTH_BYTES, "big")
    return bytes(rows)


def _ticket(x: int, y: int) -> bool:
    zigzag = 6 + abs((x % 16) - 8) // 2
    return 24 <= x < 168 and zigzag <= y < LOGO_ROWS - zigzag


def _tick(x: int, y: int) -> bool:
    short, long = abs(y - 50 - (x - 66)) < 8 and 60 <= x < 86, abs(y - 70 + (x - 86)) < 8 and 80 <= x < 132
    return (short or long) and 22 < y < 78
