"""Reminders of wallets: what customers asked to be told about a receipt goes out on its day.

A few times an hour the shop looks for reminders whose day has come. Each is ordered as messages (pushes to the customer's
browsers; mail where the customer agreed to messages) in the transaction that writes down that it was told: it goes out
once, whatever dies in between. Who can be reached by nothing sees it in the wallet, where every reminder stands anyway.
"""

from __future__ import annotations

import asyncio
import datetime
import time
from dataclasses import dataclass

from kvit.access.customers import proofs
from kvit.access.customers import service as customers
from kvit.access.customers.keys import Keys
from kvit.app.log import Log
from kvit.db import Database, Tx
from kvit.i18n import format_date, say
from kvit.notify import browsers, wording
from kvit.notify import service as notify
from kvit.notify.model import Message
from kvit.notify.sealer import Sealer
from kvit.receipt.wallet import service as wallet
from kvit.receipt.wallet.model import Due
from kvit.refusal import Refusal
from kvit.shop import ShopSettings
from kvit.web.pages import time_zone

LOOK_S = 600.0
CONSENT = "messages"
"""What a customer agreed to before mail goes out (``kvit.web.wallet_settings.CONSENTS``)."""


@dataclass(frozen=True)
class Reminders:
    """How a reminder becomes messages."""

    shop: ShopSettings
    keys: Keys
    sealer: Sealer
    public_url: str

    def tell(self, tx: Tx, one: Due, now_s: int) -> int:
        """Order a reminder's messages and write down that it was told; give how many messages."""
        wallet.told(tx, one, now_s)
        ordered = [self._push(tx, one, *browser) for browser in browsers.of(tx, self.sealer, one.customer)]
        ordered.append(self._mail(tx, one))
        return sum(ordered)

    def _push(self, tx: Tx, one: Due, subscription: str, language: str) -> int:
        words = wording.reminder_push(language, self._what(one, language), self._day(one, language))
        made = self.sealer.push(subscription, words.subject, words.text, url=self._url(one), about="reminder")
        slot = self.sealer.slot(made.kind, subscription).hex() if not isinstance(made, Refusal) else ""
        return 0 if isinstance(made, Refusal) else self._sent(tx, made, f"{self._key(one)}:{slot}")

    def _mail(self, tx: Tx, one: Due) -> int:
        mail = customers.contact(tx, one.customer, proofs.MAIL, self.keys)
        if not mail or not customers.agrees(tx, one.customer, CONSENT):
            return 0
        language = self.shop.language
        words = wording.reminder_mail(language, self._what(one, language), self._day(one, language), self._url(one))
        made = self.sealer.mail(mail, words.subject, words.text, html=words.html, about="reminder")
        return 0 if isinstance(made, Refusal) else self._sent(tx, made, f"{self._key(one)}:mail")

    def _sent(self, tx: Tx, message: Message, key: str) -> int:
        return int(not isinstance(notify.send(tx, self.shop.id, message, key), Refusal))

    def _key(self, one: Due) -> str:
        return f"reminder:{one.customer}:{one.id}:{one.due_on}"

    def _what(self, one: Due, language: str) -> str:
        """The customer's own words; never what the receipt says."""
        return one.words or say(language, "wallet.reminder")

    def _day(self, one: Due, language: str) -> str:
        return format_date(one.due_on, language, self.shop.country)

    def _url(self, one: Due) -> str:
        return f"{self.public_url.rstrip('/')}/wallet/r/{one.id}"


class Reminding:
    """The task that looks for reminders."""

    def __init__(self, db: Database, reminders: Reminders, log: Log) -> None:
        self._db, self._reminders, self._log = db, reminders, log
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self, now_s: float) -> int:
        """Tell what is due now; give how many reminders."""
        today = datetime.datetime.fromtimestamp(now_s, time_zone(self._reminders.shop)).date()
        told = 0
        while found := await self._db.read(wallet.due, today):
            for one in found:
                await self._db.write(self._reminders.tell, one, int(now_s))
            told += len(found)
        return told

    async def _run(self) -> None:
        while True:
            try:
                await self.look(time.time())
            except Exception as error:  # the books are in trouble: the next look tries again
                self._log("wallet.reminding_failed", {"error": type(error).__name__})
            await asyncio.sleep(LOOK_S)
