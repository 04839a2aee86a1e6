"""What the windows are given of the running delivery."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from kvit.app import windows_delivery
from kvit.app.windows_delivery import WindowsDelivery
from kvit.db import Database
from kvit.device.board import Board
from kvit.device.press import Pressed, Wanted, press
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool.model import Evidence
from kvit.device.transports.found import Found, Looked
from kvit.refusal import Refusal
from tests.receipt.printouts import SHOP
from tests.web.house import House, open_house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as made:
        yield made


async def pressed(wanted: Wanted) -> Pressed | Refusal:
    return press(wanted)


def delivery(house: House) -> WindowsDelivery:
    for name, address in (("front", "escpos+tcp://10.0.0.5:9100"), ("pizza", "starprnt+cloudprnt://")):
        house.db.write_now(printers.keep, SHOP, Printer(name, address, able=Evidence.C), 1)
    return WindowsDelivery(house.db, SHOP, Board(lambda: 1.0), pressed, "http://10.0.0.2:7004", lambda: 1.0)


async def driver(db: Database) -> None:
    """What a worker does once it finds no class: it asks the printer and writes down what it found."""
    with db.listen(printers.TOPIC) as topic:
        async for name in topic:
            found = await db.read(printers.printer, SHOP, name)
            if isinstance(found, Printer) and found.able is None:
                await db.write(printers.learned, SHOP, name, Evidence.A, {}, 2)


async def test_a_printer_is_examined_by_whoever_drives_it(house: House) -> None:
    given = delivery(house)
    working = asyncio.create_task(driver(house.db))
    await asyncio.sleep(0)
    assert await given.probe("front") is None
    found = await house.db.read(printers.printer, SHOP, "front")
    assert isinstance(found, Printer)
    assert found.able is Evidence.A
    working.cancel()


async def test_one_that_says_nothing_or_can_not_be_asked(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(windows_delivery, "PROBE_WITHIN_S", 0.01)
    given = delivery(house)
    for name, code in (
        ("front", "web.printer_silent"), ("pizza", "web.printer_not_asked"), ("nobody", "device.printer_unknown"),
    ):  # fmt: skip
        refused = await given.probe(name)
        assert isinstance(refused, Refusal)
        assert refused.code == code


async def test_found_are_printers_that_are_not_ours_yet(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    looked = (
        Found("printer", "usb:///dev/usb/lp0", "EPSON TM-T20", ("usb://04b8:0202",)),
        Found("printer", "tcp://10.0.0.5:9100", "ours"),
        Found("keyboard", "keyboard:///dev/input/by-id/x", "scanner"),
        Found("serial", "serial:///dev/ttyS0", ""),
    )
    monkeypatch.setattr(windows_delivery, "find", lambda: Looked(looked))
    found = await delivery(house).find()
    assert [(each.address, each.label) for each in found] == [
        ("usb:///dev/usb/lp0", "EPSON TM-T20"), ("serial:///dev/ttyS0", "serial"),
    ]  # fmt: skip


def test_where_printers_call(house: House) -> None:
    given = delivery(house)
    assert [given.call_url(kind, "w") for kind in ("cloudprnt", "sdp", "sunmipull")] == [
        "http://10.0.0.2:7004/cloudprnt/w", "http://10.0.0.2:7004/sdp/w", "http://10.0.0.2:7004/sunmi/w",
    ]  # fmt: skip
