from __future__ import annotations

import asyncio
import itertools

import pytest

from kvit.db import Database
from kvit.receipt import service
from kvit.receipt.links import make_token
from kvit.receipt.model import Kind, Reading
from kvit.receipt.printout import Place, Prepared, Printout, prepare
from kvit.receipt.service import Page, Taken
from kvit.receipt.store import Filter, Receipt
from kvit.refusal import Refusal
from tests.databases import OpenDatabase
from tests.receipt.printouts import DAY_MS, NOON_MS, SHOP, prepared

TOKEN = make_token(bytes(range(16)))


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database("kvit.receipt")


def keep(db: Database, *printouts: Prepared) -> list[str]:
    ids = []
    for one in printouts:
        taken = db.write_now(service.take, SHOP, one)
        assert isinstance(taken, Taken)
        assert taken.fresh
        ids.append(taken.id)
    return ids


def page(db: Database, wanted: Filter | None = None, cursor: str = "", limit: int = 50) -> Page:
    found = db.read_now(service.list_page, SHOP, wanted or Filter(), cursor, limit)
    assert isinstance(found, Page)
    return found


def found(db: Database, search: str) -> list[str]:
    return [receipt.id for receipt in page(db, Filter(search=search)).receipts]


def receipt(db: Database, id_: str) -> Receipt:
    got = db.read_now(service.get, SHOP, id_)
    assert isinstance(got, Receipt)
    return got


def test_what_is_taken_is_kept(db: Database) -> None:
    one = prepared(7)
    (id_,) = keep(db, one)
    got = receipt(db, id_)
    assert got.text == one.printout.text
    assert got.reading == one.printout.reading
    assert got.summary.place == Place("till-1", 7)
    assert got.summary.happenings == one.printout.happenings
    assert (got.summary.kind, got.summary.total, got.summary.title) == (Kind.SALE, 450, "Corner Cafe")
    assert db.read_now(service.raw, SHOP, id_) == one.printout.raw


def test_the_same_place_and_bytes_are_the_same_receipt(db: Database) -> None:
    (id_,) = keep(db, prepared(7))
    assert db.write_now(service.take, SHOP, prepared(7, taken_at_ms=5)) == Taken(id_, fresh=False)
    assert db.write_now(service.take, SHOP, prepared(7, "other\n")) == Refusal("receipt.conflict", {"receipt": id_})
    assert len(page(db).receipts) == 1


def test_another_capture_file_is_another_place(db: Database) -> None:
    assert len({*keep(db, prepared(7), prepared(7, place=Place("till-1", 7, "b")), prepared(8))}) == 3


def test_card_numbers_are_nowhere(db: Database) -> None:
    (id_,) = keep(db, prepared(0, "VISA 4111 1111 1111 1111\n", reading=Reading(shop="4111111111111111")))
    got = receipt(db, id_)
    kept = repr(got) + repr(db.read_now(service.raw, SHOP, id_))
    assert "4111" not in kept
    assert found(db, "4111") == []


def test_a_late_tail_keeps_the_id(db: Database) -> None:
    whole = prepared(0, "A\nB\n")
    begun = prepared(0, "A\nB\n", raw=whole.printout.raw[:-3])
    tail = whole.printout.raw[-3:]
    (id_,) = keep(db, begun)
    assert db.write_now(service.amend, SHOP, tail, whole) == Taken(id_, fresh=True)
    assert db.write_now(service.amend, SHOP, tail, whole) == Taken(id_, fresh=False)
    assert db.read_now(service.raw, SHOP, id_) == whole.printout.raw
    assert receipt(db, id_).summary.version == 2
    assert db.write_now(service.take, SHOP, begun) == Taken(id_, fresh=False)


def test_many_in_one_go_are_each_taken_or_refused_for_themselves(db: Database) -> None:
    db.write_now(service.take, SHOP, prepared(1))
    begun = [prepared(0), prepared(1), prepared(1, "other\n"), prepared(2, "two\n"), prepared(0)]
    first, known, other, second, again = db.write_now(service.take_all, SHOP, begun)
    assert (first, second) == (Taken(begun[0].id, fresh=True), Taken(begun[3].id, fresh=True))
    assert (known, again) == (Taken(begun[1].id, fresh=False), Taken(begun[0].id, fresh=False))
    assert other == Refusal("receipt.conflict", {"receipt": begun[1].id})
    for one in (begun[0], begun[3]):
        assert receipt(db, one.id).text == one.printout.text
        assert db.read_now(service.raw, SHOP, one.id) == one.printout.raw
    assert found(db, "two") == [begun[3].id]
    assert db.write_now(service.take_all, SHOP, []) == []


def test_a_tail_that_does_not_fit(db: Database) -> None:
    whole = prepared(0)
    assert db.write_now(service.amend, SHOP, b"x", whole) == Refusal("receipt.unknown")
    (id_,) = keep(db, whole)
    longer = prepared(0, raw=whole.printout.raw + b"ab")
    assert db.write_now(service.amend, SHOP, b"b", longer) == Refusal("receipt.gap", {"receipt": id_})
    assert db.write_now(service.amend, SHOP, b"ab", longer) == Taken(id_, fresh=True)
    other = prepared(0, raw=whole.printout.raw + b"cd")
    assert db.write_now(service.amend, SHOP, b"cd", other) == Refusal("receipt.conflict", {"receipt": id_})


def test_pages_hold_every_receipt_once(db: Database) -> None:
    ids = keep(db, *(prepared(number, taken_at_ms=NOON_MS + number // 3) for number in range(23)))
    seen, cursor = [], ""
    for _ in itertools.count():
        one = page(db, cursor=cursor, limit=5)
        seen += [receipt.id for receipt in one.receipts]
        if one.next is None:
            break
        cursor = one.next
    assert seen == list(reversed(ids))


def test_a_search_has_pages_too(db: Database) -> None:
    ids = keep(db, *(prepared(number) for number in range(12)))
    first = page(db, Filter(search="latte"), limit=10)
    assert first.next is not None
    second = page(db, Filter(search="latte"), first.next, 10)
    assert [r.id for r in first.receipts + second.receipts] == list(reversed(ids))
    assert second.next is None


@pytest.mark.parametrize("cursor", ["!", "AAAA", "MQ", "999999999999999999999", "é"])
def test_a_cursor_nobody_gave_is_refused(db: Database, cursor: str) -> None:
    assert db.read_now(service.list_page, SHOP, Filter(), cursor) == Refusal("receipt.cursor")


SEARCHES = (
    ("아메리카노 4,500원", ["아메리카노", "리카", "노", "아메", "카노", "4"], ["라떼", "노카"]),
    ("农夫山泉 矿泉水", ["山泉", "矿泉水", "水", "农夫 矿泉"], ["泉山", "牛"]),
    ("Ақтөбе нан 250 ₸", ["ақтөбе", "АҚТ", "нан", "нан 250"], ["ан", "молоко"]),
    ("Crème brûlée No.42-A", ["crème", "BRÛ", "42", "42-a"], ["creme x"]),
)


@pytest.mark.parametrize(("text", "hits", "misses"), SEARCHES)
def test_search(db: Database, text: str, hits: list[str], misses: list[str]) -> None:
    (id_, _) = keep(db, prepared(0, text), prepared(1, "something else"))
    for search in hits:
        assert found(db, search) == [id_], search
    for search in [*misses, "'", '"', "&|!():*", "\\"]:
        assert found(db, search) == [], search


def test_filters_hold_together(db: Database) -> None:
    a, b, c = keep(
        db,
        prepared(0, taken_at_ms=NOON_MS),
        prepared(0, place=Place("till-2", 0), taken_at_ms=NOON_MS + DAY_MS),
        prepared(1, reading=Reading(kind=Kind.REFUND), taken_at_ms=NOON_MS + 2 * DAY_MS),
    )
    table: tuple[tuple[Filter, list[str]], ...] = (
        (Filter(line="till-1"), [c, a]),
        (Filter(kind=Kind.REFUND), [c]),
        (Filter(from_ms=NOON_MS + DAY_MS), [c, b]),
        (Filter(until_ms=NOON_MS + DAY_MS), [a]),
        (Filter(line="till-1", kind=Kind.SALE, search="latte"), [a]),
        (Filter(from_ms=NOON_MS + 1, until_ms=NOON_MS + 2 * DAY_MS, search="latte"), [b]),
        (Filter(from_ms=5, until_ms=6, search="latte"), []),
    )
    for wanted, ids in table:
        assert [receipt.id for receipt in page(db, wanted).receipts] == ids, wanted
    assert db.read_now(service.lines, SHOP) == [("till-1", "Till 1"), ("till-2", "Till 1")]
    assert db.read_now(service.counts, SHOP, 0, NOON_MS + 3 * DAY_MS) == {"refund": 1, "sale": 2}
    assert [r.id for r in db.read_now(service.since, SHOP, 0)] == [a, b, c]


def test_another_shop_sees_nothing(db: Database) -> None:
    (id_,) = keep(db, prepared())
    assert db.read_now(service.get, "shop-2", id_) == Refusal("receipt.unknown")
    assert db.read_now(service.raw, "shop-2", id_) == Refusal("receipt.unknown")
    assert db.write_now(service.make_link, "shop-2", id_, TOKEN, "u", 0) == Refusal("receipt.unknown")
    assert db.write_now(service.forget, "shop-2", id_, 0) == Refusal("receipt.unknown")
    assert db.read_now(service.list_page, "shop-2", Filter(search="latte")) == Page((), None)
    assert db.read_now(service.links, "shop-2", id_) == []


def test_a_link_lives_until_it_is_revoked_or_old(db: Database) -> None:
    (id_,) = keep(db, prepared())
    link = db.write_now(service.make_link, SHOP, id_, TOKEN, "user-1", 100, 50)
    assert not isinstance(link, Refusal)
    seen = db.read_now(service.by_link, TOKEN, 149)
    assert not isinstance(seen, Refusal)
    assert (seen[0], seen[1].summary.id) == (SHOP, id_)
    assert db.read_now(service.by_link, TOKEN, 150) == Refusal("receipt.unknown")
    assert db.read_now(service.by_link, make_token(b"x" * 16), 149) == Refusal("receipt.unknown")
    assert db.write_now(service.revoke_link, SHOP, id_, [link.hash], 120) == 1
    assert db.write_now(service.revoke_link, SHOP, id_, [link.hash], 121) == 0
    assert db.read_now(service.by_link, TOKEN, 149) == Refusal("receipt.unknown")
    assert [one.revoked_at_s for one in db.read_now(service.links, SHOP, id_)] == [120]


def test_forgetting_leaves_nothing_and_no_replay_brings_it_back(db: Database) -> None:
    (id_,) = keep(db, prepared(text="Geheimnis\n"))
    db.write_now(service.make_link, SHOP, id_, TOKEN, "user-1", 100)
    assert db.write_now(service.forget, SHOP, id_, 200) == id_
    assert db.read_now(service.get, SHOP, id_) == Refusal("receipt.unknown")
    assert db.read_now(service.raw, SHOP, id_) == Refusal("receipt.unknown")
    assert db.read_now(service.by_link, TOKEN, 150) == Refusal("receipt.unknown")
    assert page(db).receipts == ()
    assert found(db, "geheimnis") == []
    assert db.write_now(service.take, SHOP, prepared(text="Geheimnis\n")) == Taken(id_, fresh=False)
    assert page(db).receipts == ()
    longer = prepared(text="Geheimnis\n", raw=prepared(text="Geheimnis\n").printout.raw + b"x")
    assert db.write_now(service.amend, SHOP, b"x", longer) == Refusal("receipt.forgotten", {"receipt": id_})


async def test_who_listens_hears_of_each_receipt(database: OpenDatabase) -> None:
    db = database("kvit.receipt")
    with db.listen(service.TOPIC) as heard:
        taken = await asyncio.gather(*(db.write(service.take, SHOP, prepared(number)) for number in range(20)))
        assert {await anext(heard) for _ in range(20)} == {one.id for one in taken if isinstance(one, Taken)}


async def test_many_at_once_of_one_place_are_one(database: OpenDatabase) -> None:
    db = database("kvit.receipt")
    taken = await asyncio.gather(*(db.write(service.take, SHOP, prepared()) for _ in range(20)))
    assert sorted(one.fresh for one in taken if isinstance(one, Taken)) == [False] * 19 + [True]


def test_what_was_set_before_is_kept_and_played_first(database: OpenDatabase) -> None:
    db = database("kvit.receipt")
    setting, raw = b"\x1bt\x11", b"\x88\x92\x8e\x83\x8e\n"  # code page 866, then a word in it
    printed = Printout(Place("till-1", 0), raw, "ИТОГО", 0, setting=setting)
    taken = db.write_now(service.take, "shop-1", prepare("shop-1", printed))
    assert isinstance(taken, Taken)
    assert db.read_now(service.raw, "shop-1", taken.id) == raw
    assert db.read_now(service.played, "shop-1", taken.id) == (setting, raw)
