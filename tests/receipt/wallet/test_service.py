from __future__ import annotations

import datetime
import secrets

import pytest

from kvit.db import Database, Row, Tx
from kvit.receipt import service as receipts
from kvit.receipt.links import make_token
from kvit.receipt.model import Kind, Line, Reading
from kvit.receipt.wallet import service, store
from kvit.receipt.wallet.model import ITEMS_MAX, Category, CategoryBy, Item, Kept, Page, Wanted
from kvit.refusal import Refusal
from tests.databases import OpenDatabase
from tests.receipt.printouts import DAY_MS, NOON_MS, SHOP, prepared

ANNA, BORA = "anna00000000", "bora00000000"
NOW_S = NOON_MS // 1000
TODAY = datetime.date(2024, 10, 4)
ROOMS = ("kvit.receipt", "kvit.receipt.wallet")
LATE = datetime.date(2025, 1, 1)


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database(*ROOMS)


def stored(
    db: Database, offset: int = 0, text: str = "Corner Cafe\nLatte 4.50\nTOTAL 4.50\n", **changes: object
) -> str:
    taken = db.write_now(receipts.take, SHOP, prepared(offset, text, **changes))
    assert isinstance(taken, receipts.Taken)
    return taken.id


def kept(db: Database, *ids: str, customer: str = ANNA) -> None:
    for id_ in ids:
        assert not isinstance(db.write_now(service.keep, customer, SHOP, id_, NOW_S, "link"), Refusal)


def found(db: Database, wanted: Wanted | None = None, customer: str = ANNA) -> list[str]:
    page = db.read_now(service.find, customer, wanted or Wanted())
    assert isinstance(page, Page)
    return [item.summary.id for item in page.items]


def item(db: Database, id_: str, customer: str = ANNA) -> Item:
    got = db.read_now(service.get, customer, id_)
    assert not isinstance(got, Refusal)
    return got[0]


def test_keeping_is_idempotent(db: Database) -> None:
    id_ = stored(db)
    first = db.write_now(service.keep, ANNA, SHOP, id_, NOW_S, "link")
    again = db.write_now(service.keep, ANNA, SHOP, id_, NOW_S + 5, "till")
    assert (first, again) == (Kept(id_, fresh=True), Kept(id_, fresh=False))
    assert item(db, id_).kept_at_s == NOW_S
    assert found(db) == [id_]
    assert found(db, customer=BORA) == []
    assert db.write_now(service.keep, ANNA, SHOP, "nothing", NOW_S, "link") == Refusal("receipt.unknown")
    assert db.write_now(service.keep, ANNA, "other-shop", id_, NOW_S, "link") == Refusal("receipt.unknown")


def test_a_wallet_has_an_end(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "ITEMS_MAX", 2)
    ids = [stored(db, offset) for offset in range(3)]
    kept(db, *ids[:2])
    refused = db.write_now(service.keep, ANNA, SHOP, ids[2], NOW_S, "link")
    assert refused == Refusal("wallet.full", {"count": 2})
    assert db.write_now(service.keep, ANNA, SHOP, ids[0], NOW_S, "link") == Kept(ids[0], fresh=False)
    assert ITEMS_MAX >= 10_000


def test_pages_are_cut_by_keys(db: Database) -> None:
    ids = [stored(db, offset) for offset in range(7)]
    kept(db, *ids)
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = db.read_now(service.find, ANNA, Wanted(), cursor, 3)
        assert isinstance(page, Page)
        seen += [one.summary.id for one in page.items]
        cursor = page.next
    assert seen == ids[::-1]
    assert db.read_now(service.find, ANNA, Wanted(), "nonsense", 3) == Refusal("receipt.cursor")


SEARCHES: tuple[tuple[str, set[int]], ...] = (
    ("latte", {0}), ("LATTE 4.50", {0}), ("lat", {0}), ("카노", {1}), ("아메리카노", {1}), ("cafe", {0, 2}), ("%", set()),
    ("_", set()), ("...", set()), ("жанар", {2}), ("birthday", {2}), ("день", {1}),
)  # fmt: skip


@pytest.mark.parametrize(("search", "wanted"), SEARCHES)
def test_words_of_receipts_and_notes(db: Database, search: str, wanted: set[int]) -> None:
    ids = [stored(db), stored(db, 1, "가게\n아메리카노 4,500\n"), stored(db, 2, "Cafe Жанаргуль\nTee 2.00\n")]
    kept(db, *ids)
    db.write_now(service.note, ANNA, ids[2], "Birthday\n present")
    db.write_now(service.note, ANNA, ids[1], "ДЕНЬ рождения")
    kept(db, stored(db, 3, "Latte for Bora"), customer=BORA)
    assert set(found(db, Wanted(search=search))) == {ids[at] for at in wanted}


def test_dates_sums_shops_and_categories(db: Database) -> None:
    won = Reading(kind=Kind.SALE, items=(Line("김밥", 1000, 4500, 4500),), total=4500, currency="KRW", decimals=0)
    coffee, kimbap = stored(db), stored(db, 1, "분식\n", reading=won, taken_at_ms=NOON_MS + 3 * DAY_MS)
    bare = stored(db, 2, "Kiosk\n", reading=None)
    kept(db, coffee, kimbap, bare)
    assert found(db, Wanted(least=4500, most=4500)) == [coffee]
    assert found(db, Wanted(least=4501)) == [kimbap]
    assert found(db, Wanted(most=4_500_000)) == [kimbap, coffee]
    assert found(db, Wanted(from_ms=NOON_MS + DAY_MS)) == [kimbap]
    assert found(db, Wanted(until_ms=NOON_MS + DAY_MS)) == [bare, coffee]
    assert found(db, Wanted(category=Category.EATING)) == [kimbap, coffee]
    assert found(db, Wanted(shop=SHOP, search="분식")) == [kimbap]
    assert found(db, Wanted(shop="other")) == []
    assert db.read_now(service.shops, ANNA) == [SHOP]


def test_a_correction_holds_for_the_place(db: Database) -> None:
    ids = [stored(db, number, f"Corner Cafe {number}\nLatte 4.50\n") for number in range(3)]
    kept(db, *ids[:2])
    assert item(db, ids[0]).category_by is CategoryBy.WORDS
    assert db.write_now(service.correct, ANNA, ids[0], Category.LEISURE, everywhere=False) == 1
    assert item(db, ids[0]).category_by is CategoryBy.OWN
    assert db.write_now(service.correct, ANNA, ids[1], Category.SERVICES, everywhere=True) == 1
    kept(db, ids[2])
    got = [(item(db, id_).category, item(db, id_).category_by) for id_ in ids]
    assert got == [
        (Category.LEISURE, CategoryBy.OWN), (Category.SERVICES, CategoryBy.OWN), (Category.SERVICES, CategoryBy.RULE)
    ]  # fmt: skip
    assert db.write_now(service.correct, ANNA, ids[0], Category.HOME, everywhere=True) == 2
    assert item(db, ids[2]).category is Category.HOME
    assert item(db, ids[1]).category is Category.SERVICES
    assert db.write_now(service.correct, BORA, ids[0], Category.HOME, everywhere=True) == Refusal("wallet.unknown")


def test_reminders_come_due_once(db: Database) -> None:
    id_ = stored(db)
    kept(db, id_)
    kept(db, id_, customer=BORA)
    past = db.write_now(service.remind, ANNA, id_, datetime.date(2024, 10, 3), "", TODAY)
    assert past == Refusal("wallet.day_past")
    far = datetime.date(2060, 1, 1)
    assert db.write_now(service.remind, ANNA, id_, far, "", TODAY) == Refusal("wallet.day_past")
    assert db.write_now(service.remind, ANNA, id_, LATE, "warranty\x00\n ends", TODAY) == id_
    assert db.write_now(service.remind, BORA, "nothing", LATE, "", TODAY) == Refusal("wallet.unknown")
    assert db.read_now(service.due, datetime.date(2024, 12, 31)) == []
    (due,) = db.read_now(service.due, LATE)
    assert (due.customer, due.id, due.title, due.words) == (ANNA, id_, "Corner Cafe", "warranty ends")
    assert found(db, Wanted(reminders=True)) == [id_]
    db.write_now(service.told, due, NOW_S)
    assert db.read_now(service.due, LATE) == []
    db.write_now(service.remind, ANNA, id_, LATE, "other words", TODAY)
    assert db.read_now(service.due, LATE) == []
    db.write_now(service.remind, ANNA, id_, datetime.date(2025, 1, 2), "", TODAY)
    assert len(db.read_now(service.due, datetime.date(2025, 1, 2))) == 1
    db.write_now(service.remind, ANNA, id_, None, "", TODAY)
    assert found(db, Wanted(reminders=True)) == []


def shared(db: Database, id_: str, customer: str = ANNA, days: int = 7) -> str:
    token = make_token(secrets.token_bytes(16))
    assert not isinstance(db.write_now(service.share, customer, id_, token, NOW_S, days), Refusal)
    return token


def opens(db: Database, token: str, after_s: int = 0) -> bool:
    return not isinstance(db.read_now(receipts.by_link, token, NOW_S + after_s), Refusal)


def test_shares_expire_and_end(db: Database) -> None:
    id_ = stored(db)
    kept(db, id_)
    kept(db, id_, customer=BORA)
    mine, other = shared(db, id_), shared(db, id_, BORA)
    assert opens(db, mine, 7 * 24 * 3600 - 1)
    assert not opens(db, mine, 7 * 24 * 3600)
    (link,) = db.read_now(service.shares, BORA, item(db, id_, BORA))
    assert db.write_now(service.end_shares, ANNA, id_, [link.hash], NOW_S) == 0
    assert opens(db, other)
    (link,) = db.read_now(service.shares, ANNA, item(db, id_))
    assert db.write_now(service.end_shares, ANNA, id_, [link.hash], NOW_S) == 1
    assert not opens(db, mine)
    assert db.write_now(service.share, ANNA, "nothing", mine, NOW_S, 1) == Refusal("wallet.unknown")
    assert db.write_now(service.end_shares, ANNA, "nothing", [], NOW_S) == Refusal("wallet.unknown")


def test_no_more_shares_than_a_household_needs(db: Database) -> None:
    id_ = stored(db)
    kept(db, id_)
    for _ in range(service.SHARES_MAX):
        shared(db, id_)
    refused = db.write_now(service.share, ANNA, id_, make_token(secrets.token_bytes(16)), NOW_S, 1)
    assert refused == Refusal("wallet.shares_full", {"count": service.SHARES_MAX})


def test_removing_takes_the_shares_along_and_leaves_the_shops_receipt(db: Database) -> None:
    id_ = stored(db)
    kept(db, id_)
    token = shared(db, id_)
    db.write_now(service.remind, ANNA, id_, LATE, "", TODAY)
    assert db.write_now(service.remove, ANNA, id_) == id_
    assert not opens(db, token)
    assert found(db) == []
    assert db.read_now(service.due, LATE) == []
    assert not isinstance(db.read_now(receipts.get, SHOP, id_), Refusal)
    assert db.write_now(service.remove, ANNA, id_) == Refusal("wallet.unknown")
    assert db.read_now(service.get, ANNA, id_) == Refusal("wallet.unknown")


def test_a_receipt_the_shop_erased_is_gone_from_wallets(db: Database) -> None:
    id_ = stored(db)
    kept(db, id_)
    db.write_now(service.remind, ANNA, id_, LATE, "", TODAY)
    db.write_now(receipts.forget, SHOP, id_, NOW_S)
    assert found(db) == []
    assert db.read_now(service.get, ANNA, id_) == Refusal("wallet.unknown")
    assert db.read_now(service.due, LATE) == []
    assert db.read_now(service.spent, ANNA, 0) == []


def test_merging_two_wallets(db: Database) -> None:
    both, only = stored(db, 0), stored(db, 1, "Other Cafe\nTee 2.00\n")
    kept(db, both)
    kept(db, both, only, customer=BORA)
    db.write_now(service.note, ANNA, both, "mine")
    db.write_now(service.note, BORA, both, "theirs")
    db.write_now(service.remind, BORA, only, LATE, "x", TODAY)
    db.write_now(service.correct, BORA, only, Category.HOME, everywhere=True)
    token = shared(db, only, BORA)
    db.write_now(service.merge, BORA, ANNA)
    assert found(db) == [only, both]
    assert found(db, customer=BORA) == []
    assert item(db, both).note == "mine"
    assert item(db, only).category is Category.HOME
    assert [due.customer for due in db.read_now(service.due, LATE)] == [ANNA]
    assert opens(db, token)
    assert len(db.read_now(service.shares, ANNA, item(db, only))) == 1
    assert db.read_now(store.rule, ANNA, SHOP, "other cafe") is Category.HOME
    db.write_now(service.merge, ANNA, ANNA)
    assert found(db) == [only, both]


def rows_of(tx: Tx, table: str, customer: str) -> list[Row]:
    return tx.all(f"SELECT 1 FROM {table} WHERE customer = $1", customer)


def test_erasing_leaves_nothing(db: Database) -> None:
    id_ = stored(db)
    kept(db, id_)
    kept(db, id_, customer=BORA)
    db.write_now(service.note, ANNA, id_, "secret note")
    db.write_now(service.remind, ANNA, id_, LATE, "secret words", TODAY)
    db.write_now(service.correct, ANNA, id_, Category.HOME, everywhere=True)
    token, other = shared(db, id_), shared(db, id_, BORA)
    db.write_now(service.erase, ANNA)
    for table in ("wallet_item", "wallet_rule", "wallet_reminder"):
        assert db.read_now(rows_of, table, ANNA) == []
    assert not opens(db, token)
    assert opens(db, other)
    assert found(db, customer=BORA) == [id_]


def test_a_share_is_not_renewed_by_who_got_it(db: Database) -> None:
    id_ = stored(db)
    kept(db, id_)
    share, link = shared(db, id_), make_token(secrets.token_bytes(16))
    db.write_now(receipts.make_link, SHOP, id_, link, "user:1", NOW_S, 60)
    assert db.write_now(service.renew, share, NOW_S, 999) == Refusal("wallet.share_stays")
    assert db.write_now(service.renew, link, NOW_S, 999) == NOW_S + 999
    assert (db.read_now(service.is_share, share), db.read_now(service.is_share, link)) == (True, False)
    assert opens(db, link, 998)


def test_spending_counts_sales_and_refunds_only(db: Database) -> None:
    for offset, kind in enumerate(Kind):
        kept(db, stored(db, offset, reading=Reading(kind=kind, total=450, currency="USD")))
    kept(db, stored(db, 90, reading=None))
    assert sorted(one.amount for one in db.read_now(service.spent, ANNA, 0)) == [-450, 450]
    assert db.read_now(service.spent, ANNA, NOON_MS + DAY_MS) == []
