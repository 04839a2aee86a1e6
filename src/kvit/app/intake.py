"""From a line's printout to a stored receipt.

It is taken apart away from the event loop (`kvit.app.digester`). Many printouts are in flight so that one fsync commits
them together (`kvit.app.shelf`), and ``take`` returns only when a printout is durable: then its capture may go.

A printout's late tails (the drawer's pulse, a second cut) go in behind it, in order, each once, also when all of it is
told again after a crash. What comes before the printout's turn to be taken apart is stored with it in one go.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field

from kvit.app.digest import UNKNOWN_PROFILE, Job
from kvit.app.digester import Digester
from kvit.app.known_forms import KnownForms
from kvit.app.log import Log
from kvit.app.shelf import Shelf
from kvit.db import Database, Tx
from kvit.receipt import service
from kvit.receipt.printout import Place, Prepared, receipt_id
from kvit.receipt.service import Taken
from kvit.refusal import Refusal
from kvit.relay import reading as relay
from kvit.relay.settings import LineSettings


class NotYet(Exception):  # noqa: N818 - reads as a sentence
    """The printout a tail belongs to could not be stored yet: tell the tail again in a moment."""


Take = Callable[[Tx, str, Sequence[Prepared]], list[Taken | Refusal]]
"""The verb that stores printouts."""
Stored = Callable[[Prepared, relay.Printout, LineSettings], Awaitable[None]]
"""Hears of a printout that is durable now, or was before; soon over, never raises."""


async def _nobody(prepared: Prepared, found: relay.Printout, line: LineSettings) -> None:
    """Nobody wants to hear."""


@dataclass(eq=False, slots=True)
class _Way:
    """Something of one printout on its way into the store, and the tails that came along before it was taken apart."""

    open: bool
    """True while tails may still join."""
    tails: list[relay.Amendment] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    stored: bool = False


class Intake:
    """Takes printouts into the store."""

    def __init__(
        self, db: Database, shop: str, digester: Digester, log: Log, date_order: str = "", stored: Stored = _nobody,
        take: Take = service.take_all,
    ) -> None:  # fmt: skip
        self._db = db
        self._shop = shop
        self._digester = digester
        self._log = log
        self._date_order = date_order
        self._stored = stored
        self._forms = KnownForms(db, shop)
        self._shelf = Shelf(lambda ready: db.write(take, shop, ready))
        self._ways: dict[str, _Way] = {}
        self._awaited: set[str] = set()
        """Printouts that could not be stored and will be told again: their tails wait."""

    async def take(self, found: relay.Printout, line: LineSettings) -> None:
        """Store one printout; return once it is durable. Telling it again changes nothing.

        A till that only asked the printer how it is has printed nothing: no receipt. An opened drawer is kept.
        """
        id_ = receipt_id(self._shop, Place(found.line, found.offset))
        with self._on_its_way(id_, open_=found.marked) as way:
            self._awaited.add(id_)
            new = await self._take(found, line, way)
            self._awaited.discard(id_)
        for tail in () if new else way.tails:  # the printout is known from before; perhaps without these
            await self.amend(tail, line)

    async def _take(self, found: relay.Printout, line: LineSettings, way: _Way) -> bool:
        prepared = await self._digest(found, line, way)
        if not found.marked and not any(happening.kind == "pulse" for happening in prepared.printout.happenings):
            return True
        new = await self._write(prepared)
        await self._stored(prepared, found, line)
        return new

    async def _write(self, prepared: Prepared) -> bool:
        """Store a printout; False where it was there before."""
        taken = await self._shelf.put(prepared)
        if isinstance(taken, Refusal):
            place = prepared.printout.place
            self._log("receipt.refused", {"code": taken.code, "line": place.line, "offset": place.offset})
            return True
        return taken.fresh

    async def amend(self, tail: relay.Amendment, line: LineSettings) -> None:
        """Add a late tail (a pulse, a cut) to its printout; raise ``NotYet`` where that one could not be stored now."""
        id_ = receipt_id(self._shop, Place(tail.line, tail.offset))
        while (way := self._ways.get(id_)) is not None:
            if await _joins(way, tail):
                return
        if id_ in self._awaited:
            raise NotYet(id_)
        with self._on_its_way(id_, open_=False) as way:
            before = await self._db.read(service.played, self._shop, id_)
            if not isinstance(before, Refusal):
                await self._lengthen(tail, before, line, way)
            elif tail.word == "pulse":  # of a till that printed nothing: the drawer alone
                way.tails.append(tail)
                await self._write(await self._digest(_printout(tail, b"", b""), line, way))

    async def _lengthen(
        self, tail: relay.Amendment, before: tuple[bytes, bytes], line: LineSettings, way: _Way
    ) -> None:
        setting, raw = before
        longer = await self._digest(_printout(tail, setting, raw + tail.raw), line, way)
        taken = await self._db.write(service.amend, self._shop, tail.raw, longer, tail.at)
        if isinstance(taken, Refusal):
            self._log("receipt.tail_refused", {"code": taken.code, "line": tail.line, "offset": tail.offset})

    async def _digest(self, found: relay.Printout, line: LineSettings, way: _Way) -> Prepared:
        priors = await self._forms.known()

        def job() -> Job:
            way.open = False
            tails = tuple((tail.at, tail.raw) for tail in way.tails)
            profile = line.profile or UNKNOWN_PROFILE
            return Job(self._shop, found, line.name, profile, tails, self._date_order, priors)

        return await self._digester.digest(job, len(found.raw))

    @contextlib.contextmanager
    def _on_its_way(self, id_: str, *, open_: bool) -> Iterator[_Way]:
        """One at a time of each printout; what comes of it meanwhile joins or waits."""
        way = self._ways[id_] = _Way(open_)
        try:
            yield way
            way.stored = True
        finally:
            if self._ways.get(id_) is way:
                del self._ways[id_]
            way.over.set()


async def _joins(way: _Way, tail: relay.Amendment) -> bool:
    """Let the tail go along where it still can, else wait; say whether it is stored."""
    if joined := way.open:
        way.tails.append(tail)
    await way.over.wait()
    if joined and not way.stored:
        raise NotYet(f"{tail.line} {tail.offset}")
    return joined


def _printout(tail: relay.Amendment, setting: bytes, raw: bytes) -> relay.Printout:
    return relay.Printout(tail.line, tail.offset, raw, setting, tail.time_ms, tail.time_ms, tail.line, tail.word)
