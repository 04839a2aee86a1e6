"""The verbs of browsers that want pushes: subscribe, unsubscribe, whose they are, merge, erase.

A subscription is an address like any other: sealed, and found by its keyed hash. One the push service says is gone is
forgotten by the worker. Refusals: ``notify.address`` (no subscription), ``notify.browsers_full``.
"""

from __future__ import annotations

from typing import Final

from kvit.db import ERASED, Tx
from kvit.notify.model import Kind
from kvit.notify.push import store
from kvit.notify.push.sealing import read_subscription
from kvit.notify.sealer import Sealer
from kvit.refusal import Refusal

BROWSERS_MAX: Final = 10
"""Of one customer: phones and computers of one person."""
USE: Final = "browser"


def subscribe(tx: Tx, sealer: Sealer, customer: str, subscription: str, language: str, now_ms: int) -> bytes | Refusal:
    """Keep a browser's subscription (what it gave the page, as JSON); give its slot."""
    if len(subscription) > 4_096 or read_subscription(subscription) is None:
        return Refusal("notify.address")
    slot = sealer.slot(Kind.PUSH, subscription)
    if len({known for known, _, _ in store.of(tx, customer)} - {slot}) >= BROWSERS_MAX:
        return Refusal("notify.browsers_full", {"max": BROWSERS_MAX})
    store.put(tx, customer, slot, sealer.seal.close(subscription.encode(), USE), language, now_ms)
    return slot


def unsubscribe(tx: Tx, sealer: Sealer, customer: str, subscription: str) -> int:
    """Forget one; give how many that were."""
    return store.delete(tx, customer, sealer.slot(Kind.PUSH, subscription))


def of(tx: Tx, sealer: Sealer, customer: str) -> list[tuple[str, str]]:
    """Give a customer's subscriptions, each with its language, newest first."""
    found = [(sealer.seal.open(sealed, USE), language) for _, sealed, language in store.of(tx, customer)]
    return [(opened.decode(), language) for opened, language in found if opened is not None]


def gone(tx: Tx, slot: bytes) -> int:
    """A push service said that a browser is no more."""
    return store.delete_slot(tx, slot)


def move(tx: Tx, from_: str, to: str) -> None:
    """One customer turned out to be another."""
    store.move(tx, from_, to)


def erase(tx: Tx, customer: str) -> int:
    """Forget all of a customer's; give how many."""
    count = store.delete_all(tx, customer)
    if count:
        tx.tell(ERASED)
    return count
