"""A receipt another program tells as data: checked, made a reading, and laid out as a paper. Pure.

The shape is the one the API gives a reading in, so what was fetched from one Kvit can be told to another. Sums are decimal
strings, in the currency's own digits at most. ``verified`` is never taken from the teller: it is said when the sums add up.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from kvit.money import DECIMALS, parse_amount, parse_quantity
from kvit.paper.builder import Builder, span
from kvit.paper.document import Document
from kvit.receipt.model import Kind, Line, Payment, Reading, Tax
from kvit.refusal import Refusal

LINES_MAX = 1000
"""A wholesaler's receipt has some hundred."""

Amount = Annotated[str, msgspec.Meta(pattern=r"^-?[0-9]{1,12}(\.[0-9]{1,3})?$", description="a decimal string")]
Words = Annotated[str, msgspec.Meta(max_length=200)]
Rate = Annotated[str, msgspec.Meta(pattern=r"^[0-9]{1,3}(\.[0-9]{1,2})?$", description="percent")]
Time = Annotated[
    str,
    msgspec.Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?)?$", description="local time"),
]


class LineTold(msgspec.Struct, forbid_unknown_fields=True):
    """One thing sold."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
    quantity: Amount | None = None
    price: Amount | None = None
    total: Amount | None = None


class TaxTold(msgspec.Struct, forbid_unknown_fields=True):
    """A tax."""

    amount: Amount
    rate: Rate | None = None


class PaymentTold(msgspec.Struct, forbid_unknown_fields=True):
    """How it was paid: ``cash``, ``card``, ``points``, ``mobile``, ``credit`` or ``other``."""

    kind: Annotated[str, msgspec.Meta(pattern=r"^(cash|card|points|mobile|credit|other)$")]
    amount: Amount


class ReceiptTold(msgspec.Struct):
    """A receipt as data. What is not known is left out or null."""

    currency: Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{3}$")]
    total: Amount
    kind: Kind = Kind.SALE
    shop: Words | None = None
    tax_id: Words | None = None
    number: Words | None = None
    time: Time | None = None
    items: Annotated[list[LineTold], msgspec.Meta(max_length=LINES_MAX)] = []
    subtotal: Amount | None = None
    taxes: Annotated[list[TaxTold], msgspec.Meta(max_length=50)] = []
    payments: Annotated[list[PaymentTold], msgspec.Meta(max_length=50)] = []
    change: Amount | None = None


def reading_of(told: ReceiptTold) -> Reading | Refusal:
    """Give the reading. Refused: ``receipt.told_text`` (control letters), ``receipt.told_sum`` (no such currency, or more
    digits than it has).
    """
    currency = told.currency
    words = [told.shop, told.tax_id, told.number, *(item.name for item in told.items)]
    if not all(word is None or word.isprintable() for word in words):
        return Refusal("receipt.told_text")
    if currency not in DECIMALS:
        return Refusal("receipt.told_sum", {"sum": currency})

    def coins(text: str | None) -> int | None:
        return None if text is None else parse_amount(text, currency)

    try:
        reading = Reading(
            kind=told.kind, shop=told.shop, tax_id=told.tax_id, number=told.number, time=told.time, currency=currency,
            items=tuple(
                Line(
                    each.name, None if each.quantity is None else parse_quantity(each.quantity), coins(each.price),
                    coins(each.total),
                )
                for each in told.items
            ),
            subtotal=coins(told.subtotal),
            taxes=tuple(Tax(_rate(each.rate), parse_amount(each.amount, currency)) for each in told.taxes),
            total=coins(told.total),
            payments=tuple(Payment(each.kind, parse_amount(each.amount, currency)) for each in told.payments),
            change=coins(told.change), decimals=DECIMALS[currency],
        )  # fmt: skip
    except ValueError as error:
        return Refusal("receipt.told_sum", {"sum": str(error)[:100]})
    return msgspec.structs.replace(reading, verified=adds_up(reading))


def adds_up(reading: Reading) -> bool:
    """Say whether lines make the total, and payments less change too where any are told."""
    totals = [line.total for line in reading.items]
    if not totals or None in totals or sum(total or 0 for total in totals) != reading.total:
        return False
    paid = sum(payment.amount for payment in reading.payments) - (reading.change or 0)
    return not reading.payments or paid == reading.total


def _rate(percent: str | None) -> int | None:
    return None if percent is None else parse_quantity(percent) // 10


def paper_of(told: ReceiptTold) -> Document:
    """Lay it out as a plain paper."""
    made = Builder()
    if told.shop:
        made.text(told.shop, align="centre", bold=True)
    if told.tax_id:
        made.text(told.tax_id, align="centre")
    if told.number or told.time:
        made.pair(told.number or "", (told.time or "").replace("T", " "))
    made.line()
    for item in told.items:
        count = f"{item.quantity} × {item.price}  " if item.quantity and item.price else ""
        made.pair(item.name, f"{count}{item.total or ''}")
    if told.items:
        made.line()
    made.pair(span("TOTAL", bold=True), span(f"{told.total} {told.currency}", bold=True))
    for tax in told.taxes:
        made.pair(f"{tax.rate} %" if tax.rate else "%", tax.amount)
    for payment in told.payments:
        made.pair(payment.kind, payment.amount)
    if told.change:
        made.pair("↩", told.change)
    return made.cut().document()


def text_of(told: ReceiptTold) -> str:
    """Write it as lines of text, for the list and the search."""
    lines = [told.shop, told.tax_id, " ".join(filter(None, (told.number, (told.time or "").replace("T", " "))))]
    lines += [" ".join(filter(None, (item.name, item.quantity, item.price, item.total))) for item in told.items]
    lines.append(f"TOTAL {told.total} {told.currency}")
    lines += [f"{payment.kind} {payment.amount}" for payment in told.payments]
    return "\n".join(line for line in lines if line) + "\n"
