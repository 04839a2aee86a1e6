"""A till's connection: what asyncio says of it, turned into the few words a pump understands.

Of a network connection the first bytes are looked at (`kvit.relay.stranger`) before it counts as a till. A connection
that never sends a byte is never heard of.
"""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from kvit.relay import stranger
from kvit.relay.link import Link
from kvit.relay.notes import Span

HOLD_S: Final = 1.0
"""How long the beginning of what may be an HTTP request is held: a browser sends its line in one packet."""
AWAY_S: Final = 0.25
"""How long the rest of a stranger's request is read (and thrown away) before it is hung up."""
BACK_BYTES: Final = 65536
"""What a till has not read of the printer's answers before the printer is not read either."""


@dataclass(slots=True, eq=False)
class Job:
    """Bytes on their way from what was withheld to the printer."""

    data: bytes
    span: Span | None
    """Where they stand in the capture, for what must not be lost."""
    since_s: float
    begun: bool = False


class Above(Protocol):
    """What a till tells its pump."""

    counters: Counter[str]

    def came(self, till: Till) -> None:
        """It has sent its first byte."""

    def from_till(self, till: Till, data: bytes) -> None:
        """It sent bytes."""

    def till_ended(self, till: Till, how: str) -> None:
        """It sends no more."""

    def till_full(self, till: Till, full: bool) -> None:
        """It does not read the answers, or reads again."""


class Till(asyncio.Protocol):
    """One till's connection."""

    def __init__(self, pump: Above, number: int, peer: str, *, lasting: bool, network: bool) -> None:
        self.pump, self.number, self.peer = pump, number, peer
        self.network = network
        self.lasting = lasting
        self._transport: asyncio.Transport | None = None
        self._first: bytes | None = b"" if network else None
        self._hold: asyncio.TimerHandle | None = None
        self._loop = asyncio.get_running_loop()
        self._heard_s = self._loop.time()
        self._ended_s = 0.0
        self._here = self._away = False
        self.is_own = False
        """The shop itself prints, and nothing of it is captured."""
        self.admitted = False
        """The shop was told that it may print."""
        self.link: Link | None = None
        self.held: list[bytes] = []
        """What it sent before it had a link: one read."""
        self.jobs: deque[Job] = deque()
        """Paper of it that was withheld and is to come out, or what was passed on at once."""
        self.withheld = False
        """What it sends is withheld from paper (`kvit.relay.holding`)."""
        self.ended = self.gone = self.winding = self.released = False
        self.end_timer: asyncio.TimerHandle | None = None
        self.busy: Callable[[bool], None] | None = None
        """How a till on an XON/XOFF line is told to stop; None where not reading it is enough."""
        self.on_made: Callable[[Till], None] = lambda till: None
        """Hears of a connection of the shop itself, before it has said a word."""
        self.on_lost: Callable[[Till], None] = lambda till: None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It is there; a job it is only with its first byte."""
        self._transport = transport  # type: ignore[assignment]
        self._transport.set_write_buffer_limits(high=BACK_BYTES)  # type: ignore[union-attr]
        if self.is_own:
            self._here = True
            self.pump.came(self)
            self.on_made(self)

    def data_received(self, data: bytes) -> None:
        """It sends."""
        self._heard_s = self._loop.time()
        if self._away:
            return
        if self._first is not None:
            self._look(self._first + data)
            return
        if not self._here:
            self._here = True
            self.pump.came(self)
        self.pump.from_till(self, data)

    def eof_received(self) -> bool:
        """It sends no more but still listens."""
        if self._first:
            self._pass_on()
        if not self._here:
            return False
        self._end("eof")
        return not self.released

    def connection_lost(self, exc: Exception | None) -> None:
        """It is gone."""
        self.on_lost(self)
        self.gone = True
        if self._first:
            self._pass_on()
        if self._here and not self.released:
            winding, self.winding = self.winding, False
            if winding and self.end_timer is not None:
                self.end_timer.cancel()
            self._end("reset" if exc else "closed")

    def pause_writing(self) -> None:
        """It does not read the printer's answers."""
        self.pump.till_full(self, True)

    def resume_writing(self) -> None:
        """It reads again."""
        self.pump.till_full(self, False)

    def answer(self, data: bytes) -> None:
        """Give it what the printer said."""
        self._heard_s = self._loop.time()
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def pause(self) -> None:
        """Read it no more for now."""
        if self._transport is not None and not self.gone and not self._transport.is_closing():
            self._transport.pause_reading()
            if self.busy is not None:
                self.busy(True)

    def resume(self) -> None:
        """Read it again."""
        if self._transport is not None and not self.gone and not self._transport.is_closing():
            self._transport.resume_reading()
            if self.busy is not None:
                self.busy(False)

    def silent_s(self) -> float:
        """Since when neither side said anything."""
        return self._loop.time() - self._heard_s

    def ended_for_s(self) -> float:
        """Since when it has sent all."""
        return self._loop.time() - self._ended_s

    def hang_up(self) -> None:
        """Close it once it has got all answers."""
        if self.end_timer is not None:
            self.end_timer.cancel()
        if self._transport is not None and not self.lasting:
            self._transport.close()

    def abort(self, how: str) -> None:
        """Close it from our side."""
        if self._transport is not None:
            self._transport.close()
        if not self.ended:
            self._end(how)

    def _end(self, how: str) -> None:
        if not self.ended:
            self.ended, self._ended_s = True, self._loop.time()
        self.pump.till_ended(self, how)

    def _look(self, first: bytes) -> None:
        """Decide by the first bytes whether this is a till at all."""
        who = stranger.recognise(first)
        self._first = first
        if who is None:
            if self._hold is None:
                self._hold = self._loop.call_later(HOLD_S, self._pass_on)
        elif who == "till":
            self._pass_on()
        else:
            self._send_away(who)

    def _pass_on(self) -> None:
        if self._hold is not None:
            self._hold.cancel()
        first, self._first = self._first, None
        if first:
            self.data_received(first)

    def _send_away(self, who: str) -> None:
        if self._hold is not None:
            self._hold.cancel()
        self._first, self._away = None, True
        self.pump.counters["strangers"] += 1
        assert self._transport is not None
        if who == "http":
            self._transport.write(stranger.HTTP_ANSWER)
        # Closed only after the rest of its request is read: a close with unread bytes would be a reset, and eat the answer.
        self._loop.call_later(AWAY_S, self._transport.close)
