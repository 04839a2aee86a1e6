"""The streams of staff's pages and of programs, read from their generators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import pytest
from starlette.requests import Request

from kvit.access import service as access
from kvit.device.printers import service as printers
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Heard
from kvit.web import watch
from kvit.web.api_printers import Happenings
from kvit.web.door import Call
from kvit.web.watch import Watch
from kvit.web.windows import PAGES
from tests.receipt.printouts import SHOP
from tests.web.house import House
from tests.web.printing import Delivery, begun, job, ms, printing, unknown


@pytest.fixture
def delivery(house: House) -> Delivery:
    return printing(house)


def call_of(house: House) -> Call:
    token = house.user().cookies["kvit-session"]
    scope = {"type": "http", "method": "GET", "path": "/events", "headers": [], "query_string": b"", "scheme": "http"}
    user = house.db.read_now(access.who, token, int(house.now_s[0]))
    return Call(Request(scope), house.context, "en", user, token, "")


async def heard(events: AsyncIterator[str]) -> tuple[str, Any]:
    while True:
        text = await asyncio.wait_for(anext(events), 60)
        lines = dict(line.split(": ", 1) for line in text.strip().splitlines() if not line.startswith(":"))
        if "event" in lines:
            return lines["event"], msgspec.json.decode(lines["data"])


async def part(events: AsyncIterator[str], id_: str, words: str) -> None:
    """Wait until a part is told that holds some words."""
    while True:
        _, data = await heard(events)
        if data["id"] == id_ and words in data["html"]:
            return


async def test_a_trouble_comes_to_every_page_and_goes(house: House, delivery: Delivery) -> None:
    events = Watch(call_of(house), None, "").events()
    assert (await anext(events)).startswith("retry")
    assert await heard(events) == ("part", {"id": "alarms", "html": "", "now_ms": ms(house)})
    delivery.board.seen("front", paper="out")
    await part(events, "alarms", "No paper")
    delivery.board.seen("front", paper="ok")
    event, data = await heard(events)
    assert (event, data["html"]) == ("part", "")


async def test_each_page_hears_of_its_own_parts(house: House, delivery: Delivery) -> None:
    asked = unknown(house, "1743")
    pages = {
        "job": (asked.id, "job-state", "Not known"),
        "jobs": ("", "jobs", "1743"),
        "printers": ("", "printer-front", "1743"),
        "printer": ("front", "printer-jobs", "1743"),
        "counter": ("", "question", "Did it come out?"),
    }
    assert set(pages) <= set(PAGES)
    for page, (of, id_, words) in pages.items():
        events = Watch(call_of(house), PAGES[page], of).events()
        await part(events, id_, words)
        await events.aclose()  # type: ignore[attr-defined]


async def test_the_next_question_follows_the_answer(house: House, delivery: Delivery) -> None:
    first, second = unknown(house, "1743"), unknown(house, "1744")
    events = Watch(call_of(house), PAGES["counter"], "").events()
    await part(events, "question", first.id)
    await house.db.write(spool.answer, SHOP, first.id, True, "user:x", ms(house))
    await part(events, "question", second.id)


async def test_what_did_not_change_is_not_sent(house: House, delivery: Delivery) -> None:
    events = Watch(call_of(house), PAGES["counter"], "").events()
    unknown(house)
    await part(events, "question", "Did it come out?")
    delivery.board.seen("bar", paper="out")
    assert (await heard(events))[1]["id"] == "alarms"
    delivery.board.seen("bar", paper="ok")
    event, data = await heard(events)
    assert (event, data["id"], data["html"]) == ("part", "alarms", ""), "the question is as it was"


async def test_a_page_is_not_drawn_for_another_printer(house: House, delivery: Delivery) -> None:
    call, given = call_of(house), unknown(house)
    assert await PAGES["job"](call, given.id, frozenset({"bar"})) == {}
    assert await PAGES["printer"](call, "front", frozenset({"bar"})) == {}
    assert set(await PAGES["printers"](call, "", frozenset({"bar"}))) == {"printer-bar"}
    assert len(await PAGES["job"](call, given.id, frozenset({"front"}))) == 2


async def test_a_stream_ends_with_its_session(
    house: House, delivery: Delivery, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch, "BEAT_S", 0.01)
    call = call_of(house)
    events = Watch(call, None, "").events()
    await anext(events)
    assert call.user is not None
    await house.db.write(access.log_out, call.user, int(house.now_s[0]))
    async with asyncio.timeout(60):
        async for _ in events:
            pass


async def test_a_program_hears_every_step_once(house: House, delivery: Delivery) -> None:
    events = Happenings(call_of(house), ms(house)).events()
    await anext(events)
    assert {(await heard(events))[1]["name"] for _ in range(2)} == {"front", "bar"}
    given = begun(house, "1743")
    await house.db.write(spool.note, SHOP, given.id, Heard(Event.BYTES_OUT, given.pid), ms(house))
    await house.db.write(spool.note, SHOP, given.id, Heard(Event.ID_ANSWER, given.pid), ms(house))
    told: list[tuple[str, str]] = []
    while len(told) < 4:
        event, data = await heard(events)
        if event == "job":
            told.append((data["event"], data["state"]))
    assert told == [
        ("accepted", "queued"), ("begun", "sending"), ("bytes_out", "confirming"), ("id_answer", "printed"),
    ]  # fmt: skip
    job(house, "1744")
    while (said := await heard(events))[0] != "job":
        pass
    assert said[1]["event"] == "accepted"
    await house.db.write(printers.remove, SHOP, "bar")
    while (said := await heard(events))[0] != "printer_gone":
        pass
    assert said[1] == {"name": "bar"}
