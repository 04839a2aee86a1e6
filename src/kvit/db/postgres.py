"""PostgreSQL through psycopg 3: the connection's settings, its `Tx`, its start-up check.

psycopg is the extra ``postgres``; this file is imported only when a ``postgresql://`` address is opened. The raw
cursor takes ``$1`` as it stands. Integers go out as 64 bit (psycopg would choose the smallest type, and ``$1 * 1000``
could overflow), ``bool`` as 0 or 1, and ``numeric`` sums of integers come back as ``int``: so rows are the same as
SQLite's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import errors
from psycopg.abc import Buffer
from psycopg.adapt import Dumper, Loader

from kvit.db.errors import ConstraintViolation, Contention, DatabaseError, DiskFull, UnsafeDatabase
from kvit.db.listen import Notice
from kvit.db.tx import Row, Value, check_notice

CONNECT_TIMEOUT_S = 5
LOCK_TIMEOUT_S = 10
"""How long a statement waits for another's row: a verb takes milliseconds, so this is somebody who hangs."""

STATEMENT_TIMEOUT_S = 60
"""No verb's statement runs so long; a thread of the pool must not be lost to one."""

DEAD_LINE_MS = 10_000
"""How long sent bytes may stay without the server's acknowledgement before the line counts as cut."""

_INT8 = 20  # the type's number, from the catalogue pg_type

TIMEOUTS = (
    f"SET lock_timeout = '{LOCK_TIMEOUT_S}s'; SET statement_timeout = '{STATEMENT_TIMEOUT_S}s'; "
    f"SET idle_in_transaction_session_timeout = '{STATEMENT_TIMEOUT_S}s'"
)

Connection = psycopg.Connection[Row]


class _IntegerDumper(Dumper):
    oid = _INT8

    def dump(self, obj: int) -> Buffer:
        return b"%d" % obj


class _NumericLoader(Loader):
    def load(self, data: Buffer) -> int | float:
        text = bytes(data).decode()
        return int(text) if text.lstrip("-").isdigit() else float(text)


def connect(url: str, name: str = "kvit") -> Connection:
    """Open one connection with the settings all share; autocommit, since the engine says BEGIN and COMMIT itself.

    ``name`` is what the server's list of connections shows.
    """
    connection = psycopg.connect(
        url,
        autocommit=True,
        cursor_factory=psycopg.RawCursor,
        connect_timeout=CONNECT_TIMEOUT_S,
        keepalives_idle=10,
        keepalives_interval=5,
        keepalives_count=3,
        tcp_user_timeout=DEAD_LINE_MS,
        application_name=name,
    )
    connection.adapters.register_dumper(int, _IntegerDumper)
    connection.adapters.register_dumper(bool, _IntegerDumper)
    connection.adapters.register_loader("numeric", _NumericLoader)
    connection.execute(TIMEOUTS)
    return connection


def check(connection: Connection) -> None:
    """Refuse a server that acknowledges before it has flushed, or that could tear a page."""
    found = {name: setting(connection, name) for name in ("fsync", "synchronous_commit", "full_page_writes")}
    bad = [f"{name} = off" for name, value in found.items() if value == "off"]
    if bad:
        raise UnsafeDatabase(
            f"The PostgreSQL server is set to {', '.join(bad)}: a power cut could lose receipts it has acknowledged, "
            "so Kvit does not use it. Please set it to on in postgresql.conf and reload the server."
        )


def setting(connection: Connection, name: str) -> str:
    """Ask one setting of the server."""
    row = connection.execute("SELECT current_setting($1)", [name]).fetchone()
    assert row is not None
    return str(row[0])


class PostgresTx:
    """`kvit.db.tx.Tx` on one connection; made once a connection, used by one verb after another."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.told: dict[Notice, None] = {}
        self._cursor = connection.cursor()

    def one(self, sql: str, /, *values: Value) -> Row | None:
        """Give the first row or None."""
        rows = self.all(sql, *values)
        return rows[0] if rows else None

    def all(self, sql: str, /, *values: Value) -> list[Row]:
        """Give every row."""
        with _told_plainly():
            self._execute(sql, values)
            return self._cursor.fetchall() if self._cursor.description else []

    def run(self, sql: str, /, *values: Value) -> int:
        """Run a statement; give the number of rows it touched."""
        with _told_plainly():
            self._execute(sql, values)
            return max(0, self._cursor.rowcount)

    def many(self, sql: str, rows: Iterable[Sequence[Value]], /) -> None:
        """Run a statement for each row of values."""
        with _told_plainly():
            self._cursor.executemany(plain(sql), rows)

    def tell(self, topic: str, key: str = "", /) -> None:
        """Keep a notice until COMMIT."""
        check_notice(topic, key)
        self.told[topic, key] = None

    def _execute(self, sql: str, values: tuple[Value, ...]) -> None:
        self._cursor.execute(plain(sql), values or None)


class PostgresReadTx(PostgresTx):
    """A transaction that can only look; a verb that writes in it is a bug."""

    def tell(self, topic: str, key: str = "", /) -> None:
        """Refuse: nothing was written that could be told."""
        raise AssertionError("a verb that tells was called with db.read")


def plain(sql: str) -> Any:
    """Let a statement pass psycopg's type, which wants literals only; ours are constants of the stores."""
    return sql


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Turn the server's errors into ours where a verb or a caller can meet them."""
    try:
        yield
    except (errors.IntegrityError, errors.RaiseException) as error:
        raise ConstraintViolation(str(error)) from error
    except errors.ReadOnlySqlTransaction as error:
        raise AssertionError("a verb that writes was called with db.read") from error
    except errors.DiskFull as error:
        raise DiskFull(
            "The disk of the data base server is full, so this was not written. What was written before is safe. "
            "Please make room."
        ) from error
    except (errors.LockNotAvailable, errors.QueryCanceled) as error:
        raise Contention("Others held the data base for too long, so this was not done. Please try again.") from error


def unreachable(error: BaseException) -> DatabaseError:
    """Say that the server does not answer."""
    return DatabaseError(
        f"The PostgreSQL server can not be reached ({error}). Nothing was written. Please check that it "
        "runs and that the address in kvit.toml is right."
    )
