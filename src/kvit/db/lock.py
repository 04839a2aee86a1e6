"""One process owns a data base file: a lock the operating system gives back when the process dies, however it dies.

The lock lies on ``<file>.lock`` beside the data base, never on the data base itself (SQLite's own POSIX locks would
be lost when a second descriptor of that file is closed). The file holds the owner's process number for the one who is
refused; it is never deleted, since a deleted lock file can be locked twice. ``flock`` on POSIX; on Windows one byte
far behind the number, because a locked byte can not be read there.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from kvit.db.errors import DatabaseInUse

LOCKED_BYTE = 1 << 30
"""Which byte Windows locks: behind anything the file will ever hold."""


class FileLock:
    """The ownership of one data base file.

    Taken by `take_lock`, given back by `release` or by the death of the process.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def release(self) -> None:
        """Give the file back; the number is wiped first."""
        if self._descriptor >= 0:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = -1


def lock_path(database: Path) -> Path:
    """Say where the lock of a data base file lies."""
    return database.with_name(database.name + ".lock")


def take_lock(database: Path) -> FileLock:
    """Become the owner of a data base file, or raise `DatabaseInUse` with the owner's process number."""
    path = lock_path(database)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)
    try:
        _lock(descriptor)
    except OSError:
        pid = _read_pid(descriptor)
        os.close(descriptor)
        who = f"process {pid}" if pid else "another process"
        raise DatabaseInUse(
            f"The data base {database} is already open in {who}. Two programs writing one file would spoil it, so nothing "
            "was opened. Please use the Kvit that is running, or stop it first (kvit doctor shows it).",
            pid,
        ) from None
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0) if hasattr(os, "pwrite") else _write(descriptor)
    return FileLock(descriptor)


def _write(descriptor: int) -> None:
    os.lseek(descriptor, 0, os.SEEK_SET)
    os.write(descriptor, f"{os.getpid()}\n".encode())


def _read_pid(descriptor: int) -> int:
    os.lseek(descriptor, 0, os.SEEK_SET)
    text = os.read(descriptor, 32).decode("ascii", "replace").strip()
    return int(text) if text.isdigit() else 0


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

else:
    try:
        from fcntl import LOCK_EX, LOCK_NB, flock
    except ImportError:  # a Python built without it: the record lock the os module has holds between processes too

        def _lock(descriptor: int) -> None:
            os.lockf(descriptor, os.F_TLOCK, 0)

    else:

        def _lock(descriptor: int) -> None:
            flock(descriptor, LOCK_EX | LOCK_NB)
