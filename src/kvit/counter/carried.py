"""How a decision of a station gets to the server: the route of a receipt, whose it is, and so into whose wallet it goes.

A route is told as it is now, with its version; a later one stands over an earlier one. The customer is an id the server
gave the station itself (`kvit.access.customers.proxy`); one that is gone since is nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated

import msgspec

from kvit.access.customers import service as customers
from kvit.counter import store
from kvit.counter.model import TOPIC, Routed, Stage
from kvit.counter.telling import stored
from kvit.db import Tx
from kvit.notify import events
from kvit.receipt import parcel
from kvit.receipt import service as receipts
from kvit.receipt.parcel import Moment, Spot
from kvit.receipt.printout import Prepared
from kvit.receipt.wallet import service as wallet
from kvit.refusal import Refusal

HOW = "till"
"""By what way a wallet got it."""

Keep = Callable[[Tx, str, str, str, int, str], object]
"""Keeps a receipt for a customer, as `kvit.receipt.wallet.service.keep` does; may tell him."""

Word = Annotated[str, msgspec.Meta(max_length=128)]


class RouteTold(msgspec.Struct, frozen=True):
    """A route on the wire; its receipt is named by its spot. Times are milliseconds since 1970."""

    spot: Spot
    stage: Stage
    paper: bool
    electronic: bool
    foot: bool
    why: Word
    by: Word
    customer: Word
    how: Word
    paper_mm: Annotated[int, msgspec.Meta(ge=0, le=1 << 31)]
    began_ms: Moment
    changed_ms: Moment
    version: Annotated[int, msgspec.Meta(ge=1, le=1 << 31)]


def routes(tx: Tx, shop: str) -> Iterator[tuple[str, str]]:
    """Give what there is to tell, as topic and receipt's id, in the order it was decided."""
    last = 0
    while rows := tx.all(
        "SELECT n, receipt_id FROM receipt_route WHERE shop = $1 AND n > $2 ORDER BY n LIMIT 500", shop, last
    ):
        yield from ((TOPIC, id_) for _, id_ in rows)
        last = rows[-1][0]


def route_of(tx: Tx, shop: str, id_: str) -> RouteTold | None:
    """Pack the route of a receipt as it is now; None where there is none, or the receipt was erased."""
    route, spot = store.get(tx, shop, id_), parcel.spot_of(tx, shop, id_)
    if route is None or spot is None:
        return None
    told = msgspec.structs.asdict(route)
    del told["id"], told["line"]
    return RouteTold(spot=spot, **told)


def unpack_route(
    tx: Tx, shop: str, id_: str, told: RouteTold, station: str, now_s: int, keep: Keep = wallet.keep
) -> Refusal | None:
    """Keep a route, and by ``keep`` the receipt for whose it is. Refused: ``receipt.unknown``."""
    known = receipts.get(tx, shop, id_)
    if isinstance(known, Refusal):
        return known if parcel.spot_of(tx, shop, id_, erased=True) is None else None
    customer = customers.meet(tx, shop, told.customer, now_s) if told.customer else None
    found = "" if customer is None or isinstance(customer, Refusal) else customer.id
    stage = Stage.DONE if told.stage is Stage.DECIDED else told.stage  # the line that carries it out is the station's
    by = f"station:{station}" if told.by else ""
    new = Routed(
        id_, told.spot.line, stage, told.paper, told.electronic, told.foot, told.why, by, found,
        told.how, told.paper_mm, told.began_ms, told.changed_ms, told.version,
    )  # fmt: skip
    before = store.get(tx, shop, id_)
    if before is None:
        store.insert(tx, shop, new)
    elif told.changed_ms < before.changed_ms:
        return None
    else:
        store.update(tx, shop, msgspec.structs.replace(new, version=before.version))
    if before is not None and before.customer not in ("", found):
        wallet.remove(tx, before.customer, id_)
    if found and told.electronic:
        keep(tx, found, shop, id_, now_s, HOW)  # a wallet that is full keeps its receipts; this one stays a link
    if stage is not Stage.OPEN and (before is None or before.stage is Stage.OPEN):
        events.receipt_routed(tx, shop, id_, told.paper, told.electronic, told.why, told.changed_ms)
    if found and (before is None or not before.customer):
        events.receipt_claimed(tx, shop, id_, told.how, told.changed_ms)
    tx.tell(TOPIC, id_)
    return None


def unpack_receipt(tx: Tx, shop: str, prepared: Prepared, version: int) -> Refusal | None:
    """Store a parcel's receipt (`kvit.receipt.parcel.unpack`); a fresh one is told to other programs."""
    fresh = parcel.spot_of(tx, shop, prepared.id, erased=True) is None
    refusal = parcel.unpack(tx, shop, prepared, version)
    if refusal is None and fresh:
        stored(tx, shop, prepared)
    return refusal
