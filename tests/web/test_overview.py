"""The owner's figures: on the page and by the API the same, for the right eyes, of the right days."""

from __future__ import annotations

import pytest

from kvit.counter import store as routes
from kvit.counter.model import Routed, Stage
from kvit.i18n import LANGUAGE_NAMES
from tests.receipt.printouts import DAY_MS, NOON_MS, SHOP, prepared
from tests.web.house import House

API = "/api/v1/figures"
DAY = "2024-10-04"


@pytest.fixture
def filled(house: House) -> House:
    ids = house.keep(*(prepared(number, taken_at_ms=NOON_MS + day * DAY_MS) for number, day in enumerate((-1, 0, 0))))
    paper = Routed(ids[0], "till-1", Stage.DONE, True, True, True, "rule", "", "c1", "", 150, NOON_MS, NOON_MS, 1)
    none = Routed(ids[1], "till-1", Stage.DONE, False, True, False, "rule", "", "c2", "", 2340, NOON_MS, NOON_MS, 1)
    for route in (paper, none):
        house.db.write_now(routes.insert, SHOP, route)
    return house


def test_the_figures_of_two_days(filled: House) -> None:
    got = filled.user().get(f"{API}?first=2024-10-03&last={DAY}").json()
    assert got["all"] | {"first": "", "last": ""} == {
        "first": "", "last": "", "printouts": 3, "sales": 3, "refunds": 0, "verified": 0, "routed": 2, "electronic": 2,
        "without_paper": 1, "customers": 2, "paper_mm": 150, "saved_mm": 2340, "unread": 0,
        "turnover": [{"currency": "USD", "amount": "13.50", "receipts": 3}],
    }  # fmt: skip
    assert [(day["first"], day["sales"], day["saved_mm"]) for day in got["days"]] == [
        ("2024-10-03", 1, 0),
        (DAY, 2, 2340),
    ]
    assert (got["failed_jobs"], got["failed_messages"]) == (0, 0)


@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_the_page(filled: House, language: str) -> None:
    browser = filled.user()
    shown = browser.get("/figures", headers={"accept-language": language})
    assert shown.status_code == 200
    assert any(f"2{mark}3\u00a0{metre}" in shown.text for mark in ".," for metre in ("m", "м", "米"))
    assert "13.50" in shown.text or "13,50" in shown.text
    assert shown.text.count("<g>") == 14
    assert f"/api/v1/export/receipts.csv?first=2024-09-21&amp;last={DAY}" in shown.text


@pytest.mark.parametrize(
    ("query", "status"),
    [
        (f"first={DAY}&last={DAY}", 200), (f"first={DAY}&last=2024-10-03", 422), (f"first=2020-01-01&last={DAY}", 422),
        (f"first={DAY}&last={DAY}&line={'x' * 65}", 422), ("first=&last=", 422),
    ],
)  # fmt: skip
def test_days_that_are_none(house: House, query: str, status: int) -> None:
    assert house.user().get(f"{API}?{query}").status_code == status
    if status == 422 and "first=&" not in query:
        assert house.user().get(f"/figures?{query}").status_code == 422


@pytest.mark.parametrize(
    ("role_name", "status"), [("owner", 200), ("manager", 200), ("auditor", 200), ("cashier", 403)]
)
def test_who_may(house: House, role_name: str, status: int) -> None:
    assert house.user(role_name).get(f"{API}?first={DAY}&last={DAY}").status_code == status
    assert house.user(role_name).get("/figures").status_code == status
