"""Scanners on wires: a serial port, a Bluetooth or network connection. Nothing is ever sent to them."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable

from kvit.device.reader.framing import Framer
from kvit.device.reader.letters import letters
from kvit.device.reader.model import Scan
from kvit.device.reader.sources import Place, Scanned
from kvit.device.transports import open_end


async def watch(place: Place, scanned: Scanned, opened: Callable[[], None]) -> None:
    """Read codes until the wire is gone."""
    wire = place.address.wire
    assert wire is not None
    ear = _Ear(place, scanned)
    transport = await open_end(wire, lambda: ear, place.ports)
    try:
        opened()
        await ear.lost.wait()
    finally:
        ear.stop()
        transport.abort()
    raise ear.error if isinstance(ear.error, OSError) else OSError(errno.EIO, "the scanner has hung up")


class _Ear(asyncio.Protocol):
    """Hears the scanner, and the pauses."""

    def __init__(self, place: Place, scanned: Scanned) -> None:
        self._framing, self._encoding = place.settings.framing, place.settings.encoding
        self._framer = Framer(self._framing)
        self._scanned = scanned
        self._pause: asyncio.TimerHandle | None = None
        self.lost = asyncio.Event()
        self.error: Exception | None = None

    def data_received(self, data: bytes) -> None:
        self.stop()
        self._give(self._framer.feed(data))
        if self._framer.is_waiting:
            self._pause = asyncio.get_running_loop().call_later(self._framing.gap_s, self._quiet)

    def connection_lost(self, exc: Exception | None) -> None:
        self.stop()
        self.error = exc
        self.lost.set()

    def stop(self) -> None:
        """Wait for no pause any more."""
        if self._pause is not None:
            self._pause.cancel()
            self._pause = None

    def _quiet(self) -> None:
        self._pause = None
        self._give(self._framer.flush())

    def _give(self, codes: list[bytes]) -> None:
        for code in codes:
            self._scanned(Scan(letters(code, self._encoding)))
