"""What a line process that died had withheld: read from the capture, so that it comes out on paper. Pure.

The notes in the capture say from where on a till was withheld, what was decided, and what had begun to come out or was out
(`kvit.relay.notes`). Whatever was withheld and is neither decided away nor out comes out now, in the till's order, without
what was passed on at once then: no drawer opens twice, no display shows yesterday's total.

Of a printout whose way to the printer had begun nobody knows how much is on paper, and after a power cut nobody knows which
notes are missing: these come out under a line that says that they may be a repetition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, TypeVar

import msgspec

from kvit.escpos import Parser
from kvit.relay import capture, notes
from kvit.relay.capture import Record
from kvit.relay.flow import Flow
from kvit.relay.marks import classify
from kvit.relay.sifting import Piece, piece, remains, sort, spliced

BOOT_NS: Final = 60_000_000_000
"""Wall clock less monotonic clock is when the machine was started; clocks are set by less than this."""
PRINTS: Final = frozenset({"mark", "feed", "cut", "page"})
AGAIN: Final = b"*** MAY BE A REPETITION ***\n"
"""Where the shop never said how it says so: letters every code page has."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something to print: whose it was, its bytes, where it stands in the capture."""

    connection: int
    data: bytes
    offset: int
    length: int
    again: bool
    """It may be a repetition."""


@dataclass(slots=True)
class _Run:
    """Bytes of one connection since it was withheld."""

    connection: int
    raw: bytearray = field(default_factory=bytearray)
    places: list[tuple[int, int]] = field(default_factory=list)
    """(index in ``raw``, logical offset), oldest first."""

    def index(self, logical: int) -> int | None:
        """Where the byte of that logical offset stands; None when it is not of this run."""
        ends = [*(at for at, _ in self.places[1:]), len(self.raw)]
        for (at, offset), end in zip(self.places, ends, strict=False):
            if offset <= logical < offset + end - at:
                return at + logical - offset
        return None

    def logical(self, index: int) -> int:
        """The logical offset of a byte."""
        at, offset = [place for place in self.places if place[0] <= index][-1]
        return offset + index - at


@dataclass(slots=True)
class _Span:
    """Bytes of a run between two indexes, and what is known of them."""

    start: int
    end: int
    splices: list[tuple[int, str]] = field(default_factory=list)
    begun: bool = False
    done: bool = False


def find(records: Iterable[Record], profile: str, boot_ns: int) -> list[Leftover]:
    """Find what must come out. ``boot_ns`` is when this machine was started (wall less monotonic clock)."""
    runs: list[_Run] = []
    held: dict[int, _Run] = {}
    routed: dict[int, notes.Routed] = {}
    released: dict[int, notes.Released] = {}
    cut_off = False
    for record in records:
        cut_off = abs(record.wall_ns - record.monotonic_ns - boot_ns) > BOOT_NS
        if record.kind == capture.HELD:
            held[record.connection] = _Run(record.connection)
            runs.append(held[record.connection])
        elif record.kind in (capture.PASSED, capture.OPEN):
            held.pop(record.connection, None)
        elif record.kind == capture.TILL and (run := held.get(record.connection)) is not None:
            run.places.append((len(run.raw), record.start))
            run.raw += record.data
        elif record.kind == capture.ROUTED and (decided := _read(notes.routed, record)) is not None:
            routed[decided.offset] = decided
        elif record.kind == capture.RELEASED and (said := _read(notes.released, record)) is not None:
            released[said.offset] = said
    return [left for run in runs for left in _of_run(run, routed, released, profile, cut_off)]


def _read(reader: Callable[[bytes], T], record: Record) -> T | None:
    try:
        return reader(record.data)
    except (msgspec.DecodeError, msgspec.ValidationError):
        return None


def _of_run(
    run: _Run, routed: dict[int, notes.Routed], released: dict[int, notes.Released], profile: str, cut_off: bool
) -> Iterable[Leftover]:
    pieces, prints = _pieces(bytes(run.raw), profile)
    for span in _spans(run, routed, released):
        inside = [each for each in pieces if span.start <= each.offset < span.end]
        data, again = remains(inside), False
        if any(each.offset in prints for each in inside):
            splices = [(at, bytes.fromhex(extra)) for at, extra in span.splices]
            data, again = spliced(inside, span.start, splices), cut_off or span.begun
        if data:
            yield Leftover(run.connection, data, run.logical(span.start), span.end - span.start, again)


def _spans(run: _Run, routed: dict[int, notes.Routed], released: dict[int, notes.Released]) -> list[_Span]:
    """Cut a run into what is to come out: printouts decided for paper by themselves, what was undecided between them."""
    spans: list[_Span] = []
    for offset in routed.keys() | released.keys():
        start = run.index(offset)
        if start is None:
            continue
        note, said = routed.get(offset), released.get(offset)
        length = note.bytes if note is not None else said.bytes if said is not None else 0
        done = (note is not None and not note.paper) or (said is not None and said.done)
        spans.append(_Span(start, start + length, note.splices if note else [], said is not None, done))
    found: list[_Span] = []
    at = 0
    for span in sorted(spans, key=lambda each: each.start):
        if span.start > at:
            found.append(_Span(at, span.start))
        if not span.done and span.end > at:
            found.append(span)
        at = max(at, span.end)
    if at < len(run.raw):
        found.append(_Span(at, len(run.raw)))
    return found


def _pieces(raw: bytes, profile: str) -> tuple[list[Piece], set[int]]:
    """Take a run apart as it was when it was withheld: its paper, and where something prints."""
    parser, flow = Parser(profile), Flow(0)
    found: list[Piece] = []
    prints: set[int] = set()
    for command in parser.feed(raw):
        if flow.way(command, sort(command, parser.dialect)) == "paper":
            found.append(piece(command))
            if classify(command, parser.dialect) in PRINTS:
                prints.add(command.offset)
    if parser.pending:
        at = len(raw) - parser.pending
        found.append(Piece(at, raw[at:]))
        prints.add(at)
    return found, prints
