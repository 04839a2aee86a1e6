"""The station's pages and its API: what waits, three keys, the last receipts, the customer's display."""

from __future__ import annotations

import re

import pytest

from kvit.access.customers.model import Wish
from kvit.counter import service
from kvit.counter.model import Routed
from kvit.i18n import LANGUAGES
from kvit.refusal import Refusal
from kvit.web.station_desk import Shown
from tests.receipt.printouts import SHOP, prepared
from tests.web.house import House, csrf, post
from tests.web.station import Station

URL = "http://127.0.0.1:7001/r/" + "1" * 22


@pytest.fixture
def station(house: House) -> Station:
    return Station(house)


def route(house: House, id_: str) -> Routed:
    found = house.db.read_now(service.get, SHOP, id_)
    assert isinstance(found, Routed)
    return found


def test_who_may(house: House, station: Station) -> None:
    assert house.user("cashier").get("/station").status_code == 200
    assert house.user("auditor").get("/station").status_code == 403
    assert house.staff().get("/station").headers["location"] == "/sign-in"


def test_a_key_for_what_waits(house: House, station: Station) -> None:
    (id_,) = house.keep()
    station.holds(id_)
    browser = house.user("cashier")
    text = browser.get("/station").text
    assert "Paper waits" in text
    assert f'data-until="{station.till.held[0].until_ms}"' in text
    assert [text.count(f'data-key="{number}"') for number in (1, 2, 3)] == [1, 1, 1]
    done = post(browser, "/station/choice", "/station", line="till-1", wish="electronic", receipt=id_)
    assert (done.status_code, done.headers["location"]) == (303, "/station?line=till-1")
    assert (route(house, id_).paper, route(house, id_).by[:5]) == (False, "user:")
    text = browser.get("/station").text
    assert 'data-outcome="electronic"' in text
    assert "the key was pressed" in text
    assert "Print after all" in text
    late = post(browser, "/station/choice", "/station", line="till-1", wish="paper", receipt=id_)
    assert late.status_code == 303  # nothing waits: it is for the next one
    assert station.till.key is Wish.PAPER
    assert post(browser, "/station/back", "/station", line="till-1", receipt=id_).status_code == 303
    assert (route(house, id_).paper, route(house, id_).why) == (True, "taken_back")
    again = post(browser, "/station/back", "/station", line="till-1", receipt=id_)
    assert again.status_code == 409
    assert "has been decided about already" in again.text


def test_a_key_pressed_ahead_is_shown_and_taken_back(house: House, station: Station) -> None:
    browser = house.user("cashier")
    assert "<h2>Next receipt</h2>" in browser.get("/station").text
    post(browser, "/station/choice", "/station", line="till-1", wish="both")
    text = browser.get("/station").text
    assert "Next receipt: both" in text
    assert text.count('aria-pressed="true"') == 1
    pressed = re.search(r'name="wish" value="(\w+)" aria-pressed="true"', text)
    assert pressed is not None
    post(browser, "/station/choice", "/station", line="till-1", wish=pressed[1])
    assert station.till.key is Wish.UNSAID


def test_unknown_lines_and_none(house: House) -> None:
    browser = house.user()
    assert "no line between a till and a printer" in browser.get("/station").text
    assert browser.get("/station?line=till-9").status_code == 404
    assert browser.get("/station/display").status_code == 404
    Station(house)
    refused = post(browser, "/station/choice", "/station", line="till-9", wish="paper")
    assert refused.status_code == 404


DISPLAYS = [
    ({}, "idle", "Corner Cafe"),
    ({"readers": ("r",)}, "idle", "Show your code here"),
    ({"waits": True}, "waits", "Welcome"),
    ({"shown": Shown("a", URL, 1 << 60)}, "code", '<svg class="qr"'),
]


@pytest.mark.parametrize(("values", "word", "says"), DISPLAYS, ids=["idle", "reader", "waits", "code"])
def test_the_display(house: House, station: Station, values: dict[str, object], word: str, says: str) -> None:
    station.change(**values)
    text = house.user("cashier").get("/station/display?line=till-1").text
    assert f'class="face {word}"' in text
    assert says in text
    assert URL not in text, "the link is in the code alone"
    assert "Sign out" not in text


def test_the_display_thanks_and_says_who_was_nobody(house: House, station: Station) -> None:
    now = int(house.now_s[0] * 1000)
    station.change(shown=Shown("a", URL, 1 << 60), claimed_ms=now, trouble=Refusal("counter.nobody"), trouble_ms=now)
    text = house.user("cashier").get("/station/display").text
    assert "Thank you" in text
    assert "No customers are recognised here" in text
    house.now_s[0] += 60
    text = house.user("cashier").get("/station/display").text
    assert 'class="face code"' in text
    assert "No customers" not in text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language(house: House, station: Station, language: str) -> None:
    (id_, other) = house.keep(prepared(0), prepared(1))
    station.holds(id_)
    station.holds(other)
    browser = house.user()
    for path in ("/station", "/station/display"):
        got = browser.get(path, headers={"accept-language": language})
        assert f'<html lang="{language}">' in got.text
        assert not re.search(r">\s*(web|receipt|station|counter)\.[a-z_]+\s*<", got.text)


def test_the_api(house: House, station: Station) -> None:
    (id_,) = house.keep()
    station.holds(id_)
    browser = house.user("cashier")
    token = csrf(browser.get("/account").text)
    headers = {"origin": "http://127.0.0.1:7003", "x-csrf-token": token}
    (line,) = browser.get("/api/v1/station/lines").json()["lines"]
    assert (line["line"], line["attended"], [each["receipt"] for each in line["held"]]) == ("till-1", True, [id_])
    assert browser.get("/api/v1/station/lines/till-1").json() == line
    (row,) = browser.get("/api/v1/station/lines/till-1/receipts").json()["receipts"]
    assert (row["outcome"], row["why"]) == ("waits", "wait")
    path = "/api/v1/station/lines/till-1/choice"
    assert browser.post(path, json={"wish": "electronic"}, headers=headers).json() == {"receipt": id_}
    (row,) = browser.get("/api/v1/station/lines/till-1/receipts").json()["receipts"]
    assert (row["outcome"], row["why"], row["paper_mm"], row["settled"]) == ("electronic", "key", 120, True)
    assert browser.post(path, json={"wish": "nothing"}, headers=headers).status_code == 422
    back = f"/api/v1/station/receipts/{id_}/back"
    assert browser.post(back, headers=headers).json() == {"receipt": id_}
    assert browser.post(back, headers=headers).status_code == 409
    assert browser.get("/api/v1/station/lines/till-9").json()["code"] == "station.no_line"
