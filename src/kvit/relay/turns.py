"""Turns: which of several tills has the printer.

A receipt printer has one paper: bytes of two tills must not mix on it. One till owns the printer until its connection
ends. Others wait in order of arrival, unread, so that waiting costs no memory and the tills see a busy printer.

A connection that sends nothing, or a byte a second, must not keep the others from printing:

* a connection that has sent nothing asks for no turn;
* one with a few bytes (a status question, or the beginning of a slow drip) waits behind those with more;
* while others wait, an owner silent for `IDLE_S`, or with fewer than `PROGRESS_BYTES` in ``turn_s``, gives the printer away
  (a till at 9,600 baud sends 4,800 in five seconds). It asks again with its next bytes, and then stands behind all who
  never lost a turn. So tills may keep their connections open all day.

Pure: times come in as seconds of one monotonic clock.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

PROGRESS_BYTES: Final = 64
"""Two lines of text: what any real till sends in a turn's worth of seconds while it prints."""
FEW_BYTES: Final = 16
"""A status question has 2 to 4 bytes, a printout has more in its first packet."""

IDLE_S: Final = 2.0
"""As long as the pause that ends a receipt without a cut (docs/protocols/relay.md)."""

T = TypeVar("T", bound=Hashable)


@dataclass(slots=True)
class _Waiting:
    arrival: int
    bytes: int = 0
    ended: bool = False
    demoted: bool = False


class Turns(Generic[T]):
    """Decides who owns the printer. Every method that can change the owner returns the new owner, or None."""

    def __init__(self, turn_s: float) -> None:
        self._turn_s = turn_s
        self._waiting: dict[T, _Waiting] = {}
        self._arrivals = 0
        self._since = 0.0
        self._heard = 0.0
        self._progress = 0
        self._demoted: set[T] = set()
        self.owner: T | None = None

    @property
    def waiting(self) -> int:
        """How many tills wait with something to print."""
        return len(self._waiting)

    def asks(self, till: T, count: int, now_s: float, *, ended: bool = False) -> T | None:
        """A till that does not own the printer has ``count`` bytes to send; give the new owner when it gets its turn."""
        assert till != self.owner
        if till not in self._waiting:
            self._arrivals += 1
            self._waiting[till] = _Waiting(self._arrivals, demoted=till in self._demoted)
        entry = self._waiting[till]
        entry.bytes += count
        entry.ended = entry.ended or ended
        return self._choose(now_s) if self.owner is None else None

    def sent(self, count: int, now_s: float) -> None:
        """The owner sent bytes."""
        self._heard = now_s
        self._progress += count
        if self._progress >= PROGRESS_BYTES:
            self._since, self._progress = now_s, 0

    def renew(self, now_s: float) -> None:
        """The printer was busy: the owner's time begins anew."""
        self._since = self._heard = now_s
        self._progress = 0

    def leaves(self, till: T, now_s: float) -> T | None:
        """A till is done or gone; give the new owner when the printer changed hands."""
        self._waiting.pop(till, None)
        self._demoted.discard(till)
        if till != self.owner:
            return None
        self.owner = None
        return self._choose(now_s)

    def tick(self, now_s: float) -> T | None:
        """Look whether the owner has idled its turn away while others wait; give the new owner if so."""
        if self.owner is None or not self._waiting:
            return None
        if now_s - self._heard < IDLE_S and now_s - self._since < self._turn_s:
            return None
        self._demoted.add(self.owner)
        self.owner = None
        return self._choose(now_s)

    def _choose(self, now_s: float) -> T | None:
        def rank(till: T) -> tuple[bool, bool, int]:
            entry = self._waiting[till]
            return entry.demoted, entry.bytes < FEW_BYTES and not entry.ended, entry.arrival

        if not self._waiting:
            return None
        self.owner = min(self._waiting, key=rank)
        del self._waiting[self.owner]
        self.renew(now_s)
        return self.owner
