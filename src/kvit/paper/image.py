"""Bits of pictures: rows and columns, packed and unpacked.

Everywhere in this house a picture is rows from the top, each of ``(columns + 7) // 8`` bytes, most significant bit
left, 1 = black (the form of ``GS v 0``). Heads of old had one column of needles, so ``ESC *``, ``GS *``, ``FS q`` and
``ESC &`` send columns from the left, each of whole bytes, most significant bit on top. ``columns_to_rows`` turns the one
into the other; the work is done on big integers and byte translation, since a receipt logo has 20,000 dots.

Limits stand here because every room that takes pictures from outside shares them.
"""

from __future__ import annotations

from functools import lru_cache

MAX_COLUMNS = 1_024
"""The widest receipt head (104 mm, 832 dots) and some."""
MAX_ROWS = 20_000
"""2.5 m of paper: 8 bytes of ``GS v 0`` can declare 4.29 GB."""
COLUMN_ROWS = 24
"""Dots of a column of ``ESC * 33``: the height of a letter of font A."""
NEEDLE_ROWS = 8
"""Dots of a column of ``ESC * 1``: the needles of an impact head but one."""
KEPT_STRIPS = 16_384
"""Eight columns of a letter remembered turned: three strips a Han letter, some thousand letters a shop."""
MAX_BYTES = 4 * 1024 * 1024
"""Of one picture, held while its pieces come in; the largest picture within the two limits above has 2.5 MB."""


def row_bytes(columns: int) -> int:
    """Bytes of one row."""
    return (columns + 7) // 8


def clip(bits: bytes, columns: int, rows: int, room: int) -> tuple[bytes, int]:
    """Cut a picture off at ``room`` columns: its bits and its new width; the bits past the edge are white."""
    if columns <= room:
        return bits, columns
    old, new = row_bytes(columns), row_bytes(room)
    mask = 0xFF << (-room % 8) & 0xFF
    kept = bytearray()
    for row in range(rows):
        line = bits[row * old : row * old + new]
        kept += line
        if mask != 0xFF and len(line) == new:
            kept[-1] &= mask
    return bytes(kept), room


def fit(bits: bytes, columns: int, rows: int, wide: int, tall: int) -> bytes:
    """Lay a picture into the upper left of a field ``wide`` by ``tall``: cut off or filled with white."""
    bits, columns = clip(bits, columns, rows, wide)
    old, new = row_bytes(columns), row_bytes(wide)
    lines = [bits[row * old : row * old + old].ljust(new, b"\0") for row in range(min(rows, tall))]
    return b"".join(lines).ljust(new * tall, b"\0")


def complete(bits: bytes, columns: int, rows: int) -> bytes:
    """Exactly the bytes the size asks for: what lacks is white, what is too much goes."""
    size = row_bytes(columns) * rows
    return bits[:size].ljust(size, b"\0")


def columns_to_rows(data: bytes, columns: int, column_bytes: int) -> bytes:
    """Columns of ``column_bytes`` bytes, top bit first, to rows; missing columns are white.

    Each byte lane is a strip eight dots tall. Its bytes spread over one number, a byte a column; picking bit 7, 6, …
    of every byte gives the strip's rows.
    """
    data = data[: columns * column_bytes].ljust(columns * column_bytes, b"\0")
    rows: list[bytes] = []
    for lane in range(column_bytes):
        strip = data[lane::column_bytes]
        rows += [_pack(strip.translate(pick), columns) for pick in _PICK]
    return b"".join(rows)


def rows_to_columns(bits: bytes, columns: int) -> bytes:
    """The twin of ``columns_to_rows`` for 24 rows: columns of three bytes, made in strips of eight that are remembered."""
    size = row_bytes(columns)
    return b"".join([_turned_strip(bits[place::size]) for place in range(size)])[: columns * 3]


def rows_to_bytes(bits: bytes, columns: int) -> bytes:
    """The same for 8 rows: columns of one byte."""
    import numpy as np

    rows = np.unpackbits(np.frombuffer(bits, np.uint8).reshape(NEEDLE_ROWS, -1), axis=1)[:, :columns]
    return np.packbits(rows.T, axis=1).tobytes()


def thinned(bits: bytes, columns: int, rows: int, times: int) -> tuple[bytes, int]:
    """Every ``times`` rows made one, black where any of them is: the bits and how many rows are left."""
    import numpy as np

    left = -(-rows // times)
    page = np.frombuffer(bits.ljust(row_bytes(columns) * left * times, b"\0"), np.uint8).reshape(left, times, -1)
    return np.bitwise_or.reduce(page, axis=1).tobytes(), left


@lru_cache(maxsize=KEPT_STRIPS)
def _turned_strip(strip: bytes) -> bytes:
    import numpy as np

    rows = np.unpackbits(np.frombuffer(strip, np.uint8).reshape(COLUMN_ROWS, 1), axis=1)
    return np.packbits(rows.T, axis=1).tobytes()


_PICK = [bytes(0x31 if value >> (7 - bit) & 1 else 0x30 for value in range(256)) for bit in range(8)]
"""For each bit a table that turns a byte into the letter 0 or 1."""


def _pack(letters: bytes, columns: int) -> bytes:
    """Letters 0 and 1, one a dot, to packed bits."""
    size = row_bytes(columns)
    return int(letters.ljust(size * 8, b"0") or b"0", 2).to_bytes(size, "big")


def pack(rows: list[list[int]]) -> bytes:
    """Rows of dots (0 or 1) to packed bits."""
    return b"".join(_pack(bytes(0x31 if dot else 0x30 for dot in row), len(row)) for row in rows)


def unpack(bits: bytes, columns: int, rows: int) -> list[list[int]]:
    """Packed bits to rows of dots (0 or 1)."""
    size = row_bytes(columns)
    return [
        [bits[row * size + column // 8] >> (7 - column % 8) & 1 for column in range(columns)] for row in range(rows)
    ]


def unpack_runs(data: bytes, size: int) -> bytes:
    """Undo run lengths (PackBits): a count below 80h copies count + 1 bytes, above it repeats the next 257 - count times.

    Never makes more than ``size`` bytes.
    """
    made = bytearray()
    place = 0
    while place < len(data) and len(made) < size:
        count = data[place]
        if count < 0x80:
            made += data[place + 1 : place + 2 + count]
            place += 2 + count
        else:
            made += data[place + 1 : place + 2] * (257 - count)
            place += 2
    return bytes(made[:size])


def to_letters(bits: bytes, columns: int, rows: int) -> str:
    """A letter picture for tests and eyes: ``#`` black, ``.`` white, a line a row."""
    return "\n".join("".join("#" if dot else "." for dot in row) for row in unpack(bits, columns, rows))


def from_letters(letters: str) -> tuple[bytes, int, int]:
    """The twin of ``to_letters``: bits, columns, rows."""
    lines = [line.strip() for line in letters.strip().splitlines()]
    return pack([[int(letter == "#") for letter in line] for line in lines]), len(lines[0]), len(lines)
