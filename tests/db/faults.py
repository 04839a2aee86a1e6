"""A disk that fails on order: SQLite's default VFS with a question asked before each write and flush."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from kvit.db import Database
from kvit.db.listen import Hub
from kvit.db.migrations import Room, read
from kvit.db.sqlite_engine import SqliteEngine

Question = Callable[[str, str], None]
"""Called with ``"write"``, ``"sync"`` (before) or ``"synced"`` (after) and a file's name; raises what the disk says."""

_numbers = itertools.count()


class FaultyVfs(apsw.VFS):
    """The system's file system, asking ``question`` first."""

    def __init__(self, question: Question) -> None:
        self.label = f"faulty{next(_numbers)}"
        self.question = question
        super().__init__(self.label, "")

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: N802
        return _FaultyFile(self, name, flags)


class _FaultyFile(apsw.VFSFile):
    def __init__(self, vfs: FaultyVfs, name: Any, flags: list[int]) -> None:
        self._vfs = vfs
        self._name = Path(name.filename() if isinstance(name, apsw.URIFilename) else name or "temporary").name
        super().__init__("", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self._vfs.question("write", self._name)
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self._vfs.question("sync", self._name)
        super().xSync(flags)
        self._vfs.question("synced", self._name)


@contextmanager
def on_faulty_disk(path: Path, rooms: list[Room], question: Question) -> Iterator[Database]:
    """Open a SQLite data base whose disk asks ``question``."""
    vfs = FaultyVfs(question)
    db = Database(SqliteEngine(path, read(rooms, "sqlite"), Hub(), lambda: 0.0, vfs=vfs.label))
    try:
        yield db
    finally:
        db.close()
        vfs.unregister()
