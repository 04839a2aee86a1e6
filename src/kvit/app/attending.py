"""Attending: the lease by which lines hold paper, renewed once a second for as long as this process decides.

A line that hears nothing for `LEASE_S` lets all its paper go and is cut-through again, so that no paper waits behind a shop
that is dead. What the answer tells is held against what is waiting here: papers of an earlier life of this process are
taken up, papers a line let go by itself are noted as out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final

from kvit.app.again import again_line
from kvit.app.counters import Counter, Receipt
from kvit.app.relay_client import Held
from kvit.app.routing import Router
from kvit.counter import service
from kvit.counter.model import Routed
from kvit.receipt import service as receipts
from kvit.receipt.printout import Place, known_profile, receipt_id
from kvit.refusal import Refusal

EVERY_S: Final = 1.0
LEASE_S: Final = 5.0
"""Long enough for a shop that draws a large page, short enough for a customer who waits for paper."""
SETTLE_EVERY: Final = 30
"""Looks between two searches for routes whose end nobody here saw: the line process was away, or this one was killed."""
OLD_MS: Final = 10_000
SEEN_BEFORE: Final = 2
"""Looks before a held paper nobody here knows is taken up: most are just being stored."""


class Attending:
    """Renews the lease. ``start`` and ``stop`` are its whole life."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._task: asyncio.Task[None] | None = None
        self._strangers: dict[str, int] = {}
        """Held papers nobody here knows, and how often they were seen."""
        self._looks = 0
        self._agains: dict[str, bytes] = {}

    async def start(self) -> None:
        """Begin, the first time at once."""
        await self._look()
        self._task = asyncio.create_task(self._run(), name="attending")

    async def stop(self) -> None:
        """Let the papers go: nobody decides about them any more."""
        if self._task is None:
            return
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        if self._held_lines():
            await self._router.world.relay.attend(self._held_lines(), 0)

    def _held_lines(self) -> list[str]:
        return [name for name, counter in self._router.counters.items() if counter.line.hold_s > 0]

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(EVERY_S)
            await self._look()

    async def _look(self) -> None:
        try:
            await self.once()
        except Exception as error:
            self._router.world.log("route.not_attended", {"error": f"{type(error).__name__}: {error}"})

    async def once(self) -> None:
        """Renew the lease and look at what is held."""
        names = self._held_lines()
        if not names:
            return
        known = {name: self._waiting(name) for name in names}
        held = await self._router.world.relay.attend(names, LEASE_S, self._again(names))
        for name in names:
            counter = self._router.counters.get(name)
            if counter is not None and counter.attended is not (held is not None):
                counter.attended = held is not None
                self._router.tell_pages(counter)
        if held is None:
            return
        await self._compare(known, held)
        if self._looks % SETTLE_EVERY == 0:
            await self._settle_old(held)
        self._looks += 1

    def _again(self, names: Sequence[str]) -> dict[str, bytes]:
        """What each line is to print above a paper that may be a repetition; told once a look, made once a life."""
        for name in names:
            if name not in self._agains:
                profile = known_profile(self._router.counters[name].line.profile)
                self._agains[name] = again_line(self._router.world.shop.language, profile)
        return {name: self._agains[name] for name in names}

    def _waiting(self, name: str) -> dict[int, str]:
        counter = self._router.counters[name]
        return {waiting.receipt.offset: id_ for id_, waiting in counter.waiting.items()}

    async def _compare(self, known: dict[str, dict[int, str]], held: list[Held]) -> None:
        """Papers a line let go; papers nobody here knows."""
        by_line = {name: {each.offset: each for each in held if each.line == name} for name in known}
        strangers: dict[str, int] = {}
        for name, offsets in known.items():
            counter = self._router.counters.get(name)
            if counter is None:
                continue
            for offset, id_ in offsets.items():
                waiting = counter.waiting.get(id_)
                if waiting is None:
                    continue
                if offset not in by_line[name]:
                    await self._router.settle(counter, waiting, id_, came_out=True, foot_printed=False)
                elif (since_ms := by_line[name][offset].since_ms) and since_ms + counter.lead_ms < waiting.until_ms:
                    self._router.wait_until(counter, waiting, since_ms + counter.lead_ms)
            for offset in by_line[name].keys() - offsets.keys():
                if by_line[name][offset].closed:
                    await self._stranger(counter, offset, strangers)
        self._strangers = strangers

    async def _stranger(self, counter: Counter, offset: int, strangers: dict[str, int]) -> None:
        id_ = receipt_id(self._router.world.shop.id, Place(counter.line.name, offset))
        if id_ in self._router.under_way or id_ in counter.waiting:
            return
        strangers[id_] = self._strangers.get(id_, 0) + 1
        if strangers[id_] < SEEN_BEFORE:
            return
        receipt = await self._stored(counter, offset, id_)
        if receipt is None:
            return
        db, shop = self._router.world.db, self._router.world.shop.id
        routed = await db.read(service.get, shop, id_)
        if isinstance(routed, Routed):
            self._router.under_way.add(id_)
            self._router.spawn(self._router.again(counter, receipt, routed), id_)
        else:
            self._router.take(receipt)

    async def _stored(self, counter: Counter, offset: int, id_: str) -> Receipt | None:
        db, shop = self._router.world.db, self._router.world.shop.id
        found, played = await db.read(receipts.get, shop, id_), await db.read(receipts.played, shop, id_)
        if isinstance(found, Refusal) or isinstance(played, Refusal):
            return None
        profile = found.summary.profile
        return Receipt(id_, counter.line, offset, played[0], played[1], profile, found.reading, found.text)

    async def _settle_old(self, held: list[Held]) -> None:
        """Routes whose end was not seen and whose papers are not held any more: they came out."""
        world = self._router.world
        before_ms = world.now_ms() - (OLD_MS if self._looks else 0)
        here = {receipt_id(world.shop.id, Place(each.line, each.offset)) for each in held}
        waiting = {id_ for counter in self._router.counters.values() for id_ in counter.waiting}
        for routed in await world.db.read(service.unsettled, world.shop.id):
            if routed.changed_ms <= before_ms and routed.id not in here | waiting | self._router.under_way:
                await world.db.write(service.settle, world.shop.id, routed.id, True, False, world.now_ms())
