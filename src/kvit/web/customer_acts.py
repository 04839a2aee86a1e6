"""What the customers' page and its API share: reading what was typed, and what is shown of a customer."""

from __future__ import annotations

from dataclasses import dataclass

from kvit.access.customers import codes, desk, mails, phones, proofs
from kvit.access.customers import service as customers
from kvit.access.customers.desk import Seen
from kvit.access.customers.joining import NAME
from kvit.access.customers.keys import Keys
from kvit.access.customers.model import Customer
from kvit.access.model import Identity
from kvit.db import Tx
from kvit.refusal import Refusal
from kvit.web.door import Call

FINDS_A_MINUTE = 60
"""For one person: a counter looks up a customer now and then, nobody looks up all numbers of a country."""


@dataclass(frozen=True)
class Shown:
    """A customer for staff: contacts masked."""

    seen: Seen
    contacts: dict[str, str]
    """By kind."""


def who(call: Call) -> Identity:
    """Give who asks: every route here wants a right, so somebody does."""
    assert call.user is not None
    return call.user


async def find(call: Call, typed: str) -> Customer | Refusal:
    """Find a customer by what somebody typed or scanned: a member code, a mail address, a phone, or a card.

    What can be read as a phone may be a card's number, too, so that is tried next.
    """
    db, keys, now = call.context.db, call.context.customer_keys, call.now_s
    if codes.is_code(typed.strip()):
        return await db.write(desk.find_code, who(call), typed.strip(), keys, now)
    for kind, contact in _readings(call, typed):
        found = await db.write(desk.find_contact, who(call), kind, contact, keys, now)
        if isinstance(found, Customer):
            return found
    return await db.write(desk.find_card, who(call), typed, keys, now)


def _readings(call: Call, typed: str) -> list[tuple[str, str]]:
    if "@" in typed:
        mail = mails.normal(typed)
        return [] if isinstance(mail, Refusal) else [(proofs.MAIL, mail)]
    phone = phones.normal(typed, call.shop.country, phones.EVERYWHERE)
    return [] if isinstance(phone, Refusal) else [(proofs.PHONE, phone)]


async def show(call: Call, customer: str) -> Shown | Refusal:
    """Give a customer of the shop as staff may see one."""
    return await call.context.db.read(_shown, who(call), customer, call.context.customer_keys, call.shop.country)


def _shown(tx: Tx, by: Identity, customer: str, keys: Keys, country: str) -> Shown | Refusal:
    seen = desk.see(tx, by, customer)
    if isinstance(seen, Refusal):
        return seen
    clear = {kind: customers.contact(tx, seen.customer.id, kind, keys) for kind in seen.contacts}
    return Shown(seen, {kind: masked(kind, text, country) for kind, text in clear.items() if text})


def masked(kind: str, text: str, country: str) -> str:
    """Write a contact so that its owner recognises it."""
    if kind == NAME:
        return f"{text[:1]}***"
    return mails.masked(text) if kind == proofs.MAIL else phones.masked(text, country)


def clear(call: Call, kind: str, text: str) -> str:
    """Write a contact in clear, as people write it."""
    return phones.shown(text, call.shop.country) if kind == proofs.PHONE else text
