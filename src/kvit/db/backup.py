"""Live backup of a SQLite file, and bringing one back.

A copy of the file is no backup: what was committed may still lie in the write-ahead log (measured: 500 committed
rows, the copy knew not even the table). The backup call copies one snapshot page by page while the shop goes on
writing; the copy is checked (``integrity_check``), flushed, and only then gets its name, so a file with that name is
a whole backup.

Restoring needs the daemon stopped (the file's lock says so). The replaced file is kept beside it; at every moment of
the exchange one whole data base has the name. PostgreSQL has better tools of its own: `POSTGRES` names them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import apsw

from kvit.db import sqlite
from kvit.db.errors import BackupError
from kvit.db.lock import take_lock

Progress = Callable[[int, int], None]
"""Called with pages done and pages in all."""

STEP_PAGES = 1024
"""Pages of 4 KiB copied between two calls of `Progress`: about 4 MB, some milliseconds."""

POSTGRES = (
    "Kvit does not copy a PostgreSQL data base itself; the server's own tools do it better. Please run\n"
    "    pg_dump --format=custom --file=kvit.dump 'ADDRESS'      and to bring it back\n"
    "    pg_restore --clean --if-exists --dbname='ADDRESS' kvit.dump\n"
    "with the address from kvit.toml."
)

NO_BACKUP = (
    "This file is no Kvit backup: {saved}. Nothing was changed. "
    "Please name a file that kvit backup made, or copy it again from where it was kept."
)
CUT_SHORT = (
    "The backup {saved} is not whole: {there_bytes} of {bytes} bytes are there. Nothing was changed. "
    "Please copy it again from where it was kept, or take an older one."
)


def backup(database: Path, target: Path, progress: Progress | None = None, vfs: str | None = None) -> int:
    """Copy a data base in use into a new file; give the size in bytes. An existing ``target`` is refused (`BackupError`).

    It may take minutes: call it in a thread of its own.
    """
    if target.exists():
        raise BackupError(f"{target} is already there and was left alone. Please give the backup a new name.")
    source = sqlite.open_reader(database, vfs)
    try:
        source.execute("BEGIN")  # one snapshot for the whole copy: writers do not make it start again
        source.execute("SELECT count(*) FROM sqlite_schema").fetchall()
        _copy(source, target, progress)
    finally:
        source.close()
    return target.stat().st_size


def restore(saved: Path, database: Path, clock: Callable[[], float] = time.time) -> Path | None:
    """Put a backup in the place of a data base no daemon owns.

    Gives where the replaced file went, None where there was none.
    Raises `kvit.db.DatabaseInUse` with the daemon's number, `BackupError` when the backup does not stand the check.
    """
    if not saved.is_file():
        raise BackupError(f"There is no file {saved}.")
    database.parent.mkdir(parents=True, exist_ok=True)
    lock = take_lock(database)
    try:
        fresh = database.with_name(f"{database.name}.restoring")
        fresh.unlink(missing_ok=True)
        address = f"{saved.absolute().as_uri()}?mode=ro"
        source = apsw.Connection(address, flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI)
        try:
            _is_backup(source, saved)
            _copy(source, fresh, None)
        finally:
            source.close()
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(clock()))
        aside = _set_aside(database, database.with_name(f"{database.name}.replaced-{stamp}"))
        fresh.replace(database)
        sqlite.sync_folder(database.parent)
    finally:
        lock.release()
    return aside


def _copy(source: apsw.Connection, target: Path, progress: Progress | None) -> None:
    """Copy, check, flush, name. On any failure nothing is left of the copy."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    try:
        copy = apsw.Connection(str(part))
        try:
            _copy_pages(source, copy, progress)
            _check(copy, part)
        finally:
            copy.close()
        _flush(part)
        part.replace(target)
        sqlite.sync_folder(target.absolute().parent)
    except (apsw.Error, OSError) as error:
        raise BackupError(f"The copy to {target} failed, and nothing was left of it: {error}") from error
    finally:
        part.unlink(missing_ok=True)


def _copy_pages(source: apsw.Connection, copy: apsw.Connection, progress: Progress | None) -> None:
    with copy.backup("main", source, "main") as run:
        while not run.done:
            run.step(STEP_PAGES)
            if progress is not None:
                progress(run.page_count - run.remaining, run.page_count)
    sqlite.script(copy, "PRAGMA journal_mode = DELETE")  # one file, no log beside it


def _check(copy: apsw.Connection, path: Path) -> None:
    if sqlite.pragma(copy, "application_id") != sqlite.APPLICATION_ID:
        raise BackupError(f"{path.stem} is not a data base of Kvit. Nothing was changed.")
    found = [str(row[0]) for row in copy.execute("PRAGMA integrity_check(5)").fetchall()]
    if found != ["ok"]:
        raise BackupError(f"The data base does not stand its check, so the copy was thrown away: {'; '.join(found)}")


def _is_backup(source: apsw.Connection, saved: Path) -> None:
    """Look at the file before it is copied: other bytes, a copy cut short and another program's file are no backup."""
    try:
        application = sqlite.pragma(source, "application_id")
        pages_bytes = int(sqlite.pragma(source, "page_count")) * int(sqlite.pragma(source, "page_size"))
    except (apsw.NotADBError, apsw.CorruptError, apsw.IOError, apsw.CantOpenError) as error:
        raise BackupError(NO_BACKUP.format(saved=saved)) from error
    if application != sqlite.APPLICATION_ID:
        raise BackupError(NO_BACKUP.format(saved=saved))
    if (there_bytes := saved.stat().st_size) < pages_bytes:
        raise BackupError(CUT_SHORT.format(saved=saved, there_bytes=there_bytes, bytes=pages_bytes))


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _set_aside(database: Path, aside: Path) -> Path | None:
    """Keep the old file under another name too.

    Its log is copied home first, or kept beside it where the file is broken.
    """
    if not database.exists():
        return None
    with contextlib.suppress(apsw.Error):
        connection = apsw.Connection(str(database))
        with contextlib.suppress(apsw.Error):
            sqlite.script(connection, "PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()
    for ending in ("-wal", "-shm", "-journal"):
        log = database.with_name(database.name + ending)
        if log.exists():
            log.replace(aside.with_name(aside.name + ending))
    try:
        os.link(database, aside)
    except OSError:
        shutil.copyfile(database, aside)
        _flush(aside)
    sqlite.sync_folder(database.parent)
    return aside
