"""Confirming and correcting receipts over a data base: what a person said stays, and teaches."""

from __future__ import annotations

import msgspec
import pytest

from kvit.db import Database
from kvit.receipt import service as receipts
from kvit.receipt.forms import keeping, service, store
from kvit.receipt.forms.model import Confirmed, Lesson, of_reading
from kvit.receipt.forms.store import Correction
from kvit.receipt.model import Kind, Line, Reading
from kvit.receipt.service import Taken
from kvit.receipt.store import Receipt
from kvit.refusal import Refusal
from tests.databases import OpenDatabase
from tests.receipt.printouts import SHOP, prepared

LESSON = Lesson("a" * 24, {"b" * 16: "total"}, 14, "Pod Lipą", "PLN")
SAID = Confirmed(Kind.SALE, shop="Pod Lipą", total=500, currency="PLN", items=(Line("Chleb", 1000, 500, 500),))


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database("kvit.receipt")


def keep(db: Database, offset: int = 0) -> str:
    taken = db.write_now(receipts.take, SHOP, prepared(offset))
    assert isinstance(taken, Taken)
    return taken.id


def got(db: Database, id_: str) -> Receipt:
    found = db.read_now(receipts.get, SHOP, id_)
    assert isinstance(found, Receipt)
    return found


def test_what_a_person_says_is_the_receipt(db: Database) -> None:
    id_ = keep(db)
    made = db.write_now(service.confirm, SHOP, id_, SAID, None, "user anna", 77)
    assert isinstance(made, Reading)
    now = got(db, id_)
    assert now.reading == made
    assert (now.summary.total, now.summary.currency, now.summary.verified) == (500, "PLN", True)
    assert now.summary.version == 2
    kept = db.read_now(service.correction, SHOP, id_)
    assert isinstance(kept, Correction)
    assert (kept.at_s, kept.by, kept.confirmed) == (77, "user anna", SAID)
    assert {"shop", "total", "items", "currency"} == set(kept.changed)


def test_data_that_do_not_add_up_are_kept_and_not_verified(db: Database) -> None:
    id_ = keep(db)
    db.write_now(service.confirm, SHOP, id_, msgspec.structs.replace(SAID, total=501), None, "user anna", 1)
    assert got(db, id_).summary.total == 501
    assert not got(db, id_).summary.verified


def test_a_correction_survives_a_newer_reader_and_a_late_tail(db: Database) -> None:
    id_ = keep(db)
    made = db.write_now(service.confirm, SHOP, id_, SAID, None, "user anna", 1)
    n = got(db, id_).summary.n
    assert db.read_now(keeping.kept, n, Reading(total=1)) == made
    tail = b"\x1bp\x00\x19\xfa"
    longer = prepared(raw=prepared().printout.raw + tail)
    assert isinstance(db.write_now(receipts.amend, SHOP, tail, longer), Taken)
    assert got(db, id_).reading == made
    assert got(db, id_).summary.total == 500


def test_what_nobody_confirmed_is_read_anew(db: Database) -> None:
    id_ = keep(db)
    anew = Reading(total=1)
    assert db.read_now(keeping.kept, got(db, id_).summary.n, anew) is anew
    assert db.read_now(service.correction, SHOP, id_) is None


def test_two_receipts_teach_one_does_not_and_none_counts_twice(db: Database) -> None:
    first, second = keep(db), keep(db, 500)
    for at_s in (1, 2, 3):
        db.write_now(service.confirm, SHOP, first, SAID, LESSON, "user anna", at_s)
    assert db.read_now(service.priors, SHOP) == {}
    db.write_now(service.confirm, SHOP, second, SAID, LESSON, "user anna", 4)
    prior = db.read_now(service.priors, SHOP)[LESSON.head]
    assert (prior.breaks, prior.currency, dict(prior.labels)) == (14, "PLN", dict(LESSON.labels))
    assert db.read_now(service.priors, "another shop") == {}


def test_forms_have_a_limit(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "FORMS_MAX", 2)
    for n in range(4):
        id_ = keep(db, 500 * n)
        db.write_now(service.confirm, SHOP, id_, SAID, msgspec.structs.replace(LESSON, head=str(n) * 24), "user a", n)
    assert [head for head, _, _ in db.read_now(store.forms, SHOP)] == ["2" * 24, "3" * 24]


def test_an_erased_receipt_leaves_no_correction(db: Database) -> None:
    id_ = keep(db)
    db.write_now(service.confirm, SHOP, id_, SAID, None, "user anna", 1)
    db.write_now(receipts.forget, SHOP, id_, 2)
    assert db.read_now(service.correction, SHOP, id_) == Refusal("receipt.unknown")
    assert db.write_now(service.confirm, SHOP, id_, SAID, None, "user anna", 3) == Refusal("receipt.unknown")
    assert db.read_now(lambda tx: tx.one("SELECT count(*) FROM receipt_correction")) == (0,)


def test_another_shops_receipt_is_unknown(db: Database) -> None:
    id_ = keep(db)
    assert db.write_now(service.confirm, "another shop", id_, SAID, None, "user a", 1) == Refusal("receipt.unknown")
    assert db.read_now(service.correction, "another shop", id_) == Refusal("receipt.unknown")
    assert of_reading(got(db, id_).reading or Reading()).total == 450
