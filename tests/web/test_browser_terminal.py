"""The terminal in a real browser: a sale typed by hand, the shop's printer, a printer of this device, nobody answering."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
import pytest

from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Evidence, Heard, State
from kvit.device.spool.service import Begun
from kvit.device.spool.store import Filter
from kvit.refusal import Refusal
from kvit.template.builtin import recipes
from kvit.template.fill import Filled, FillWanted, Forms, fill
from kvit.template.form import Form
from kvit.template.library import service
from kvit.template.library.model import Key, Layout, Recipe
from kvit.template.slot_pack import SlotPack
from kvit.template.words import Place
from kvit.web import static_files
from tests.receipt.printouts import SHOP, prepared
from tests.template.slot_twin import filled
from tests.template.test_slots import adapter, dots, layouts
from tests.web.printing import ms, printing
from tests.web.test_browser import Sites, browser, sites
from tests.web.test_browser_printing import opened

__all__ = ["browser", "sites"]
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def shop(sites: Sites) -> Sites:
    """A shop with a printer and templates."""
    forms = Forms()

    async def fills(wanted: FillWanted) -> Filled | Refusal:
        return fill(wanted, forms)

    printing(sites.house)
    object.__setattr__(sites.house.context, "fill", fills)
    sites.house.db.write_now(service.settle_base, recipes(), 0)
    return sites


def terminal(shop: Sites, browser: Any, **options: Any) -> Any:
    page = opened(shop, browser, **options)
    page.goto(f"{shop.staff}/terminal")
    page.wait_for_selector("html[data-ready=yes]")
    return page


def sell(page: Any, *goods: tuple[str, str, str]) -> None:
    for name, quantity, price in goods or (("Flat white", "2", "4.50"),):
        page.fill("[name=name]", name)
        page.fill("[name=quantity]", quantity)
        page.fill("[name=price]", price)
        page.keyboard.press("Enter")


def copy_ends(shop: Sites, page: Any, copy: int, *events: Event) -> None:
    """The printer's worker takes the copy the page waits for; what it says of it."""
    page.wait_for_selector(f"#progress li:nth-child({copy}) [data-state=queued]")
    house = shop.house
    (job,) = house.db.read_now(spool.search, SHOP, Filter(state=State.QUEUED))
    begun = house.db.write_now(spool.begin, SHOP, job.id, Evidence.A, ms(house))
    assert isinstance(begun, Begun)
    for event in (Event.BYTES_OUT, *events):
        house.db.write_now(spool.note, SHOP, job.id, Heard(event, begun.job.pid), ms(house))


def test_a_sale_by_keyboard_and_its_copies_on_the_shops_printer(shop: Sites, browser: Any) -> None:
    page = terminal(shop, browser)
    page.wait_for_selector("#place option[value='shop:front']", state="attached")
    sell(page, ("Flat white", "2", "4.50"), ("Cheese", "0,345", "12"))
    assert page.inner_text("#total") == "£13.14"
    page.select_option("#place", "shop:front")
    page.fill("#copies", "2")
    page.click("#look")
    page.wait_for_selector("#preview:not([hidden])")
    page.click("#print")
    copy_ends(shop, page, 1, Event.ID_ANSWER)
    copy_ends(shop, page, 2, Event.ID_ANSWER)
    page.wait_for_selector("#progress[data-end=printed]")
    assert page.locator("#progress .tone-good").count() == 2
    assert page.faults == []


FAKES = """
window.taken = [];
const keep = (bytes) => window.taken.push(...bytes);
const put = (name, value) => Object.defineProperty(navigator, name, { value, configurable: true });
window.pieces = [];
put("serial", { requestPort: async () => ({
  open: async (options) => { window.opened = options; },
  close: async () => undefined,
  writable: new WritableStream({ write: (bytes) => { window.pieces.push(bytes.length); keep(bytes); } }),
}) });
put("usb", { requestDevice: async ({ filters }) => ({
  productName: "Paper 80", configuration: { interfaces: [{ interfaceNumber: 2, alternates: [{ interfaceClass: 7,
    alternateSetting: 0, endpoints: [{ direction: "in", type: "bulk", endpointNumber: 1 },
                                     { direction: "out", type: "bulk", endpointNumber: 3 }] }] }] },
  open: async () => undefined, close: async () => undefined,
  claimInterface: async (number) => { window.claimed = [filters[0].classCode, number]; },
  transferOut: async (endpoint, bytes) => { window.pieces.push(endpoint); keep(bytes); return { status: "ok" }; },
}) });
put("bluetooth", { requestDevice: async () => ({ name: "BT-58", gatt: { connect: async () => ({
  disconnect: () => undefined,
  getPrimaryServices: async () => [{ uuid: "000018f0-0000-1000-8000-00805f9b34fb", getCharacteristics: async () => [
    { properties: { notify: true } },
    { properties: { write: true },
      writeValueWithResponse: async (bytes) => { window.pieces.push(bytes.length); keep(bytes); } },
  ] }],
}) } }) });
"""
"""Printers of this device, made of glass: what they are given stands in ``window.taken``."""


def with_fakes(shop: Sites, browser: Any, way: str, kind: str = "sprt58", **options: Any) -> Any:
    page = opened(shop, browser, **options)
    page.add_init_script(FAKES)
    page.goto(f"{shop.staff}/terminal")
    page.wait_for_selector("#place option[value='shop:front']", state="attached")
    page.select_option("#place", way)
    page.select_option("#kind", kind)
    page.click("#connect")
    page.wait_for_selector("#connected:not(:empty)")
    return page


def took(page: Any) -> bytes:
    return bytes(page.evaluate("window.taken"))


@pytest.mark.parametrize(
    ("way", "pieces"),
    [
        ("serial", lambda all_: max(all_) <= 512),
        ("usb", lambda all_: set(all_) == {3}),
        ("bluetooth", lambda all_: max(all_) <= 180),
    ],
)
def test_a_printer_of_this_device_gets_the_servers_bytes(shop: Sites, browser: Any, way: str, pieces: Any) -> None:
    page = with_fakes(shop, browser, way)
    sell(page)
    with page.expect_response("**/api/v1/render") as answered:
        page.click("#print")
    page.wait_for_selector("#progress[data-end=sent]")
    assert took(page) == base64.b64decode(answered.value.json()["data"])
    assert pieces(page.evaluate("window.pieces"))
    assert "Nobody tells whether paper came out" in page.inner_text("#note")
    page.click("#last button")  # again: the same bytes, nobody is asked
    page.wait_for_selector("#progress[data-end=sent]")
    first = took(page)
    assert first == first[: len(first) // 2] * 2
    assert page.faults == []


def test_it_opens_and_prints_when_nobody_answers(shop: Sites, browser: Any) -> None:
    page = with_fakes(shop, browser, "serial")
    manifest = page.request.get(f"{shop.staff}{page.get_attribute('link[rel=manifest]', 'href')}").json()
    assert (manifest["display"], manifest["scope"]) == ("standalone", "/terminal")
    assert {each["sizes"] for each in manifest["icons"]} == {"any", "192x192", "512x512"}
    for each in manifest["icons"]:
        assert page.request.get(f"{shop.staff}{each['src']}").ok
    page.wait_for_selector("html[data-kept=yes]")
    wait_for_pack(page)

    page.context.set_offline(True)
    page.clock.set_fixed_time(SOLD)
    page.reload()
    page.wait_for_selector("#link[data-now=off]")
    assert "A printer connected to this device still prints" in page.inner_text("#note")
    sell(page, ("Café crème", "2", "4.50"), ("Bread with a rather long name, and with butter", "1", "3"))
    page.fill("#number", "A-17")
    page.click("#connect")
    page.wait_for_selector("#connected:not(:empty)")
    page.click("#print")
    page.wait_for_selector("#progress[data-end=sent]")
    assert "kept on this page only" in page.inner_text("#note")
    printed = took(page)
    pack = msgspec.convert(stored_pack(page), SlotPack)
    items = [
        {"name": "Café crème", "quantity": 2000, "price": 450, "total": 900},
        {"name": "Bread with a rather long name, and with butter", "quantity": 1000, "price": 300, "total": 300},
    ]
    data = {"number": "A-17", "time": SOLD, "shop": {"name": "Corner Cafe"}, "items": items, "total": 1200}
    assert printed == filled(pack, data)
    made = adapter("sprt58")
    document = Form(layouts(), Place("en", "GB", "GBP")).fill({**data, "currency": "GBP"}).document
    assert (dots(made, printed) == dots(made, made.make(document).data)).all()

    page.select_option("#place", "shop:front")  # a printer of the shop can not be asked: said, nothing printed
    page.click("#print")
    page.wait_for_selector("#progress[data-end=error]")
    assert "Nothing was printed" in page.inner_text("#note")
    page.context.set_offline(False)
    page.wait_for_selector("#link[data-now=on]")


SOLD = "2026-11-21T12:34:00+00:00"
STORED = "JSON.parse(localStorage.getItem('kvit:/offline/shopping?printer=sprt58&paper=58'))"


def wait_for_pack(page: Any) -> None:
    page.evaluate(
        f"new Promise((done) => {{ const look = () => {STORED} ? done() : setTimeout(look, 20); look(); }})",
    )


def stored_pack(page: Any) -> Any:
    return page.evaluate(f"{STORED}.value")


def test_a_template_that_changes_reaches_an_open_page(shop: Sites, browser: Any) -> None:
    page = with_fakes(shop, browser, "serial")
    wait_for_pack(page)
    before = stored_pack(page)
    house = shop.house
    layout = Layout("header", "Hello", '[{"content":"Hello {{shop.name}}"}]')
    house.db.write_now(service.save_draft, Key(SHOP, "shopping", "offline"), Recipe((layout,)), lambda text: "", 0)
    house.db.write_now(service.publish, Key(SHOP, "shopping", "offline"), "u", "", 0)
    page.wait_for_selector("#note >> text=template changed")
    assert stored_pack(page) != before
    assert "48656c6c6f" not in str(before)


def test_copies_stop_at_the_first_error(shop: Sites, browser: Any) -> None:
    page = terminal(shop, browser)
    page.wait_for_selector("#place option[value='shop:front']", state="attached")
    page.select_option("#place", "shop:front")
    sell(page)
    page.fill("#copies", "3")
    page.click("#print")
    copy_ends(shop, page, 1, Event.ID_ANSWER)
    copy_ends(shop, page, 2, Event.TIME_OUT)
    page.wait_for_selector("#progress[data-end=unknown]")
    assert page.inner_text("#progress .end").startswith("Stopped after 1 of 3")
    assert len(shop.house.db.read_now(spool.search, SHOP, Filter())) == 2


def test_another_page_of_the_site_hands_a_sale_over(shop: Sites, browser: Any) -> None:
    other = opened(shop, browser)
    other.goto(f"{shop.staff}/live")
    client = static_files.address("kvit-client.js")
    sale = "{ number: 'B-9', items: [{ name: 'Soup', total: 700 }], total: 700, currency: 'GBP' }"
    hand = f"import('{client}').then((kvit) => kvit.handOver('shopping', {sale}))"
    assert other.evaluate(hand) is False  # no terminal is open
    page = other.context.new_page()
    page.goto(f"{shop.staff}/terminal")
    page.wait_for_selector("html[data-ready=yes]")
    assert other.evaluate(hand) is True
    assert "Soup" in page.inner_text("#items")
    assert page.inner_text("#total") == "£7.00"


def test_a_receipt_kvit_has_is_asked_for_once(shop: Sites, browser: Any) -> None:
    shop.house.keep(prepared(0, "Corner Cafe\nLatte 4.50\nTOTAL 4.50\n"))
    page = with_fakes(shop, browser, "serial")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for _ in range(2):
        page.click("#known summary")
        page.wait_for_selector("#receipt option", state="attached")
        page.click("#take button")
        page.wait_for_selector("#items >> text=Latte")
        page.click("#print")
        page.wait_for_selector("#progress[data-end=sent]")
        page.click("#new")
        page.click("#known summary")
    assert len([url for url in asked if "/api/v1/data/shopping/" in url]) == 1
    assert b"Latte" in took(page)
    assert page.faults == []


IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


def test_an_iphone_is_told_that_the_shop_prints(shop: Sites, browser: Any) -> None:
    page = terminal(shop, browser, user_agent=IPHONE, viewport={"width": 390, "height": 844})
    page.wait_for_selector("#place option[value='shop:front']", state="attached")
    assert page.locator("#place option:not([value^='shop:'])").count() == 0
    assert "iPhone and iPad let no page" in page.inner_text("#ways")


@pytest.mark.parametrize("language", ["en-GB", "ko-KR", "ru-RU", "kk-KZ", "zh-CN"])
def test_it_fits_a_phone_in_every_language(shop: Sites, browser: Any, language: str) -> None:
    page = terminal(shop, browser, viewport={"width": 320, "height": 640}, locale=language, has_touch=True)
    page.wait_for_selector("#place option[value='shop:front']", state="attached")
    sell(page, ("A very long name of an item that does not want to end at all", "1.5", "1234.50"))
    wide = "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
    assert page.evaluate(f"{wide}.map(e => e.outerHTML.slice(0, 90))") == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    low = "[...document.querySelectorAll('button, select, input')].filter(e => e.offsetParent && e.offsetHeight < 44)"
    assert page.evaluate(f"{low}.length") == 0
    nameless = (
        "[...document.querySelectorAll('input, select, button')]"
        ".filter(e => e.offsetParent && !e.labels?.length && !e.ariaLabel && !e.textContent.trim()).length"
    )
    assert page.evaluate(nameless) == 0
    page.click("#print")
    assert page.is_visible("#progress") or page.is_visible("#note")
    assert page.faults == []
