"""Jobs as desktops number them, on both data bases: one transaction with the spool, numbers never mean another job."""

from __future__ import annotations

import pytest

from kvit.db import Database
from kvit.device.ipp import service
from kvit.device.ipp.service import Known
from kvit.device.ipp.store import KEPT_MS
from kvit.device.ipp.vocabulary import JobState
from kvit.device.spool import service as spool
from kvit.device.spool.order import Order, order_raw
from kvit.device.spool.store import Filter
from kvit.refusal import Refusal
from tests.databases import OpenDatabase

SHOP = "shop-1"
NOW = 1_700_000_000_000


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database("kvit.device.spool", "kvit.device.ipp")


def order(key: str, data: bytes = b"x", copies: int = 1) -> Order:
    made = order_raw(key, "counter", data, "default", copies=copies)
    assert isinstance(made, Order)
    return made


def printed(db: Database, key: str, now_ms: int = NOW, copies: int = 1) -> Known:
    made = order(key, copies=copies)
    known = db.write_now(service.print_job, SHOP, made, "name", "kim", "text/plain", 1, now_ms)
    assert isinstance(known, Known)
    return known


def opened(db: Database, key: str, now_ms: int = NOW) -> Known:
    known = db.write_now(service.open_job, SHOP, "counter", key, "name", "kim", 1, now_ms)
    assert isinstance(known, Known)
    return known


def test_a_number_and_a_paper_come_together(db: Database) -> None:
    known = printed(db, "a", copies=2)
    assert len(known.papers) == 2
    again = db.read_now(service.job, SHOP, "counter", known.job.n, NOW)
    assert isinstance(again, Known)
    assert again == known


def test_what_the_spool_refuses_has_no_number(db: Database) -> None:
    taken = db.write_now(spool.accept, SHOP, order("a", b"other"), NOW)
    assert not isinstance(taken, Refusal)
    refused = db.write_now(service.print_job, SHOP, order("a"), "name", "kim", "text/plain", 1, NOW)
    assert isinstance(refused, Refusal)
    assert db.read_now(service.jobs, SHOP, "counter", "", NOW) == []


def test_a_document_given_twice_is_one_paper(db: Database) -> None:
    n = opened(db, "a").job.n
    first = db.write_now(service.send_document, SHOP, n, order("a"), "text/plain", 1, NOW)
    again = db.write_now(service.send_document, SHOP, n, order("a"), "text/plain", 1, NOW + 5)
    assert first == again
    other = db.write_now(service.send_document, SHOP, n, order("a", b"y"), "text/plain", 1, NOW)
    assert isinstance(other, Refusal)
    assert other.code == "device.job_conflict"
    assert len(db.read_now(spool.search, SHOP, Filter())) == 1


def test_another_shops_and_printers_numbers_are_unknown(db: Database) -> None:
    n = printed(db, "a").job.n
    for shop, printer, number in (("shop-2", "counter", n), (SHOP, "bar", n), (SHOP, "counter", n + 1)):
        refused = db.read_now(service.job, shop, printer, number, NOW)
        assert isinstance(refused, Refusal)
        assert isinstance(db.write_now(service.cancel, shop, printer, number, NOW), Refusal)


def test_a_number_is_never_given_again(db: Database) -> None:
    first = printed(db, "a").job.n
    late = NOW + KEPT_MS + 1
    second = printed(db, "b", late).job.n
    assert second > first
    assert isinstance(db.read_now(service.job, SHOP, "counter", first, late), Refusal)
    third = printed(db, "c", late + KEPT_MS + 1).job.n
    assert third > second


def test_taking_back_what_is_open_and_what_is_given(db: Database) -> None:
    for n in (opened(db, "a").job.n, printed(db, "b", copies=3).job.n):
        for _ in range(2):  # told again: the same
            known = db.write_now(service.cancel, SHOP, "counter", n, NOW)
            assert isinstance(known, Known)
            assert known.standing.state == JobState.CANCELED


def test_lists_are_by_user_and_newest_first(db: Database) -> None:
    numbers = [printed(db, key).job.n for key in "abc"]
    assert [each.job.n for each in db.read_now(service.jobs, SHOP, "counter", "kim", NOW)] == numbers[::-1]
    assert db.read_now(service.jobs, SHOP, "counter", "lee", NOW) == []
