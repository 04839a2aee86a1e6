"""The bookmark: where the shop goes on reading a line's capture, in the file ``position`` beside the segments.

    crc32 of the rest, eight hex digits | blank | Position as JSON | blanks up to a multiple of `ROOM`

It is overwritten in place, without fsync: that costs the disk nothing, and works on a full disk too. A power cut may leave
half of each of two positions, which the crc finds out. Losing it is no harm: reading begins with the oldest segment, and
the store knows what it has. A bookmark of bare JSON, as older versions wrote it, is read as well.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Final

import msgspec

from kvit.relay.reading import Position

POSITION: Final = "position"
ROOM: Final = 512
"""What a disk writes at once."""


class Bookmark:
    """One line's bookmark, open while the line is followed."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / POSITION
        self._file = -1
        self._size = 0

    def load(self) -> Position:
        """Read where to go on; the beginning when nothing (or nonsense) is there, or it can not be read."""
        try:
            data = self._path.read_bytes().strip()
        except OSError:
            return Position()
        if not data.startswith(b"{"):
            crc, _, data = data.partition(b" ")
            if crc != _crc(data):
                return Position()
        try:
            return Position.decode(data)
        except (msgspec.DecodeError, msgspec.ValidationError):
            return Position()

    def save(self, position: Position) -> None:
        """Write where to go on. Raises OSError."""
        data = position.encode()
        line = _crc(data) + b" " + data
        if self._file < 0:
            flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0)
            self._file = os.open(self._path, flags, 0o600)
            self._size = os.fstat(self._file).st_size
        line = line.ljust(max(self._size, -(-len(line) // ROOM) * ROOM))
        os.lseek(self._file, 0, os.SEEK_SET)
        if os.write(self._file, line) < len(line):
            raise OSError(28, "the disk took only a part")
        self._size = len(line)

    def close(self) -> None:
        """Let go of the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _crc(data: bytes) -> bytes:
    return b"%08x" % zlib.crc32(data)
