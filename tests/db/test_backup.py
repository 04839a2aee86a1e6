"""Backups taken while the shop writes, and brought back."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import apsw
import pytest

from kvit.db import BackupError, DatabaseInUse, Room, Tx, open_database, restore
from tests.databases import OpenDatabase


@pytest.fixture
def ledger(tmp_path: Path) -> Room:
    folder = tmp_path / "ledger"
    folder.mkdir()
    for engine in ("sqlite", "postgres"):
        (folder / f"0001_entry.{engine}.sql").write_text(
            "CREATE TABLE entry (n BIGINT PRIMARY KEY, body TEXT NOT NULL);"
        )
    return Room("ledger", folder)


def enter(tx: Tx, n: int) -> None:
    tx.run("INSERT INTO entry VALUES ($1, $2)", n, "x" * 3000)


def entries(tx: Tx) -> list[int]:
    return [n for (n,) in tx.all("SELECT n FROM entry ORDER BY n")]


async def test_a_backup_under_writing_is_one_snapshot(tmp_path: Path, ledger: Room) -> None:
    with open_database(tmp_path / "kvit.db", [ledger]) as db:
        for n in range(300):
            await db.write(enter, n)
        seen: list[tuple[int, int]] = []
        wrote = 300
        copying = asyncio.ensure_future(
            asyncio.to_thread(db.backup, tmp_path / "saved.db", lambda *at: seen.append(at))
        )
        while not copying.done() or wrote < 320:
            await db.write(enter, wrote)
            wrote += 1
        size = await copying
        assert await db.read(entries) == list(range(wrote))
    assert size == (tmp_path / "saved.db").stat().st_size
    assert seen
    assert seen[-1][0] == seen[-1][1] > 100
    with open_database(tmp_path / "saved.db", [ledger]) as saved:
        kept = saved.read_now(entries)
    assert kept == list(range(len(kept)))
    assert len(kept) >= 300


def test_a_plain_copy_of_the_file_is_no_backup(tmp_path: Path, ledger: Room) -> None:
    with open_database(tmp_path / "kvit.db", [ledger]) as db:
        db.write_now(enter, 1)
        (tmp_path / "copy.db").write_bytes((tmp_path / "kvit.db").read_bytes())
        db.backup(tmp_path / "saved.db")
    with pytest.raises(apsw.SQLError, match="no such table"):
        apsw.Connection(str(tmp_path / "copy.db")).execute("SELECT n FROM entry")
    assert apsw.Connection(str(tmp_path / "saved.db")).execute("SELECT n FROM entry").fetchall() == [(1,)]


def test_restoring_keeps_the_replaced_file(tmp_path: Path, ledger: Room) -> None:
    file = tmp_path / "kvit.db"
    with open_database(file, [ledger]) as db:
        db.write_now(enter, 1)
        db.backup(tmp_path / "saved.db")
        db.write_now(enter, 2)
        with pytest.raises(DatabaseInUse):
            restore(tmp_path / "saved.db", file)
    aside = restore(tmp_path / "saved.db", file, clock=lambda: 0)
    assert aside == tmp_path / "kvit.db.replaced-19700101T000000Z"
    for path, kept in ((file, [1]), (aside, [1, 2])):
        with open_database(path, [ledger]) as db:
            assert db.read_now(entries) == kept


def test_restoring_after_a_kill_keeps_what_lay_in_the_log(tmp_path: Path, ledger: Room) -> None:
    file = tmp_path / "kvit.db"
    with open_database(file, [ledger]) as db:
        db.backup(tmp_path / "saved.db")
    script = (
        "import os, sys; from pathlib import Path; from kvit.db import Room, open_database\n"
        "db = open_database(Path(sys.argv[1]), [Room('ledger', Path(sys.argv[2]))])\n"
        "db.write_now(lambda tx: tx.run(\"INSERT INTO entry VALUES (7, 'in the log')\")); os._exit(1)\n"
    )
    subprocess.run(
        [sys.executable, "-c", script, file, str(ledger.folder)], check=False, env={**os.environ, "PYTHONPATH": "src"}
    )
    aside = restore(tmp_path / "saved.db", file)
    assert aside is not None
    assert apsw.Connection(str(aside)).execute("SELECT n FROM entry").fetchall() == [(7,)]
    with open_database(file, [ledger]) as db:
        assert db.read_now(entries) == []


def test_restoring_where_there_was_nothing(tmp_path: Path, ledger: Room) -> None:
    with open_database(tmp_path / "kvit.db", [ledger]) as db:
        db.write_now(enter, 1)
        db.backup(tmp_path / "saved.db")
    assert restore(tmp_path / "saved.db", tmp_path / "new" / "kvit.db") is None
    with open_database(tmp_path / "new" / "kvit.db", [ledger]) as db:
        assert db.read_now(entries) == [1]


def _not_ours(path: Path) -> None:
    apsw.Connection(str(path)).execute("CREATE TABLE t (a)")


def _damaged(path: Path) -> None:
    with open_database(path, []) as db:
        db.write_now(lambda tx: tx.all("CREATE TABLE big (body TEXT)"))
        db.write_now(lambda tx: tx.many("INSERT INTO big VALUES ($1)", [("y" * 2000,)] * 200))
    data = bytearray(path.read_bytes())
    data[-8192:] = b"\xa5" * 8192
    path.write_bytes(data)


@pytest.mark.parametrize("make", [_not_ours, _damaged, lambda path: path.write_bytes(b"no data base" * 100)])
def test_what_is_no_whole_backup_is_refused_and_changes_nothing(tmp_path: Path, ledger: Room, make) -> None:  # type: ignore[no-untyped-def]
    with open_database(tmp_path / "kvit.db", [ledger]) as db:
        db.write_now(enter, 1)
    make(tmp_path / "bad.db")
    before = sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("kvit.db"))
    with pytest.raises(BackupError):
        restore(tmp_path / "bad.db", tmp_path / "kvit.db")
    assert sorted(path.name for path in tmp_path.iterdir() if path.name.startswith("kvit.db")) == before
    with open_database(tmp_path / "kvit.db", [ledger]) as db:
        assert db.read_now(entries) == [1]


def test_nothing_is_written_over(tmp_path: Path, ledger: Room) -> None:
    with open_database(tmp_path / "kvit.db", [ledger]) as db:
        db.backup(tmp_path / "saved.db")
        with pytest.raises(BackupError, match="already there"):
            db.backup(tmp_path / "saved.db")
        with pytest.raises(BackupError, match="failed"):
            db.backup(tmp_path / "no folder" / "saved.db")


@pytest.mark.parametrize("database", ["postgres"], indirect=True)
def test_postgres_names_its_own_tools(database: OpenDatabase, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="pg_dump"):
        database().backup(tmp_path / "saved")


@pytest.mark.parametrize("data", [b"", b"7", b"no data base at all" * 999, bytes(range(256)) * 64], ids=len)
def test_what_is_no_backup_is_said_in_words(tmp_path: Path, ledger: Room, data: bytes) -> None:
    (tmp_path / "saved.db").write_bytes(data)
    with open_database(tmp_path / "kvit.db", [ledger]) as db:
        db.write_now(enter, 1)
    with pytest.raises(BackupError, match=r"no Kvit backup.*saved\.db.*copy it again"):
        restore(tmp_path / "saved.db", tmp_path / "kvit.db")
    with open_database(tmp_path / "kvit.db", [ledger]) as db:
        assert db.read_now(entries) == [1]


@pytest.mark.parametrize("left_bytes", [50, 100, 4096, 5000, 20_000])
def test_a_backup_cut_short_is_said_in_words(tmp_path: Path, ledger: Room, left_bytes: int) -> None:
    with open_database(tmp_path / "kvit.db", [ledger]) as db:
        for n in range(20):
            db.write_now(enter, n)
        db.backup(tmp_path / "saved.db")
    os.truncate(tmp_path / "saved.db", left_bytes)
    with pytest.raises(BackupError, match=r"(no Kvit backup|is not whole).*saved\.db.*copy it again|is not whole"):
        restore(tmp_path / "saved.db", tmp_path / "kvit.db")
    with open_database(tmp_path / "kvit.db", [ledger]) as db:
        assert db.read_now(entries) == list(range(20))
    assert not list(tmp_path.glob("*.part")) + list(tmp_path.glob("*.restoring"))
