"""Customers through the whole house: a code goes out sealed, a merge moves all, an erasure leaves no word anywhere."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import msgspec
import pytest
from starlette.testclient import TestClient

from kvit.access.customers import joining, proofs, service
from kvit.access.customers.model import Customer
from kvit.access.customers.settings import CustomersSettings
from kvit.app.customer_world import MessagedCodes, customer_world
from kvit.app.rooms import MIGRATIONS
from kvit.db import Database, Row, Tx
from kvit.notify.sealer import Sealer
from kvit.notify.sealing import KEY_BYTES, Seal
from kvit.notify.segments import Rule
from kvit.receipt.wallet import service as wallet
from kvit.receipt.wallet.model import Kept
from kvit.refusal import Refusal
from kvit.shop import ShopSettings
from kvit.web import Context
from tests.access.customers.wallets import refused
from tests.databases import OpenDatabase
from tests.receipt.printouts import SHOP
from tests.web.house import House, csrf, open_house

PHONE, TYPED, MAIL, CARD = "+447400194402", "07400 194402", "quicksilver@marmalade.example", "MEMBER-7719-4402"
WORDS = (PHONE, PHONE[1:], "07400194402", "7400194402", MAIL, "quicksilver@", CARD, "7719-4402")


def world_of(context: Context, countries: tuple[str, ...] = ()) -> Context:
    sealer = replace(context.sealer, rule=Rule.WORLD)
    settings = CustomersSettings(countries=countries)
    made = customer_world(context.shop, settings, context.customer_keys, sealer, "key")
    return replace(context, wallet=made, sealer=sealer)


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with open_house(tmp_path) as made:
        made.context = world_of(made.context)
        yield made


def digits(house: House) -> str:
    """Read what the last code says, as its receiver would."""
    sealed = house.db.read_now(lambda tx: tx.one("SELECT content FROM notify_message ORDER BY n DESC LIMIT 1"))
    assert sealed is not None
    opened = house.context.sealer.seal.open(sealed[0], "words.sms") or house.context.sealer.seal.open(
        sealed[0], "words.mail"
    )
    assert opened is not None
    found = re.search(r"\d{6}", msgspec.json.decode(opened)["text"])
    assert found is not None
    return found[0]


def proved(house: House, contact: str) -> tuple[str, TestClient]:
    """Go the whole way of the page on a browser of its own; give the customer's id and the browser."""
    browser = house.public()
    page = browser.get("/wallet/prove")
    sent = browser.post("/wallet/prove", data={"csrf": csrf(page.text), "contact": contact}, headers=ORIGIN)
    assert sent.status_code == 200, sent.text
    found = re.search(r'name="proof" value="([0-9a-f]+)"', sent.text)
    assert found is not None
    form = {"csrf": csrf(sent.text), "proof": found[1], "digits": digits(house)}
    done = browser.post("/wallet/prove/code", data=form, headers=ORIGIN)
    assert done.status_code == 303, done.text
    who = house.db.read_now(
        lambda tx: tx.one("SELECT customer FROM access_customer_device ORDER BY made_at DESC, id LIMIT 1")
    )
    assert who is not None
    return who[0], browser


ORIGIN = {"origin": "http://127.0.0.1:7001"}


def sealer_of() -> Sealer:
    return Sealer(Seal(secrets.token_bytes(KEY_BYTES), secrets.token_bytes), lambda: 0.0)


def rows_of(tx: Tx, table: str) -> list[Row]:
    return tx.all(f'SELECT * FROM "{table}"')


def rows_of_message(db: Database, customer: str) -> list[Row]:
    """The sealed texts there are: the message to the phone, and the phone itself."""
    messages = db.read_now(lambda tx: tx.all("SELECT target FROM notify_message"))
    sql = "SELECT sealed FROM access_customer_contact WHERE customer = $1"
    return messages + db.read_now(lambda tx: tx.all(sql, customer))


def hits(folder: Path, words: tuple[str, ...] = WORDS) -> set[tuple[str, str]]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {(file.name, word) for file in files for word in words if word.encode() in file.read_bytes()}


def test_a_phone_is_proven_by_a_message_and_nothing_of_it_lies_in_the_open(house: House, tmp_path: Path) -> None:
    customer, _ = proved(house, TYPED)
    assert house.db.read_now(service.contact, customer, "phone", house.context.customer_keys) == PHONE
    assert hits(tmp_path) == set()
    told = json.dumps([[event, str(values)] for event, values in house.told])
    assert not [word for word in WORDS if word in told]


def test_known_and_unknown_phones_get_the_same_answer(house: House) -> None:
    proved(house, TYPED)
    house.now_s[0] += 61
    bodies = []
    for contact in (TYPED, "07400 555 555"):
        browser = house.public()
        page = browser.get("/wallet/prove")
        sent = browser.post("/wallet/prove", data={"csrf": csrf(page.text), "contact": contact}, headers=ORIGIN)
        text = re.sub(r'value="[^"]+"', 'value=""', sent.text)
        bodies.append((sent.status_code, len(sent.content), re.sub(r"074\*\* \*\*\d{4}", "", text)))
    assert bodies[0] == bodies[1]


def test_an_erasure_leaves_no_word_in_any_file_and_no_id_in_any_table(house: House, tmp_path: Path) -> None:
    db, keys = house.db, house.context.customer_keys
    customer, browser = proved(house, TYPED)
    house.now_s[0] += 61
    receipt = house.keep()[0]
    now = int(house.now_s[0])
    assert isinstance(db.write_now(wallet.keep, customer, SHOP, receipt, now, "code"), Kept)
    db.write_now(service.meet, SHOP, customer, now)
    db.write_now(service.remember_card, customer, "c" * 16, CARD, "barcode", "Blue", "wallet", keys, now)
    db.write_now(service.set_name, customer, "Quicksilver", keys, secrets.token_bytes)
    assert hits(tmp_path) == set()
    sealed = [row[0] for row in rows_of_message(db, customer)]
    assert sealed
    assert all(any(one in file.read_bytes() for file in tmp_path.iterdir()) for one in sealed)
    done = db.write_now(joining.erase, customer, f"customer:{customer}", house.context.wallet.hooks, now)
    assert done == customer
    assert hits(tmp_path) == set()
    left = {}
    for (table,) in db.read_now(lambda tx: tx.all("SELECT name FROM sqlite_schema WHERE type = 'table'")):
        if table.startswith(("sqlite_", "receipt_words")) or table in ("access_audit", "access_customer_revoked"):
            continue
        left[table] = sum(customer in str(row) for row in db.read_now(rows_of, table))
    assert {table: count for table, count in left.items() if count} == {}
    assert db.read_now(service.find, customer) is None
    assert not any(one in file.read_bytes() for one in sealed for file in tmp_path.iterdir())
    assert browser.get("/wallet/settings").status_code in (303, 401, 403, 404)


def test_a_merge_gives_the_kept_receipts_to_the_proven_wallet(house: House) -> None:
    db = house.db
    owner, _ = proved(house, TYPED)
    house.now_s[0] += 61
    receipt = house.keep()[0]
    now = int(house.now_s[0])
    guest = db.write_now(service.new_customer, "ab" * 12, now)
    assert isinstance(guest, Customer)
    assert isinstance(db.write_now(wallet.keep, guest.id, SHOP, receipt, now, "link"), Kept)
    hooks = house.context.wallet.hooks
    db.write_now(joining.merge, house.context.customer_keys, guest.id, owner, hooks, secrets.token_bytes, now)
    assert db.read_now(wallet.shops, owner) == [SHOP]
    found = db.read_now(service.find, guest.id)
    assert found is not None
    assert found.id == owner


@pytest.mark.parametrize(("kind", "contact"), [("phone", PHONE), ("mail", MAIL)])
def test_a_code_is_ordered_once_and_sealed(database: OpenDatabase, kind: str, contact: str) -> None:
    db: Database = database(*MIGRATIONS)
    sealer = sealer_of()
    codes = MessagedCodes(sealer, ShopSettings(id=SHOP, name="Corner Cafe"))
    assert codes.kinds() == ("phone", "mail")
    for _ in range(2):
        assert db.write_now(codes.send, kind, contact, "123456", "ko", "code:1", 0) is None
    rows = db.read_now(lambda tx: tx.all("SELECT target, content FROM notify_message"))
    assert len(rows) == 1
    assert contact.encode() not in rows[0][0]
    assert b"123456" not in rows[0][1]


def test_where_no_message_can_be_sent_no_code_is_made(database: OpenDatabase) -> None:
    db: Database = database(*MIGRATIONS)
    sealer = sealer_of()
    codes = MessagedCodes(replace(sealer, ways=frozenset()), ShopSettings(id=SHOP, name="Corner Cafe"))
    assert codes.kinds() == ()
    assert isinstance(db.write_now(codes.send, proofs.PHONE, PHONE, "123456", "en", "code:1", 0), Refusal)


def test_other_countries_get_codes_where_the_shop_says_so(tmp_path: Path) -> None:
    with open_house(tmp_path) as made:
        made.context = world_of(made.context, ("KZ",))
        customer, _ = proved(made, "+7 701 123 45 67")
        keys = made.context.customer_keys
        assert made.db.read_now(service.contact, customer, "phone", keys) == "+77011234567"


def test_what_is_refused_is_refused(database: OpenDatabase) -> None:
    db: Database = database(*MIGRATIONS)
    assert refused(db.write_now(joining.erase, "00" * 12, "x", joining.Hooks(), 0)) == "unknown"
