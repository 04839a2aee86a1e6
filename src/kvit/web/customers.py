"""The customers' page: find one by phone, mail or card, see how they want receipts, help with devices and cards, erase.

What is looked for comes by a form, never in an address. A phone is masked; in clear only behind a button of its own, whose
use stands in the audit log.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.access.customers import desk, proving
from kvit.access.customers import service as customers
from kvit.access.customers.cards import CARD_CHARS_MAX
from kvit.access.customers.devices import LABEL_LIMIT
from kvit.access.customers.model import DEVICE_ID_BYTES, Wish
from kvit.refusal import Refusal
from kvit.web import customer_acts
from kvit.web.customer_acts import FINDS_A_MINUTE
from kvit.web.door import Call
from kvit.web.limit import RateLimit
from kvit.web.pages import page
from kvit.web.problem import Problem, status_of
from kvit.web.rights import CHANGE_CUSTOMERS, SEE_CUSTOMERS
from kvit.web.routes import Table

DEAR = 0.8
"""Of a day's one-time codes: from here on the page warns."""
Id = Annotated[str, msgspec.Meta(max_length=64)]
CustomerId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{24}$")]


class FindForm(msgspec.Struct):
    """What was typed or scanned."""

    csrf: str
    text: Annotated[str, msgspec.Meta(max_length=320)]


class WishForm(msgspec.Struct):
    """How the customer says receipts are wanted."""

    csrf: str
    customer: CustomerId
    wish: Wish


class KindForm(msgspec.Struct):
    """Which contact is to be seen in clear."""

    csrf: str
    customer: CustomerId
    kind: Annotated[str, msgspec.Meta(max_length=16)]


class CardForm(msgspec.Struct):
    """A card that is to stand for the customer."""

    csrf: str
    customer: CustomerId
    text: Annotated[str, msgspec.Meta(max_length=CARD_CHARS_MAX)]
    label: Annotated[str, msgspec.Meta(max_length=LABEL_LIMIT)] = ""
    tag: Annotated[str, msgspec.Meta(max_length=2)] = ""
    """Given: it is a tag's own number."""


class NamedForm(msgspec.Struct):
    """Which device or card."""

    csrf: str
    customer: CustomerId
    id: Id


class EraseForm(msgspec.Struct):
    """The box that says it is meant."""

    csrf: str
    customer: CustomerId
    meant: Annotated[str, msgspec.Meta(max_length=2)] = ""


def add_customers(table: Table) -> None:
    """Add the customers' pages."""
    _add_finding(table)
    _add_helping(table)
    _add_things(table)


def _add_finding(table: Table) -> None:
    limit = RateLimit(FINDS_A_MINUTE)

    @table.get("/customers", needs=SEE_CUSTOMERS, page=True)
    async def customers_page(call: Call, erased: bool = False) -> Response | Refusal:
        """Ask for a customer, and show who was here lately."""
        return await _list(call, erased=erased)

    @table.post("/customers/find", needs=SEE_CUSTOMERS, page=True)
    async def find_customer(call: Call, form: FindForm) -> Response | Refusal:
        """Find a customer by phone, mail address or card."""
        if not limit.allows(customer_acts.who(call).actor, call.context.monotonic()):
            raise Problem(429, "web.too_many")
        found = await customer_acts.find(call, form.text)
        if isinstance(found, Refusal):
            return await _list(call, refused=found)
        return RedirectResponse(f"/customers/{found.id}", 303)

    @table.get("/customers/{customer}", needs=SEE_CUSTOMERS, page=True)
    async def customer_page(call: Call, customer: CustomerId) -> Response | Refusal:
        """Show a customer."""
        return await _show(call, customer)


def _add_helping(table: Table) -> None:
    @table.post("/customers/wish", needs=CHANGE_CUSTOMERS, page=True)
    async def set_customer_wish(call: Call, form: WishForm) -> Response | Refusal:
        """Keep how a customer wants receipts."""
        done = await call.context.db.write(desk.set_wish, customer_acts.who(call), form.customer, form.wish, call.now_s)
        return await _after(call, form.customer, done)

    @table.post("/customers/reveal", needs=CHANGE_CUSTOMERS, page=True)
    async def reveal_customer(call: Call, form: KindForm) -> Response | Refusal:
        """Show a phone, mail address or name in clear, and write down who asked."""
        keys = call.context.customer_keys
        text = await call.context.db.write(
            desk.reveal, customer_acts.who(call), form.customer, form.kind, keys, call.now_s
        )
        if isinstance(text, Refusal):
            return text
        return await _show(call, form.customer, clear=(form.kind, customer_acts.clear(call, form.kind, text)))

    @table.post("/customers/erase", needs=CHANGE_CUSTOMERS, page=True)
    async def erase_customer(call: Call, form: EraseForm) -> Response | Refusal:
        """Erase all that is kept of a customer."""
        if not form.meant:
            return await _show(call, form.customer)
        hooks = call.context.wallet.hooks
        done = await call.context.db.write(desk.erase, customer_acts.who(call), form.customer, hooks, call.now_s)
        return done if isinstance(done, Refusal) else RedirectResponse("/customers?erased=1", 303)


def _add_things(table: Table) -> None:
    @table.post("/customers/card", needs=CHANGE_CUSTOMERS, page=True)
    async def add_customer_card(call: Call, form: CardForm) -> Response | Refusal:
        """Let a card stand for a customer."""
        card, kind = call.context.random(DEVICE_ID_BYTES).hex(), "card" if form.tag else "barcode"
        keys = call.context.customer_keys
        done = await call.context.db.write(
            desk.add_card, customer_acts.who(call), form.customer, card, form.text, kind, form.label, keys, call.now_s
        )
        return await _after(call, form.customer, done)

    @table.post("/customers/card/drop", needs=CHANGE_CUSTOMERS, page=True)
    async def drop_customer_card(call: Call, form: NamedForm) -> Response | Refusal:
        """Let a card stand for nobody."""
        done = await call.context.db.write(desk.drop_card, customer_acts.who(call), form.customer, form.id, call.now_s)
        return await _after(call, form.customer, done)

    @table.post("/customers/device/end", needs=CHANGE_CUSTOMERS, page=True)
    async def end_customer_device(call: Call, form: NamedForm) -> Response | Refusal:
        """End a device that was lost."""
        done = await call.context.db.write(desk.end_device, customer_acts.who(call), form.customer, form.id, call.now_s)
        return await _after(call, form.customer, done)


async def _after(call: Call, customer: str, done: object) -> Response | Refusal:
    if isinstance(done, Refusal):
        if done.code in ("access.not_allowed", "customers.unknown"):
            return done
        return await _show(call, customer, refused=done)
    return RedirectResponse(f"/customers/{customer}", 303)


async def _list(call: Call, refused: Refusal | None = None, *, erased: bool = False) -> Response | Refusal:
    db = call.context.db
    found = await db.read(desk.recent, customer_acts.who(call))
    if isinstance(found, Refusal):
        return found
    keys, most = call.context.customer_keys, call.context.wallet.codes_a_day
    sent = await db.read(proving.sent_today, keys, call.now_s)
    return page(
        call, "customers.html", status_of(refused) if refused else 200, recent=found, erased=erased,
        count=await db.read(desk.count, customer_acts.who(call)),
        other_keys=not await db.read(customers.right_keys, keys), sent=sent, most=most, dear=sent >= most * DEAR,
        refused=call.say(refused.code, **refused.values) if refused else "",
    )  # fmt: skip


async def _show(
    call: Call, customer: str, refused: Refusal | None = None, clear: tuple[str, str] = ("", "")
) -> Response | Refusal:
    shown = await customer_acts.show(call, customer)
    if isinstance(shown, Refusal):
        return shown
    return page(
        call, "customer.html", status_of(refused) if refused else 200, seen=shown.seen, contacts=shown.contacts,
        clear=clear, wishes=list(Wish), may_change=call.may(CHANGE_CUSTOMERS),
        refused=call.say(refused.code, **refused.values) if refused else "",
    )  # fmt: skip
