"""The customers' page and its API: a whole number finds, contacts are masked, clear is on the record, all of one shop."""

from __future__ import annotations

import json
import secrets
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from kvit.access import role
from kvit.access import service as access
from kvit.access.customers import joining, proving, service, store
from kvit.access.customers import keys as keys_of
from kvit.access.customers.model import Card, Wish
from kvit.access.customers.proofs import Started, Wanted
from kvit.access.model import User
from kvit.db import Tx
from kvit.shop import ShopSettings
from kvit.web import staff_app
from tests.access.customers.wallets import Wallet, Wallets
from tests.receipt.printouts import SHOP
from tests.web.house import NOW_S, STAFF, House, csrf

PHONE, TYPED = "+447400123456", "07400 123 456"
MAIL, NAME, CARD = "anna@example.com", "Anna Bell", "8801234567890"
MASKED = "074** **3456"
WORDS = (PHONE, PHONE[1:], "07400123456", "07400 123456", "7400 123456", MAIL, NAME, CARD)


class Shopper:
    """A customer with everything, at a shop."""

    def __init__(self, house: House, shop: str = SHOP, contact: bool = True) -> None:
        self.house, db, keys = house, house.db, house.context.customer_keys
        wallets = Wallets(db, seed=secrets.randbits(32))
        self.wallet: Wallet = wallets.open(NOW_S, "Firefox on Android")
        self.id = self.wallet.customer.id
        if contact:
            for kind, text in (("phone", PHONE), ("mail", MAIL)):
                hash_, sealed = (
                    proving.contact_hash(keys, kind, text),
                    keys.seal(kind, self.id, text, secrets.token_bytes),
                )
                assert db.write_now(store.put_contact, self.id, kind, hash_, sealed, NOW_S)
            db.write_now(service.set_name, self.id, NAME, keys, secrets.token_bytes)
            made = db.write_now(
                service.remember_card, self.id, wallets.device_id(), CARD, "barcode", "Blue", "wallet", keys, NOW_S
            )
            assert isinstance(made, Card)
            self.card = made.id
        db.write_now(service.consent, self.id, "messages", "1", "wallet", NOW_S)
        db.write_now(service.meet, shop, self.id, NOW_S)


@pytest.fixture
def shopper(house: House) -> Shopper:
    return Shopper(house)


def send(browser: TestClient, path: str, **fields: str) -> Any:
    token = csrf(browser.get("/customers").text)
    return browser.post(path, data={"csrf": token, **fields}, headers={"origin": STAFF})


def call(browser: TestClient, method: str, path: str, body: object = None) -> Any:
    token = browser.get("/api/v1/session").json()["csrf"]
    headers = {"x-csrf-token": token, "origin": STAFF}
    return browser.request(method, path, json=body, headers=headers)


def log_of(house: House) -> list[tuple[str, str, str]]:
    return [(entry.act, entry.subject, entry.detail) for entry in house.db.read_now(store_entries)]


def store_entries(tx: Tx) -> Any:
    from kvit.access import store as staff_store

    return list(staff_store.entries(tx, SHOP))


# --- finding ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", [TYPED, PHONE, MAIL, "ANNA@example.com", CARD, f" {CARD} "])
def test_a_customer_is_found_by_a_whole_number(house: House, shopper: Shopper, typed: str) -> None:
    browser = house.user("manager")
    answer = send(browser, "/customers/find", text=typed)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/customers/{shopper.id}"
    assert log_of(house)[-1][:2] == ("customer.found", shopper.id)
    found = call(browser, "POST", "/api/v1/customers/find", {"text": typed})
    assert found.json() == {"id": shopper.id}


def test_a_member_code_that_is_shown_finds_its_customer_once(house: House) -> None:
    """Also one who was never at the shop: by showing it they are."""
    shopper, browser = Shopper(house, shop="shop-2", contact=False), house.user("manager")
    assert browser.get(f"/customers/{shopper.id}").status_code == 404
    visit = house.db.read_now(service.visitor, shopper.wallet.hash, NOW_S)
    assert visit is not None
    (code,) = service.make_codes(house.context.customer_keys, visit, NOW_S, 1, secrets.token_bytes)
    answer = send(browser, "/customers/find", text=f" {code.lower()}")
    assert answer.headers["location"] == f"/customers/{shopper.id}"
    assert log_of(house)[-1][:2] == ("customer.found", shopper.id)
    again = send(browser, "/customers/find", text=code)
    assert again.status_code == 409
    assert "has been used" in again.text
    assert call(browser, "POST", "/api/v1/customers/find", {"text": "KVIT1.XYZ"}).json()["code"] == "customers.code_bad"


@pytest.mark.parametrize(
    "typed", ["", "3456", "074", "07400 123 457", "anna", "@example.com", CARD[:-1], "%", "*", "' OR 1=1"]
)
def test_less_than_a_whole_number_finds_nobody(house: House, shopper: Shopper, typed: str) -> None:
    browser = house.user("manager")
    before = len(log_of(house))
    answer = send(browser, "/customers/find", text=typed)
    assert answer.status_code in (404, 422)
    assert shopper.id not in answer.text.split("<ul")[0]
    assert len(log_of(house)) == before


def test_one_person_can_not_look_up_a_whole_country(house: House, shopper: Shopper) -> None:
    browser = house.user("manager")
    statuses = [
        call(browser, "POST", "/api/v1/customers/find", {"text": f"0740012{n:04}"}).status_code for n in range(62)
    ]
    assert statuses[:60] == [404] * 60
    assert statuses[60:] == [429] * 2


def test_who_was_here_lately_is_listed_without_a_word_of_a_person(house: House, shopper: Shopper) -> None:
    browser = house.user("manager")
    page = browser.get("/customers").text
    assert f"/customers/{shopper.id}" in page
    listed = browser.get("/api/v1/customers").json()
    assert listed["count"] == 1
    assert [row["id"] for row in listed["customers"]] == [shopper.id]
    for text in (page, json.dumps(listed)):
        assert not [word for word in (*WORDS, MASKED) if word in text]


# --- what is seen -----------------------------------------------------------------------------------------------------


def test_a_page_shows_contacts_masked(house: House, shopper: Shopper) -> None:
    browser = house.user("manager")
    page = browser.get(f"/customers/{shopper.id}").text
    whole = browser.get(f"/api/v1/customers/{shopper.id}").json()
    assert MASKED in page
    assert whole["contacts"] == {"phone": MASKED, "mail": "a***@e***.com", "name": "A***"}
    assert [device["label"] for device in whole["devices"]] == ["Firefox on Android"]
    assert [card["label"] for card in whole["cards"]] == ["Blue"]
    assert [one["what"] for one in whole["consents"]] == ["messages"]
    for text in (page, json.dumps(whole)):
        assert not [word for word in WORDS if word in text]


@pytest.mark.parametrize(("kind", "text"), [("phone", "07400 123456"), ("mail", MAIL), ("name", NAME)])
def test_in_clear_is_on_the_record(house: House, shopper: Shopper, kind: str, text: str) -> None:
    browser = house.user("manager")
    shown = send(browser, "/customers/reveal", customer=shopper.id, kind=kind)
    assert shown.status_code == 200
    assert text in shown.text
    assert shown.headers["cache-control"] == "no-store"
    assert log_of(house)[-1] == ("customer.revealed", shopper.id, f'{{"kind":"{kind}"}}')
    told = call(browser, "POST", f"/api/v1/customers/{shopper.id}/reveal", {"kind": kind}).json()
    assert told["kind"] == kind
    assert text.replace(" ", "").lstrip("0") in told["text"].replace(" ", "")
    assert len([row for row in log_of(house) if row[0] == "customer.revealed"]) == 2


def test_neither_log_nor_audit_holds_a_word_of_a_person(house: House, shopper: Shopper) -> None:
    browser = house.user("manager")
    for typed in (TYPED, MAIL, CARD, "07400 000 000"):
        send(browser, "/customers/find", text=typed)
    for kind in ("phone", "mail", "name"):
        send(browser, "/customers/reveal", customer=shopper.id, kind=kind)
    send(browser, "/customers/card", customer=shopper.id, text="7777777", label="x")
    send(browser, "/customers/erase", customer=shopper.id, meant="1")
    told = json.dumps(log_of(house)) + json.dumps([[event, str(values)] for event, values in house.told])
    assert not [word for word in (*WORDS, "7777777", TYPED, "07400 000 000") if word in told]
    assert house.db.read_now(access.verify_audit, SHOP) == len(log_of(house))


# --- helping ----------------------------------------------------------------------------------------------------------


def test_a_wish_a_card_a_device_on_the_page(house: House, shopper: Shopper) -> None:
    browser, db = house.user("manager"), house.db
    assert send(browser, "/customers/wish", customer=shopper.id, wish="both").status_code == 303
    found = db.read_now(service.find, shopper.id)
    assert found is not None
    assert found.wish is Wish.BOTH
    assert (
        send(browser, "/customers/card", customer=shopper.id, text="04:A1:B2:C3", label="Keys", tag="1").status_code
        == 303
    )
    labels = {card.label: card for card in db.read_now(service.list_cards, shopper.id)}
    assert labels["Keys"].kind == "nfc"
    assert send(browser, "/customers/card/drop", customer=shopper.id, id=labels["Keys"].id).status_code == 303
    assert send(browser, "/customers/card/drop", customer=shopper.id, id=labels["Keys"].id).status_code == 404
    assert send(browser, "/customers/card", customer=shopper.id, text="1").status_code == 422
    device = shopper.wallet.device.id
    assert send(browser, "/customers/device/end", customer=shopper.id, id=device).status_code == 303
    assert db.read_now(service.device_customer, shopper.wallet.hash, NOW_S) is None


def test_the_same_by_the_api(house: House, shopper: Shopper) -> None:
    browser, base = house.user("manager"), f"/api/v1/customers/{shopper.id}"
    assert call(browser, "PUT", f"{base}/wish", {"wish": "electronic"}).status_code == 200
    assert call(browser, "PUT", f"{base}/wish", {"wish": "purple"}).status_code == 422
    assert browser.get(base).json()["wish"] == "electronic"
    made = call(browser, "POST", f"{base}/cards", {"text": "777 888", "label": "Green"}).json()
    assert call(browser, "POST", f"{base}/cards", {"text": " 777 888"}).json()["id"] == made["id"]
    assert call(browser, "DELETE", f"{base}/cards/{made['id']}").status_code == 200
    assert call(browser, "DELETE", f"{base}/cards/{made['id']}").status_code == 404
    device = shopper.wallet.device.id
    assert call(browser, "DELETE", f"{base}/devices/{device}").json() == {"id": device}
    assert call(browser, "DELETE", f"{base}/devices/{device}").status_code == 404
    assert call(browser, "DELETE", base).json() == {"id": shopper.id}
    assert call(browser, "DELETE", base).status_code == 404
    assert browser.get(base).status_code == 404


def test_erasing_wants_the_box_and_leaves_nobody(house: House, shopper: Shopper) -> None:
    browser = house.user("manager")
    send(browser, "/customers/erase", customer=shopper.id)
    assert house.db.read_now(service.find, shopper.id) is not None
    gone = send(browser, "/customers/erase", customer=shopper.id, meant="1")
    assert gone.headers["location"] == "/customers?erased=1"
    assert house.db.read_now(service.find, shopper.id) is None
    assert browser.get(f"/customers/{shopper.id}").status_code == 404
    assert log_of(house)[-1][:2] == ("customer.erased", shopper.id)


# --- who may, and of which shop ---------------------------------------------------------------------------------------

ACTS = [
    ("POST", "/customers/find"), ("POST", "/customers/wish"), ("POST", "/customers/reveal"), ("POST", "/customers/card"),
    ("POST", "/customers/card/drop"), ("POST", "/customers/device/end"), ("POST", "/customers/erase"),
]  # fmt: skip
API = [
    ("GET", "", None), ("PUT", "/wish", {"wish": "both"}), ("POST", "/reveal", {"kind": "phone"}),
    ("POST", "/cards", {"text": "12345"}), ("DELETE", "/cards/{card}", None), ("DELETE", "/devices/{device}", None),
    ("DELETE", "", None),
]  # fmt: skip


@pytest.mark.parametrize("role_name", ["cashier", "pharmacist", "auditor"])
def test_who_may_not_sees_nothing(house: House, shopper: Shopper, role_name: str) -> None:
    browser = house.user(role_name)
    for path in ("/customers", f"/customers/{shopper.id}", "/api/v1/customers", f"/api/v1/customers/{shopper.id}"):
        assert browser.get(path).status_code == 403, path
    token = browser.get("/api/v1/session").json()["csrf"]
    for method, path in ACTS:
        form = {
            "csrf": token,
            "customer": shopper.id,
            "text": TYPED,
            "kind": "phone",
            "id": "x",
            "wish": "both",
            "meant": "1",
        }
        assert browser.request(method, path, data=form, headers={"origin": STAFF}).status_code == 403, path
    for method, path, body in API:
        path = f"/api/v1/customers/{shopper.id}{path.format(card='x', device='x')}"
        assert call(browser, method, path, body).status_code == 403, path
    assert house.db.read_now(service.find, shopper.id) is not None


def other_shops_manager(house: House) -> TestClient:
    shops = {"shop-2": ShopSettings(id="shop-2", name="Bakery", country="GB")}
    browser = TestClient(staff_app(replace(house.context, shops=shops.get)), STAFF, follow_redirects=False)
    token, id_ = "t" * 43, secrets.token_hex(6)

    def add(tx: Tx) -> None:
        from kvit.access import store as staff_store

        user = User(id_, "shop-2", "Boris", "manager", NOW_S, None, False)
        assert staff_store.add_user(tx, user, "boris", "x")
        access._open_session(tx, user, token, NOW_S)

    house.db.write_now(add)
    browser.cookies.set("kvit-session", token)
    return browser


def test_a_customer_of_another_shop_is_not_there(house: House, shopper: Shopper) -> None:
    browser = other_shops_manager(house)
    assert shopper.id not in browser.get("/customers").text
    assert browser.get("/api/v1/customers").json() == {"customers": [], "count": 0}
    for typed in (TYPED, MAIL, CARD):
        assert call(browser, "POST", "/api/v1/customers/find", {"text": typed}).status_code == 404
        assert send(browser, "/customers/find", text=typed).status_code == 404
    assert browser.get(f"/customers/{shopper.id}").status_code == 404
    device, card = shopper.wallet.device.id, shopper.card
    for method, path, body in API:
        path = f"/api/v1/customers/{shopper.id}{path.format(card=card, device=device)}"
        assert call(browser, method, path, body).status_code == 404, path
    for _, path in ACTS[1:]:
        for id_ in (device, card):
            answer = send(
                browser, path, customer=shopper.id, kind="phone", id=id_, text="12345", wish="paper", meant="1"
            )
            assert answer.status_code == 404, path
    found = house.db.read_now(service.find, shopper.id)
    assert found is not None
    assert found.wish is Wish.UNSAID
    assert len(house.db.read_now(service.list_cards, shopper.id)) == 1
    assert house.db.read_now(service.device_customer, shopper.wallet.hash, NOW_S) is not None


def test_things_of_another_customer_of_the_same_shop_stay(house: House, shopper: Shopper) -> None:
    browser, other = house.user("manager"), Shopper(house, contact=False)
    for path, id_ in (("cards", shopper.card), ("devices", shopper.wallet.device.id)):
        assert call(browser, "DELETE", f"/api/v1/customers/{other.id}/{path}/{id_}").status_code == 404
    assert len(house.db.read_now(service.list_cards, shopper.id)) == 1
    assert house.db.read_now(service.device_customer, shopper.wallet.hash, NOW_S) is not None


@pytest.mark.parametrize(("method", "path"), ACTS)
def test_another_site_can_do_nothing(house: House, shopper: Shopper, method: str, path: str) -> None:
    browser = house.user("owner")
    form = {
        "customer": shopper.id,
        "text": TYPED,
        "kind": "phone",
        "id": "x",
        "wish": "both",
        "meant": "1",
        "csrf": "x",
    }
    token = browser.get("/api/v1/session").json()["csrf"]
    assert browser.request(method, path, data=form, headers={"origin": STAFF}).status_code == 403
    foreign = {"origin": "https://evil.example"}
    assert browser.request(method, path, data={**form, "csrf": token}, headers=foreign).status_code == 403
    assert browser.get(path).status_code in (404, 405, 422)
    assert house.db.read_now(service.find, shopper.id) is not None


@pytest.mark.parametrize("given", ["x", "0" * 23, "0" * 25, "G" * 24, "%00" * 8])
def test_what_is_no_id_finds_nobody(house: House, given: str) -> None:
    browser = house.user("manager")
    assert browser.get(f"/api/v1/customers/{given}").status_code in (404, 422)
    assert browser.get(f"/customers/{given}").status_code in (303, 404, 422)


def test_harmful_words_are_words(house: House, shopper: Shopper) -> None:
    browser = house.user("manager")
    bad = "<script>alert(1)</script>"
    send(browser, "/customers/card", customer=shopper.id, text="9999999", label=bad)
    page = browser.get(f"/customers/{shopper.id}").text
    assert bad not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize("language", ["en", "ko", "ru", "kk", "zh"])
def test_every_language_has_every_word(house: House, shopper: Shopper, language: str) -> None:
    browser = house.user("owner")
    for path in ("/customers", f"/customers/{shopper.id}", "/customers?erased=1"):
        page = browser.get(path, params={"lang": language}).text
        assert "customers." not in page.replace("/customers", "").replace("customers?", "")
        assert f'<html lang="{language}"' in page


def test_the_page_tells_what_codes_cost_today(house: House) -> None:
    house.context = replace(house.context, wallet=replace(house.context.wallet, codes_a_day=5))
    keys = house.context.customer_keys
    for number, wanted in ((0, ""), (1, 'class="quiet">One-time codes'), (4, 'class="note">One-time codes')):
        already = house.db.read_now(proving.sent_today, keys, NOW_S)
        for each in range(already, number):
            asked = Wanted("phone", f"+4474001{each}3456", each.to_bytes(32, "big"), f"10.0.0.{each}")
            made = house.db.write_now(proving.start_proof, keys, asked, f"{each:032}", secrets.token_bytes, NOW_S, 5)
            assert isinstance(made, Started)
        page = house.user("manager").get("/customers").text
        assert (wanted in page) if wanted else ("One-time codes" not in page)


def test_another_key_file_is_told(house: House, shopper: Shopper) -> None:
    words = "kept with another key file"
    assert house.db.write_now(service.settle_keys, house.context.customer_keys, NOW_S)
    assert words not in house.user("manager").get("/customers").text
    other = replace(house.context, customer_keys=keys_of.make(secrets.token_bytes))
    assert not house.db.write_now(service.settle_keys, other.customer_keys, NOW_S)
    house.context = other
    assert words in house.user("manager").get("/customers").text


def test_a_key_of_a_program_sees_no_customers(house: House, shopper: Shopper) -> None:
    assert not {"customers.read", "customers.write"} & role.SCOPES
    assert joining.REVOKED_S > 0
