"""Reading a capture: records in, printouts out. The shop's side of the relay, without clock, loop or disk.

A printout is named for ever by its line and the logical offset of its first byte in the capture: replaying the same
capture gives the same names. `Position` is all that must be kept to go on after a restart without losing or repeating one:
where to read from, and for each connection from where its bytes are still wanted.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import Final

import msgspec

from kvit.escpos import Command, Profile
from kvit.escpos.status import Answer
from kvit.relay import capture
from kvit.relay.boundary import Amended, Boundary, Closed
from kvit.relay.capture import Record
from kvit.relay.tap import Tap

PRINTOUT_BYTES_MAX: Final = 8 << 20
"""Two rolls of pictures. A till that prints more without an end is cut here, and reading goes on."""
PRINTOUT_COMMANDS_MAX: Final = 200_000
"""The same for one of tiny commands: twenty metres of dense text have a tenth. Taking more apart would fill the memory of a
small machine (8 MB of line feeds: 1.5 GB)."""
HEARD_MAX: Final = 100
"""Changes of the printer's state kept with one printout."""
MARKS_MAX: Final = 1024
"""Ended connections remembered before the old ones are looked through."""
NS: Final = 1_000_000_000
MS: Final = 1_000_000


class Heard(msgspec.Struct, frozen=True):
    """A change of state the printer told while a printout was made: cover open, paper end, drawer …"""

    time_ms: int
    values: dict[str, bool]


class Printout(msgspec.Struct, frozen=True):
    """One run of a till's printer bytes. ``(line, offset)`` is its name; times are wall clock, ms since 1970."""

    line: str
    offset: int
    raw: bytes
    setting: bytes
    """Commands of before that were in force where it begins: play them first."""
    started_ms: int
    ended_ms: int
    till: str
    """The connection's other end: ``192.168.1.20:51234``, ``pty://till1``."""
    ended_by: str
    evidence: tuple[str, ...] = ()
    heard: tuple[Heard, ...] = ()
    header_only: bool = False
    marked: bool = True
    """False when nothing was printed: a drawer opened without a sale, or a connection that only set the printer up."""
    incomplete: bool = False
    """True when a command was cut short, or bytes passed uncaptured."""


class Amendment(msgspec.Struct, frozen=True):
    """A tail of a printout given before: ``word`` is ``pulse``, ``ask``, ``cut`` or ``off``."""

    line: str
    offset: int
    raw: bytes
    time_ms: int
    word: str
    at: int = 0
    """How far behind the printout's first byte the tail begins: with the offset, its name on every replay."""


class Last(msgspec.Struct, frozen=True):
    """The last printout of a connection: what comes later without printing anything (the drawer) belongs to it."""

    offset: int
    """Its name."""
    behind: int
    """How many bytes of the till lie between its first and the mark's place."""
    ended_s: float
    """On the capture's clock."""
    ended_by: str


class Mark(msgspec.Struct, frozen=True):
    """From where a connection's bytes are wanted, and how to enter its stream there."""

    offset: int
    till: str = ""
    setting: bytes = b""
    early: bool = False
    done: bool = False
    """True once the connection has ended: only its bytes before ``offset`` are passed over."""
    last: Last | None = None


class Position(msgspec.Struct, frozen=True):
    """Where to go on. `encode` and `decode` are twins (JSON)."""

    offset: int = 0
    connections: dict[int, Mark] = {}

    def encode(self) -> bytes:
        """Write it."""
        return msgspec.json.encode(self)

    @staticmethod
    def decode(data: bytes) -> Position:
        """Read it. Raises msgspec.DecodeError for anything else."""
        return msgspec.json.decode(data, type=Position)


@dataclass(slots=True)
class _Stream:
    """One connection: its tap, its boundary, and its bytes since the printout in progress began."""

    till: str
    tap: Tap
    boundary: Boundary
    raw: bytearray = field(default_factory=bytearray)
    base: int = 0
    """The stream offset of ``raw[0]``."""
    places: deque[tuple[int, int, int]] = field(default_factory=deque)
    """(stream offset, logical offset of that byte, logical offset of its record), oldest first."""
    setting: bytes = b""
    """Settings in force where the printout in progress begins."""
    wall_ns: int = 0
    """Wall clock minus monotonic clock."""
    heard: list[Heard] = field(default_factory=list)
    state: dict[str, bool] = field(default_factory=dict)
    incomplete: bool = False
    commands: int = 0
    """Of the printout in progress."""
    last_s: float = 0.0
    former: tuple[int, int] = (0, 0)
    """The number this port's connection had in the line process before, and the offset where it got its new one."""
    name: int = 0
    """The last printout's logical offset: what amendments are told with."""

    @property
    def wanted(self) -> int:
        """The stream offset from which bytes are still needed."""
        start = self.boundary.start
        return self.boundary.seen if start is None else start

    @property
    def last(self) -> Last | None:
        """The last printout, seen from `wanted`."""
        last = self.boundary.last
        return None if last is None else Last(self.name, self.wanted - last.start, last.ended_s, last.ended_by)

    def place(self, at: int) -> tuple[int, int]:
        """Give (logical offset, record's offset) of the byte at ``at``."""
        before = self.places[0]
        for entry in self.places:
            if entry[0] > at:
                break
            before = entry
        return before[1] + at - before[0], before[2]

    def forget(self) -> None:
        """Let go of bytes and places nobody needs any more."""
        wanted = self.wanted
        if wanted > self.base:
            del self.raw[: wanted - self.base]
            self.base = wanted
        while len(self.places) > 1 and self.places[1][0] <= wanted:
            self.places.popleft()


Found = Printout | Amendment


class Reading:
    """Reads one line's records in order."""

    def __init__(
        self, line: str, profile: Profile | str | None = None, position: Position | None = None, byte_s: float = 0.0
    ) -> None:
        """Take the line's name, its printer's profile, where to go on, and how long a byte takes on the till's wire."""
        self._line, self._profile, self._byte_s = line, profile, byte_s
        self._marks = dict((position or Position()).connections)
        self._streams: dict[int, _Stream] = {}
        self._next = (position or Position()).offset

    @property
    def position(self) -> Position:
        """Where to go on, were this reading to end now."""
        offset = self._next
        marks = dict(self._marks)
        for number, stream in self._streams.items():
            if not stream.places:
                marks[number] = Mark(self._next, stream.till, stream.setting, stream.boundary.early, last=stream.last)
                continue
            wanted = stream.wanted
            logical, record = stream.place(wanted)
            if wanted < stream.base + len(stream.raw):
                offset = min(offset, record)
            if logical < stream.former[1]:
                number = stream.former[0]  # its bytes were captured under that; the new number is met again on the way
            marks[number] = Mark(logical, stream.till, self._setting(stream), stream.boundary.early, last=stream.last)
        return Position(
            offset, {number: mark for number, mark in marks.items() if not mark.done or mark.offset > offset}
        )

    @property
    def deadline_s(self) -> float | None:
        """When `tick` should be called, should nothing come before: seconds of the capture's monotonic clock."""
        deadlines = [stream.boundary.deadline_s for stream in self._streams.values()]
        return min((deadline for deadline in deadlines if deadline is not None), default=None)

    def take(self, record: Record) -> list[Found]:
        """Take the next record; give the printouts it completed."""
        now_s = record.monotonic_ns / NS
        found = self._pass_time(now_s)
        take = _TAKES.get(record.kind)
        if take is not None:
            found += take(self, record, now_s)
        self._next = record.end
        return found

    def tick(self, now_s: float) -> list[Found]:
        """Nothing new has come until ``now_s``. Only to be called with a time read before the capture was found empty."""
        return self._pass_time(now_s)

    def _setting(self, stream: _Stream) -> bytes:
        return stream.setting if stream.boundary.start is not None else stream.tap.setting

    def _pass_time(self, now_s: float) -> list[Found]:
        found: list[Found] = []
        for stream in self._streams.values():
            deadline = stream.boundary.deadline_s
            if deadline is None or now_s < deadline:
                continue
            if stream.tap.pending:
                stream.incomplete = True
                found += self._walk(stream, stream.tap.starved(), stream.last_s)
            found += self._events(stream, stream.boundary.tick(now_s))
            stream.forget()
        return found

    def _bytes(self, record: Record, now_s: float) -> list[Found]:
        number = record.connection
        start, data = record.start, record.data
        mark = self._marks.get(number)
        if mark is not None and mark.done and start >= mark.offset:
            mark = None  # a number used again
            del self._marks[number]
        if mark is not None and start < mark.offset:
            data = data[mark.offset - start :]
            start = min(mark.offset, record.end)
        if not data:
            return []
        stream = self._streams.get(number) or self._open(number, mark.till if mark else "")
        stream.wall_ns = record.wall_ns - record.monotonic_ns
        stream.places.append((stream.base + len(stream.raw), start, record.offset))
        stream.raw += data
        stream.last_s = now_s
        found = self._walk(stream, stream.tap.till(data), now_s)
        if stream.tap.pending:
            stream.boundary.heard(now_s)
        begun = stream.boundary.start
        long = stream.commands > PRINTOUT_COMMANDS_MAX
        if begun is not None and (long or stream.boundary.seen - begun > PRINTOUT_BYTES_MAX):
            found += self._events(stream, stream.boundary.close(now_s, "size"))
        stream.forget()
        return found

    def _open(self, number: int, till: str) -> _Stream:
        mark = self._marks.pop(number, Mark(0))
        tap = Tap(self._profile, mark.setting)
        last = None
        if mark.last is not None:
            last = Closed(-mark.last.behind, 0, 0.0, mark.last.ended_s, mark.last.ended_by, ())
        boundary = Boundary(self._byte_s, early=mark.early, last=last)
        stream = _Stream(till or mark.till, tap, boundary, setting=mark.setting)
        stream.name = mark.last.offset if mark.last else 0
        self._streams[number] = stream
        return stream

    def _walk(self, stream: _Stream, commands: list[Command], now_s: float) -> list[Found]:
        found: list[Found] = []
        boundary, tap, dialect = stream.boundary, stream.tap, stream.tap.dialect
        at = counted = 0  # the printout in progress began ``commands`` before number ``counted``
        while (at := boundary.inside(commands, at, dialect, now_s, tap.follow)) < len(commands):
            command = commands[at]
            events = boundary.command(command, dialect, now_s)
            if events:
                found += self._events(stream, events)
            begun = boundary.start
            if events or begun == command.offset:
                stream.commands, counted = 0, at
            if begun == command.offset:
                stream.setting = tap.setting
            elif events and begun is not None:
                stream.setting = b""  # it begins with the ESC @ before this command
            tap.follow(command)
            at += 1
        stream.commands += len(commands) - counted
        return found

    def _events(self, stream: _Stream, events: list[Closed | Amended]) -> list[Found]:
        return [
            self._closed(stream, event) if isinstance(event, Closed) else self._amended(stream, event)
            for event in events
        ]

    def _closed(self, stream: _Stream, event: Closed) -> Printout:
        stream.name = logical = stream.place(event.start)[0]
        raw = bytes(stream.raw[event.start - stream.base : event.end - stream.base])
        heard, stream.heard = tuple(stream.heard), []
        incomplete, stream.incomplete = stream.incomplete, False
        return Printout(
            self._line, logical, raw, stream.setting, _ms(stream, event.started_s), _ms(stream, event.ended_s), stream.till,
            event.ended_by, event.evidence, heard, event.header_only, event.marked, incomplete,
        )  # fmt: skip

    def _amended(self, stream: _Stream, event: Amended) -> Amendment:
        at = max(event.at, stream.base)
        raw = bytes(stream.raw[at - stream.base : event.end - stream.base])
        return Amendment(self._line, stream.name, raw, _ms(stream, event.time_s), event.word, at - event.start)

    def _heard(self, record: Record, now_s: float) -> list[Found]:
        stream = self._streams.get(record.connection)
        if stream is None:
            return []
        for answer in stream.tap.printer(record.data):
            self._answered(record, answer)
            if not answer.values:
                continue
            news = {name: on for name, on in answer.values.items() if stream.state.get(name, False) != on}
            if news and len(stream.heard) < HEARD_MAX:
                stream.heard.append(Heard(record.wall_ns // MS, news))
            stream.state.update(answer.values)
        return []

    def _answered(self, record: Record, answer: Answer) -> None:
        """Hear of each answer: for whoever withholds paper (`kvit.relay.hold`)."""

    def _opened(self, record: Record, now_s: float) -> list[Found]:
        till = record.data.decode("utf-8", "replace")
        mark = self._marks.get(record.connection)
        if mark is not None and mark.offset >= record.end:
            return []
        lasting = "://" in till
        old = next((number for number, stream in self._streams.items() if lasting and stream.till == till), None)
        if old is None:
            known = next(
                (number for number, m in self._marks.items() if lasting and m.till == till and not m.done), None
            )
            if known is not None:
                self._marks[record.connection] = self._marks.pop(known)
            self._open(record.connection, till)
        else:
            stream = self._streams[record.connection] = self._streams.pop(old)
            stream.former = (old, record.end)
            self._marks[old] = Mark(record.end, till, done=True)
        return []

    def _ended(self, record: Record, now_s: float) -> list[Found]:
        return self._end(record.connection, record, now_s)

    def _end(self, number: int, record: Record, now_s: float) -> list[Found]:
        stream = self._streams.get(number)
        found: list[Found] = []
        if stream is not None:
            if stream.tap.pending:
                stream.incomplete = True
                found += self._walk(stream, stream.tap.starved(), now_s)
            found += self._events(stream, stream.boundary.close(now_s))
            del self._streams[number]
        self._marks[number] = Mark(record.end, done=True)
        if len(self._marks) > MARKS_MAX:
            offset = self.position.offset
            self._marks = {n: mark for n, mark in self._marks.items() if not mark.done or mark.offset > offset}
        return found

    def _started(self, record: Record, now_s: float) -> list[Found]:
        found: list[Found] = []
        for number, stream in list(self._streams.items()):
            if "://" not in stream.till:
                found += self._end(number, record, stream.last_s)
        for number, mark in list(self._marks.items()):
            if "://" not in mark.till and not mark.done:
                self._marks[number] = Mark(record.end, done=True)
        return found

    def _gap(self, record: Record, now_s: float) -> list[Found]:
        for stream in self._streams.values():
            stream.incomplete = True
        return []


def _ms(stream: _Stream, time_s: float) -> int:
    return int((time_s * NS + stream.wall_ns) // MS)


_TAKES: Final = {
    capture.TILL: Reading._bytes,
    capture.PRINTER: Reading._heard,
    capture.OPEN: Reading._opened,
    capture.CLOSE: Reading._ended,
    capture.START: Reading._started,
    capture.GAP: Reading._gap,
}
