"""A strike: the letters of one size as dots, read from a file block by block.

The file (``tools/fonts.py`` writes it; numbers are big-endian):

    8s  "KVITSTRK"        B  version, 1        B  size (24: cells of 12x24 and 24x24)        H  number of blocks
    for each block:       H  block number (code point // 256)     L  offset in the file      L  length
    each block, zlib:     32 bytes  which of its 256 letters there are, most significant bit first
                          32 bytes  which of them are wide (size x size instead of size/2 x size)
                          the dots of each letter there is, in order: rows of the cell one after another without
                          padding between rows, most significant bit left, 1 = black

Combining marks are narrow cells, drawn where they fall on a narrow letter. Only the index is held; a block is read and
kept when a letter of it is first wanted, so a shop that prints Russian holds some 20 KB, a Korean one less than 1 MB.
"""

from __future__ import annotations

import struct
import zlib
from collections import OrderedDict
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.bool_]

MAGIC = b"KVITSTRK"
KEPT_BLOCKS = 96
"""Blocks held in memory at once, some 10 to 18 KB each: all of Hangul (44) and the Han of a day's receipts."""


class Strike:
    """The letters of one size.

    ``size`` is the height of a cell in dots; a narrow cell is ``size // 2`` wide, a wide one ``size``.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with path.open("rb") as file:
            magic, version, self.size, count = struct.unpack(">8sBBH", file.read(12))
            assert magic == MAGIC, f"{path} is no strike"
            assert version == 1, f"{path} is of version {version}"
            entries = struct.iter_unpack(">HLL", file.read(10 * count))
            self._index = {number: (offset, length) for number, offset, length in entries}
        self._blocks: OrderedDict[int, _Block] = OrderedDict()

    def cell(self, letter: str) -> Bits | None:
        """The dots of one letter, rows first: size x size or size x size/2; None where the strike lacks it."""
        code = ord(letter)
        block = self._block(code >> 8)
        return block.cell(code & 255) if block else None

    def letters(self) -> list[int]:
        """Every code point the strike has, in order."""
        return [number << 8 | low for number in self._index for low in self._load(number).places]

    def _block(self, number: int) -> _Block | None:
        found = self._blocks.get(number)
        if found is None and number in self._index:
            found = self._blocks[number] = self._load(number)
            if len(self._blocks) > KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        return found

    def _load(self, number: int) -> _Block:
        offset, length = self._index[number]
        with self.path.open("rb") as file:
            file.seek(offset)
            return _Block(self.size, zlib.decompress(file.read(length)))


class _Block:
    """256 neighbouring code points: where the dots of each begin and how wide it is."""

    def __init__(self, size: int, body: bytes) -> None:
        self.size, self.body = size, body
        present = np.unpackbits(np.frombuffer(body, np.uint8, 32))
        wide = np.unpackbits(np.frombuffer(body, np.uint8, 32, 32))
        self.places: dict[int, tuple[int, int]] = {}
        place = 64
        for low in np.flatnonzero(present).tolist():
            width = size if wide[low] else size // 2
            self.places[low] = (place, width)
            place += size * width // 8

    def cell(self, low: int) -> Bits | None:
        if low not in self.places:
            return None
        place, width = self.places[low]
        dots = np.unpackbits(np.frombuffer(self.body, np.uint8, self.size * width // 8, place))
        return dots.view(np.bool_).reshape(self.size, width)
