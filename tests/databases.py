"""A data base for a test, once on SQLite and once on PostgreSQL.

The fixture `database` opens one with the tables of the rooms that are named, and closes and removes it afterwards::

    async def test_keeping(database: OpenDatabase) -> None:
        db = database("kvit.receipt", "kvit.access")
        await db.write(service.keep, ...)

    def test_without_a_loop(database: OpenDatabase) -> None:
        assert database("kvit.receipt").write_now(service.keep, ...) == ...

Import the type for the signature: ``from tests.databases import OpenDatabase``. Called with no room it has no tables but
Kvit's own; a `kvit.db.Room` with a folder of its own migrations is taken too. ``database.kind`` is ``"sqlite"`` or
``"postgres"``.

PostgreSQL is found by ``KVIT_TEST_POSTGRES`` (an address), else on 127.0.0.1:5432 and the local socket without a
password. Each test works in a schema of its own, dropped at its end. Without a server those tests are skipped, visibly;
they carry the mark ``service``.
"""

from __future__ import annotations

import functools
import os
import uuid
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from urllib.parse import quote

import pytest

from kvit.db import Database, Room, open_database

CANDIDATES = (
    "postgresql://postgres@127.0.0.1:5432/test",
    "postgresql://postgres@127.0.0.1:5432/postgres",
    "postgresql:///test",
    "postgresql:///postgres",
)


class OpenDatabase:
    """Opens data bases on one engine for one test; ``again`` opens the same one after it was closed."""

    def __init__(self, kind: str, url: str | Path) -> None:
        self.kind = kind
        self.url = url
        self.opened: list[Database] = []

    def __call__(self, *rooms: str | ModuleType | Room) -> Database:
        """Open the test's data base with the tables of some rooms."""
        db = open_database(self.url, rooms=rooms)
        self.opened.append(db)
        return db

    def close(self) -> None:
        """Close all that was opened."""
        for db in self.opened:
            db.close()


@functools.cache
def postgres_server() -> str | None:
    """Find a server that lets us in; None where there is none."""
    try:
        import psycopg
    except ImportError:
        return None
    given = os.environ.get("KVIT_TEST_POSTGRES")
    for url in (given,) if given else CANDIDATES:
        try:
            psycopg.connect(url, connect_timeout=3).close()
        except psycopg.Error:
            continue
        return url
    return None


def postgres_schema(server: str) -> Iterator[str]:
    """Make a schema, give the address that works in it, drop it."""
    import psycopg
    from psycopg import sql

    schema = f"kvit_{uuid.uuid4().hex[:12]}"
    name = sql.Identifier(schema)
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE SCHEMA {}").format(name))
        try:
            yield f"{server}{'&' if '?' in server else '?'}options={quote(f'-csearch_path={schema}')}"
        finally:
            connection.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(name))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.service)])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OpenDatabase]:
    """Open data bases for this test, once on each engine; see this file's opening for how to use it."""
    if request.param == "sqlite":
        opener = OpenDatabase("sqlite", tmp_path / "kvit.db")
        yield opener
        opener.close()
        return
    server = postgres_server()
    if server is None:
        pytest.skip("no PostgreSQL server was found (KVIT_TEST_POSTGRES names one)")
    for url in postgres_schema(server):
        opener = OpenDatabase("postgres", url)
        yield opener
        opener.close()
