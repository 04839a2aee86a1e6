"""The watch: the shop's reading of a line, overheard by whoever withholds its paper. Pure.

The very code that will find the printouts in the capture (`kvit.relay.reading`) reads the records as they are written, so
what is withheld is cut and named as the shop will cut and name it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from kvit.escpos import Command
from kvit.escpos.status import Answer
from kvit.relay.boundary import Amended, Closed
from kvit.relay.capture import Record
from kvit.relay.reading import Amendment, Found, Printout, Reading, _Stream


class Hears(Protocol):
    """Who overhears."""

    def commands(self, number: int, commands: Iterable[Command], dialect: str) -> None:
        """Commands of a till, before the boundary looks at them."""

    def closed(self, number: int, offset: int, event: Closed, since_ms: int) -> None:
        """A printout has ended."""

    def amended(self, number: int, event: Amended) -> None:
        """The last printout has a tail."""

    def answered(self, number: int, said: Answer, now_ms: int) -> None:
        """A till was told something."""


class Watch(Reading):
    """The shop's reading, overheard."""

    def __init__(self, line: str, profile: str, hears: Hears) -> None:
        super().__init__(line, profile)
        self._hears = hears

    def received(self, number: int) -> int:
        """How many bytes of a till there were."""
        stream = self._streams.get(number)
        return 0 if stream is None else stream.base + len(stream.raw)

    def rests(self, number: int) -> bool:
        """Whether a till is between printouts and between commands."""
        stream = self._streams.get(number)
        return stream is None or (stream.boundary.start is None and not stream.tap.pending)

    def dialect(self, number: int) -> str:
        """What a till speaks, as far as is known."""
        stream = self._streams.get(number)
        return "epson" if stream is None else stream.tap.dialect

    def pending(self, number: int) -> bytes:
        """What of a till is not a whole command yet."""
        stream = self._streams.get(number)
        return bytes(stream.raw[-stream.tap.pending :]) if stream is not None and stream.tap.pending else b""

    def place(self, number: int, at: int) -> int:
        """The logical offset of a byte of a till."""
        return self._streams[number].place(at)[0]

    def begun(self, number: int) -> tuple[int, int, int] | None:
        """Name, beginning (ms) and size so far of the printout in progress."""
        stream = self._streams.get(number)
        if stream is None or (start := stream.boundary.start) is None:
            return None
        since_ms = int(stream.last_s * 1000 + stream.wall_ns // 1_000_000)
        return stream.place(start)[0], since_ms, self.received(number) - start

    def _number(self, stream: _Stream) -> int:
        return next(number for number, each in self._streams.items() if each is stream)

    def _walk(self, stream: _Stream, commands: list[Command], now_s: float) -> list[Found]:
        self._hears.commands(self._number(stream), commands, stream.tap.dialect)
        return super()._walk(stream, commands, now_s)

    def _closed(self, stream: _Stream, event: Closed) -> Printout:
        found = super()._closed(stream, event)
        self._hears.closed(self._number(stream), found.offset, event, found.ended_ms)
        return found

    def _amended(self, stream: _Stream, event: Amended) -> Amendment:
        found = super()._amended(stream, event)
        self._hears.amended(self._number(stream), event)
        return found

    def _answered(self, record: Record, answer: Answer) -> None:
        self._hears.answered(record.connection, answer, record.wall_ns // 1_000_000)
