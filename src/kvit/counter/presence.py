"""Presence: who stands at which till, and whose a receipt is. Pure; times are milliseconds of one clock, given.

Somebody is recognised at a reader

* *before*: the receipt that comes next within ``before_s`` is theirs. A sale uses the presence up, so that the next
  customer's receipt is never given to this one; card slips and kitchen tickets on the way do not;
* *during*: a receipt's paper waits and nobody has it: it is theirs, the one printed last where several wait (who paid
  earlier has left);
* *after*: the last receipt came out unclaimed within ``after_s``: it is theirs, too.

A key the cashier presses while nothing waits holds for the sale that comes next, as long as a presence does.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from kvit.access.customers.model import Known, Wish
from kvit.counter.settings import RoutingSettings


class Person(msgspec.Struct, frozen=True):
    """Somebody recognised at a reader."""

    known: Known
    at_ms: int
    reader: str = ""


class Last(msgspec.Struct, frozen=True):
    """The receipt printed last that may still be claimed."""

    id: str
    out_ms: int


class Place:
    """One till's counter: who stands there, what waits, what was printed last."""

    def __init__(self, rules: RoutingSettings) -> None:
        self._before_ms = int(rules.before_s * 1000)
        self._after_ms = int(rules.after_s * 1000)
        self._person: Person | None = None
        self._served: Person | None = None
        """Whose sale came last: the card slip behind it is theirs."""
        self._key: tuple[Wish, int] = (Wish.UNSAID, 0)
        self._waiting: list[str] = []
        self._last: Last | None = None

    def person(self, now_ms: int) -> Person | None:
        """Who waits for a receipt."""
        if self._person is not None and not self._is_near(self._person, now_ms):
            self._person = None
        return self._person

    def key(self, now_ms: int) -> Wish:
        """Which key was pressed ahead."""
        _, at_ms = self._key
        if now_ms - at_ms > self._before_ms:
            self._key = (Wish.UNSAID, 0)
        return self._key[0]

    def press(self, wish: Wish, now_ms: int) -> None:
        """Take a key pressed ahead; ``Wish.UNSAID`` takes it back."""
        self._key = (wish, now_ms)

    def leave(self) -> None:
        """Forget who stands here."""
        self._person = self._served = None

    @property
    def waiting(self) -> tuple[str, ...]:
        """Receipts whose paper waits and that nobody has, in the order they were printed."""
        return tuple(self._waiting)

    def seen(self, person: Person, now_ms: int) -> str:
        """Somebody was recognised: the receipt that is theirs, empty where it is still to come."""
        if self._waiting:
            return self._waiting.pop()
        last, self._last = self._last, None
        if last is not None and now_ms - last.out_ms <= self._after_ms:
            return last.id
        self._person = person
        return ""

    def printed(self, *, sale: bool, now_ms: int) -> tuple[Person | None, Wish]:
        """A printout is there: whose it is, and the key pressed for it. ``sale``: it ends what a customer came for."""
        person, self._last = self.person(now_ms), None
        if not sale:
            served = self._served
            return (
                served if person is None and served is not None and self._is_near(served, now_ms) else person
            ), Wish.UNSAID
        key = self.key(now_ms)
        self._served, self._person, self._key = person, None, (Wish.UNSAID, 0)
        return person, key

    def _is_near(self, person: Person, now_ms: int) -> bool:
        return now_ms - person.at_ms <= self._before_ms

    def waits(self, id_: str) -> None:
        """A receipt's paper waits for somebody."""
        self._waiting.append(id_)

    def claimed(self, id_: str) -> None:
        """Somebody has the receipt, or it was decided about."""
        if id_ in self._waiting:
            self._waiting.remove(id_)
        if self._last is not None and self._last.id == id_:
            self._last = None

    def came_out(self, id_: str, now_ms: int) -> None:
        """A receipt nobody has came out on paper: whoever is recognised soon gets it."""
        self.claimed(id_)
        self._last = Last(id_, now_ms)


def line_of(reader: str, named: Mapping[str, str], lines: Sequence[str]) -> str:
    """Which line a reader belongs to: the one its settings name, the only one there is; empty where nobody knows."""
    told = named.get(reader, "")
    if told:
        return told if told in lines else ""
    return lines[0] if len(lines) == 1 else ""
