"""A connection to a printer as the worker uses it: bytes out, bytes in, how much is still on the way, how it ended.

``left`` counts what has not reached the other side: our own queue, and what the kernel holds (Linux tells, by SIOCOUTQ
for sockets and TIOCOUTQ for terminals; elsewhere that part counts as gone). So "all bytes are out" means that the
printer's side has taken them, and a question about its state does not stand behind a kilometre of picture.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import struct
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, cast

from kvit.device.address import Address
from kvit.device.transports import open_end
from kvit.device.transports.own_door import GO
from kvit.device.transports.port_status import PortStatus, port_status

TIOCOUTQ: Final = 0x5411
"""Linux: bytes of a terminal, or of a TCP socket (there named SIOCOUTQ), that the other side has not taken."""
SAID_BYTES_MAX: Final = 1 << 20
"""What a printer says between two looks has tens of bytes; a stranger's flood is cut off."""
FINISH_TURN_S: Final = 0.02
TURN_S: Final = 60.0
"""A wait for our turn is ended by news; this only bounds one look."""
HUNG_UP: Final = "hung up"
"""The other side closed, in order."""


class Wire(asyncio.Protocol):
    """One connection. All calls on one event loop; one task waits in it."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._came = bytearray()
        self._news = asyncio.Event()
        self._fd = -1
        self.ended = False
        """The other side sends no more, or the connection is over."""
        self.is_lost = False
        self.reason = ""

    @classmethod
    async def open(cls, address: Address, ports: Path, door: Path | None = None) -> Wire:
        """Open an address, or the door of whoever has its one connection, and wait for the turn there.

        Raises OSError (TimeoutError is one).
        """
        wire = cls()
        if door is None:
            await open_end(address, lambda: wire, ports)
        else:
            await asyncio.get_running_loop().create_unix_connection(lambda: wire, os.fspath(door))
            await wire._admitted()
        return wire

    async def _admitted(self) -> None:
        """Wait for our turn. Raises OSError where the line hangs up: its printer is not there."""
        try:
            while not (self._came or self.ended):
                await self.wait(TURN_S)
        except BaseException:
            self.abort()
            raise
        if self._came[: len(GO)] != GO:
            self.abort()
            raise ConnectionError("the line has no printer")
        del self._came[: len(GO)]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is there; every byte taken is told."""
        self._transport = cast("asyncio.Transport", transport)
        with contextlib.suppress(NotImplementedError, AttributeError):
            self._transport.set_write_buffer_limits(high=0)
        self._fd = _descriptor(self._transport)

    def data_received(self, data: bytes) -> None:
        """The printer said something."""
        self._came += data[: SAID_BYTES_MAX - len(self._came)]
        self._news.set()

    def eof_received(self) -> bool:
        """The printer sends no more; ours stays open until we close it."""
        self.ended = True
        self.reason = self.reason or HUNG_UP
        self._news.set()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self.ended = self.is_lost = True
        self._fd = -1
        self.reason = (str(exc) or type(exc).__name__) if exc else self.reason or HUNG_UP
        self._news.set()

    def resume_writing(self) -> None:
        """Our queue is empty."""
        self._news.set()

    @property
    def left(self) -> int:
        """Bytes the other side has not taken."""
        if self._transport is None or self.is_lost:
            return 0
        return int(self._transport.get_write_buffer_size()) + _unsent(self._fd)

    async def port(self) -> PortStatus | None:
        """What the port itself says of the printer (`kvit.device.transports.port_status`); None where it has no word."""
        if self._transport is None or self.is_lost:
            return None
        try:
            return await port_status(self._transport)
        except ConnectionError as error:
            self.ended, self.reason = True, str(error)
            self._transport.abort()
            return None

    def write(self, data: bytes) -> None:
        """Hand over bytes."""
        if data and self._transport is not None and not self.is_lost:
            self._transport.write(data)

    def take(self) -> bytes:
        """Give what came since the last call."""
        data = bytes(self._came)
        self._came.clear()
        return data

    def wake(self) -> None:
        """End a wait under way."""
        self._news.set()

    async def wait(self, seconds: float) -> None:
        """Wait for news of this connection, or a `wake`, at most so long."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(max(0.0, seconds)):
                await self._news.wait()
        self._news.clear()

    async def finish(self, linger_s: float, stuck_s: float) -> bool:
        """End our side, wait until all is taken, at most ``stuck_s``; True when nothing was left or broken.

        A network printer may then take ``linger_s`` to close its side: hanging up with a word of its unread would be a
        reset, and could cost it bytes it has not printed. One that keeps its side open has taken all the same.
        """
        transport = self._transport
        assert transport is not None
        await self._until(lambda: not self.left, stuck_s)
        taken = not self.left  # looked at before our end goes out: the kernel counts that as a byte of its own
        if transport.can_write_eof() and not self.is_lost:
            with contextlib.suppress(OSError, RuntimeError):
                transport.write_eof()
            await self._until(lambda: self.ended, linger_s)
        good = taken and (not self.is_lost or self.reason == HUNG_UP)
        (self.close if good else self.abort)()
        return good

    async def _until(self, true: Callable[[], bool], seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not (true() or self.is_lost):
                    await self.wait(FINISH_TURN_S)

    def close(self) -> None:
        """Hang up once all is taken."""
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Hang up now."""
        if self._transport is not None:
            self._transport.abort()


def _descriptor(transport: Any) -> int:
    """The descriptor the kernel can be asked about; -1 where there is none."""
    if sys.platform != "linux":
        return -1
    sock = transport.get_extra_info("socket")
    if sock is not None:
        return int(sock.fileno())
    serial = getattr(transport, "serial", None) or getattr(transport, "_serial", None)
    if serial is not None:
        with contextlib.suppress(Exception):
            return int(serial.fileno())
    return int(getattr(transport, "counted_fd", -1))


def _unsent(fd: int) -> int:
    if fd < 0:
        return 0
    import fcntl

    try:
        return int(struct.unpack("i", fcntl.ioctl(fd, TIOCOUTQ, b"\0\0\0\0"))[0])
    except OSError:
        return 0
