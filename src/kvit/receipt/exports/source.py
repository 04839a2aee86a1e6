"""What an export is made of: a stored receipt, the shop that gave it, and the zone its clock shows.

The paper is asked first and the shop's settings only where the paper is silent: a till's own name and tax number stand for
the seller.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from kvit.receipt.model import Payment, Reading, Tax
from kvit.receipt.store import Receipt
from kvit.shop import ShopSettings

PERCENT: int = 10_000
"""A tax rate's unit: hundredths of a percent."""


@dataclass(frozen=True)
class Group:
    """What was sold at one rate of tax, in the smallest coin. ``rate`` in hundredths of a percent."""

    rate: int
    net: int
    tax: int

    @property
    def gross(self) -> int:
        """With the tax."""
        return self.net + self.tax


@dataclass(frozen=True)
class Source:
    """One receipt to be exported."""

    receipt: Receipt
    shop: ShopSettings
    zone: datetime.tzinfo | None = None
    """The shop's; None is the machine's."""

    @property
    def reading(self) -> Reading:
        """What was read; an empty one where nothing was."""
        return self.receipt.reading or Reading()

    @property
    def moment(self) -> datetime.datetime:
        """When it was made: the time on the paper, else when it was printed. Always with a zone."""
        printed = datetime.datetime.fromtimestamp(self.receipt.summary.taken_at_ms / 1000, datetime.UTC)
        said = self.reading.time
        if said is None or len(said) == len("2026-01-31"):
            return printed.astimezone(self.zone)
        local = datetime.datetime.fromisoformat(said)
        return local.replace(tzinfo=self.zone) if self.zone is not None else local.astimezone()

    @property
    def number(self) -> str:
        """The number on the paper, else the receipt's own id."""
        return self.reading.number or self.receipt.summary.id

    @property
    def seller(self) -> str:
        """The name on the paper, else the shop's."""
        return self.reading.shop or self.shop.name

    @property
    def groups(self) -> tuple[Group, ...]:
        """The taxes as printed, each with what it was taken of.

        One tax and a total: the rest of the total is its net. Several: each net is counted back from tax and rate, to the
        nearest coin. A tax printed without its rate gets none counted back and is left out.
        """
        reading = self.reading
        if len(reading.taxes) == 1 and reading.total is not None:
            tax = reading.taxes[0]
            net = reading.total - tax.amount
            return (Group(tax.rate if tax.rate is not None else _rate_of(tax.amount, net), net, tax.amount),)
        return tuple(group for tax in reading.taxes if (group := _counted_back(tax)) is not None)

    @property
    def paid(self) -> tuple[Payment, ...]:
        """The payments less the change, which came out of the cash."""
        reading = self.reading
        if not reading.change:
            return reading.payments
        kept = list(reading.payments)
        for at, payment in enumerate(kept):
            if payment.kind == "cash" and payment.amount >= reading.change:
                kept[at] = Payment(payment.kind, payment.amount - reading.change)
                break
        return tuple(kept)


def _counted_back(tax: Tax) -> Group | None:
    if not tax.rate:
        return None
    return Group(tax.rate, _nearest(tax.amount * PERCENT, tax.rate), tax.amount)


def _rate_of(tax: int, net: int) -> int:
    """The whole percentage two printed sums stand for; nothing finer can be told from sums in coins."""
    return 0 if net <= 0 else _nearest(tax * 100, net) * 100


def _nearest(number: int, by: int) -> int:
    """Divide to the nearest whole number, halves away from zero."""
    sign = -1 if (number < 0) != (by < 0) else 1
    number, by = abs(number), abs(by)
    return sign * ((2 * number + by) // (2 * by))
