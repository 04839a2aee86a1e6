"""Two wallets become one, and a customer goes: what touches all that is kept of somebody.

Other rooms keep things by a customer's id (receipts, routes, points). They lie above this one, so ``app`` hands their verbs
in as `Hooks`, and all happens in one transaction or not at all.

Erased is erased: the rows are deleted, the engine is told to leave no older page behind (`kvit.db.ERASED`), and the id is
revoked at stations for as long as a member code or token could still be shown. What stays is a row in the audit log of each
shop the customer was at, with the id alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from kvit.access import service as access
from kvit.access.customers import codes, store
from kvit.access.customers.devices import IDLE_S
from kvit.access.customers.keys import Keys
from kvit.access.session import Randomness
from kvit.db import ERASED, Tx
from kvit.refusal import Refusal

NAME = "name"
SWEPT_MAX = 50
"""Customers erased in one transaction; tills wait behind it."""
REVOKED_S = codes.BATCH_MAX * codes.WINDOW_S + 2 * codes.WINDOW_S
"""So long a code that was fetched ahead can be shown."""


def _no_merge(tx: Tx, old: str, new: str) -> None:
    """Nobody keeps anything."""


def _no_erase(tx: Tx, customer: str) -> None:
    """Nobody keeps anything."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """What other rooms do when customers are merged or erased."""

    merge: Callable[[Tx, str, str], object] = _no_merge
    """``(tx, old, new)``: give all that is kept by one id to another."""
    erase: Callable[[Tx, str], object] = _no_erase
    """``(tx, customer)``: delete all that is kept by an id."""


def merge(tx: Tx, keys: Keys, old: str, new: str, hooks: Hooks, randomness: Randomness, now: int) -> None:
    """Give all of a wallet to another; the old id stands for the new one from now on. Both rows are held by the caller.

    Its devices do not come along: none of them proved anything, and who proves now gets a fresh one.
    """
    name = store.contact(tx, old, NAME)
    clear = keys.unseal(NAME, old, name[0]) if name and store.contact(tx, new, NAME) is None else None
    if clear is not None:
        store.put_contact(tx, new, NAME, None, keys.seal(NAME, new, clear, randomness), None)
    hooks.merge(tx, old, new)
    store.move(tx, old, new, now)


def sweep(tx: Tx, hooks: Hooks, now: int, most: int = SWEPT_MAX) -> int:
    """Delete what is over, and erase customers nobody can reach any more: their last device was unused for so long that
    its cookie is gone, and there is neither a proven contact nor a card. Give how many; fewer than ``most`` is all.
    """
    store.drop_over(tx, now)
    gone = store.unreachable(tx, now - IDLE_S, most)
    for customer in gone:
        erase(tx, customer, access.CONSOLE, hooks, now)
    return len(gone)


def erase(tx: Tx, customer: str, by: str, hooks: Hooks, now: int) -> str | Refusal:
    """Delete all that is kept of a customer; give the id. ``by`` is who is written down. Refused: ``unknown``."""
    id_ = customer if store.customer(tx, customer) else store.successor(tx, customer)
    for shop in store.shops(tx, id_):  # in order: the audit heads are locked first, and alike by all
        access.audit(tx, shop, by, "customer.erased", id_, now)
    if not store.hold(tx, id_):
        return Refusal("customers.unknown")
    hooks.erase(tx, id_)
    for kind, hash_ in store.contact_hashes(tx, id_):
        store.drop_proofs(tx, kind, hash_)
    store.drop_customer(tx, id_)
    store.revoke(tx, f"customer:{id_}", now + REVOKED_S, now)
    tx.tell(ERASED)
    return id_
