"""How large a QR code comes out, by table (ISO/IEC 18004, model 2).

The version (1..40) is the smallest whose capacity at the level holds the data as one segment: digits, the 45 letters of
the alphanumeric mode, or bytes. A head may save a few bits by changing modes in mid-data; then its symbol is at most one
version smaller. The drawing is asked for this version, so paper and sheet agree in size. Letters beyond ASCII are UTF-8
bytes with no encoding said in front (ECI): heads say none, and readers know UTF-8 by its look.
"""

from __future__ import annotations

ALPHANUMERIC = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
MAX_VERSION = 40

# Correction bytes of one block, and number of blocks, by level and version.
_EC = {
    "L": "7 10 15 20 26 18 20 24 30 18 20 24 26 30 22 24 28 30 28 28 28 28 30 30 26 28" + " 30" * 14,
    "M": "10 16 26 18 24 16 18 22 22 26 30 22 22 24 24 28 28 26 26 26 26" + " 28" * 19,
    "Q": "13 22 18 26 18 24 18 22 20 24 28 26 24 20 30 24 28 28 26 30 28 30 30 30 30 28" + " 30" * 14,
    "H": "17 28 22 16 22 28 26 26 24 28 24 28 22 24 24 30 28 28 26 28 30 24" + " 30" * 18,
}
_BLOCKS = {
    "L": "1 1 1 1 1 2 2 2 2 4 4 4 4 4 6 6 6 6 7 8 8 9 9 10 12 12 12 13 14 15 16 17 18 19 19 20 21 22 24 25",
    "M": "1 1 1 2 2 4 4 4 5 5 5 8 9 9 10 10 11 13 14 16 17 17 18 20 21 23 25 26 28 29 31 33 35 37 38 40 43 45 47 49",
    "Q": "1 1 2 2 4 4 6 6 8 8 8 10 12 16 12 17 16 18 21 20 23 23 25 27 29 34 34 35 38 40 43 45 48 51 53 56 59 62 65 68",
    "H": "1 1 2 4 4 4 5 6 8 8 11 11 16 16 18 16 19 21 25 25 25 34 30 32 35 37 40 42 45 48 51 54 57 60 63 66 70 74 77 81",
}


def _raw_bytes(version: int) -> int:
    """All bytes a version holds, data and correction: its modules less the patterns."""
    dots = (16 * version + 128) * version + 64
    if version >= 2:
        marks = version // 7 + 2
        dots -= (25 * marks - 10) * marks - 55
    return (dots - (36 if version >= 7 else 0)) // 8


DATA_BITS = {
    level: [
        8 * (_raw_bytes(version) - int(ec) * int(blocks))
        for version, ec, blocks in zip(
            range(1, MAX_VERSION + 1), _EC[level].split(), _BLOCKS[level].split(), strict=True
        )
    ]
    for level in "LMQH"
}
"""Bits for data by level, versions 1..40."""


def version(data: bytes, level: str = "L") -> int:
    """The smallest version that holds the data at a level; 0 when none does."""
    capacities = DATA_BITS.get(level) or DATA_BITS["L"]
    length = len(data)
    if data.isdigit():
        need, counts = 4 + length // 3 * 10 + (0, 4, 7)[length % 3], (10, 12, 14)
    elif ALPHANUMERIC.issuperset(data):
        need, counts = 4 + length // 2 * 11 + length % 2 * 6, (9, 11, 13)
    else:
        need, counts = 4 + length * 8, (8, 16, 16)
    for number, capacity in enumerate(capacities, 1):
        if need + counts[0 if number < 10 else 1 if number < 27 else 2] <= capacity:
            return number
    return 0


def side(data: bytes, level: str = "L") -> int:
    """Modules along one side; 0 when the data are too long."""
    number = version(data, level)
    return 17 + 4 * number if number else 0
