"""Keeps readers open: opens each, hands on what it reads, and opens it again when it is gone.

A reader that can not be opened is tried after `PAUSES_S`, so that a scanner is back within a second of being plugged in
and a machine without one is not kept busy. The log says when a reader comes and goes, and never what was read.
"""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Final

from kvit.device.reader import address
from kvit.device.reader.model import Scan
from kvit.device.reader.readings import Readings
from kvit.device.reader.settings import ReaderSettings
from kvit.device.reader.sources import Place, Watch, keyboard, line, nfc
from kvit.device.transports.unreachable import UnreachableError
from kvit.refusal import Refusal

PAUSES_S: Final = (0.5, 1.0, 2.0, 5.0)
"""Before the first, second … try after a reader went or was not there; then always the last."""
WATCHES: Final[Mapping[str, Watch]] = {
    "serial": line.watch,
    "bluetooth": line.watch,
    "tcp": line.watch,
    "pty": line.watch,
    "keyboard": keyboard.watch,
    "nfc": nfc.watch,
}
Log = Callable[[str, dict[str, object]], None]
Pause = Callable[[float], Awaitable[None]]


async def keep(
    name: str,
    settings: ReaderSettings,
    readings: Readings,
    ports: Path,
    log: Log,
    watches: Mapping[str, Watch] = WATCHES,
    pause: Pause = asyncio.sleep,
) -> None:
    """Keep one reader open until cancelled. Returns at once where its address can not be."""
    where = address.parse(settings.address)
    if isinstance(where, Refusal):
        readings.change(name, settings.address, "down", where)
        return
    watch, place = watches[where.kind], Place(where, settings, ports)
    readings.change(name, str(where), "unknown")
    tries = 0

    def opened() -> None:
        nonlocal tries
        tries = 0
        readings.change(name, str(where), "up")
        log("reader_up", {"reader": name})

    while True:
        try:
            await watch(place, lambda scan: _take(readings, name, scan), opened)
        except OSError as error:
            _down(readings, name, why(error, str(where)), log)
        except Exception as error:  # a fault of ours: it is told, and costs this reader a pause
            log("reader_fault", {"reader": name, "error": type(error).__name__})
            reason = type(error).__name__
            _down(readings, name, Refusal("device.reader_lost", {"reader": str(where), "reason": reason}), log)
        await pause(PAUSES_S[min(tries, len(PAUSES_S) - 1)])
        tries += 1


def _down(readings: Readings, name: str, trouble: Refusal, log: Log) -> None:
    before = readings.light(name)
    if (before.link, before.trouble) != ("down", trouble):
        readings.change(name, before.address, "down", trouble)
    if before.link != "down":
        log("reader_down", {"reader": name, "reason": trouble.code})


def _take(readings: Readings, name: str, scan: Scan | Refusal) -> None:
    readings.scanned(name, scan)


def why(error: OSError, where: str) -> Refusal:
    """Why a reader is down, as a refusal of ``device.reader_*`` or of its wire."""
    if isinstance(error, UnreachableError):
        return error.refusal
    if isinstance(error, (FileNotFoundError, ConnectionError)):
        return Refusal("device.reader_absent", {"reader": where})
    if isinstance(error, PermissionError):
        return Refusal("device.reader_denied", {"reader": where})
    if error.errno == errno.EBUSY:
        return Refusal("device.reader_taken", {"reader": where})
    return Refusal("device.reader_lost", {"reader": where, "reason": error.strerror or str(error) or "?"})


class Readers:
    """All readers of a shop. ``start`` and ``stop`` are its whole life."""

    def __init__(self, named: Mapping[str, ReaderSettings], readings: Readings, ports: Path, log: Log) -> None:
        self.readings = readings
        self._named, self._ports, self._log = dict(named), ports, log
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin with all of them."""
        for name, settings in self._named.items():
            keeping = keep(name, settings, self.readings, self._ports, self._log)
            self._tasks.append(asyncio.create_task(keeping, name=f"reader {name}"))

    async def stop(self) -> None:
        """Let go of all of them."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
