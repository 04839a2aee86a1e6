"""USB printers as transports: ``usb:///dev/usb/lp0`` by the kernel's driver, ``usb://04b8:0202/SERIAL`` by libusb.

libusb's calls block, so one thread hands over and another takes in; the event loop hears of both. What is counted as
written was acknowledged by the printer's end of the pipe, so an empty buffer means handed over. A printer that is out of
paper takes nothing: the buffer stays full, and whoever writes is paused.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kvit.device.address import Address
from kvit.device.transports import lp
from kvit.device.transports.usb_printer import UsbPrinter, claim

PIECE_BYTES: Final = 8192
"""Handed over at a time."""
WAIT_MS: Final = 250
"""A transfer is given up and tried again after so long; this is also how long closing can take at most, twice."""
HIGH_BYTES: Final = 4096
EMPTY_PAUSE_S: Final = 0.1
"""As in `kvit.device.transports.descriptor`: some printers answer with empty packets without end."""


class UsbTransport(asyncio.Transport):
    """Reads and writes one claimed printer, which it owns and closes."""

    def __init__(self, printer: UsbPrinter, protocol: asyncio.Protocol) -> None:
        """Begin at once."""
        super().__init__()
        self._printer, self._protocol = printer, protocol
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._more = threading.Condition()
        self._reading = threading.Event()
        self._high = HIGH_BYTES
        self._told_to_pause = False
        self._closing = self._over = self._stopped = False
        works = (self._hand_over, self._take_in) if printer.reads else (self._hand_over,)
        self._left = len(works)
        protocol.connection_made(self)
        self.resume_reading()
        for work in works:
            threading.Thread(target=self._thread, args=(work,), daemon=True).start()

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Put bytes in line."""
        if self._closing or not data:
            return
        with self._more:
            self._buffer += data
            self._more.notify()
        if len(self._buffer) > self._high and not self._told_to_pause:
            self._told_to_pause = True
            self._protocol.pause_writing()

    def get_write_buffer_size(self) -> int:
        """How many bytes the printer has not taken yet."""
        return len(self._buffer)

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        """Set how many bytes may wait before the writer is told to pause."""
        self._high = HIGH_BYTES if high is None else high

    def get_protocol(self) -> asyncio.BaseProtocol:
        """Who reads."""
        return self._protocol

    def is_closing(self) -> bool:
        """Say whether it is closed or on its way there."""
        return self._closing

    def is_reading(self) -> bool:
        """Say whether bytes are taken in."""
        return self._reading.is_set()

    def pause_reading(self) -> None:
        """Take no bytes in: the printer keeps what it has to say."""
        self._reading.clear()

    def resume_reading(self) -> None:
        """Take bytes in again."""
        self._reading.set()

    def can_write_eof(self) -> bool:
        """A device has no half-close."""
        return False

    def close(self) -> None:
        """Close once what waits is written."""
        with self._more:
            self._closing = True
            self._more.notify()

    def abort(self) -> None:
        """Close at once; what waits is dropped, save the piece that is on its way."""
        self._stop()

    def read_port_status(self) -> int:
        """Ask the port for its byte; blocks (`kvit.device.transports.port_status`). Raises OSError."""
        if self._stopped:
            raise OSError(errno.ENODEV, "the printer is closed")
        return self._printer.port_status()

    def _stop(self) -> None:
        with self._more:
            self._closing = self._stopped = True
            self._more.notify()
        self._reading.set()

    def _hand_over(self) -> None:
        while (piece := self._next_piece()) is not None:
            taken = self._printer.write(piece, WAIT_MS)
            if taken:
                with self._more:
                    del self._buffer[:taken]
                self._tell(self._taken)

    def _next_piece(self) -> bytes | None:
        """The next bytes to hand over; None: there will be none."""
        with self._more:
            while not self._buffer and not self._closing:
                self._more.wait()
            return bytes(self._buffer[:PIECE_BYTES]) if self._buffer and not self._stopped else None

    def _take_in(self) -> None:
        while not self._stopped:
            self._reading.wait()
            packet = None if self._stopped else self._printer.read(WAIT_MS)
            if packet:
                self._tell(self._heard, packet)
            elif packet is not None:
                time.sleep(EMPTY_PAUSE_S)

    def _thread(self, work: Callable[[], None]) -> None:
        """Work until the end of it. Both threads end together; the last one closes the printer."""
        error: Exception | None = None
        try:
            work()
        except Exception as problem:  # whatever it is: a thread that dies unheard would hold the printer for ever
            error = problem
        self._stop()
        with self._more:
            self._left -= 1
            last = self._left == 0
        self._tell(self._lost, error)
        if last:
            self._printer.close()
            self._tell(self._end)

    _error: Exception | None = None

    def _lost(self, error: Exception | None) -> None:
        self._error = self._error or error

    def _tell(self, what: Callable[..., None], *values: object) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is gone: nobody listens any more
            self._loop.call_soon_threadsafe(what, *values)

    def _taken(self) -> None:
        if self._told_to_pause and not self._buffer and not self._over:
            self._told_to_pause = False
            self._protocol.resume_writing()

    def _heard(self, packet: bytes) -> None:
        if not self._over and not self._stopped:
            self._protocol.data_received(packet)

    def _end(self) -> None:
        if not self._over:
            self._over = True
            self._protocol.connection_lost(self._error)


async def connect(address: Address, factory: Callable[[], asyncio.Protocol], ports: Path) -> asyncio.Transport:
    """Open the device file, or claim the printer with these numbers. Raises OSError."""
    if not address.host:
        return await lp.connect(address, factory, ports)
    claiming = asyncio.get_running_loop().run_in_executor(None, claim, address)
    try:
        printer = await asyncio.shield(claiming)
    except asyncio.CancelledError:
        claiming.add_done_callback(_let_go)  # too late for us; nobody else could print otherwise
        raise
    return UsbTransport(printer, factory())


def _let_go(claiming: asyncio.Future[UsbPrinter]) -> None:
    if not claiming.cancelled() and claiming.exception() is None:
        claiming.result().close()
