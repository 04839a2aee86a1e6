"""What is told of many jobs at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kvit.db import Database, open_database
from kvit.device.spool import service, tally
from kvit.device.spool.model import Event, Evidence, Heard, Job, State
from kvit.device.spool.tally import Queue
from tests.device.spool.jobs import NOW_MS, SHOP, ordered


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "spool.db", ["kvit.device.spool"]) as opened:
        yield opened


def accept(db: Database, key: str, at_ms: int = NOW_MS, **values: Any) -> Job:
    done: Any = db.write_now(service.accept, SHOP, ordered(key, **values), at_ms)
    job: Job = done.jobs[0]
    return job


def end(db: Database, key: str, *events: Event, at_ms: int = NOW_MS) -> Job:
    begun: Any = db.write_now(service.begin, SHOP, accept(db, key, at_ms).id, Evidence.A, at_ms)
    for event in events:
        noted: Any = db.write_now(service.note, SHOP, begun.job.id, Heard(event, begun.job.pid), at_ms)
    job: Job = noted.job
    return job


def test_queues_count_what_is_still_to_come(db: Database) -> None:
    end(db, "printed", Event.BYTES_OUT, Event.ID_ANSWER)
    end(db, "lost", Event.BYTES_OUT, Event.TIME_OUT)
    end(db, "flies", Event.BYTES_OUT)
    accept(db, "late", NOW_MS + 2)
    accept(db, "early", NOW_MS + 1)
    held = accept(db, "held", NOW_MS + 3, printer="bar")
    db.write_now(service.note, SHOP, held.id, Heard(Event.PREFLIGHT_BAD, reason="paper"), NOW_MS)
    found = db.read_now(tally.queues, SHOP)
    assert found == {"front": Queue(2, 0, 1, 1, NOW_MS + 1), "bar": Queue(0, 1, 0, 0, NOW_MS + 3)}
    assert (found["front"].length, found["bar"].length) == (3, 1)
    assert db.read_now(tally.queues, "another shop") == {}


def test_the_last_end_is_the_latest_jobs(db: Database) -> None:
    assert db.read_now(tally.last_end, SHOP, "front") is None
    end(db, "first", Event.BYTES_OUT, Event.ID_ANSWER)
    second = end(db, "second", Event.BYTES_OUT, Event.LINK_LOST)
    accept(db, "waits")
    found = db.read_now(tally.last_end, SHOP, "front")
    assert found is not None
    assert (found.id, found.state) == (second.id, State.UNKNOWN)


def test_what_happened_is_told_by_time_the_end_left_out(db: Database) -> None:
    one = end(db, "one", Event.BYTES_OUT, at_ms=NOW_MS)
    accept(db, "two", NOW_MS + 5)
    lines = db.read_now(tally.happened, SHOP, NOW_MS, NOW_MS + 5)
    assert [(line.id, line.event, line.after) for line in lines] == [
        (one.id, Event.ACCEPTED, State.QUEUED), (one.id, Event.BEGUN, State.SENDING),
        (one.id, Event.BYTES_OUT, State.CONFIRMING),
    ]  # fmt: skip
    assert [line.event for line in db.read_now(tally.happened, SHOP, NOW_MS + 5, NOW_MS + 6)] == [Event.ACCEPTED]
    assert db.read_now(tally.happened, "another shop", 0, 1 << 60) == []


def test_a_stretch_that_is_too_long_is_told_in_portions(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "LINES_MAX", 2)
    for number in range(3):
        accept(db, f"{number}", NOW_MS + number)
    first = db.read_now(tally.happened, SHOP, 0, 1 << 60)
    behind = db.read_now(tally.happened, SHOP, first[-1].at_ms, 1 << 60)
    assert [line.at_ms - NOW_MS for line in first + behind] == [0, 1, 1, 2]
