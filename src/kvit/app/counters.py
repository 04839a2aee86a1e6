"""The counters of a shop as routing remembers them: one a line, with the receipts whose papers wait there.

All of it is in memory and can be lost at any moment: what was decided is in the data base, what is held is with the line.
The clear token of a link is here alone, for three minutes: long enough to be shown and printed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from kvit.access.customers.model import Known
from kvit.app.log import Log
from kvit.app.relay_client import RelayClient
from kvit.counter import service
from kvit.counter.foot import Foot
from kvit.counter.presence import Place
from kvit.counter.service import Hands
from kvit.counter.settings import RoutingSettings
from kvit.counter.slip import Look
from kvit.db import Database
from kvit.device.reader.model import Identity
from kvit.device.reader.readings import Readings
from kvit.receipt.links import LIFETIME_S
from kvit.receipt.model import Reading
from kvit.refusal import Refusal
from kvit.relay.settings import LineSettings
from kvit.shop import ShopSettings
from kvit.web.station_desk import Shown
from kvit.web.station_figures import StationFigures

TOKEN_S: Final = 180
"""How long the clear token of a link is known here."""
LEAD_S: Final = 2.0
LEAD_SHARE: Final = 0.2
"""So long before the line lets a paper go by itself it is told to, with the foot: a fifth of the wait, at most two seconds.
With less, a machine that is busy would now and then be too late, and the paper would come out without its code."""
SHOWN_MAX: Final = 50
"""Links of one line in memory."""

Identify = Callable[[Identity], Awaitable[Known | Refusal]]
"""Says who presented something at a reader."""
PrintLate = Callable[[LineSettings, bytes], Awaitable[Refusal | None]]
"""Prints a paper that was kept back, on its line's printer."""


async def nobody(_: Identity) -> Known | Refusal:
    """Recognise nobody: no customers are known here."""
    return Refusal("counter.nobody")


async def no_printing(line: LineSettings, data: bytes) -> Refusal | None:
    """Print nothing."""
    return Refusal("counter.not_printed", {"line": line.name})


@dataclass(frozen=True)
class Receipt:
    """A stored printout in routing's hands."""

    id: str
    line: LineSettings
    offset: int
    setting: bytes
    raw: bytes
    profile: str
    reading: Reading | None
    text: str
    size_bytes: int | None = None
    """Of the printout as the line has it, without late tails; None where that is not known any more."""


@dataclass
class Waiting:
    """A receipt whose paper waits."""

    receipt: Receipt
    look: Look
    url: str
    until_ms: int
    timer: asyncio.TimerHandle | None = None
    foot: asyncio.Task[Foot | None] | None = None
    """Made while it waits, so that nothing but to send it is left when the time is over."""


@dataclass
class Counter:
    """One line's counter."""

    line: LineSettings
    place: Place
    waiting: dict[str, Waiting] = field(default_factory=dict)
    attended: bool = False
    key_by: str = ""
    trouble: Refusal | None = None
    trouble_ms: int = 0
    claimed_ms: int = 0
    shown: dict[str, Shown] = field(default_factory=dict)
    """Links nobody has used yet, oldest first."""

    def show(self, waiting: Waiting, now_ms: int) -> None:
        """Keep a link for the customer's display; one that is there already keeps its time."""
        id_ = waiting.receipt.id
        if waiting.url and id_ not in self.shown:
            self.shown[id_] = Shown(id_, waiting.url, now_ms + TOKEN_S * 1000)
        while len(self.shown) > SHOWN_MAX:
            del self.shown[next(iter(self.shown))]

    def newest(self, now_ms: int) -> Shown | None:
        """The newest link nobody has used, while it is known."""
        for id_ in [id_ for id_, shown in self.shown.items() if shown.until_ms <= now_ms]:
            del self.shown[id_]
        return next(reversed(self.shown.values()), None)

    def forget(self, id_: str) -> None:
        """A receipt waits no more."""
        waiting = self.waiting.pop(id_, None)
        if waiting is not None and waiting.timer is not None:
            waiting.timer.cancel()

    @property
    def lead_ms(self) -> int:
        """How long the line holds a paper, less what is needed to send a foot before it lets go."""
        hold_s = self.line.hold_s
        return int((hold_s - min(LEAD_S, hold_s * LEAD_SHARE)) * 1000)


@dataclass(frozen=True)
class World:
    """What routing is given."""

    db: Database
    shop: ShopSettings
    rules: RoutingSettings
    relay: RelayClient
    readings: Readings
    readers: Mapping[str, str]
    """Which line a reader belongs to, where its settings say."""
    public_url: str
    clock: Callable[[], float]
    random: Callable[[int], bytes]
    figures: StationFigures
    log: Log
    link_s: int = LIFETIME_S
    """How long a link opens."""
    identify: Identify = nobody
    hands: Hands = service.NOBODY
    print_late: PrintLate = no_printing

    def now_ms(self) -> int:
        """Wall clock."""
        return int(self.clock() * 1000)
