"""Routing: where one receipt goes, on paper, to the customer's phone, or both. Pure; the rules are one table.

The rules are asked in order and the first that has an answer decides; its name is the ``why`` that is kept with the
receipt:

    key          the cashier pressed paper, electronic or both: it beats all that follows
    unreadable   nothing could be read from it: paper, for it could be anything
    kind         not what customers take home (a Z report, a kitchen ticket): paper
    card_slip    a card slip, unless the shop allows: paper
    wait         nobody was recognised and the paper still waits: it goes on waiting
    unclaimed    nobody was recognised: paper
    wish         the customer's standing wish
    known        a customer without one: what the shop does for these

Over ``wish`` and ``known`` stands the law: the paper of a *fiscal* slip is printed even where the customer would rather not
have it, unless the shop allows; then ``why`` is ``fiscal``. And paper that is out can not be taken back: a receipt claimed
then is on paper and electronic.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import msgspec

from kvit.access.customers.model import Wish
from kvit.counter.settings import RoutingSettings
from kvit.receipt.model import Kind


class Slip(msgspec.Struct, frozen=True):
    """What routing wants to know of a printout."""

    kind: Kind
    readable: bool = True
    fiscal: bool = False
    waits: bool = True
    """Its paper is held; False: it is out, or coming out."""


class Said(msgspec.Struct, frozen=True):
    """What people said about it."""

    key: Wish = Wish.UNSAID
    """The cashier's key."""
    known: bool = False
    """A customer was recognised."""
    wish: Wish = Wish.UNSAID
    """The customer's."""


class Route(msgspec.Struct, frozen=True):
    """Where a receipt goes and which rule says so."""

    paper: bool
    electronic: bool
    why: str

    @property
    def is_open(self) -> bool:
        """Nothing is decided yet: the paper waits for somebody to claim the receipt."""
        return self.why == WAIT


WAIT: Final = "wait"
Rule = Callable[[RoutingSettings, Slip, Said], Route | None]
_PAPER: Final = {Wish.PAPER: True, Wish.ELECTRONIC: False, Wish.BOTH: True}


def of_wish(wish: Wish, why: str) -> Route:
    """The route of a wish; what was never said is paper."""
    return Route(_PAPER.get(wish, True), wish in (Wish.ELECTRONIC, Wish.BOTH), why)


def _key(shop: RoutingSettings, slip: Slip, said: Said) -> Route | None:
    return None if said.key is Wish.UNSAID else of_wish(said.key, "key")


def _unreadable(shop: RoutingSettings, slip: Slip, said: Said) -> Route | None:
    return None if slip.readable else Route(True, False, "unreadable")


def _kind(shop: RoutingSettings, slip: Slip, said: Said) -> Route | None:
    return None if slip.kind in (*shop.kinds, Kind.CARD_SLIP) else Route(True, False, "kind")


def _card_slip(shop: RoutingSettings, slip: Slip, said: Said) -> Route | None:
    return Route(True, False, "card_slip") if slip.kind is Kind.CARD_SLIP and not shop.card_slips else None


def _unknown(shop: RoutingSettings, slip: Slip, said: Said) -> Route | None:
    if said.known:
        return None
    return Route(True, False, WAIT if slip.waits and shop.unknown == "wait" else "unclaimed")


def _wish(shop: RoutingSettings, slip: Slip, said: Said) -> Route | None:
    return None if said.wish is Wish.UNSAID else _lawful(shop, slip, of_wish(said.wish, "wish"))


def _known(shop: RoutingSettings, slip: Slip, said: Said) -> Route | None:
    return _lawful(shop, slip, of_wish(Wish(shop.known), "known"))


def _lawful(shop: RoutingSettings, slip: Slip, wished: Route) -> Route:
    if wished.paper or not slip.fiscal or shop.fiscal_slips:
        return wished
    return Route(True, wished.electronic, "fiscal")


RULES: Final[tuple[Rule, ...]] = (_key, _unreadable, _kind, _card_slip, _unknown, _wish, _known)


def route(shop: RoutingSettings, slip: Slip, said: Said) -> Route:
    """Decide about one receipt."""
    found = next(route for rule in RULES if (route := rule(shop, slip, said)) is not None)
    return found if slip.waits else msgspec.structs.replace(found, paper=True)


def may_be_claimed(shop: RoutingSettings, slip: Slip) -> bool:
    """Say whether a customer who comes along later gets this receipt, and so whether it has a link and a foot."""
    return route(shop, slip, Said(known=True, wish=Wish.BOTH)).electronic
