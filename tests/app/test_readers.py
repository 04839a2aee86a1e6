"""The shop's readers at the control door."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from kvit.app import readers
from kvit.app.readers import ShopReaders
from kvit.app.settings import read
from kvit.device.cloud.cloudprnt.poll import Scan as PrinterScan
from kvit.device.reader.model import Scan


@pytest.fixture
def shop(tmp_path: Path) -> ShopReaders:
    path = tmp_path / "kvit.toml"
    path.write_text('[data]\nfolder = "data"\n[reader.counter]\naddress = "serial:///dev/ttyNONE7"\n')
    return ShopReaders(read(path, {}), lambda *_: None)


async def test_who_asks_waits_for_what_is_read_next(shop: ShopReaders) -> None:
    ask = shop.verbs()["readings"]
    asking = asyncio.ensure_future(ask({}))
    await asyncio.sleep(0)
    shop.readings.scanned("counter", Scan("]Q1FIRST"))
    answer = await asyncio.wait_for(asking, 60)
    assert answer["last"] == 1
    assert answer["readings"][0]["identity"]["value"] == "FIRST"
    shop.readings.scanned("counter", Scan("SECOND"))
    shop.readings.scanned("counter", Scan(""))
    answer = await ask({"after": 1})
    assert [each["number"] for each in answer["readings"]] == [2, 3]
    assert answer["readings"][1]["refusal"]["code"] == "device.reading_empty"


async def test_silence_is_an_answer(shop: ShopReaders, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "WAIT_S", 0.01)
    assert await shop.verbs()["readings"]({"after": 0}) == {"readings": [], "last": 0}
    assert await shop.verbs()["readings"]({"after": "x"}) == {"readings": [], "last": 0}


async def test_a_reader_that_is_not_there(shop: ShopReaders) -> None:
    shop.start()
    with shop.readings.listen() as heard:
        async with asyncio.timeout(60):
            while shop.readings.light("counter").link != "down":
                await anext(heard)
    [light] = (await shop.verbs()["readers"]({}))["readers"]
    assert light["trouble"]["code"] == "device.reader_absent"
    await shop.stop()


async def test_a_scanner_on_a_printer_is_a_reader_under_its_name(shop: ShopReaders) -> None:
    shop.on_printer("bar", PrinterScan("MainBCR", b"MEMBER-7\r\n"))
    [reading] = shop.readings.since(0)
    assert (reading.reader, reading.identity and reading.identity.value) == ("bar", "MEMBER-7")
