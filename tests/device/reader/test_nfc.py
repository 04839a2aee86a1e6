"""NFC readers: cards laid on and taken away, readers unplugged; and the real service with a virtual card."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from kvit.device.reader.address import ReaderAddress
from kvit.device.reader.model import Kind, Scan
from kvit.device.reader.settings import ReaderSettings
from kvit.device.reader.sources import Place, nfc, pcsc
from kvit.device.transports.unreachable import UnreachableError
from kvit.refusal import Refusal
from tests.device.reader.cards import ATR_ULTRALIGHT, MemoryCard
from tests.device.reader.test_ndef import URI
from tests.device.reader.vicc import VirtualCard
from tests.device.transports.heard import until
from tests.fakes.pcsc import FakePcsc

NAME = "ACS ACR122U PICC Interface 00 00"
LINK = Scan("https://r.example.com/t/ABC", Kind.NFC, "uri")


class Watched:
    def __init__(self, service: pcsc.Pcsc, part: str = "") -> None:
        self.scans: list[Scan | Refusal] = []
        self.news, self.opened = asyncio.Event(), asyncio.Event()
        place = Place(ReaderAddress("nfc", part), ReaderSettings(f"nfc://{part}"), Path())
        self.task = asyncio.create_task(nfc.watch_with(lambda: service, place, self._scanned, self.opened.set))

    def _scanned(self, scan: Scan | Refusal) -> None:
        self.scans.append(scan)
        self.news.set()

    async def count(self, count: int) -> list[Scan | Refusal]:
        async with asyncio.timeout(60):
            while len(self.scans) < count:
                self.news.clear()
                await self.news.wait()
        return self.scans

    async def stop(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


async def test_a_card_is_read_once_and_again_when_it_comes_back() -> None:
    service = FakePcsc("Other 00", NAME)
    watched = Watched(service, "acr122")
    await asyncio.wait_for(watched.opened.wait(), 60)
    card = MemoryCard(ndef=URI)
    service.lay(card)
    assert await watched.count(1) == [LINK]
    service.lay(None)
    await asyncio.sleep(0.01)
    service.lay(MemoryCard(ATR_ULTRALIGHT))
    assert (await watched.count(2))[1] == Scan("04A1B2C3D4E5F6", Kind.CARD, "uid")
    await watched.stop()


async def test_a_card_that_stays_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nfc, "WAIT_MS", 1)
    service = FakePcsc(NAME)
    watched = Watched(service)
    service.lay(MemoryCard())
    await watched.count(1)
    waits = service.waits
    await until(lambda: service.waits > waits + 5)
    assert len(watched.scans) == 1
    await watched.stop()


@pytest.mark.parametrize("commands", [0, 1, 3, 5])
async def test_a_card_taken_away_too_soon(commands: int) -> None:
    service = FakePcsc(NAME)
    service.commands_left = commands
    watched = Watched(service)
    service.lay(MemoryCard(ndef=URI))
    [refused] = await watched.count(1)
    assert refused == Refusal("device.reading_card", {})
    await watched.stop()


async def test_a_card_another_program_has() -> None:
    service = FakePcsc(NAME)
    service.connects = False
    watched = Watched(service)
    service.lay(MemoryCard())
    assert await watched.count(1) == [Refusal("device.reading_card", {})]
    await watched.stop()


async def test_a_card_that_never_ends() -> None:
    class Endless(MemoryCard):
        """Says it holds 8 KiB, and gives them byte by byte."""

        def answer(self, command: bytes) -> bytes:
            self.asked.append(command)
            answers = {
                "00B000000F": "000F20003000340406E1047FFF0000",
                "00B0000002": "7FFF",
            }
            said = answers.get(command.hex().upper(), "" if command[:2] == b"\x00\xa4" else "01")
            return bytes.fromhex(said) + b"\x90\x00"

    service = FakePcsc(NAME)
    watched = Watched(service)
    card = Endless()
    service.lay(card)
    assert await watched.count(1) == [Refusal("device.reading_card", {})]
    assert len(card.asked) == nfc.COMMANDS_MAX
    await watched.stop()


async def test_the_reader_is_unplugged() -> None:
    service = FakePcsc(NAME)
    watched = Watched(service)
    await asyncio.wait_for(watched.opened.wait(), 60)
    service.unplug()
    with pytest.raises(OSError, match="unplugged"):
        await asyncio.wait_for(watched.task, 60)
    assert service.closed


@pytest.mark.parametrize("names", [(), ("Other 00",)])
async def test_no_such_reader(names: tuple[str, ...]) -> None:
    watched = Watched(FakePcsc(*names), "ACR122")
    with pytest.raises(UnreachableError) as refused:
        await asyncio.wait_for(watched.task, 60)
    assert refused.value.refusal.code == "device.reader_absent"


def test_without_pyscard(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "smartcard", None)
    with pytest.raises(UnreachableError, match="extra nfc"):
        pcsc.connect()


def test_without_the_service(monkeypatch: pytest.MonkeyPatch) -> None:
    scard = pytest.importorskip("smartcard.scard", reason="pyscard is not installed (./kvit extra nfc)")
    monkeypatch.setattr(scard, "SCardEstablishContext", lambda scope: (-2146435043, None))
    with pytest.raises(UnreachableError, match="pcscd"):
        pcsc.connect()


def virtual_reader() -> str:
    """The name of vsmartcard's reader at the PC/SC service of this machine; empty where there is none."""
    try:
        service = pcsc.connect()
    except OSError:
        return ""
    try:
        return next((name for name in service.readers() if "Virtual PCD" in name), "")
    finally:
        service.close()


async def test_the_service_of_this_machine_with_a_virtual_card() -> None:
    pytest.importorskip("smartcard.scard", reason="pyscard is not installed (./kvit extra nfc)")
    if not virtual_reader():
        pytest.skip("no pcscd with vsmartcard's virtual reader runs here")
    watched = Watched(pcsc.connect(), "virtual pcd")
    await asyncio.wait_for(watched.opened.wait(), 60)
    card = await asyncio.to_thread(VirtualCard, MemoryCard(ndef=URI))
    assert await watched.count(1) == [LINK]
    card.take_away()
    await asyncio.sleep(1.0)  # vpcd looks for its card by the second
    card = await asyncio.to_thread(VirtualCard, MemoryCard(ATR_ULTRALIGHT, ndef=URI))
    assert (await watched.count(2))[1] == LINK
    card.take_away()
    await watched.stop()
