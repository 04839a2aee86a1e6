"""The readers' page: how readers are, what was just read, and who may see it."""

from __future__ import annotations

import asyncio

from kvit.device.reader.model import Kind, Scan
from kvit.device.reader.readings import KEPT_S
from kvit.refusal import Refusal
from kvit.web.readers import readers_parts
from kvit.web.watch import Watch
from tests.web.house import House
from tests.web.test_live import call_of


def test_a_shop_without_readers(house: House) -> None:
    browser = house.user("cashier")
    assert "connect-a-reader" in browser.get("/readers").text
    assert "/readers" not in browser.get("/live").text


def test_readers_and_what_they_read(house: House) -> None:
    readings = house.context.readings
    readings.change("counter", "serial:///dev/ttyACM0", "up")
    readings.change("cards", "nfc://", "down", Refusal("device.reader_service", {}))
    readings.scanned("counter", Scan("]Q1https://r.example.com/t/<b>"))
    readings.scanned("counter", Scan("]d2010460\x1d21"))
    readings.scanned("cards", Scan("04A1B2C3", Kind.CARD, "uid"))
    readings.scanned("cards", Refusal("device.reading_random", {}))
    text = house.user("cashier").get("/readers").text
    assert "https://r.example.com/t/&lt;b&gt;" in text
    assert "010460␝21" in text
    assert "sudo apt install pcscd" in text
    assert "another number each time" in text
    assert text.index("04A1B2C3") < text.index("r.example.com")
    assert 'href="/readers"' in text
    assert house.user("auditor").get("/readers").status_code == 403


def test_what_was_read_goes(house: House) -> None:
    now = [0.0]
    object.__setattr__(house.context.readings, "_monotonic", lambda: now[0])
    house.context.readings.change("counter", "nfc://", "up")
    house.context.readings.scanned("counter", Scan("TOKEN"))
    browser = house.user("cashier")
    assert "TOKEN" in browser.get("/readers").text
    now[0] = KEPT_S
    assert "TOKEN" not in browser.get("/readers").text
    assert "TOKEN" not in repr(house.told)


async def test_the_page_goes_on_by_itself(house: House) -> None:
    call = call_of(house)
    events = Watch(call, readers_parts, "").events()
    async with asyncio.timeout(60):
        assert await anext(events) == "retry: 2000\n\n"
        house.context.readings.scanned("counter", Scan("FIRST"))
        while "FIRST" not in (told := await anext(events)):
            pass
    assert '"id":"readers"' in told
    await events.aclose()  # type: ignore[attr-defined]
