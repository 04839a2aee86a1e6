"""What the wallet's pages are given by the rest of the house: how a code is sent, who else keeps things of a customer.

``app`` builds one; the default sends nothing and says so.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from kvit.access.customers.joining import Hooks
from kvit.db import Tx
from kvit.receipt.wallet import service as wallet
from kvit.refusal import Refusal

CODES_A_DAY = 300
"""For all customers together: what a shop is ready to pay for in a day when nothing else is said."""


class Codes(Protocol):
    """Sends one-time codes."""

    def kinds(self) -> tuple[str, ...]:
        """Give what a code can be sent to: ``phone``, ``mail``."""

    def send(self, tx: Tx, kind: str, contact: str, digits: str, language: str, key: str, now_s: int) -> Refusal | None:
        """Order the message in the caller's transaction; ``key`` names it for ever."""


class NoCodes:
    """Stands in where no message can be sent."""

    def kinds(self) -> tuple[str, ...]:
        """Give none."""
        return ()

    def send(self, tx: Tx, kind: str, contact: str, digits: str, language: str, key: str, now_s: int) -> Refusal | None:
        """Refuse."""
        return Refusal("wallet.no_messages")


class Browsers(Protocol):
    """Keeps the push subscriptions of browsers."""

    @property
    def key(self) -> str:
        """The public key browsers subscribe with (VAPID), empty where nothing is pushed."""

    def subscribe(self, tx: Tx, customer: str, subscription: str, language: str, now_ms: int) -> object | Refusal:
        """Keep what a browser gave the page, as JSON."""

    def unsubscribe(self, tx: Tx, customer: str, subscription: str) -> object:
        """Forget it."""


class NoBrowsers:
    """Stands in where nothing is pushed."""

    key = ""

    def subscribe(self, tx: Tx, customer: str, subscription: str, language: str, now_ms: int) -> object | Refusal:
        """Refuse."""
        return Refusal("wallet.no_messages")

    def unsubscribe(self, tx: Tx, customer: str, subscription: str) -> object:
        """Forget nothing."""
        return 0


@dataclass(frozen=True)
class WalletWorld:
    """What `kvit.web.context.Context.wallet` holds."""

    hooks: Hooks = field(default_factory=lambda: Hooks(wallet.merge, wallet.erase))
    codes: Codes = field(default_factory=NoCodes)
    codes_a_day: int = CODES_A_DAY
    browsers: Browsers = field(default_factory=NoBrowsers)
    countries: tuple[str, ...] = ()
    """Whose phones get codes besides those of the shop's country."""
