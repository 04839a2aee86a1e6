"""The pages and the API of webhooks and messages: who may, what is shown once, what never."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from kvit.i18n.language import LANGUAGES
from kvit.notify import endpoints as hooks
from kvit.notify import events
from kvit.notify import service as notify
from kvit.notify.hooks.signing import secret_bytes
from kvit.notify.model import Due, Message, Notice, Outcome, State, Verdict
from kvit.notify.sealer import Sealer
from kvit.notify.store import Wanted
from kvit.refusal import Refusal
from tests.receipt.printouts import NOON_MS, SHOP
from tests.web.house import STAFF, House, csrf, post

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{40,}")
URL = "https://example.com/hook"


def add(house: House, browser: Any, url: str = URL, name: str = "Books", **more: str) -> Any:
    return post(browser, "/webhooks", "/webhooks", url=url, name=name, **more)


def the_hook(house: House) -> str:
    return house.db.read_now(hooks.every, SHOP)[-1].id


def press(browser: Any, hook: str, act: str, **more: str) -> Any:
    return post(browser, f"/webhooks/{hook}/{act}", f"/webhooks/{hook}", hook=hook, **more)


def test_a_webhook_is_added_and_its_secret_shown_once(house: House) -> None:
    browser = house.user("manager")
    made = add(house, browser, **{"event.receipt.stored": "on"})
    assert made.status_code == 200
    secret = SECRET.search(made.text)
    assert secret is not None
    assert secret_bytes(secret[0]) is not None
    hook = the_hook(house)
    for path in ("/webhooks", f"/webhooks/{hook}"):
        shown = browser.get(path).text
        assert "Books" in shown
        assert not SECRET.search(shown)
    again = press(browser, hook, "secret")
    other = SECRET.search(again.text)
    assert other is not None
    assert other[0] != secret[0]
    assert house.db.read_now(hooks.every, SHOP)[0].events == ("receipt.stored",)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://example.com/x",
        "ftp://a",
        "https://user:pass@example.com/",
        "javascript:1",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "https://[64:ff9b::7f00:1]/",
        "https://10.0.0.8/",
    ],
)
def test_an_address_that_is_none(house: House, url: str) -> None:
    shown = add(house, house.user("manager"), url=url)
    assert shown.status_code in (409, 422)
    assert house.db.read_now(hooks.every, SHOP) == []


def told(house: House) -> Due:
    house.db.write_now(events.receipt_stored, SHOP, "r1", "till-1", "sale", NOON_MS)
    return house.db.write_now(notify.take, NOON_MS, {}, 10)[0]


def test_deliveries_are_shown_and_played_again(house: House) -> None:
    browser = house.user("manager")
    add(house, browser)
    hook, due = the_hook(house), told(house)
    house.db.write_now(notify.ended, due, Outcome(Verdict.AWAY, "http 503"), NOON_MS)
    shown = browser.get(f"/webhooks/{hook}").text
    assert "http 503" in shown
    assert "receipt stored" in shown
    assert press(browser, hook, "off").status_code == 303
    assert "off" in browser.get("/webhooks").text
    assert press(browser, hook, "test").status_code == 409
    assert press(browser, hook, "on").status_code == 303
    assert press(browser, hook, "replay").status_code == 303
    rows = house.db.read_now(notify.page, SHOP, Wanted(endpoint=hook))
    assert [row.state for row in rows] == [State.WAITING, State.DROPPED]
    assert press(browser, hook, "again", message=rows[1].id).status_code == 303
    assert press(browser, hook, "test").status_code == 303
    assert press(browser, hook, "change", url=URL, name="New name").status_code == 303
    assert "New name" in browser.get("/webhooks").text
    assert press(browser, hook, "remove").status_code == 303
    assert browser.get(f"/webhooks/{hook}").status_code == 404
    acts = house.user("owner").get("/audit").text
    for words in ("Webhook added", "Webhook switched off", "Events sent again", "Webhook removed"):
        assert words in acts


@pytest.mark.parametrize("path", ["/webhooks", "/notices", "/api/v1/webhooks", "/api/v1/notices"])
def test_a_cashier_sees_none_of_it(house: House, path: str) -> None:
    assert house.user("cashier").get(path).status_code == 403


def test_the_api_does_the_same(house: House) -> None:
    browser = house.user("manager")
    token = {"x-csrf-token": csrf(browser.get("/webhooks").text), "origin": STAFF}

    def send(path: str, body: object = None) -> Any:
        return browser.post(f"/api/v1/{path}", json=body, headers=token)

    made = send("webhooks", {"url": URL, "name": "Books", "events": ["receipt.stored"]}).json()
    hook = made["webhook"]["id"]
    assert SECRET.fullmatch(made["secret"])
    assert send("webhooks", {"url": URL, "name": "Books", "events": ["no.such"]}).status_code == 422
    assert [one["name"] for one in browser.get("/api/v1/webhooks").json()["webhooks"]] == ["Books"]
    changed = browser.put(f"/api/v1/webhooks/{hook}", json={"name": "B", "events": []}, headers=token).json()
    assert (changed["name"], changed["url"]) == ("B", URL)
    assert send(f"webhooks/{hook}/secret").json()["webhook"]["two_secrets_until"]
    assert send(f"webhooks/{hook}/test").json()["event"] == "webhook.test"
    told(house)
    found = browser.get(f"/api/v1/webhooks/{hook}/deliveries").json()["deliveries"]
    assert {one["event"] for one in found} == {"receipt.stored", "webhook.test"}
    assert send(f"webhook-deliveries/{found[0]['id']}/replay").json()["state"] == "waiting"
    assert send(f"webhooks/{hook}/state", {"on": False}).json()["state"] == "off"
    assert send(f"webhooks/{hook}/replay").json()["code"] == "notify.endpoint_off"
    names = {one["name"] for one in browser.get("/api/v1/webhook-events").json()["events"]}
    assert names == set(events.EVENTS)
    assert browser.delete(f"/api/v1/webhooks/{hook}", headers=token).status_code == 200
    assert browser.get(f"/api/v1/webhooks/{hook}").status_code == 404


def ordered(house: House, sealer: Sealer, to: str, key: str) -> Notice:
    message = sealer.sms(to, "Your code is 482913", about="code", minutes=5)
    assert isinstance(message, Message)
    made = house.db.write_now(notify.send, SHOP, message, key)
    assert not isinstance(made, Refusal)
    return made


def test_notices_show_states_and_never_an_address(house: House) -> None:
    sealer, browser = replace(house.context.sealer, clock=house.context.clock), house.user("manager")
    for place, verdict in enumerate((Verdict.DONE, Verdict.DRY, Verdict.REFUSED, Verdict.UNKNOWN)):
        ordered(house, sealer, f"+8210123456{place}8", f"k{place}")
        due = house.db.write_now(notify.take, int(house.context.clock() * 1000), {}, 10)[0]
        house.db.write_now(notify.ended, due, Outcome(verdict, "why", "aligo"), int(house.context.clock() * 1000))
    unknown = house.db.read_now(notify.page, SHOP, Wanted(state=State.UNKNOWN))[0]
    shown = browser.get("/notices").text
    assert not re.search(r"10123456|8210", shown)
    assert shown.count("482913") == 1, "the words of the dry run, and of nothing else"
    for words in ("one-time code", "taken", "shown only", "refused", "nobody knows", "…38"):
        assert words in shown
    assert '">taken</span>' in shown
    assert '">taken</span>' not in browser.get("/notices?state=unknown").text
    listed = browser.get("/api/v1/notices").json()["notices"]
    assert len(listed) == 4
    assert not re.search(r"10123456|8210", str(listed))
    assert post(browser, "/notices/again", "/notices", message=unknown.id).status_code == 303
    assert post(browser, "/notices/again", "/notices", message=unknown.id).status_code == 409
    assert post(browser, "/notices/drop", "/notices", message=unknown.id).status_code == 303
    assert house.db.read_now(notify.get, SHOP, unknown.id).state is State.DROPPED  # type: ignore[union-attr]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pages_speak(house: House, language: str) -> None:
    browser = house.user("manager")
    add(house, browser)
    told(house)
    for path in ("/webhooks", f"/webhooks/{the_hook(house)}", "/notices"):
        shown = browser.get(f"{path}?lang={language}").text
        assert "notify." not in re.sub(r'name="[^"]*"', "", shown)


def test_another_shops_webhooks_are_none(house: House) -> None:
    browser = house.user("manager")
    add(house, browser)
    house.db.write_now(hooks.remove, "shop-2", the_hook(house), NOON_MS)
    assert len(house.db.read_now(hooks.every, SHOP)) == 1
    assert house.db.read_now(hooks.get, "shop-2", the_hook(house)) == Refusal("notify.endpoint_unknown")
