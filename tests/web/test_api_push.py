"""Receipts handed in by other programs: as data, as bytes, each once for ever."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from kvit.app import digest
from kvit.receipt import service
from kvit.receipt.printout import Prepared
from kvit.refusal import Refusal
from kvit.relay import reading as relay
from kvit.shop import ShopSettings
from tests.receipt.printouts import SHOP
from tests.web.house import House, open_house
from tests.web.test_shops import Town

PAPER = b"\x1b@Corner Cafe\nLatte            4.50\nTOTAL            4.50\n\x1dVB\x00"
DATA: dict[str, Any] = {
    "currency": "EUR", "total": "7.50", "number": "A-17", "shop": "Corner Cafe", "time": "2026-11-21T09:30",
    "items": [{"name": "Latte", "quantity": "2", "price": "3.00", "total": "6.00"}, {"name": "Кекс", "total": "1.50"}],
    "taxes": [{"rate": "12.5", "amount": "0.83"}], "payments": [{"kind": "cash", "amount": "10.00"}], "change": "2.50",
}  # fmt: skip


async def take_apart(shop: ShopSettings, found: relay.Printout, till: str, profile: str) -> Prepared | Refusal:
    return digest.digest(digest.Job(shop.id, found, till, profile))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path, take_apart=take_apart) as made:
        yield made


@pytest.fixture
def till(house: House) -> TestClient:
    browser = house.staff()
    browser.headers.update(Town.program(_Only(house), SHOP))  # type: ignore[arg-type]
    return browser


class _Only:
    def __init__(self, house: House) -> None:
        self.house = house


def push(program: TestClient, /, key: str = "sale-1", **body: Any) -> Any:
    return program.post("/api/v1/receipts", json=body, headers={"idempotency-key": key})


def test_data_become_a_receipt_with_a_paper(till: TestClient) -> None:
    answer = push(till, receipt=DATA, till="Bar 2", time="2026-11-21T09:30:00+00:00")
    assert answer.status_code == 200, answer.text
    assert answer.json()["fresh"] is True
    found = till.get(f"/api/v1/receipts/{answer.json()['id']}").json()
    assert (found["receipt"]["total"], found["receipt"]["currency"], found["receipt"]["till"]) == (
        "7.50",
        "EUR",
        "Bar 2",
    )
    assert found["receipt"]["verified"] is True
    reading = {name: value for name, value in found["reading"].items() if name not in ("verified", "confidence")}
    again = push(till, "sale-2", receipt=reading)
    assert again.status_code == 200, again.text
    assert till.get("/api/v1/receipts?search=Кекс").json()["receipts"]
    paper = till.get(f"/api/v1/receipts/{answer.json()['id']}/txt")
    assert "Latte" in paper.text
    assert "TOTAL" in paper.text


def test_the_same_key_is_the_same_receipt_for_ever(till: TestClient, house: House) -> None:
    first = push(till, receipt=DATA).json()
    assert push(till, receipt=DATA).json() == {"id": first["id"], "fresh": False}
    other = push(till, receipt=DATA | {"total": "8.00"})
    assert (other.status_code, other.json()["code"]) == (409, "receipt.conflict")
    assert push(till, raw=base64.b64encode(PAPER).decode()).status_code == 409
    house.db.write_now(service.forget, SHOP, first["id"], 1)
    assert push(till, receipt=DATA).json() == {"id": first["id"], "fresh": False}
    assert push(till, "sale-2", receipt=DATA).json()["fresh"] is True


def test_bytes_are_read_as_a_lines_printouts_are(till: TestClient) -> None:
    coded = push(till, raw=base64.b64encode(PAPER).decode(), profile="TM-T88V").json()
    found = till.get(f"/api/v1/receipts/{coded['id']}").json()
    assert (found["receipt"]["total"], found["receipt"]["line"]) == ("4.50", "api")
    headers = {"idempotency-key": "sale-1", "content-type": "application/octet-stream"}
    plain = till.post("/api/v1/receipts/raw?profile=TM-T88V", content=PAPER, headers=headers)
    assert plain.json() == {"id": coded["id"], "fresh": False}
    assert till.get(f"/api/v1/receipts/{coded['id']}/bin").content == PAPER


def test_card_numbers_are_masked_before_anything_is_stored(till: TestClient) -> None:
    data = DATA | {"items": [{"name": "Card 4111 1111 1111 1111", "total": "7.50"}]}
    for answer in (
        push(till, "a", receipt=data),
        push(till, "b", raw=base64.b64encode(PAPER + b"4111111111111111").decode()),
    ):
        whole = till.get(f"/api/v1/receipts/{answer.json()['id']}").text
        assert "1111" not in whole
        assert b"1111" not in till.get(f"/api/v1/receipts/{answer.json()['id']}/bin").content


NO: tuple[tuple[dict[str, Any], int], ...] = (
    ({}, 422),
    ({"receipt": DATA, "raw": "eA=="}, 422),
    ({"receipt": DATA | {"currency": "XYZ"}}, 422),
    ({"receipt": DATA | {"total": "1.234"}}, 422),
    ({"receipt": DATA | {"total": 7.5}}, 422),
    ({"receipt": DATA | {"number": "a\u0000b"}}, 422),
    ({"receipt": DATA | {"shop": "x\u001b@"}}, 422),
    ({"raw": ""}, 422),
    ({"raw": "eA==", "profile": "no-such"}, 409),
    ({"raw": "eA==", "line": "../x"}, 422),
)


@pytest.mark.parametrize(("body", "status"), NO, ids=[str(place) for place in range(len(NO))])
def test_what_can_not_be_is_refused(till: TestClient, body: dict[str, Any], status: int) -> None:
    answer = push(till, **body)
    assert answer.status_code == status, answer.text
    assert till.get("/api/v1/receipts").json()["receipts"] == []


def test_only_who_may_hands_in(house: House) -> None:
    owner = house.user()
    answer = owner.post(
        "/api/v1/receipts", json={"receipt": DATA}, headers={"idempotency-key": "x", "origin": "http://127.0.0.1:7003"}
    )
    assert answer.status_code == 403


def test_receipts_are_asked_for_by_moments(till: TestClient) -> None:
    for hour in (8, 9, 10):
        push(till, f"k{hour}", receipt=DATA, time=f"2026-11-21T{hour:02}:00:00+00:00")

    def count(query: str) -> int:
        return len(till.get(f"/api/v1/receipts?{query}").json()["receipts"])

    assert count("since=2026-11-21T09:00:00Z") == 2
    assert count("until=2026-11-21T09:00:00Z") == 1
    assert count("since=2026-11-21T09:00:00Z&until=2026-11-21T10:00:00Z") == 1


@pytest.mark.parametrize(
    "time",
    [
        "9999-12-31T23:59:59+00:00",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00+14:00",
        "2200-01-02T00:00:00+00:00",
    ],
)
def test_a_moment_no_receipt_has_harms_no_list(till: TestClient, house: House, time: str) -> None:
    answer = push(till, receipt=DATA, time=time)
    assert answer.status_code == 200, answer.text
    listed = till.get("/api/v1/receipts")
    assert [row["id"] for row in listed.json()["receipts"]] == [answer.json()["id"]]
    assert int(listed.json()["receipts"][0]["time"][:4]) < 2150
    assert till.get(f"/api/v1/receipts/{answer.json()['id']}").status_code == 200


@pytest.mark.parametrize("till_name", ["a\nb", "\x1b[31m", "\u202eevil", "\u2066x", "\x9b1m"])
def test_a_till_is_named_by_letters_alone(till: TestClient, till_name: str) -> None:
    assert push(till, receipt=DATA, till=till_name).status_code == 422
    assert push(till, receipt=DATA, till="Касса 2 · 바").status_code == 200
