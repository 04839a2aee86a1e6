"""A customer's journey in real browsers: from a receipt's page to a wallet, its charts, a share, a code without a network.

Pages are judged by axe-core where it was fetched (``KVIT_AXE``, see .ci/run), at the size of a phone and of a desk.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from kvit.access.customers import codes
from kvit.refusal import Refusal
from kvit.web import public_app
from tests.receipt.printouts import DAY_MS, prepared
from tests.web.house import House, open_house
from tests.web.marionette import FIREFOX, Firefox
from tests.web.test_browser import browser as browser
from tests.web.test_browser import serve
from tests.web.test_wallet import KIMBAP
from tests.web.wallets import Sent, give_world, link

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]
PHONE = {"width": 360, "height": 740}
SIZES = (PHONE, {"width": 1280, "height": 800})
AXE = os.environ.get("KVIT_AXE", "")
RULES = "['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']"
JUDGE = f"axe.run(document, {{ runOnly: {RULES} }}).then(r => r.violations.map(v => v.id + ': ' + v.nodes[0].html))"
PATIENCE_MS = 60_000
OTHERS = ("en-GB", "kk-KZ", "zh-CN")


@dataclass
class Site:
    house: House
    url: str
    ids: list[str]
    sent: Sent


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with open_house(tmp_path, public_url=url) as house:
        sent, _ = give_world(house)
        now_ms = int(time.time() * 1000)
        house.now_s[0] = now_ms / 1000
        ids = house.keep(
            prepared(0, taken_at_ms=now_ms - 40 * DAY_MS),
            prepared(1, "Green Grocer\nApples 4.50\nTOTAL 4.50\n", taken_at_ms=now_ms - 1000),
            prepared(2, "Kimbap House\nKimbap 4,500\n", reading=KIMBAP, taken_at_ms=now_ms - 3 * DAY_MS),
        )
        server, thread = serve(public_app(house.context), listener)
        yield Site(house, url, ids, sent)
        server.should_exit = True
        thread.join(10)


def keep_all(site: Site, page: Any) -> None:
    for id_ in site.ids:
        page.goto(site.url + link(site.house, id_))
        page.click("form[action$='/keep'] button")
        page.wait_for_url("**/wallet/r/**")


def places(site: Site) -> list[str]:
    kept = [
        "/wallet",
        f"/wallet/r/{site.ids[1]}",
        "/wallet/months",
        "/wallet/code",
        "/wallet/settings",
        "/wallet/prove",
    ]
    return [*kept, link(site.house, site.ids[0]), "/r/" + "1" * 22, "/"]


def test_a_customers_journey(site: Site, browser: Any) -> None:
    faults: list[str] = []
    context = browser.new_context(viewport=PHONE, locale="en-GB", has_touch=True)
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    keep_all(site, page)
    page.goto(f"{site.url}/wallet")
    assert page.locator(".kept li").count() == 3
    page.fill("[name=search]", "apples")
    page.click(".find button")
    page.wait_for_url("**/wallet/found")
    assert page.locator(".kept li").count() == 1
    page.click(".kept a")
    page.wait_for_selector(".paper .receipt")
    assert "Apples" in page.inner_text(".paper")

    page.select_option("[name=category]", "health")
    page.check("[name=everywhere]")
    page.click("form[action$='/category'] button")
    page.wait_for_url("**said=category")
    assert page.input_value("[name=category]") == "health"
    page.fill("[name=day]", "2030-01-31")
    page.fill("[name=words]", "Warranty ends")
    page.click("form[action$='/remind'] button")
    page.wait_for_url("**said=reminder")
    page.select_option("[name=days]", "1")
    page.click("form[action$='/share'] button")
    page.wait_for_selector("#url")
    url = page.get_attribute("#url", "href")
    friend = browser.new_context(viewport=PHONE, locale="ko-KR").new_page()
    friend.goto(url)
    assert "Apples" in friend.inner_text(".paper")
    assert friend.evaluate("document.documentElement.lang") == "ko"
    page.goto(f"{site.url}/wallet/r/{site.ids[1]}")
    page.click("form[action$='/end'] button")
    page.wait_for_url("**said=ended")
    assert friend.goto(url).status == 404

    page.goto(f"{site.url}/wallet/months")
    assert page.locator("svg.chart").count() == 2
    with page.expect_download() as saved:
        page.goto(f"{site.url}/wallet/settings")
        page.click("a[href='/wallet/export.csv']")
    assert "Corner Cafe" in Path(saved.value.path()).read_text("utf-8-sig")
    assert faults == []


def test_another_device_after_a_proof(site: Site, browser: Any) -> None:
    old = browser.new_context(viewport=PHONE, locale="en-GB").new_page()
    keep_all(site, old)
    for page in (old, browser.new_context(viewport=PHONE, locale="en-GB").new_page()):
        site.house.now_s[0] += 90
        page.goto(f"{site.url}/wallet/prove")
        page.fill("[name=contact]", "07400 123456")
        page.click("button.main")
        page.wait_for_selector("[name=digits]")
        page.fill("[name=digits]", site.sent.codes[-1][2])
        page.keyboard.press("Enter")
        page.wait_for_url("**said=proven")
        assert page.locator(".kept li").count() == 3


def test_the_code_goes_on_without_a_network(site: Site, browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(viewport=PHONE, locale="en-GB")
    page = context.new_page()
    keep_all(site, page)
    page.goto(f"{site.url}/wallet/code")
    page.wait_for_selector("#left:not([hidden])", timeout=PATIENCE_MS)
    kept = "caches.match('/wallet/code').then((found) => found !== undefined)"
    until = time.monotonic() + PATIENCE_MS / 1000
    while not page.evaluate(kept):
        assert time.monotonic() < until, "the page was not kept"
        page.wait_for_timeout(100)
    context.set_offline(True)
    page.goto(f"{site.url}/wallet/code")
    page.wait_for_selector("#left:not([hidden])", timeout=PATIENCE_MS)
    shot = tmp_path / "code.png"
    page.locator("#code").screenshot(path=str(shot))
    (read,) = zxingcpp.read_barcodes(Image.open(shot))
    code = codes.read(read.text, site.house.context.customer_keys.public)
    assert not isinstance(code, Refusal)
    assert codes.in_time(code, int(time.time())) is None
    context.set_offline(False)


def test_keyboard_and_no_script(site: Site, browser: Any) -> None:
    context = browser.new_context(viewport=PHONE, locale="en-GB", java_script_enabled=False)
    page = context.new_page()
    page.goto(site.url + link(site.house, site.ids[1]))
    page.keyboard.press("Tab")
    assert "skip" in (page.locator(":focus").get_attribute("class") or "")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/wallet/r/**")
    page.focus("[name=day]")
    page.fill("[name=day]", "2030-01-31")
    page.focus("[name=words]")
    page.keyboard.press("Enter")
    page.wait_for_url("**said=reminder")
    page.goto(f"{site.url}/wallet/months")
    page.locator("svg.chart a").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**month=*")
    page.goto(f"{site.url}/wallet/code")
    assert page.locator("svg.qr").count() == 1
    page.goto(f"{site.url}/wallet/settings")
    page.click("summary >> nth=-1")
    page.check("[name=meant]")
    page.click("form[action='/wallet/erase'] button")
    page.wait_for_url("**said=erased")


@pytest.mark.parametrize("language", ["ko-KR", "ru-RU", *(pytest.param(one, marks=pytest.mark.slow) for one in OTHERS)])
def test_every_page_fits_its_screen_and_a_thumb(site: Site, browser: Any, language: str) -> None:
    for size in ({"width": 320, "height": 640}, *SIZES[1:][: language == "ru-RU"]):
        page = browser.new_context(viewport=size, locale=language).new_page()
        keep_all(site, page)
        for place in places(site):
            page.goto(site.url + place)
            wide = (
                "[...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
            )
            found = page.evaluate(f"{wide}.map(e => e.outerHTML.slice(0, 90))")
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (place, found)
            small = (
                "[...document.querySelectorAll('button, a.button, select, .tabs a, summary')]"
                ".filter(e => e.offsetParent && e.offsetHeight < 36).map(e => e.outerHTML.slice(0, 90))"
            )
            assert page.evaluate(small) == [], place
            assert page.locator("h1").count() == 1, place


@pytest.mark.skipif(not AXE, reason="axe-core was not fetched (KVIT_AXE names axe.min.js)")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(site: Site, browser: Any, scheme: str) -> None:
    engine = Path(AXE).read_text("utf-8")
    for size in SIZES if scheme == "light" else SIZES[:1]:
        page = browser.new_context(viewport=size, locale="en-GB", color_scheme=scheme, bypass_csp=True).new_page()
        page.goto(f"{site.url}/wallet")
        page.evaluate(engine)
        assert page.evaluate(JUDGE) == []
        keep_all(site, page)
        for place in places(site):
            page.goto(site.url + place)
            page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
            page.evaluate(engine)
            assert page.evaluate(JUDGE) == [], place


@pytest.mark.skipif(not FIREFOX.exists(), reason="no firefox-esr")
def test_the_journey_in_firefox(site: Site, tmp_path: Path) -> None:
    keep = os.environ.get("KVIT_SCREENS")
    for size in SIZES if keep else SIZES[:1]:
        folder = tmp_path / f"profile-{size['width']}"
        folder.mkdir()
        with Firefox(folder, size["width"], size["height"]) as page:
            for id_ in site.ids:
                page.go(site.url + link(site.house, id_))
                page.click("form[action$='/keep'] button")
            page.go(f"{site.url}/wallet")
            assert page.script("return document.querySelectorAll('.kept li').length") == 3
            page.fill("[name=search]", "apples")
            page.click(".find button")
            assert page.script("return document.querySelectorAll('.kept li').length") == 1
            page.go(f"{site.url}/wallet/r/{site.ids[1]}")
            page.click("form[action$='/share'] button")
            assert page.script("return document.getElementById('url').href").startswith(f"{site.url}/r/")
            for place in places(site):
                page.go(site.url + place)
                assert page.script("return document.documentElement.scrollWidth <= innerWidth"), place
                if keep:
                    name = place.strip("/").replace("/", "-")[:20] or "front"
                    (Path(keep) / f"firefox-{size['width']}-{name}.png").write_bytes(page.picture())
