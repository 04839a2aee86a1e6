"""A reading becomes data."""

from __future__ import annotations

from kvit.counter.receipt_data import of_reading
from kvit.receipt.model import Kind, Line, Payment, Reading, Tax
from kvit.template.data import ShopData, plain

READING = Reading(
    Kind.SALE, "Corner", "123", "42", "2026-11-21T12:00", "KZT", (Line("Milk", None, 45000, 45000), Line("Bag", 2000)),
    46000, (Tax(1200, 4821),), 45000, (Payment("cash", 50000),), 5000, True, {}, (-1000,),
)  # fmt: skip


def test_a_reading_becomes_data_and_unknown_stays_absent() -> None:
    data = plain(of_reading(READING, ShopData("Mine", phone="+7 727"), "https://k.example/r/1"))
    assert data["shop"] == {"name": "Corner", "phone": "+7 727", "taxId": "123"}
    assert data["items"] == [{"name": "Milk", "price": 45000, "total": 45000}, {"name": "Bag", "quantity": 2000}]
    assert (data["discount"], data["taxes"]) == (1000, [{"amount": 4821, "rate": 1200}])
    assert "points" not in data
