"""SQLite through apsw, which brings its own: one writer thread with group commit, a few readers that can not write.

The writer takes what waits (at most `BATCH`), begins IMMEDIATE, runs each verb in a savepoint (a lone one needs
none), commits once (one fsync for all), then answers. A verb that raises or returns a `Refusal` loses its savepoint
and nobody else's. Only the writer checkpoints: with a second connection doing so SQLite 3.7.0 to 3.51.2 could corrupt
the file, and it keeps the readers quick.

A failing disk: see `kvit.db.sqlite_writer`. The settings and why they are so: the constants, `_create` and `check`
below.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import apsw

from kvit.db.errors import ConstraintViolation, UnsafeDatabase
from kvit.db.listen import Notice
from kvit.db.tx import Row, Value, check_notice, question_marks

BUSY_TIMEOUT_MS = 5000
"""How long a statement waits for a foreign program (a backup tool, a browser of data bases) that holds the file."""

WAL_PAGES = 1000
"""Pages of 4 KiB in the write-ahead log before the writer copies them home.

4 MB, so that a small card does not fill up.
"""

WAL_LIMIT_BYTES = 8 << 20
"""What is left of the write-ahead log after a burst made it long."""

STATEMENTS = 256
"""Prepared statements kept by a connection: more than all verbs of a shop have."""

APPLICATION_ID = 0x4B766974
"""``Kvit``, in the file's header."""

MEMORY_KIB = 8192
"""Page cache of a connection."""

# ``secure_delete = ON`` and not FAST: what was deleted is overwritten with zeros, also on pages given up, where words of
# an erased receipt could else be read for years (the search index gives pages up whenever it merges).

_translated: dict[str, str] = {}
_TRANSLATED_LIMIT = 4096
"""Statements are constants of the stores; the bound only guards against texts made at run time."""


def translate(sql: str) -> str:
    """Give a statement with ``?n`` for ``$n``, remembered."""
    text = _translated.get(sql)
    if text is None:
        if len(_translated) >= _TRANSLATED_LIMIT:
            _translated.clear()
        text = _translated[sql] = question_marks(sql)
    return text


class SqliteTx:
    """`kvit.db.tx.Tx` on one apsw connection; made once a connection, used by one verb after another."""

    def __init__(self, connection: apsw.Connection) -> None:
        self.connection = connection
        self.execute = connection.cursor().execute
        self._executemany = connection.cursor().executemany
        self.told: list[Notice] = []

    def one(self, sql: str, /, *values: Value) -> Row | None:
        """Give the first row or None."""
        rows = self.all(sql, *values)
        return rows[0] if rows else None

    def all(self, sql: str, /, *values: Value) -> list[Row]:
        """Give every row."""
        try:
            rows: list[Row] = self.execute(_translated.get(sql) or translate(sql), values).fetchall()
        except apsw.ConstraintError as error:
            raise ConstraintViolation(str(error)) from error
        return rows

    def run(self, sql: str, /, *values: Value) -> int:
        """Run a statement; give the number of rows it touched."""
        self.all(sql, *values)
        return int(self.connection.changes())

    def many(self, sql: str, rows: Iterable[Sequence[Value]], /) -> None:
        """Run a statement for each row of values."""
        try:
            self._executemany(_translated.get(sql) or translate(sql), rows).fetchall()
        except apsw.ConstraintError as error:
            raise ConstraintViolation(str(error)) from error

    def tell(self, topic: str, key: str = "", /) -> None:
        """Keep a notice until COMMIT."""
        check_notice(topic, key)
        self.told.append((topic, key))


class SqliteReadTx(SqliteTx):
    """A transaction that can only look; a verb that writes in it is a bug."""

    def all(self, sql: str, /, *values: Value) -> list[Row]:
        """Give every row; a statement that writes is an assertion."""
        try:
            return super().all(sql, *values)
        except apsw.ReadOnlyError as error:
            raise AssertionError("a verb that writes was called with db.read") from error

    def tell(self, topic: str, key: str = "", /) -> None:
        """Refuse: nothing was written that could be told."""
        raise AssertionError("a verb that tells was called with db.read")


Open = Callable[[], apsw.Connection]
"""Opens one more connection to the file."""


def open_connection(path: Path, vfs: str | None = None) -> apsw.Connection:
    """Open a bare connection with the settings all connections share."""
    connection = apsw.Connection(str(path), statementcachesize=STATEMENTS, vfs=vfs)
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    try:
        script(connection, f"PRAGMA cache_size = -{MEMORY_KIB}; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF")
        pragma(connection, "schema_version")
    except (apsw.NotADBError, apsw.CorruptError) as error:
        connection.close()
        raise UnsafeDatabase(
            f"The file {path} is no data base, or its beginning is damaged. Nothing was changed; please put a backup "
            "in its place (kvit restore) or name another file."
        ) from error
    return connection


def open_writer(path: Path, vfs: str | None = None) -> apsw.Connection:
    """Open the writer's connection: WAL, every commit flushed; make the file first where there is none."""
    connection = open_connection(path, vfs)
    try:
        _create(connection, path)
        script(connection, f"PRAGMA wal_autocheckpoint = {WAL_PAGES}; PRAGMA journal_size_limit = {WAL_LIMIT_BYTES}")
        script(connection, "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON")
        check(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def open_reader(path: Path, vfs: str | None = None) -> apsw.Connection:
    """Open a reader's connection: it can neither write nor checkpoint."""
    connection = open_connection(path, vfs)
    script(connection, "PRAGMA wal_autocheckpoint = 0; PRAGMA query_only = ON")
    return connection


def _create(connection: apsw.Connection, path: Path) -> None:
    """Make the file durable before it becomes a WAL file.

    A rollback journal left from creating the file could, after a power cut, come back and wipe everything; EXTRA
    flushes the folder after the journal is gone, so this can not happen once WAL is on.
    """
    mode = pragma(connection, "journal_mode")
    owner = pragma(connection, "application_id")
    if owner not in (0, APPLICATION_ID) or (
        owner == 0 and connection.execute("SELECT 1 FROM sqlite_schema").fetchall()
    ):
        raise UnsafeDatabase(
            f"The file {path} is a data base of another program. Nothing was changed; please name another file."
        )
    if mode == "wal":
        return
    script(connection, "PRAGMA synchronous = EXTRA; PRAGMA journal_mode = DELETE")
    script(connection, f"PRAGMA application_id = {APPLICATION_ID}")
    sync_folder(path.parent)
    script(connection, "PRAGMA journal_mode = WAL")


def sync_folder(folder: Path) -> None:
    """Flush a folder's entries (POSIX; Windows flushes them with the file)."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def script(connection: apsw.Connection, text: str) -> None:
    """Run every statement of a text (apsw stops before a statement whose forerunner's rows nobody fetched)."""
    connection.execute(text).fetchall()


def pragma(connection: apsw.Connection, name: str) -> Any:
    """Ask one setting."""
    return connection.pragma(name)


WAL_BUG = ((3, 7, 0), (3, 51, 2))
"""Versions, first and last, in which a checkpoint beside a commit could corrupt a WAL file (fixed in 3.51.3)."""

WAL_BUG_FIXED = frozenset({(3, 44, 6), (3, 50, 7)})
"""Older lines that got the repair."""


def sound_version(version: tuple[int, int, int]) -> bool:
    """Say whether a SQLite is free of the WAL-reset bug. Later patches of a repaired line are sound too."""
    repaired = any(version[:2] == fixed[:2] and version >= fixed for fixed in WAL_BUG_FIXED)
    return repaired or not WAL_BUG[0] <= version <= WAL_BUG[1]


def check(connection: apsw.Connection) -> None:
    """Refuse a writer whose commits would not survive a power cut, or whose SQLite may spoil the file."""
    version = tuple(int(part) for part in apsw.sqlite_lib_version().split("."))[:3]
    if not sound_version((version[0], version[1], version[2])):
        raise UnsafeDatabase(
            f"This SQLite ({apsw.sqlite_lib_version()}) has a defect that can spoil the books. Nothing was opened. "
            "Please install Kvit with its own packages (./kvit up does), not with the system's."
        )
    found = (pragma(connection, "journal_mode"), pragma(connection, "synchronous"))
    if found != ("wal", 2):
        raise UnsafeDatabase(
            f"The data base did not take the safe settings (journal {found[0]}, synchronous {found[1]}; wanted wal, 2). A "
            "power cut could lose receipts, so it was not opened. Please put the file on a local disk, not on a network "
            "share."
        )


def seconds(clock: Callable[[], float] = time.time) -> int:
    """Give the time in whole seconds, as ``kvit_migration`` keeps it."""
    return int(clock())
