"""The shop's readers: kept open by the shop process, what they read in its memory, shown to the tools of its owner.

Whoever wants to know who stands at the counter listens to `ShopReaders.readings`. The control door shows what is read to
``kvit readers --watch``; its socket opens for the owner of the data folder alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import Any

import msgspec

from kvit.app.control import Verb
from kvit.app.log import Log
from kvit.app.settings import Settings
from kvit.device.cloud.cloudprnt.poll import Scan as PrinterScan
from kvit.device.reader.model import Kind, Scan
from kvit.device.reader.readings import Readings
from kvit.device.reader.worker import Readers

WAIT_S = 25.0
"""How long an empty question for readings is held open."""


class ShopReaders:
    """All readers of the shop. ``start`` and ``stop`` are its whole life."""

    def __init__(self, settings: Settings, log: Log) -> None:
        self.readings = Readings(time.time, time.monotonic)
        self._readers = Readers(settings.reader.named, self.readings, settings.folder / "ports", log)

    def start(self) -> None:
        """Begin to read."""
        self._readers.start()

    async def stop(self) -> None:
        """Let go of all readers."""
        await self._readers.stop()
        self.readings.close()

    def on_printer(self, printer: str, scan: PrinterScan) -> None:
        """A scanner on a printer read something: it counts as a reader under the printer's name."""
        text = scan.data.decode("utf-8", "replace").rstrip("\r\n\0")
        self.readings.scanned(printer, Scan(text, Kind.CODE, scan.symbology))

    def verbs(self) -> dict[str, Verb]:
        """What the control door answers: ``readers``, and ``readings`` since a number (without: from now on)."""
        return {"readers": self._show, "readings": self._since}

    async def _show(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"readers": msgspec.to_builtins(self.readings.lights())}

    async def _since(self, request: dict[str, Any]) -> dict[str, Any]:
        after = request.get("after")
        number = after if isinstance(after, int) and after >= 0 else self.readings.last_number
        with self.readings.listen() as heard, contextlib.suppress(TimeoutError, StopAsyncIteration):
            async with asyncio.timeout(WAIT_S):
                while not self.readings.since(number):
                    await anext(heard)
        found = self.readings.since(number)
        last = found[-1].number if found else number
        return {"readings": msgspec.to_builtins(found), "last": last}
