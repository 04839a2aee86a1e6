"""What was spent in which month: sums by month, category and currency, and never across currencies.

A month is a month of the calendar where the shop stands, so the caller gives each shop's time zone. Receipts of an unknown
currency are counted apart, by their digits, under no currency's name.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from kvit.receipt.wallet.model import Category, Spent

Zone = Callable[[str], datetime.tzinfo | None]
"""The time zone of a shop, by its id; None: the machine's own."""
LAST_MS = 7_258_118_400_000
"""2200. A clock that is further off is broken, and no calendar is asked for its month."""
MONTHS = 12
"""As many as a chart shows."""


@dataclass(frozen=True, order=True)
class Month:
    """A month of the calendar."""

    year: int
    month: int

    def back(self, months: int) -> Month:
        """Give the month so many months before (after, if negative)."""
        count = self.year * 12 + self.month - 1 - months
        return Month(count // 12, count % 12 + 1)

    @property
    def first_day(self) -> datetime.date:
        """The first day of it."""
        return datetime.date(self.year, self.month, 1)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.month:02}"


def month_of(text: str) -> Month | None:
    """Read ``2026-11``; None when it is no month of our age."""
    year, dash, month = text.partition("-")
    if not dash or len(year) != 4 or len(month) != 2 or not (year + month).isascii() or not (year + month).isdigit():
        return None
    found = Month(int(year), int(month))
    return found if 1970 <= found.year <= 2200 and 1 <= found.month <= 12 else None


@dataclass
class Totals:
    """Sums of one currency."""

    currency: str | None
    decimals: int
    by_month: dict[Month, int] = field(default_factory=lambda: defaultdict(int))
    by_category: dict[Month, dict[Category, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    receipts: dict[Month, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, month: Month, category: Category, amount: int) -> None:
        """Count a receipt."""
        self.by_month[month] += amount
        self.by_category[month][category] += amount
        self.receipts[month] += 1

    def categories(self, month: Month) -> list[tuple[Category, int]]:
        """Give a month's categories, the largest first."""
        return sorted(self.by_category.get(month, {}).items(), key=lambda pair: (-pair[1], pair[0]))


def totals(spent: Iterable[Spent], zone: Zone) -> list[Totals]:
    """Sum up; the currency with the most receipts first."""
    found: dict[tuple[str, int], Totals] = {}
    for one in spent:
        month = local_month(one.taken_at_ms, zone(one.shop))
        key = (one.currency or "", one.decimals)
        found.setdefault(key, Totals(one.currency, one.decimals)).add(month, one.category, one.amount)
    return sorted(found.values(), key=lambda each: (-sum(each.receipts.values()), each.currency or "", each.decimals))


def local_month(milliseconds: int, zone: datetime.tzinfo | None) -> Month:
    """Give the month a moment lies in."""
    local = datetime.datetime.fromtimestamp(min(max(milliseconds, 0), LAST_MS) / 1000, zone)
    return Month(local.year, local.month)


def starts_ms(month: Month) -> int:
    """Give a moment before the month begins anywhere on earth: from here on rows are fetched and then told apart."""
    first = datetime.datetime(month.year, month.month, 1, tzinfo=datetime.UTC)
    return int(first.timestamp() * 1000) - 15 * 3_600_000
