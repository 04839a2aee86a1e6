"""What is too old goes, a batch at a time; what is not stays; a link is renewed by who holds it."""

from __future__ import annotations

import pytest

from kvit.db import Database
from kvit.receipt import retention, service
from kvit.receipt.links import make_token
from kvit.receipt.store import Receipt
from kvit.refusal import Refusal
from tests.databases import OpenDatabase
from tests.receipt.printouts import DAY_MS, NOON_MS, SHOP, prepared

NOW_S = NOON_MS // 1000
DAY_S = DAY_MS // 1000
TOKEN = make_token(bytes(range(16)))


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database("kvit.receipt")


def taken(db: Database, offset: int, days_ago: int) -> str:
    one = prepared(offset, taken_at_ms=NOON_MS - days_ago * DAY_MS)
    db.write_now(service.take, SHOP, one)
    return one.id


def living(db: Database, ids: list[str]) -> list[bool]:
    return [isinstance(db.read_now(service.get, SHOP, id_), Receipt) for id_ in ids]


def test_content_goes_when_its_time_is_over(db: Database) -> None:
    ids = [taken(db, number, days) for number, days in enumerate((0, 9, 10, 11, 400))]
    assert len(db.write_now(retention.erase_content, SHOP, NOON_MS, 10)) == 2
    assert living(db, ids) == [True, True, True, False, False]
    assert len(db.write_now(retention.erase_content, SHOP, NOON_MS, 10)) == 0


@pytest.mark.parametrize(("shop", "days"), [(SHOP, 0), ("another", 1)])
def test_nothing_goes_where_it_is_kept_for_ever_or_is_anothers(db: Database, shop: str, days: int) -> None:
    ids = [taken(db, 0, 4000)]
    assert len(db.write_now(retention.erase_content, shop, NOON_MS, days)) == 0
    assert living(db, ids) == [True]


def test_a_batch_at_a_time(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BATCH", 2)
    for number in range(5):
        taken(db, number, 20)
    assert [len(db.write_now(retention.erase_content, SHOP, NOON_MS, 10)) for _ in range(4)] == [2, 2, 1, 0]


def test_rows_of_old_links_go(db: Database) -> None:
    id_ = taken(db, 0, 0)
    for number, lifetime_s in enumerate((1, DAY_S * 40, DAY_S * 400)):
        db.write_now(service.make_link, SHOP, id_, make_token(bytes([number] * 16)), "user:1", NOW_S, lifetime_s)
    hashes = [link.hash for link in db.read_now(service.links, SHOP, id_) if link.expires_at_s == NOW_S + DAY_S * 400]
    db.write_now(service.revoke_link, SHOP, id_, hashes, NOW_S)
    assert db.write_now(retention.drop_links, NOW_S + DAY_S) == 0
    assert db.write_now(retention.drop_links, NOW_S + DAY_S * 31) == 2
    assert [link.expires_at_s for link in db.read_now(service.links, SHOP, id_)] == [NOW_S + DAY_S * 40]


def test_a_link_is_renewed_while_it_lives(db: Database) -> None:
    id_ = taken(db, 0, 0)
    db.write_now(service.make_link, SHOP, id_, TOKEN, "user:1", NOW_S, 100)
    assert db.write_now(service.renew_link, TOKEN, NOW_S + 50, 100) == NOW_S + 150
    assert db.write_now(service.renew_link, TOKEN, NOW_S + 60, 10) == NOW_S + 150
    assert db.write_now(service.renew_link, TOKEN, NOW_S + 150, 100) == Refusal("receipt.unknown")
    assert db.write_now(service.renew_link, make_token(bytes(16)), NOW_S, 100) == Refusal("receipt.unknown")


def test_a_stretch_is_read_in_pages(db: Database) -> None:
    ids = [taken(db, number, days) for number, days in enumerate((5, 3, 3, 1))]
    found: list[str] = []
    after = (0, 0)
    while page := db.read_now(service.stretch, SHOP, NOON_MS - 5 * DAY_MS, NOON_MS - DAY_MS, after, 2):
        found += [one.summary.id for one in page]
        after = (page[-1].summary.taken_at_ms, page[-1].summary.n)
        assert page[0].reading is not None
    assert sorted(found) == sorted(ids[:3])
    assert len(found) == 3
