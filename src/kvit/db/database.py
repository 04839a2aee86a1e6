"""The one door to the data base: verbs go in, values come out.

``await db.write(verb, *values)`` runs ``verb(tx, *values)`` in a transaction and gives what it gave, once that is
durable; ``await db.read`` runs it in a snapshot that can not write. `write_now` and `read_now` do the same for
threads without an event loop (command line, tests, examples). A returned `Refusal` and an exception undo all the verb
wrote. Cancelling the wait does not undo: the verb may still be committed.

    db = open_database("kvit.db", rooms=["kvit.access", "kvit.receipt"])
    receipt = await db.write(service.keep, printout)
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from types import ModuleType
from typing import Concatenate, ParamSpec, Protocol, Self, TypeVar

from kvit.db import migrations
from kvit.db.backup import Progress
from kvit.db.errors import DatabaseError
from kvit.db.job import Job
from kvit.db.listen import Hub, Subscription
from kvit.db.migrations import Preparing, Room, nobody
from kvit.db.sqlite_engine import SqliteEngine
from kvit.db.tx import Tx

P = ParamSpec("P")
T = TypeVar("T")

POSTGRES_SCHEMES = ("postgresql://", "postgres://")


class Engine(Protocol):
    """What `Database` needs of an engine."""

    name: str
    hub: Hub

    def submit_write(self, job: Job) -> None:
        """Put a verb that may write in line."""

    def submit_read(self, job: Job) -> None:
        """Put a verb that only looks in line."""

    def backup(self, target: Path, progress: Progress | None) -> int:
        """Copy the data base to a file."""

    def describe(self) -> dict[str, str]:
        """Say what it is and how it is set, for the doctor."""

    def close(self) -> None:
        """Finish what is in line and let go of the file or the connections."""


class Database:
    """An open data base. Made by `open_database`; `close` it, or use it in ``with``."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    @property
    def kind(self) -> str:
        """``"sqlite"`` or ``"postgres"``."""
        return self.engine.name

    def write(self, verb: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Put a verb that may write in line; awaited, it gives the verb's value once it is durable (or its `Refusal`)."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self.engine.submit_write(Job(verb, args, kwargs, future, loop))
        return future

    def read(self, verb: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> asyncio.Future[T]:
        """Run a verb that only looks, in one snapshot; it sees every write awaited before."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self.engine.submit_read(Job(verb, args, kwargs, future, loop))
        return future

    def write_now(self, verb: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what `write` does and wait in this thread. Not for code on an event loop: it would stand still."""
        future: concurrent.futures.Future[T] = concurrent.futures.Future()
        self.engine.submit_write(Job(verb, args, kwargs, future, None))
        return future.result()

    def read_now(self, verb: Callable[Concatenate[Tx, P], T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Do what `read` does and wait in this thread."""
        future: concurrent.futures.Future[T] = concurrent.futures.Future()
        self.engine.submit_read(Job(verb, args, kwargs, future, None))
        return future.result()

    def listen(self, topic: str) -> Subscription:
        """Begin to listen to a topic, on the running event loop: an async iterator over the keys told from now on.

        The key `kvit.db.EVERYTHING` means that anything may have changed: look at the whole table.
        """
        return self.engine.hub.listen(topic)

    def backup(self, target: Path, progress: Progress | None = None) -> int:
        """Copy the data base, while it is in use, to a new file that is checked and flushed; give its size in bytes.

        It may take minutes: call it in a thread. Raises `kvit.db.BackupError`; on PostgreSQL always, naming ``pg_dump``.
        """
        return self.engine.backup(target, progress)

    def describe(self) -> dict[str, str]:
        """Give what ``kvit doctor`` shows: engine, version, place, size, durability settings, whether writing goes on."""
        return self.engine.describe()

    def close(self) -> None:
        """Finish what is in line, end the subscriptions, close the file or the connections. May be called twice."""
        self.engine.close()
        self.engine.hub.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def open_database(
    url: str | Path, rooms: Iterable[str | ModuleType | Room] = (), clock: Callable[[], float] = time.time,
    preparing: Preparing = nobody,
) -> Database:  # fmt: skip
    """Open (and where needed make) the data base and bring its tables up to date.

    ``url`` is a path, ``sqlite:///path`` or ``postgresql://…``; ``rooms`` are the packages whose migrations it holds,
    in the order they are applied; ``clock`` gives seconds since 1970 for the record of what was applied when;
    ``preparing`` hears before migrations are applied to books that are there already. Raises `kvit.db.DatabaseError` and
    its children.
    """
    hub = Hub()
    rooms = list(rooms)
    if isinstance(url, str) and url.startswith(POSTGRES_SCHEMES):
        try:
            from kvit.db.postgres_engine import PostgresEngine
        except ImportError as error:
            raise DatabaseError(
                "PostgreSQL is configured, but its client is not installed. Please run `./kvit extra postgres` once."
            ) from error

        return Database(PostgresEngine(url, migrations.read(rooms, "postgres"), hub, clock, preparing))
    path = Path(url.removeprefix("sqlite:///")) if isinstance(url, str) else url
    return Database(SqliteEngine(path, migrations.read(rooms, "sqlite"), hub, clock, preparing=preparing))
