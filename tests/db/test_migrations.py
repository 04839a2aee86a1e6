"""Migrations: applied once, in order, all or none; refused when changed or missing."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from kvit.db import DatabaseError, MigrationError, Room, Tx, open_database
from kvit.db.migrations import Migration, pending, read
from tests.databases import OpenDatabase


def room(folder: Path, name: str, *texts: str) -> Room:
    """Write a room's files for both engines."""
    place = folder / name
    place.mkdir(exist_ok=True)
    for number, text in enumerate(texts, 1):
        for engine in ("sqlite", "postgres"):
            (place / f"{number:04}_step.{engine}.sql").write_bytes(text.encode())
    return Room(name, place)


def applied(tx: Tx) -> list[tuple[object, ...]]:
    return tx.all("SELECT room, number, name FROM kvit_migration ORDER BY room, number")


def test_each_is_applied_once_and_new_ones_follow(database: OpenDatabase, tmp_path: Path) -> None:
    one = room(tmp_path, "one", "CREATE TABLE a (n INTEGER); INSERT INTO a VALUES (1);")
    database(one).close()
    room(tmp_path, "one", "CREATE TABLE a (n INTEGER); INSERT INTO a VALUES (1);", "INSERT INTO a VALUES (2);")
    two = room(tmp_path, "two", "CREATE TABLE b AS SELECT n + 1 AS m FROM a;")
    db = database(one, two)
    assert db.read_now(lambda tx: tx.all("SELECT n FROM a ORDER BY n")) == [(1,), (2,)]
    assert db.read_now(lambda tx: tx.all("SELECT m FROM b ORDER BY m")) == [(2,), (3,)]
    assert db.read_now(applied) == [("one", 1, "step"), ("one", 2, "step"), ("two", 1, "step")]


def test_who_waits_hears_before_books_are_changed_and_never_else(database: OpenDatabase, tmp_path: Path) -> None:
    told: list[int] = []
    texts = ["CREATE TABLE a (n INTEGER);", "INSERT INTO a VALUES (1);", "INSERT INTO a VALUES (2);"]
    for count in (1, 1, 3, 3):
        one = room(tmp_path, "one", *texts[:count])
        open_database(database.url, [one], preparing=told.append).close()
    assert told == [2]


def test_a_start_without_migrations_reads_no_rows(tmp_path: Path) -> None:
    """The check of what points to what reads every row: it belongs to a migration, not to every start."""
    one = room(tmp_path, "one", "CREATE TABLE a (n INTEGER PRIMARY KEY); CREATE TABLE b (a INTEGER REFERENCES a (n));")
    path = tmp_path / "kvit.db"
    open_database(path, [one]).close()
    with apsw.Connection(str(path)) as connection:
        connection.execute("INSERT INTO b VALUES (7)")  # points to nothing, as no verb of ours could write it
    connection.close()
    open_database(path, [one]).close()
    room(
        tmp_path,
        "one",
        "CREATE TABLE a (n INTEGER PRIMARY KEY); CREATE TABLE b (a INTEGER REFERENCES a (n));",
        "SELECT 1;",
    )
    with pytest.raises(DatabaseError, match="1 rows point to nothing"):
        open_database(path, [one])


def test_a_changed_or_missing_migration_is_refused(database: OpenDatabase, tmp_path: Path) -> None:
    texts = ["CREATE TABLE a (n INTEGER);", "INSERT INTO a VALUES (1);"]
    one = room(tmp_path, "one", *texts)
    database(one).close()
    room(tmp_path, "one", texts[0], "INSERT INTO a VALUES (2);")
    with pytest.raises(MigrationError, match="one/0002_step is not the one"):
        database(one)
    for file in (tmp_path / "one").glob("0002*"):
        file.unlink()
    with pytest.raises(MigrationError, match="newer Kvit: it knows one/0002_step"):
        database(one)
    room(tmp_path, "one", *texts)
    assert database(one).read_now(lambda tx: tx.all("SELECT n FROM a")) == [(1,)]


def test_a_failing_one_leaves_everything_as_it_was(database: OpenDatabase, tmp_path: Path) -> None:
    one = room(tmp_path, "one", "CREATE TABLE a (n INTEGER);")
    database(one).close()
    two = room(tmp_path, "two", "CREATE TABLE b (n INTEGER);", "INSERT INTO nowhere VALUES (1);")
    with pytest.raises(MigrationError, match="two/0002_step failed; nothing was changed"):
        database(one, two)
    assert database(one).read_now(applied) == [("one", 1, "step")]
    room(tmp_path, "two", "CREATE TABLE b (n INTEGER);", "INSERT INTO b VALUES (1);")
    for db in database.opened:
        db.close()
    assert database(one, two).read_now(lambda tx: tx.all("SELECT n FROM b")) == [(1,)]


def test_a_room_that_is_no_longer_listed_is_left_alone(database: OpenDatabase, tmp_path: Path) -> None:
    one, two = (
        room(tmp_path, "one", "CREATE TABLE a (n INTEGER);"),
        room(tmp_path, "two", "CREATE TABLE b (n INTEGER);"),
    )
    database(one, two).close()
    assert database(one).read_now(lambda tx: tx.all("SELECT n FROM b")) == []


@pytest.mark.parametrize(
    "names", [["0002_x.sqlite.sql"], ["0001_x.sqlite.sql", "0003_x.sqlite.sql"], ["1_x.sqlite.sql"], []]
)
def test_numbers_have_no_gap(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_text("SELECT 1;")
    with pytest.raises(MigrationError, match="not 1, 2, 3"):
        read([Room("x", tmp_path)], "sqlite")


def test_a_room_without_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MigrationError, match="no folder of migrations"):
        read([Room("x", tmp_path / "none")], "sqlite")


def test_a_package_is_found_by_its_name() -> None:
    with pytest.raises(MigrationError, match="The room db has no folder"):
        read(["kvit.db"], "sqlite")


def test_line_ends_do_not_count(tmp_path: Path) -> None:
    windows = read([room(tmp_path, "w", "SELECT 1;\r\nSELECT 2;\r\n")], "sqlite")
    posix = read([room(tmp_path, "p", "SELECT 1;\nSELECT 2;\n")], "sqlite")
    assert windows[0].sha256 == posix[0].sha256


def test_pending_keeps_the_order() -> None:
    files = [Migration("a", 1, "x", "1"), Migration("a", 2, "y", "2"), Migration("b", 1, "z", "3")]
    done = [("a", 1, "x", files[0].sha256)]
    assert pending(files, done) == files[1:]
