"""A station for tests of its pages: one line that holds, and whoever wants to can change what is there."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from kvit.access.customers.model import Wish
from kvit.access.model import Identity
from kvit.counter import service
from kvit.counter.model import Routed, Stage
from kvit.counter.routing import of_wish
from kvit.counter.service import Who
from kvit.db import Subscription
from kvit.db.listen import Hub
from kvit.refusal import Refusal
from kvit.web.station_desk import HeldPaper, Till
from tests.receipt.printouts import SHOP
from tests.web.house import House

HOLD_S = 8


class Station:
    """What the pages call; decisions are written as the program writes them."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._hub = Hub()
        self.till = Till("till-1", HOLD_S, attended=True)
        object.__setattr__(house.context, "station", self)

    def change(self, **values: object) -> None:
        """Say how the line is now."""
        self.till = msgspec.structs.replace(self.till, **values)
        self._hub.publish([("station", "till-1")])

    def holds(self, id_: str) -> None:
        """A receipt's paper waits."""
        now = int(self._house.now_s[0] * 1000)
        route = Routed(id_, "till-1", Stage.OPEN, True, False, False, "wait", "", "", "", 120, now, now, 1)
        self._house.db.write_now(service.decide, SHOP, route, "", service.NOBODY)
        self.change(held=(*self.till.held, HeldPaper(id_, now + HOLD_S * 1000)))

    def tills(self, shop: str) -> Sequence[Till]:
        """One line, of the house's shop."""
        return (self.till,) if shop == SHOP else ()

    async def choose(self, by: Identity, line: str, wish: Wish, id_: str = "") -> str | Refusal:
        """Decide about what waits, or keep the key."""
        if line != "till-1":
            return Refusal("station.no_line", {"line": line})
        if not self.till.held or wish is Wish.UNSAID:
            self.change(key=wish)
            return ""
        id_ = id_ or self.till.held[0].id
        now = int(self._house.now_s[0] * 1000)
        who, wanted = Who(by.actor), of_wish(wish, "key")
        db = self._house.context.db
        done = await db.write(service.change, SHOP, id_, wanted, who, service.NOBODY, now)
        if isinstance(done, Refusal):
            return done
        await db.write(service.settle, SHOP, id_, done.paper, False, now)
        self.change(held=tuple(each for each in self.till.held if each.id != id_))
        return id_

    async def take_back(self, by: Identity, id_: str) -> str | Refusal:
        """Take it back."""
        now = int(self._house.now_s[0] * 1000)
        done = await self._house.context.db.write(service.take_back, SHOP, id_, by.actor, service.NOBODY, now)
        self.change()
        return done if isinstance(done, Refusal) else id_

    async def opened(self, shop: str, id_: str, customer: str = "") -> None:
        """Nothing."""

    def listen(self) -> Subscription:
        """Hear of changes."""
        return self._hub.listen("station")
