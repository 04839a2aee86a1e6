"""Numbered migrations, applied once, in order, for ever: ``<room>/migrations/0001_x.sqlite.sql``, ``…postgres.sql``.

Each room keeps its own numbers, from 0001 without a gap. What was applied is kept in ``kvit_migration`` with the
SHA-256 of the file; a file that changed afterwards, or went missing, is refused: the data base would not be what the
files say. All pending files run in one transaction, so a failed update leaves the old schema as it was. Rooms come in
the order of the list handed in; nothing is discovered.

Line ends count as LF, so a checkout with CRLF has the same SHA-256.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from importlib import resources
from importlib.resources.abc import Traversable
from types import ModuleType

from kvit.db.errors import MigrationError

TABLE = """CREATE TABLE IF NOT EXISTS kvit_migration (
    room TEXT NOT NULL, number INTEGER NOT NULL, name TEXT NOT NULL, sha256 TEXT NOT NULL, applied_at BIGINT NOT NULL,
    PRIMARY KEY (room, number))"""
"""Times in whole seconds since 1970 (UTC). The text is good for both engines."""

APPLIED = "SELECT room, number, name, sha256 FROM kvit_migration"

_NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.(sqlite|postgres)\.sql")


Preparing = Callable[[int], None]
"""Told how many files are going to be applied to books that are there already: with millions of rows that takes minutes."""


def nobody(count: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Room:
    """Whose migrations: the room's name and the folder that holds its files."""

    name: str
    folder: Traversable


@dataclass(frozen=True, slots=True)
class Migration:
    """One file: of which room, its number from 1, its name, its text, the SHA-256 of the text."""

    room: str
    number: int
    name: str
    text: str

    @property
    def sha256(self) -> str:
        """The fingerprint kept with what was applied."""
        return hashlib.sha256(self.text.encode()).hexdigest()

    def __str__(self) -> str:
        return f"{self.room}/{self.number:04}_{self.name}"


Applied = tuple[str, int, str, str]
"""Room, number, name, SHA-256, as ``kvit_migration`` has them."""


def room_of(given: str | ModuleType | Room) -> Room:
    """Find a room by its package (``"kvit.receipt"`` or the module).

    Its files lie in the folder ``migrations`` there.
    """
    if isinstance(given, Room):
        return given
    name = given if isinstance(given, str) else given.__name__
    return Room(name.removeprefix("kvit."), resources.files(given) / "migrations")


def read(rooms: Iterable[str | ModuleType | Room], engine: str) -> list[Migration]:
    """Read every room's files for an engine (``"sqlite"`` or ``"postgres"``), in the order they are applied."""
    found: list[Migration] = []
    for given in rooms:
        room = room_of(given)
        if not room.folder.is_dir():
            raise MigrationError(f"The room {room.name} has no folder of migrations; Kvit is not installed completely.")
        found += _read_room(room, engine)
    return found


def _read_room(room: Room, engine: str) -> list[Migration]:
    files = []
    for file in room.folder.iterdir():
        match = _NAME.fullmatch(file.name)
        if match and match[3] == engine:
            text = file.read_bytes().decode().replace("\r\n", "\n")
            files.append(Migration(room.name, int(match[1]), match[2], text))
    files.sort(key=lambda migration: migration.number)
    numbers = [migration.number for migration in files]
    if not files or numbers != list(range(1, len(files) + 1)):
        raise MigrationError(
            f"The migrations of {room.name} for {engine} are numbered {numbers}, not 1, 2, 3 and so on."
        )
    return files


def pending(files: Sequence[Migration], applied: Iterable[Applied]) -> list[Migration]:
    """Say which files are still to be applied; refuse when what was applied is no longer what the files say.

    Rooms that were applied once and are not in the list any more are left alone: their tables do no harm.
    """
    known = {(migration.room, migration.number): migration for migration in files}
    rooms = {migration.room for migration in files}
    done = set()
    for room, number, name, sha256 in applied:
        migration = known.get((room, number))
        if migration is None and room in rooms:
            raise MigrationError(
                f"This data base was made by a newer Kvit: it knows {room}/{number:04}_{name} and this program does "
                "not. Nothing was changed. Please start the newer version again, or restore the backup made before the "
                "update."
            )
        if migration is not None and migration.sha256 != sha256:
            raise MigrationError(
                f"The migration {migration} is not the one this data base was made with. Nothing was changed. "
                "Please install an unaltered Kvit of the version that made it, or a newer one."
            )
        done.add((room, number))
    return [migration for migration in files if (migration.room, migration.number) not in done]
