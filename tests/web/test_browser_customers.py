"""The customers' page in a real browser: by keyboard alone, on phone and desk, judged by axe-core where it was fetched."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kvit.access.customers import service
from kvit.access.customers.model import Wish
from kvit.web import staff_app
from tests.web.house import House, open_house
from tests.web.test_browser import browser as browser
from tests.web.test_browser import serve
from tests.web.test_customers import MASKED, TYPED, Shopper

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]
SIZES = ({"width": 360, "height": 740}, {"width": 1280, "height": 800})
AXE = os.environ.get("KVIT_AXE", "")
RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
JUDGE = f"axe.run(document, {{ runOnly: {RULES} }}).then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))"
PATIENCE_MS = 60_000


@dataclass
class Site:
    house: House
    url: str
    shopper: Shopper
    token: str


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with open_house(tmp_path, staff_url=url) as house:
        shopper = Shopper(house)
        token = str(house.user("manager").cookies.get("kvit-session"))
        server, thread = serve(staff_app(house.context), listener)
        yield Site(house, url, shopper, token)
        server.should_exit = True
        thread.join(10)


def page_of(site: Site, browser: Any, **more: Any) -> Any:
    context = browser.new_context(locale="en-GB", **more)
    context.set_default_timeout(PATIENCE_MS)
    context.add_cookies([{"name": "kvit-session", "value": site.token, "url": site.url}])
    return context.new_page()


def test_a_customer_is_found_helped_and_erased_by_keyboard(site: Site, browser: Any) -> None:
    faults: list[str] = []
    page = page_of(site, browser, viewport=SIZES[0])
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.goto(f"{site.url}/customers")
    page.keyboard.type(TYPED)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/customers/{site.shopper.id}")
    assert page.get_by_text(MASKED).is_visible()
    page.get_by_role("button", name="Show in clear: Phone").press("Enter")
    page.wait_for_selector("[role=status] >> text=07400 123456")
    page.get_by_label("How they want receipts").select_option("both")
    page.get_by_role("button", name="Save").press("Enter")
    page.wait_for_selector(f"text={MASKED}")
    found = site.house.db.read_now(service.find, site.shopper.id)
    assert found is not None
    assert found.wish is Wish.BOTH
    page.locator("summary", has_text="Erase this customer").press("Enter")
    page.get_by_label("The customer asked for this").press("Space")
    page.get_by_role("button", name="Erase everything").press("Enter")
    page.wait_for_selector("text=The customer is erased.")
    assert site.house.db.read_now(service.find, site.shopper.id) is None
    assert faults == []


@pytest.mark.parametrize("size", SIZES, ids=["phone", "desk"])
def test_nothing_is_wider_than_the_screen(site: Site, browser: Any, size: dict[str, int]) -> None:
    page = page_of(site, browser, viewport=size)
    for language in ("en", "ru", "kk"):
        for path in ("/customers", f"/customers/{site.shopper.id}"):
            page.goto(f"{site.url}{path}?lang={language}")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (path, language)
            assert page.locator("h1").count() == 1


@pytest.mark.skipif(not AXE, reason="axe-core was not fetched (KVIT_AXE names axe.min.js)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(site: Site, browser: Any, scheme: str) -> None:
    engine = Path(AXE).read_text("utf-8")
    for size in SIZES:
        page = page_of(site, browser, viewport=size, color_scheme=scheme, bypass_csp=True)
        for path in ("/customers", "/customers?erased=1", f"/customers/{site.shopper.id}"):
            page.goto(f"{site.url}{path}")
            page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true")
            page.evaluate(engine)
            assert page.evaluate(JUDGE) == [], path
