"""The conditional updates of the tables, each on its own: they hold even where a verb asks nothing before them."""

from __future__ import annotations

import pytest

from kvit.access import service, store, throttle
from kvit.access.model import User
from kvit.access.session import fresh_token, token_hash
from kvit.db import Database
from tests.databases import OpenDatabase

NOW = 1_800_000_000
USER = User("u1", "shop-1", "Anna", "owner", NOW, None, False)


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    opened = database("kvit.access")
    assert opened.write_now(store.add_user, USER, "anna", "hash")
    return opened


def test_a_name_is_taken_once(db: Database) -> None:
    other = User("u2", "shop-1", "ANNA", "owner", NOW, None, False)
    assert not db.write_now(store.add_user, other, "anna", "hash")
    assert db.write_now(store.add_user, User("u3", "shop-2", "Anna", "owner", NOW, None, False), "anna", "hash")


def test_a_code_is_used_once_before_its_end_and_by_its_hash(db: Database) -> None:
    right, wrong = bytes(32), b"x" * 32
    db.write_now(store.put_code, "shop-1", right, NOW + 10)
    assert not db.write_now(store.use_code, "shop-1", wrong, NOW)
    assert not db.write_now(store.use_code, "shop-2", right, NOW)
    assert not db.write_now(store.use_code, "shop-1", right, NOW + 10)
    assert db.write_now(store.use_code, "shop-1", right, NOW + 9)
    assert not db.write_now(store.use_code, "shop-1", right, NOW + 9)


def test_a_step_is_taken_once_and_never_backwards(db: Database) -> None:
    assert db.write_now(store.take_step, "u1", 5)
    assert not db.write_now(store.take_step, "u1", 5)
    assert not db.write_now(store.take_step, "u1", 4)
    assert db.write_now(store.take_step, "u1", 6)


def test_a_session_of_a_user_switched_off_is_nobodys(db: Database) -> None:
    token = fresh_token(lambda size: b"t" * size)
    db.write_now(store.add_session, token_hash(token), "u1", NOW)
    assert db.read_now(service.who, token, NOW) is not None
    db.write_now(store.set_disabled, "u1", NOW)
    assert db.read_now(service.who, token, NOW) is None


def test_a_session_is_not_touched_back_in_time(db: Database) -> None:
    hash_ = bytes(32)
    db.write_now(store.add_session, hash_, "u1", NOW)
    for at in (NOW + 50, NOW + 20):
        db.write_now(store.touch_session, hash_, at)
    assert db.read_now(store.session, hash_) == ("shop-1", "u1", "owner", NOW, NOW + 50)


def test_quiet_throttle_rows_are_swept(db: Database) -> None:
    def count() -> int:
        return len(db.read_now(lambda tx: tx.all("SELECT slot FROM access_throttle")))

    for n in range(5):
        db.write_now(store.count_try, bytes([n] * 32), throttle.ACCOUNT, NOW)
    later = NOW + throttle.MEMORY_S + 1
    db.write_now(store.count_try, b"z" * 32, throttle.ACCOUNT, later)
    assert count() == 6
    db.write_now(store.clear_tries, b"y" * 32, later)
    assert count() == 1
