"""Routing at the till: every receipt just stored is decided about, and the line that holds its paper is told.

The rules are `kvit.counter.routing`, who stands there `kvit.counter.presence`, what is kept `kvit.counter.service`; here is
what joins them to the lines and the clock (readers and keys: `kvit.app.station`):

    stored ──► look ──► who stands here? ──► rules ──► decide (route, link, wallet: one transaction) ──► the line
    reader ──► identify ──► whose receipt is that? ──► change ──► the line
    time over ──► change (unclaimed) ──► the line, with the foot
    key ──► change, or kept for the receipt that comes next

Lines hold paper only while somebody attends (`kvit.app.attending`): where this process dies, or hangs, all paper comes out
by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, Final

from kvit.access.customers.model import Wish
from kvit.app.counters import Counter, Receipt, Waiting, World
from kvit.app.relay_client import ABSENT, Splice
from kvit.counter import service
from kvit.counter.foot import Foot, foot
from kvit.counter.model import Routed, Stage
from kvit.counter.presence import Person, Place
from kvit.counter.routing import Route, Said, Slip, may_be_claimed, route
from kvit.counter.service import Who
from kvit.counter.slip import Look, ends_a_visit, look
from kvit.db import Subscription
from kvit.db.listen import Hub
from kvit.i18n import say
from kvit.receipt import service as receipts
from kvit.receipt.links import RANDOM_BYTES, make_token
from kvit.receipt.model import Kind
from kvit.receipt.printout import Prepared, known_profile
from kvit.refusal import Refusal
from kvit.relay import reading as relay
from kvit.relay.settings import LineSettings

TOPIC: Final = "station"


class Router:
    """Decides where receipts go."""

    def __init__(self, world: World, lines: Sequence[LineSettings] = ()) -> None:
        self.world = world
        self.counters: dict[str, Counter] = {}
        self.under_way: set[str] = set()
        """Receipts being decided about: whoever else comes across one leaves it."""
        self._hub = Hub()
        self._tasks: set[asyncio.Task[None]] = set()
        self.set_lines(lines)

    def set_lines(self, lines: Sequence[LineSettings]) -> None:
        """Take these lines; what waits on lines that stay goes on waiting."""
        kept = self.counters
        self.counters = {line.name: kept.get(line.name) or Counter(line, Place(self.world.rules)) for line in lines}
        for line in lines:
            self.counters[line.name].line = line

    async def stop(self) -> None:
        """Let go; paper that waits comes out by itself once the lease is over."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._hub.close()

    # A printout was stored

    async def stored(self, prepared: Prepared, found: relay.Printout, line: LineSettings) -> None:
        """Hear of a printout just stored. Returns at once; never raises."""
        printout = prepared.printout
        raw = printout.raw[: len(found.raw)]
        receipt = Receipt(
            prepared.id,
            line,
            found.offset,
            printout.setting,
            raw,
            printout.profile,
            printout.reading,
            printout.text,
            len(raw),
        )
        if found.marked:
            self.take(receipt)

    def take(self, receipt: Receipt) -> None:
        """Decide about a receipt, unless that is under way."""
        counter = self.counters.get(receipt.line.name)
        if counter is None or receipt.id in self.under_way:
            return
        kind = Kind.OTHER if receipt.reading is None else receipt.reading.kind
        glance, now_ms = Slip(kind, readable=kind is not Kind.OTHER), self.world.now_ms()
        person, key = counter.place.printed(sale=ends_a_visit(glance), now_ms=now_ms)
        if receipt.line.hold_s == 0 and person is None and key is Wish.UNSAID:
            if may_be_claimed(self.world.rules, glance):
                counter.place.came_out(receipt.id, now_ms)  # somebody recognised in a moment still gets it
            return
        self.under_way.add(receipt.id)
        self.spawn(self._decide(counter, receipt, person, key), receipt.id)

    async def _decide(self, counter: Counter, receipt: Receipt, person: Person | None, key: Wish) -> None:
        seen = await self._look(receipt, waits=counter.attended and receipt.line.hold_s > 0)
        said = Said(key, person is not None, person.known.wish if person else Wish.UNSAID)
        wanted = route(self.world.rules, seen.slip, said)
        customer = person.known.customer if person is not None and wanted.electronic else ""
        who = Who(counter.key_by if wanted.why == "key" else "", customer, person.known.how if person else "")
        await self._begin(counter, receipt, seen, wanted, who)

    async def _begin(self, counter: Counter, receipt: Receipt, seen: Look, wanted: Route, who: Who) -> None:
        """Write the first route and do as it says. A wallet that does not take the receipt costs a sheet of paper."""
        claimable = may_be_claimed(self.world.rules, seen.slip) or wanted.electronic
        token = make_token(self.world.random(RANDOM_BYTES)) if claimable else ""
        routed = await self._write(receipt, seen, wanted, who, token)
        if isinstance(routed, Refusal):
            self.world.log("route.refused", {"receipt": receipt.id, "code": routed.code})
            routed = await self._write(receipt, seen, Route(True, False, "not_kept"), Who(who.by), token)
        if isinstance(routed, Refusal):
            await self._tell(receipt, paper=True)
            return
        await self.go_on(counter, Waiting(receipt, seen, self._url(token), 0), routed)

    async def _write(self, receipt: Receipt, seen: Look, wanted: Route, who: Who, token: str) -> Routed | Refusal:
        stage = Stage.DONE if not seen.slip.waits else Stage.OPEN if wanted.is_open else Stage.DECIDED
        now_ms = self.world.now_ms()
        new = Routed(
            receipt.id, receipt.line.name, stage, wanted.paper, wanted.electronic, False, wanted.why, who.by, who.customer,
            who.how, seen.paper_mm, now_ms, now_ms, 1,
        )  # fmt: skip
        return await self.world.db.write(
            service.decide, self.world.shop.id, new, token, self.world.hands, self.world.link_s
        )

    async def go_on(self, counter: Counter, waiting: Waiting, routed: Routed) -> None:
        """Go on from a route: wait, tell the line, or remember whose turn it may be."""
        if routed.stage is Stage.DECIDED:
            await self.carry_out(counter, waiting, routed)
            return
        if routed.stage is Stage.DONE:
            self._done(counter, waiting, routed)
            return
        now_ms = self.world.now_ms()
        counter.waiting[routed.id] = waiting
        if self.world.rules.foot != "off" and self._may_have_foot(waiting):
            waiting.foot = asyncio.create_task(self._foot(waiting))
        counter.place.waits(routed.id)
        counter.show(waiting, now_ms)
        self.wait_until(counter, waiting, now_ms + counter.lead_ms)
        self.tell_pages(counter)

    def wait_until(self, counter: Counter, waiting: Waiting, until_ms: int) -> None:
        """Let a paper wait until then, and no longer."""
        if waiting.timer is not None:
            waiting.timer.cancel()
        waiting.until_ms = until_ms
        left_s = max(0, until_ms - self.world.now_ms()) / 1000
        waiting.timer = asyncio.get_running_loop().call_later(left_s, self._time_over, counter, waiting)

    def _time_over(self, counter: Counter, waiting: Waiting) -> None:
        self.spawn(self.change(counter, waiting, Route(True, False, "unclaimed"), Who()), waiting.receipt.id)

    # What was decided is done

    async def change(self, counter: Counter, waiting: Waiting, wanted: Route, who: Who) -> Routed | Refusal:
        """Decide about a receipt whose paper waits."""
        id_ = waiting.receipt.id
        counter.place.claimed(id_)
        routed = await self._changed(id_, wanted, who)
        if isinstance(routed, Refusal) and routed.code != "counter.decided" and wanted.electronic:
            self.world.log("route.refused", {"receipt": id_, "code": routed.code})
            routed = await self._changed(id_, Route(True, False, "not_kept"), Who(who.by))
        if not isinstance(routed, Refusal) and routed.stage is Stage.DECIDED:
            counter.forget(id_)
            await self.carry_out(counter, waiting, routed)
        return routed

    async def _changed(self, id_: str, wanted: Route, who: Who) -> Routed | Refusal:
        world = self.world
        return await world.db.write(service.change, world.shop.id, id_, wanted, who, world.hands, world.now_ms())

    async def carry_out(self, counter: Counter, waiting: Waiting, routed: Routed) -> None:
        """Tell the line, and note what it did. A line process that is away is told when it is back."""
        splices = await self._splices(waiting, routed)
        code = await self._tell(waiting.receipt, paper=routed.paper, splices=splices)
        if code != ABSENT:
            foot_printed = bool(splices) and not code
            await self.settle(counter, waiting, routed.id, bool(code) or routed.paper, foot_printed)

    async def settle(self, counter: Counter, waiting: Waiting, id_: str, came_out: bool, foot_printed: bool) -> None:
        """Note what became of a paper."""
        world = self.world
        settled = await world.db.write(service.settle, world.shop.id, id_, came_out, foot_printed, world.now_ms())
        counter.forget(id_)
        if not isinstance(settled, Refusal):
            self._done(counter, waiting, settled)

    async def _tell(self, receipt: Receipt, *, paper: bool, splices: Sequence[Splice] = ()) -> str:
        size = receipt.size_bytes
        return await self.world.relay.route(
            receipt.line.name, receipt.offset, paper=paper, splices=splices, size_bytes=size
        )

    async def _splices(self, waiting: Waiting, routed: Routed) -> list[Splice]:
        """The foot, where this paper gets one."""
        rules = self.world.rules
        wanted = rules.foot == "always" or (rules.foot == "unclaimed" and routed.why == "unclaimed")
        if not (wanted and routed.paper and self._may_have_foot(waiting)):
            return []
        try:
            made = await (waiting.foot or self._foot(waiting))
        except Exception as error:  # a paper without a code is better than a decision the line never hears of
            self.world.log("route.no_foot", {"receipt": routed.id, "error": f"{type(error).__name__}: {error}"})
            return []
        return [] if made is None else [(made.at, made.data)]

    def _may_have_foot(self, waiting: Waiting) -> bool:
        slip = waiting.look.slip
        return bool(waiting.url) and not slip.fiscal and may_be_claimed(self.world.rules, slip)

    async def _foot(self, waiting: Waiting) -> Foot | None:
        receipt = waiting.receipt
        words = (say(self.world.shop.language, "counter.foot"),)
        profile = known_profile(receipt.line.profile or receipt.profile)
        return await asyncio.to_thread(foot, receipt.setting, receipt.raw, profile, waiting.url, words)

    def _done(self, counter: Counter, waiting: Waiting, routed: Routed) -> None:
        """A route is as it came out."""
        self.world.figures.routed(routed)
        counter.place.claimed(routed.id)
        now_ms = self.world.now_ms()
        if routed.customer or routed.why == "opened":
            self.claimed(counter, routed.id)
        elif may_be_claimed(self.world.rules, waiting.look.slip):
            counter.place.came_out(routed.id, now_ms)
            counter.show(waiting, now_ms)
        else:
            counter.shown.pop(routed.id, None)
        self.tell_pages(counter)

    def claimed(self, counter: Counter, id_: str) -> None:
        """Somebody has the receipt."""
        counter.shown.pop(id_, None)
        counter.place.claimed(id_)
        counter.claimed_ms = self.world.now_ms()

    # Papers of an earlier life of this process

    async def again(self, counter: Counter, receipt: Receipt, routed: Routed) -> None:
        """A paper is held whose route was decided, or begun, before this process was started."""
        seen = await self._look(receipt, waits=True)
        if routed.stage is Stage.DONE:  # decided while nobody held it here: it was told to be out
            await self._tell(receipt, paper=True)
            return
        await self.go_on(counter, Waiting(receipt, seen, await self._fresh_link(receipt, seen), 0), routed)

    async def _fresh_link(self, receipt: Receipt, seen: Look) -> str:
        """Another link: the token of the one before is gone with the process that made it."""
        if not may_be_claimed(self.world.rules, seen.slip):
            return ""
        token, now_s = make_token(self.world.random(RANDOM_BYTES)), self.world.now_ms() // 1000
        shop = self.world.shop.id
        made = await self.world.db.write(
            receipts.make_link, shop, receipt.id, token, service.MADE_BY, now_s, self.world.link_s
        )
        return "" if isinstance(made, Refusal) else self._url(token)

    # Small things

    def listen(self) -> Subscription:
        """Hear the names of lines where something changed."""
        return self._hub.listen(TOPIC)

    def tell_pages(self, counter: Counter) -> None:
        """Something changed at a counter."""
        self._hub.publish([(TOPIC, counter.line.name)])
        self.world.figures.held.set(sum(len(each.waiting) for each in self.counters.values()))

    async def _look(self, receipt: Receipt, *, waits: bool) -> Look:
        given = (receipt.setting, receipt.raw, receipt.profile, receipt.reading, receipt.text)
        return await asyncio.to_thread(look, *given, waits=waits)

    def _url(self, token: str) -> str:
        return f"{self.world.public_url}/r/{token}" if token else ""

    def spawn(self, work: Coroutine[Any, Any, object], id_: str = "") -> asyncio.Task[None]:
        """Do something beside; what goes wrong is logged, and the paper comes out when its time is over."""

        async def run() -> None:
            try:
                await work
            except Exception as error:
                self.world.log("route.failed", {"receipt": id_, "error": f"{type(error).__name__}: {error}"})
            finally:
                self.under_way.discard(id_)

        task = asyncio.create_task(run())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task
