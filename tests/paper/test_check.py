"""Check digits: numbers whose digit somebody else published."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper import check

MOD10 = [("590123412345", "7"), ("978020137962", "4"), ("01234567890", "5"), ("9638507", "4"), ("0950110153000", "3"),
         ("00312345678900001", "3"), ("0", "0")]  # fmt: skip


@pytest.mark.parametrize(("body", "digit"), MOD10)
def test_modulo_10(body: str, digit: str) -> None:
    assert check.mod10(body) == digit


@given(st.text("0123456789", min_size=1, max_size=30))
def test_modulo_10_makes_every_weighted_sum_a_ten(body: str) -> None:
    whole = body + check.mod10(body)
    weights = [3 if place % 2 else 1 for place in range(len(whole))]
    assert sum(weight * int(digit) for weight, digit in zip(weights, reversed(whole), strict=True)) % 10 == 0


@pytest.mark.parametrize(("body", "letter"), [("CODE39", "W"), ("12345ABCDE/", "T"), ("0", "0")])
def test_modulo_43(body: str, letter: str) -> None:
    assert check.mod43(body) == letter


@given(st.text("0123456789", min_size=6, max_size=6))
def test_upc_e_is_squeezed_back(short: str) -> None:
    whole = check.expanded(short)
    assert len(whole) == 11
    assert check.expanded(check.squeezed(whole)) == whole
