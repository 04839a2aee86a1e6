"""A regular file as a printer: bytes are appended. Event loops can not wait for regular files, and need not: a disk takes
bytes at once or refuses."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from kvit.device.address import Address


class FileTransport(asyncio.Transport):
    """Appends to a file; reads nothing. An error of the disk ends it."""

    def __init__(self, path: Path, protocol: asyncio.Protocol) -> None:
        """Open (or make) the file. Raises OSError."""
        super().__init__()
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._fd = os.open(path, flags, 0o600)
        self._protocol = protocol
        self._loop = asyncio.get_running_loop()
        self._closing = False
        protocol.connection_made(self)

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Append."""
        if self._closing:
            return
        try:
            while data:
                data = data[os.write(self._fd, data) :]
        except OSError as error:
            self._end(error)

    def get_write_buffer_size(self) -> int:
        """Nothing ever waits here."""
        return 0

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Nothing ever waits here."""

    def is_closing(self) -> bool:
        """Say whether it is closed."""
        return self._closing

    def pause_reading(self) -> None:
        """Nothing is ever read."""

    def resume_reading(self) -> None:
        """Nothing is ever read."""

    def can_write_eof(self) -> bool:
        """A file has no half-close."""
        return False

    def close(self) -> None:
        """Close the file."""
        self._end(None)

    abort = close

    def _end(self, error: OSError | None) -> None:
        if not self._closing:
            self._closing = True
            os.close(self._fd)
            self._loop.call_soon(self._protocol.connection_lost, error)


async def connect(address: Address, factory: Callable[[], asyncio.Protocol], ports: Path) -> asyncio.Transport:
    """Open a file to append to. Raises OSError."""
    return FileTransport(Path(address.path), factory())
