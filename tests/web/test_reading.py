"""The correction screen and its API: what a person says is kept, audited, proven by arithmetic, and teaches the form."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kvit.access import store as access_store
from kvit.i18n import LANGUAGE_NAMES
from kvit.receipt.forms import service as forms
from kvit.web.reading_data import confirmed_of, data_of
from tests.receipt.printouts import SHOP, prepared
from tests.web.house import STAFF, House, open_house

TEXT = """     CORNER CAFE
   1 Long Street
--------------------------------
Latte                1      4.50
Bun                  2      5.00
--------------------------------
All in all                  9.50
"""
SAID: dict[str, Any] = {
    "kind": "sale", "shop": "Corner Cafe", "currency": "GBP", "total": "9.50",
    "items": [
        {"name": "Latte", "quantity": "1", "price": "4.5", "total": "4.50"},
        {"name": "Bun", "quantity": "2", "price": "2.50", "total": "5.00"},
    ],
    "payments": [{"kind": "cash", "amount": "10.00"}], "change": "0.50",
}  # fmt: skip


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as opened:
        yield opened


def kept(house: House, offset: int = 0) -> str:
    (id_,) = house.keep(prepared(offset, TEXT, reading=None))
    return id_


def put(browser: TestClient, id_: str, **changes: Any) -> Any:
    token = browser.get("/api/v1/session").json()["csrf"]
    return browser.put(
        f"/api/v1/receipts/{id_}/reading", json=SAID | changes, headers={"x-csrf-token": token, "origin": STAFF}
    )


def test_a_receipt_is_corrected_and_stays(house: House) -> None:
    browser, id_ = house.user("cashier"), kept(house)
    before = browser.get(f"/api/v1/receipts/{id_}/reading").json()
    assert before["data"]["total"] is None
    assert before["confirmed_by"] is None
    answer = put(browser, id_)
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["verified"]
    assert (told["data"]["total"], told["data"]["currency"]) == ("9.50", "GBP")
    assert [(one["name"], one["holds"]) for one in told["equations"]] == [
        ("line", True), ("line", True), ("basket", True), ("payment", True),
    ]  # fmt: skip
    assert told["confirmed_by"].startswith("user")
    assert "total" in told["changed"]
    assert browser.get(f"/api/v1/receipts/{id_}").json()["receipt"]["total"] == "9.50"
    page = house.db.read_now(access_store.last_entries, SHOP, 1 << 62, 10)
    assert "receipt.corrected" in str(page)


def test_sums_that_do_not_agree_are_kept_and_shown_as_failing(house: House) -> None:
    browser, id_ = house.user(), kept(house)
    told = put(browser, id_, total="9.60").json()
    assert not told["verified"]
    assert [one["name"] for one in told["equations"] if not one["holds"]] == ["basket", "payment"]
    assert (told["equations"][2]["left"], told["equations"][2]["right"]) == ("9.50", "9.60")


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"total": "nine"}, 422), ({"total": "1.234"}, 409), ({"decimals": 4}, 422), ({"currency": "pounds"}, 422),
        ({"time": "yesterday"}, 422), ({"kind": "gift"}, 422), ({"payments": [{"kind": "shells", "amount": "1"}]}, 422),
        ({"items": [{"name": "x" * 201}]}, 422), ({"total": "1" * 13}, 422),
    ],
)  # fmt: skip
def test_what_is_no_receipt_is_refused(house: House, changes: dict[str, Any], status: int) -> None:
    browser, id_ = house.user(), kept(house)
    answer = put(browser, id_, **changes)
    assert answer.status_code in (status, 400, 422), answer.text
    assert browser.get(f"/api/v1/receipts/{id_}/reading").json()["data"]["total"] is None


def test_two_confirmed_receipts_teach_the_form(house: House) -> None:
    browser = house.user()
    for offset in (0, 1000):
        assert put(browser, kept(house, offset)).status_code == 200
    (prior,) = house.db.read_now(forms.priors, SHOP).values()
    assert "total" in prior.labels.values()
    assert prior.currency == "GBP"
    assert prior.shop == "Corner Cafe"


def test_rights(house: House) -> None:
    id_ = kept(house)
    assert house.user("auditor").get(f"/receipts/{id_}/correct").status_code == 403
    assert put(house.user("auditor"), id_).status_code == 403
    assert house.user("auditor").get(f"/api/v1/receipts/{id_}/reading").status_code == 200
    assert house.staff().get(f"/api/v1/receipts/{id_}/reading").status_code == 401
    browser = house.user()
    assert browser.put(f"/api/v1/receipts/{id_}/reading", json=SAID, headers={"origin": STAFF}).status_code == 403
    assert put(browser, "a" * 16).status_code == 404
    assert browser.get(f"/receipts/{'a' * 16}/correct").status_code == 404


@pytest.mark.parametrize("language", sorted(LANGUAGE_NAMES))
def test_the_screen_in_five_languages(house: House, language: str) -> None:
    browser, id_ = house.user("manager"), kept(house)
    browser.cookies.set("kvit-language", language)
    page = browser.get(f"/receipts/{id_}/correct")
    assert page.status_code == 200
    assert "CORNER CAFE" in page.text
    assert 'id="save"' in page.text


def test_printed_text_is_never_code(house: House) -> None:
    browser, id_ = house.user(), kept(house)
    evil = '"><script>alert(1)</script>'
    assert put(browser, id_, shop=evil, items=[{"name": evil, "total": "9.50"}]).status_code == 200
    assert "<script>alert" not in browser.get(f"/receipts/{id_}/correct").text
    assert "<script>alert" not in browser.get(f"/receipts/{id_}").text


def test_data_go_out_and_in_unchanged(house: House) -> None:
    browser, id_ = house.user(), kept(house)
    assert put(browser, id_).status_code == 200
    again = browser.get(f"/api/v1/receipts/{id_}/reading").json()["data"]
    assert put(browser, id_, **again).json()["data"] == again
    from kvit.web.reading_data import ReadingData

    for digits in (0, 2, 3):
        data = ReadingData(kind="sale", total="12", change="-3", decimals=digits)  # type: ignore[arg-type]
        told = confirmed_of(data)
        assert data_of(told).total == {0: "12", 2: "12.00", 3: "12.000"}[digits]  # type: ignore[arg-type]
        assert data_of(told).change == {0: "-3", 2: "-3.00", 3: "-3.000"}[digits]  # type: ignore[arg-type]
