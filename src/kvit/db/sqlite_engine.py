"""The SQLite engine: file, lock, writer, readers, migrations put together."""

from __future__ import annotations

import errno
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import apsw

from kvit.db import migrations, sqlite
from kvit.db.backup import Progress, backup
from kvit.db.errors import DatabaseError, DiskFull, MigrationError
from kvit.db.job import Job, Line, settle
from kvit.db.listen import Hub
from kvit.db.lock import take_lock
from kvit.db.migrations import Applied, Migration, Preparing, nobody
from kvit.db.sqlite_writer import HEAD, Writer

READERS = 3
"""Reading threads: pages wait for each other only when three slow questions are asked at once; each costs some 2 MB."""

NO_ROOM = (
    "There is no room left on the disk, so the data base {path} could not be opened. What was written before is safe. "
    "Please make room there and start again."
)
BAD_DISK = (
    "The disk failed while the data base {path} was opened ({error}). Nothing was changed; please check the disk and the "
    "rights of the folder (kvit doctor) and start again."
)
NO_ROOM_BYTES = 128 << 10
"""With less free than the log's index and a page or two need, an error of the disk means that it is full."""


class SqliteEngine:
    """One SQLite file, owned by this process. ``vfs`` names an apsw VFS (fault tests)."""

    name = "sqlite"

    def __init__(
        self, path: Path, files: Sequence[Migration], hub: Hub, clock: Callable[[], float], vfs: str | None = None,
        preparing: Preparing = nobody,
    ):  # fmt: skip
        self.path = path
        self._vfs = vfs
        self.hub = hub
        with _said_in_words(path):
            self._open(path, files, clock, preparing)

    def _open(self, path: Path, files: Sequence[Migration], clock: Callable[[], float], preparing: Preparing) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = take_lock(path)
        left_over = path.with_name(f"{path.name}-wal").exists()
        try:
            self.writer = Writer(lambda: sqlite.open_writer(path, self._vfs), self.hub)
            try:
                migrate(self.writer.connection, files, int(clock()), preparing)
                sqlite.sync_folder(path.parent)
                self.writer.start(left_over=left_over)
                self._readers = Readers(lambda: sqlite.open_reader(path, self._vfs))
            except BaseException:
                self.writer.close()
                raise
        except BaseException:
            self._lock.release()
            raise

    def submit_write(self, job: Job) -> None:
        """Put a writing verb in line."""
        self.writer.submit(job)

    def submit_read(self, job: Job) -> None:
        """Put a reading verb in line."""
        self._readers.submit(job)

    def backup(self, target: Path, progress: Progress | None) -> int:
        """Copy the file while it is in use."""
        return backup(self.path, target, progress, self._vfs)

    def describe(self) -> dict[str, str]:
        """Say what the doctor wants to know."""
        log = self.path.with_name(f"{self.path.name}-wal")
        return {
            "engine": f"SQLite {apsw.sqlite_lib_version()} (Kvit's own)",
            "file": str(self.path),
            "size_bytes": str(self.path.stat().st_size),
            "log_bytes": str(log.stat().st_size if log.exists() else 0),
            "durability": "journal_mode=WAL synchronous=FULL",
            "writing": "stopped after two disk errors" if self.writer.stopped else "yes",
        }

    def close(self) -> None:
        """Finish what is in line, close all connections (the writer's last.

        It copies the log home), give the file back.
        """
        self._readers.close()
        self.writer.close()
        self._lock.release()


class Readers:
    """Threads that answer reading verbs, each in a snapshot of its own."""

    def __init__(self, connect: sqlite.Open) -> None:
        self._line = Line()
        self._threads = []
        for number in range(READERS):
            thread = threading.Thread(
                target=self._work, args=(connect(),), name=f"kvit-db-reader-{number}", daemon=True
            )
            thread.start()
            self._threads.append(thread)

    def submit(self, job: Job) -> None:
        """Put a job in line."""
        self._line.put(job)

    def close(self) -> None:
        """Finish what is in line and end the threads."""
        self._line.close([thread for thread in self._threads if thread.is_alive()])

    def _work(self, connection: apsw.Connection) -> None:
        tx = sqlite.SqliteReadTx(connection)
        while (job := self._line.take()) is not None:
            settle([(job, *_read(tx, job))])
        connection.close()


def _read(tx: sqlite.SqliteReadTx, job: Job) -> tuple[object, BaseException | None]:
    try:
        tx.execute("BEGIN")
        try:
            return job.verb(tx, *job.args, **job.kwargs), None
        finally:
            if tx.connection.in_transaction:
                tx.execute("COMMIT")
    except BaseException as error:
        return None, error


@contextmanager
def _said_in_words(path: Path) -> Iterator[None]:
    """Make what a disk says while the file is opened into sentences."""
    try:
        yield
    except apsw.FullError as error:
        raise DiskFull(NO_ROOM.format(path=path)) from error
    except (apsw.IOError, apsw.CantOpenError) as error:
        if _room_bytes(path) < NO_ROOM_BYTES:  # SQLite calls it a failed write or an unopened log, too
            raise DiskFull(NO_ROOM.format(path=path)) from error
        raise DatabaseError(BAD_DISK.format(path=path, error=error)) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise DiskFull(NO_ROOM.format(path=path)) from error
        raise


def _room_bytes(path: Path) -> int:
    try:
        return shutil.disk_usage(path.parent).free
    except OSError:
        return 0


def migrate(connection: apsw.Connection, files: Sequence[Migration], now_s: int, preparing: Preparing = nobody) -> None:
    """Apply what is pending, all of it or nothing; ``preparing`` hears how many where there are books already."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        _apply_pending(connection, files, now_s, preparing)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:  # a full disk has rolled back already
            connection.execute("ROLLBACK")
        raise


def _apply_pending(connection: apsw.Connection, files: Sequence[Migration], now_s: int, preparing: Preparing) -> None:
    connection.execute(f"{migrations.TABLE} STRICT".replace("BIGINT", "INTEGER"))
    connection.execute(HEAD)
    connection.execute("INSERT INTO kvit_head VALUES (1, 0) ON CONFLICT DO NOTHING")
    applied = cast(list[Applied], connection.execute(migrations.APPLIED).fetchall())
    wanted = migrations.pending(files, applied)
    if not wanted:
        return  # what is checked below reads every row: a shop of a million receipts would start a minute later each time
    if applied:
        preparing(len(wanted))
    for migration in wanted:
        try:
            sqlite.script(connection, migration.text)
        except (apsw.FullError, apsw.IOError):
            raise
        except apsw.Error as error:
            raise MigrationError(f"The migration {migration} failed; nothing was changed. {error}") from error
        row = (migration.room, migration.number, migration.name, migration.sha256, now_s)
        connection.execute("INSERT INTO kvit_migration VALUES (?, ?, ?, ?, ?)", row)
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise DatabaseError(f"After the migrations {len(broken)} rows point to nothing; nothing was changed.")
