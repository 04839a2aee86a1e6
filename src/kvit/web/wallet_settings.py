"""The wallet's settings: paper or electronic, a proven phone, devices, consents, messages, leaving.

Proving a phone or mail address is the way to see a wallet on another device, so its page is open to devices without one. It
answers alike whether anybody is known by that contact (`kvit.access.customers.proofs`); the digits go out as a message in
the transaction that counts them, and neither contact nor digits are in an address or the log.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.access.customers import joining, mails, phones, proofs, proving
from kvit.access.customers import service as customers
from kvit.access.customers.devices import device_hash
from kvit.access.customers.door import prove
from kvit.access.customers.keys import Keys
from kvit.access.customers.model import Consent, Wish
from kvit.access.customers.proofs import Started
from kvit.access.session import Randomness
from kvit.db import Tx
from kvit.refusal import Refusal
from kvit.web.door import Call, set_cookie
from kvit.web.problem import Problem
from kvit.web.public_language import remember_language
from kvit.web.routes import CUSTOMER, PUBLIC, Table
from kvit.web.wallet_door import FIND_COOKIE, device_label, give_device, wallet_page
from kvit.web.wallet_world import WalletWorld

CONSENTS = {"messages": "1", "offers": "1"}
"""What can be agreed to, and the version of its text (``wallet.consent_<what>``): a new text is a new version."""
BY_WALLET = "wallet"
CLEAR = '"cache", "storage"'
"""For `Clear-Site-Data`: codes fetched ahead go with the wallet."""
Id = Annotated[str, msgspec.Meta(max_length=64)]
Short = Annotated[str, msgspec.Meta(max_length=20)]


class WishForm(msgspec.Struct):
    """How receipts are wanted."""

    csrf: str
    wish: Wish


class ConsentForm(msgspec.Struct):
    """What is agreed to, or not any more."""

    csrf: str
    what: Short
    given: Short = ""


class ContactForm(msgspec.Struct):
    """Where a code is to be sent."""

    csrf: str
    contact: Annotated[str, msgspec.Meta(max_length=320)]


class CodeForm(msgspec.Struct):
    """The digits that came."""

    csrf: str
    proof: Id
    digits: Annotated[str, msgspec.Meta(max_length=40)]
    sent: Annotated[str, msgspec.Meta(max_length=100)] = ""


class NamedForm(msgspec.Struct):
    """Which device or card."""

    csrf: str
    id: Id


class EraseForm(msgspec.Struct):
    """The box that says it is meant."""

    csrf: str
    meant: Annotated[str, msgspec.Meta(max_length=2)] = ""


class PushBody(msgspec.Struct):
    """What a browser gave the page, as JSON text."""

    subscription: Annotated[str, msgspec.Meta(max_length=4096)]


class Done(msgspec.Struct):
    """It is done."""

    done: bool = True


def add_wallet_settings(table: Table) -> None:
    """Add the settings."""
    _add_page(table)
    _add_wishes(table)
    _add_proof(table)
    _add_leaving(table)
    _add_push(table)


def _add_page(table: Table) -> None:
    @table.get("/wallet/settings", needs=CUSTOMER, page=True)
    async def wallet_settings(call: Call, said: Short = "") -> Response:
        """Show everything a customer may decide."""
        assert call.visitor is not None
        known = await call.context.db.read(_known, call.customer)
        consents, devices, cards = known
        contacts = await call.context.db.read(_contacts, call)
        holding = {one.what: one for one in consents if one.withdrawn_at is None}
        made = wallet_page(
            call, "wallet_settings.html", customer=call.visitor[0], device=call.visitor[1], devices=devices, cards=cards,
            contacts=contacts, kinds=call.context.wallet.codes.kinds(), wishes=[wish for wish in Wish if wish != "unsaid"],
            consents=[(what, holding.get(what)) for what in CONSENTS], said=said, push_key=call.context.wallet.browsers.key,
        )  # fmt: skip
        return remember_language(call, made)


def _known(tx: Tx, customer: str) -> tuple[list[Consent], list[object], list[object]]:
    devices: list[object] = list(customers.list_devices(tx, customer))
    return customers.consents(tx, customer), devices, list(customers.list_cards(tx, customer))


def _contacts(tx: Tx, call: Call) -> dict[str, str]:
    """What is proven, so far covered that a look over a shoulder tells little."""
    keys, country = call.context.customer_keys, call.context.shop.country
    phone = customers.contact(tx, call.customer, proofs.PHONE, keys)
    mail = customers.contact(tx, call.customer, proofs.MAIL, keys)
    shown = {
        proofs.PHONE: phones.masked(phone, country) if phone else "",
        proofs.MAIL: mails.masked(mail) if mail else "",
    }
    return {kind: text for kind, text in shown.items() if text}


def _back(said: str) -> Response:
    return RedirectResponse(f"/wallet/settings?said={said}", 303)


def _add_wishes(table: Table) -> None:
    @table.post("/wallet/wish", needs=CUSTOMER, page=True)
    async def wallet_wish(call: Call, form: WishForm) -> Response | Refusal:
        """Say how receipts are wanted: on paper, on the phone, or both."""
        done = await call.context.db.write(customers.set_wish, call.customer, form.wish, call.now_s)
        return done if isinstance(done, Refusal) else _back("wish")

    @table.post("/wallet/consent", needs=CUSTOMER, page=True)
    async def wallet_consent(call: Call, form: ConsentForm) -> Response | Refusal:
        """Agree to something, or take that back."""
        if form.what not in CONSENTS:
            raise Problem(422, "web.not_understood", "what")
        db, now = call.context.db, call.now_s
        if form.given:
            version = CONSENTS[form.what]
            done = await db.write(customers.consent, call.customer, form.what, version, BY_WALLET, now)
            return done if isinstance(done, Refusal) else _back("consent")
        await db.write(customers.withdraw, call.customer, form.what, now)
        return _back("withdrawn")

    @table.post("/wallet/card/drop", needs=CUSTOMER, page=True)
    async def wallet_drop_card(call: Call, form: NamedForm) -> Response | Refusal:
        """Let a card stand for nobody any more."""
        done = await call.context.db.write(customers.drop_card, call.customer, form.id)
        return done if isinstance(done, Refusal) else _back("card")


def _add_proof(table: Table) -> None:
    @table.get("/wallet/prove", needs=PUBLIC, page=True)
    async def wallet_prove(call: Call) -> Response:
        """Ask for the phone or mail address by which a wallet is found."""
        return remember_language(call, _proof_page(call))

    @table.post("/wallet/prove", needs=PUBLIC, page=True)
    async def wallet_prove_start(call: Call, form: ContactForm) -> Response | Refusal:
        """Send a code, whoever's contact it is."""
        read = contact_of(call, form.contact)
        started = read if isinstance(read, Refusal) else await _start(call, *read)
        if isinstance(started, Refusal):
            return _proof_page(call, refused=call.say(started.code, **started.values), contact=form.contact)
        assert not isinstance(read, Refusal)
        return _proof_page(call, proof=started.id, sent=_covered(call, *read))

    @table.post("/wallet/prove/code", needs=PUBLIC, page=True)
    async def wallet_prove_code(call: Call, form: CodeForm) -> Response | Refusal:
        """Take the digits; right ones open the wallet on this device."""
        label = device_label(call.request.headers.get("user-agent", ""))
        old = device_hash(call.token) if call.token else b""
        entered = await prove(
            call.context.db, call.context.customer_keys, call.context.wallet.hooks, call.context.random, form.proof,
            form.digits, _bound(call), old, label, call.now_s,
        )  # fmt: skip
        if isinstance(entered, Refusal):
            over = entered.code == "customers.proof_over"
            words = call.say(entered.code, **entered.values)
            return _proof_page(call, refused=words, proof="" if over else form.proof, sent=form.sent)
        response = RedirectResponse("/wallet?said=proven", 303)
        give_device(call, response, entered.token)
        return response


def contact_of(call: Call, typed: str) -> tuple[str, str] | Refusal:
    """Read a phone number or a mail address; give its kind and its one form."""
    kind = proofs.MAIL if "@" in typed else proofs.PHONE
    if kind not in call.context.wallet.codes.kinds():
        return Refusal("wallet.no_messages")
    found = (
        mails.normal(typed)
        if kind == proofs.MAIL
        else phones.normal(typed, call.context.shop.country, call.context.wallet.countries)
    )
    return found if isinstance(found, Refusal) else (kind, found)


async def _start(call: Call, kind: str, contact: str) -> Started | Refusal:
    proof = call.context.random(proofs.ID_BYTES).hex()
    wanted = proofs.Wanted(kind, contact, _bound(call), call.address)
    world, keys, random = call.context.wallet, call.context.customer_keys, call.context.random
    return await call.context.db.write(order_code, world, keys, wanted, proof, random, call.language, call.now_s)


def order_code(
    tx: Tx,
    world: WalletWorld,
    keys: Keys,
    wanted: proofs.Wanted,
    proof: str,
    random: Randomness,
    language: str,
    now: int,
) -> Started | Refusal:
    """Make a code and order its message: both or neither."""
    started = proving.start_proof(tx, keys, wanted, proof, random, now, world.codes_a_day)
    if isinstance(started, Refusal):
        return started
    sent = world.codes.send(tx, wanted.kind, wanted.contact, started.digits, language, f"code:{proof}", now)
    return sent if isinstance(sent, Refusal) else started


def _bound(call: Call) -> bytes:
    """What ties a code to the browser that asked: its device's token, or its visit's."""
    return device_hash(call.token or call.visit)


def _covered(call: Call, kind: str, contact: str) -> str:
    return mails.masked(contact) if kind == proofs.MAIL else phones.masked(contact, call.context.shop.country)


def _proof_page(call: Call, *, refused: str = "", proof: str = "", sent: str = "", contact: str = "") -> Response:
    return wallet_page(
        call, "wallet_prove.html", 409 if refused else 200, refused=refused, proof=proof, sent=sent, contact=contact,
        kinds=call.context.wallet.codes.kinds(), minutes=proofs.LIFE_S // 60,
    )  # fmt: skip


def _add_leaving(table: Table) -> None:
    @table.post("/wallet/device/end", needs=CUSTOMER, page=True)
    async def wallet_end_device(call: Call, form: NamedForm) -> Response | Refusal:
        """End a device: this one, or one that was lost."""
        assert call.visitor is not None
        done = await call.context.db.write(customers.end_device, call.customer, form.id, call.now_s)
        if isinstance(done, Refusal):
            return done
        return _gone(call, "left") if form.id == call.visitor[1].id else _back("device")

    @table.post("/wallet/erase", needs=CUSTOMER, page=True)
    async def wallet_erase(call: Call, form: EraseForm) -> Response | Refusal:
        """Erase everything that is kept of a customer."""
        if not form.meant:
            return _back("not_meant")
        by = f"customer:{call.customer}"
        done = await call.context.db.write(joining.erase, call.customer, by, call.context.wallet.hooks, call.now_s)
        return done if isinstance(done, Refusal) else _gone(call, "erased")


def _gone(call: Call, said: str) -> Response:
    response = RedirectResponse(f"/wallet?said={said}", 303, headers={"clear-site-data": CLEAR})
    give_device(call, response, "")
    set_cookie(call.request, response, FIND_COOKIE, "")
    return response


def _add_push(table: Table) -> None:
    @table.post("/wallet/push", needs=CUSTOMER)
    async def wallet_push(call: Call, body: PushBody) -> Done | Refusal:
        """Tell this browser about new receipts and reminders."""
        browsers, now_ms = call.context.wallet.browsers, call.now_s * 1000
        done = await call.context.db.write(browsers.subscribe, call.customer, body.subscription, call.language, now_ms)
        return done if isinstance(done, Refusal) else Done()

    @table.post("/wallet/push/off", needs=CUSTOMER)
    async def wallet_push_off(call: Call, body: PushBody) -> Done:
        """Tell this browser nothing any more."""
        await call.context.db.write(call.context.wallet.browsers.unsubscribe, call.customer, body.subscription)
        return Done()
