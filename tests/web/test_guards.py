"""What holds for every route: rights, tokens, headers, limits. Walked over the tables, so a new route is covered."""

from __future__ import annotations

import itertools
import secrets
from collections import defaultdict
from ipaddress import ip_network

import pytest
from starlette.testclient import TestClient

from kvit.access import PERMISSIONS, ROLES, key, service, staff
from kvit.web.guard import PUBLIC_HEADERS, STAFF_HEADERS
from kvit.web.limit import ADDRESSES_MAX, MissAlarm, RateLimit, network_of
from kvit.web.routes import ANY_USER, PUBLIC, WRITES, Route
from kvit.web.terminal import HEADERS as TERMINAL_HEADERS
from kvit.web.windows import staff_table
from tests.web.house import STAFF, House, csrf

FORM = {"content-type": "application/x-www-form-urlencoded", "origin": STAFF}
SAMPLES = defaultdict(lambda: "a" * 16, {"ending": "png", "token": "1" * 22})


def routes(house: House) -> list[Route]:
    return staff_table(house.context).routes


def address(route: Route) -> str:
    return route.path.format_map(SAMPLES)


def send(browser: TestClient, route: Route, headers: dict[str, str], token: str = "") -> int:
    fields: dict[str, object] = {}
    if route.form_type is not None:
        fields["data"] = {"csrf": token}
    elif route.body_type is not None:
        fields["json"] = {}
    if token:
        headers = headers | {"x-csrf-token": token}
    return browser.request(route.method, address(route), headers=headers, **fields).status_code  # type: ignore[arg-type]


def test_every_route_names_a_right_that_exists(house: House) -> None:
    for route in routes(house):
        assert route.needs in (PUBLIC, ANY_USER) or route.needs in PERMISSIONS, route.path
        assert route.summary, route.path


def test_nobody_gets_in_unknown(house: House) -> None:
    for route in routes(house):
        if route.needs == PUBLIC or route.stream:
            continue
        browser = house.staff()
        token = csrf(browser.get("/first").text)
        status = send(browser, route, {"origin": STAFF}, token)
        assert status == (303 if route.page and route.method == "GET" else 401), route.path


@pytest.mark.parametrize("role", ROLES)
def test_a_missing_right_is_a_403(house: House, role: str) -> None:
    browser = house.user(role)
    token = csrf(browser.get("/admin").text)
    for route in routes(house):
        if route.needs not in PERMISSIONS or route.stream:
            continue
        status = send(browser, route, {"origin": STAFF}, token)
        assert (status == 403) == (route.needs not in ROLES[role]), (role, route.method, route.path, status)


def test_every_write_wants_our_origin_and_the_sessions_token(house: House) -> None:
    browser = house.user()
    token = csrf(browser.get("/admin").text)
    tries: tuple[tuple[dict[str, str], str], ...] = (
        ({}, token),
        ({"origin": "null"}, token),
        ({"origin": "https://evil.example"}, token),
        ({"sec-fetch-site": "cross-site"}, token),
        ({"origin": STAFF}, ""),
        ({"origin": STAFF}, "x" * 43),
    )
    for route, (headers, given) in itertools.product(routes(house), tries):
        if route.method in WRITES and not route.by_machine:  # those look at no cookie: tests/web/test_shops.py
            assert send(browser, route, dict(headers), given) == 403, (route.path, headers)
            if route.method == "POST":
                read = browser.get(address(route))
                assert read.status_code in (200, 303, 404, 405, 422), route.path


def test_reading_changes_nothing(house: House) -> None:
    ids = house.keep()
    browser = house.user()
    before = house.db.read_now(_everything)
    for route in routes(house):
        if route.method == "GET" and not route.stream:
            browser.get(address(route))
    assert house.db.read_now(_everything) == before
    assert ids


def _everything(tx: object) -> list[object]:
    tables = tx.all("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'receipt_words%'")  # type: ignore[attr-defined]
    return [(name, tx.all(f"SELECT * FROM {name}")) for (name,) in tables]  # type: ignore[attr-defined]


def test_every_answer_has_its_headers(house: House) -> None:
    (id_,) = house.keep()
    browser = house.user()
    css = browser.get("/live").text.split('rel="stylesheet" href="')[1].split('"')[0]
    paths = [address(route) for route in routes(house) if not route.stream]
    paths += [css, "/nothing", f"/receipts/{id_}.png", "/static/x/../../etc/passwd", "/live/"]
    for path, method in itertools.product(paths, ("GET", "POST", "PUT", "OPTIONS", "HEAD")):
        answer = browser.request(method, path)
        printers = path == "/terminal" and answer.status_code == 200  # the one page that may reach a device's printers
        _has(answer.headers, STAFF_HEADERS | (TERMINAL_HEADERS if printers else {}))
    public = house.public()
    for path in ("/", "/r/" + "1" * 22, "/r/x", "/nothing", "/r/a.exe", css, "/healthz"):
        _has(public.get(path).headers, PUBLIC_HEADERS)


def _has(headers: object, wanted: dict[str, str]) -> None:
    for name, value in wanted.items():
        assert name in headers, name  # type: ignore[operator]
        if name not in ("cache-control", "content-security-policy"):
            assert headers[name] == value, name  # type: ignore[index]
    policy = headers["content-security-policy"]  # type: ignore[index]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy


def test_limits_of_a_request(house: House) -> None:
    browser = house.staff()
    table = (
        (browser.get("/first", headers={f"x-{n}": "1" for n in range(80)}), 431),
        (browser.get("/first", headers={"x": "a" * 20_000}), 431),
        (browser.get("/first?" + "a" * 5000), 414),
        (browser.post("/first", content=b"a" * 70_000), 413),
        (browser.post("/first", content=iter([b"a" * 40_000, b"a" * 40_000]), headers=FORM), 413),
        (browser.post("/first", content=b"x", headers={"content-length": "-1"}), 400),
        (browser.post("/first", json={}, headers={"origin": STAFF}), 415),
    )  # fmt: skip
    for got, status in table:
        assert got.status_code == status
        assert got.headers["content-security-policy"]


def test_a_fault_is_a_number_and_never_a_trace(house: House) -> None:
    def broken() -> float:
        raise RuntimeError("the secret of the house")

    object.__setattr__(house.context, "clock", broken)
    got = house.public(raise_server_exceptions=False).get("/r/" + "1" * 22)
    assert got.status_code == 500
    assert "secret" not in got.text
    event, values = house.told[-1]
    assert event == "web.fault"
    assert str(values["id"]) in got.text
    assert "the secret of the house" in str(values["trace"])
    assert got.headers["x-content-type-options"] == "nosniff"


def test_only_a_known_proxy_is_believed(house: House) -> None:
    headers = {"x-forwarded-for": "6.6.6.6, 127.0.0.1", "x-forwarded-proto": "https"}
    stranger = house.staff(client=("10.0.0.9", 1))
    assert stranger.get("/metrics", headers=headers).status_code == 404
    assert "strict-transport-security" not in stranger.get("/first", headers=headers).headers
    object.__setattr__(house.context, "proxies", (ip_network("10.0.0.0/24"),))
    assert house.staff(client=("10.0.0.9", 1)).get("/metrics", headers=headers).status_code == 200
    assert "strict-transport-security" in house.staff(client=("10.0.0.9", 1)).get("/first", headers=headers).headers


def test_a_key_reads_without_a_session(house: House) -> None:
    (id_,) = house.keep()
    fresh = key.fresh_key(secrets.token_bytes)
    owner = house.user()
    identity = house.db.read_now(service.who, owner.cookies["kvit-session"], int(house.now_s[0]))
    assert identity is not None
    house.db.write_now(staff.issue_key, identity, fresh, "books", ["receipts.read"], int(house.now_s[0]))
    headers = {"authorization": f"Bearer {fresh.text}"}
    assert house.staff().get(f"/api/v1/receipts/{id_}", headers=headers).status_code == 200
    assert house.staff().post(f"/api/v1/receipts/{id_}/links", json={}, headers=headers).status_code == 403
    wrong = {"authorization": "Bearer kvit_nonsense"}
    assert house.staff().get(f"/api/v1/receipts/{id_}", headers=wrong).status_code == 401


def test_the_rate_of_an_address() -> None:
    limit = RateLimit(60)
    assert [limit.allows("1.2.3.4", 0.0) for _ in range(61)] == [True] * 60 + [False]
    assert limit.allows("1.2.3.5", 0.0)
    assert limit.allows("1.2.3.4", 1.0)
    assert not limit.allows("1.2.3.4", 1.0)
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff")
    for number in range(ADDRESSES_MAX + 10):
        limit.allows(f"a{number}", 2.0)
    assert len(limit._buckets) == ADDRESSES_MAX


def test_the_alarm_rings_once_a_minute() -> None:
    alarm = MissAlarm(3)
    rang = [at for at in (0, 1, 2, 3, 61, 62, 63, 64) if alarm.missed(at)]
    assert rang == [2, 62]
