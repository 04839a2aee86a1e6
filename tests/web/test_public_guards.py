"""What holds for every route of the public site, walked over its table: tokens, origins, other people's wallets, harm."""

from __future__ import annotations

import csv
import io
import itertools
import random
import re
from collections import defaultdict
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from kvit.receipt.model import Kind, Line, Payment, Reading
from kvit.receipt.printout import Prepared
from kvit.web.guard import PUBLIC_HEADERS
from kvit.web.public import public_table
from kvit.web.routes import CUSTOMER, PUBLIC, WRITES, Route
from tests.receipt.printouts import prepared
from tests.web.house import PUBLIC as SITE
from tests.web.house import House, csrf
from tests.web.wallets import give_world, link, send, with_wallet

SAMPLES = defaultdict(lambda: "a" * 16, {"ending": "json", "token": "1" * 22})


def routes(house: House) -> list[Route]:
    return public_table(house.context).routes


def call(browser: TestClient, route: Route, path: str, headers: dict[str, str], token: str) -> int:
    fields: dict[str, object] = {"json": {}} if route.body_type is not None else {}
    if route.form_type is not None:
        fields = {"data": {"csrf": token}}
    if token:
        headers = headers | {"x-csrf-token": token}
    return browser.request(route.method, path, headers=headers, **fields).status_code  # type: ignore[arg-type]


def test_every_route_has_a_right_and_words(house: House) -> None:
    for route in routes(house):
        assert route.needs in (PUBLIC, CUSTOMER), route.path
        assert route.summary, route.path


TRIES: tuple[tuple[dict[str, str], bool | str], ...] = (
    ({}, True), ({"origin": "null"}, True), ({"origin": "https://evil.example"}, True),
    ({"sec-fetch-site": "cross-site"}, True), ({"origin": "null", "sec-fetch-site": "same-site"}, True),
    ({"origin": "null", "sec-fetch-site": "cross-site"}, True), ({"origin": SITE}, False), ({"origin": SITE}, "x" * 43),
)  # fmt: skip


@pytest.mark.parametrize("known", [True, False])
def test_every_write_wants_our_origin_and_the_devices_token(house: House, known: bool) -> None:
    browser = with_wallet(house) if known else house.public()
    token = csrf(browser.get("/wallet/settings" if known else "/wallet").text)
    number = 0
    for route, (headers, given) in itertools.product(routes(house), TRIES):
        if route.method not in WRITES:
            continue
        number += 1
        house.now_s[0] += 5
        word = given if isinstance(given, str) else token if given else ""
        path = route.path.format_map(SAMPLES)
        assert call(browser, route, path, dict(headers), word) == 403, (route.path, headers)
    assert number >= 18 * len(TRIES)


def test_a_browser_that_hides_where_it_comes_from_may_write(house: House) -> None:
    """``no-referrer`` makes browsers send ``Origin: null``; what they say of the site is believed then."""
    (id_,) = house.keep()
    path, phone = link(house, id_), house.public()
    token = csrf(phone.get(path).text)
    headers = {"origin": "null", "sec-fetch-site": "same-origin"}
    assert phone.post(f"{path}/keep", data={"csrf": token}, headers=headers).status_code == 303


def test_a_token_is_of_one_device(house: House) -> None:
    mine, other = with_wallet(house), with_wallet(house)
    token = csrf(other.get("/wallet/settings").text)
    got = mine.post("/wallet/wish", data={"csrf": token, "wish": "paper"}, headers={"origin": SITE})
    assert got.status_code == 403


def test_nobody_without_a_device_gets_in(house: House) -> None:
    for route in routes(house):
        if route.needs != CUSTOMER:
            continue
        browser = house.public()
        token = csrf(browser.get("/wallet").text)
        house.now_s[0] += 5
        status = call(browser, route, route.path.format_map(SAMPLES), {"origin": SITE}, token)
        assert status == (303 if route.page and route.method == "GET" else 401), route.path


def test_another_ones_receipt_is_not_there(house: House) -> None:
    mine, theirs = house.keep(prepared(0), prepared(1, "Private Shop\nSecret 1.00\n"))
    me, other = with_wallet(house, mine), with_wallet(house, theirs)
    token = csrf(me.get("/wallet/settings").text)
    fields = {"category": "home", "days": "7", "link": "0" * 16, "day": "2026-01-01"}
    for route in routes(house):
        if "{name}" not in route.path:
            continue
        house.now_s[0] += 5
        path = route.path.replace("{name}", theirs)
        if route.method == "GET":
            got = me.get(path)
        else:
            got = me.post(path, data={"csrf": token, **fields}, headers={"origin": SITE})
        assert got.status_code == 404, path
        assert "Secret" not in got.text
    assert other.get(f"/wallet/r/{theirs}").status_code == 200
    for path in ("/wallet", "/wallet/months", "/wallet/export.json", "/wallet/export.csv", "/wallet/found"):
        assert "Private Shop" not in me.get(path).text, path


def test_staff_sessions_mean_nothing_here(house: House) -> None:
    browser = house.public()
    browser.cookies.set("kvit-session", house.user().cookies["kvit-session"])
    assert browser.get("/wallet/settings").headers["location"] == "/wallet"
    staff = house.staff()
    staff.cookies.set("kvit-wallet", with_wallet(house).cookies["kvit-wallet"])
    assert staff.get("/live").headers["location"] == "/sign-in"


def test_every_answer_has_its_headers(house: House) -> None:
    give_world(house)
    (id_,) = house.keep()
    phone = with_wallet(house, id_)
    paths = [route.path.format_map(SAMPLES) for route in routes(house)]
    paths += [f"/wallet/r/{id_}", f"/wallet/r/{id_}.pdf", link(house, id_), "/nothing", "/wallet/"]
    for path, method in itertools.product(paths, ("GET", "POST", "PUT", "HEAD")):
        house.now_s[0] += 5
        headers = phone.request(method, path).headers
        for name, value in PUBLIC_HEADERS.items():
            assert name in headers, (path, name)
            if name not in ("cache-control", "content-security-policy"):
                assert headers[name] == value, (path, name)
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert "unsafe" not in headers["content-security-policy"]


def test_no_address_or_log_line_tells_who_or_what(house: House) -> None:
    sent, _ = give_world(house)
    (id_,) = house.keep(prepared(0, "Apotheke Sonnenschein\nIbuprofen 400 12.90\n"))
    phone = with_wallet(house, id_)
    send(phone, "/wallet/find", "/wallet", search="Ibuprofen")
    for path in ("/wallet/found", "/wallet?cursor=Ibuprofen", f"/wallet/r/{id_}?said=kept", "/wallet/r/Ibuprofen.exe"):
        phone.get(path)
    send(phone, "/wallet/prove", "/wallet/prove", contact="07400 123456")
    send(phone, "/wallet/prove", "/wallet/prove", contact="anna@example")
    send(phone, "/wallet/prove/code", "/wallet/prove", proof="zz", digits=sent.codes[-1][2])
    told = " ".join(str(values) for _, values in house.told)
    for secret in (
        "Sonnenschein",
        "Ibuprofen",
        "7400",
        "anna@example",
        sent.codes[-1][2],
        phone.cookies["kvit-wallet"],
    ):
        assert secret not in told, secret


class Harm(HTMLParser):
    """Elements and attributes of a page, and its text."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.shape: list[tuple[str, tuple[str, ...]]] = []
        self.words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.shape.append((tag, tuple(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.words.append(data)


EVIL = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(2)>", "'><svg/onload=alert(3)>", "</bdi></textarea><b>",
    "&lt;script&gt;", "{{7*7}}", "{% raw %}", "javascript:alert(4)", "\u202eoverride\u202c", "\u2066iso\u2069",
    "\x00\x1b[2J",
    "<!--", "]]>", "<iframe src=//evil>", "=cmd|' /C calc'!A0", "<a href=javascript:1>x</a>", "\ufeff\u200b",
    "<style>*{}</style>",
)  # fmt: skip
BIDI = set("\u202a\u202b\u202c\u202d\u202e")


def evil_words(known: random.Random) -> str:
    return " ".join(known.choice((known.choice(EVIL), "Latte", "abc")) for _ in range(known.randint(1, 4)))


def hostile(known: random.Random, number: int) -> Prepared:
    """A receipt of nothing but such words: its shop, number, tax number, two dozen goods, the text on its paper."""
    words = [evil_words(known) for _ in range(27)]
    reading = Reading(
        kind=Kind.SALE, shop=words[0], number=words[1], tax_id=words[2], total=450, currency="USD",
        items=tuple(Line(word, 1000, 450, 450) for word in words[3:]), payments=(Payment("card", 450),),
    )  # fmt: skip
    return prepared(number, "\n".join(words) + "\n", reading=reading)


def test_a_thousand_hostile_receipts_are_only_text(house: House) -> None:
    """27,000 words that break out of something: all are in the lists and exports, a thousand of them on pages."""
    known = random.Random(6)
    phone = with_wallet(house)
    ids = house.keep(*(hostile(known, number) for number in range(1, 1001)))
    _keep_all(house, phone, ids)
    for id_ in ids[::25]:
        house.now_s[0] += 30
        path = link(house, id_)
        for place in (path, f"/wallet/r/{id_}", f"/wallet/r/{id_}.html"):
            found = _harmless(phone.get(place).text)
            assert sum(tag == "script" for tag, _ in found.shape) <= 1
    cursor: str | None = ""
    pages = 0
    while cursor is not None:
        house.now_s[0] += 5
        text = phone.get("/wallet", params={"cursor": cursor}).text
        assert {tag for tag, _ in _harmless(text).shape} <= _list_tags()
        more = re.search(r'name="cursor" value="([^"]+)"', text)
        cursor, pages = more[1] if more else None, pages + 1
    assert pages == 34
    told = phone.get("/wallet/export.json").text, phone.get("/wallet/export.csv").text
    assert not any("\x1b" in text or "\x00" in text for text in told)
    rows = list(csv.reader(io.StringIO(told[1])))
    assert len(rows) > 24_000
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "@")) or BIDI & set(cell)]


def _harmless(text: str) -> Harm:
    found = Harm(text)
    assert not {tag for tag, _ in found.shape} & {"iframe", "object", "embed", "b", "textarea", "base"}
    assert not [(tag, name) for tag, names in found.shape for name in names if name.startswith("on")]
    assert not BIDI & set("".join(found.words))
    return found


def _list_tags() -> set[str]:
    return {
        "html", "head", "meta", "title", "link", "script", "body", "a", "nav", "main", "h1", "form", "div", "input",
        "button", "details", "summary", "label", "select", "option", "p", "ul", "li", "span", "bdi", "time", "footer",
    }  # fmt: skip


def _keep_all(house: House, phone: TestClient, ids: list[str]) -> None:
    from kvit.access.customers import service as customers
    from kvit.access.customers.devices import device_hash
    from kvit.receipt.wallet import service

    found = house.db.read_now(customers.visitor, device_hash(phone.cookies["kvit-wallet"]), int(house.now_s[0]))
    assert found is not None
    for id_ in ids:
        house.db.write_now(service.keep, found[0].id, "shop-1", id_, 1, "till")
