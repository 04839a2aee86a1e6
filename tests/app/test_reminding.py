from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from kvit.access.customers import keys as customer_keys
from kvit.access.customers import service as customers
from kvit.access.customers import store as customer_store
from kvit.app.reminding import CONSENT, Reminders, Reminding
from kvit.app.rooms import MIGRATIONS
from kvit.app.wallet_news import WalletNews
from kvit.db import Database, Row, Tx, open_database
from kvit.notify import browsers
from kvit.notify.sealer import Sealer
from kvit.notify.sealing import KEY_BYTES, Seal
from kvit.receipt import service as receipts
from kvit.receipt.wallet import service as wallet
from kvit.receipt.wallet.model import Kept
from kvit.refusal import Refusal
from kvit.shop import ShopSettings
from kvit.web.wallet_settings import CONSENTS
from tests.fakes.push import Browser
from tests.receipt.printouts import NOON_MS, SHOP, prepared

NOW_S = NOON_MS // 1000
TODAY, DAY = datetime.date(2024, 10, 4), datetime.date(2024, 10, 9)
DAY_S = NOW_S + 5 * 24 * 3600
ANNA = "a1" * 12
KEYS = customer_keys.make(secrets.token_bytes)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    with open_database(tmp_path / "kvit.db", MIGRATIONS) as made:
        yield made


def reminders() -> Reminders:
    sealer = Sealer(Seal(secrets.token_bytes(KEY_BYTES), secrets.token_bytes), lambda: float(DAY_S))
    shop = ShopSettings(id=SHOP, name="Corner Cafe", country="GB", language="ru")
    return Reminders(shop, KEYS, sealer, "https://k.example/")


def reminded(db: Database, words: str = "Warranty") -> str:
    taken = db.write_now(receipts.take, SHOP, prepared())
    assert isinstance(taken, receipts.Taken)
    db.write_now(customers.new_customer, ANNA, NOW_S)
    db.write_now(wallet.keep, ANNA, SHOP, taken.id, NOW_S, "link")
    assert db.write_now(wallet.remind, ANNA, taken.id, DAY, words, TODAY) == taken.id
    return taken.id


def give_contact(tx: Tx, kind: str, value: str) -> None:
    sealed = KEYS.seal(kind, ANNA, value, secrets.token_bytes)
    assert customer_store.put_contact(tx, ANNA, kind, KEYS.hash(kind, value), sealed, NOW_S)


def give_mail(tx: Tx, mail: str) -> None:
    give_contact(tx, "mail", mail)


def notices(tx: Tx) -> list[Row]:
    return tx.all("SELECT kind, content FROM notify_message ORDER BY kind")


def words_of(made: Reminders, row: Row) -> dict[str, str]:
    opened = made.sealer.seal.open(bytes(row[1]), f"words.{row[0]}")
    assert opened is not None
    return msgspec.json.decode(opened, type=dict[str, str])


async def test_a_reminder_goes_out_once_on_its_day(db: Database) -> None:
    id_ = reminded(db)
    made = reminders()
    task = Reminding(db, made, lambda event, values: None)
    db.write_now(browsers.subscribe, made.sealer, ANNA, Browser().subscription("https://push.example"), "ko", 0)
    db.write_now(give_mail, "anna@example.com")
    db.write_now(customers.consent, ANNA, CONSENT, "1", "wallet", NOW_S)
    assert await task.look(DAY_S - 24 * 3600) == 0
    assert await task.look(DAY_S) == 1
    assert await task.look(DAY_S + 24 * 3600) == 0
    mail, push = db.read_now(notices)
    assert (mail[0], push[0]) == ("mail", "push")
    assert "Warranty" in words_of(made, mail)["text"]
    assert words_of(made, push)["url"] == f"https://k.example/wallet/r/{id_}"
    for row in (mail, push):
        assert "Latte" not in str(words_of(made, row))


async def test_who_agreed_to_nothing_gets_no_mail(db: Database) -> None:
    reminded(db, "")
    made = reminders()
    db.write_now(give_mail, "anna@example.com")
    assert await Reminding(db, made, lambda event, values: None).look(DAY_S) == 1
    assert db.read_now(notices) == []
    assert not isinstance(db.read_now(wallet.due, DAY), Refusal)
    assert db.read_now(wallet.due, DAY) == []


async def test_a_receipt_from_the_till_is_told_and_one_kept_by_hand_is_not(db: Database) -> None:
    made = reminders()
    news = WalletNews(made.shop, made.keys, made.sealer, made.public_url)
    taken = db.write_now(receipts.take, SHOP, prepared())
    assert isinstance(taken, receipts.Taken)
    db.write_now(customers.new_customer, ANNA, NOW_S)
    db.write_now(browsers.subscribe, made.sealer, ANNA, Browser().subscription("https://push.example"), "ko", 0)
    db.write_now(give_mail, "anna@example.com")
    assert db.write_now(news.keep, "b0" * 12, SHOP, taken.id, NOW_S, "code") == Kept(taken.id, fresh=True)
    assert db.read_now(notices) == []
    assert db.write_now(news.keep, ANNA, SHOP, "nothing", NOW_S, "code") == Refusal("receipt.unknown")
    assert db.write_now(news.keep, ANNA, SHOP, taken.id, NOW_S, "code") == Kept(taken.id, fresh=True)
    assert db.write_now(news.keep, ANNA, SHOP, taken.id, NOW_S, "code") == Kept(taken.id, fresh=False)
    (push,) = db.read_now(notices)
    words = words_of(made, push)
    assert words["url"] == f"https://k.example/wallet/r/{taken.id}"
    assert "4.50" not in str(words)
    other = db.write_now(receipts.take, SHOP, prepared(9))
    assert isinstance(other, receipts.Taken)
    db.write_now(customers.consent, ANNA, CONSENT, "1", "wallet", NOW_S)
    db.write_now(news.keep, ANNA, SHOP, other.id, NOW_S, "code")
    assert [row[0] for row in db.read_now(notices)] == ["mail", "push", "push"]


@pytest.mark.parametrize(
    ("agreed", "push", "mail", "kinds"),
    [
        (True, False, False, ["sms"]),
        (False, False, False, []),
        (True, True, False, ["push"]),
        (True, False, True, ["mail"]),
    ],
)
async def test_a_text_message_goes_where_nothing_else_reaches(
    db: Database, *, agreed: bool, push: bool, mail: bool, kinds: list[str]
) -> None:
    made = reminders()
    news = WalletNews(made.shop, made.keys, made.sealer, made.public_url)
    taken = db.write_now(receipts.take, SHOP, prepared())
    assert isinstance(taken, receipts.Taken)
    db.write_now(customers.new_customer, ANNA, NOW_S)
    db.write_now(give_contact, "phone", "+447700900123")
    if push:
        db.write_now(browsers.subscribe, made.sealer, ANNA, Browser().subscription("https://push.example"), "ko", 0)
    if mail:
        db.write_now(give_mail, "anna@example.com")
    if agreed:
        db.write_now(customers.consent, ANNA, CONSENT, "1", "wallet", NOW_S)
    db.write_now(news.keep, ANNA, SHOP, taken.id, NOW_S, "code")
    found = db.read_now(notices)
    assert [row[0] for row in found] == kinds
    assert "Latte" not in str([words_of(made, row) for row in found])
    assert all(taken.id in str(words_of(made, row)) for row in found)


def test_the_consent_is_one_the_wallet_asks_for() -> None:
    assert CONSENT in CONSENTS
