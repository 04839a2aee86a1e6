"""What was sold, as data: the words of the receipt trade.

A ``Reading`` is what the reader made of one printout. Unknown stays ``None``: nothing is ever invented. Sums are integers
in the smallest coin of the currency (``kvit.money``), quantities integers in thousandths; the JSON form that leaves the
house (``kvit decode --to receipt``, the API) writes both as decimal strings.
"""

from __future__ import annotations

import enum

import msgspec

TOPIC = "receipt"
"""Told a receipt's id after each commit that stored or changed one."""


class Kind(enum.StrEnum):
    """What sort of printout it is."""

    SALE = "sale"
    REFUND = "refund"
    COPY = "copy"
    X_REPORT = "x_report"
    Z_REPORT = "z_report"
    CARD_SLIP = "card_slip"
    KITCHEN = "kitchen"
    OTHER = "other"


class Line(msgspec.Struct, frozen=True):
    """One thing sold: its name as printed, quantity in thousandths, price for one and total in the smallest coin."""

    name: str
    quantity: int | None = None
    price: int | None = None
    total: int | None = None


class Tax(msgspec.Struct, frozen=True):
    """A tax as printed: its rate in hundredths of a percent (1200 = 12 %) and its amount."""

    rate: int | None
    amount: int


class Payment(msgspec.Struct, frozen=True):
    """How it was paid: ``cash``, ``card``, ``points``, ``mobile``, ``credit`` or ``other``, and how much."""

    kind: str
    amount: int


class Reading(msgspec.Struct, frozen=True):
    """The data of one receipt. ``verified`` is said only when the equations over the printed figures hold."""

    kind: Kind = Kind.OTHER
    shop: str | None = None
    tax_id: str | None = None
    number: str | None = None
    time: str | None = None
    """Local time as printed, ISO 8601 without a zone; a date alone where no time stands on the paper."""
    currency: str | None = None
    items: tuple[Line, ...] = ()
    subtotal: int | None = None
    taxes: tuple[Tax, ...] = ()
    total: int | None = None
    payments: tuple[Payment, ...] = ()
    change: int | None = None
    verified: bool = False
    confidence: dict[str, float] = {}
    """Field name to 0..1."""
    adjustments: tuple[int, ...] = ()
    """What lies between the lines and the total, as printed but signed: taken off (negative) or put on."""
    decimals: int = 2
    """Digits behind the point of the smallest coin in all sums above (0 for won and yen)."""
