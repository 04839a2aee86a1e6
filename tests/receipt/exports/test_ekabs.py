"""EKaBS: the fields by their names, sums as exact numbers, nothing made of what is no sale."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.receipt.exports.ekabs import ekabs
from kvit.receipt.model import Kind, Line
from kvit.refusal import Refusal
from tests.receipt.exports.sources import changed, source


def test_a_sale() -> None:
    made = ekabs(source())
    assert isinstance(made, bytes)
    assert json.loads(made) == {
        "version": "1.0.0",
        "type": "INVOICE",
        "cash_register": {"serial_number": "Till 1"},
        "head": {
            "id": "rcpt-1",
            "number": "4711",
            "date": "2026-11-21T13:05:00Z",
            "seller": {"name": "Bäckerei Süß", "address": {"country_code": "DEU"}, "tax_number": "DE136695976"},
        },
        "data": {
            "currency": "EUR",
            "full_amount_incl_vat": 6.50,
            "payment_types": [{"name": "CASH", "amount": 6.50}],
            "vat_amounts": [{"percentage": 7.00, "incl_vat": 6.50, "excl_vat": 6.07, "vat": 0.43}],
            "lines": [
                {"text": "Brot", "item": {"quantity": 1.0, "price_per_unit": 3.80, "full_amount": 3.80}},
                {"text": "Brezel", "item": {"quantity": 3.0, "price_per_unit": 0.90, "full_amount": 2.70}},
            ],
        },
    }


@pytest.mark.parametrize(
    "values", [{"kind": Kind.Z_REPORT}, {"total": None}, {"currency": None}, {"kind": Kind.CARD_SLIP}]
)
def test_nothing_is_made_of_what_is_no_sale(values: dict[str, object]) -> None:
    assert ekabs(source(changed(**values))) == Refusal("receipt.no_export", {"form": "EKaBS"})
    assert ekabs(source(None)) == Refusal("receipt.no_export", {"form": "EKaBS"})


@given(st.text(), st.integers(-(10**12), 10**12), st.sampled_from([0, 2, 3]))
def test_any_name_and_sum_comes_back(name: str, amount: int, decimals: int) -> None:
    made = ekabs(source(changed(items=(Line(name, None, None, amount),), total=amount, taxes=(), decimals=decimals)))
    assert isinstance(made, bytes)
    data = json.loads(made, parse_float=Decimal, parse_int=Decimal)["data"]
    assert data["full_amount_incl_vat"] == Decimal(amount).scaleb(-decimals)
    assert data["lines"][0]["text"] == name
