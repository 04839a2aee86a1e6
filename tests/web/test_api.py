from __future__ import annotations

import functools
import warnings
from datetime import datetime
from typing import Any

import pytest

from kvit.web.openapi import EVENTS
from tests.receipt.printouts import prepared
from tests.web.house import NOW_S, PUBLIC, STAFF, House, csrf

WRITE = {"origin": STAFF}


def test_receipts_for_programs(house: House) -> None:
    first, second = house.keep(prepared(0), prepared(1, "아메리카노 4,500\n"))
    browser = house.user()
    page = browser.get("/api/v1/receipts?limit=1").json()
    assert [row["id"] for row in page["receipts"]] == [second]
    behind = browser.get("/api/v1/receipts", params={"cursor": page["next"]}).json()
    assert [row["id"] for row in behind["receipts"]] == [first]
    assert behind["next"] is None
    assert [row["id"] for row in browser.get("/api/v1/receipts?search=카노").json()["receipts"]] == [second]
    one = browser.get(f"/api/v1/receipts/{first}").json()
    assert (one["receipt"]["total"], one["receipt"]["currency"], one["reading"]["total"]) == ("4.50", "USD", "4.50")
    assert datetime.fromisoformat(one["receipt"]["time"]).timestamp() == NOW_S
    assert one["receipt"]["events"][0] == {"kind": "pulse", "values": {"pin": 2}}


def test_links_and_erasure_for_programs(house: House) -> None:
    (id_,) = house.keep()
    browser = house.user()
    headers = WRITE | {"x-csrf-token": browser.get("/api/v1/session").json()["csrf"]}
    assert headers["x-csrf-token"] == csrf(browser.get("/admin").text)
    url = browser.post(f"/api/v1/receipts/{id_}/links", json={"days": 3}, headers=headers).json()["url"]
    assert url.startswith(f"{PUBLIC}/r/")
    assert house.public().get(url).status_code == 200
    assert browser.delete(f"/api/v1/receipts/{id_}/links", headers=headers).json() == {"id": id_}
    assert house.public().get(url).status_code == 404
    assert browser.delete(f"/api/v1/receipts/{id_}", headers=headers).json() == {"id": id_}
    assert browser.get(f"/api/v1/receipts/{id_}").status_code == 404


NO: tuple[tuple[str, str, Any, int], ...] = (
    ("GET", "/api/v1/receipts/nonsense", None, 422),
    ("GET", "/api/v1/receipts/aaaaaaaaaaaaaaaa", None, 404),
    ("GET", "/api/v1/receipts?limit=0", None, 422),
    ("GET", "/api/v1/receipts?limit=1&limit=2", None, 422),
    ("GET", "/api/v1/receipts?day=2024-02-30", None, 422),
    ("GET", "/api/v1/receipts?cursor=zzz", None, 400),
    ("GET", "/api/v1/nothing", None, 404),
    ("PUT", "/api/v1/receipts", None, 405),
    ("POST", "/api/v1/receipts/aaaaaaaaaaaaaaaa/links", {"days": 0}, 422),
    ("POST", "/api/v1/receipts/aaaaaaaaaaaaaaaa/links", {}, 404),
)


@pytest.mark.parametrize(("method", "path", "body", "status"), NO)
def test_every_no_has_one_shape(house: House, method: str, path: str, body: Any, status: int) -> None:
    browser = house.user()
    headers = WRITE | {"x-csrf-token": browser.get("/api/v1/session").json()["csrf"]}
    got = browser.request(method, path, json=body, headers=headers)
    assert got.status_code == status
    assert got.headers["content-type"] == "application/problem+json"
    assert set(got.json()) == {"type", "title", "status", "id", "code", "detail"}
    assert got.json()["status"] == status


def test_the_description_is_whole(house: House) -> None:
    document = house.staff().get("/api/v1/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert "/api/v1/receipts/{id}" in document["paths"]
    text = house.staff().get("/api/v1/openapi.json").text
    for piece in text.split('"$ref":"#/components/schemas/')[1:]:
        assert piece.split('"')[0] in document["components"]["schemas"]


def test_the_api_keeps_its_description(house: House) -> None:
    """Schemathesis calls every operation with values that fit and values that do not."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import schemathesis
        from hypothesis import HealthCheck, settings, strategies
        from hypothesis import given as given_

        schema = schemathesis.openapi.from_dict(house.staff().get("/api/v1/openapi.json").json())
    (id_,) = house.keep()
    browser = house.user()
    token = browser.get("/api/v1/session").json()["csrf"]
    seen: set[int] = set()

    def answered(case: Any, declared: Any) -> None:
        if "id" in (case.path_parameters or {}) and len(str(case.path_parameters["id"])) != 16:
            case.path_parameters["id"] = id_
        sent = case.as_transport_kwargs(base_url=STAFF)
        headers = {str(name): str(value) for name, value in dict(sent.get("headers") or {}).items()}
        headers |= WRITE | {"x-csrf-token": token}
        body = {"json": sent["json"]} if "json" in sent else {}
        got = browser.request(sent["method"], sent["url"], params=sent.get("params"), headers=headers, **body)
        seen.add(got.status_code)
        assert str(got.status_code) in declared, (sent["url"], got.status_code)

    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]
        if EVENTS in operation.definition.raw["responses"]["200"].get("content", {}):
            continue  # a stream has no end a test client could wait for
        bounded = settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        check = functools.partial(answered, declared=operation.definition.raw["responses"])

        def run(case: Any, check: Any) -> None:
            check(case)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            bounded(given_(case=operation.as_strategy(), check=strategies.just(check))(run))()
    assert 200 in seen
