"""Printing in a real browser: an alarm comes and goes, the counter is answered with one key, a test print's end is seen."""

from __future__ import annotations

from typing import Any

import pytest

from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Evidence, State
from kvit.device.spool.service import Begun
from kvit.device.spool.store import Filter
from kvit.refusal import Refusal
from tests.receipt.printouts import SHOP
from tests.web.printing import Delivery, heard, ms, printing, unknown
from tests.web.test_browser import Sites, browser, sites

__all__ = ["browser", "sites"]
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def delivery(sites: Sites) -> Delivery:
    return printing(sites.house, Printer("pizza", "starprnt+cloudprnt://"))


def opened(sites: Sites, browser: Any, role: str = "cashier", **options: Any) -> Any:
    """A page of somebody signed in, with its faults in ``page.faults``."""
    context = browser.new_context(**{"locale": "en-GB", **options})
    token = sites.house.user(role).cookies["kvit-session"]
    context.add_cookies([{"name": "kvit-session", "value": token, "url": sites.staff}])
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda message: page.faults.append(message.text) if message.type == "error" else None)
    return page


def state(sites: Sites, id_: str) -> State:
    found = sites.house.db.read_now(spool.get, SHOP, id_)
    assert not isinstance(found, Refusal)
    return found.state


def on_loop(sites: Sites, delivery: Delivery, **values: Any) -> None:
    """Change a light. The board's hub is safe to call from any thread, the light itself is written by nobody else here."""
    delivery.board.seen("front", **values)


def test_an_alarm_comes_to_an_open_page_and_goes(sites: Sites, delivery: Delivery, browser: Any) -> None:
    page = opened(sites, browser)
    for place in ("/live", "/printers"):
        page.goto(sites.staff + place)
        page.wait_for_selector("html[data-watching=yes]")
        on_loop(sites, delivery, paper="out")
        page.wait_for_selector("text=Put in a new roll")
        on_loop(sites, delivery, paper="ok")
        page.wait_for_selector(".alarm", state="detached")
    assert page.faults == []


def test_one_key_answers_and_the_next_question_follows(sites: Sites, delivery: Delivery, browser: Any) -> None:
    first, second = unknown(sites.house, "1743"), unknown(sites.house, "1744")
    page = opened(sites, browser)
    page.goto(f"{sites.staff}/counter")
    page.wait_for_selector(f'[data-job="{first.id}"]')
    page.wait_for_function("() => document.querySelector('[data-text]').textContent.match(/ \\d+ s$/)")
    page.wait_for_timeout(800)  # a question that just appeared takes no answer
    page.keyboard.press("Enter")
    page.wait_for_selector(f'[data-job="{second.id}"]')
    assert state(sites, first.id) is State.PRINTED
    page.wait_for_timeout(800)
    page.keyboard.press("n")
    page.wait_for_selector("text=Nothing to answer")
    copies = sites.house.db.read_now(spool.search, SHOP, Filter())
    assert [one.parent for one in copies if one.copy == 2] == [second.id]
    third = unknown(sites.house, "1745")
    page.wait_for_selector(f'[data-job="{third.id}"]')
    sites.house.db.write_now(spool.answer, SHOP, third.id, True, "user:other", ms(sites.house))
    page.wait_for_selector("text=Nothing to answer")
    assert page.faults == []


def test_a_scanner_answers_for_nobody(sites: Sites, delivery: Delivery, browser: Any) -> None:
    given = unknown(sites.house, "1743")
    page = opened(sites, browser)
    page.goto(f"{sites.staff}/counter")
    page.wait_for_selector(f'[data-job="{given.id}"]')
    page.wait_for_timeout(800)
    for _ in range(2):
        page.keyboard.type("4006381333931YN")
        page.keyboard.press("Enter")
        page.wait_for_timeout(400)
    assert state(sites, given.id) is State.UNKNOWN
    assert page.locator(f'[data-job="{given.id}"]').count() == 1


def test_the_counter_without_script_and_by_touch(sites: Sites, delivery: Delivery, browser: Any) -> None:
    given = unknown(sites.house, "1743")
    page = opened(
        sites,
        browser,
        java_script_enabled=False,
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
    )
    page.goto(f"{sites.staff}/counter")
    assert page.locator(".answers button").nth(0).bounding_box()["height"] >= 80
    page.tap(".answers .yes")
    page.wait_for_selector("text=Nothing to answer")
    assert state(sites, given.id) is State.PRINTED


def test_the_end_of_a_test_print_is_seen(sites: Sites, delivery: Delivery, browser: Any) -> None:
    page = opened(sites, browser)
    page.goto(f"{sites.staff}/printers")
    page.click("#printer-front >> text=Test print")
    page.wait_for_url("**/jobs/*")
    page.wait_for_selector("html[data-watching=yes]")
    house = sites.house
    begun = house.db.write_now(spool.begin, SHOP, page.url.rpartition("/")[2], Evidence.A, ms(house))
    assert isinstance(begun, Begun)
    page.wait_for_selector("#job-state >> text=The data is on its way")
    heard(house, begun.job, Event.BYTES_OUT, Event.ID_ANSWER)
    page.wait_for_selector("#job-state >> text=The paper came out")
    assert page.locator("#job-history li").count() == 4
    assert page.evaluate("document.querySelector('img.printed').naturalWidth") > 300
    assert page.faults == []


PLACES = ("/printers", "/printers/front", "/printers/bar", "/printers/pizza", "/add-printer", "/jobs", "/counter")


@pytest.mark.parametrize("locale", ["ru-RU", "kk-KZ"])
def test_every_page_fits_a_phone_and_names_its_fields(
    sites: Sites, delivery: Delivery, browser: Any, locale: str
) -> None:
    given = unknown(sites.house, "1743")
    on_loop(sites, delivery, paper="out", cover_open=False)
    page = opened(sites, browser, "owner", locale=locale, viewport={"width": 320, "height": 640}, has_touch=True)
    for place in (*PLACES, f"/jobs/{given.id}"):
        page.goto(sites.staff + place)
        wide = "[...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
        if not page.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            pytest.fail(f"{place}: {page.evaluate(wide + '.map(e => e.outerHTML.slice(0, 90))')}")
        assert page.locator("h1").count() == 1, place
        nameless = (
            "[...document.querySelectorAll('input:not([type=hidden]), select, summary, button')]"
            ".filter(e => e.offsetParent && !e.labels?.length && !e.ariaLabel && !e.textContent.trim()).length"
        )
        assert page.evaluate(nameless) == 0, place
        assert page.evaluate("[...document.querySelectorAll('img')].every(e => e.alt)"), place
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), place
        small = (
            "[...document.querySelectorAll('button, a.button, select')]"
            ".filter(e => e.offsetParent && e.offsetHeight < 36).length"
        )
        assert page.evaluate(small) == 0, place
    assert page.faults == []


def test_a_printer_that_calls_in_is_added_by_keyboard(sites: Sites, delivery: Delivery, browser: Any) -> None:
    page = opened(sites, browser, "manager")
    page.goto(f"{sites.staff}/add-printer")
    page.focus("[name=kind]")
    page.keyboard.press("Tab")
    page.keyboard.type("001162aabbcc")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.type("terrace")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#url")
    token = page.inner_text("#url").rpartition("/")[2]
    found = sites.house.db.read_now(printers.by_token, SHOP, token)
    assert found is not None
    assert found.name == "terrace"
    page.reload()
    page.goto(f"{sites.staff}/printers/terrace")
    assert token not in page.content()


def test_focus_stays_where_it_was_when_a_part_changes(sites: Sites, delivery: Delivery, browser: Any) -> None:
    page = opened(sites, browser, "manager")
    page.goto(f"{sites.staff}/printers")
    page.wait_for_selector("html[data-watching=yes]")
    page.focus("#printer-front button.main")
    on_loop(sites, delivery, paper="near")
    page.wait_for_selector("#printer-front >> text=nearly out")
    assert page.evaluate("document.activeElement.closest('li')?.id") == "printer-front"
