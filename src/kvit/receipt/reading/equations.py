"""The equations of a receipt over its data: what must hold, left and right, for people who check one.

The reader weighs them while it reads (``balance``); here they are told one by one of a reading that is there, read or
corrected, so that a page can show each with its sums. ``proven`` is what makes a corrected reading verified.
"""

from __future__ import annotations

import msgspec

from kvit.receipt.model import Kind, Reading
from kvit.receipt.reading.entry import agree
from kvit.receipt.reading.figures import is_tax


class Equation(msgspec.Struct, frozen=True):
    """One equation: which, of which row, both sides in the smallest coin."""

    name: str
    """``line``, ``basket``, ``payment`` or ``tax``."""
    left: int
    right: int
    holds: bool
    row: int | None = None


def equations(reading: Reading) -> list[Equation]:
    """Return every equation that can be tested, in the order of the paper."""
    found = [
        Equation("line", (item.quantity * item.price * 2 + 1000) // 2000, item.total, agrees, row)
        for row, item in enumerate(reading.items)
        if item.quantity is not None and item.price is not None and item.total is not None
        for agrees in [agree(item.quantity, item.price, item.total)]
    ]
    total = reading.total
    if total is None:
        return found
    if reading.items and all(item.total is not None for item in reading.items):
        goods = sum(item.total or 0 for item in reading.items) + sum(reading.adjustments)
        found.append(Equation("basket", goods, total, abs(goods) == abs(total)))
    if reading.payments:
        paid = sum(payment.amount for payment in reading.payments)
        rest = paid - (reading.change or 0) if paid >= 0 else paid + (reading.change or 0)
        found.append(Equation("payment", rest, total, abs(rest) == abs(total)))
    if len(reading.taxes) == 1 and reading.taxes[0].rate:
        rate, amount = reading.taxes[0].rate, reading.taxes[0].amount
        whole = next((base for base in (total, reading.subtotal) if base and is_tax(amount, base, rate)), None)
        found.append(Equation("tax", amount, (total * rate) // (10000 + rate), whole is not None))
    return found


def proven(reading: Reading) -> bool:
    """Say whether the sums prove the total: the lines make it, and nothing that can be tested fails.

    One tax of several a receipt shows need not be of the total: a tax alone that does not fit is no proof against it.
    """
    found = equations(reading)
    return (
        reading.kind in (Kind.SALE, Kind.REFUND, Kind.COPY)
        and any(one.name == "basket" and one.holds for one in found)
        and all(one.holds for one in found if one.name != "tax")
    )
