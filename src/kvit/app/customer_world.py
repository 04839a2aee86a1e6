"""What customers' pages need of the rest of the house: how a code goes out, and who else keeps things of a customer.

A merge or an erasure runs through every room in one transaction. Whoever adds a room that keeps a customer's id adds its
two lines here.
"""

from __future__ import annotations

from dataclasses import dataclass

from kvit.access.customers import proofs
from kvit.access.customers import service as customers
from kvit.access.customers.joining import Hooks
from kvit.access.customers.keys import Keys
from kvit.access.customers.settings import CustomersSettings
from kvit.counter import service as counter
from kvit.db import Tx
from kvit.notify import browsers, wording
from kvit.notify import service as notify
from kvit.notify.model import Kind
from kvit.notify.sealer import Sealer
from kvit.receipt.wallet import service as wallet
from kvit.refusal import Refusal
from kvit.shop import ShopSettings
from kvit.web.wallet_world import WalletWorld

WAYS = {proofs.PHONE: Kind.SMS, proofs.MAIL: Kind.MAIL}
"""By which kind of message a contact is reached."""


@dataclass(frozen=True)
class MessagedCodes:
    """One-time codes as messages of the shop."""

    sealer: Sealer
    shop: ShopSettings

    def kinds(self) -> tuple[str, ...]:
        """Give what a code can be sent to, as far as it is set up."""
        return tuple(kind for kind, way in WAYS.items() if way in self.sealer.ways)

    def send(self, tx: Tx, kind: str, contact: str, digits: str, language: str, key: str, now_s: int) -> Refusal | None:
        """Order the message in the caller's transaction; it is worth nothing once the code is over."""
        minutes = proofs.LIFE_S // 60
        if kind == proofs.PHONE:
            text = wording.code_sms(language, self.shop.name, digits, self.sealer.rule)
            message = self.sealer.sms(contact, text, about="code", minutes=minutes, urgent=True)
        else:
            words = wording.code_mail(language, self.shop.name, digits, minutes)
            message = self.sealer.mail(
                contact, words.subject, words.text, html=words.html, about="code", minutes=minutes
            )
        sent = message if isinstance(message, Refusal) else notify.send(tx, self.shop.id, message, key)
        return sent if isinstance(sent, Refusal) else None


@dataclass(frozen=True)
class PushedBrowsers:
    """The browsers that want pushes."""

    sealer: Sealer
    key: str

    def subscribe(self, tx: Tx, customer: str, subscription: str, language: str, now_ms: int) -> object | Refusal:
        """Keep a browser's subscription."""
        return browsers.subscribe(tx, self.sealer, customer, subscription, language, now_ms)

    def unsubscribe(self, tx: Tx, customer: str, subscription: str) -> object:
        """Forget it."""
        return browsers.unsubscribe(tx, self.sealer, customer, subscription)


def customer_world(
    shop: ShopSettings, settings: CustomersSettings, keys: Keys, sealer: Sealer, push_key: str
) -> WalletWorld:
    """Put it together for a shop."""
    return WalletWorld(
        hooks_of(keys, sealer),
        MessagedCodes(sealer, shop),
        settings.codes_a_day,
        PushedBrowsers(sealer, push_key),
        settings.countries,
    )


def hooks_of(keys: Keys, sealer: Sealer) -> Hooks:
    """Give what the rooms above customers do when two become one, and when one goes."""

    def merge(tx: Tx, old: str, new: str) -> None:
        wallet.merge(tx, old, new)
        counter.move_customer(tx, old, new)
        browsers.move(tx, old, new)

    def erase(tx: Tx, customer: str) -> None:
        now_ms = int(sealer.clock() * 1000)
        for kind, way in WAYS.items():
            contact = customers.contact(tx, customer, kind, keys)
            if contact:
                notify.forget(tx, sealer.slot(way, contact), now_ms)
        wallet.erase(tx, customer)
        counter.forget_customer(tx, customer)
        browsers.erase(tx, customer)

    return Hooks(merge, erase)
