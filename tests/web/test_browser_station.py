"""The station in a real browser: a paper comes, one key decides, a scanner decides nothing; the customer's display."""

from __future__ import annotations

import time
from typing import Any

import pytest

from kvit.access.customers.model import Wish
from kvit.counter import service
from kvit.counter.model import Routed
from kvit.web.station_desk import Shown
from tests.receipt.printouts import SHOP, prepared
from tests.web.station import Station
from tests.web.test_browser import Sites, browser, sites
from tests.web.test_browser_printing import opened

__all__ = ["browser", "sites"]
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]
PATIENCE_MS = 60_000


@pytest.fixture
def station(sites: Sites) -> Station:
    return Station(sites.house)


def kept(sites: Sites, offset: int, total: int = 450) -> str:
    (id_,) = sites.house.keep(prepared(offset, taken_at_ms=int(time.time() * 1000)))
    return id_


def route(sites: Sites, id_: str) -> Routed:
    found = sites.house.db.read_now(service.get, SHOP, id_)
    assert isinstance(found, Routed)
    return found


def at_station(sites: Sites, browser: Any, **options: Any) -> Any:
    page = opened(sites, browser, **options)
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{sites.staff}/station")
    page.wait_for_selector("html[data-watching=yes]")
    return page


def test_one_key_decides_and_the_last_receipts_tell(sites: Sites, station: Station, browser: Any) -> None:
    page = at_station(sites, browser)
    assert page.inner_text(".now h2") == "Next receipt"
    first, second = kept(sites, 1), kept(sites, 2)
    station.holds(first)
    page.wait_for_selector("text=Paper waits")
    page.wait_for_function("() => /^\\d+ s$/.test(document.querySelector('.now .left').textContent)")
    station.holds(second)
    page.wait_for_selector(".more-held .row")
    page.keyboard.press("2")
    page.wait_for_selector(f'[data-receipt="{first}"][data-outcome="electronic"]')
    assert (route(sites, first).paper, route(sites, first).why) == (False, "key")
    page.wait_for_selector(".more-held", state="detached")
    page.wait_for_timeout(400)  # keys that follow at once are a scanner's
    page.keyboard.press("Numpad3")
    page.wait_for_selector(f'[data-receipt="{second}"][data-outcome="both"]')
    page.click(f'[data-receipt="{first}"] >> text=Print after all')
    page.wait_for_selector(f'[data-receipt="{first}"][data-outcome="paper"]')
    assert page.faults == []


def test_a_key_ahead_and_escape(sites: Sites, station: Station, browser: Any) -> None:
    page = at_station(sites, browser)
    page.keyboard.press("1")
    page.wait_for_selector("text=Next receipt: paper")
    assert page.get_attribute(".key.paper", "aria-pressed") == "true"
    page.wait_for_timeout(400)
    page.keyboard.press("Escape")
    page.wait_for_selector('.key.paper[aria-pressed="false"]')
    assert station.till.key is Wish.UNSAID
    page.click(".key.both")
    page.wait_for_selector("text=Next receipt: both")
    assert page.faults == []


def test_a_scanner_decides_for_nobody(sites: Sites, station: Station, browser: Any) -> None:
    page = at_station(sites, browser)
    id_ = kept(sites, 1)
    station.holds(id_)
    page.wait_for_selector("text=Paper waits")
    for _ in range(2):
        page.keyboard.type("KVIT1.AB2C3213")
        page.keyboard.press("Enter")
        page.wait_for_timeout(400)
    assert route(sites, id_).stage == "open"


def test_by_touch_without_script(sites: Sites, station: Station, browser: Any) -> None:
    id_ = kept(sites, 1)
    station.holds(id_)
    page = opened(
        sites,
        browser,
        java_script_enabled=False,
        viewport={"width": 360, "height": 740},
        has_touch=True,
        is_mobile=True,
    )
    page.goto(f"{sites.staff}/station")
    assert page.locator(".now .key").nth(0).bounding_box()["height"] >= 80
    assert page.locator("main").bounding_box()["width"] <= 360
    page.tap(".now .key.paper")
    page.wait_for_selector(f'[data-receipt="{id_}"][data-outcome="paper"]')
    assert route(sites, id_).why == "key"


def test_the_display_goes_on_by_itself(sites: Sites, station: Station, browser: Any) -> None:
    page = opened(sites, browser, viewport={"width": 800, "height": 480})
    page.goto(f"{sites.staff}/station/display?line=till-1")
    page.wait_for_selector("html[data-watching=yes]")
    page.wait_for_selector(".face.idle")
    station.change(shown=Shown("a", f"{sites.public}/r/" + "1" * 22, int(time.time() * 1000) + 60_000))
    page.wait_for_selector(".face.code svg.qr", timeout=PATIENCE_MS)
    sizes = page.evaluate("[document.querySelector('svg.qr').clientHeight, document.documentElement.scrollHeight]")
    assert sizes[0] >= 280
    assert sizes[1] <= 480, "nothing to scroll"
    sites.house.now_s[0] = time.time()
    station.change(shown=None, claimed_ms=int(time.time() * 1000))
    page.wait_for_selector(".face.thanks", timeout=PATIENCE_MS)
    assert page.faults == []
