"""Sums, dates and numbers as people write them."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.i18n import (
    LANGUAGES,
    country,
    format_date,
    format_date_time,
    format_money,
    format_number,
    format_phone,
    format_quantity,
    format_time,
)
from kvit.money import DECIMALS, decimals

MOMENT = datetime.datetime(2026, 11, 1, 14, 5, 9, tzinfo=datetime.timezone(datetime.timedelta(hours=9)))


@pytest.mark.parametrize(
    ("amount", "currency", "language", "place", "text"),
    [
        (1234567, "KRW", "ko", "KR", "1,234,567원"),
        (-5000, "KRW", "ko", "KR", "-5,000원"),
        (1234567, "KRW", "en", "KR", "₩1,234,567"),
        (123450, "KZT", "ru", "KZ", "1\u00a0234,50\u00a0₸"),
        (123450, "KZT", "kk", "KZ", "1\u00a0234,50\u00a0₸"),
        (123450, "KZT", "en", "KZ", "₸1,234.50"),
        (9, "RUB", "ru", "RU", "0,09\u00a0₽"),
        (1990, "CNY", "zh", "CN", "¥19.90"),
        (1990, "USD", "en", "US", "$19.90"),
        (1990, "USD", "en", "GB", "US$19.90"),
        (-1990, "GBP", "en", "GB", "-£19.90"),
        (123456, "EUR", "en", "DE", "1.234,56\u00a0€"),
        (1500, "KWD", "en", "", "KWD\u00a01.500"),
        (150, "KZT", "kk", "CN", "1,50\u00a0₸"),
    ],
)
def test_money(amount: int, currency: str, language: str, place: str, text: str) -> None:
    assert format_money(amount, currency, language, place) == text


@given(st.integers(-(10**15), 10**15), st.sampled_from(sorted(DECIMALS)), st.sampled_from(LANGUAGES))
def test_no_digit_of_a_sum_is_lost(amount: int, currency: str, language: str) -> None:
    text = format_money(amount, currency, language, "")
    assert int("".join(re.findall(r"\d", text))) == abs(amount)
    assert ("-" in text) == (amount < 0)
    whole = str(abs(amount)).rjust(decimals(currency) + 1, "0")
    assert len(re.findall(r"\d", text)) == len(whole)


@pytest.mark.parametrize(
    ("language", "place", "day", "time"),
    [
        ("en", "GB", "1 Nov 2026", "14:05"),
        ("en", "US", "Nov 1, 2026", "2:05 PM"),
        ("ko", "KR", "2026. 11. 1.", "14:05"),
        ("ru", "RU", "1 нояб. 2026\u00a0г.", "14:05"),
        ("kk", "KZ", "2026\u00a0ж. 01 қар.", "14:05"),
        ("zh", "CN", "2026年11月1日", "14:05"),
        ("en", "", "1 Nov 2026", "14:05"),
    ],
)
def test_dates_and_times(language: str, place: str, day: str, time: str) -> None:
    assert format_date(MOMENT, language, place) == day
    assert format_date(MOMENT.date(), language, place) == day
    assert format_time(MOMENT, language, place) == time
    assert format_date_time(MOMENT, language, place) == f"{day} {time}"


def test_seconds_and_midnight() -> None:
    assert format_time(MOMENT, "ru", "KZ", seconds=True) == "14:05:09"
    assert format_time(datetime.time(0, 0), "en", "US") == "12:00 AM"
    assert format_time(datetime.time(0, 0), "ko", "KR") == "00:00"


@pytest.mark.parametrize(
    ("quantity", "language", "text"),
    [
        (1000, "en", "1"),
        (1500, "ru", "1,5"),
        (350, "kk", "0,35"),
        (0, "zh", "0"),
        (1234567, "en", "1,234.567"),
        (100000, "ko", "100"),
    ],
)
def test_quantities(quantity: int, language: str, text: str) -> None:
    assert format_quantity(quantity, language) == text


def test_numbers() -> None:
    assert format_number(1234567, "ru") == "1\u00a0234\u00a0567"
    assert format_number(Decimal("0.123456"), "en") == "0.123456"


@pytest.mark.parametrize(
    ("number", "place", "text"),
    [
        ("+821012345678", "KR", "010-1234-5678"),
        ("+8221234567", "KR", "02-123-4567"),
        ("+821012345678", "US", "+82 10-1234-5678"),
        ("+77771234567", "KZ", "+7 (777) 123-45-67"),
        ("+79161234567", "GB", "+7 (916) 123-45-67"),
        ("+8613812345678", "CN", "138 1234 5678"),
        ("+12125550123", "US", "(212) 555-0123"),
        ("+442079460958", "GB", "020 7946 0958"),
        ("+493012345", "DE", "+493012345"),
        ("nonsense", "KR", "nonsense"),
    ],
)
def test_phones(number: str, place: str, text: str) -> None:
    assert format_phone(number, place) == text


@pytest.mark.parametrize(
    ("code", "currency", "language", "zone", "paper_mm", "hours", "marks"),
    [
        ("KR", "KRW", "ko", "Asia/Seoul", 80, 24, ".,"),
        ("KZ", "KZT", "kk", "Asia/Almaty", 80, 24, ",\u00a0"),
        ("RU", "RUB", "ru", "", 80, 24, ",\u00a0"),
        ("CN", "CNY", "zh", "Asia/Shanghai", 58, 24, ".,"),
        ("US", "USD", "en", "", 80, 12, ".,"),
        ("GB", "GBP", "en", "Europe/London", 80, 24, ".,"),
        ("DE", "EUR", "de", "Europe/Berlin", 80, 24, ",."),
        ("JP", "JPY", "ja", "Asia/Tokyo", 80, 24, ".,"),
    ],
)
def test_countries(code: str, currency: str, language: str, zone: str, paper_mm: int, hours: int, marks: str) -> None:
    found = country(code)
    assert (found.currency, found.languages[0], found.time_zone) == (currency, language, zone)
    assert (found.paper_mm, found.hours, found.decimal_mark + found.group_mark) == (paper_mm, hours, marks)


def test_every_territory_is_known_and_nonsense_is_not() -> None:
    from babel.core import get_global

    assert all(country(code).languages for code in get_global("territory_zones") if len(code) == 2)
    with pytest.raises(ValueError, match="country"):
        country("kr")


@pytest.mark.parametrize(
    ("code", "order"), [("US", "mdy"), ("GB", "dmy"), ("KR", "ymd"), ("KZ", "dmy"), ("CN", "ymd"), ("DE", "dmy")]
)
def test_a_country_writes_its_dates_in_one_order(code: str, order: str) -> None:
    assert country(code).date_order == order
