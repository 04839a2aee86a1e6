"""Bytes to stored and visible: tills print through a running shop, the clock stops when a reader sees every receipt.

    python -m bench.stored [--receipts 6000] [--tills 8] [--rounds 3]

The whole way as shipped: till's socket, line process, virtual printer, capture, boundaries, parse, play, read, mask, store
with its full durability. Each round is a new shop on an empty folder. The clock runs from the first byte sent to the last
receipt seen by another connection to the data base; afterwards the staff's API must list them all. What the shop calls to
its help at the first backlog is started within that time. The processor time of each process, per receipt, is noted: other
work on the machine changes it less than the clock. "Intake alone" is the same without tills,
relay and printer: printouts handed to the shop's intake in one process.

Peer: a print server as one writes it first (Flask, sqlite3, one commit a receipt, as durable, served by waitress). It
keeps the bytes and nothing else.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import http.client
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path

from bench import material, peers
from bench.figure import KVIT, Row, in_turn, table
from bench.shop import ENV, Shop, free_port
from tests.databases import postgres_schema, postgres_server

GOAL = 1_000
PROFILES = (("profile named", "TM-T88V"), ("profile unknown", ""))
GIVE_UP_S = 300
IN_FLIGHT = 64
SEEDS = count(1)
"""Every round prints other receipts."""
FLASK = """
import sqlite3, sys, threading
from flask import Flask, request
from waitress import serve
app, lock = Flask("shop"), threading.Lock()
books = sqlite3.connect(sys.argv[2], check_same_thread=False)
books.execute("PRAGMA journal_mode = WAL")
books.execute("PRAGMA synchronous = FULL")
books.execute("CREATE TABLE receipt (n INTEGER PRIMARY KEY, raw BLOB NOT NULL)")
@app.post("/")
def take():
    with lock, books:
        books.execute("INSERT INTO receipt (raw) VALUES (?)", (request.data,))
    return "", 204
serve(app, host="127.0.0.1", port=int(sys.argv[1]), threads=8, _quiet=True)
"""


def through_the_shop(receipts: int, tills: int, profile: str, spent: list[str]) -> float:
    """Receipts a second from the tills' first byte to the last receipt seen; ``spent`` gets the processor time of each."""
    streams = material.receipts(receipts, next(SEEDS))
    with tempfile.TemporaryDirectory() as name, Shop(Path(name), tills, profile) as shop:
        seen = shop.stored()
        before = shop.cpu_s()
        started = time.perf_counter()
        printing = [
            threading.Thread(target=_print, args=(port, streams[n::tills])) for n, port in enumerate(shop.till_ports)
        ]
        for till in printing:
            till.start()
        while (found := next(seen)) < receipts:
            assert time.perf_counter() - started < GIVE_UP_S, f"{found} of {receipts} receipts after {GIVE_UP_S} s"
            time.sleep(0.02)
        took = time.perf_counter() - started
        for till in printing:
            till.join()
        used = {name: cpu_s - before.get(name, 0.0) for name, cpu_s in shop.cpu_s().items()}
        spent.append(", ".join(f"{name} {cpu_s * 1000 / receipts:.2f}" for name, cpu_s in sorted(used.items())))
        listed = shop.listed()
        assert listed == receipts, f"{listed} listed, {receipts} printed"
    return receipts / took


def _print(port: int, streams: Sequence[bytes]) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=GIVE_UP_S) as till:
        for stream in streams:
            till.sendall(stream)
        till.shutdown(socket.SHUT_WR)
        while till.recv(4096):
            pass


def through_the_intake(receipts: int, profile: str, postgres: str = "") -> float:
    """Receipts a second through the shop's intake alone, into SQLite or into a new schema of a PostgreSQL server."""
    streams = material.receipts(receipts, next(SEEDS))
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner, tempfile.TemporaryDirectory() as name:
        if not postgres:
            return runner.run(_take_in(Path(name) / "kvit.db", streams, profile))
        with contextlib.contextmanager(postgres_schema)(postgres) as url:
            return runner.run(_take_in(url, streams, profile))


async def _take_in(books: Path | str, streams: Sequence[bytes], profile: str) -> float:
    from kvit.app.digester import Digester
    from kvit.app.intake import Intake
    from kvit.app.rooms import MIGRATIONS
    from kvit.db import open_database
    from kvit.relay.reading import Printout
    from kvit.relay.settings import LineSettings

    line = LineSettings("till", "tcp://127.0.0.1:1", "tcp://127.0.0.1:2", profile)
    with open_database(books, MIGRATIONS) as db:
        digester = Digester()
        intake = Intake(db, "bench", digester, lambda name, values: None)
        found = iter([Printout("till", n, raw, b"", 0, n, "till", "cut") for n, raw in enumerate(streams)])

        async def one_at_a_time() -> None:
            for printout in found:
                await intake.take(printout, line)

        started = time.perf_counter()
        await asyncio.gather(*(one_at_a_time() for _ in range(8 * IN_FLIGHT)))
        took = time.perf_counter() - started
        await digester.close()
        rows = await db.read(lambda tx: tx.one("SELECT count(*) FROM receipt"))
        assert rows is not None
        assert rows[0] == len(streams)
    return len(streams) / took


def through_flask(receipts: int, clients: int, packages: Path) -> float:
    """Receipts a second into the peer."""
    streams = material.receipts(receipts, next(SEEDS))
    port = free_port()
    env = {**ENV, "PYTHONPATH": str(packages)}
    with tempfile.TemporaryDirectory() as name:
        command = [sys.executable, "-c", FLASK, str(port), str(Path(name) / "flask.db")]
        with subprocess.Popen(command, env=env, stderr=subprocess.DEVNULL) as server:
            try:
                _await(port)
                started = time.perf_counter()
                posting = [threading.Thread(target=_post, args=(port, streams[n::clients])) for n in range(clients)]
                for client in posting:
                    client.start()
                for client in posting:
                    client.join()
                return receipts / (time.perf_counter() - started)
            finally:
                server.terminate()


def _await(port: int) -> None:
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.02)


def _post(port: int, streams: Sequence[bytes]) -> None:
    server = http.client.HTTPConnection("127.0.0.1", port)
    for stream in streams:
        server.request("POST", "/", stream)
        assert server.getresponse().read() == b""
    server.close()


def rows(receipts: int = 6000, tills: int = 8, rounds: int = 3) -> list[Row]:
    """Measure all rows."""
    found = []
    packages = peers.flask()
    for name, profile in PROFILES:
        spent: list[str] = []
        contenders: dict[str, Callable[[], float]] = {
            KVIT: lambda profile=profile, spent=spent: through_the_shop(receipts, tills, profile, spent)  # type: ignore[misc]
        }
        if packages is not None and profile:
            contenders["Flask + sqlite3, keeps bytes only"] = lambda: through_flask(receipts // 4, tills, packages)
        figures = in_turn(contenders, rounds)
        note = f"Stored and visible, {name}: processor time per receipt in the last round, ms: {spent[-1]}."
        found.append(Row(f"bytes → stored and visible, {name}", "receipts/s", figures, GOAL, notes=[note]))
        alone = {KVIT: lambda profile=profile: through_the_intake(receipts, profile)}
        if profile and (server := postgres_server()) is not None:
            alone["PostgreSQL"] = lambda profile=profile: through_the_intake(receipts, profile, server)
        found.append(Row(f"the intake alone, {name}", "receipts/s", in_turn(alone, rounds), GOAL))
    return found


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--receipts", type=int, default=6000)
    options.add_argument("--tills", type=int, default=8)
    options.add_argument("--rounds", type=int, default=3)
    given = options.parse_args()
    measured = rows(given.receipts, given.tills, given.rounds)
    print(table(measured), *(f"\n{note}" for row in measured for note in row.notes))


if __name__ == "__main__":
    main()
