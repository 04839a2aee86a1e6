"""A receipt that comes into a wallet by itself, and the news of it: ordered in the transaction that keeps it.

Who keeps a receipt by its link knows of it. One that came from the till (a member code, a card, a station far away) is told
of: as a push to the browsers that asked for it, and as mail to a proven address whose owner agreed to messages; who agreed
and has neither gets a text message to the proven phone. None says what was bought: the words are in the wallet alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from kvit.access.customers import proofs
from kvit.access.customers import service as customers
from kvit.access.customers.keys import Keys
from kvit.app.reminding import CONSENT
from kvit.db import Tx
from kvit.notify import browsers, wording
from kvit.notify import service as notify
from kvit.notify.model import Message
from kvit.notify.sealer import Sealer
from kvit.receipt.wallet import service as wallet
from kvit.receipt.wallet.model import Kept
from kvit.refusal import Refusal
from kvit.shop import ShopSettings


@dataclass(frozen=True)
class WalletNews:
    """Keeps receipts for customers, and tells them."""

    shop: ShopSettings
    keys: Keys
    sealer: Sealer
    public_url: str

    def keep(self, tx: Tx, customer: str, shop: str, receipt: str, now_s: int, how: str) -> Kept | Refusal:
        """Keep a receipt as `kvit.receipt.wallet.service.keep` does; one that is new there is told of."""
        kept = wallet.keep(tx, customer, shop, receipt, now_s, how)
        if isinstance(kept, Kept) and kept.fresh:
            self._tell(tx, customer, receipt)
        return kept

    def _tell(self, tx: Tx, customer: str, receipt: str) -> None:
        url, name = f"{self.public_url.rstrip('/')}/wallet/r/{receipt}", self.shop.name
        key = f"kept:{customer}:{receipt}"
        asked_for = browsers.of(tx, self.sealer, customer)
        for subscription, language in asked_for:
            words = wording.receipt_push(language, name)
            push = self.sealer.push(subscription, words.subject, words.text, url=url, about="receipt")
            if isinstance(push, Message):
                notify.send(tx, self.shop.id, push, f"{key}:{self.sealer.slot(push.kind, subscription).hex()}")
        if not customers.agrees(tx, customer, CONSENT):
            return
        if address := customers.contact(tx, customer, proofs.MAIL, self.keys):
            words = wording.receipt_mail(self.shop.language, name, url)
            mail = self.sealer.mail(address, words.subject, words.text, html=words.html, about="receipt")
            if isinstance(mail, Message):
                notify.send(tx, self.shop.id, mail, f"{key}:mail")
        elif not asked_for and (phone := customers.contact(tx, customer, proofs.PHONE, self.keys)):
            text = self.sealer.sms(
                phone, wording.receipt_sms(self.shop.language, name, url, self.sealer.rule), about="receipt"
            )
            if isinstance(text, Message):
                notify.send(tx, self.shop.id, text, f"{key}:sms")
