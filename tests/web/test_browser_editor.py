"""The template editor in a real browser: blocks by keyboard and mouse, undo, a draft that survives, papers that follow."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from kvit.device.spool import service as spool
from kvit.device.spool.store import Filter
from kvit.template.library import service
from kvit.template.library.model import Integrated, Key, Layout, Recipe
from tests.receipt.printouts import SHOP, prepared
from tests.web.templating import templating
from tests.web.test_browser import Sites, browser, sites
from tests.web.test_browser_printing import opened

__all__ = ["browser", "sites"]
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

KEY = Key(SHOP, "shopping")
SAVED = "#state[data-now=saved]"
NAMES = "[...document.querySelectorAll('.block .name')].map((each) => each.textContent)"


def editor(sites: Sites, browser: Any, path: str = "/editor/shopping", **options: Any) -> Any:
    """The editor, with its first papers drawn."""
    page = opened(sites, browser, "manager", **options)
    page.goto(sites.staff + path)
    page.wait_for_selector(".sheet-of[data-hash]", state="attached")
    return page


def changed(page: Any, act: Any) -> None:
    """Do something that changes the paper, and wait for the new one."""
    before = page.get_attribute(".sheet-of", "data-hash")
    act()
    page.wait_for_function("before => document.querySelector('.sheet-of').dataset.hash !== before", arg=before)


def names(page: Any) -> list[str]:
    found: list[str] = page.evaluate(NAMES)
    return found


def drafted(sites: Sites) -> Recipe:
    found = sites.house.db.read_now(service.recipe, KEY, 0)
    assert isinstance(found, Recipe), found
    return found


def prints(sites: Sites) -> str:
    found = sites.house.db.read_now(service.integrated, KEY)
    assert isinstance(found, Integrated), found
    return str(found.layouts)


def test_from_a_typed_word_to_a_published_version(sites: Sites, browser: Any) -> None:
    templating(sites.house)
    page = editor(sites, browser)
    assert page.locator(".sheet-of").count() == 2
    page.click(".block:nth-child(3) .open")
    changed(page, lambda: page.fill(".block:nth-child(3) textarea", "Come again"))
    page.select_option(".block:nth-child(3) select.insert", "{{shop.name}}")
    assert page.input_value(".block:nth-child(3) textarea") == "Come again{{shop.name}}"
    changed(page, lambda: page.click(".block:nth-child(3) .more-column"))
    page.click("summary:has-text('What the data must have')")
    assert page.input_value("#needs") == "items total"
    page.fill("#needs", "items total member.name")
    page.keyboard.press("Enter")
    page.wait_for_selector("#state:not([data-now=saved])")
    page.wait_for_selector(SAVED)
    assert drafted(sites).requires == ("items", "total", "member.name")
    assert "Come again" in drafted(sites).layouts[2].content
    assert "Come again" not in prints(sites)
    page.reload()
    page.click(".block:nth-child(3) .open")
    assert page.input_value(".block:nth-child(3) textarea") == "Come again{{shop.name}}"
    page.click("#publish")
    page.fill("#note", "for the holidays")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Version 1 is published")
    assert page.is_visible("text=for the holidays")
    assert "Come again" in prints(sites)
    assert page.faults == []


def test_blocks_move_by_keyboard_and_by_mouse_and_go_back(sites: Sites, browser: Any) -> None:
    templating(sites.house)
    page = editor(sites, browser)
    began = names(page)
    assert began[1:4] == ["Shop", "Address", "Phone"]
    page.focus(".block:nth-child(3) .open")
    page.keyboard.press("Alt+ArrowUp")
    assert names(page)[1:3] == ["Address", "Shop"]
    assert page.evaluate("document.activeElement.closest('.block').querySelector('.name').textContent") == "Address"
    assert "2 / " in page.inner_text("#heard")
    grip, target = (page.locator(f".block:nth-child({at}) .grip").bounding_box() for at in (2, 5))
    page.mouse.move(grip["x"] + 10, grip["y"] + 20)
    page.mouse.down()
    page.mouse.move(target["x"] + 10, target["y"] + 40, steps=8)
    page.mouse.up()
    assert names(page).index("Address") > names(page).index("Phone")
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert names(page) == began
    page.keyboard.press("Control+y")
    assert names(page)[1:3] == ["Address", "Shop"]
    page.keyboard.press("Control+z")
    changed(page, lambda: page.click(".block:nth-child(2) .remove"))
    assert "Shop" not in names(page)
    page.click("#undo")
    page.click(".block:nth-child(2) .double")
    assert names(page)[1:3] == ["Shop", "Shop"]
    page.click("#add summary")
    page.click("#add [data-kind=marketing]")
    assert "Offer" in names(page)
    page.wait_for_selector("#missing-names:has-text('$offer')")
    assert page.faults == []


def test_what_the_shop_did_not_get_is_there_after_a_reload(sites: Sites, browser: Any) -> None:
    templating(sites.house)
    page = editor(sites, browser)
    page.route("**/draft", lambda route: route.abort())
    page.click(".block:nth-child(2) .open")
    page.fill(".block:nth-child(2) textarea", "only here")
    page.wait_for_selector("#state[data-now=away]")
    page.unroute("**/draft")
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.wait_for_selector("#restored:not([hidden])")
    page.wait_for_selector(SAVED)
    assert "only here" in drafted(sites).layouts[1].content


def test_anothers_draft_is_asked_about(sites: Sites, browser: Any) -> None:
    templating(sites.house)
    page = editor(sites, browser)
    theirs = Recipe((Layout("header", "Theirs", '[{"content":"theirs"}]'),))
    sites.house.db.write_now(service.save_draft, KEY, theirs, lambda text: "", 0)
    page.click(".block:nth-child(2) .remove")
    page.wait_for_selector("#conflict:not([hidden])")
    assert drafted(sites).layouts == theirs.layouts
    page.click("#theirs")
    page.wait_for_function(f"() => {NAMES}.includes('Theirs')")
    page.click("#undo")
    assert "Theirs" not in names(page)
    page.wait_for_selector(SAVED)
    assert len(drafted(sites).layouts) > 10


def test_faults_stand_at_their_block_and_the_paper_stays(sites: Sites, browser: Any) -> None:
    templating(sites.house)
    page = editor(sites, browser)
    page.click(".block:nth-child(2) .open")
    page.fill(".block:nth-child(2) textarea", "{{#if shop")
    page.wait_for_selector(".block:nth-child(2) .fault:not([hidden])")
    assert page.locator(".fault:not([hidden])").count() == 1
    assert page.is_visible(".sheets.stale .sheet-of img")
    changed(page, lambda: page.fill(".block:nth-child(2) textarea", "well"))
    assert page.locator(".fault:not([hidden])").count() == 0


def test_a_picture_samples_and_print_this(sites: Sites, browser: Any) -> None:
    templating(sites.house)
    (id_,) = sites.house.keep(prepared(0))
    page = editor(sites, browser)
    made = io.BytesIO()
    Image.new("L", (64, 32), 0).save(made, "PNG")
    page.click(".block:nth-child(1) .open")
    file = {"name": "logo.png", "mimeType": "image/png", "buffer": made.getvalue()}
    page.set_input_files(".block:nth-child(1) input[type=file]", file)
    page.wait_for_function("() => document.querySelector('img.chosen-picture')?.naturalWidth === 64")
    page.wait_for_selector(SAVED)
    assert "picture:" in drafted(sites).layouts[0].content
    changed(page, lambda: page.select_option("#sample", "long"))
    changed(page, lambda: page.select_option("#sample", f"receipt:{id_}"))
    assert "Latte" in page.input_value("#data")
    page.click("summary:has-text('Data of the sample')")
    changed(page, lambda: page.fill("#data", '{"currency": "KZT", "total": 100, "items": []}'))
    page.click("button.print:visible")
    page.wait_for_selector("#printed a")
    (job,) = sites.house.db.read_now(spool.search, SHOP, Filter())
    assert (job.printer, job.title) == ("counter", "Sales receipt")


@pytest.mark.parametrize(("width", "language"), [(820, "kk-KZ"), (360, "ru-RU")])
def test_it_fits_a_tablet_and_a_phone(sites: Sites, browser: Any, width: int, language: str) -> None:
    templating(sites.house)
    page = editor(sites, browser, viewport={"width": width, "height": 800}, locale=language, has_touch=True)
    page.click(".block:nth-child(8) .open")
    for view in ("edit", "look"):
        page.click(f"[data-view-of={view}]")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        nameless = (
            "[...document.querySelectorAll('input:not([type=hidden]), select, textarea, summary, button')]"
            ".filter(e => e.offsetParent && !e.labels?.length && !e.ariaLabel && !e.textContent.trim()).length"
        )
        assert page.evaluate(nameless) == 0
        small = (
            "[...document.querySelectorAll('button, select')].filter(e => e.offsetParent && e.offsetHeight < 36).length"
        )
        assert page.evaluate(small) == 0
    for place in ("/templates", "/templates/shopping", "/template-values"):
        page.goto(sites.staff + place)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), place
    assert page.faults == []


def test_the_template_as_text_and_back(sites: Sites, browser: Any) -> None:
    templating(sites.house)
    page = editor(sites, browser)
    began = names(page)
    page.click("[data-form-of=text]")
    page.wait_for_selector("#text", state="visible")
    page.wait_for_function("document.querySelector('#text').value.includes('{requires: items, total}')")
    assert not page.is_visible("#blocks")
    text = page.input_value("#text")
    changed(page, lambda: page.fill("#text", text + "{layout: footer; name: Bye}\n^^Good bye^^\n"))
    page.wait_for_selector(SAVED)
    page.fill("#text", text + "oops }\n")
    page.wait_for_selector("#text-fault:not([hidden])")
    assert "column 6" in page.inner_text("#text-fault")
    page.click("[data-form-of=blocks]")
    assert page.is_visible("#text"), "what can not be read is not thrown away"
    page.fill("#text", text + "{layout: footer; name: Bye}\n^^Good bye^^\n")
    page.wait_for_selector("#text-fault", state="hidden")
    page.click("[data-form-of=blocks]")
    page.wait_for_selector("#blocks", state="visible")
    assert names(page) == [*began, "Bye"]
    page.wait_for_selector(SAVED)
    assert "Bye" in [each.name for each in drafted(sites).layouts]
    assert page.faults == []
