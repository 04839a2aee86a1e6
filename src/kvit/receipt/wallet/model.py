"""The words of the wallet.

A wallet is not a thing of its own: it is what one customer kept. Receipts stay where they are, in the books of the shops
they came from; an item says that this customer may see one, and what the customer thinks of it (category, note, a day to
be reminded). One wallet holds receipts of all shops of the installation, in whatever currencies they were printed.
"""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass

import msgspec

from kvit.receipt.store import Summary

ITEMS_MAX = 20_000
"""Receipts in one wallet: ten a day for five years. A search reads the words of all of them, some 0.1 s at the limit."""
NOTE_LETTERS_MAX = 200
HOW_LETTERS_MAX = 40
SUM_DIGITS = 3
"""Sums to look for come in thousandths of a currency's unit, whatever its smallest coin: no currency has finer ones."""


class Category(enum.StrEnum):
    """What money was spent on, coarse enough to be guessed from a receipt's words."""

    FOOD = "food"
    EATING = "eating"
    HEALTH = "health"
    CARE = "care"
    CLOTHES = "clothes"
    HOME = "home"
    TECH = "tech"
    TRANSPORT = "transport"
    LEISURE = "leisure"
    SERVICES = "services"
    OTHER = "other"


class CategoryBy(enum.StrEnum):
    """Who says so: the words of the receipt, a rule the customer made by a correction, or the customer about this one."""

    WORDS = "words"
    RULE = "rule"
    OWN = "own"


class Kept(msgspec.Struct, frozen=True):
    """A receipt is in a wallet: its id, and whether it came there now."""

    id: str
    fresh: bool


class Reminder(msgspec.Struct, frozen=True):
    """A day the customer wants to be told about: the end of a warranty, a return. ``told_at_s`` None: not told yet."""

    due_on: datetime.date
    words: str
    told_at_s: int | None = None


class Item(msgspec.Struct, frozen=True):
    """A kept receipt as its wallet shows it."""

    shop: str
    summary: Summary
    kept_at_s: int
    how: str
    category: Category
    category_by: CategoryBy
    note: str
    reminder: Reminder | None


class Page(msgspec.Struct, frozen=True):
    """Items, newest first, and the cursor of what is behind them (None at the end)."""

    items: tuple[Item, ...]
    next: str | None


class Due(msgspec.Struct, frozen=True):
    """A reminder whose day has come, for whoever tells the customer."""

    customer: str
    shop: str
    id: str
    title: str
    due_on: datetime.date
    words: str


class Spent(msgspec.Struct, frozen=True):
    """What one receipt adds to a month: sales count, refunds are taken off; copies and slips are no spending."""

    taken_at_ms: int
    shop: str
    category: Category
    currency: str | None
    decimals: int
    amount: int
    """In the smallest coin, negative for a refund."""


@dataclass(frozen=True)
class Wanted:
    """Which items: all conditions hold together, empty ones are none. ``until_ms`` is not among them any more."""

    search: str = ""
    shop: str = ""
    category: Category | None = None
    from_ms: int | None = None
    until_ms: int | None = None
    least: int | None = None
    """Sums from this one on, in thousandths of the currency's unit."""
    most: int | None = None
    reminders: bool = False
    """Only those with a reminder."""
