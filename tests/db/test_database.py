"""The door to the data base, the same on both engines: what is kept, undone, told and refused."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from pathlib import Path

import pytest

from kvit.db import (
    EVERYTHING,
    ConstraintViolation,
    Database,
    DatabaseClosed,
    Room,
    Tx,
)
from kvit.refusal import Refusal
from tests.databases import OpenDatabase

COLUMNS = {
    "sqlite": ("INTEGER", "INTEGER", "REAL", "BLOB", "STRICT"),
    "postgres": ("BIGSERIAL", "BIGINT", "FLOAT8", "BYTEA", ""),
}


@pytest.fixture
def notes(tmp_path: Path) -> Room:
    """A room with one table."""
    folder = tmp_path / "notes"
    folder.mkdir()
    for engine, (key, integer, real, blob, strict) in COLUMNS.items():
        (folder / f"0001_note.{engine}.sql").write_text(
            f"CREATE TABLE note (id {key} PRIMARY KEY, key TEXT NOT NULL UNIQUE, n {integer} CHECK (n >= 0), r {real}, "
            f"data {blob}) {strict};\nCREATE INDEX note_n ON note (n);\n"
        )
    return Room("notes", folder)


def add(tx: Tx, key: str, n: int = 0) -> int:
    row = tx.one("INSERT INTO note (n, key) VALUES ($2, $1) RETURNING id", key, n)
    assert row is not None
    tx.tell("note", key)
    return int(row[0])


def add_then_refuse(tx: Tx, key: str) -> Refusal:
    add(tx, key)
    return Refusal("note.full", {"key": key})


def add_then_fail(tx: Tx, key: str) -> None:
    add(tx, key)
    raise LookupError(key)


def count(tx: Tx) -> int:
    row = tx.one("SELECT count(*) FROM note")
    assert row is not None
    return int(row[0])


def keys(tx: Tx) -> list[str]:
    return [key for (key,) in tx.all("SELECT key FROM note ORDER BY key")]


def test_values_come_back_as_they_went_in(database: OpenDatabase, notes: Room) -> None:
    db = database(notes)
    big = (1 << 63) - 1

    def both_ways(tx: Tx) -> object:
        tx.run(
            "INSERT INTO note (key, n, r, data) VALUES ($1, $2, $3, $4)", "열쇠 'ключ' \"$1\"", big, 0.5, b"\x00\xff"
        )
        tx.run("INSERT INTO note (key, n, r) VALUES ($1, $2, $3)", "second", True, None)
        return tx.all(
            "SELECT key, n, r, data, '$2', n = $1, $1 FROM note WHERE n = $1 OR key = $2 ORDER BY n", big, "second"
        )

    assert db.write_now(both_ways) == [
        ("second", 1, None, None, "$2", False, big),
        ("열쇠 'ключ' \"$1\"", big, 0.5, b"\x00\xff", "$2", True, big),
    ]


def test_the_five_words(database: OpenDatabase, notes: Room) -> None:
    db = database(notes)

    def verb(tx: Tx) -> None:
        tx.many("INSERT INTO note (key, n) VALUES ($1, $2)", [(f"k{n}", n) for n in range(10)])
        assert tx.run("UPDATE note SET n = n + $1 WHERE n >= $2", 100, 5) == 5
        assert tx.run("DELETE FROM note WHERE n > $1", 1000) == 0
        assert tx.one("SELECT n FROM note WHERE key = $1", "k9") == (109,)
        assert tx.one("SELECT n FROM note WHERE key = $1", "none") is None
        assert tx.all("UPDATE note SET n = 0 WHERE n < $1 RETURNING n", 3) == [(0,)] * 3
        assert tx.one("SELECT sum(n), max(key) FROM note") == (107 * 5 + 7, "k9")

    db.write_now(verb)


async def test_a_refusal_and_an_exception_undo_the_verb_and_only_it(database: OpenDatabase, notes: Room) -> None:
    db = database(notes)
    answers = await asyncio.gather(
        db.write(add, "a"),
        db.write(add_then_refuse, "b"),
        db.write(add_then_fail, "c"),
        db.write(add, "d"),
        db.write(add, "d"),
        return_exceptions=True,
    )
    assert isinstance(answers[0], int)
    assert answers[1] == Refusal("note.full", {"key": "b"})
    assert isinstance(answers[2], LookupError)
    assert sorted(type(answer).__name__ for answer in answers[3:]) == ["ConstraintViolation", "int"]
    assert await db.read(keys) == ["a", "d"]


async def test_a_check_of_the_schema_is_a_constraint_violation(database: OpenDatabase, notes: Room) -> None:
    db = database(notes)
    with pytest.raises(ConstraintViolation):
        await db.write(add, "a", n=-1)
    with pytest.raises(ConstraintViolation):
        await db.write(lambda tx: tx.many("INSERT INTO note (key, n) VALUES ($1, $2)", [("b", 1), ("c", -1)]))
    assert await db.read(count) == 0


async def test_a_listener_hears_what_was_committed_and_nothing_else(database: OpenDatabase, notes: Room) -> None:
    db = database(notes)
    with db.listen("note") as told, db.listen("other") as other:
        await db.write(add, "a")
        await db.write(add_then_refuse, "b")
        with pytest.raises(LookupError):
            await db.write(add_then_fail, "c")
        await db.write(add, "d")
        assert [await anext(told), await anext(told)] == ["a", "d"]
        await db.write(lambda tx: tx.tell("other"))
        assert await anext(other) == EVERYTHING
    assert [key async for key in told] == []


async def test_waiting_for_a_notice_can_be_cancelled_without_losing_one(database: OpenDatabase, notes: Room) -> None:
    db = database(notes)
    with db.listen("note") as told:
        waiting = asyncio.ensure_future(anext(told))
        await asyncio.sleep(0)
        waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await waiting
        await db.write(add, "a")
        assert await anext(told) == "a"


async def test_closing_ends_the_iteration(database: OpenDatabase, notes: Room) -> None:
    db = database(notes)
    told = db.listen("note")
    ended = asyncio.ensure_future(anext(told, None))
    await asyncio.sleep(0)
    await asyncio.to_thread(db.close)
    assert await ended is None


async def test_many_callers_at_once_lose_nothing(database: OpenDatabase, notes: Room) -> None:
    db = database(notes)
    ids = await asyncio.gather(*(db.write(add, f"k{n:03}", n) for n in range(600)))
    assert len(set(ids)) == 600
    assert await db.read(count) == 600


async def test_one_conditional_update_has_one_winner(database: OpenDatabase, notes: Room) -> None:
    db = database(notes)
    await db.write(add, "token", 1)

    def claim(tx: Tx) -> bool:
        return tx.one("UPDATE note SET n = n - 1 WHERE key = $1 AND n > 0 RETURNING n", "token") is not None

    assert sum(await asyncio.gather(*(db.write(claim) for _ in range(100)))) == 1


async def test_a_read_sees_one_snapshot(database: OpenDatabase, notes: Room) -> None:
    db = database(notes)
    begun, written = threading.Event(), threading.Event()

    def twice(tx: Tx) -> tuple[int, int]:
        first = count(tx)
        begun.set()
        assert written.wait(30)
        return first, count(tx)

    looking = db.read(twice)
    await asyncio.to_thread(begun.wait, 30)
    await db.write(add, "a")
    written.set()
    assert await looking == (0, 0)
    assert await db.read(count) == 1


def test_a_verb_that_writes_can_not_be_read(database: OpenDatabase, notes: Room) -> None:
    db = database(notes)
    with pytest.raises(AssertionError, match=r"called with db\.read"):
        db.read_now(lambda tx: tx.run("DELETE FROM note"))
    with pytest.raises(AssertionError, match=r"called with db\.read"):
        db.read_now(lambda tx: tx.tell("note", "x"))
    assert db.read_now(count) == 0


def test_a_statement_that_does_not_parse_hurts_nobody_else(database: OpenDatabase, notes: Room) -> None:
    db = database(notes)
    with pytest.raises(Exception, match=r"(?i)selekt"):
        db.write_now(lambda tx: tx.all("SELEKT 1"))
    with pytest.raises(Exception, match=r"(?i)selekt"):
        db.read_now(lambda tx: tx.all("SELEKT 1"))
    db.write_now(add, "a")
    assert db.read_now(count) == 1


def test_what_was_written_is_there_after_opening_again(database: OpenDatabase, notes: Room) -> None:
    db = database(notes)
    db.write_now(add, "a")
    db.close()
    db.close()
    assert database(notes).read_now(keys) == ["a"]


def test_after_close_calls_are_refused(database: OpenDatabase, notes: Room) -> None:
    db: Database = database(notes)
    db.close()
    with pytest.raises(DatabaseClosed):
        db.write_now(add, "a")
    with pytest.raises(DatabaseClosed):
        db.read_now(count)


def test_what_is_in_line_at_close_is_finished(database: OpenDatabase, notes: Room) -> None:
    db = database(notes)

    async def leave() -> list[int]:
        waiting = [db.write(add, f"k{n}") for n in range(50)]
        await asyncio.to_thread(db.close)
        return await asyncio.gather(*waiting)

    assert len(asyncio.run(leave())) == 50
    assert database(notes).read_now(count) == 50
