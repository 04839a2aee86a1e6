"""A cloud printer: orders wait at the service, and come out while it is on line and has paper."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

ORDERS_MAX: Final = 10_000
"""Of one machine, the oldest ones forgotten first: an evening of a test."""


@dataclass(slots=True)
class Order:
    """One order at the service."""

    id: str
    key: str
    """What the caller names it by; empty where there is no such word."""
    content: str
    copies: int = 1
    until_s: int = 0
    printed: bool = False
    gone: bool = False


@dataclass(slots=True)
class Machine:
    """One printer, its paper and what waits for it."""

    device: str
    online: bool = True
    has_paper: bool = True
    stuck: bool = False
    """On line, with paper, and prints nothing: a queue that stands still."""
    orders: list[Order] = field(default_factory=list)
    paper: list[str] = field(default_factory=list)
    """What came out, in order; a copy is a paper."""
    now_s: int = 0
    """Its wall clock."""
    taken: int = 0
    """Orders ever taken."""

    def take(self, content: str, key: str = "", copies: int = 1, until_s: int = 0) -> Order:
        """Put an order into the queue; it comes out with the next `roll`."""
        self.taken += 1
        order = Order(f"{self.device}_{self.taken}", key, content, copies, until_s)
        self.orders.append(order)
        del self.orders[:-ORDERS_MAX]
        return order

    def roll(self) -> None:
        """Print what waits, as far as it can; what has run out is thrown away."""
        for order in self.orders:
            if order.printed or order.gone:
                continue
            if order.until_s and self.now_s > order.until_s:
                order.gone = True
            elif self.online and self.has_paper and not self.stuck:
                order.printed = True
                self.paper += [order.content] * order.copies

    def by_id(self, id_: str) -> Order | None:
        """Give an order by the service's name."""
        return next((order for order in self.orders if order.id == id_), None)

    def by_key(self, key: str) -> Order | None:
        """Give an order by the caller's name."""
        return next((order for order in self.orders if order.key == key and key), None)

    def clear(self) -> None:
        """Take all out that waits."""
        for order in self.orders:
            order.gone = order.gone or not order.printed
