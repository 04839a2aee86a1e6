"""The verbs of the counter: decide where a receipt goes, let somebody claim it, note what came out, take it back.

Each is one transaction that holds everything a decision means: the route, the link's hash, the receipt in the customer's
wallet, the notice to whoever wants to hear of it. Only then the line is told; so paper is never kept back for a receipt
that is not safely the customer's. What the line really did is noted behind it (`settle`).

A receipt has one route. Decided twice (told again after a restart) it keeps the first; claimed by two at once the first has
it. ``tx`` first, then the shop. After the commit the topic ``"route"`` is told the receipt's id.

Refusals: ``counter.no_route``, ``counter.claimed``, ``counter.decided``, ``receipt.unknown``, and those of the wallet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from kvit.access.service import audit
from kvit.counter import store
from kvit.counter.model import TOPIC, Routed, Share, Stage
from kvit.counter.routing import Route
from kvit.db import Tx
from kvit.receipt import service as receipts
from kvit.receipt.links import LIFETIME_S
from kvit.refusal import Refusal

MADE_BY: Final = "routing"
"""Who made the links of receipts that wait."""
UNSETTLED_MAX: Final = 1000

Keep = Callable[[Tx, str, str, str, int, str], object]
"""Puts a receipt into a customer's wallet: customer, shop, receipt, seconds since 1970, how it was claimed."""
Drop = Callable[[Tx, str, str, str], object]
"""Takes it out again: customer, shop, receipt."""
Notice = Callable[[Tx, str, str, Routed], object]
"""Orders a notice of an event: shop, its name (``receipt.routed``, ``receipt.claimed``), the route."""


def _nothing(*_: object) -> None:
    """Do nothing."""


@dataclass(frozen=True)
class Hands:
    """What other trades do when a receipt is decided about."""

    keep: Keep = _nothing
    drop: Drop = _nothing
    notice: Notice = _nothing


NOBODY: Final = Hands()


class Who(msgspec.Struct, frozen=True):
    """Who decided, and for whom."""

    by: str = ""
    """Of the staff; empty: the rules, or the customer."""
    customer: str = ""
    how: str = ""


def decide(tx: Tx, shop: str, new: Routed, token: str, hands: Hands, link_s: int = LIFETIME_S) -> Routed | Refusal:
    """Write a receipt's first route, with its link (``token`` empty: none). One that has a route keeps it."""
    if not store.insert(tx, shop, new):
        found = store.get(tx, shop, new.id)
        assert found is not None
        return found
    if token:
        made = receipts.make_link(tx, shop, new.id, token, MADE_BY, new.began_ms // 1000, link_s)
        if isinstance(made, Refusal):
            return made
    return _told(tx, shop, new, hands)


def change(tx: Tx, shop: str, id_: str, route: Route, who: Who, hands: Hands, now_ms: int) -> Routed | Refusal:
    """Decide about a receipt that has a route: while its paper waits anything, afterwards only that somebody gets it too.

    Refused: ``counter.claimed`` where another customer has it, ``counter.decided`` where nothing would be gained.
    """
    before = store.get(tx, shop, id_)
    if before is None:
        return Refusal("counter.no_route")
    if before.customer and who.customer:
        return before if before.customer == who.customer else Refusal("counter.claimed")
    if before.stage is Stage.OPEN:
        new = _changed(before, route.paper, route.electronic, route.why, who, now_ms, Stage.DECIDED)
    elif route.electronic and (who.customer or not before.electronic):
        new = _changed(before, before.paper, True, route.why, who, now_ms, before.stage)
    else:
        return Refusal("counter.decided")
    if who.by:
        audit(tx, shop, who.by, "receipt.routed", id_, now_ms // 1000, {"paper": int(new.paper), "why": route.why})
    written = store.update(tx, shop, new)
    return Refusal("counter.decided") if written is None else _told(tx, shop, written, hands)


def _changed(before: Routed, paper: bool, electronic: bool, why: str, who: Who, now_ms: int, stage: Stage) -> Routed:
    """The route as decided now; a customer it had stays."""
    customer, how = who.customer or before.customer, who.how or before.how
    new = msgspec.structs.replace(before, stage=stage, paper=paper, electronic=electronic, why=why, by=who.by)
    return msgspec.structs.replace(new, customer=customer, how=how, changed_ms=now_ms)


def _told(tx: Tx, shop: str, route: Routed, hands: Hands) -> Routed | Refusal:
    """Do what a decision means, and tell of it. Where the wallet does not take the receipt, nothing was decided."""
    if route.customer and route.electronic:
        kept = hands.keep(tx, route.customer, shop, route.id, route.changed_ms // 1000, route.how)
        if isinstance(kept, Refusal):
            return kept
        hands.notice(tx, shop, "receipt.claimed", route)
    if route.stage is not Stage.OPEN:
        hands.notice(tx, shop, "receipt.routed", route)
    tx.tell(TOPIC, route.id)
    return route


def settle(tx: Tx, shop: str, id_: str, came_out: bool, foot: bool, now_ms: int) -> Routed | Refusal:
    """Note what the line did. Paper that was out before it could be kept back is told as such (``late``)."""
    before = store.get(tx, shop, id_)
    if before is None:
        return Refusal("counter.no_route")
    if before.stage is Stage.DONE:
        return before
    late = came_out and not before.paper
    new = msgspec.structs.replace(
        before, stage=Stage.DONE, paper=came_out or before.paper, foot=foot, why="late" if late else before.why,
        changed_ms=now_ms,
    )  # fmt: skip
    if before.stage is Stage.OPEN:  # the line had enough of waiting
        new = msgspec.structs.replace(new, why="unclaimed")
    written = store.update(tx, shop, new)
    if written is None:
        return Refusal("counter.decided")
    tx.tell(TOPIC, id_)
    return written


def take_back(tx: Tx, shop: str, id_: str, by: str, hands: Hands, now_ms: int) -> Routed | Refusal:
    """Take a receipt back from whoever has it; its paper is out, or was just printed."""
    before = store.get(tx, shop, id_)
    if before is None:
        return Refusal("counter.no_route")
    if before.stage is not Stage.DONE or not (before.electronic or not before.paper):
        return Refusal("counter.decided")
    audit(tx, shop, by, "receipt.taken_back", id_, now_ms // 1000)
    if before.customer:
        hands.drop(tx, before.customer, shop, id_)
    hashes = [link.hash for link in receipts.links(tx, shop, id_) if link.made_by == MADE_BY]
    receipts.revoke_link(tx, shop, id_, hashes, now_ms // 1000)
    new = msgspec.structs.replace(
        before, paper=True, electronic=False, why="taken_back", by=by, customer="", how="", changed_ms=now_ms
    )
    written = store.update(tx, shop, new)
    if written is None:
        return Refusal("counter.decided")
    tx.tell(TOPIC, id_)
    return written


def get(tx: Tx, shop: str, id_: str) -> Routed | Refusal:
    """Give a receipt's route."""
    return store.get(tx, shop, id_) or Refusal("counter.no_route")


def several(tx: Tx, shop: str, ids: Sequence[str]) -> dict[str, Routed]:
    """Give the routes of some receipts, by id; those without one are left out."""
    return store.several(tx, shop, ids)


def unsettled(tx: Tx, shop: str) -> list[Routed]:
    """Give routes the line has not carried out yet."""
    return store.unsettled(tx, shop, UNSETTLED_MAX)


def share(tx: Tx, shop: str, from_ms: int, until_ms: int) -> Share:
    """Add up how many receipts went where in a stretch of time, and how much paper that was."""
    return store.share(tx, shop, from_ms, until_ms)


def move_customer(tx: Tx, old: str, new: str) -> int:
    """Give the routes of a customer whose wallet went into another's to that one; give how many."""
    return store.move_customer(tx, old, new)


def forget_customer(tx: Tx, customer: str) -> int:
    """Take an erased customer's id out of all routes, of all shops; give how many had it."""
    return store.forget_customer(tx, customer)
