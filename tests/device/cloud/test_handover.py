"""The hand at the spool: who has work is known without asking, and nothing is missed between two looks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from kvit.db import Database, open_database
from kvit.device.board import Board
from kvit.device.cloud.door import Desk
from kvit.device.cloud.handover import Handover
from kvit.device.press import Pressed, Wanted
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.printers.service import token_hash
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Evidence, Heard, Job, State
from kvit.device.spool.order import Order, order
from kvit.paper.document import Document, Text, print_document
from kvit.refusal import Refusal

SHOP, NAME, NOW_MS = "shop-1", "kitchen", 1_800_000_000_000
PRINTER = Printer(NAME, "epos+sdp://K1", token_hash=token_hash("word"))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "kvit.db", rooms=("kvit.device.spool", "kvit.device.printers")) as opened:
        opened.write_now(printers.keep, SHOP, PRINTER, NOW_MS)
        yield opened


async def press(wanted: Wanted) -> Pressed | Refusal:
    return Pressed(b"paper", "text/plain")


def desk_of(db: Database, pressing: Any = press) -> Desk:
    return Desk(
        db, SHOP, pressing, Board(lambda: NOW_MS / 1000), lambda: NOW_MS / 1000, lambda: 0.0, bytes,
        lambda event, values: None, "http://kvit.test",
    )  # fmt: skip


@pytest.fixture
async def handover(db: Database) -> AsyncIterator[Handover]:
    hand = Handover(desk_of(db))
    running = asyncio.create_task(hand.run())
    await heard()
    yield hand
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def accepted(db: Database, key: str = "sale 1") -> str:
    given = order(key, NAME, print_document(Document([Text("Milk")])))
    assert isinstance(given, Order)
    done = await db.write(spool.accept, SHOP, given, NOW_MS)
    assert not isinstance(done, Refusal)
    return done.jobs[0].id


async def heard() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def counted(db: Database, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    asked: list[str] = []
    read = db.read

    def reading(verb: Any, /, *args: Any) -> Any:
        asked.append(verb.__name__)
        return read(verb, *args)

    monkeypatch.setattr(db, "read", reading)
    return asked


async def test_who_has_nothing_is_asked_for_once(
    db: Database, handover: Handover, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = counted(db, monkeypatch)
    for _ in range(5):
        assert await handover.next(NAME) is None
        assert await handover.known("word") == PRINTER
    assert asked == ["next_for", "by_token"]
    id_ = await accepted(db)
    await heard()
    found = await handover.next(NAME)
    assert found is not None
    assert found.id == id_


async def test_work_that_comes_while_it_is_looked_for_is_not_missed(
    db: Database, handover: Handover, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = db.read

    async def late(verb: Any, /, *args: Any) -> Any:
        found = await read(verb, *args)
        await accepted(db)
        await heard()
        return found

    monkeypatch.setattr(db, "read", late)
    assert await handover.next(NAME) is None
    monkeypatch.setattr(db, "read", read)
    assert await handover.next(NAME) is not None


async def test_without_a_follower_every_look_is_a_look(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    hand = Handover(desk_of(db))
    asked = counted(db, monkeypatch)
    assert await hand.next(NAME) is None
    assert await hand.next(NAME) is None
    assert asked == ["next_for", "next_for"]


async def test_a_new_word_counts_at_once_and_the_old_one_no_more(db: Database, handover: Handover) -> None:
    assert await handover.known("word") == PRINTER
    fresh = await db.write(printers.fresh_token, SHOP, NAME, lambda count: b"\7" * count, NOW_MS)
    assert isinstance(fresh, str)
    await heard()
    assert await handover.known("word") is None
    assert (await handover.known(fresh)) is not None


async def next_job(hand: Handover) -> Job:
    hand.stir()
    job = await hand.next(NAME)
    assert job is not None
    return job


async def state(db: Database, id_: str) -> State:
    job = await db.read(spool.get, SHOP, id_)
    assert isinstance(job, Job)
    return job.state


async def test_an_attempt_is_begun_before_its_bytes_are_given(db: Database, handover: Handover) -> None:
    id_ = await accepted(db)
    taken = await handover.take(PRINTER, await next_job(handover), Evidence.B)
    assert taken is not None
    assert (taken.pressed.data, await state(db, id_)) == (b"paper", State.SENDING)
    assert await handover.take(PRINTER, taken.job, Evidence.B) is None, "and only once"


async def test_what_is_refused_holds_nobody_up(db: Database, handover: Handover) -> None:
    first, second = await accepted(db), await accepted(db, "sale 2")
    assert (
        await handover.take(PRINTER, await next_job(handover), Evidence.B, against=lambda pressed: "too long") is None
    )
    job = await next_job(handover)
    assert (await state(db, first), job.id) == (State.BLOCKED, second)


async def test_what_can_not_be_pressed_is_refused(db: Database) -> None:
    async def broken(wanted: Wanted) -> Pressed | Refusal:
        return Refusal("device.job_document", {"problem": "x"})

    hand = Handover(desk_of(db, broken))
    id_ = await accepted(db)
    assert await hand.take(PRINTER, await next_job(hand), Evidence.B) is None
    assert await state(db, id_) is State.BLOCKED


async def test_nothing_is_begun_for_who_hung_up(db: Database, handover: Handover) -> None:
    id_ = await accepted(db)

    async def gone() -> bool:
        return False

    assert await handover.take(PRINTER, await next_job(handover), Evidence.B, still=gone) is None
    assert await state(db, id_) is State.QUEUED


ENDS = {"done": State.PRINTED, "absent": State.BLOCKED, "told": State.UNKNOWN}


@pytest.mark.parametrize("verb", ENDS)
@pytest.mark.parametrize("out", [False, True], ids=["before the bytes are known to be out", "behind them"])
async def test_how_an_attempt_ends(db: Database, handover: Handover, verb: str, out: bool) -> None:
    id_ = await accepted(db)
    taken = await handover.take(PRINTER, await next_job(handover), Evidence.B)
    assert taken is not None
    if out:
        await handover.told(id_, Heard(Event.BYTES_OUT, taken.pid))
    if verb == "done":
        await handover.done(id_, taken.pid)
    elif verb == "absent":
        await handover.absent(id_, taken.pid, "full")
    else:
        await handover.told(id_, Heard(Event.TIME_OUT, taken.pid))
    assert await state(db, id_) is ENDS[verb]
    await handover.ready(NAME)
    assert await state(db, id_) is (State.QUEUED if verb == "absent" else ENDS[verb])
