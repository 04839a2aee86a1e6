"""What an owner wants to know of some days: numbers, a picture, files to take along. The API's figures are the same.

Days are the shop's, from midnight to midnight. Paper is told in metres, which a roll is bought by.
"""

from __future__ import annotations

import datetime
from itertools import pairwise
from typing import Annotated

import msgspec
from starlette.responses import Response

from kvit.counter import tally
from kvit.counter.tally import Figures
from kvit.receipt import service
from kvit.receipt.exports import decimal
from kvit.web.chart import Bar, bars
from kvit.web.door import Call
from kvit.web.exports import stretch_of
from kvit.web.pages import Shown, page, time_zone
from kvit.web.problem import Problem
from kvit.web.rights import SEE_FIGURES
from kvit.web.routes import Table

DAYS_SHOWN = 14
DAYS_MAX = 400
"""A year and a bit, day by day."""
DAY = datetime.timedelta(days=1)

LineName = Annotated[str, msgspec.Meta(max_length=64)]


class Sum(msgspec.Struct):
    """Turnover in one currency, as a decimal string."""

    currency: str
    amount: str
    receipts: int


class DayFigures(msgspec.Struct):
    """Figures of one day, or of all days asked for."""

    first: datetime.date
    last: datetime.date
    printouts: int
    sales: int
    refunds: int
    verified: int
    routed: int
    electronic: int
    without_paper: int
    customers: int
    paper_mm: int
    saved_mm: int
    turnover: list[Sum]
    unread: int


class FiguresAnswer(msgspec.Struct):
    """All days together, what went wrong, and each day."""

    all: DayFigures
    failed_jobs: int
    failed_messages: int
    days: list[DayFigures]


def add_overview(table: Table) -> None:
    """Add the figures' page and their API."""

    @table.get("/figures", needs=SEE_FIGURES, page=True)
    async def figures_page(
        call: Call, first: datetime.date | None = None, last: datetime.date | None = None, line: LineName = ""
    ) -> Response:
        """Show the figures of some days, of one till or of all."""
        last = last or datetime.datetime.fromtimestamp(call.context.clock(), time_zone(call.shop)).date()
        first = first or last - DAY * (DAYS_SHOWN - 1)
        whole, by_day = await _counted(call, first, last, line)
        lines = await call.context.db.read(service.lines, call.shop.id)
        by_line = [(till, await _of_line(call, whole, name)) for name, till in lines] if len(lines) > 1 else []
        return page(
            call, "figures.html", first=first, last=last, line=line, whole=whole, days=by_day, lines=lines, by_line=by_line,
            chart=_chart(call, by_day),
        )  # fmt: skip

    @table.get("/api/v1/figures", needs=SEE_FIGURES)
    async def get_figures(call: Call, first: datetime.date, last: datetime.date, line: LineName = "") -> FiguresAnswer:
        """Give the figures of days of the shop, both ends in it: receipts, turnover, where they went, paper saved."""
        whole, by_day = await _counted(call, first, last, line)
        return FiguresAnswer(
            _answer(first, last, whole), whole.failures.jobs, whole.failures.messages,
            [_answer(day, day, one) for day, one in by_day],
        )  # fmt: skip


async def _counted(
    call: Call, first: datetime.date, last: datetime.date, line: str
) -> tuple[Figures, list[tuple[datetime.date, Figures]]]:
    from_ms, until_ms = stretch_of(call, first, last)
    dates = [first + DAY * number for number in range((last - first).days + 1)]
    if len(dates) > DAYS_MAX:
        raise Problem(422, "web.bad_days")
    bounds = [*(stretch_of(call, day, day)[0] for day in dates), until_ms]
    whole = await call.context.db.read(tally.figures, call.shop.id, from_ms, until_ms, line)
    counted = [(await call.context.db.read(tally.days, call.shop.id, list(pair), line))[0] for pair in pairwise(bounds)]
    return whole, list(zip(dates, counted, strict=True))


async def _of_line(call: Call, whole: Figures, line: str) -> Figures:
    return (await call.context.db.read(tally.days, call.shop.id, [whole.from_ms, whole.until_ms], line))[0]


def _chart(call: Call, by_day: list[tuple[datetime.date, Figures]]) -> str:
    """Receipts of each day: without paper, with both, on paper alone."""
    shown = Shown(call.language, call.shop)
    names = (call.say("figures.without_paper"), call.say("figures.both"), call.say("figures.paper_only"))
    return bars(
        call.say("figures.chart"), names,
        [
            Bar(
                str(day.day), shown.date(day),
                (one.without_paper, one.electronic - one.without_paper, max(0, one.sales + one.refunds - one.electronic)),
            )
            for day, one in by_day
        ],
    )  # fmt: skip


def _answer(first: datetime.date, last: datetime.date, one: Figures) -> DayFigures:
    turnover = [Sum(each.currency, decimal(each.amount, each.decimals) or "", each.receipts) for each in one.turnover]
    return DayFigures(
        first, last, one.printouts, one.sales, one.refunds, one.verified, one.routed, one.electronic, one.without_paper,
        one.customers, one.paper_mm, one.saved_mm, turnover, one.failures.unread,
    )  # fmt: skip
