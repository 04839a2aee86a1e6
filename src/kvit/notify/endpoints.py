"""The verbs of endpoints: add, change the secret, switch, remove, send a test, play events again.

An endpoint's secret is shown once, when it is made; kept is what is sealed (`kvit.notify.sealing`). Rights and audit
stand before these verbs (`kvit.web.hook_acts`). An endpoint that took nothing for three days is switched off by
`fail_old`; what it missed is kept for thirty days and can be played again, all of it in one act: the events' ids are
those of the first time.

Refusals: ``notify.endpoint_unknown``, ``notify.endpoint_url``, ``notify.endpoint_name``, ``notify.endpoint_event``,
``notify.endpoint_off``, ``notify.endpoints_full``, ``notify.over``, ``notify.unknown``.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from typing import Final

from kvit.db import Tx
from kvit.net.guard import is_allowed, read_url
from kvit.notify import events, service
from kvit.notify import store as queue
from kvit.notify.hooks import store
from kvit.notify.hooks.model import (
    ENDPOINTS_MAX,
    FAILED_AFTER_MS,
    NAME_CHARS_MAX,
    ROTATION_MS,
    Endpoint,
    Standing,
    Stands,
)
from kvit.notify.model import DAY_MS, OPEN, Notice, Outcome, State, Verdict
from kvit.refusal import Refusal

USE: Final = "hook"
"""For what secrets are sealed."""


def checked(url: str, name: str, wanted: Iterable[str], *, plain: bool) -> tuple[str, str, tuple[str, ...]] | Refusal:
    """Look at what was typed; ``plain``: http is allowed. Where the name leads is looked at before every try."""
    url, name = url.strip(), unicodedata.normalize("NFC", " ".join(name.split()))
    read = read_url(url, plain=plain)
    if read is None or not _may_be(read.hostname or "", house=plain):
        return Refusal("notify.endpoint_url")
    if not 0 < len(name) <= NAME_CHARS_MAX or not name.isprintable():
        return Refusal("notify.endpoint_name", {"max": NAME_CHARS_MAX})
    heard = tuple(sorted(set(wanted)))
    strange = [event for event in heard if event not in events.EVENTS]
    return Refusal("notify.endpoint_event", {"event": strange[0][:60]}) if strange else (url, name, heard)


def _may_be(host: str, *, house: bool) -> bool:
    """Say whether a host may be called as far as it can be seen from here: an address of digits that never will be is
    none."""
    try:
        return is_allowed(host, house=house)
    except ValueError:
        return True


def add(tx: Tx, endpoint: Endpoint, secret: bytes) -> Endpoint | Refusal:
    """Add an endpoint; ``secret`` is sealed."""
    if len(store.every(tx, endpoint.shop)) >= ENDPOINTS_MAX:
        return Refusal("notify.endpoints_full", {"max": ENDPOINTS_MAX})
    store.insert(tx, endpoint, secret)
    return endpoint


def every(tx: Tx, shop: str) -> list[Endpoint]:
    """Give a shop's endpoints."""
    return store.every(tx, shop)


def get(tx: Tx, shop: str, id_: str) -> Endpoint | Refusal:
    """Give an endpoint."""
    return store.get(tx, shop, id_) or Refusal("notify.endpoint_unknown")


def standing(tx: Tx, shop: str, now_ms: int) -> dict[str, Stands]:
    """Give how deliveries stand, by endpoint."""
    counts: dict[str, Counter[str]] = {one.id: Counter() for one in store.every(tx, shop)}
    for endpoint, state, count in queue.tally_endpoints(tx, shop, now_ms - DAY_MS):
        group = "done" if state == State.DONE else "waiting" if state in OPEN else "failed"
        if endpoint in counts:
            counts[endpoint][group] += count
    lanes = {lane: (fails, next_ms, reason) for lane, fails, _, next_ms, reason in queue.lanes(tx)}
    found: dict[str, Stands] = {}
    for endpoint, each in counts.items():
        fails, next_ms, reason = lanes.get(f"hook:{endpoint}", (0, 0, ""))
        found[endpoint] = Stands(each["done"], each["waiting"], each["failed"], fails, next_ms, reason)
    return found


def rotate(tx: Tx, shop: str, id_: str, secret: bytes, now_ms: int) -> Endpoint | Refusal:
    """Give an endpoint a new secret (sealed); calls are signed with both for a day."""
    if store.get(tx, shop, id_) is None:
        return Refusal("notify.endpoint_unknown")
    store.rotate(tx, shop, id_, secret, now_ms + ROTATION_MS, now_ms)
    return get(tx, shop, id_)


def change(tx: Tx, shop: str, id_: str, name: str, heard: tuple[str, ...], now_ms: int) -> Endpoint | Refusal:
    """Give an endpoint another name and other events."""
    if store.get(tx, shop, id_) is None:
        return Refusal("notify.endpoint_unknown")
    store.change(tx, shop, id_, name, heard, now_ms)
    return get(tx, shop, id_)


def switch(tx: Tx, shop: str, id_: str, on: bool, now_ms: int) -> Endpoint | Refusal:
    """Switch an endpoint on or off. Off: what waits for it is taken back, and kept to be played again."""
    found = store.get(tx, shop, id_)
    if found is None:
        return Refusal("notify.endpoint_unknown")
    store.set_state(tx, shop, id_, Standing.ON if on else Standing.OFF, now_ms)
    queue.drop_lane(tx, found.lane)
    if not on:
        _take_back(tx, found, now_ms)
    return get(tx, shop, id_)


def remove(tx: Tx, shop: str, id_: str, now_ms: int) -> Endpoint | Refusal:
    """Forget an endpoint, and what waits for it."""
    found = store.get(tx, shop, id_)
    if found is None:
        return Refusal("notify.endpoint_unknown")
    _take_back(tx, found, now_ms)
    store.remove(tx, shop, id_, now_ms)
    queue.drop_lane(tx, found.lane)
    return found


def _take_back(tx: Tx, endpoint: Endpoint, now_ms: int) -> None:
    told = Outcome(Verdict.REFUSED, "off")
    while waiting := queue.of_lane(tx, endpoint.lane, service.BATCH):
        for n in waiting:
            queue.end(tx, n, State.DROPPED, told, now_ms)
    tx.tell(service.TOPIC, endpoint.shop)


def target(tx: Tx, shop: str, id_: str, now_ms: int) -> tuple[str, list[bytes]] | None:
    """Give where an endpoint's events go and its secrets (sealed), the new one first; None unless it is on."""
    found, kept = store.get(tx, shop, id_), store.secrets(tx, id_, now_ms)
    if found is None or kept is None or found.state is not Standing.ON:
        return None
    return found.url, [kept.now, kept.before] if kept.before else [kept.now]


def gone(tx: Tx, shop: str, id_: str, now_ms: int) -> None:
    """An endpoint said that it wants no more."""
    found = store.get(tx, shop, id_)
    if found is not None and store.set_state(tx, shop, id_, Standing.FAILED, now_ms):
        _take_back(tx, found, now_ms)


def fail_old(tx: Tx, now_ms: int) -> list[Endpoint]:
    """Switch off endpoints that took nothing for too long; give those that were."""
    failed: list[Endpoint] = []
    for endpoint in store.failing(tx, now_ms - FAILED_AFTER_MS):
        store.set_state(tx, endpoint.shop, endpoint.id, Standing.FAILED, now_ms)
        _take_back(tx, endpoint, now_ms)
        queue.drop_lane(tx, endpoint.lane)
        failed.append(endpoint)
    store.forget_before(tx, now_ms)
    return failed


def test(tx: Tx, shop: str, id_: str, now_ms: int) -> Notice | Refusal:
    """Send an endpoint a test, whatever events it wants."""
    found = store.get(tx, shop, id_)
    if found is None:
        return Refusal("notify.endpoint_unknown")
    if found.state is not Standing.ON:
        return Refusal("notify.endpoint_off")
    return events.tell(tx, found, "webhook.test", {"endpoint": id_}, f"{id_}:{now_ms}", now_ms)


def replay(tx: Tx, shop: str, message: str, now_ms: int) -> Notice | Refusal:
    """Send one event to its endpoint again: the same body and id, as a message of its own."""
    found = queue.get(tx, shop, message)
    endpoint = None if found is None else store.get(tx, shop, found.endpoint)
    if found is None or endpoint is None:
        return Refusal("notify.unknown")
    if endpoint.state is not Standing.ON:
        return Refusal("notify.endpoint_off")
    kept = queue.content(tx, shop, message)
    if kept is None:
        return Refusal("notify.over")
    made = events.hook_message(endpoint, found.about, kept[1], now_ms)
    return service.send(tx, shop, made, f"replay:{message}:{now_ms}", queue.event_of(tx, shop, message))


def replay_missed(tx: Tx, shop: str, id_: str, now_ms: int) -> int | Refusal:
    """Send an endpoint every event it has missed and that is still kept, oldest first; give how many."""
    endpoint = store.get(tx, shop, id_)
    if endpoint is None:
        return Refusal("notify.endpoint_unknown")
    if endpoint.state is not Standing.ON:
        return Refusal("notify.endpoint_off")
    missed = queue.missed(tx, id_, service.MISSED_MAX)
    for message in missed:
        replay(tx, shop, message, now_ms)
    return len(missed)
