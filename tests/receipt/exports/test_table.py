"""The table: one row a line, cells that are no formulas, a file other programs read back."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.receipt.exports.table import COLUMNS, csv_of, harmless
from kvit.receipt.model import Line
from tests.receipt.exports.sources import changed, source


def read_back(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_a_row_a_line() -> None:
    found = read_back(csv_of([source(), source(changed(items=()))]))
    assert [(row["line"], row["name"], row["quantity"], row["line_total"]) for row in found] == [
        ("1", "Brot", "1", "3.80"), ("2", "Brezel", "3", "2.70"), ("", "", "", ""),
    ]  # fmt: skip
    assert list(found[0]) == list(COLUMNS)
    assert found[0] | {"line": "", "name": "", "quantity": "", "price": "", "line_total": ""} == {
        "receipt": "rcpt-1", "time": "2026-11-21T14:05:00+01:00", "till": "Till 1", "shop": "Bäckerei Süß", "kind": "sale",
        "number": "4711", "tax_id": "DE136695976", "currency": "EUR", "subtotal": "6.50", "total": "6.50",
        "taxes": "7%: 0.43", "payments": "cash: 10.00", "change": "3.50", "verified": "yes",
        "line": "", "name": "", "quantity": "", "price": "", "line_total": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("=1+1", "'=1+1"), ("+49 30 1", "'+49 30 1"), ("-2", "-2"), ("-2.50", "-2.50"),
        ("-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"), ("\t=1", "' =1"), ("\r=1", "' =1"), (" =1", "' =1"), ("Latte", "Latte"), ("", ""),
        ("a\x00b\nc", "a b c"), ("-", "'-"), ("=", "'="), ("＝1", "'＝1"), ("＠a", "'＠a"),
    ],
)  # fmt: skip
def test_no_cell_is_a_formula(cell: str, wanted: str) -> None:
    assert harmless(cell) == wanted


@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_any_name_survives(names: list[str]) -> None:
    found = read_back(csv_of([source(changed(items=tuple(Line(name, 1000, 1, 1) for name in names)))]))
    assert [row["name"] for row in found] == [harmless(name) for name in names]
