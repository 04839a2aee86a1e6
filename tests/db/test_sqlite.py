"""What is SQLite's own: settings, versions, places of values, ownership of the file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import apsw
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.db import DatabaseInUse, Tx, UnsafeDatabase, open_database, sqlite
from kvit.db.lock import lock_path, take_lock
from kvit.db.tx import question_marks


@pytest.mark.parametrize(
    ("version", "sound"),
    [
        ((3, 6, 23), True),
        ((3, 7, 0), False),
        ((3, 40, 1), False),
        ((3, 44, 5), False),
        ((3, 44, 6), True),
        ((3, 45, 0), False),
        ((3, 50, 6), False),
        ((3, 50, 7), True),
        ((3, 51, 2), False),
        ((3, 51, 3), True),
        ((3, 54, 1), True),
    ],
)
def test_versions_with_the_wal_bug_are_not_sound(version: tuple[int, int, int], sound: bool) -> None:
    assert sqlite.sound_version(version) is sound


def test_an_unsound_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apsw, "sqlite_lib_version", lambda: "3.40.1")
    with pytest.raises(UnsafeDatabase, match=r"3\.40\.1"):
        open_database(tmp_path / "kvit.db")


def test_settings_that_lose_commits_are_refused() -> None:
    with pytest.raises(UnsafeDatabase, match="journal memory"):
        sqlite.check(apsw.Connection(":memory:"))


@pytest.mark.parametrize(
    ("text", "turned"),
    [
        ("SELECT $2, $1", "SELECT ?2, ?1"),
        ("SELECT $12 + $1", "SELECT ?12 + ?1"),
        ("SELECT '$1', \"$1\", 'it''s $1' -- $1\n, $1", "SELECT '$1', \"$1\", 'it''s $1' -- $1\n, ?1"),
        ("/* $1\n$2 */ SELECT $3", "/* $1\n$2 */ SELECT ?3"),
        ("SELECT 1", "SELECT 1"),
    ],
)
def test_places_of_values(text: str, turned: str) -> None:
    assert question_marks(text) == turned


@given(st.lists(st.integers(1, 9), min_size=1, max_size=12))
def test_values_in_any_order_and_twice(places: list[int]) -> None:
    values = tuple(range(100, 100 + max(places)))
    tx = sqlite.SqliteTx(apsw.Connection(":memory:"))
    row = tx.one("SELECT " + ", ".join(f"${place}" for place in places), *values)
    assert row == tuple(values[place - 1] for place in places)


def settings(tx: Tx) -> dict[str, object]:
    names = ("journal_mode", "synchronous", "foreign_keys", "query_only", "busy_timeout", "wal_autocheckpoint")
    return {name: (tx.one(f"PRAGMA {name}") or [None])[0] for name in names}


def test_the_settings_in_force(tmp_path: Path) -> None:
    with open_database(f"sqlite:///{tmp_path}/kvit.db") as db:
        shared = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": sqlite.BUSY_TIMEOUT_MS}
        assert db.write_now(settings) == shared | {"synchronous": 2, "query_only": 0, "wal_autocheckpoint": 1000}
        assert db.read_now(settings) == shared | {"synchronous": 2, "query_only": 1, "wal_autocheckpoint": 0}
        assert db.write_now(lambda tx: tx.one("PRAGMA journal_size_limit")) == (sqlite.WAL_LIMIT_BYTES,)


def test_the_log_stays_small(tmp_path: Path) -> None:
    with open_database(tmp_path / "kvit.db") as db:
        db.write_now(lambda tx: tx.all("CREATE TABLE t (body TEXT)"))
        for _ in range(60):
            db.write_now(lambda tx: tx.many("INSERT INTO t VALUES ($1)", [("x" * 4000,)] * 100))
        assert int(db.describe()["log_bytes"]) <= sqlite.WAL_LIMIT_BYTES
        assert int(db.describe()["size_bytes"]) > 60 * 100 * 4000


def test_another_programs_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "foreign.db"
    connection = apsw.Connection(str(file))
    connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    before = file.read_bytes()
    with pytest.raises(UnsafeDatabase, match="another program"):
        open_database(file)
    assert file.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["foreign.db", "foreign.db.lock"]


def test_a_second_opener_is_told_who_owns_the_file(tmp_path: Path) -> None:
    with open_database(tmp_path / "kvit.db"):
        with pytest.raises(DatabaseInUse, match=f"process {os.getpid()}") as caught:
            open_database(tmp_path / "kvit.db")
        assert caught.value.pid == os.getpid()
    with open_database(tmp_path / "kvit.db"):
        pass


OWNER = """
import sys
from pathlib import Path
from kvit.db.lock import take_lock
lock = take_lock(Path(sys.argv[1]))
print("owned", flush=True)
sys.stdin.read()
"""


WITHOUT_FCNTL = """
import sys
sys.modules.update(dict.fromkeys(("fcntl", "pty", "termios", "uvloop")))
from pathlib import Path
from kvit.db import open_database
with open_database(Path(sys.argv[1])) as db:
    print(db.kind)
"""


def test_it_opens_where_the_modules_of_unix_are_missing(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_FCNTL, str(tmp_path / "kvit.db")]
    done = subprocess.run(command, capture_output=True, check=True, env={**os.environ, "PYTHONPATH": "src"})
    assert done.stdout.strip() == b"sqlite"


def test_a_killed_owner_leaves_the_file_free(tmp_path: Path) -> None:
    file = tmp_path / "kvit.db"
    command = [sys.executable, "-c", OWNER, str(file)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": "src"}
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline().strip() == b"owned"
        with pytest.raises(DatabaseInUse) as caught:
            take_lock(file)
        assert caught.value.pid == owner.pid
        owner.kill()
    lock = take_lock(file)
    assert lock_path(file).read_text() == f"{os.getpid()}\n"
    lock.release()
    lock.release()


@pytest.mark.parametrize("content", [b"this is no data base" * 500, b"SQLite format 3\0" + b"\xff" * 8000])
def test_a_file_that_is_no_data_base_is_refused_with_a_sentence(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "kvit.db"
    file.write_bytes(content)
    with pytest.raises(UnsafeDatabase, match="kvit restore"):
        open_database(file)
    assert file.read_bytes() == content
