"""A failing and a full disk: what is kept, what is said, and that reading goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import apsw
import pytest

from kvit.db import Contention, DatabaseError, DiskFull, Room, Tx, WritesStopped, open_database, sqlite
from kvit.db.sqlite_engine import SqliteEngine
from tests.db.faults import on_faulty_disk


@pytest.fixture
def entry(tmp_path: Path) -> Room:
    folder = tmp_path / "entry"
    folder.mkdir()
    (folder / "0001_entry.sqlite.sql").write_text("CREATE TABLE entry (n INTEGER PRIMARY KEY, body TEXT) STRICT;")
    return Room("entry", folder)


def enter(tx: Tx, n: int, size: int = 10) -> int:
    tx.run("INSERT INTO entry VALUES ($1, $2)", n, "x" * size)
    tx.tell("entry", str(n))
    return n


def entries(tx: Tx) -> list[int]:
    return [n for (n,) in tx.all("SELECT n FROM entry ORDER BY n")]


class Disk:
    """Fails at the chosen call counted from now on, for so many calls."""

    def __init__(self) -> None:
        self.error: type[apsw.Error] = apsw.IOError
        self.operation = "sync"
        self.skip = 0
        self.failures = 0
        self.seen = 0

    def __call__(self, operation: str, name: str) -> None:
        if operation != self.operation or not self.failures:
            return
        if self.skip:
            self.skip -= 1
            return
        self.failures -= 1
        self.seen += 1
        raise self.error(f"{operation} of {name} failed on order")

    def fail(self, error: type[apsw.Error], operation: str, skip: int, failures: int) -> None:
        self.error, self.operation, self.skip, self.failures, self.seen = error, operation, skip, failures, 0


FOREVER = 1 << 30


@pytest.mark.parametrize("operation", ["write", "sync", "synced"])
@pytest.mark.parametrize("skip", range(6))
async def test_one_error_is_mended_and_every_verb_happens_once(
    tmp_path: Path, entry: Room, operation: str, skip: int
) -> None:
    disk = Disk()
    with on_faulty_disk(tmp_path / "kvit.db", [entry], disk) as db:
        await db.write(enter, 0)
        disk.fail(apsw.IOError, operation, skip, 1)
        with db.listen("entry") as told:
            for first in (1, 11):
                group = range(first, first + 10)
                assert await asyncio.gather(*(db.write(enter, n) for n in group)) == list(group)
            assert [await anext(told) for _ in range(20)] == [str(n) for n in range(1, 21)]
        assert await db.read(entries) == list(range(21))
        assert await db.write(enter, 21) == 21
    with open_database(tmp_path / "kvit.db", [entry]) as db:
        assert db.read_now(entries) == list(range(22))


@pytest.mark.parametrize("operation", ["write", "sync"])
async def test_a_disk_that_stays_broken_stops_writing_and_not_reading(
    tmp_path: Path, entry: Room, operation: str
) -> None:
    disk = Disk()
    with on_faulty_disk(tmp_path / "kvit.db", [entry], disk) as db:
        await db.write(enter, 0)
        disk.fail(apsw.IOError, operation, 0, FOREVER)
        with pytest.raises(WritesStopped, match="start Kvit again"):
            await db.write(enter, 1)
        assert disk.seen >= 2
        disk.failures = 0
        with pytest.raises(WritesStopped):
            await db.write(enter, 2)
        assert await db.read(entries) == [0]
        assert db.describe()["writing"].startswith("stopped")
    with open_database(tmp_path / "kvit.db", [entry]) as db:
        assert 0 in db.read_now(entries)
        db.write_now(enter, 3)


async def test_a_commit_that_happened_although_it_failed_is_not_done_twice(
    tmp_path: Path, entry: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_database(tmp_path / "kvit.db", [entry]) as db:
        assert isinstance(db.engine, SqliteEngine)
        tx = db.engine.writer._tx
        really = tx.execute
        failures: list[str] = []

        def commit_and_fail(sql: str, *values: Any) -> object:
            done = really(sql, *values)
            if sql == "COMMIT":
                failures.append(sql)
                raise apsw.IOError("the answer was lost")
            return done

        monkeypatch.setattr(tx, "execute", commit_and_fail)
        with db.listen("entry") as told:
            assert list(await asyncio.gather(db.write(enter, 1), db.write(enter, 2))) == [1, 2]
            assert [await anext(told), await anext(told)] == ["1", "2"]
        assert await db.write(enter, 3) == 3
        assert failures == ["COMMIT"]
        assert await db.read(entries) == [1, 2, 3]


async def test_a_full_disk_refuses_clearly_and_writing_goes_on_when_there_is_room(tmp_path: Path, entry: Room) -> None:
    disk = Disk()
    with on_faulty_disk(tmp_path / "kvit.db", [entry], disk) as db:
        await db.write(enter, 0)
        disk.fail(apsw.FullError, "write", 0, FOREVER)
        answers = await asyncio.gather(*(db.write(enter, n) for n in range(1, 9)), return_exceptions=True)
        assert {type(answer) for answer in answers} == {DiskFull}
        assert "make room" in str(answers[0])
        assert await db.read(entries) == [0]
        disk.failures = 0
        assert await db.write(enter, 9) == 9
        assert await db.read(entries) == [0, 9]


@pytest.mark.parametrize("first", range(0, 40, 3))
def test_a_disk_that_is_full_at_the_first_start_is_said_in_words(tmp_path: Path, entry: Room, first: int) -> None:
    disk = Disk()
    disk.fail(apsw.FullError, "write", first, FOREVER)
    said = first_start(tmp_path / "kvit.db", entry, disk)
    if said is not None:  # else the disk was full only when the log was copied home: all is in the log
        assert "make room" in str(said)
        assert str(tmp_path / "kvit.db") in str(said)
    with open_database(tmp_path / "kvit.db", [entry]) as db:
        assert db.write_now(enter, 1) == 1


def first_start(path: Path, entry: Room, disk: Disk) -> DiskFull | None:
    try:
        with on_faulty_disk(path, [entry], disk) as db:
            assert db.read_now(entries) == []
    except DiskFull as said:
        return said
    return None


def test_a_disk_that_fails_at_the_first_start_is_said_in_words(tmp_path: Path, entry: Room) -> None:
    disk = Disk()
    disk.fail(apsw.IOError, "write", 0, FOREVER)
    with pytest.raises(DatabaseError, match="check the disk"), on_faulty_disk(tmp_path / "kvit.db", [entry], disk):
        raise AssertionError("opened")


async def test_what_is_too_large_does_not_take_the_small_ones_with_it(tmp_path: Path, entry: Room) -> None:
    with open_database(tmp_path / "kvit.db", [entry]) as db:
        await db.write(lambda tx: tx.all("PRAGMA max_page_count = 40"))
        sizes = [10, 400_000, 10, 10]
        answers = await asyncio.gather(
            *(db.write(enter, n, size) for n, size in enumerate(sizes)), return_exceptions=True
        )
        assert [answer if isinstance(answer, int) else type(answer) for answer in answers] == [0, DiskFull, 2, 3]
        assert await db.read(entries) == [0, 2, 3]


async def test_a_foreign_program_that_holds_the_file_is_contention(
    tmp_path: Path, entry: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MS", 20)
    with open_database(tmp_path / "kvit.db", [entry]) as db:
        foreign = apsw.Connection(str(tmp_path / "kvit.db"))
        foreign.execute("BEGIN IMMEDIATE")
        with pytest.raises(Contention, match="Another program"):
            await db.write(enter, 1)
        assert await db.read(entries) == []
        foreign.execute("ROLLBACK")
        foreign.close()
        assert await db.write(enter, 2) == 2


async def test_a_batch_that_changes_nothing_is_not_flushed(tmp_path: Path, entry: Room) -> None:
    disk = Disk()
    with on_faulty_disk(tmp_path / "kvit.db", [entry], disk) as db:
        disk.fail(apsw.IOError, "sync", 0, FOREVER)
        assert await db.write(entries) == []
        assert disk.seen == 0
