from __future__ import annotations

import secrets
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from kvit.i18n import LANGUAGES
from kvit.receipt import service
from kvit.receipt.links import make_token
from kvit.web import public_app
from kvit.web.station_desk import NoStation
from tests.receipt.printouts import SHOP, prepared
from tests.web import wallets
from tests.web.house import House


@pytest.fixture
def link(house: House) -> str:
    (id_,) = house.keep()
    token = make_token(secrets.token_bytes(16))
    house.db.write_now(service.make_link, SHOP, id_, token, "user:1", int(house.now_s[0]))
    return f"/r/{token}"


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_the_customers_page(house: House, link: str) -> None:
    got = house.public().get(link)
    assert got.status_code == 200
    assert "Latte" in got.text
    assert got.headers["cache-control"] == "no-store"
    assert got.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in got.headers["x-robots-tag"]
    page = Page(got.text)
    names = {tag for tag, _ in page.tags}
    assert not names & {"script", "style", "iframe", "object"}
    for _, attributes in page.tags:
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href"):
            value = attributes.get(name) or ""
            assert value == "" or value.startswith(("/", "#", "?lang=", "data:image/png")), value
    metas = {attributes.get("name"): attributes.get("content") for tag, attributes in page.tags if tag == "meta"}
    assert metas["referrer"] == "no-referrer"
    assert "noindex" in str(metas["robots"])


@pytest.mark.parametrize(
    ("ending", "start"),
    [
        ("png", b"\x89PNG"),
        ("pdf", b"%PDF"),
        ("txt", b""),
        ("html", b""),
        ("json", b"{"),
        ("csv", b"\xef\xbb\xbfreceipt,"),
        ("ekabs", b"{"),
        ("ubl", b"<?xml"),
    ],
)
def test_forms_to_keep(house: House, link: str, ending: str, start: bytes) -> None:
    got = house.public().get(f"{link}.{ending}")
    assert got.status_code == 200
    assert got.content.startswith(start)
    assert got.headers["content-disposition"].startswith("attachment")
    assert got.headers["cache-control"] == "no-store"


def test_the_printers_bytes_are_the_shops(house: House, link: str) -> None:
    for ending in ("bin", "sheet", "svg", "", "exe"):
        assert house.public().get(f"{link}.{ending}").status_code == 404


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_chosen_and_kept(house: House, link: str, language: str) -> None:
    browser = house.public()
    assert f'<html lang="{language}">' in browser.get(link, headers={"accept-language": language}).text
    kept = browser.get(f"{link}?lang={language}")
    assert kept.headers["location"] == link
    assert f'<html lang="{language}">' in browser.get(link, headers={"accept-language": "de"}).text


def test_all_that_is_no_link_looks_the_same(house: House, link: str) -> None:
    house.now_s[0] += 10
    old = make_token(secrets.token_bytes(16))
    (id_,) = house.keep(prepared(9))
    house.db.write_now(service.make_link, SHOP, id_, old, "user:1", 5, 5)
    tries = (f"/r/{old}", "/r/" + make_token(secrets.token_bytes(16)), "/r/x", "/r/" + "0" * 22, "/r/" + "a" * 300)
    browser = house.public()
    answers = [browser.get(path) for path in tries]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


def test_guessing_is_slowed_and_heard(house: House, link: str) -> None:
    browser = house.public()
    answers = [browser.get("/r/" + make_token(secrets.token_bytes(16))).status_code for _ in range(70)]
    assert answers == [404] * 60 + [429] * 10
    assert browser.get(link).status_code == 429
    house.now_s[0] += 60
    assert browser.get(link).status_code == 200


def test_many_guessers_ring_the_alarm(house: House) -> None:
    app = public_app(house.context)
    for number in range(120):
        browser = TestClient(app, "http://127.0.0.1:7001", client=(f"10.0.{number}.1", 1))
        browser.get("/r/" + make_token(secrets.token_bytes(16)))
    assert [event for event, _ in house.told].count("web.links_guessed") == 1


class Desk(NoStation):
    """A counter that hears of opened links."""

    def __init__(self) -> None:
        super().__init__()
        self.heard: list[tuple[str, str, bool]] = []

    async def opened(self, shop: str, id_: str, customer: str = "") -> None:
        self.heard.append((shop, id_, bool(customer)))


def test_the_counter_hears_that_a_link_was_opened_and_kept(house: House) -> None:
    desk = Desk()
    object.__setattr__(house.context, "station", desk)
    (id_,) = house.keep()
    path, phone = wallets.link(house, id_), house.public()
    phone.head(path)
    phone.get(f"{path}.pdf")
    phone.get("/r/" + "1" * 22)
    assert desk.heard == []
    wallets.send(phone, f"{path}/keep", path)
    assert desk.heard == [(SHOP, id_, False), (SHOP, id_, True)]


def test_the_page_of_what_is_on_its_way_looks_again_until_told_not_to(house: House, link: str) -> None:
    browser = house.public()
    unknown = "/r/" + "1" * 22
    got = browser.get(unknown)
    assert (got.status_code, got.headers["refresh"]) == (404, "20")
    assert "?look=0" in got.text
    assert "refresh" not in browser.get(f"{unknown}?look=0").headers
    assert "refresh" not in browser.get(link).headers
    assert unknown not in got.text
