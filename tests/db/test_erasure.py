"""What a verb erased can not be found in the bytes: not in the file, not in its log, not in a backup."""

from __future__ import annotations

import time
from pathlib import Path

import apsw
import pytest

from kvit.db import ERASED, Database, Room, Tx, open_database
from kvit.db.sqlite import open_reader

SECRET = "quicksilver-marmalade"
ROOM = """CREATE TABLE shelf (id INTEGER PRIMARY KEY, word TEXT NOT NULL, body BLOB NOT NULL) STRICT;
CREATE INDEX shelf_by_word ON shelf (word);"""


@pytest.fixture
def room(tmp_path: Path) -> Room:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "0001_shelf.sqlite.sql").write_text(ROOM)
    return Room("shelf", folder)


def put(tx: Tx, id_: int, word: str) -> None:
    tx.run("INSERT INTO shelf VALUES ($1, $2, $3)", id_, f"{word}-{id_}", f"{word} ".encode() * 2000)


def erase(tx: Tx, id_: int, told: bool = True) -> None:
    tx.run("DELETE FROM shelf WHERE id = $1", id_)
    if told:
        tx.tell(ERASED)


def hits(folder: Path, word: str = SECRET) -> list[str]:
    files = [file for file in folder.iterdir() if file.is_file()]
    return sorted(file.name for file in files if word.encode() in file.read_bytes())


def filled(path: Path, room: Room) -> Database:
    db = open_database(path, [room])
    for id_ in range(20):
        db.write_now(put, id_, "plain")
    db.write_now(put, 20, SECRET)
    return db


def test_nothing_is_left_in_file_log_and_backup(tmp_path: Path, room: Room) -> None:
    with filled(tmp_path / "kvit.db", room) as db:
        assert hits(tmp_path)
        db.write_now(erase, 20)
        assert hits(tmp_path) == []
        db.backup(tmp_path / "copy.db")
        assert hits(tmp_path) == []
        assert hits(tmp_path, "plain") == ["copy.db", "kvit.db"]
    assert hits(tmp_path) == []


def test_a_reader_that_needs_the_log_only_delays_it(tmp_path: Path, room: Room) -> None:
    with filled(tmp_path / "kvit.db", room) as db:
        reader = open_reader(tmp_path / "kvit.db")
        reader.execute("BEGIN").fetchall()
        reader.execute("SELECT count(*) FROM shelf").fetchall()
        db.write_now(erase, 20)
        assert hits(tmp_path)
        db.write_now(put, 30, "plain")
        reader.execute("COMMIT").fetchall()
        reader.close()
        until = time.monotonic() + 60
        while hits(tmp_path) and time.monotonic() < until:
            time.sleep(0.05)
        assert hits(tmp_path) == []
        assert db.read_now(lambda tx: tx.one("SELECT count(*) FROM shelf")) == (21,)


def test_a_shop_that_stopped_in_between_cleans_up_when_it_starts(tmp_path: Path, room: Room) -> None:
    whole, left = tmp_path / "whole", tmp_path / "left"
    whole.mkdir()
    left.mkdir()
    db = filled(whole / "kvit.db", room)
    db.write_now(erase, 20, False)
    for name in ("kvit.db", "kvit.db-wal"):
        (left / name).write_bytes((whole / name).read_bytes())
    db.close()
    assert "kvit.db-wal" in hits(left)
    with open_database(left / "kvit.db", [room]) as again:
        again.write_now(put, 31, "plain")
        assert hits(left) == []


def test_every_writer_overwrites_what_it_deletes(tmp_path: Path, room: Room) -> None:
    with filled(tmp_path / "kvit.db", room) as db:
        found = db.write_now(lambda tx: tx.one("PRAGMA secure_delete"))
        assert found == (1,)
    assert apsw.Connection(str(tmp_path / "kvit.db")).pragma("freelist_count") == 0
