"""The file an emulated printer keeps what it received in: bounded, and never in the way of printing.

Full, it becomes ``NAME.old`` (the one before goes) and a new one begins: the last `KEPT_BYTES_MAX` bytes are always there,
the disk never holds more than twice as many. What the disk does not take is counted and told once, and the next bytes are
tried again: a printer prints whether or not somebody keeps its bytes.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

KEPT_BYTES_MAX: Final = 64 << 20
"""Some months of receipts, or an hour of pictures; a demonstration that runs for a year must not fill the disk."""

Unkept = Callable[[OSError], None]
"""Hears that bytes could not be kept; again only after some could."""


class Kept:
    """One such file."""

    def __init__(self, path: Path, told: Unkept, bytes_max: int = KEPT_BYTES_MAX) -> None:
        """Open it, go on behind what it has. Raises OSError."""
        self._path, self._told, self._bytes_max = path, told, bytes_max
        self._file = -1
        self._well = True
        self.unkept_bytes = 0
        self._open()

    def add(self, data: bytes) -> None:
        """Keep bytes, as many as can be."""
        rest = memoryview(data)
        try:
            while rest:
                if self._file < 0 or self._size >= self._bytes_max:
                    self._turn()
                written = os.write(self._file, rest[: self._bytes_max - self._size])
                self._size += written
                rest = rest[written:]
            self._well = True
        except OSError as error:
            self.unkept_bytes += len(rest)
            if self._well:
                self._well = False
                self._told(error)

    def close(self) -> None:
        """Let go of the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _open(self) -> None:
        self._file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
        self._size = os.fstat(self._file).st_size

    def _turn(self) -> None:
        if self._file >= 0:
            self.close()
            os.replace(self._path, self._path.with_name(f"{self._path.name}.old"))  # noqa: PTH105
        self._open()
