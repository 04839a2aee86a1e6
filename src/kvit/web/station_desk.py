"""What the station's pages need of whoever routes receipts (`kvit.app.routing`), and a stand-in where nobody does."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from kvit.access.customers.model import Wish
from kvit.access.model import Identity
from kvit.db import Subscription
from kvit.db.listen import Hub
from kvit.refusal import Refusal


class HeldPaper(msgspec.Struct, frozen=True):
    """A paper that waits for somebody to claim its receipt, or that comes out when the time is over."""

    id: str
    """The receipt."""
    until_ms: int


class Shown(msgspec.Struct, frozen=True):
    """A link for the customer's display."""

    id: str
    url: str
    until_ms: int

    def __repr__(self) -> str:
        """Without the link: who has it sees the receipt."""
        return f"Shown({self.id})"


class Till(msgspec.Struct, frozen=True):
    """One line as its station shows it. Times are milliseconds since 1970."""

    line: str
    hold_s: float
    attended: bool = False
    """Its papers are held, for somebody decides about them here."""
    held: tuple[HeldPaper, ...] = ()
    key: Wish = Wish.UNSAID
    """The key pressed for the receipt that comes next."""
    waits: bool = False
    """A customer was recognised and waits for a receipt."""
    waits_ms: int = 0
    """Since when."""
    readers: tuple[str, ...] = ()
    trouble: Refusal | None = None
    """Why the last thing read was nobody."""
    trouble_ms: int = 0
    shown: Shown | None = None
    claimed_ms: int = 0
    """When somebody last got a receipt here."""


class StationDesk(Protocol):
    """Decides where receipts go, and lets people say so. Of another shop's lines it knows nothing."""

    def tills(self, shop: str) -> Sequence[Till]:
        """Give the shop's lines."""

    async def choose(self, by: Identity, line: str, wish: Wish, id_: str = "") -> str | Refusal:
        """Take a key: for the paper that waits (``id_`` names one), else for the receipt that comes next.

        Gives the receipt's id, empty where it is still to come. ``Wish.UNSAID`` takes a key pressed ahead back.
        """

    async def take_back(self, by: Identity, id_: str) -> str | Refusal:
        """Take a receipt back from who has it, and print its paper where it was kept back."""

    async def opened(self, shop: str, id_: str, customer: str = "") -> None:
        """Somebody opened a receipt's link, or kept it: where its paper still waits it is not needed. Never raises."""

    def listen(self) -> Subscription:
        """Hear the names of lines where something changed."""


class NoStation:
    """Where no receipts are routed."""

    def __init__(self) -> None:
        self._hub = Hub()

    def tills(self, shop: str) -> Sequence[Till]:
        """Give none."""
        return ()

    async def choose(self, by: Identity, line: str, wish: Wish, id_: str = "") -> str | Refusal:
        """Refuse."""
        return Refusal("station.no_line", {"line": line})

    async def take_back(self, by: Identity, id_: str) -> str | Refusal:
        """Refuse."""
        return Refusal("counter.no_route")

    async def opened(self, shop: str, id_: str, customer: str = "") -> None:
        """Do nothing."""

    def listen(self) -> Subscription:
        """Hear nothing."""
        return self._hub.listen("station")
