"""Power cuts: what was acknowledged is there, the chain holds, the file is whole.

A few hundred cuts run each time; ``KVIT_POWER_CUTS=20000`` runs more, ``KVIT_POWER_SEED`` another series. A kill -9
can not show this (the kernel keeps what a dead process wrote): WAL with ``synchronous=NORMAL`` passes any number of
kills. So two controls must turn red: NORMAL, and a disk that lies about flushing.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import hashlib
import os
import random
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from kvit.db import Tx, sqlite
from kvit.db.job import Job
from kvit.db.listen import Hub
from kvit.db.sqlite_engine import migrate
from kvit.db.sqlite_writer import Writer
from tests.db.power import Disk, write_images

CUTS = int(os.environ.get("KVIT_POWER_CUTS", "300"))
CONTROL_CUTS = 60
SEED = int(os.environ.get("KVIT_POWER_SEED", "1"))
GROUPS = 40


def enter(tx: Tx, n: int) -> int:
    """One link of a chain, a counter, and enough text to fill pages."""
    row = tx.one("SELECT hash FROM entry ORDER BY n DESC LIMIT 1")
    before = row[0] if row else ""
    tx.run(
        "INSERT INTO entry VALUES ($1, $2, $3)",
        n,
        hashlib.sha256(f"{before}{n}".encode()).hexdigest(),
        "x" * (n % 7 * 600),
    )
    tx.run("UPDATE head SET n = n + 1")
    return n


TABLES = """CREATE TABLE entry (n INTEGER PRIMARY KEY, hash TEXT NOT NULL, body TEXT NOT NULL) STRICT;
CREATE TABLE head (n INTEGER NOT NULL) STRICT; INSERT INTO head VALUES (0); PRAGMA wal_autocheckpoint = 8"""


@pytest.fixture(autouse=True)
def _exclusive() -> Iterator[None]:
    """A disk in memory has no shared memory for the log's index: the one connection works alone."""

    def alone(connection: apsw.Connection) -> None:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()

    apsw.connection_hooks.append(alone)
    yield
    apsw.connection_hooks.remove(alone)


def run_until_cut(disk: Disk, file: Path, chance: random.Random, setting: str | None) -> int:
    """Write until the power goes; give how many entries were acknowledged."""
    writer = Writer(lambda: sqlite.open_writer(file, disk.label), Hub())
    migrate(writer.connection, [], 0)
    sqlite.script(writer.connection, TABLES)
    if setting is not None:
        sqlite.script(writer.connection, setting)
    writer.start()
    disk.cut_after = disk.operations + chance.randrange(1, 400)
    acknowledged = n = 0
    for _ in range(GROUPS):
        group = []
        for _ in range(chance.randrange(1, 5)):
            n += 1
            future: concurrent.futures.Future[int] = concurrent.futures.Future()
            writer.submit(Job(enter, (n,), {}, future, None))
            group.append(future)
        for future in group:
            if future.exception() is None:
                acknowledged = future.result()
    writer.close()
    return acknowledged


def verdict(file: Path, acknowledged: int) -> str:
    """Say what is wrong with what is left, ``""`` when nothing is."""
    if not file.exists():
        return "lost: the file" if acknowledged else ""
    connection = apsw.Connection(str(file))
    try:
        if connection.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
            return "corrupt"
        entries = connection.execute("SELECT n, hash FROM entry ORDER BY n").fetchall()
        counter = connection.execute("SELECT n FROM head").fetchall()
    except apsw.Error as error:
        return f"unreadable: {error}"
    finally:
        connection.close()
    before = ""
    for place, (n, digest) in enumerate(entries, 1):
        if n != place or digest != hashlib.sha256(f"{before}{n}".encode()).hexdigest():
            return f"chain broken at {place}"
        before = str(digest)
    if counter != [(len(entries),)]:
        return f"counter {counter} of {len(entries)}"
    return f"lost: {acknowledged - len(entries)} acknowledged" if len(entries) < acknowledged else ""


def series(cuts: int, folder: Path, setting: str | None = None, lies: bool = False) -> list[str]:
    """Run so many cuts; give what went wrong, each with the source that shows it again."""
    wrong = []
    for source in range(SEED * 1_000_000, SEED * 1_000_000 + cuts):
        chance = random.Random(source)
        disk = Disk(lies)
        acknowledged = run_until_cut(disk, folder / "kvit.db", chance, setting)
        said = verdict(write_images(disk.after_the_cut(chance), folder), acknowledged)
        disk.unregister()
        if said:
            wrong.append(f"{source}: {said}")
    return wrong


def test_nothing_acknowledged_is_lost_in_a_power_cut(tmp_path: Path) -> None:
    assert series(CUTS, tmp_path) == []


def test_a_cut_while_the_file_is_made_leaves_one_that_opens(tmp_path: Path) -> None:
    made = tmp_path / "made"
    made.mkdir()
    for source in range(CUTS // 3):
        chance = random.Random(source)
        disk = Disk()
        disk.cut_after = chance.randrange(1, 60)
        with contextlib.suppress(apsw.Error):
            connection = sqlite.open_writer(tmp_path / "kvit.db", disk.label)
            with contextlib.suppress(apsw.Error):
                migrate(connection, [], 0)
            connection.close()
        file = write_images(disk.after_the_cut(chance), made)
        disk.unregister()
        again = sqlite.open_writer(file)
        migrate(again, [], 0)
        assert again.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        again.close()


def test_control_normal_loses_commits(tmp_path: Path) -> None:
    wrong = series(CONTROL_CUTS, tmp_path, setting="PRAGMA synchronous = NORMAL")
    assert any("lost" in said for said in wrong), "the cuts would not notice a missing flush"


def test_control_a_lying_disk_loses_or_spoils(tmp_path: Path) -> None:
    assert len(series(CONTROL_CUTS, tmp_path, lies=True)) > CONTROL_CUTS // 10
