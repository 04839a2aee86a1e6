"""The PostgreSQL engine: a small pool of threads, one connection each, one READ COMMITTED transaction a verb.

*Others in the way* (40001, 40P01): undone by the server, run again, at most `RERUNS` times. *Line cut before COMMIT*:
undone by the server too, run again on a new connection. *Line cut while COMMIT was under way*: it may have happened.
Each connection owns a row of ``kvit_session`` and raises its ``n`` in every transaction that writes; on a new
connection that row is read with ``FOR UPDATE``, which waits until the old transaction has ended one way or the other
(where the server has not noticed the cut, the old connection is ended first). ``n`` then says whether the COMMIT
happened: if so the value is given, if not the verb runs again. The data itself is asked, so this holds after a crash
of the server and after a failover as well (transaction numbers would not: they can be given twice after a crash).
Only when the server stays away for `SETTLE_S` does the caller get `OutcomeUnknown`; it repeats the call with the same
key, and the verb (idempotent by the caller's key, for ever) gives the first answer.

Reads run REPEATABLE READ, READ ONLY: one snapshot a verb, as with SQLite, and nothing to serialise.
"""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg import errors

from kvit.db import migrations, postgres
from kvit.db.backup import POSTGRES, Progress
from kvit.db.errors import BackupError, Contention, MigrationError, OutcomeUnknown
from kvit.db.job import Job, Line, settle
from kvit.db.listen import Hub
from kvit.db.migrations import Migration, Preparing, nobody
from kvit.db.postgres import Connection, PostgresReadTx, PostgresTx
from kvit.db.postgres_listener import Listener, channel_of, encode
from kvit.refusal import Refusal

THREADS = 8
"""Connections of one process: enough to hide the flush of COMMIT, few beside the server's usual 100."""

RERUNS = 10
"""How often a verb is run again before the caller hears of `Contention`."""

PAUSE_S = 0.002
"""The first pause before a rerun; it grows with each."""

SETTLE_S = 30.0
"""How long a server may be away (a restart takes seconds) before a call is given up."""

SESSIONS = """CREATE TABLE IF NOT EXISTS kvit_session (
    id TEXT PRIMARY KEY, n BIGINT NOT NULL, started_at BIGINT NOT NULL)"""

_MARK = (
    "INSERT INTO kvit_session SELECT $1, $2, $3 WHERE pg_current_xact_id_if_assigned() IS NOT NULL "
    "ON CONFLICT (id) DO UPDATE SET n = excluded.n"
)
_SWEEP = (
    "DELETE FROM kvit_session WHERE started_at < $1 "
    "AND 'kvit ' || id NOT IN (SELECT application_name FROM pg_stat_activity)"
)
_NOTIFY = "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload"
_MIGRATING = 0x4B766974  # our advisory lock: two processes that start at once migrate one after the other
_SESSION_KEPT_S = 30 * 86400

_ASK = "SELECT n FROM kvit_session WHERE id = $1 FOR UPDATE"
_END_THE_OLD = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1 AND pid <> pg_backend_pid()"
)
"""Where a line was cut without the server's noticing, the old transaction would hold its rows for a minute.

It is ended.
"""

_RERUN = (errors.SerializationFailure, errors.DeadlockDetected)


class Session:
    """One thread's connection, made anew when it breaks, and its row in ``kvit_session``."""

    def __init__(self, url: str, now_s: int) -> None:
        self._url = url
        self.now_s = now_s
        self._connection: Connection | None = None
        self.write: PostgresTx
        self.look: PostgresReadTx
        self.id = uuid.uuid4().hex
        self.n = 0

    def connection(self) -> Connection:
        """Give the connection, a new one where the old is broken, waiting at most `SETTLE_S` for the server."""
        if self._connection is None or self._connection.closed:
            self._connection = None
            name = f"kvit {self.id}"
            self._connection = patiently(lambda: postgres.connect(self._url, name))
            self._connection.execute(_END_THE_OLD, [name])
            self.write, self.look = PostgresTx(self._connection), PostgresReadTx(self._connection)
            insert = "INSERT INTO kvit_session VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
            self._connection.execute(insert, [self.id, self.n, self.now_s])
        return self._connection

    def connection_lost(self) -> bool:
        """Say whether the line broke (and not only a statement)."""
        return self._connection is None or self._connection.closed

    def drop(self) -> None:
        """Close the connection; the server undoes what was open."""
        if self._connection is not None:
            self._connection.close()

    def leave(self) -> None:
        """Remove the row and close, as a thread does at its end."""
        try:
            if self._connection is not None and not self._connection.closed:
                self._connection.execute("DELETE FROM kvit_session WHERE id = $1", [self.id])
        except psycopg.Error:
            pass  # the next start sweeps rows that are old
        self.drop()


def patiently(connect: Callable[[], Connection]) -> Connection:
    """Connect, trying again while the server is away, at most `SETTLE_S`."""
    until = time.monotonic() + SETTLE_S
    pause_s = 0.05
    while True:
        try:
            return connect()
        except psycopg.OperationalError as error:
            if time.monotonic() + pause_s > until:
                raise postgres.unreachable(error) from error
        time.sleep(pause_s)
        pause_s = min(1.0, pause_s * 2)


class PostgresEngine:
    """A pool of threads on one PostgreSQL data base (and schema, by the address's ``options=-csearch_path=…``)."""

    name = "postgres"

    def __init__(
        self, url: str, files: Sequence[Migration], hub: Hub, clock: Callable[[], float], preparing: Preparing = nobody
    ) -> None:
        self.url = url
        self.hub = hub
        self._line = Line()
        self._closed = False
        now_s = int(clock())
        try:
            with postgres.connect(url) as connection:
                postgres.check(connection)
                migrate(connection, files, now_s, preparing)
                self._channel = channel_of(connection)
        except psycopg.OperationalError as error:
            raise postgres.unreachable(error) from error
        self._listener = Listener(lambda: postgres.connect(url), self._channel, hub)
        self._threads = [self._thread(number, now_s) for number in range(THREADS)]

    def _thread(self, number: int, now_s: int) -> threading.Thread:
        session = Session(self.url, now_s)
        thread = threading.Thread(target=self._work, args=(session,), name=f"kvit-db-{number}", daemon=True)
        thread.start()
        return thread

    def submit_write(self, job: Job) -> None:
        """Put a writing verb in line."""
        self._line.put(job)

    def submit_read(self, job: Job) -> None:
        """Put a reading verb in line."""
        job.reads = True
        self._line.put(job)

    def backup(self, target: Path, progress: Progress | None) -> int:
        """Refuse, and say which of the server's own tools does it."""
        raise BackupError(POSTGRES)

    def describe(self) -> dict[str, str]:
        """Say what the doctor wants to know."""
        names = ("server_version", "fsync", "synchronous_commit", "full_page_writes", "search_path")
        with postgres.connect(self.url) as connection:
            place = f"{connection.info.host}:{connection.info.port}/{connection.info.dbname}"
            settings = {name: postgres.setting(connection, name) for name in names}
        return {"engine": "PostgreSQL", "place": place, **settings, "writing": "yes"}

    def close(self) -> None:
        """Finish what is in line, end threads and connections."""
        if self._closed:
            return
        self._closed = True
        self._line.close(self._threads)
        self._listener.close()

    def _work(self, session: Session) -> None:
        while (job := self._line.take()) is not None:
            try:
                value, error = self._serve(session, job), None
            except BaseException as raised:
                value, error = None, raised
            settle([(job, value, error)])
        session.leave()

    def _serve(self, session: Session, job: Job) -> Any:
        attempt = self._read if job.reads else self._write
        for reruns in range(RERUNS + 1):
            try:
                return attempt(session, job)
            except _RERUN as error:
                cause: psycopg.Error = error
                time.sleep(PAUSE_S * (reruns + 1))
            except psycopg.OperationalError as error:
                if not session.connection_lost():
                    raise
                cause = error
        raise Contention("Others were in the way again and again, so this was not done. Please try again.") from cause

    def _read(self, session: Session, job: Job) -> Any:
        connection = session.connection()
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        try:
            return job.verb(session.look, *job.args, **job.kwargs)
        finally:
            _end(connection, "COMMIT")

    def _write(self, session: Session, job: Job) -> Any:
        connection = session.connection()
        tx = session.write
        tx.told = {}
        connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        try:
            value = job.verb(tx, *job.args, **job.kwargs)
            if isinstance(value, Refusal):
                return value
            if tx.told:
                connection.execute(_NOTIFY, [self._channel, [encode(notice) for notice in tx.told]])
            connection.execute(_MARK, [session.id, session.n + 1, session.now_s])
            if self._commit(session, connection):
                return value
            raise errors.SerializationFailure("the line was cut before COMMIT took effect")
        finally:
            _end(connection, "ROLLBACK")

    def _commit(self, session: Session, connection: Connection) -> bool:
        """Commit; False when the line was cut and it did not happen."""
        expected = session.n + 1
        try:
            connection.execute("COMMIT")
        except psycopg.OperationalError as error:
            if not session.connection_lost():
                raise
            return self._settled(session, expected, error)
        session.n = expected
        return True

    def _settled(self, session: Session, expected: int, cause: psycopg.Error) -> bool:
        """Ask the session's row, on a new connection, whether a COMMIT without an answer happened."""
        until = time.monotonic() + SETTLE_S
        while time.monotonic() < until:
            try:
                row = session.connection().execute(_ASK, [session.id]).fetchone()
            except psycopg.Error:
                session.drop()
                continue
            if row is not None and row[0] == expected:
                session.n = expected
                return True
            return False
        raise OutcomeUnknown(
            "The line to the data base was cut while this was being written, and the server did not come back. It was "
            "written wholly or not at all. Please try again: what was written already is not written twice."
        ) from cause


def _end(connection: Connection, word: str) -> None:
    """End what is still open; on a broken line the server has done so."""
    if not connection.closed and connection.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        connection.execute(word)


def migrate(connection: Connection, files: Sequence[Migration], now_s: int, preparing: Preparing = nobody) -> None:
    """Apply what is pending, all of it or nothing; another process that starts now waits."""
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock($1)", [_MIGRATING])
        connection.execute(migrations.TABLE)
        connection.execute(SESSIONS)
        connection.execute(_SWEEP, [now_s - _SESSION_KEPT_S])
        applied = connection.execute(migrations.APPLIED).fetchall()
        wanted = migrations.pending(files, applied)
        if wanted and applied:
            preparing(len(wanted))
        for migration in wanted:
            try:
                connection.execute(postgres.plain(migration.text))
            except psycopg.Error as error:
                raise MigrationError(f"The migration {migration} failed; nothing was changed. {error}") from error
            row = [migration.room, migration.number, migration.name, migration.sha256, now_s]
            connection.execute("INSERT INTO kvit_migration VALUES ($1, $2, $3, $4, $5)", row)
