"""The counter's screen: the oldest question first, one answer each, the next one follows."""

from __future__ import annotations

import pytest

from kvit.device.spool import service as spool
from kvit.device.spool.model import ASK_MS, Event, Evidence, State
from kvit.device.spool.store import Filter
from kvit.refusal import Refusal
from tests.receipt.printouts import SHOP
from tests.web.house import House, post
from tests.web.printing import begun, heard, ms, printing, unknown


@pytest.fixture
def shop(house: House) -> House:
    printing(house)
    return house


def state(house: House, id_: str) -> State:
    found = house.db.read_now(spool.get, SHOP, id_)
    assert not isinstance(found, Refusal)
    return found.state


def test_nothing_to_ask(shop: House) -> None:
    text = shop.user("cashier").get("/counter").text
    assert "Nothing to answer" in text
    assert "All is well" not in text  # a red bar may stand above it
    assert 'http-equiv="refresh"' in text, "without script it asks for itself again"
    assert shop.user("auditor").get("/counter").status_code == 403


def test_the_oldest_is_asked_and_the_next_follows(shop: House) -> None:
    first, second = unknown(shop, "1743"), unknown(shop, "1744")
    browser = shop.user("cashier")
    text = browser.get("/counter").text
    assert ("1743" in text, "1 more question" in text, f'data-job="{first.id}"' in text) == (True, True, True)
    assert post(browser, "/counter", "/counter", job=first.id, came_out="true").status_code == 303
    assert state(shop, first.id) is State.PRINTED
    assert f'data-job="{second.id}"' in browser.get("/counter").text
    post(browser, "/counter", "/counter", job=second.id, came_out="false")
    assert "Nothing to answer" in browser.get("/counter").text
    copies = [one for one in shop.db.read_now(spool.search, SHOP, Filter()) if one.copy == 2]
    assert [one.parent for one in copies] == [second.id]


def test_who_comes_too_late_gets_the_next_question(shop: House) -> None:
    given = unknown(shop)
    browser = shop.user("cashier")
    text = browser.get("/counter").text
    shop.now_s[0] += ASK_MS / 1000
    shop.db.write_now(spool.answer, SHOP, given.id, True, "user:other", ms(shop))
    late = post(browser, "/counter", "/account", job=given.id, came_out="false")
    assert late.status_code == 303
    assert state(shop, given.id) is State.PRINTED
    assert text


def test_seconds_to_the_copy_are_told_and_a_copy_waits(shop: House) -> None:
    given = unknown(shop)
    text = shop.user().get("/counter").text
    assert f'data-until="{given.changed_ms + ASK_MS}"' in text
    shop.db.write_now(spool.answer, SHOP, given.id, False, "user:x", ms(shop))
    child = shop.db.read_now(spool.next_for, SHOP, "front", ms(shop))
    assert child is not None
    done = shop.db.write_now(spool.begin, SHOP, child.id, Evidence.A, ms(shop))
    assert not isinstance(done, Refusal)
    heard(shop, done.job, Event.LINK_LOST)
    text = shop.user().get("/counter").text
    assert 'data-until="0"' in text
    assert "Take your time" in text


def test_a_screen_may_ask_about_one_printer(shop: House) -> None:
    unknown(shop, "front one")
    other = heard(shop, begun(shop, "bar one", printer="bar"), Event.LINK_LOST)
    browser = shop.user()
    assert f'data-job="{other.id}"' in browser.get("/counter?printer=bar").text
    after = post(browser, "/counter", "/counter?printer=bar", job=other.id, came_out="true", printer="bar")
    assert after.headers["location"] == "/counter?printer=bar"
    assert "Nothing to answer" in browser.get("/counter?printer=bar").text
