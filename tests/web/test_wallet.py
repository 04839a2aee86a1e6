"""The wallet's pages: a receipt is kept without an account, found again, described, shared, taken out."""

from __future__ import annotations

import datetime
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl

import pytest
from starlette.testclient import TestClient

from kvit.i18n import LANGUAGES
from kvit.receipt.model import Kind, Line, Reading
from kvit.receipt.wallet.model import Category
from tests.receipt.printouts import DAY_MS, NOON_MS, prepared
from tests.web.house import PUBLIC, House, csrf
from tests.web.wallets import give_world, keep, link, send, with_wallet

KIMBAP = Reading(
    kind=Kind.SALE, items=(Line("김밥", 1000, 4500, 4500),), total=4500, currency="KRW", decimals=0, verified=True
)
PAGES = ("/wallet", "/wallet/months", "/wallet/code", "/wallet/settings", "/wallet/prove")


def look(phone: TestClient, query: str) -> Any:
    found = send(phone, "/wallet/find", "/wallet", **dict(parse_qsl(query)))
    assert found.headers["location"] == "/wallet/found"
    return phone.get("/wallet/found")


def titles(text: str) -> list[str]:
    return re.findall(r'class="title"><bdi>([^<]*)', text)


def test_a_receipt_is_kept_without_an_account(house: House) -> None:
    (id_,) = house.keep()
    phone, path = house.public(), link(house, id_)
    assert "kvit-wallet" not in phone.cookies
    got = send(phone, f"{path}/keep", path)
    assert (got.status_code, got.headers["location"]) == (303, f"/wallet/r/{id_}?said=kept")
    assert "kvit-wallet" in phone.cookies
    assert 'role="status"' in phone.get(got.headers["location"]).text
    assert titles(phone.get("/wallet").text) == ["Corner Cafe"]
    assert f'href="/wallet/r/{id_}"' in phone.get(path).text
    assert "/keep" not in phone.get(path).text
    assert titles(house.public().get("/wallet").text) == []


def test_the_cookie_of_a_device(house: House) -> None:
    (id_,) = house.keep()
    path = link(house, id_)
    phone = TestClient(house.public().app, "https://127.0.0.1:7001", follow_redirects=False)
    token = csrf(phone.get(path).text)
    got = phone.post(f"{path}/keep", data={"csrf": token}, headers={"origin": "https://127.0.0.1:7001"})
    (cookie,) = [one for one in got.headers.get_list("set-cookie") if "kvit-wallet=" in one]
    for word in ("__Host-kvit-wallet=", "HttpOnly", "Secure", "SameSite=lax", "Path=/"):
        assert word in cookie
    assert phone.get("/wallet").text.count('class="title"') == 1


def test_two_receipts_one_wallet(house: House) -> None:
    first, second = house.keep(prepared(0), prepared(1, "Other Shop\nTee 2.00\n"))
    phone = with_wallet(house, first, second)
    assert titles(phone.get("/wallet").text) == ["Other Shop", "Corner Cafe"]
    keep(house, house.public(), first)
    assert titles(phone.get("/wallet").text) == ["Other Shop", "Corner Cafe"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("search=latte", 1), ("search=카노", 1), ("search=nothing", 0), ("category=eating", 2), ("category=home", 0),
        ("least=4&most=5", 1), ("least=4,50&most=4,50", 1), ("least=4500", 1), ("most=1", 0), ("since=2024-10-05", 1),
        ("until=2024-10-04", 1), ("since=2024-10-04&until=2024-10-07", 2), ("reminders=1", 0),
        ("shop=shop-1", 2), ("shop=x", 0),
    ],
)  # fmt: skip
def test_finding(house: House, query: str, count: int) -> None:
    korean = prepared(1, "분식\n아메리카노 4,500\n", reading=KIMBAP, taken_at_ms=NOON_MS + 2 * DAY_MS)
    phone = with_wallet(house, *house.keep(prepared(0), korean))
    assert len(titles(look(phone, query).text)) == count


@pytest.mark.parametrize(
    "query", ["since=yesterday", "least=cheap", "category=nonsense", "until=9999-12-31", "most=1e9"]
)
def test_what_nobody_can_read_is_said(house: House, query: str) -> None:
    phone = with_wallet(house)
    got = look(phone, query)
    assert got.status_code == 200
    assert 'role="alert"' in got.text
    assert len(titles(got.text)) == 1


def test_what_is_looked_for_is_in_no_address(house: House) -> None:
    phone = with_wallet(house)
    assert len(titles(look(phone, "search=아메리카노 Ibuprofen").text)) == 0
    assert 'value="아메리카노 Ibuprofen"' in phone.get("/wallet/found").text
    assert len(titles(look(phone, "search=").text)) == 1
    for cookie in ("x", "%%%", "c2VhcmNoPQ", "_-8", "a" * 5000):
        phone.cookies.set("kvit-find", cookie)
        assert phone.get("/wallet/found").status_code == 200
    letters = "한" * 200
    assert f'value="{letters}"' in look(phone, f"search={letters}").text


def test_older_receipts_are_behind_a_button(house: House) -> None:
    ids = house.keep(*(prepared(number) for number in range(33)))
    phone = house.public()
    for number, id_ in enumerate(ids):
        house.now_s[0] += 20 * (number % 20 == 0)
        keep(house, phone, id_)
    text = look(phone, "category=eating").text
    assert len(titles(text)) == 30
    (cursor,) = re.findall(r'name="cursor" value="([^"]+)"', text)
    assert len(titles(phone.get("/wallet/found", params={"cursor": cursor}).text)) == 3
    assert phone.get("/wallet?cursor=nonsense").status_code == 400


def test_a_category_is_corrected_for_the_place(house: House) -> None:
    first, second = house.keep(prepared(0), prepared(1))
    phone = with_wallet(house, first, second)
    page = f"/wallet/r/{first}"
    done = send(phone, f"{page}/category", page, category="leisure", everywhere="1")
    assert done.headers["location"] == f"{page}?said=category"
    assert look(phone, "category=leisure").text.count('class="title"') == 2
    assert send(phone, f"{page}/category", page, category="nonsense").status_code == 422


def test_a_reminder_and_a_note(house: House) -> None:
    (id_,) = house.keep()
    phone = with_wallet(house, id_)
    page = f"/wallet/r/{id_}"
    day = (datetime.date(2024, 10, 4) + datetime.timedelta(days=700)).isoformat()
    assert send(phone, f"{page}/remind", page, day=day, words="Warranty").status_code == 303
    assert "Warranty" in phone.get(page).text
    assert len(titles(look(phone, "reminders=1").text)) == 1
    assert send(phone, f"{page}/remind", page, day="2020-01-01").status_code == 409
    assert send(phone, f"{page}/remind", page, day="soon").status_code == 409
    assert send(phone, f"{page}/remind", page).headers["location"] == f"{page}?said=reminder_gone"
    assert send(phone, f"{page}/note", page, note="For the office").status_code == 303
    assert len(titles(look(phone, "search=office").text)) == 1
    assert send(phone, f"{page}/note", page, note="x" * 201).status_code == 422


def test_a_share_ends(house: House) -> None:
    (id_,) = house.keep()
    phone, page = with_wallet(house, id_), f"/wallet/r/{id_}"
    made = send(phone, f"{page}/share", page, days="7")
    url = re.search(r'href="(http://127\.0\.0\.1:7001/r/[^"]+)"', made.text)
    assert url is not None
    assert '<svg class="qr"' in made.text
    assert url[1] not in phone.get(page).text
    friend = house.public()
    assert friend.get(url[1]).status_code == 200
    assert "/renew" not in friend.get(url[1]).text
    assert send(friend, f"{url[1]}/renew", url[1]).status_code == 409
    name = re.search(r'name="link" value="([0-9a-f]+)"', phone.get(page).text)
    assert name is not None
    assert send(phone, f"{page}/end", page, link=name[1]).status_code == 303
    assert friend.get(url[1]).status_code == 404
    again = re.search(r'href="(http://[^"]+/r/[^"]+)"', send(phone, f"{page}/share", page, days="1").text)
    assert again is not None
    house.now_s[0] += 24 * 3600
    assert friend.get(again[1]).status_code == 404
    assert send(phone, f"{page}/share", page, days="3").status_code == 422


def test_a_link_lives_longer(house: House) -> None:
    (id_,) = house.keep()
    path = link(house, id_, lifetime_s=3600)
    phone = house.public()
    assert send(phone, f"{path}/renew", path).headers["location"] == f"{path}?kept=longer"
    house.now_s[0] += 24 * 3600
    assert 'role="status"' in phone.get(f"{path}?kept=longer").text


def test_taking_out(house: House) -> None:
    (id_,) = house.keep()
    phone, page = with_wallet(house, id_), f"/wallet/r/{id_}"
    assert send(phone, f"{page}/remove", page).headers["location"] == "/wallet?said=removed"
    assert phone.get(page).status_code == 404
    assert house.user().get(f"/receipts/{id_}").status_code == 200


@pytest.mark.parametrize("ending", ["png", "pdf", "txt", "html", "json", "csv"])
def test_forms_of_a_kept_receipt(house: House, ending: str) -> None:
    (id_,) = house.keep()
    phone = with_wallet(house, id_)
    got = phone.get(f"/wallet/r/{id_}.{ending}")
    assert got.status_code == 200
    assert got.headers["content-disposition"].startswith("attachment")
    assert phone.get(f"/wallet/r/{id_}.bin").status_code == 404


def test_months_by_currency(house: House) -> None:
    korean = prepared(1, "분식\n김밥 4,500\n", reading=KIMBAP)
    back = Reading(kind=Kind.REFUND, total=100, currency="USD")
    phone = with_wallet(house, *house.keep(prepared(0), korean, prepared(2, "Corner Cafe\n", reading=back)))
    text = phone.get("/wallet/months").text
    assert text.count('<svg class="chart"') == 2
    assert text.count('class="bar-of') == 24
    assert "$3.50" in text
    assert "4,500" in text
    assert "4,50" + "3" not in text
    assert phone.get("/wallet/months?month=2024-09").text.count("chosen") >= 1
    assert phone.get("/wallet/months?month=2099-01").status_code == 200
    assert phone.get("/wallet/months?month=nonsense").status_code == 200
    assert phone.get("/wallet/months?month=2001-01").text.count('<svg class="chart"') == 2


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_speaks_every_language(house: House, language: str) -> None:
    give_world(house)
    (id_,) = house.keep()
    phone = with_wallet(house, id_)
    empty = house.public()
    pages = [(phone, path) for path in (*PAGES, f"/wallet/r/{id_}", link(house, id_))]
    pages += [(empty, path) for path in ("/wallet", "/wallet/prove", "/", "/r/" + "1" * 22, link(house, id_))]
    for browser, path in pages:
        got = browser.get(path, headers={"accept-language": language})
        assert f'<html lang="{language}">' in got.text, path
        assert not re.search(r">\s*(web|receipt|wallet|customers)\.[a-z_]+\s*<", got.text), path
        assert "{" not in re.sub(r"<script.*?</script>|data-files='[^']*'", "", got.text, flags=re.DOTALL), path


def test_pages_without_a_wallet(house: House) -> None:
    browser = house.public()
    assert browser.get("/wallet").status_code == 200
    for path in ("/wallet/months", "/wallet/code", "/wallet/settings", "/wallet/r/abc", "/wallet/export.json"):
        assert browser.get(path).headers["location"] == "/wallet", path
    assert browser.get("/wallet/codes").status_code == 401
    browser.cookies.set("kvit-wallet", "x" * 43)
    assert browser.get("/wallet/months").headers["location"] == "/wallet"


def test_a_wallet_begins_without_a_receipt(house: House) -> None:
    phone = house.public()
    assert send(phone, "/wallet/begin", "/wallet").headers["location"] == "/wallet/code"
    assert '<svg class="qr"' in phone.get("/wallet/code").text
    known = phone.cookies["kvit-wallet"]
    assert send(phone, "/wallet/begin", "/wallet/settings").status_code == 303
    assert phone.cookies["kvit-wallet"] == known


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_pages_load_nothing_from_elsewhere_and_tell_nobody(house: House) -> None:
    give_world(house)
    (id_,) = house.keep()
    phone = with_wallet(house, id_)
    for path in (*PAGES, f"/wallet/r/{id_}"):
        got = phone.get(path)
        assert got.headers["cache-control"] == "no-store"
        assert got.headers["referrer-policy"] == "no-referrer"
        assert "noindex" in got.headers["x-robots-tag"]
        assert "unsafe" not in got.headers["content-security-policy"]
        for tag, attributes in Page(got.text).tags:
            assert "style" not in attributes, path
            assert not any(name.startswith("on") for name in attributes), path
            assert tag not in ("style", "iframe", "object", "embed"), path
            for name in ("src", "href", "action"):
                value = attributes.get(name) or ""
                assert value == "" or value.startswith(("/", "#", "?lang=", "data:image/png")), value


def test_the_app_and_its_worker(house: House) -> None:
    phone = with_wallet(house)
    manifest = phone.get("/wallet/manifest.json").json()
    assert (manifest["scope"], manifest["start_url"], manifest["display"]) == ("/wallet", "/wallet", "standalone")
    assert all(phone.get(icon["src"]).status_code == 200 for icon in manifest["icons"])
    worker = phone.get("/wallet/worker.js")
    assert worker.headers["service-worker-allowed"] == "/wallet"
    assert "VERSION" not in worker.text


def test_all_categories_have_words_in_the_choice(house: House) -> None:
    (id_,) = house.keep()
    text = with_wallet(house, id_).get(f"/wallet/r/{id_}").text
    assert all(f'value="{one.value}"' in text for one in Category)


def test_an_address_is_slowed(house: House) -> None:
    phone = with_wallet(house)
    assert {phone.get("/wallet").status_code for _ in range(230)} == {200}
    assert [phone.get("/wallet").status_code for _ in range(20)][-1] == 429
    house.now_s[0] += 61
    tokens = csrf(phone.get("/wallet/settings").text)
    answers = [
        phone.post("/wallet/wish", data={"csrf": tokens, "wish": "paper"}, headers={"origin": PUBLIC}).status_code
        for _ in range(45)
    ]
    assert answers[0] == 303
    assert answers[-1] == 429
