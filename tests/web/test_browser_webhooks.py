"""Webhooks in a real browser: added, tried, given another secret, switched off and on, without a fault."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kvit.notify import endpoints as hooks
from kvit.notify import events
from kvit.notify import service as notify
from kvit.notify.model import Outcome, Verdict
from tests.receipt.printouts import SHOP
from tests.web.test_browser import Sites, browser, sites
from tests.web.test_browser_printing import opened

__all__ = ["browser", "sites"]
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]


def tried(sites: Sites, verdict: Verdict, reason: str) -> None:
    """The worker tried what waits."""
    db, now_ms = sites.house.db, int(sites.house.context.clock() * 1000) + 1
    for due in db.write_now(notify.take, now_ms, {}, 10):
        db.write_now(notify.ended, due, Outcome(verdict, reason, "hook"), now_ms)


def shot(page: Any, name: str) -> None:
    if folder := os.environ.get("KVIT_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def test_a_webhook_from_its_first_test_to_its_end(sites: Sites, browser: Any) -> None:
    page = opened(sites, browser, "manager", viewport={"width": 390, "height": 800})
    page.goto(f"{sites.staff}/webhooks")
    page.get_by_label("Name").fill("Bookkeeping")
    page.get_by_label("Address").fill("https://books.example.com/kvit")
    page.get_by_label("receipt stored").check()
    shot(page, "webhooks-new")
    page.get_by_role("button", name="Add the webhook").click()
    secret = page.locator("#fresh").inner_text()
    assert secret.startswith("whsec_")
    shot(page, "webhooks-secret")
    page.get_by_role("link", name="Bookkeeping").click()
    assert secret not in page.content()
    page.get_by_role("button", name="Send a test").click()
    assert page.get_by_text("waiting", exact=True).is_visible()
    tried(sites, Verdict.DONE, "http 204")
    sites.house.db.write_now(
        events.receipt_stored, SHOP, "r1", "till-1", "sale", int(sites.house.context.clock()) * 1000
    )
    tried(sites, Verdict.AWAY, "http 503")
    page.reload()
    assert page.get_by_text("taken", exact=True).is_visible()
    assert "http 503" in page.inner_text("main")
    shot(page, "webhook")
    page.get_by_role("button", name="New secret").click()
    assert page.locator("#fresh").inner_text() != secret
    page.get_by_role("button", name="Switch off").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Switch on").wait_for()
    page.get_by_role("button", name="Switch on").click()
    page.get_by_role("button", name="Send what it missed").click()
    page.wait_for_load_state()
    assert page.get_by_text("waiting", exact=True).count() == 1
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("There is no webhook yet.").wait_for()
    assert sites.house.db.read_now(hooks.every, SHOP) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.faults == []


def test_messages_on_a_narrow_screen(sites: Sites, browser: Any) -> None:
    house = sites.house
    sealer = replace(house.context.sealer, clock=house.context.clock)
    for place, verdict in enumerate((Verdict.DRY, Verdict.DONE, Verdict.UNKNOWN)):
        message = sealer.sms(f"+8210123456{place}8", "[Kvit] 482913", about="code")
        house.db.write_now(notify.send, SHOP, message, f"k{place}")  # type: ignore[arg-type]
        tried(sites, verdict, "slow" if verdict is Verdict.UNKNOWN else "")
    page = opened(sites, browser, "manager", viewport={"width": 390, "height": 800})
    page.goto(f"{sites.staff}/notices")
    assert page.get_by_text("nobody knows").nth(1).is_visible()
    assert page.get_by_text("[Kvit] 482913").is_visible()
    shot(page, "notices")
    page.get_by_role("button", name="Leave it").click()
    page.wait_for_load_state()
    assert page.get_by_role("button", name="Send again").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.faults == []
