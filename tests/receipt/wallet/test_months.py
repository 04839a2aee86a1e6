from __future__ import annotations

import datetime
import zoneinfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.receipt.wallet.model import Category, Spent
from kvit.receipt.wallet.months import Month, local_month, month_of, starts_ms, totals

SEOUL = zoneinfo.ZoneInfo("Asia/Seoul")


def at(text: str, zone: datetime.tzinfo = datetime.UTC) -> int:
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=zone).timestamp() * 1000)


def test_currencies_never_meet() -> None:
    spent = [
        Spent(at("2024-10-04T12:00"), "a", Category.FOOD, "USD", 2, 450),
        Spent(at("2024-10-05T12:00"), "a", Category.FOOD, "USD", 2, -100),
        Spent(at("2024-10-05T12:00"), "a", Category.EATING, "USD", 2, 900),
        Spent(at("2024-10-05T12:00"), "b", Category.EATING, "KRW", 0, 4500),
        Spent(at("2024-10-05T12:00"), "b", Category.EATING, None, 0, 7),
        Spent(at("2024-10-05T12:00"), "b", Category.EATING, None, 2, 8),
    ]
    found = totals(spent, lambda shop: datetime.UTC)
    assert [(one.currency, one.decimals, dict(one.by_month)) for one in found] == [
        ("USD", 2, {Month(2024, 10): 1250}),
        (None, 0, {Month(2024, 10): 7}),
        (None, 2, {Month(2024, 10): 8}),
        ("KRW", 0, {Month(2024, 10): 4500}),
    ]
    assert found[0].categories(Month(2024, 10)) == [(Category.EATING, 900), (Category.FOOD, 350)]
    assert found[0].categories(Month(2024, 9)) == []
    assert found[0].receipts[Month(2024, 10)] == 3


def test_a_month_is_a_month_where_the_shop_stands() -> None:
    moment = at("2024-09-30T23:30")
    assert local_month(moment, datetime.UTC) == Month(2024, 9)
    assert local_month(moment, SEOUL) == Month(2024, 10)
    spent = [Spent(moment, shop, Category.FOOD, "USD", 2, 1) for shop in ("seoul", "london")]
    (one,) = totals(spent, lambda shop: SEOUL if shop == "seoul" else datetime.UTC)
    assert dict(one.by_month) == {Month(2024, 9): 1, Month(2024, 10): 1}
    assert starts_ms(Month(2024, 10)) <= at("2024-10-01T00:00", zoneinfo.ZoneInfo("Pacific/Kiritimati"))


@pytest.mark.parametrize("broken", [-1 << 62, 253_402_300_799_000, 1 << 62])
def test_a_broken_clock_breaks_no_page(broken: int) -> None:
    assert local_month(broken, SEOUL) in (Month(1970, 1), Month(2200, 1))


@pytest.mark.parametrize(
    "text", ["2024", "2024-13", "2024-00", "24-01", "2024-1", "1900-01", "２０２４-01", "x", "", "2024-1x"]
)
def test_what_is_no_month(text: str) -> None:
    assert month_of(text) is None


@given(st.integers(1970, 2200), st.integers(1, 12), st.integers(-500, 500))
def test_going_back_and_forth(year: int, month: int, count: int) -> None:
    begun = Month(year, month)
    assert begun.back(count).back(-count) == begun
    assert month_of(str(begun)) == begun
