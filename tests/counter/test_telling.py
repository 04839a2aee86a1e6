"""Receipts that come and go are told once, in the transaction of what happened."""

from __future__ import annotations

from pathlib import Path

import pytest

from kvit.counter import telling
from kvit.db import Database, open_database
from kvit.notify import endpoints as hooks
from kvit.notify import service as notify
from kvit.notify.hooks.model import Endpoint, Standing
from kvit.notify.store import Wanted
from kvit.refusal import Refusal
from tests.receipt.printouts import NOON_MS, SHOP, prepared


@pytest.fixture
def db(tmp_path: Path) -> Database:
    made = open_database(tmp_path / "kvit.db", ["kvit.receipt", "kvit.notify"])
    made.write_now(hooks.add, Endpoint("ep1", SHOP, "https://a.example", "A", (), Standing.ON, "user:1", 1, 1), b"s")
    return made


def told(db: Database) -> list[str]:
    return [row.about for row in reversed(db.read_now(notify.page, SHOP, Wanted()))]


def test_a_fresh_receipt_is_told_and_a_known_one_is_not(db: Database) -> None:
    one, other = prepared(1), prepared(2)
    db.write_now(telling.take_all, SHOP, [one, other])
    db.write_now(telling.take_all, SHOP, [one])
    db.write_now(telling.take, SHOP, other)
    assert told(db) == ["receipt.stored", "receipt.stored"]
    assert db.write_now(telling.forget, SHOP, one.id, NOON_MS // 1000) == one.id
    assert db.write_now(telling.forget, SHOP, "none", NOON_MS // 1000) == Refusal("receipt.unknown")
    assert told(db)[2:] == ["receipt.erased"]


def test_what_has_become_too_old_is_told(db: Database) -> None:
    db.write_now(telling.take_all, SHOP, [prepared(1), prepared(2)])
    later = NOON_MS + 11 * 24 * 3_600_000
    assert db.write_now(telling.erase_content, SHOP, later, 0) == 0
    assert db.write_now(telling.erase_content, SHOP, later, 10) == 2
    assert told(db)[2:] == ["receipt.erased", "receipt.erased"]


def test_a_shop_nobody_listens_to_writes_nothing(db: Database) -> None:
    db.write_now(hooks.switch, SHOP, "ep1", False, 1)
    db.write_now(telling.take_all, SHOP, [prepared(1)])
    assert told(db) == []
