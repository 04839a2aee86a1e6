"""Durable rows a second: one row of 0.9 kB a transaction, through the door every room uses, against commits one by one.

    python bench/db.py [--rows 40000] [--folder DIR] [--postgres ADDRESS]

All lines are measured in one run on one disk; ratios travel, absolute figures do not. The disk itself comes first: what a
lone write and flush cost is the floor under every lone commit.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import apsw

from kvit.db import Database, Room, Tx, open_database

BODY = "x" * 900
CALLERS = (1, 16, 64, 256)
LONE_ROWS = 2000

TABLES = {
    "sqlite": "CREATE TABLE receipt (id INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT",
    "postgres": "CREATE TABLE receipt (id BIGSERIAL PRIMARY KEY, body TEXT NOT NULL)",
}
INSERT = "INSERT INTO receipt (body) VALUES ($1)"


def keep(tx: Tx, body: str) -> int:
    return tx.run(INSERT, body)


def report(name: str, rows: int, seconds: float, waits_s: list[float] | None = None) -> None:
    line = f"{name:44} {rows / seconds:>10,.0f} rows/s"
    if waits_s:
        waits_s.sort()
        p99 = waits_s[int(len(waits_s) * 0.99)]
        line += f"   median {statistics.median(waits_s) * 1e3:7.2f} ms   p99 {p99 * 1e3:7.2f} ms"
    print(line, flush=True)


def disk(folder: Path) -> None:
    descriptor = os.open(folder / "flush", os.O_RDWR | os.O_CREAT)
    os.write(descriptor, bytes(1 << 20))
    begun = time.perf_counter()
    for n in range(LONE_ROWS):
        os.pwrite(descriptor, bytes(4096), (n % 256) * 4096)
        os.fdatasync(descriptor)
    report("the disk: write 4 KiB and flush", LONE_ROWS, time.perf_counter() - begun)
    os.close(descriptor)


def bare(name: str, connection: Any, together: int) -> None:
    """A library with nothing around it, so many rows in one commit."""
    for statement in (
        "PRAGMA journal_mode = WAL",
        "PRAGMA synchronous = FULL",
        TABLES["sqlite"].removesuffix(" STRICT"),
    ):
        connection.execute(statement).fetchall()
    execute = connection.cursor().execute
    begun = time.perf_counter()
    for _ in range(LONE_ROWS if together == 1 else LONE_ROWS // 10):
        execute("BEGIN IMMEDIATE")
        for _ in range(together):
            execute("INSERT INTO receipt (body) VALUES (?)", (BODY,))
        execute("COMMIT")
    report(name, LONE_ROWS if together == 1 else LONE_ROWS // 10 * together, time.perf_counter() - begun)
    connection.close()


async def callers(db: Database, count: int, rows: int) -> list[float]:
    waits_s: list[float] = []
    left = iter(range(rows))

    async def caller() -> None:
        for _ in left:
            begun = time.perf_counter()
            await db.write(keep, BODY)
            waits_s.append(time.perf_counter() - begun)

    await asyncio.gather(*(caller() for _ in range(count)))
    return waits_s


def measure(db: Database, rows: int) -> None:
    for count in CALLERS:
        some = LONE_ROWS if count == 1 else rows
        begun = time.perf_counter()
        waits_s = asyncio.run(callers(db, count, some))
        report(f"kvit.db on {db.kind}, {count} callers", some, time.perf_counter() - begun, waits_s)
    begun = time.perf_counter()
    for _ in range(LONE_ROWS):
        db.write_now(keep, BODY)
    report(f"kvit.db on {db.kind}, write_now", LONE_ROWS, time.perf_counter() - begun)


def measure_beside_work(db: Database, switch_s: float) -> None:
    """A thread that never rests beside the writer: what drawing does to four callers, by Python's switch interval."""
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(switch_s)
    stop = threading.Event()

    def busy() -> None:
        while not stop.is_set():
            sum(range(1000))

    thread = threading.Thread(target=busy)
    thread.start()
    begun = time.perf_counter()
    waits_s = asyncio.run(callers(db, 4, 200))
    report(f"  4 callers, a busy thread, {switch_s * 1e3:g} ms switches", 200, time.perf_counter() - begun, waits_s)
    stop.set()
    thread.join()
    sys.setswitchinterval(usual_s)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rows", type=int, default=40_000)
    options.add_argument(
        "--folder", type=Path, help="where to write (default: a new folder under the system's temporary one)"
    )
    options.add_argument(
        "--postgres", help="address of a PostgreSQL server with a data base to use; a table is made and dropped"
    )
    given = options.parse_args()
    with tempfile.TemporaryDirectory(dir=given.folder) as name:
        folder = Path(name)
        for engine, table in TABLES.items():
            (folder / f"0001_receipt.{engine}.sql").write_text(f"{table};")
        room = Room("bench", folder)
        disk(folder)
        for together in (1, 64):
            stdlib = sqlite3.connect(folder / f"a{together}.db", isolation_level=None)
            bare(f"sqlite3 {sqlite3.sqlite_version} alone, {together} a commit", stdlib, together)
            ours = apsw.Connection(str(folder / f"b{together}.db"))
            bare(f"apsw {apsw.sqlite_lib_version()} alone, {together} a commit", ours, together)
        with open_database(folder / "kvit.db", [room]) as db:
            measure(db, given.rows)
            for switch_s in (0.005, 0.0005):
                measure_beside_work(db, switch_s)
        if given.postgres:
            with open_database(given.postgres, [room]) as db:
                measure(db, given.rows // 4)
                db.write_now(lambda tx: tx.run("DROP TABLE receipt, kvit_migration, kvit_session CASCADE"))


if __name__ == "__main__":
    main()
