"""Files of many receipts: days of the shop, its own receipts only, for who may take them out."""

from __future__ import annotations

import csv
import io
import json

import pytest

from kvit.access import role
from kvit.receipt import store
from kvit.receipt.store import stretch
from tests.receipt.printouts import DAY_MS, NOON_MS, prepared
from tests.web.house import House

CSV = "/api/v1/export/receipts.csv"
LINES = "/api/v1/export/receipts.jsonl"
DAY = "2024-10-04"
"""The day of `NOON_MS`."""


def read_back(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def test_the_days_asked_for_and_no_others(house: House) -> None:
    ids = house.keep(
        *(prepared(number, taken_at_ms=NOON_MS + day * DAY_MS) for number, day in enumerate((-1, 0, 0, 1, 2)))
    )
    got = house.user().get(f"{CSV}?first={DAY}&last=2024-10-05")
    assert got.status_code == 200
    assert got.headers["content-disposition"] == 'attachment; filename="receipts-2024-10-04-2024-10-05.csv"'
    rows = read_back(got.text)
    assert sorted(row["receipt"] for row in rows) == sorted(ids[1:4])
    assert [row["name"] for row in rows] == ["Latte"] * 3


def test_many_pages_are_one_file(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        store, "stretch", lambda tx, shop, first, last, after, limit: stretch(tx, shop, first, last, after, 2)
    )
    ids = house.keep(*(prepared(number) for number in range(5)))
    got = house.user().get(f"{LINES}?first={DAY}&last={DAY}")
    found = [json.loads(line) for line in got.text.splitlines()]
    assert [one["id"] for one in found] == ids
    assert found[0]["total"] == "4.50"


@pytest.mark.parametrize(
    ("first", "last", "status"),
    [
        (DAY, DAY, 200),
        (DAY, "2024-10-03", 422),
        ("2000-01-01", "2024-01-01", 422),
        ("9998-01-01", "9999-12-31", 422),
        ("0001-01-01", "0001-01-01", 422),
        ("x", DAY, 422),
    ],
)
def test_days_that_are_none(house: House, first: str, last: str, status: int) -> None:
    assert house.user().get(f"{CSV}?first={first}&last={last}").status_code == status


@pytest.mark.parametrize(
    ("role_name", "status"), [("owner", 200), ("manager", 200), ("auditor", 200), ("cashier", 403)]
)
def test_who_may(house: House, role_name: str, status: int) -> None:
    assert role_name in role.ROLES
    assert house.user(role_name).get(f"{CSV}?first={DAY}&last={DAY}").status_code == status
