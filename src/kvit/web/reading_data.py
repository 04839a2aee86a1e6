"""A receipt's data on the wire, to be looked at and corrected: decimal strings in, smallest coins out, and the equations.

The API and the correction screen share it. Sums have at most as many digits behind the point as the receipt's money has.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from kvit.receipt.exports import decimal, rate, thousandths
from kvit.receipt.forms.model import LINES_MAX, OTHERS_MAX, Confirmed
from kvit.receipt.forms.store import Correction
from kvit.receipt.model import Kind, Line, Payment, Reading, Tax
from kvit.receipt.reading.equations import equations
from kvit.refusal import Refusal

Decimal = Annotated[str, msgspec.Meta(pattern=r"^-?\d{1,12}(\.\d{1,3})?$", description="like -12.50")]
Rate = Annotated[str, msgspec.Meta(pattern=r"^\d{1,2}(\.\d{1,2})?$", description="percent, like 12 or 5.5")]
Words = Annotated[str, msgspec.Meta(max_length=200)]
Moment = Annotated[
    str,
    msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?)?$", description="as printed: ISO 8601 without a zone"),
]
Currency = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$", description="ISO 4217")]
PaymentKind = Annotated[str, msgspec.Meta(pattern=r"^(cash|card|mobile|points|credit|other)$")]


class LineData(msgspec.Struct):
    """One thing sold, as printed."""

    name: Words
    quantity: Decimal | None = None
    price: Decimal | None = None
    total: Decimal | None = None


class TaxData(msgspec.Struct):
    """A tax as printed."""

    amount: Decimal
    rate: Rate | None = None


class PaymentData(msgspec.Struct):
    """How it was paid, and how much."""

    kind: PaymentKind
    amount: Decimal


class ReadingData(msgspec.Struct):
    """A receipt's data as a person says they are; what is not printed is null."""

    kind: Kind
    shop: Words | None = None
    tax_id: Words | None = None
    number: Words | None = None
    time: Moment | None = None
    currency: Currency | None = None
    items: Annotated[list[LineData], msgspec.Meta(max_length=LINES_MAX)] = []
    subtotal: Decimal | None = None
    taxes: Annotated[list[TaxData], msgspec.Meta(max_length=OTHERS_MAX)] = []
    total: Decimal | None = None
    payments: Annotated[list[PaymentData], msgspec.Meta(max_length=OTHERS_MAX)] = []
    change: Decimal | None = None
    adjustments: Annotated[list[Decimal], msgspec.Meta(max_length=OTHERS_MAX)] = []
    """What lies between the lines and the total: taken off (negative) or put on."""
    decimals: Annotated[int, msgspec.Meta(ge=0, le=3)] = 2
    """Digits behind the point of the receipt's money."""


class EquationData(msgspec.Struct):
    """One equation over the data: which, of which item, both sides, and whether it holds."""

    name: str
    row: int | None
    left: str
    right: str
    holds: bool


class CheckedReading(msgspec.Struct):
    """What is known of a receipt: the data, how sure each field is, the equations, and who confirmed it."""

    data: ReadingData
    confidence: dict[str, float]
    verified: bool
    equations: list[EquationData]
    confirmed_at_s: int | None = None
    confirmed_by: str | None = None
    changed: list[str] = []
    """Fields the reader had seen otherwise."""


def data_of(reading: Reading | Confirmed) -> ReadingData:
    """Write data for the wire."""
    digits = reading.decimals

    def sum_(value: int | None) -> str | None:
        return decimal(value, digits)

    return ReadingData(
        reading.kind, reading.shop, reading.tax_id, reading.number, reading.time, reading.currency,
        [LineData(one.name, thousandths(one.quantity), sum_(one.price), sum_(one.total)) for one in reading.items],
        sum_(reading.subtotal),
        [TaxData(sum_(one.amount) or "0", rate(one.rate)) for one in reading.taxes],
        sum_(reading.total),
        [PaymentData(one.kind, sum_(one.amount) or "0") for one in reading.payments],
        sum_(reading.change),
        [sum_(one) or "0" for one in reading.adjustments],
        digits,
    )  # fmt: skip


def checked(reading: Reading, correction: Correction | None) -> CheckedReading:
    """Put together what a page or a program is shown."""
    told = [
        EquationData(
            one.name,
            one.row,
            decimal(one.left, reading.decimals) or "",
            decimal(one.right, reading.decimals) or "",
            one.holds,
        )
        for one in equations(reading)
    ]
    made = CheckedReading(data_of(reading), dict(reading.confidence), reading.verified, told)
    if correction is not None:
        made.confirmed_at_s, made.confirmed_by = correction.at_s, correction.by
        made.changed = list(correction.changed)
    return made


def confirmed_of(data: ReadingData) -> Confirmed | Refusal:
    """Take data from the wire; ``receipt.too_fine`` where a sum has more digits than the money."""
    digits = data.decimals
    try:
        return Confirmed(
            data.kind, data.shop or None, data.tax_id or None, data.number or None, data.time, data.currency,
            tuple(
                Line(one.name, _whole(one.quantity, 3), _whole(one.price, digits), _whole(one.total, digits))
                for one in data.items
            ),
            _whole(data.subtotal, digits),
            tuple(Tax(_whole(one.rate, 2), _sure(one.amount, digits)) for one in data.taxes),
            _whole(data.total, digits),
            tuple(Payment(one.kind, _sure(one.amount, digits)) for one in data.payments),
            _whole(data.change, digits),
            tuple(_sure(one, digits) for one in data.adjustments),
            digits,
        )  # fmt: skip
    except _TooFine as fine:
        return Refusal("receipt.too_fine", {"sum": str(fine), "digits": digits})


class _TooFine(Exception):  # noqa: N818 - never leaves this file
    """A sum finer than the money's smallest coin."""


def _sure(text: str, digits: int) -> int:
    whole, _, part = text.partition(".")
    if len(part.rstrip("0")) > digits:
        raise _TooFine(text)
    value = int(whole.lstrip("-") + part[:digits].ljust(digits, "0"))
    return -value if text.startswith("-") else value


def _whole(text: str | None, digits: int) -> int | None:
    return None if text is None else _sure(text, digits)
