"""Readers kept open: away, back, wrongly written; and a whole scanner from typed code to identity."""

from __future__ import annotations

import asyncio
import errno
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kvit.device.reader.emulator import ScannerEmulator
from kvit.device.reader.model import Kind, Scan
from kvit.device.reader.readings import Readings
from kvit.device.reader.settings import ReaderSettings
from kvit.device.reader.sources import Place, Scanned, Watch
from kvit.device.reader.worker import PAUSES_S, Readers, keep
from kvit.device.transports.unreachable import UnreachableError
from tests.device.transports.heard import until

Log = list[tuple[str, dict[str, object]]]


class Act:
    """A source that does as it is told: each call takes the next errors or scans."""

    def __init__(self, *acts: Exception | str) -> None:
        self.acts = list(acts)
        self.done = asyncio.Event()

    async def watch(self, place: Place, scanned: Scanned, opened: Callable[[], None]) -> None:
        while self.acts:
            act = self.acts.pop(0)
            if isinstance(act, Exception):
                raise act
            opened() if act == "open" else scanned(Scan(act))
        self.done.set()
        await asyncio.Event().wait()


async def run(act: Act, address: str = "pty://x") -> tuple[Readings, Log, list[float]]:
    readings, log, pauses = Readings(time.time, time.monotonic), Log(), list[float]()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    watches: dict[str, Watch] = {"pty": act.watch}

    def note(event: str, values: dict[str, object]) -> None:
        light = readings.light("counter")
        assert event == "reader_fault" or (light.link == "down") == (event == "reader_down") == (
            light.trouble is not None
        )
        log.append((event, values))

    task = asyncio.create_task(keep("counter", ReaderSettings(address), readings, Path(), note, watches, pause))
    await asyncio.wait_for(act.done.wait(), 60)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return readings, log, pauses


def gone() -> OSError:
    return OSError(errno.ENODEV, "pulled out")


async def test_away_and_back() -> None:
    absent = UnreachableError("device.reader_absent", reader="x")
    act = Act(absent, absent, absent, absent, absent, "open", "SECRET", gone(), "open")
    readings, log, pauses = await run(act)
    assert pauses == [*PAUSES_S, PAUSES_S[-1], PAUSES_S[0]]
    assert [event for event, _ in log] == ["reader_down", "reader_up", "reader_down", "reader_up"]
    assert "SECRET" not in repr(log)
    assert readings.light("counter").link == "up"
    assert readings.light("counter").read == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (UnreachableError("device.usb_busy", printer="x"), "device.usb_busy"),
        (FileNotFoundError(errno.ENOENT, "no"), "device.reader_absent"),
        (PermissionError(errno.EACCES, "no"), "device.reader_denied"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "no"), "device.reader_absent"),
        (OSError(errno.EBUSY, "locked"), "device.reader_taken"),
        (gone(), "device.reader_lost"),
        (OSError("words only"), "device.reader_lost"),
    ],
)
async def test_why_it_is_down(error: OSError, code: str) -> None:
    readings, log, _ = await run(Act(error))
    trouble = readings.light("counter").trouble
    assert trouble is not None
    assert trouble.code == code
    assert log == [("reader_down", {"reader": "counter", "reason": code})]


async def test_a_fault_of_ours_ends_no_reader() -> None:
    readings, log, pauses = await run(Act("open", ValueError("SECRET"), "open"))
    assert [event for event, _ in log] == ["reader_up", "reader_fault", "reader_down", "reader_up"]
    assert "SECRET" not in repr(log)
    assert readings.light("counter").link == "up"
    assert len(pauses) == 1


async def test_an_address_that_can_not_be() -> None:
    readings = Readings(time.time, time.monotonic)
    await keep("counter", ReaderSettings("gopher://x"), readings, Path(), lambda *_: None)
    assert readings.light("counter").link == "down"


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are Linux's")
async def test_a_whole_scanner_that_is_pulled_out_and_plugged_in_again(tmp_path: Path) -> None:
    readings = Readings(time.time, time.monotonic)
    scanner = ScannerEmulator(tmp_path / "scanner", aim="]Q1")
    readers = Readers({"counter": ReaderSettings(f"serial://{scanner.path}")}, readings, tmp_path, lambda *_: None)
    readers.start()
    await until(lambda: readings.light("counter").link == "up")
    scanner.scan("https://r.example.com/t/ABC")
    await until(lambda: readings.last_number == 1)
    first = readings.since(0)[0].identity
    assert first is not None
    assert (first.value, first.kind) == ("https://r.example.com/t/ABC", Kind.QR)
    scanner.close()
    await until(lambda: readings.light("counter").link == "down")
    scanner = ScannerEmulator(tmp_path / "scanner")
    await until(lambda: readings.light("counter").link == "up")
    scanner.scan("second")
    await until(lambda: readings.last_number == 2)
    second = readings.since(1)[0].identity
    assert second is not None
    assert (second.value, second.kind) == ("second", Kind.CODE)
    await readers.stop()
    scanner.close()
