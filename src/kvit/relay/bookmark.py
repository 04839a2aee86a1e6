"""The bookmark: where the shop goes on reading a line's capture, in two files beside the segments, written in turn.

    position, position.2:  crc32 of the rest, eight hex digits | blank | how often written | blank | Position as JSON |
                           blanks up to a multiple of `ROOM`

They are overwritten in place, without fsync: that costs the disk nothing, and works on a full disk too. What a power cut
tears its crc tells, and the other file has the position before, which is as good: the store knows what it is told again.
That holds while the capture has what lies between: before a segment is deleted both files are brought up to date and synced
(`keep`), or else reading would begin anew in the middle of a receipt.
Bare JSON in ``position``, as older versions wrote it, is read as well.
"""

from __future__ import annotations

import os
import zlib
from pathlib import Path
from typing import Final

import msgspec

from kvit.relay.reading import Position

NAMES: Final = ("position", "position.2")
ROOM: Final = 512
"""What a disk writes at once."""


class Bookmark:
    """One line's bookmark, open while the line is followed."""

    def __init__(self, folder: Path) -> None:
        self._pages = [_Page(folder / name) for name in NAMES]
        self._written = -1
        """How often it was written; -1 before it was looked at."""

    def load(self) -> Position:
        """Read where to go on; the beginning when nothing (or nonsense) is there, or it can not be read."""
        found = [said for page in self._pages if (said := page.read()) is not None]
        self._written, position = max(found, key=lambda said: said[0], default=(0, Position()))
        return position

    def save(self, position: Position) -> None:
        """Write where to go on. Raises OSError."""
        if self._written < 0:
            self.load()
        if not all(
            page.there for page in self._pages
        ):  # the first time both: they have their room should the disk fill up
            self._write(position)
        self._write(position)

    def keep(self, position: Position) -> None:
        """Write it into both files and wait for the disk: what lies before it may go then. Raises OSError."""
        self.save(position)
        self.save(position)
        for page in self._pages:
            page.sync()

    def _write(self, position: Position) -> None:
        self._pages[(self._written + 1) % len(self._pages)].write(self._written + 1, position)
        self._written += 1

    def close(self) -> None:
        """Let go of the files."""
        for page in self._pages:
            page.close()


class _Page:
    """One of the two files."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = -1
        self._size = 0

    @property
    def there(self) -> bool:
        return self._size > 0 or self._path.exists()

    def read(self) -> tuple[int, Position] | None:
        try:
            data = self._path.read_bytes().strip()
        except OSError:
            return None
        written = b"0"
        if not data.startswith(b"{"):
            crc, _, data = data.partition(b" ")
            if crc != _crc(data):
                return None
            written, _, data = data.partition(b" ")
        try:
            return int(written), Position.decode(data)
        except (ValueError, msgspec.DecodeError):
            return None

    def write(self, written: int, position: Position) -> None:
        data = b"%d %b" % (written, position.encode())
        line = _crc(data) + b" " + data
        if self._file < 0:
            self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
            self._size = os.fstat(self._file).st_size
        line = line.ljust(max(self._size, -(-len(line) // ROOM) * ROOM))
        os.lseek(self._file, 0, os.SEEK_SET)
        if os.write(self._file, line) < len(line):
            raise OSError(28, "the disk took only a part")
        self._size = len(line)

    def sync(self) -> None:
        os.fsync(self._file)

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _crc(data: bytes) -> bytes:
    return b"%08x" % zlib.crc32(data)
