"""Programs hand in papers and look after printers: keys of their own, asking twice, limits, what a key may."""

from __future__ import annotations

import base64
import secrets
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from kvit.access import key as keys
from kvit.access import staff
from kvit.access.model import Identity
from kvit.device.spool.model import Event
from kvit.refusal import Refusal
from kvit.web.api_jobs import JOB_BYTES_MAX
from tests.device.spool.jobs import RECEIPT
from tests.receipt.printouts import SHOP
from tests.web.house import House
from tests.web.printing import Delivery, begun, heard, printed, printing, unknown

DOCUMENT = msgspec.json.decode(RECEIPT)


@pytest.fixture
def delivery(house: House) -> Delivery:
    return printing(house)


def program(house: House, *rights: str) -> TestClient:
    """A program with a key."""
    made = keys.fresh_key(secrets.token_bytes)
    owner = Identity(SHOP, "user:test", "owner", frozenset({"keys.write"}))
    issued = house.db.write_now(staff.issue_key, owner, made, "till", list(rights), int(house.now_s[0]))
    assert not isinstance(issued, Refusal)
    browser = house.staff()
    browser.headers["authorization"] = f"Bearer {made.text}"
    return browser


def hand_in(browser: TestClient, key: str = "sale 1", **body: Any) -> Any:
    whole = {"printer": "front", **(body or {"document": DOCUMENT})}
    return browser.post("/api/v1/jobs", json=whole, headers={"idempotency-key": key})


def test_the_same_key_is_the_same_job_for_ever(house: House, delivery: Delivery) -> None:
    browser = program(house, "jobs.print", "jobs.read")
    first = hand_in(browser, document=DOCUMENT, copies=2, title="1742")
    assert (first.status_code, first.json()["fresh"], len(first.json()["jobs"])) == (200, True, 2)
    again = hand_in(browser, document=DOCUMENT, copies=2, title="1742")
    assert again.json() == first.json() | {"fresh": False}
    other = hand_in(browser, document=DOCUMENT, copies=2, title="1743")
    assert (other.status_code, other.json()["code"]) == (409, "device.job_conflict")
    id_ = first.json()["jobs"][0]["id"]
    whole = browser.get(f"/api/v1/jobs/{id_}").json()
    assert (whole["job"]["state"], whole["job"]["key"], [line["event"] for line in whole["history"]]) == (
        "queued", "sale 1", ["accepted"],
    )  # fmt: skip
    assert browser.get(f"/api/v1/jobs/{id_}/picture").content.startswith(b"\x89PNG")


FORMS: tuple[tuple[Any, int, str], ...] = (
    ({"document": DOCUMENT}, 200, ""),
    ({"receiptline": "Latte | 4.50\n===\n"}, 200, ""),
    ({"raw": base64.b64encode(b"\x1b@hello\n\x1dV\0").decode(), "profile": "tm-t88v"}, 200, ""),
    ({}, 422, "web.not_understood"),
    ({"document": None, "receiptline": "x"}, 200, ""),
    ({"document": DOCUMENT, "receiptline": "x"}, 422, "web.body_unclear"),
    ({"document": {"blocks": [{"type": "nonsense"}]}}, 422, "device.job_document"),
    ({"document": [1, 2]}, 422, "device.job_document"),
    ({"raw": ""}, 422, "device.job_document"),
    ({"raw": "/w==", "profile": "nonsense-9000"}, 409, "device.adapter_profile"),
    ({"raw": "/w==", "profile": "../../etc/x"}, 422, "web.not_understood"),
    ({"document": DOCUMENT, "copies": 10}, 422, "web.not_understood"),
    ({"document": DOCUMENT, "kind": "nonsense"}, 422, "web.not_understood"),
    ({"document": DOCUMENT, "nonsense": 1}, 422, "web.not_understood"),
    ({"document": DOCUMENT, "printer": "nobody"}, 404, "device.printer_unknown"),
)


@pytest.mark.parametrize(("body", "status", "code"), FORMS)
def test_what_may_be_handed_in(house: House, delivery: Delivery, body: Any, status: int, code: str) -> None:
    browser = program(house, "jobs.print", "jobs.read")
    whole = {"printer": "front", **body} if body else {"document": DOCUMENT}
    got = browser.post("/api/v1/jobs", json=whole, headers={"idempotency-key": "one"})
    assert (got.status_code, got.json().get("code", "")) == (status, code), got.text
    listed = browser.get("/api/v1/jobs").json()["jobs"]
    assert len(listed) == (status == 200), "a no has changed nothing"
    for job in listed:
        assert browser.get(f"/api/v1/jobs/{job['id']}/picture").status_code == 200


def test_bytes_as_they_are(house: House, delivery: Delivery) -> None:
    browser = program(house, "jobs.print", "jobs.read")
    headers = {"idempotency-key": "raw 1", "content-type": "application/octet-stream"}
    path = "/api/v1/jobs/raw?printer=front&profile=tm-t88v&title=1744"
    for fresh in (True, False):
        got = browser.post(path, content=b"\x1b@hello\n\x1dV\0", headers=headers)
        assert (got.status_code, got.json()["fresh"]) == (200, fresh)
    assert browser.post(path, json={}, headers=headers | {"content-type": "application/json"}).status_code == 415
    assert browser.post(path, content=b"x", headers=headers | {"idempotency-key": "\x7f"}).status_code == 422
    assert browser.post(path, content=b"x", headers={"content-type": "application/octet-stream"}).status_code == 422


def test_a_large_document_comes_in_and_a_larger_one_not(house: House, delivery: Delivery) -> None:
    browser = program(house, "jobs.print")
    headers = {"idempotency-key": "large", "content-type": "application/octet-stream"}
    path = "/api/v1/jobs/raw?printer=front"
    assert browser.post(path, content=bytes(2 << 20), headers=headers).status_code == 200
    assert browser.post(path, content=bytes((16 << 20) + 1), headers=headers).status_code == 413
    whole = {"content-length": str(JOB_BYTES_MAX + 1), "content-type": "application/json", "idempotency-key": "x"}
    assert browser.post("/api/v1/jobs", content=b"{}", headers=whole).status_code == 413
    small = {"content-type": "application/json"}
    assert browser.post(f"/api/v1/jobs/{'a' * 32}/move", content=bytes(70_000), headers=small).status_code == 413


ACTS = (
    ("GET", "/api/v1/jobs", None, "jobs.read"),
    ("GET", "/api/v1/printers", None, "jobs.read"),
    ("GET", "/api/v1/alarms", None, "jobs.read"),
    ("POST", "/api/v1/printers/front/test", None, "jobs.print"),
    ("POST", "/api/v1/printers/front/hold", {"held": True}, "printers.manage"),
    ("POST", "/api/v1/printers", {"name": "n", "address": "10.0.0.9"}, "printers.manage"),
    ("DELETE", "/api/v1/printers/bar", None, "printers.manage"),
)


@pytest.mark.parametrize(("method", "path", "body", "right"), ACTS)
def test_a_key_may_what_it_was_given(
    house: House, delivery: Delivery, method: str, path: str, body: Any, right: str
) -> None:
    others = {"jobs.read", "jobs.print", "jobs.answer", "printers.manage", "receipts.read"} - {right}
    assert program(house, *others).request(method, path, json=body).status_code == 403
    assert program(house, right).request(method, path, json=body).status_code == 200


def test_a_station_answers_cancels_moves_and_prints_again(house: House, delivery: Delivery) -> None:
    browser = program(house, "jobs.read", "jobs.print", "jobs.answer")
    asked = unknown(house, "1")
    done = browser.post(f"/api/v1/jobs/{asked.id}/answer", json={"came_out": True}).json()
    assert (done["state"], done["evidence"], done["by"][:4]) == ("printed", "person", "key:")
    headers = {"idempotency-key": "again"}
    made = [browser.post(f"/api/v1/jobs/{asked.id}/reprint", headers=headers).json() for _ in range(2)]
    assert made[0] == made[1]
    assert (made[0]["copy"], made[0]["parent"]) == (2, asked.id)
    assert browser.post(f"/api/v1/jobs/{asked.id}/reprint").status_code == 422
    assert browser.post(f"/api/v1/jobs/{made[0]['id']}/move", json={"printer": "bar"}).json()["printer"] == "bar"
    assert browser.post(f"/api/v1/jobs/{made[0]['id']}/cancel").json()["state"] == "cancelled"
    assert browser.post(f"/api/v1/jobs/{'a' * 32}/cancel").status_code == 404


def test_alarms_and_printers_for_programs(house: House, delivery: Delivery) -> None:
    browser = program(house, "jobs.read")
    assert browser.get("/api/v1/alarms").json() == {"alarms": [], "asking": 0}
    delivery.board.seen("front", paper="out", cover_open=False)
    unknown(house, "1743")
    told = browser.get("/api/v1/alarms", headers={"accept-language": "ko"}).json()
    assert (told["asking"], [(one["printer"], one["trouble"], one["what"]) for one in told["alarms"]]) == (
        1, [("front", "paper", "용지 없음")],
    )  # fmt: skip
    row = browser.get("/api/v1/printers/front").json()
    assert (row["paper"], row["able"], row["origin"], row["queue"]["asking"], row["last"]["state"]) == (
        "out", "A", "file", 1, "unknown",
    )  # fmt: skip


def test_one_that_calls_in_gets_its_address_once(house: House, delivery: Delivery) -> None:
    browser = program(house, "jobs.read", "printers.manage")
    made = browser.post("/api/v1/printers", json={"name": "pizza", "address": "starprnt+cloudprnt://"}).json()
    assert made["url"].startswith("http://10.0.0.2:7004/cloudprnt/")
    assert made["url"].rpartition("/")[2] not in browser.get("/api/v1/printers").text
    assert browser.post("/api/v1/printers/pizza/word").json()["url"] != made["url"]
    evil = browser.post("/api/v1/printers", json={"name": "evil", "address": "escpos+file:///etc/passwd"})
    assert (evil.status_code, evil.json()["code"]) == (409, "web.printer_wire")


def test_figures_count_what_is_durable_once(house: House, delivery: Delivery) -> None:
    browser = house.user()
    house.now_s[0] += 10
    printed(house, "1")
    heard(house, begun(house, "2", printer="bar"), Event.LINK_LOST)
    delivery.board.seen("front", paper="ok")
    delivery.board.change("bar", link="down")
    house.now_s[0] += 5
    for _ in range(2):
        text = browser.get("/metrics").text
        for line in (
            'kvit_jobs_ended_total{evidence="A",printer="front",state="printed"} 1.0',
            'kvit_jobs_ended_total{evidence="",printer="bar",state="unknown"} 1.0',
            'kvit_job_attempts_total{printer="bar"} 1.0',
            'kvit_jobs_asked_about{printer="bar"} 1.0',
            'kvit_printer_up{printer="front"} 1.0',
            'kvit_printer_up{printer="bar"} 0.0',
            'kvit_printer_seen_seconds{printer="front"} 5.0',
            'kvit_delivery_seconds_count{state="printed"} 1.0',
        ):
            assert line in text, line
    assert "sale" not in text


def test_many_pages_of_jobs_are_walked_whole(house: House, delivery: Delivery) -> None:
    browser = program(house, "jobs.print", "jobs.read")
    for number in range(7):
        hand_in(browser, f"sale {number}")
    found: list[str] = []
    query = "limit=3"
    while query:
        page = browser.get(f"/api/v1/jobs?{query}").json()
        found += [job["key"] for job in page["jobs"]]
        query = f"limit=3&before={page['next']}" if page["next"] else ""
    assert found == [f"sale {number}" for number in reversed(range(7))]
