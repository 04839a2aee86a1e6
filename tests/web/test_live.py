"""The stream of the live page, read from its generator: a test client would wait for an end that never comes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from starlette.requests import Request

from kvit.access import service as access
from kvit.receipt import service
from kvit.receipt.store import Filter
from kvit.web import live
from kvit.web.door import Call
from tests.receipt.printouts import SHOP, prepared
from tests.web.house import House


def call_of(house: House) -> Call:
    token = house.user().cookies["kvit-session"]
    scope = {"type": "http", "method": "GET", "path": "/live", "headers": [], "query_string": b"", "scheme": "http"}
    user = house.db.read_now(access.who, token, int(house.now_s[0]))
    return Call(Request(scope), house.context, "en", user, token, "")


def stream(house: House, wanted: Filter | None = None, after: int = 0) -> AsyncIterator[str]:
    return live._Stream(call_of(house), wanted or Filter(), after).events()


async def heard(events: AsyncIterator[str]) -> tuple[str, Any]:
    text = await asyncio.wait_for(anext(events), 60)
    lines = dict(line.split(": ", 1) for line in text.strip().splitlines() if not line.startswith(":"))
    return lines.get("event", ""), msgspec.json.decode(lines.get("data", "null"))


async def test_a_receipt_comes_within_a_moment(house: House) -> None:
    events = stream(house)
    assert (await anext(events)).startswith("retry")
    waiting = asyncio.ensure_future(heard(events))
    await asyncio.sleep(0)
    taken = await house.db.write(service.take, SHOP, prepared(0, "Only one\n"))
    event, data = await waiting
    assert event == "receipt"
    assert data["id"] == taken.id  # type: ignore[union-attr]
    assert "Only one" in data["html"]


async def test_what_was_missed_is_told_first(house: House) -> None:
    ids = house.keep(*(prepared(number) for number in range(3)))
    events = stream(house, after=1)
    await anext(events)
    assert [(await heard(events))[1]["id"] for _ in range(2)] == ids[1:]


async def test_a_late_tail_is_told_again_and_a_forgotten_one_goes(house: House) -> None:
    begun = prepared(0, "A\n")
    (id_,) = house.keep(begun)
    events = stream(house, after=0)
    await anext(events)
    waiting = asyncio.ensure_future(heard(events))
    await asyncio.sleep(0)
    longer = prepared(0, "A\n", raw=begun.printout.raw + b"\x1bp0\x19\xfa")
    await house.db.write(service.amend, SHOP, b"\x1bp0\x19\xfa", longer)
    assert (await waiting)[1]["id"] == id_
    waiting = asyncio.ensure_future(heard(events))
    await asyncio.sleep(0)
    await house.db.write(service.forget, SHOP, id_, 5)
    assert await waiting == ("gone", {"id": id_})


FILTERS = (
    (Filter(search="카노"), "아메리카노 4,500\n", "라떼 5,000\n"),
    (Filter(search="lat"), "Latte\n", "Flat white\n"),
    (Filter(search="lat x"), "Latte X\n", "Latte\n"),
)


@pytest.mark.parametrize(("wanted", "hit", "miss"), FILTERS)
async def test_a_filter_holds_for_what_comes(house: House, wanted: Filter, hit: str, miss: str) -> None:
    events = stream(house, wanted)
    await anext(events)
    waiting = asyncio.ensure_future(heard(events))
    await asyncio.sleep(0)
    await house.db.write(service.take, SHOP, prepared(0, miss))
    await house.db.write(service.take, SHOP, prepared(1, hit))
    assert hit.split()[0] in (await waiting)[1]["html"]


async def test_a_flood_is_a_count(house: House) -> None:
    events = stream(house)
    await anext(events)
    flood = [house.db.write(service.take, SHOP, prepared(number)) for number in range(60)]
    await asyncio.gather(*flood)  # all are there before the stream looks: how long they took does not matter
    event, data = await heard(events)
    assert event == "burst"
    assert data["count"] > live.BURST_MAX


async def test_the_stream_ends_with_the_session_and_with_the_shop(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BEAT_S", 0.01)
    events = stream(house)
    await anext(events)
    assert (await anext(events)).startswith(":")
    house.now_s[0] += 30 * 24 * 3600
    with pytest.raises(StopAsyncIteration):
        await anext(events)
    house.now_s[0] -= 30 * 24 * 3600
    monkeypatch.setattr(live, "BEAT_S", 60)
    events = stream(house)
    await anext(events)
    waiting = asyncio.ensure_future(anext(events))
    await asyncio.sleep(0)
    house.db.close()
    with pytest.raises(StopAsyncIteration):
        await waiting
