"""What happens in the house and other programs may hear of: a table of events, and the verbs that tell them.

A verb here is called in the transaction of the fact, with the ids and figures that are known there. For every endpoint
of the shop that wants the event a message is ordered (`kvit.notify.service.send`); where nobody wants it, one row is
read and nothing written. Told twice under one key it is one event.

What is told names things by their ids and no person at all: no address, no name, nothing a receipt says. Who wants more
asks the API with a key of his own. So an event needs no erasure, and a receiver that was broken into gives nothing
away.

    {"type": "receipt.stored", "timestamp": "2026-05-04T09:30:00Z", "data": {"shop": "shop-1", "receipt": "…", …}}

The list of events, with their fields, is docs/protocols/webhooks.md, made from this table by a test.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from kvit.db import Tx
from kvit.notify import service
from kvit.notify.hooks import store
from kvit.notify.hooks.model import Endpoint, Standing
from kvit.notify.model import ADDRESS_MS, Kind, Message, Notice
from kvit.refusal import Refusal

Fact = str | int | bool | None


@dataclass(frozen=True, slots=True)
class Event:
    """One kind of event: when it is told, and the fields of ``data`` beside ``shop``."""

    name: str
    when: str
    fields: Mapping[str, str]


_RECEIPT: Final = {"receipt": "the receipt's id, as in `/api/v1/receipts/{id}`"}
_PRINTER: Final = {"printer": "the printer's name"}
EVENTS: Final[dict[str, Event]] = {
    event.name: event
    for event in (
        Event("receipt.stored", "A receipt is in the books: from a line, a station or the API.", {
            **_RECEIPT, "line": "the line or till it came from", "kind": "what it is: `sale`, `refund`, `card_slip` …",
        }),
        Event("receipt.routed", "It was decided where a receipt goes.", {
            **_RECEIPT, "paper": "it comes out on paper", "electronic": "it is kept for the customer",
            "why": "the rule that decided",
        }),
        Event("receipt.claimed", "A customer took a receipt into the wallet.", {
            **_RECEIPT, "how": "`link`, `code`, `card` …",
        }),
        Event("receipt.erased", "What a receipt said was erased. Whoever has a copy should erase it too.", _RECEIPT),
        Event("printer.trouble", "A printer can not print.", {
            **_PRINTER, "trouble": "`paper`, `cover`, `cutter`, `away` …",
        }),
        Event("printer.well", "A printer that could not print can again.", _PRINTER),
        Event("station.offline", "A station has not been heard of.", {"station": "the station's id"}),
        Event("station.online", "A station that was away is back.", {"station": "the station's id"}),
        Event("webhook.test", "Somebody pressed *send a test* on the page.", {"endpoint": "the endpoint's id"}),
    )
}  # fmt: skip


def is_heard(tx: Tx, shop: str, event: str) -> bool:
    """Say whether anybody wants an event: for who has many facts to tell at once."""
    return any(one.state is Standing.ON and one.hears(event) for one in store.every(tx, shop))


def happened(tx: Tx, shop: str, event: str, data: Mapping[str, Fact], key: str, now_ms: int) -> list[Notice]:
    """Tell an event to whoever wants it; give the messages. ``key`` names the fact for ever (``stored:<receipt>``)."""
    known = EVENTS[event]
    assert set(data) <= set(known.fields), f"{event} has no {set(data) - set(known.fields)}"
    heard = [one for one in store.every(tx, shop) if one.state is Standing.ON and one.hears(event)]
    return [made for one in heard if isinstance(made := tell(tx, one, event, data, key, now_ms), Notice)]


def tell(tx: Tx, endpoint: Endpoint, event: str, data: Mapping[str, Fact], key: str, now_ms: int) -> Notice | Refusal:
    """Tell one endpoint one event."""
    body = msgspec.json.encode({
        "type": event,
        "timestamp": datetime.fromtimestamp(now_ms / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "data": {"shop": endpoint.shop, **data},
    })  # fmt: skip
    told = event_id(endpoint.shop, event, key)
    message = hook_message(endpoint, event, body, now_ms)
    return service.send(tx, endpoint.shop, message, f"hook:{endpoint.id}:{told}", told)


def hook_message(endpoint: Endpoint, event: str, body: bytes, now_ms: int) -> Message:
    """Give the message that brings a body to an endpoint. A fact told again has another time in it and is the same
    fact."""
    return Message(
        Kind.HOOK, event, now_ms, now_ms + ADDRESS_MS, hashlib.sha256(event.encode()).digest(), content=body,
        endpoint=endpoint.id,
    )  # fmt: skip


def event_id(shop: str, event: str, key: str) -> str:
    """Give an event's name for ever: the same for every endpoint and every try."""
    return "evt_" + hashlib.sha256(f"{shop}\0{event}\0{key}".encode()).hexdigest()[:32]


def receipt_stored(tx: Tx, shop: str, receipt: str, line: str, kind: str, now_ms: int) -> list[Notice]:
    """A receipt is in the books."""
    data = {"receipt": receipt, "line": line, "kind": kind}
    return happened(tx, shop, "receipt.stored", data, receipt, now_ms)


def receipt_routed(
    tx: Tx, shop: str, receipt: str, paper: bool, electronic: bool, why: str, now_ms: int
) -> list[Notice]:
    """It was decided where a receipt goes; decided anew is another event."""
    data: dict[str, Fact] = {"receipt": receipt, "paper": paper, "electronic": electronic, "why": why}
    return happened(tx, shop, "receipt.routed", data, f"{receipt}:{int(paper)}{int(electronic)}:{why}:{now_ms}", now_ms)


def receipt_claimed(tx: Tx, shop: str, receipt: str, how: str, now_ms: int) -> list[Notice]:
    """A customer took a receipt; each time one does is an event."""
    return happened(tx, shop, "receipt.claimed", {"receipt": receipt, "how": how}, f"{receipt}:{now_ms}", now_ms)


def receipt_erased(tx: Tx, shop: str, receipt: str, now_ms: int) -> list[Notice]:
    """What a receipt said was erased."""
    return happened(tx, shop, "receipt.erased", {"receipt": receipt}, receipt, now_ms)


def printer_trouble(tx: Tx, shop: str, printer: str, trouble: str, since_ms: int) -> list[Notice]:
    """A printer can not print, since then."""
    data = {"printer": printer, "trouble": trouble}
    return happened(tx, shop, "printer.trouble", data, f"{printer}:{trouble}:{since_ms}", since_ms)


def printer_well(tx: Tx, shop: str, printer: str, now_ms: int) -> list[Notice]:
    """A printer can print again."""
    return happened(tx, shop, "printer.well", {"printer": printer}, f"{printer}:{now_ms}", now_ms)


def station_offline(tx: Tx, shop: str, station: str, since_ms: int) -> list[Notice]:
    """A station has not been heard of since then."""
    return happened(tx, shop, "station.offline", {"station": station}, f"{station}:{since_ms}", since_ms)


def station_online(tx: Tx, shop: str, station: str, now_ms: int) -> list[Notice]:
    """A station that was away is back."""
    return happened(tx, shop, "station.online", {"station": station}, f"{station}:{now_ms}", now_ms)
