"""Figures of a stretch of time: each part counted where it belongs, nothing of another shop, day or till."""

from __future__ import annotations

import pytest

from kvit.counter import store as routes
from kvit.counter import tally
from kvit.counter.model import Routed, Stage
from kvit.counter.tally import Failures, Turnover
from kvit.db import Database, Tx
from kvit.receipt import service
from kvit.receipt.model import Kind, Reading
from tests.databases import OpenDatabase
from tests.receipt.printouts import DAY_MS, NOON_MS, SHOP, prepared

FROM_MS, UNTIL_MS = NOON_MS - DAY_MS // 2, NOON_MS + DAY_MS // 2
READ = {
    "sale": Reading(kind=Kind.SALE, total=450, currency="USD", verified=True),
    "other sale": Reading(kind=Kind.SALE, total=550, currency="USD"),
    "won": Reading(kind=Kind.SALE, total=9000, currency="KRW", decimals=0),
    "refund": Reading(kind=Kind.REFUND, total=150, currency="USD", verified=True),
    "refund below zero": Reading(kind=Kind.REFUND, total=-50, currency="USD"),
    "unread": Reading(kind=Kind.SALE),
    "copy": Reading(kind=Kind.COPY, total=450, currency="USD"),
    "report": Reading(kind=Kind.Z_REPORT, total=99999, currency="USD"),
}


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database("kvit.access", "kvit.receipt", "kvit.device.spool", "kvit.notify", "kvit.counter")


@pytest.fixture
def filled(db: Database) -> Database:
    for number, reading in enumerate(READ.values()):
        db.write_now(service.take, SHOP, prepared(number, reading=reading))
    db.write_now(service.take, SHOP, prepared(98, taken_at_ms=UNTIL_MS))
    db.write_now(service.take, "another", prepared(99))
    return db


def routed(
    db: Database, id_: str, *, paper: bool, electronic: bool, customer: str = "", began_ms: int = NOON_MS
) -> None:
    new = Routed(
        id_, "till-1", Stage.DONE, paper, electronic, False, "rule", "", customer, "", 120, began_ms, began_ms, 1
    )  # fmt: skip
    db.write_now(routes.insert, SHOP, new)


def test_what_was_printed_and_sold(filled: Database) -> None:
    found = filled.read_now(tally.figures, SHOP, FROM_MS, UNTIL_MS)
    assert (found.printouts, found.sales, found.refunds, found.verified) == (8, 4, 2, 2)
    assert found.turnover == (Turnover("USD", 2, 450 + 550 - 150 - 50, 4), Turnover("KRW", 0, 9000, 1))
    assert found.failures == Failures(unread=1)


def test_where_it_went(db: Database) -> None:
    routed(db, "a", paper=True, electronic=False)
    routed(db, "b", paper=False, electronic=True, customer="c1")
    routed(db, "c", paper=True, electronic=True, customer="c1")
    routed(db, "d", paper=False, electronic=True, customer="c2")
    routed(db, "e", paper=False, electronic=True, customer="c3", began_ms=UNTIL_MS)
    found = db.read_now(tally.figures, SHOP, FROM_MS, UNTIL_MS)
    assert (found.routed, found.electronic, found.without_paper, found.customers) == (4, 3, 2, 2)
    assert (found.paper_mm, found.saved_mm) == (240, 240)


@pytest.mark.parametrize(("line", "printouts"), [("till-1", 8), ("till-2", 0), ("", 8)])
def test_one_till_or_all(filled: Database, line: str, printouts: int) -> None:
    assert filled.read_now(tally.figures, SHOP, FROM_MS, UNTIL_MS, line).printouts == printouts


def test_days(filled: Database) -> None:
    bounds = [FROM_MS - DAY_MS, FROM_MS, UNTIL_MS, UNTIL_MS + DAY_MS]
    assert [day.printouts for day in filled.read_now(tally.days, SHOP, bounds)] == [0, 8, 1]


def _failed_messages(tx: Tx) -> None:
    for number, state in enumerate(("done", "refused", "unknown", "waiting", "expired")):
        tx.run(
            "INSERT INTO notify_message (shop, id, key, fingerprint, kind, about, lane, state, made_at, not_after, due_at,"
            " changed_at) VALUES ($1, $2, $3, $3, 'sms', '', '', $4, $5, $5, $5, $5)",
            SHOP, f"{number:024}", bytes([number] * 32), state, NOON_MS,
        )  # fmt: skip


def test_messages_that_did_not_arrive(db: Database) -> None:
    db.write_now(_failed_messages)
    assert db.read_now(tally.figures, SHOP, FROM_MS, UNTIL_MS).failures == Failures(messages=3)
    assert db.read_now(tally.days, SHOP, [FROM_MS, UNTIL_MS])[0].failures == Failures()
