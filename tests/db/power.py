"""A disk that loses power: SQLite runs on it in memory until the plug is pulled; the platter is what is left.

What was written and flushed is there. Of what was written and not flushed, any part may be there, in any order, torn
at sectors, with garbage in some. A new file's name is safe once the file was flushed; a deletion without a flush of
the folder may come undone. So the model is pessimistic about data and optimistic about one thing: a disk that says
"flushed" has flushed (`Disk.lies` takes that away).
"""

from __future__ import annotations

import itertools
import random
from pathlib import Path
from typing import Any

import apsw

SECTOR = 512
_numbers = itertools.count()


class File:
    """One file: what the program sees, what is on the platter, what is in between."""

    def __init__(self) -> None:
        self.live = bytearray()
        self.durable = bytearray()
        self.pending: list[tuple[int, bytes | None]] = []
        self.entry_durable = False
        self.deleted = False


def apply(image: bytearray, offset: int, data: bytes | None) -> None:
    """Write ``data`` at an offset, or cut the file there (None)."""
    if data is None:
        del image[offset:]
        return
    if len(image) < offset:
        image.extend(bytes(offset - len(image)))
    image[offset : offset + len(data)] = data


class Disk(apsw.VFS):
    """An in-memory disk for SQLite; `cut_after` operations from now on every call fails."""

    def __init__(self, lies: bool = False) -> None:
        self.label = f"power{next(_numbers)}"
        self.files: dict[str, File] = {}
        self.lies = lies
        self.operations = 0
        self.cut_after = 1 << 60
        super().__init__(self.label, "")

    def tick(self) -> None:
        """Count an operation; after the cut nothing works."""
        self.operations += 1
        if self.operations > self.cut_after:
            raise apsw.IOError("the power is gone")

    def xOpen(self, name: Any, flags: list[int]) -> OpenFile:  # type: ignore[override]  # noqa: N802
        path = name.filename() if isinstance(name, apsw.URIFilename) else name or f"temporary{next(_numbers)}"
        file = self.files.get(path)
        if file is None or file.deleted:
            self.tick()
            file = self.files[path] = File()
        flags[1] = flags[0]
        return OpenFile(self, file)

    def xDelete(self, name: str, sync_folder: bool) -> None:  # noqa: N802
        self.tick()
        if sync_folder and not self.lies:
            self.files.pop(name, None)
        elif name in self.files:
            self.files[name].deleted = True

    def xAccess(self, name: str, flags: int) -> bool:  # noqa: N802
        return name in self.files and not self.files[name].deleted

    def after_the_cut(self, chance: random.Random) -> dict[str, bytes]:
        """Give one of the states the platter may be in."""
        images = {}
        for name, file in self.files.items():
            if file.deleted and chance.random() < 0.5:
                continue
            if file.entry_durable or chance.random() < 0.5:
                images[name] = _settle(file, chance)
        return images


def _settle(file: File, chance: random.Random) -> bytes:
    image = bytearray(file.durable)
    kept = [operation for operation in file.pending if chance.random() < 0.5]
    if chance.random() < 0.5:
        chance.shuffle(kept)
    for offset, data in kept:
        if data is None or chance.random() < 0.6:
            apply(image, offset, data)
        else:
            _tear(image, offset, data, chance)
    return bytes(image)


def _tear(image: bytearray, offset: int, data: bytes, chance: random.Random) -> None:
    for start in range(0, len(data), SECTOR):
        if chance.random() < 0.5:
            sector = data[start : start + SECTOR]
            apply(image, offset + start, chance.randbytes(len(sector)) if chance.random() < 0.05 else sector)


class OpenFile:
    """SQLite's handle of a file."""

    def __init__(self, disk: Disk, file: File) -> None:
        self.disk = disk
        self.file = file

    def xRead(self, count: int, offset: int) -> bytes:  # noqa: N802
        return bytes(self.file.live[offset : offset + count])

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802
        self.disk.tick()
        self.file.pending.append((offset, bytes(data)))
        apply(self.file.live, offset, bytes(data))

    def xTruncate(self, size: int) -> None:  # noqa: N802
        self.disk.tick()
        self.file.pending.append((size, None))
        apply(self.file.live, size, None)

    def xSync(self, flags: int) -> None:  # noqa: N802
        self.disk.tick()
        if self.disk.lies:
            return
        for offset, data in self.file.pending:
            apply(self.file.durable, offset, data)
        self.file.pending.clear()
        self.file.entry_durable = True

    def xFileSize(self) -> int:  # noqa: N802
        return len(self.file.live)

    def xClose(self) -> None:  # noqa: N802
        pass

    def xLock(self, level: int) -> None:  # noqa: N802
        pass

    def xUnlock(self, level: int) -> None:  # noqa: N802
        pass

    def xCheckReservedLock(self) -> bool:  # noqa: N802
        return False

    def xFileControl(self, op: int, pointer: int) -> bool:  # noqa: N802
        return False

    def xSectorSize(self) -> int:  # noqa: N802
        return SECTOR

    def xDeviceCharacteristics(self) -> int:  # noqa: N802
        return 0


def write_images(images: dict[str, bytes], folder: Path) -> Path:
    """Put a platter's files into a folder; give the data base's path there."""
    for old in folder.iterdir():
        old.unlink()
    for name, image in images.items():
        (folder / Path(name).name).write_bytes(image)
    return folder / "kvit.db"
