"""Digits between marks, held against Babel number for number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel import numbers
from hypothesis import given
from hypothesis import strategies as st

from kvit.i18n import LANGUAGES, format_money, format_number
from kvit.i18n.digits import Marks, grouped, scaled
from kvit.i18n.format import _money_by_babel, format_sum, locale_of

COUNTRIES = ("", "KZ", "KR", "RU", "CN", "GB", "US", "IN", "DE", "CH", "BR")
CURRENCIES = ("KZT", "KRW", "RUB", "CNY", "EUR", "USD", "JPY", "KWD", "INR", "GBP", "CHF")
AMOUNTS = st.integers(-(10**13), 10**13)
PLACES = st.tuples(st.sampled_from(LANGUAGES), st.sampled_from(COUNTRIES))


@given(AMOUNTS, st.sampled_from(CURRENCIES), PLACES)
def test_a_sum_is_what_babel_writes(amount: int, currency: str, place: tuple[str, str]) -> None:
    assert format_money(amount, currency, *place) == _money_by_babel(amount, currency, *place)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12), max_value=10**12), PLACES)
def test_a_number_is_what_babel_writes(value: Decimal, place: tuple[str, str]) -> None:
    value = value.normalize() + 0
    expected = numbers.format_decimal(value, locale=locale_of(*place), decimal_quantization=False)
    assert format_number(value, *place) == expected.replace("\u202f", "\u00a0")


@pytest.mark.parametrize("value", [Decimal(0), Decimal("-0.5"), Decimal("1E+3"), Decimal("0.000"), Decimal("1e-9")])
def test_numbers_at_the_edge(value: Decimal) -> None:
    assert format_number(value, "ru", "KZ") == numbers.format_decimal(
        value, locale=locale_of("ru", "KZ"), decimal_quantization=False
    ).replace("\u202f", "\u00a0")


@pytest.mark.parametrize(
    ("amount", "digits", "shown"),
    [(0, 2, "0,00"), (5, 2, "0,05"), (-5, 2, "-0,05"), (100, 0, "100"), (123456789, 2, "1\u00a0234\u00a0567,89")],
)
def test_a_sum_without_a_sign(amount: int, digits: int, shown: str) -> None:
    assert format_sum(amount, digits, "ru", "KZ") == shown


@pytest.mark.parametrize(
    ("digits", "shown"),
    [("1", "1"), ("123", "123"), ("1234", "1,234"), ("1234567", "12,34,567"), ("123456789", "12,34,56,789")],
)
def test_groups_of_two(digits: str, shown: str) -> None:
    assert grouped(digits, Marks(".", ",", 3, 2, "-")) == shown
    assert scaled(int(digits), 0, Marks(".", ",", 3, 2, "-")) == shown
