"""Scanners on wires, through pseudo-terminals: codes, pauses, letters, unplugged."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import msgspec
import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are Linux's", allow_module_level=True)

from kvit.device.reader.address import ReaderAddress, parse
from kvit.device.reader.emulator import ScannerEmulator
from kvit.device.reader.model import Scan
from kvit.device.reader.settings import ReaderSettings
from kvit.device.reader.sources import Place, line
from kvit.refusal import Refusal

PLAIN = ReaderSettings("")


class Watched:
    """A watch under way, and what it gave."""

    def __init__(self, folder: Path, settings: ReaderSettings) -> None:
        address = parse(settings.address)
        assert isinstance(address, ReaderAddress)
        self.scans: list[Scan | Refusal] = []
        self.news = asyncio.Event()
        self.opened = asyncio.Event()
        self.task = asyncio.create_task(line.watch(Place(address, settings, folder), self._scanned, self.opened.set))

    def _scanned(self, scan: Scan | Refusal) -> None:
        self.scans.append(scan)
        self.news.set()

    async def codes(self, count: int) -> list[str]:
        async with asyncio.timeout(60):
            while len(self.scans) < count:
                self.news.clear()
                await self.news.wait()
        return [scan.text for scan in self.scans if isinstance(scan, Scan)]

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def opened(folder: Path, scanner: ScannerEmulator, settings: ReaderSettings = PLAIN) -> Watched:
    watched = Watched(folder, msgspec.structs.replace(settings, address=f"serial://{scanner.path}"))
    await asyncio.wait_for(watched.opened.wait(), 60)
    return watched


async def test_codes_as_they_come(tmp_path: Path) -> None:
    scanner = ScannerEmulator(tmp_path / "scanner", "crlf", aim="]Q1")
    watched = await opened(tmp_path, scanner)
    scanner.scan("https://r.example.com/t/ABC")
    scanner.scan("회원-7")
    assert await watched.codes(2) == ["]Q1https://r.example.com/t/ABC", "]Q1회원-7"]
    for byte in b"400638\r":
        scanner.send(bytes((byte,)))
        await asyncio.sleep(0)
    assert (await watched.codes(3))[2] == "400638"
    await watched.stop()
    scanner.close()


async def test_a_pause_ends_a_code_of_a_scanner_that_sends_no_end(tmp_path: Path) -> None:
    scanner = ScannerEmulator(tmp_path / "scanner", "gap")
    watched = await opened(tmp_path, scanner, ReaderSettings("", gap_ms=20, encoding="cp949"))
    scanner.send("회원".encode("cp949"))
    assert await watched.codes(1) == ["회원"]
    await watched.stop()
    scanner.close()


async def test_prefix_and_suffix(tmp_path: Path) -> None:
    scanner = ScannerEmulator(tmp_path / "scanner", "gap")
    watched = await opened(tmp_path, scanner, ReaderSettings("", prefix="~", suffix="#"))
    scanner.send(b"~123#~4\r5#")
    assert await watched.codes(2) == ["123", "4\r5"]
    await watched.stop()
    scanner.close()


async def test_unplugged(tmp_path: Path) -> None:
    scanner = ScannerEmulator(tmp_path / "scanner")
    watched = await opened(tmp_path, scanner)
    scanner.close()
    with pytest.raises(OSError):
        await asyncio.wait_for(watched.task, 60)


async def test_not_there(tmp_path: Path) -> None:
    watched = Watched(tmp_path, ReaderSettings(f"serial://{tmp_path}/nothing"))
    with pytest.raises(OSError):
        await asyncio.wait_for(watched.task, 60)
    assert not watched.opened.is_set()


async def test_a_scanner_on_the_network_that_hangs_up(tmp_path: Path) -> None:
    async def scan(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"CODE\r")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(scan, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    watched = Watched(tmp_path, ReaderSettings(f"tcp://127.0.0.1:{port}"))
    with pytest.raises(OSError):
        await asyncio.wait_for(watched.task, 60)
    assert await watched.codes(1) == ["CODE"]
    server.close()
