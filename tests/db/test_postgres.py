"""What is PostgreSQL's own: reruns, lost answers to COMMIT, a listener whose line is cut."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from kvit.db import EVERYTHING, Database, DatabaseError, Room, Tx, UnsafeDatabase, open_database
from tests.databases import OpenDatabase

psycopg = pytest.importorskip("psycopg")
pytestmark = [pytest.mark.service, pytest.mark.parametrize("database", ["postgres"], indirect=True)]


@pytest.fixture
def accounts(tmp_path: Path) -> Room:
    (tmp_path / "0001_account.postgres.sql").write_text(
        "CREATE TABLE account (id BIGINT PRIMARY KEY, n BIGINT NOT NULL);\n"
        "INSERT INTO account VALUES (1, 0), (2, 0);\nCREATE TABLE entry (key TEXT NOT NULL);"
    )
    return Room("account", tmp_path)


def total(tx: Tx) -> int:
    row = tx.one("SELECT sum(n) FROM account")
    assert row is not None
    return int(row[0])


def entries(tx: Tx) -> list[str]:
    return [key for (key,) in tx.all("SELECT key FROM entry ORDER BY key")]


def enter(tx: Tx, key: str) -> int:
    return tx.run("INSERT INTO entry VALUES ($1)", key)


async def test_a_deadlock_is_run_again(database: OpenDatabase, accounts: Room) -> None:
    db = database(accounts)
    both = threading.Barrier(2)
    runs: list[int] = []

    def move(tx: Tx, first: int, second: int) -> None:
        runs.append(first)
        tx.run("UPDATE account SET n = n + 1 WHERE id = $1", first)
        if len(runs) <= 2:
            both.wait(30)
        tx.run("UPDATE account SET n = n + 1 WHERE id = $1", second)

    await asyncio.gather(db.write(move, 1, 2), db.write(move, 2, 1))
    assert await db.read(total) == 4
    assert len(runs) >= 3  # PostgreSQL may choose a victim more than once


async def test_a_back_end_that_dies_before_commit_is_run_again(database: OpenDatabase, accounts: Room) -> None:
    db = database(accounts)
    runs: list[int] = []

    def die_once(tx: Tx) -> str:
        enter(tx, "a")
        runs.append(1)
        if len(runs) == 1:
            tx.one("SELECT pg_terminate_backend(pg_backend_pid())")
        return "done"

    assert await db.write(die_once) == "done"
    assert await db.read(entries) == ["a"]
    assert len(runs) == 2


class Proxy:
    """A line to the server that can be cut when the client's bytes hold a word, before or after they are passed on."""

    def __init__(self, host: str, port: int) -> None:
        self.server = (host, port)
        self.cut: Callable[[bytes], str] = lambda data: ""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listening.accept()
            except OSError:
                return
            server = socket.create_connection(self.server)
            threading.Thread(target=self._pass, args=(client, server, True), daemon=True).start()
            threading.Thread(target=self._pass, args=(server, client, False), daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket, from_client: bool) -> None:
        try:
            while data := source.recv(65536):
                when = self.cut(data) if from_client else ""
                if when != "before":
                    target.sendall(data)
                if when == "after":
                    source.shutdown(socket.SHUT_RDWR)
                    threading.Event().wait(0.2)  # the server has read COMMIT; its answer finds nobody
                if when:
                    break
        except OSError:
            pass
        for end in (source, target):
            end.close()


@pytest.fixture
def proxied(database: OpenDatabase, accounts: Room) -> Iterator[tuple[Database, Proxy]]:
    """The test's data base through a line that can be cut."""
    parts = urlsplit(str(database.url))
    host = parts.hostname or parse_qs(parts.query).get("host", [""])[0]
    if not host or host.startswith("/"):
        pytest.skip("the server is reached by a local socket, which this line does not imitate")
    proxy = Proxy(host, parts.port or 5432)
    user = f"{parts.username}:{parts.password}@" if parts.password else f"{parts.username}@"
    url = parts._replace(netloc=f"{user}127.0.0.1:{proxy.port}").geturl()
    with open_database(url, [accounts]) as db:
        yield db, proxy
    proxy.close()


@pytest.mark.parametrize("when", ["before", "after"])
async def test_a_lost_answer_to_commit_is_settled(proxied: tuple[Database, Proxy], when: str) -> None:
    db, proxy = proxied
    cuts: list[bytes] = []
    for n in range(6):
        armed = threading.Event()

        def cut(data: bytes, armed: threading.Event = armed) -> str:
            if b"COMMIT\0" not in data or armed.is_set():
                return ""
            armed.set()
            cuts.append(data)
            return when

        proxy.cut = cut
        assert await db.write(enter, f"k{n}") == 1
    proxy.cut = lambda data: ""
    assert await db.read(entries) == [f"k{n}" for n in range(6)]
    assert len(cuts) == 6


def cut_the_listener(tx: Tx) -> None:
    cut = tx.all(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'kvit' AND query LIKE 'LISTEN%' || current_schema() || '%'"
    )
    assert cut


async def test_a_listener_whose_line_is_cut_hears_everything(database: OpenDatabase, accounts: Room) -> None:
    db = database(accounts)
    with db.listen("entry") as told:
        await db.write(lambda tx: tx.tell("entry", "a"))
        assert await anext(told) == "a"
        await db.read(cut_the_listener)
        assert await anext(told) == EVERYTHING
        await db.write(lambda tx: tx.tell("entry", "b"))
        assert await anext(told) == "b"


async def test_two_processes_hear_each_other(database: OpenDatabase, accounts: Room) -> None:
    one, two = database(accounts), database(accounts)
    with two.listen("entry") as told:
        await one.write(lambda tx: tx.tell("entry", "가"))
        assert await anext(told) == "가"


def test_rows_of_dead_sessions_are_removed(database: OpenDatabase, accounts: Room) -> None:
    db = database(accounts)
    db.write_now(lambda tx: tx.run("INSERT INTO entry VALUES ('a')"))
    assert db.read_now(lambda tx: tx.one("SELECT count(*) FROM kvit_session")) != (0,)
    db.close()
    with psycopg.connect(database.url) as connection:
        assert connection.execute("SELECT count(*) FROM kvit_session").fetchone() == (0,)


def test_rows_of_sessions_that_died_long_ago_are_swept(database: OpenDatabase, accounts: Room) -> None:
    db = database(accounts)
    db.write_now(lambda tx: tx.run("INSERT INTO kvit_session VALUES ('dead', 5, 0)"))
    db.write_now(lambda tx: tx.run("UPDATE kvit_session SET started_at = 0"))
    other = database(accounts)
    rows = other.read_now(lambda tx: [row[0] for row in tx.all("SELECT id FROM kvit_session")])
    assert rows
    assert "dead" not in rows


def test_a_server_that_acknowledges_before_it_flushes_is_refused(database: OpenDatabase) -> None:
    url = f"{database.url}%20-csynchronous_commit%3Doff"
    with pytest.raises(UnsafeDatabase, match="synchronous_commit = off"):
        open_database(url)


def test_a_server_that_is_not_there(database: OpenDatabase) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(DatabaseError, match="can not be reached"):
        open_database(f"postgresql://nobody@127.0.0.1:{port}/none")


def test_the_doctor_is_told(database: OpenDatabase) -> None:
    facts = database().describe()
    assert (facts["engine"], facts["fsync"], facts["synchronous_commit"]) == ("PostgreSQL", "on", "on")
