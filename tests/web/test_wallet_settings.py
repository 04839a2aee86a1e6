"""The wallet's settings: wishes, consents, devices, a proven phone on a new device, everything gone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from kvit.access.customers import service as customers
from kvit.access.customers.devices import device_hash
from kvit.access.customers.model import Wish
from kvit.refusal import Refusal
from tests.receipt.printouts import prepared
from tests.web.house import PUBLIC, House, csrf
from tests.web.wallets import give_world, keep, prove, send, with_wallet

PHONE, OTHER = "07400 123456", "07400 123457"
SETTINGS = "/wallet/settings"


def customer(house: House, phone: TestClient) -> str:
    found = house.db.read_now(customers.visitor, device_hash(phone.cookies["kvit-wallet"]), int(house.now_s[0]))
    assert found is not None
    return found[0].id


def titles(phone: TestClient) -> int:
    return phone.get("/wallet").text.count('class="title"')


def test_a_wish(house: House) -> None:
    phone = with_wallet(house)
    assert send(phone, "/wallet/wish", SETTINGS, wish="electronic").headers["location"] == f"{SETTINGS}?said=wish"
    found = house.db.read_now(customers.find, customer(house, phone))
    assert found is not None
    assert found.wish is Wish.ELECTRONIC
    assert 'value="electronic" checked' in phone.get(SETTINGS).text
    assert send(phone, "/wallet/wish", SETTINGS, wish="gold").status_code == 422


def test_consents_are_given_and_taken_back(house: House) -> None:
    phone = with_wallet(house)
    me = customer(house, phone)
    send(phone, "/wallet/consent", SETTINGS, what="messages", given="1")
    assert house.db.read_now(customers.agrees, me, "messages")
    assert not house.db.read_now(customers.agrees, me, "offers")
    send(phone, "/wallet/consent", SETTINGS, what="messages")
    assert not house.db.read_now(customers.agrees, me, "messages")
    (record,) = house.db.read_now(customers.consents, me)
    assert (record.what, record.version, record.given_by) == ("messages", "1", "wallet")
    assert record.withdrawn_at is not None
    assert send(phone, "/wallet/consent", SETTINGS, what="everything", given="1").status_code == 422


def test_a_new_device_sees_the_wallet_after_a_proof(house: House) -> None:
    sent, _ = give_world(house)
    old = with_wallet(house)
    assert prove(old, sent, PHONE).headers["location"] == "/wallet?said=proven"
    assert sent.codes[-1][:2] == ("phone", "+447400123456")
    assert titles(old) == 1
    new = house.public()
    assert titles(new) == 0
    house.now_s[0] += 90
    assert prove(new, sent, "+44 7400-123456").status_code == 303
    assert titles(new) == 1
    assert new.get(SETTINGS).text.count("/wallet/device/end") == 2
    stranger = house.public()
    house.now_s[0] += 90
    prove(stranger, sent, OTHER)
    assert titles(stranger) == 0


def test_an_anonymous_wallet_joins_the_proven_one(house: House) -> None:
    sent, _ = give_world(house)
    first, second = house.keep(prepared(0), prepared(1))
    old, new = with_wallet(house, first), with_wallet(house, second)
    prove(old, sent, PHONE)
    house.now_s[0] += 90
    prove(new, sent, PHONE)
    assert titles(old) == titles(new) == 2


def test_the_answer_is_the_same_for_known_and_unknown_phones(house: House) -> None:
    sent, _ = give_world(house)
    prove(with_wallet(house), sent, PHONE)
    house.now_s[0] += 90
    told = []
    for contact in (PHONE, "07400 123499"):
        asked = send(house.public(), "/wallet/prove", "/wallet/prove", contact=contact)
        told.append(re.sub(r'value="[^"]*"|[0-9]{4}', "", asked.text))
        assert asked.status_code == 200
    assert told[0] == told[1]


def test_wrong_digits_are_counted_and_the_fifth_ends_it(house: House) -> None:
    sent, _ = give_world(house)
    phone = house.public()
    asked = send(phone, "/wallet/prove", "/wallet/prove", contact=PHONE)
    proof = re.search(r'name="proof" value="([0-9a-f]+)"', asked.text)
    assert proof is not None
    wrong = f"{(int(sent.codes[-1][2]) + 1) % 10**6:06}"
    fields = {"csrf": csrf(asked.text), "proof": proof[1], "digits": wrong}
    for _ in range(5):
        got = phone.post("/wallet/prove/code", data=fields, headers={"origin": PUBLIC})
        assert (got.status_code, 'role="alert"' in got.text) == (409, True)
    right = phone.post("/wallet/prove/code", data=fields | {"digits": sent.codes[-1][2]}, headers={"origin": PUBLIC})
    assert right.status_code == 409
    assert "kvit-wallet" not in phone.cookies


def test_digits_are_of_no_use_on_another_device(house: House) -> None:
    sent, _ = give_world(house)
    asked = send(house.public(), "/wallet/prove", "/wallet/prove", contact=PHONE)
    proof = re.search(r'name="proof" value="([0-9a-f]+)"', asked.text)
    assert proof is not None
    thief = house.public()
    got = send(thief, "/wallet/prove/code", "/wallet/prove", proof=proof[1], digits=sent.codes[-1][2])
    assert got.status_code == 409


@pytest.mark.parametrize("contact", ["", "hello", "123", "@", "020 7946 0000", "+1 555", "a@b@c"])
def test_what_is_no_contact_is_said(house: House, contact: str) -> None:
    sent, _ = give_world(house)
    got = send(house.public(), "/wallet/prove", "/wallet/prove", contact=contact)
    assert (got.status_code, 'role="alert"' in got.text) == (409, True)
    assert sent.codes == []


def test_a_message_that_is_refused_sends_no_code(house: House) -> None:
    sent, _ = give_world(house)
    sent.refused = Refusal("wallet.no_messages")
    got = send(house.public(), "/wallet/prove", "/wallet/prove", contact=PHONE)
    assert got.status_code == 409
    rows = house.db.read_now(lambda tx: tx.all("SELECT count(*) FROM access_customer_proof"))
    assert rows == [(0,)]


def test_without_a_provider_the_page_says_so(house: House) -> None:
    text = house.public().get("/wallet/prove").text
    assert "contact" not in re.findall(r'name="(\w+)"', text)


@pytest.mark.parametrize(
    ("kinds", "words"),
    [
        ((), "can not send codes"), (("phone",), "Prove your phone<"), (("mail",), "Prove your mail address<"),
        (("phone", "mail"), "Prove your phone or mail<"),
    ],
)  # fmt: skip
def test_a_proof_is_called_by_what_can_be_proven(house: House, kinds: tuple[str, ...], words: str) -> None:
    sent, _ = give_world(house)
    object.__setattr__(sent, "kinds", lambda: kinds)
    phone, new = with_wallet(house), house.public()
    assert words in phone.get(SETTINGS).text
    assert words in new.get("/wallet/prove").text
    assert (words in new.get("/wallet").text) == bool(kinds)


def test_the_devices_secret_is_new_after_a_proof(house: House) -> None:
    sent, _ = give_world(house)
    phone = with_wallet(house)
    before = phone.cookies["kvit-wallet"]
    prove(phone, sent, PHONE)
    assert phone.cookies["kvit-wallet"] != before
    planted = house.public()
    planted.cookies.set("kvit-wallet", before)
    assert titles(planted) == 0


def test_a_lost_device_is_ended(house: House) -> None:
    sent, _ = give_world(house)
    mine, lost = with_wallet(house), house.public()
    prove(mine, sent, PHONE)
    house.now_s[0] += 90
    prove(lost, sent, PHONE)
    text = mine.get(SETTINGS).text
    listed = text.split('id="devices-title"')[1].split("</section>")[0]
    other = re.search(r'name="id" value="([0-9a-f]+)"', listed)
    assert other is not None
    assert send(mine, "/wallet/device/end", SETTINGS, id=other[1]).headers["location"] == f"{SETTINGS}?said=device"
    assert (titles(mine), titles(lost)) == (1, 0)
    own = re.findall(r'name="id" value="([0-9a-f]+)"', mine.get(SETTINGS).text)[-1]
    left = send(mine, "/wallet/device/end", SETTINGS, id=own)
    assert left.headers["location"] == "/wallet?said=left"
    assert "storage" in left.headers["clear-site-data"]
    assert titles(mine) == 0


def test_erasing_everything_leaves_no_raw_hit(house: House, tmp_path: Path) -> None:
    sent, _ = give_world(house)
    (id_,) = house.keep()
    phone = with_wallet(house, id_)
    prove(phone, sent, PHONE)
    page = f"/wallet/r/{id_}"
    send(phone, f"{page}/note", page, note="Quicksilver marmalade")
    send(phone, f"{page}/remind", page, day="2026-01-01", words="Zanzibar")
    me = customer(house, phone)
    send(phone, "/wallet/find", "/wallet", search="Quicksilver")
    assert send(phone, "/wallet/erase", SETTINGS).headers["location"] == f"{SETTINGS}?said=not_meant"
    gone = send(phone, "/wallet/erase", SETTINGS, meant="1")
    assert gone.headers["location"] == "/wallet?said=erased"
    assert not {"kvit-find", "kvit-wallet"} & set(phone.cookies)
    assert titles(phone) == 0
    assert house.db.read_now(customers.find, me) is None
    house.db.backup(tmp_path / "copy.db")
    needles = (b"uicksilver", b"armalade", b"anzibar", b"7400123456")
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert [(file.name, needle) for file in files for needle in needles if needle in file.read_bytes()] == []
    assert house.user().get(f"/receipts/{id_}").status_code == 200


def test_browsers_are_told(house: House) -> None:
    _, pushed = give_world(house)
    phone = with_wallet(house)
    token = re.search(r'data-token="([^"]+)"', phone.get(SETTINGS).text)
    assert token is not None
    headers = {"origin": PUBLIC, "x-csrf-token": token[1]}
    body = {"subscription": '{"endpoint":"https://push.example/x"}'}
    assert phone.post("/wallet/push", json=body, headers=headers).json() == {"done": True}
    assert pushed.known == [(customer(house, phone), body["subscription"], "en")]
    assert phone.post("/wallet/push", json=body, headers={"origin": PUBLIC}).status_code == 403
    assert phone.post("/wallet/push/off", json=body, headers=headers).json() == {"done": True}
    assert pushed.known == []


def test_without_pushes_the_page_offers_none(house: House) -> None:
    assert 'id="push"' not in with_wallet(house).get(SETTINGS).text


def test_member_codes_come_in_a_batch_and_are_read_back(house: House) -> None:
    import base64

    import numpy as np
    import zxingcpp

    from kvit.access.customers import codes

    phone = with_wallet(house)
    batch = phone.get("/wallet/codes").json()
    assert len(batch["codes"]) >= 60
    assert [one["at"] for one in batch["codes"]] == [
        codes.window(batch["now"]) + at * batch["window_s"] for at in range(len(batch["codes"]))
    ]
    side = batch["side"]
    bits = np.unpackbits(np.frombuffer(base64.b64decode(batch["codes"][3]["modules"]), np.uint8))[: side * side]
    image = np.pad(1 - bits.reshape(side, side), 4, constant_values=1).repeat(4, 0).repeat(4, 1).astype(np.uint8) * 255
    (read,) = zxingcpp.read_barcodes(image)
    code = codes.read(read.text, house.context.customer_keys.public)
    assert not isinstance(code, Refusal)
    assert (code.customer, code.starts_at) == (customer(house, phone), batch["codes"][3]["at"])


def test_a_second_keeping_of_the_same_receipt_on_two_phones(house: House) -> None:
    (id_,) = house.keep()
    first, second = house.public(), house.public()
    keep(house, first, id_)
    keep(house, second, id_)
    assert customer(house, first) != customer(house, second)
