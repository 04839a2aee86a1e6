"""The station: what readers and the cashier's keys say about receipts. What its pages call (`kvit.web.station_desk`)."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from kvit.access.customers.model import Known, Wish
from kvit.access.model import Identity as Staff
from kvit.app.counters import Counter, Waiting, World
from kvit.app.routing import Router
from kvit.counter import service
from kvit.counter.model import Routed, Stage
from kvit.counter.presence import Person, line_of
from kvit.counter.routing import Route, Said, route
from kvit.counter.service import Who
from kvit.db import Subscription
from kvit.device.reader.model import Identity
from kvit.receipt import service as receipts
from kvit.refusal import Refusal
from kvit.web.station_desk import HeldPaper, Till


class TillDesk:
    """`kvit.web.station_desk.StationDesk` of this installation's shop. ``start`` and ``stop`` are its whole life."""

    def __init__(self, router: Router) -> None:
        self._router = router
        self._task: asyncio.Task[None] | None = None

    @property
    def _world(self) -> World:
        return self._router.world

    def start(self) -> None:
        """Begin to listen to the readers."""
        self._task = asyncio.create_task(self._read(), name="readers at the tills")

    async def stop(self) -> None:
        """Listen no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # Readers

    async def _read(self) -> None:
        readings = self._world.readings
        number = readings.last_number
        with readings.listen() as heard:
            async for _ in heard:
                for reading in readings.since(number):
                    number = reading.number
                    if reading.identity is not None:
                        self._router.spawn(self.identified(reading.identity))

    async def identified(self, identity: Identity) -> None:
        """Somebody presented something at a reader."""
        counters = self._router.counters
        counter = counters.get(line_of(identity.reader, self._world.readers, list(counters)))
        if counter is None:
            return
        known = await self._world.identify(identity)
        if isinstance(known, Refusal):
            self._trouble(counter, known)
            return
        now_ms = self._world.now_ms()
        counter.trouble = None
        mine = counter.place.seen(Person(known, now_ms, identity.reader), now_ms)
        if mine:
            await self._claim(counter, mine, known)
        self._router.tell_pages(counter)

    def _trouble(self, counter: Counter, refusal: Refusal) -> None:
        counter.trouble, counter.trouble_ms = refusal, self._world.now_ms()
        self._router.tell_pages(counter)

    async def _claim(self, counter: Counter, id_: str, known: Known) -> None:
        """A customer is recognised whose receipt is there already."""
        rules, waiting = self._world.rules, counter.waiting.get(id_)
        if waiting is not None:
            wanted = route(rules, waiting.look.slip, Said(known=True, wish=known.wish))
            who = Who(customer=known.customer if wanted.electronic else "", how=known.how)
            await self._router.change(counter, waiting, wanted, who)
        elif (Wish(rules.known) if known.wish is Wish.UNSAID else known.wish) is not Wish.PAPER:
            await self._claim_late(counter, id_, known)

    async def _claim_late(self, counter: Counter, id_: str, known: Known) -> None:
        """The paper is out; the receipt is theirs, too."""
        world, now_ms = self._world, self._world.now_ms()
        late, who = Route(True, True, "after"), Who(customer=known.customer, how=known.how)
        done = await world.db.write(service.change, world.shop.id, id_, late, who, world.hands, now_ms)
        if isinstance(done, Refusal) and done.code == "counter.no_route":
            new = Routed(
                id_, counter.line.name, Stage.DONE, True, True, False, "after", "", known.customer, known.how, 0, now_ms,
                now_ms, 1,
            )  # fmt: skip
            done = await world.db.write(service.decide, world.shop.id, new, "", world.hands)
        if isinstance(done, Refusal):
            self._trouble(counter, done)
        else:
            self._router.claimed(counter, id_)
            world.figures.routed(done)

    # What the pages show

    def tills(self, shop: str) -> Sequence[Till]:
        """Give the shop's lines."""
        return [self._till(each) for each in self._router.counters.values()] if shop == self._world.shop.id else ()

    def _till(self, counter: Counter) -> Till:
        now_ms, place, name = self._world.now_ms(), counter.place, counter.line.name
        person, lines = place.person(now_ms), list(self._router.counters)
        lights = self._world.readings.lights()
        mine = tuple(each.reader for each in lights if line_of(each.reader, self._world.readers, lines) == name)
        return Till(
            line=name,
            hold_s=counter.line.hold_s,
            attended=counter.attended,
            held=tuple(HeldPaper(id_, waiting.until_ms) for id_, waiting in counter.waiting.items()),
            key=place.key(now_ms),
            waits=person is not None,
            waits_ms=person.at_ms if person else 0,
            readers=mine,
            trouble=counter.trouble,
            trouble_ms=counter.trouble_ms,
            shown=counter.newest(now_ms),
            claimed_ms=counter.claimed_ms,
        )

    def listen(self) -> Subscription:
        """Hear the names of lines where something changed."""
        return self._router.listen()

    # What people say there

    async def choose(self, by: Staff, line: str, wish: Wish, id_: str = "") -> str | Refusal:
        """Take a key of the cashier's: for a paper that waits, else for the receipt that comes next."""
        counter = self._router.counters.get(line) if by.shop == self._world.shop.id else None
        if counter is None:
            return Refusal("station.no_line", {"line": line})
        waiting = counter.waiting.get(id_) if id_ else next(iter(counter.waiting.values()), None)
        if wish is Wish.UNSAID or (waiting is None and not id_):
            counter.place.press(wish, self._world.now_ms())
            counter.key_by = by.actor
            self._router.tell_pages(counter)
            return ""
        if waiting is None:
            return Refusal("counter.decided")
        wanted = route(self._world.rules, waiting.look.slip, Said(key=wish))
        routed = await self._router.change(counter, waiting, wanted, Who(by.actor))
        return routed if isinstance(routed, Refusal) else routed.id

    async def take_back(self, by: Staff, id_: str) -> str | Refusal:
        """Take a receipt back; its paper is printed first where it was kept back."""
        world, shop = self._world, self._world.shop.id
        before = await world.db.read(service.get, shop, id_) if by.shop == shop else Refusal("counter.no_route")
        if isinstance(before, Refusal):
            return before
        counter = self._router.counters.get(before.line)
        if counter is None:
            return Refusal("station.no_line", {"line": before.line})
        if not before.paper and before.stage is Stage.DONE:
            played = await world.db.read(receipts.played, shop, id_)
            refused = played if isinstance(played, Refusal) else await world.print_late(counter.line, b"".join(played))
            if refused is not None:
                return refused
        done = await world.db.write(service.take_back, shop, id_, by.actor, world.hands, world.now_ms())
        if isinstance(done, Refusal):
            return done
        counter.shown.pop(id_, None)
        counter.place.claimed(id_)
        world.figures.taken_back.inc()
        self._router.tell_pages(counter)
        return id_

    async def opened(self, shop: str, id_: str, customer: str = "") -> None:
        """Somebody opened a receipt's link: a paper that still waits is not needed. Keeping it is the wallet's own act."""
        for counter in self._router.counters.values() if shop == self._world.shop.id else ():
            waiting = counter.waiting.get(id_)
            if waiting is not None:
                self._router.spawn(self._opened(counter, waiting), id_)
            elif id_ in counter.shown:
                self._router.claimed(counter, id_)
                self._router.tell_pages(counter)

    async def _opened(self, counter: Counter, waiting: Waiting) -> None:
        wanted = route(self._world.rules, waiting.look.slip, Said(known=True, wish=Wish.ELECTRONIC))
        opened = Route(wanted.paper, True, "opened")
        await self._router.change(counter, waiting, opened, Who(how="link"))
