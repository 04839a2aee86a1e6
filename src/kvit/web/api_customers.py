"""The API of customers: the twin of their page, with the same rights and the same rows in the audit log.

A phone, a mail address or a card comes in a body, never in an address, and goes out masked; in clear by one route alone.
"""

from __future__ import annotations

import datetime
from typing import Annotated

import msgspec

from kvit.access.customers import desk
from kvit.access.customers.cards import CARD_CHARS_MAX
from kvit.access.customers.devices import LABEL_LIMIT
from kvit.access.customers.model import DEVICE_ID_BYTES, Customer, Wish
from kvit.refusal import Refusal
from kvit.web import customer_acts
from kvit.web.api import Done
from kvit.web.customer_acts import FINDS_A_MINUTE
from kvit.web.customers import CustomerId, Id
from kvit.web.door import Call
from kvit.web.limit import RateLimit
from kvit.web.pages import time_zone
from kvit.web.problem import Problem
from kvit.web.rights import CHANGE_CUSTOMERS, SEE_CUSTOMERS
from kvit.web.routes import Table

ContactKind = Annotated[str, msgspec.Meta(pattern=r"^(phone|mail|name)$")]


class Wanted(msgspec.Struct):
    """Whom to find: a phone as people write it, a mail address, or a card's number."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=320)]


class Found(msgspec.Struct):
    """A customer's id: it says nothing about a person."""

    id: str


class CustomerRow(msgspec.Struct):
    """A customer who was at the shop."""

    id: str
    wish: Wish
    proven: bool
    last_at: datetime.datetime


class CustomerList(msgspec.Struct):
    """Who was at the shop lately, the last first; ``count`` is of all."""

    customers: list[CustomerRow]
    count: int


class DeviceRow(msgspec.Struct):
    """A device that shows the wallet."""

    id: str
    label: str
    made_at: datetime.datetime
    seen_at: datetime.datetime


class CardRow(msgspec.Struct):
    """A card; its number is kept nowhere."""

    id: str
    kind: str
    label: str
    made_at: datetime.datetime


class ConsentRow(msgspec.Struct):
    """What was agreed to, and whether that holds."""

    what: str
    version: str
    given_at: datetime.datetime
    withdrawn_at: datetime.datetime | None


class CustomerWhole(msgspec.Struct):
    """A customer as the shop may see one. ``contacts`` are masked, by kind: ``phone``, ``mail``, ``name``."""

    id: str
    wish: Wish
    proven: bool
    first_at: datetime.datetime
    last_at: datetime.datetime
    contacts: dict[str, str]
    devices: list[DeviceRow]
    cards: list[CardRow]
    consents: list[ConsentRow]


class NewWish(msgspec.Struct):
    """How receipts are wanted."""

    wish: Wish


class Reveal(msgspec.Struct):
    """Which contact is to be seen."""

    kind: ContactKind


class Clear(msgspec.Struct):
    """A contact in clear. That it was looked at stands in the audit log."""

    kind: str
    text: str


class NewCard(msgspec.Struct):
    """A card that is to stand for a customer."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=CARD_CHARS_MAX)]
    label: Annotated[str, msgspec.Meta(max_length=LABEL_LIMIT)] = ""
    tag: bool = False
    """It is a tag's own number."""


def add_api_customers(table: Table) -> None:
    """Add the routes."""
    _add_reading(table)
    _add_writing(table)


def _add_reading(table: Table) -> None:
    limit = RateLimit(FINDS_A_MINUTE)

    @table.get("/api/v1/customers", needs=SEE_CUSTOMERS)
    async def list_customers(call: Call) -> CustomerList | Refusal:
        """List who was at the shop lately: ids and wishes."""
        found = await call.context.db.read(desk.recent, customer_acts.who(call))
        if isinstance(found, Refusal):
            return found
        rows = [CustomerRow(who.id, who.wish, who.proven, _when(call, last_at)) for who, last_at in found]
        return CustomerList(rows, await call.context.db.read(desk.count, customer_acts.who(call)))

    @table.post("/api/v1/customers/find", needs=SEE_CUSTOMERS)
    async def post_find_customer(call: Call, body: Wanted) -> Found | Refusal:
        """Find a customer of the shop by phone, mail address or card."""
        if not limit.allows(customer_acts.who(call).actor, call.context.monotonic()):
            raise Problem(429, "web.too_many")
        found = await customer_acts.find(call, body.text)
        return Found(found.id) if isinstance(found, Customer) else found

    @table.get("/api/v1/customers/{customer}", needs=SEE_CUSTOMERS)
    async def get_customer(call: Call, customer: CustomerId) -> CustomerWhole | Refusal:
        """Give a customer of the shop, contacts masked."""
        shown = await customer_acts.show(call, customer)
        return shown if isinstance(shown, Refusal) else _whole(call, shown)


def _add_writing(table: Table) -> None:
    @table.put("/api/v1/customers/{customer}/wish", needs=CHANGE_CUSTOMERS)
    async def put_customer_wish(call: Call, customer: CustomerId, body: NewWish) -> Done | Refusal:
        """Keep how a customer wants receipts."""
        done = await call.context.db.write(desk.set_wish, customer_acts.who(call), customer, body.wish, call.now_s)
        return done if isinstance(done, Refusal) else Done(done.id)

    @table.post("/api/v1/customers/{customer}/reveal", needs=CHANGE_CUSTOMERS)
    async def post_reveal(call: Call, customer: CustomerId, body: Reveal) -> Clear | Refusal:
        """Give a phone, mail address or name in clear, and write down who asked."""
        keys = call.context.customer_keys
        text = await call.context.db.write(desk.reveal, customer_acts.who(call), customer, body.kind, keys, call.now_s)
        return text if isinstance(text, Refusal) else Clear(body.kind, text)

    @table.post("/api/v1/customers/{customer}/cards", needs=CHANGE_CUSTOMERS)
    async def post_card(call: Call, customer: CustomerId, body: NewCard) -> CardRow | Refusal:
        """Let a card stand for a customer; a second time it is the same card."""
        card, kind = call.context.random(DEVICE_ID_BYTES).hex(), "card" if body.tag else "barcode"
        made = await call.context.db.write(
            desk.add_card,
            customer_acts.who(call),
            customer,
            card,
            body.text,
            kind,
            body.label,
            call.context.customer_keys,
            call.now_s,
        )
        if isinstance(made, Refusal):
            return made
        return CardRow(made.id, made.kind, made.label, _when(call, made.made_at))

    @table.delete("/api/v1/customers/{customer}/cards/{id}", needs=CHANGE_CUSTOMERS)
    async def delete_card(call: Call, customer: CustomerId, id: Id) -> Done | Refusal:  # noqa: A002
        """Let a card stand for nobody."""
        done = await call.context.db.write(desk.drop_card, customer_acts.who(call), customer, id, call.now_s)
        return done if isinstance(done, Refusal) else Done(done)

    @table.delete("/api/v1/customers/{customer}/devices/{id}", needs=CHANGE_CUSTOMERS)
    async def delete_device(call: Call, customer: CustomerId, id: Id) -> Done | Refusal:  # noqa: A002
        """End a device: its cookie opens nothing any more, its member codes are refused."""
        done = await call.context.db.write(desk.end_device, customer_acts.who(call), customer, id, call.now_s)
        return done if isinstance(done, Refusal) else Done(done)

    @table.delete("/api/v1/customers/{customer}", needs=CHANGE_CUSTOMERS)
    async def delete_customer(call: Call, customer: CustomerId) -> Done | Refusal:
        """Erase all that is kept of a customer, in every shop. Nothing brings it back."""
        hooks = call.context.wallet.hooks
        done = await call.context.db.write(desk.erase, customer_acts.who(call), customer, hooks, call.now_s)
        return done if isinstance(done, Refusal) else Done(done)


def _whole(call: Call, shown: customer_acts.Shown) -> CustomerWhole:
    seen, who = shown.seen, shown.seen.customer
    devices = [DeviceRow(one.id, one.label, _when(call, one.made_at), _when(call, one.seen_at)) for one in seen.devices]
    cards = [CardRow(one.id, one.kind, one.label, _when(call, one.made_at)) for one in seen.cards]
    consents = [
        ConsentRow(
            one.what, one.version, _when(call, one.given_at),
            None if one.withdrawn_at is None else _when(call, one.withdrawn_at),
        )
        for one in seen.consents
    ]  # fmt: skip
    return CustomerWhole(
        who.id, who.wish, who.proven, _when(call, seen.first_at), _when(call, seen.last_at), shown.contacts, devices,
        cards, consents,
    )  # fmt: skip


def _when(call: Call, at_s: int) -> datetime.datetime:
    return datetime.datetime.fromtimestamp(at_s, time_zone(call.shop)).astimezone()
