"""What staff do with customers, each with its row in the shop's audit log, in one transaction.

Staff find a customer by a whole phone number, mail address or card, by the member code they show, or among those who were
at their shop lately; there is no list of phones to page through. Only customers who were at the shop exist for it. A phone
is shown masked; in clear only by an act of its own, which is written down with who asked. What was looked for is not
written down: only the id that was found.

Each verb takes ``tx`` first and ``by``, the identity from the door. Refusals come in the order in which the docstrings name
them; ``not_allowed`` is always the first.
"""

from __future__ import annotations

from dataclasses import dataclass

from kvit.access.customers import cards, proofs, proving, service, store
from kvit.access.customers.joining import NAME, Hooks
from kvit.access.customers.joining import erase as erase_all
from kvit.access.customers.keys import Keys
from kvit.access.customers.model import Card, Consent, Customer, Device, Wish
from kvit.access.model import Identity
from kvit.access.service import audit
from kvit.db import Tx
from kvit.refusal import Refusal

READ, WRITE = "customers.read", "customers.write"
RECENT_LIMIT = 50
KINDS = (proofs.PHONE, proofs.MAIL, NAME)


@dataclass(frozen=True, slots=True)
class Seen:
    """A customer as staff see one: nothing in clear."""

    customer: Customer
    first_at: int
    last_at: int
    """At this shop."""
    devices: list[Device]
    cards: list[Card]
    consents: list[Consent]
    contacts: tuple[str, ...]
    """Which of `KINDS` there are."""


def find_contact(tx: Tx, by: Identity, kind: str, contact: str, keys: Keys, now: int) -> Customer | Refusal:
    """Find a customer of the shop by a phone or mail address in its one form. Refused: ``not_allowed``, ``unknown``."""
    if not by.may(READ):
        return Refusal("access.not_allowed")
    found = store.contact_owner(tx, kind, proving.contact_hash(keys, kind, contact))
    return _found(tx, by, found[0] if found else None, now)


def find_card(tx: Tx, by: Identity, text: str, keys: Keys, now: int) -> Customer | Refusal:
    """Find a customer of the shop by a card, printed or a tag. Refused: ``not_allowed``, ``unknown``."""
    if not by.may(READ):
        return Refusal("access.not_allowed")
    for kind in cards.KINDS:
        clean = cards.clean_card(text, kind)
        owner = store.card_owner(tx, cards.card_hash(keys, clean, kind)) if clean else None
        if owner is not None:
            return _found(tx, by, owner, now)
    return Refusal("customers.unknown")


def find_code(tx: Tx, by: Identity, text: str, keys: Keys, now: int) -> Customer | Refusal:
    """Find a customer by the member code they show; it is used up, and they were at the shop by this.

    Refused: ``not_allowed``, ``code_bad``, ``code_old``, ``code_ended``, ``code_used``.
    """
    if not by.may(READ):
        return Refusal("access.not_allowed")
    known = service.identify(tx, text, "qr", keys, now, by.shop)
    return known if isinstance(known, Refusal) else _found(tx, by, store.customer(tx, known.customer), now)


def _found(tx: Tx, by: Identity, customer: Customer | None, now: int) -> Customer | Refusal:
    """Hand out a customer of this shop, with a row in its log; for one of another shop the same as for nobody."""
    if customer is None or store.has_met(tx, by.shop, customer.id) is None:
        return Refusal("customers.unknown")
    audit(tx, by.shop, by.actor, "customer.found", customer.id, now)
    return customer


def recent(tx: Tx, by: Identity, limit: int = RECENT_LIMIT) -> list[tuple[Customer, int]] | Refusal:
    """Give who was at the shop lately, and when. Refused: ``not_allowed``."""
    if not by.may(READ):
        return Refusal("access.not_allowed")
    return store.recent(tx, by.shop, min(limit, RECENT_LIMIT))


def count(tx: Tx, by: Identity) -> int:
    """Count the customers who were at the shop."""
    return store.count_met(tx, by.shop)


def see(tx: Tx, by: Identity, customer: str) -> Seen | Refusal:
    """Give what the shop may see of a customer. Refused: ``not_allowed``, ``unknown``."""
    who = _ours(tx, by, customer, READ)
    if isinstance(who, Refusal):
        return who
    met = store.has_met(tx, by.shop, who.id)
    assert met is not None
    contacts = tuple(kind for kind in KINDS if store.contact(tx, who.id, kind) is not None)
    return Seen(
        who, *met, store.devices(tx, who.id), store.cards(tx, who.id), store.consents(tx, who.id), contacts
    )  # fmt: skip


def _ours(tx: Tx, by: Identity, customer: str, right: str) -> Customer | Refusal:
    """Find a customer of the caller's shop. One of another shop is not there."""
    if not by.may(right):
        return Refusal("access.not_allowed")
    who = service.find(tx, customer)
    if who is None or store.has_met(tx, by.shop, who.id) is None:
        return Refusal("customers.unknown")
    return who


def reveal(tx: Tx, by: Identity, customer: str, kind: str, keys: Keys, now: int) -> str | Refusal:
    """Give a phone, mail address or name in clear; that it was looked at is written down.

    Refused: ``not_allowed``, ``unknown`` (also where there is none, or it can not be opened).
    """
    audit(tx, by.shop, by.actor, "customer.revealed", customer[:64], now, {"kind": kind[:16]})
    who = _ours(tx, by, customer, WRITE)
    if isinstance(who, Refusal):
        return who
    return service.contact(tx, who.id, kind, keys) or Refusal("customers.unknown")


def set_wish(tx: Tx, by: Identity, customer: str, wish: Wish, now: int) -> Customer | Refusal:
    """Keep how a customer says at the counter that receipts are wanted. Refused: ``not_allowed``, ``unknown``."""
    audit(tx, by.shop, by.actor, "customer.wish", customer[:64], now, {"wish": wish})
    who = _ours(tx, by, customer, WRITE)
    return who if isinstance(who, Refusal) else service.set_wish(tx, who.id, wish, now)


def add_card(
    tx: Tx, by: Identity, customer: str, card: str, text: str, kind: str, label: str, keys: Keys, now: int
) -> Card | Refusal:
    """Let a card stand for a customer. Refused: ``not_allowed``, ``unknown``, ``card_bad``, ``card_taken``,
    ``cards_many``.
    """
    audit(tx, by.shop, by.actor, "customer.card_added", customer[:64], now, {"card": card})
    who = _ours(tx, by, customer, WRITE)
    if isinstance(who, Refusal):
        return who
    return service.remember_card(tx, who.id, card, text, kind, label, by.actor, keys, now)


def drop_card(tx: Tx, by: Identity, customer: str, card: str, now: int) -> str | Refusal:
    """Let a card stand for nobody. Refused: ``not_allowed``, ``unknown``, ``no_such_card``."""
    audit(tx, by.shop, by.actor, "customer.card_dropped", customer[:64], now, {"card": card[:64]})
    who = _ours(tx, by, customer, WRITE)
    return who if isinstance(who, Refusal) else service.drop_card(tx, who.id, card)


def end_device(tx: Tx, by: Identity, customer: str, device: str, now: int) -> str | Refusal:
    """End a device whose owner lost it. Refused: ``not_allowed``, ``unknown``, ``no_such_device``."""
    audit(tx, by.shop, by.actor, "customer.device_ended", customer[:64], now, {"device": device[:64]})
    who = _ours(tx, by, customer, WRITE)
    return who if isinstance(who, Refusal) else service.end_device(tx, who.id, device, now)


def erase(tx: Tx, by: Identity, customer: str, hooks: Hooks, now: int) -> str | Refusal:
    """Delete all that is kept of a customer, in every shop. Refused: ``not_allowed``, ``unknown``."""
    who = _ours(tx, by, customer, WRITE)
    return who if isinstance(who, Refusal) else erase_all(tx, who.id, by.actor, hooks, now)
