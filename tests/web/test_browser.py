"""The whole way in a real browser: first start, a receipt comes by itself, it is opened, the customer sees it."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import uvicorn

from kvit.web import public_app, staff_app
from tests.receipt.printouts import prepared
from tests.web.house import PASSWORD, House, open_house

CHROMIUM = Path("/usr/bin/chromium")
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


@dataclass
class Sites:
    house: House
    staff: str
    public: str


def serve(app: Any, listener: socket.socket) -> tuple[uvicorn.Server, threading.Thread]:
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
    thread.start()
    return server, thread


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[Sites]:
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    staff, public = (f"http://127.0.0.1:{listener.getsockname()[1]}" for listener in listeners)
    with open_house(tmp_path, staff_url=staff, public_url=public) as house:
        house.now_s[0] = time.time()
        running = [serve(staff_app(house.context), listeners[0]), serve(public_app(house.context), listeners[1])]
        yield Sites(house, staff, public)
        for server, thread in running:
            server.should_exit = True
            thread.join(10)


@pytest.fixture
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM.exists():
        pytest.skip("no chromium at /usr/bin/chromium")
    with playwright.sync_playwright() as started:
        opened = started.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"])
        yield opened
        opened.close()


def sign_up(page: Any, sites: Sites) -> None:
    code = sites.house.first_code()
    page.goto(sites.staff)
    page.fill("[name=code]", code)
    page.fill("[name=name]", "Anna")
    page.fill("[name=password]", PASSWORD)
    page.click("button.main")
    page.wait_for_selector("#state[data-now=on]")


def test_from_the_first_start_to_the_customers_phone(sites: Sites, browser: Any) -> None:
    faults: list[str] = []
    page = browser.new_context(locale="en-GB").new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    sign_up(page, sites)
    assert page.is_visible("#empty")

    (id_,) = sites.house.keep(prepared(0, "Corner Cafe\nLatte 4.50\nTOTAL 4.50\n", taken_at_ms=int(time.time() * 1000)))
    page.wait_for_selector(f'.card[data-id="{id_}"]', timeout=60_000)
    assert page.is_hidden("#empty")
    page.wait_for_function("document.querySelector('.thumb img').naturalWidth > 100")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector(".paper .receipt")
    page.click("text=Make a link for the customer")
    url = page.get_attribute("#url", "href")

    phone = browser.new_context(viewport={"width": 360, "height": 740}, locale="ko-KR", has_touch=True).new_page()
    phone.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    phone.goto(url)
    assert "Latte" in phone.inner_text(".paper")
    assert phone.evaluate("document.documentElement.lang") == "ko"
    assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert phone.evaluate("[...document.querySelectorAll('.button')].every((one) => one.offsetHeight >= 44)")
    assert phone.evaluate("document.fonts.ready.then(() => document.fonts.check('12px \"Kvit Mono\"'))")
    assert faults == []


def test_the_keyboard_and_a_page_without_script(sites: Sites, browser: Any) -> None:
    first, second = sites.house.keep(prepared(0), prepared(1, "아메리카노 4,500\n"))
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    sign_up(page, sites)
    page.keyboard.press("j")
    assert page.get_attribute(".card.chosen", "data-id") == second
    page.keyboard.press("j")
    assert page.get_attribute(".card.chosen", "data-id") == first
    page.keyboard.press("k")
    assert page.get_attribute(".card.chosen", "data-id") == second
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "search"

    plain = browser.new_context(java_script_enabled=False, storage_state=context.storage_state()).new_page()
    plain.goto(f"{sites.staff}/live")
    plain.fill("[name=search]", "카노")
    plain.click(".filter button")
    plain.wait_for_url("**search=*")
    assert plain.locator(".card").count() == 1
    plain.click(".card .open")
    assert "아메리카노" in plain.inner_text(".paper")


PLACES = ("/live", "/admin", "/relay", "/settings", "/users", "/keys", "/audit", "/account", "/account/app")


def test_every_page_fits_a_phone_and_names_its_fields(sites: Sites, browser: Any) -> None:
    (id_,) = sites.house.keep(prepared(0))
    first = browser.new_context(locale="en-GB")
    sign_up(first.new_page(), sites)
    phone = browser.new_context(
        viewport={"width": 320, "height": 640}, locale="ru-RU", storage_state=first.storage_state(), has_touch=True
    ).new_page()
    faults: list[str] = []
    phone.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    for place in (*PLACES, f"/receipts/{id_}"):
        phone.goto(sites.staff + place)
        wide = "[...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
        if not phone.evaluate("document.documentElement.scrollWidth <= innerWidth"):
            pytest.fail(f"{place}: {phone.evaluate(wide + '.map(e => e.outerHTML.slice(0, 90))')}")
        assert phone.locator("main").count() == 1, place
        assert phone.locator("h1").count() == 1, place
        nameless = (
            "[...document.querySelectorAll('input:not([type=hidden]), select, summary, button')]"
            ".filter(e => e.offsetParent && !e.labels?.length && !e.ariaLabel && !e.textContent.trim()).length"
        )
        assert phone.evaluate(nameless) == 0, place
        ids = phone.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)")
        assert len(ids) == len(set(ids)), place
        small = (
            "[...document.querySelectorAll('button, a.button.main, select')]"
            ".filter(e => e.offsetParent && e.offsetHeight < 36).length"
        )
        assert phone.evaluate(small) == 0, place
    assert faults == []


def test_a_key_and_an_own_account_by_keyboard_without_script(sites: Sites, browser: Any) -> None:
    context = browser.new_context(locale="en-GB")
    sign_up(context.new_page(), sites)
    page = browser.new_context(
        java_script_enabled=False, storage_state=context.storage_state(), locale="en-GB"
    ).new_page()
    page.goto(f"{sites.staff}/keys")
    page.keyboard.press("Tab")
    assert "skip" in (page.locator(":focus").get_attribute("class") or "")
    page.focus("[name=name]")
    page.keyboard.type("books")
    for _ in range(6):
        page.keyboard.press("Tab")
        page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#fresh")
    assert page.inner_text("#fresh").startswith("kvit_")
    assert page.locator(".row .tag.good").count() == 1
    page.click(".row button")
    page.wait_for_selector(".row.off")

    page.goto(f"{sites.staff}/account")
    page.focus("[name=old]")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    page.keyboard.type("nine yellow umbrellas")
    page.keyboard.press("Enter")
    page.wait_for_selector(".note.good")
    page.goto(f"{sites.staff}/audit")
    assert "Own password changed" in page.inner_text("ol.log")
