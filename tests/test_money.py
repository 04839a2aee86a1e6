"""Money: exact text both ways, rounding against fractions, parts that add up."""

from __future__ import annotations

from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit import money
from kvit.money import Rounding

CURRENCIES = st.sampled_from(sorted(money.DECIMALS))
AMOUNTS = st.integers(-money.AMOUNT_LIMIT, money.AMOUNT_LIMIT)
DECIMAL_RULES = {Rounding.HALF_UP: ROUND_HALF_UP, Rounding.HALF_EVEN: ROUND_HALF_EVEN, Rounding.DOWN: ROUND_DOWN}


@pytest.mark.parametrize(
    ("currency", "digits"),
    [("KRW", 0), ("JPY", 0), ("KZT", 2), ("EUR", 2), ("USD", 2), ("RUB", 2), ("CNY", 2), ("KWD", 3)],
)
def test_digits_of_the_coins(currency: str, digits: int) -> None:
    assert money.decimals(currency) == digits


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("0", "KRW", 0),
        ("12000", "KRW", 12000),
        ("12000.00", "KRW", 12000),
        ("1234.5", "KZT", 123450),
        ("-0.05", "EUR", -5),
        ("007", "USD", 700),
        ("1.234", "KWD", 1234),
    ],
)
def test_reading(text: str, currency: str, amount: int) -> None:
    assert money.parse_amount(text, currency) == amount


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        ".5",
        "5.",
        "1,5",
        "1 000",
        "+1",
        "1e3",
        "0x10",
        "NaN",
        "Infinity",
        "١٢",
        "1.005",
        " 1",
        "1\n",
        "9" * 17,
        "9" * 400,
    ],
)
def test_what_is_no_sum_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        money.parse_amount(text, "KZT")


def test_an_unknown_currency_is_refused() -> None:
    with pytest.raises(ValueError, match="'kzt' is not a currency code"):
        money.decimals("kzt")


@given(AMOUNTS, CURRENCIES)
def test_text_and_back(amount: int, currency: str) -> None:
    text = money.format_amount(amount, currency)
    assert money.parse_amount(text, currency) == amount
    assert Decimal(text).scaleb(money.decimals(currency)) == amount


@given(st.integers(-money.QUANTITY_LIMIT, money.QUANTITY_LIMIT))
def test_quantity_and_back(quantity: int) -> None:
    assert money.parse_quantity(money.format_quantity(quantity)) == quantity


@pytest.mark.parametrize(("quantity", "text"), [(1000, "1"), (350, "0.35"), (10000, "10"), (-1500, "-1.5"), (0, "0")])
def test_quantity_is_written_short(quantity: int, text: str) -> None:
    assert money.format_quantity(quantity) == text


@given(st.integers(-(10**20), 10**20), st.integers(1, 10**6), st.sampled_from(Rounding))
def test_rounding_is_the_named_rule(numerator: int, denominator: int, rule: Rounding) -> None:
    whole, rest = divmod(abs(numerator), denominator)
    over = (2 * rest > denominator) - (2 * rest < denominator)
    part = Decimal(2 + over) / 4 if rest else Decimal(0)  # under, exactly or over a half: all that rounding looks at
    exact = (whole + part).copy_sign(Decimal(numerator))
    assert money.divide(numerator, denominator, rule) == int(exact.quantize(Decimal(1), DECIMAL_RULES[rule]))


@pytest.mark.parametrize(
    ("price", "quantity", "total"),
    [(100, 1000, 100), (333, 1500, 500), (1, 500, 1), (1, 499, 0), (-1, 500, -1), (12345, 345, 4259), (999, 0, 0)],
)
def test_line_total(price: int, quantity: int, total: int) -> None:
    assert money.line_total(price, quantity) == total


def test_tax_and_rate() -> None:
    assert money.tax_within(11200, 1200) == 1200
    assert money.tax_within(1100, 1000) == 100
    assert money.rate_of(1050, 1000) == 105
    assert money.tax_within(500, 0) == 0
    assert money.round_to(1249, 100) == 1200
    assert money.round_to(-1250, 100) == -1300


@given(AMOUNTS, st.lists(st.integers(0, 10**9), min_size=1, max_size=30).filter(any))
def test_parts_add_up_and_stay_within_a_coin(amount: int, weights: list[int]) -> None:
    parts = money.split(amount, weights)
    assert sum(parts) == amount
    whole = sum(weights)
    assert all(abs(part * whole - amount * weight) < whole for part, weight in zip(parts, weights, strict=True))
