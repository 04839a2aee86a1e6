"""The capture: everything that passed a line, on disk as it passed.

The line process appends, the shop reads; they share nothing else. A capture is a folder of segment files. Positions are
*logical offsets*: bytes of records since the line's first day, never reused; a segment's name is the offset of its first
record (``0000000000012c40.cap``), so an offset finds its file and stays true when older files are gone.

    record   crc32 u32 | length u32 | kind u8, 3 zero | connection u32 | monotonic ns u64 | wall ns u64 | bytes
             little-endian; the crc covers all behind it

* A record that is cut short or fails its crc at the end of the newest segment has not come yet; with a newer segment
  behind it, it is the torn tail of a killed process or a full disk, and reading goes on with the newer one. A writer never
  appends to a segment it did not begin.
* Durability: bytes are handed to the kernel within one turn of the event loop, so a killed process loses at most that
  turn's records. There is no fsync: it would hold up tills for the time of a disk. A power cut can cost what the shop has
  not stored yet; what it has stored is in the data base, which is fsynced.
* A full disk never stops printing: what could not be written is counted, and a GAP record says so when there is room.
* Once all of a segment is stored the reader's side deletes it (`cut`); the writer begins a new segment after
  `SEGMENT_BYTES`, and the pump asks for one when the line falls quiet, so that card numbers do not lie there for long.
"""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Final, NamedTuple

TILL: Final = 1
"""Bytes from till to printer."""
PRINTER: Final = 2
"""Bytes from printer to till."""
OPEN: Final = 3
"""A till connected; the bytes name it."""
CLOSE: Final = 4
"""The till's side ended; the bytes say how."""
LOST: Final = 5
"""The printer went away in the middle; the bytes say why."""
BACK: Final = 6
"""The printer is there again."""
GAP: Final = 7
"""Bytes passed uncaptured (the disk); the bytes are their count in decimal."""
UNDELIVERED: Final = 8
"""The printer did not come in time; the bytes are the count of what it never got, in decimal."""
START: Final = 9
"""A line process began: network connections of the one before are no more."""
HELD: Final = 10
"""From here on this connection's bytes are withheld from paper."""
ROUTED: Final = 11
"""It was decided about a withheld printout (JSON, `kvit.relay.notes`)."""
RELEASED: Final = 12
"""A withheld printout begins to go to the printer, or has gone there (JSON, `kvit.relay.notes`)."""
PASSED: Final = 13
"""From here on this connection's bytes go to the printer as they come."""
KINDS: Final = {
    TILL: "till", PRINTER: "printer", OPEN: "open", CLOSE: "close", LOST: "lost", BACK: "back", GAP: "gap",
    UNDELIVERED: "undelivered", START: "start", HELD: "held", ROUTED: "routed", RELEASED: "released", PASSED: "passed",
}  # fmt: skip

HEADER: Final = struct.Struct("<IIB3xIQQ")
_BODY: Final = struct.Struct("<IB3xIQQ")
RECORD_BYTES_MAX: Final = 1 << 20
"""No read from a socket is longer; what declares more is not a record of ours."""
SEGMENT_BYTES: Final = 4 << 20
"""A day of a quiet till in one file, a minute of a raster-heavy one: small enough that stored data goes soon."""
READ_BYTES: Final = 1 << 20
"""How much the reader takes into memory at once."""
OFFSETS_A_SECOND: Final = 1 << 16
"""A line that fell silent after an average of more than this in bytes a second, for all its life, could reuse offsets."""
SUFFIX: Final = ".cap"
FLOOR: Final = "held"
"""The file that says from where on the line process needs the capture."""

Clock = Callable[[], int]


class Record(NamedTuple):
    """One thing that happened: where its bytes begin (logical), what, on which connection, when (ns, both clocks)."""

    offset: int
    kind: int
    connection: int
    monotonic_ns: int
    wall_ns: int
    data: bytes

    @property
    def start(self) -> int:
        """The logical offset of the first payload byte: what a printout is named after."""
        return self.offset + HEADER.size

    @property
    def end(self) -> int:
        """The logical offset of the next record."""
        return self.offset + HEADER.size + len(self.data)


def encode(kind: int, connection: int, monotonic_ns: int, wall_ns: int, data: bytes) -> bytes:
    """Write one record."""
    assert len(data) <= RECORD_BYTES_MAX
    body = _BODY.pack(len(data), kind, connection, monotonic_ns, wall_ns)
    crc = zlib.crc32(data, zlib.crc32(body))
    return crc.to_bytes(4, "little") + body + data


def decode(data: bytes, at: int, offset: int) -> Record | None:
    """Read the record at ``data[at:]`` whose logical offset is ``offset``; None when it is not whole or not sound."""
    if len(data) - at < HEADER.size:
        return None
    crc, length, kind, connection, monotonic_ns, wall_ns = HEADER.unpack_from(data, at)
    end = at + HEADER.size + length
    if length > RECORD_BYTES_MAX or end > len(data) or zlib.crc32(memoryview(data)[at + 4 : end]) != crc:
        return None
    return Record(offset, kind, connection, monotonic_ns, wall_ns, data[at + HEADER.size : end])


def segments(folder: Path) -> list[tuple[int, Path]]:
    """List the segments there are: (logical offset of the first record, file), oldest first."""
    found = []
    try:
        entries = list(os.scandir(folder))
    except FileNotFoundError:
        return []
    for entry in entries:
        stem, suffix = os.path.splitext(entry.name)  # noqa: PTH122 - no Path object per file on a hot path
        if suffix == SUFFIX and len(stem) == 16:
            try:
                found.append((int(stem, 16), folder / entry.name))
            except ValueError:
                continue
    return sorted(found)


class Writer:
    """Appends to one line's capture. `append` only remembers; `flush` writes all that is remembered in one call."""

    def __init__(self, folder: Path, monotonic_ns: Clock, wall_ns: Clock) -> None:
        """Go on behind whatever the folder holds; make the folder (mode 700) when it is not there."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = self._folder = folder
        self._monotonic_ns, self._wall_ns = monotonic_ns, wall_ns
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._file = -1
        self._size = 0
        self._base = self._end_of_old()
        self._gap = 0
        self.lost_bytes = 0
        """How many payload bytes passed that could not be written, ever."""

    @property
    def offset(self) -> int:
        """The logical offset where the next flushed record will stand."""
        return self._base + self._size

    @property
    def base(self) -> int:
        """The logical offset where the segment being written begins."""
        return self._base

    @property
    def failing(self) -> bool:
        """The last flush could not be written."""
        return self._gap > 0

    def lend(self) -> int:
        """Give a descriptor of the segment of one's own, to sync and close; -1 where there is none."""
        return os.dup(self._file) if self._file >= 0 else -1

    @property
    def waiting_bytes(self) -> int:
        """How many bytes wait for `flush`."""
        return self._waiting_bytes

    def append(self, kind: int, connection: int, data: bytes = b"") -> None:
        """Remember one happening, with the time of now."""
        for start in range(0, len(data) or 1, RECORD_BYTES_MAX):
            self._put(kind, connection, self._monotonic_ns(), self._wall_ns(), data[start : start + RECORD_BYTES_MAX])

    def record(self, kind: int, connection: int, data: bytes = b"") -> list[Record]:
        """Remember one happening, and give it as a reader will read it."""
        records = []
        for start in range(0, len(data) or 1, RECORD_BYTES_MAX):
            piece = data[start : start + RECORD_BYTES_MAX]
            said = HEADER.size + len(str(self._gap)) if self._gap else 0  # the GAP record that goes first
            place = self.offset + said + self._waiting_bytes
            records.append(Record(place, kind, connection, self._monotonic_ns(), self._wall_ns(), piece))
            self._put(*records[-1][1:])
        return records

    def _put(self, kind: int, connection: int, monotonic_ns: int, wall_ns: int, data: bytes) -> None:
        record = encode(kind, connection, monotonic_ns, wall_ns, data)
        self._waiting.append(record)
        self._waiting_bytes += len(record)

    @property
    def now_s(self) -> float:
        """The clock of the records."""
        return self._monotonic_ns() / 1e9

    @property
    def now_ms(self) -> int:
        """The wall clock of the records, ms since 1970."""
        return self._wall_ns() // 1_000_000

    def flush(self) -> bool:
        """Hand what is remembered to the kernel; False when it could not take it (counted, said later by a GAP record)."""
        if not self._waiting:
            return True
        records, count = self._waiting, len(self._waiting)
        self._waiting, self._waiting_bytes = [], 0
        if self._gap:
            said = str(self._gap).encode()
            records.insert(0, encode(GAP, 0, self._monotonic_ns(), self._wall_ns(), said))
        data = b"".join(records)
        try:
            self._write(data)
        except OSError:
            self._gap += len(data) - HEADER.size * count
            self.lost_bytes += len(data) - HEADER.size * count
            self.rotate()
            return False
        self._gap = 0
        if self._size >= SEGMENT_BYTES:
            self.rotate()
        return True

    def rotate(self) -> None:
        """End the segment and begin the next, so that the old one can be deleted once it is stored."""
        if self._file < 0 or os.fstat(self._file).st_size == 0:
            return
        self._leave()
        try:
            self._begin()
        except OSError:
            self._file = -1  # the next flush tries again

    def close(self) -> None:
        """Write what is remembered and let go of the file."""
        self.flush()
        if self._file >= 0:
            self._leave()

    def _begin(self) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | getattr(os, "O_BINARY", 0)
        self._file = os.open(self._folder / f"{self._base:016x}{SUFFIX}", flags, 0o600)

    def _leave(self) -> None:
        size = max(os.fstat(self._file).st_size, self._size)  # cut short by somebody or not: no offset is used twice
        os.close(self._file)
        self._file, self._base, self._size = -1, self._base + size, 0

    def _write(self, data: bytes) -> None:
        if self._file < 0:
            self._begin()
        written = os.write(self._file, data)
        self._size += written
        if written < len(data):
            raise OSError(28, "the disk took only a part")

    def _end_of_old(self) -> int:
        """Where offsets go on: at the time of day, and behind the newest segment and all it holds, torn or not.

        The time of day, so that offsets (and printouts named after them) are never used twice and none lies before the
        position of the shop: not when somebody empties the folder, nor when a power cut leaves the newest segment shorter
        than what was read from it.
        """
        now = self._wall_ns() // 1_000_000_000 * OFFSETS_A_SECOND
        old = segments(self._folder)
        if not old:
            return now
        base, path = old[-1]
        return max(base + max(1, path.stat().st_size), now)


class Reader:
    """Reads a capture from any record's offset on, and goes on as it grows. Never waits: an empty list is "not yet"."""

    def __init__(self, folder: Path, offset: int = 0) -> None:
        self._folder = folder
        self.offset = offset
        """The logical offset of the next record to be read."""
        self._file = -1
        self._base = 0
        self.torn = 0
        """How many torn tails were passed over."""

    @property
    def base(self) -> int:
        """The logical offset where the segment being read begins; 0 before there was one."""
        return self._base

    def read(self, limit_bytes: int = READ_BYTES) -> list[Record]:
        """Give the next whole records, at most about ``limit_bytes`` of them."""
        while True:
            if self._file < 0 and not self._open():
                return []
            if found := self._take(limit_bytes):
                return found
            newer = self._newer()
            if newer is None:
                return []
            if found := self._take(limit_bytes):
                return found
            self._end_segment(newer)

    def close(self) -> None:
        """Let go of the file; reading again opens it again."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def _open(self) -> bool:
        there = segments(self._folder)
        holding = [(base, path) for base, path in there if base <= self.offset]
        if holding and self.offset < holding[-1][0] + holding[-1][1].stat().st_size:
            base, path = holding[-1]
        else:
            later = [(base, path) for base, path in there if base >= self.offset]
            if not later:
                return False
            base, path = later[0]
            self.offset = base
        self._file = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
        self._base = base
        return True

    def _newer(self) -> int | None:
        """Say where the segment behind this one begins. This one is then read once more: now it grows no more.

        Asked only when nothing was read: that is once a segment, not once a record.
        """
        return next((base for base, _ in segments(self._folder) if base > self._base), None)

    def _take(self, limit_bytes: int) -> list[Record]:
        there = os.fstat(self._file).st_size - (self.offset - self._base)
        if there < HEADER.size:
            return []
        os.lseek(self._file, self.offset - self._base, os.SEEK_SET)
        data = os.read(self._file, min(there, max(limit_bytes, HEADER.size + RECORD_BYTES_MAX)))
        found: list[Record] = []
        at = 0
        while at < limit_bytes and (record := decode(data, at, self.offset)) is not None:
            found.append(record)
            at += HEADER.size + len(record.data)
            self.offset = record.end
        return found

    def _end_segment(self, newer: int) -> None:
        if os.fstat(self._file).st_size > self.offset - self._base:
            self.torn += 1
        self.close()
        self.offset = newer


def read_floor(folder: Path) -> int | None:
    """Say from where on the line process needs the capture; None when it does not.

    All of it where nobody can tell: a power cut leaves the file empty.
    """
    try:
        return int((folder / FLOOR).read_bytes(), 16)
    except OSError:
        return None
    except ValueError:
        return 0


def write_floor(folder: Path, offset: int) -> None:
    """Need the capture from there on. In force before the segment it lies in can be an old one. Raises OSError."""
    fresh = folder / f"{FLOOR}.new"
    fresh.write_bytes(b"%016x\n" % offset)
    fresh.replace(folder / FLOOR)


def sync(folder: Path, file: int, fsync: Callable[[int], None]) -> None:
    """Bring a borrowed segment (`Writer.lend`) and the floor to the disk, and close it. For a thread."""
    with contextlib.suppress(OSError):
        fsync(file)
    os.close(file)
    for path in (folder / FLOOR, folder):
        with contextlib.suppress(OSError):
            entry = os.open(path, os.O_RDONLY)
            try:
                fsync(entry)
            finally:
                os.close(entry)


def drop_floor(folder: Path) -> None:
    """Need it no more."""
    (folder / FLOOR).unlink(missing_ok=True)


def spent(folder: Path, offset: int) -> list[Path]:
    """List the segments whose records all stand before ``offset`` and that have a successor.

    The newest is never among them: its writer may be appending. So a line's offsets never begin anew. Nor are those the
    line process needs to release what it withholds.
    """
    floor = read_floor(folder)
    if floor is not None:
        offset = min(offset, floor)
    return [path for (_, path), (following, _) in pairwise(segments(folder)) if following <= offset]


def cut(folder: Path, offset: int) -> int:
    """Delete what is `spent`; say how many."""
    gone = spent(folder, offset)
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)
