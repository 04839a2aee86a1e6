"""The correction screen in a real browser: keys alone, equations live, saved is confirmed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.receipt.printouts import prepared
from tests.web.test_browser import Sites, browser, sign_up, sites
from tests.web.test_reading import TEXT

__all__ = ["browser", "sites"]
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


def test_a_receipt_is_corrected_with_the_keyboard(sites: Sites, browser: Any) -> None:
    faults: list[str] = []
    page = browser.new_context(locale="en-GB", viewport={"width": 1280, "height": 900}).new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    sign_up(page, sites)
    (id_,) = sites.house.keep(prepared(0, TEXT, reading=None))
    page.goto(f"{sites.staff}/receipts/{id_}")
    page.click("#correct")
    page.wait_for_selector("#verdict:not(:empty)")
    assert "CORNER CAFE" in page.inner_text(".paper")
    page.select_option("[name=kind]", "sale")
    page.fill("[name=total]", "9,60")
    page.click("[data-add=items]")
    for row in (("Latte", "1", "4.50", "4.50"), ("Bun", "2", "2.50", "5.00")):
        for place, text in enumerate(row):
            page.keyboard.type(text)
            page.keyboard.press("Tab" if place < 3 else "Enter")
    assert "1–2" in page.inner_text("#checks li[data-holds=true]")
    assert page.inner_text("#checks li[data-holds=false]").startswith("✗")
    assert "≠" in page.inner_text("#checks li[data-holds=false]")
    page.fill("[name=total]", "nine")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#refused:not([hidden])")
    assert page.get_attribute("[name=total]", "aria-invalid") == "true"
    page.fill("[name=total]", "9.50")
    assert page.locator("#checks li[data-holds=false]").count() == 0
    assert page.inner_text("#verdict").startswith("✓")
    page.keyboard.press("Control+Enter")
    page.wait_for_url(f"**/receipts/{id_}")
    assert "9.50" in page.inner_text("main")
    page.goto(f"{sites.staff}/receipts/{id_}/correct")
    page.wait_for_selector("#verdict.good")
    assert page.input_value("#items tr:nth-child(2) [data-part=name]") == "Bun"
    assert not faults
