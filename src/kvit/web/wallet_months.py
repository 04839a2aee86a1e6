"""What was spent: twelve months as bars, one of them by category; each currency for itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import msgspec
from markupsafe import Markup
from starlette.responses import Response

from kvit.i18n.format import format_month
from kvit.receipt.wallet import service
from kvit.receipt.wallet.model import Category
from kvit.receipt.wallet.months import MONTHS, Month, Totals, local_month, month_of, starts_ms, totals
from kvit.web.door import Call
from kvit.web.pages import Shown, time_zone
from kvit.web.public_language import remember_language
from kvit.web.routes import CUSTOMER, Table
from kvit.web.wallet_charts import Bar, bars_svg
from kvit.web.wallet_door import shop_of, wallet_page

LABEL_LETTERS = 3
"""Of a month's name below its bar: twelve stand side by side on a phone."""


@dataclass(frozen=True)
class Sum:
    """A row of a table: what, how much, and its share of the largest in percent."""

    name: str
    text: str
    share: int
    code: str = ""


@dataclass(frozen=True)
class Chart:
    """One currency's part of the page."""

    currency: str
    total: str
    count: int
    svg: Markup
    months: list[Sum]
    categories: list[Sum]


def add_wallet_months(table: Table) -> None:
    """Add the page of months."""

    @table.get("/wallet/months", needs=CUSTOMER, page=True)
    async def wallet_months(call: Call, month: Annotated[str, msgspec.Meta(max_length=10)] = "") -> Response:
        """Show what was spent by month and category."""
        now = local_month(int(call.context.clock() * 1000), time_zone(call.context.shop))
        chosen = min(month_of(month) or now, now)
        shown = _shown_months(chosen, now)
        spent = await call.context.db.read(service.spent, call.customer, starts_ms(shown[0]))
        found = totals(spent, lambda shop: time_zone(shop_of(call, shop)))
        made = wallet_page(
            call, "wallet_months.html", charts=[_chart(call, one, shown, chosen) for one in found], chosen=str(chosen),
            name=_name(call, chosen), before=str(chosen.back(1)), before_name=_name(call, chosen.back(1)),
            after=str(chosen.back(-1)) if chosen < now else "", after_name=_name(call, chosen.back(-1)),
        )  # fmt: skip
        return remember_language(call, made)


def _shown_months(chosen: Month, now: Month) -> list[Month]:
    """Twelve months with the chosen one among them, as late as may be."""
    last = now if chosen >= now.back(MONTHS - 1) else chosen
    return [last.back(count) for count in range(MONTHS - 1, -1, -1)]


def _chart(call: Call, one: Totals, shown: list[Month], chosen: Month) -> Chart:
    show = Shown(call.language, call.context.shop)

    def text(amount: int) -> str:
        return show.money(amount, one.currency, one.decimals)

    by_month = [(month, one.by_month.get(month, 0)) for month in shown]
    most = max([1, *(amount for _, amount in by_month)])
    bars = [
        Bar(_name(call, month, short=True)[:LABEL_LETTERS].rstrip("."), _name(call, month), amount, text(amount),
            f"/wallet/months?month={month}", month == chosen)
        for month, amount in by_month
    ]  # fmt: skip
    categories = one.categories(chosen)
    largest = max([1, *(amount for _, amount in categories)])
    currency = one.currency or call.say("wallet.no_currency")
    return Chart(
        currency=currency,
        total=text(one.by_month.get(chosen, 0)),
        count=one.receipts.get(chosen, 0),
        svg=bars_svg(bars, call.say("wallet.chart", currency=currency)),
        months=[Sum(_name(call, month), text(amount), _share(amount, most)) for month, amount in reversed(by_month)],
        categories=[
            Sum(category_name(call, category), text(amount), _share(amount, largest), category.value)
            for category, amount in categories
        ],
    )


def category_name(call: Call, category: Category) -> str:
    """Give a category in the reader's language."""
    return call.say(f"wallet.cat_{category.value}")


def _share(amount: int, most: int) -> int:
    return max(0, round(100 * amount / most))


def _name(call: Call, month: Month, *, short: bool = False) -> str:
    return format_month(month.first_day, call.language, call.context.shop.country, short=short)
