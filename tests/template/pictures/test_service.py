"""A shop's own pictures on both data bases."""

from __future__ import annotations

import pytest

from kvit.db import Database
from kvit.refusal import Refusal
from kvit.template.pictures import service
from kvit.template.pictures.kinds import BYTES_MAX
from kvit.template.pictures.service import Picture
from tests.databases import OpenDatabase

SHOP = "shop-1"
LOGO = b"\x89PNG\r\n\x1a\nlogo"


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database("kvit.template")


def test_the_same_picture_twice_is_one_under_its_newest_name(db: Database) -> None:
    first = db.write_now(service.keep, SHOP, LOGO, "logo.png", "u1", 1)
    again = db.write_now(service.keep, SHOP, LOGO, "new.png", "u2", 2)
    assert isinstance(first, Picture)
    assert isinstance(again, Picture)
    assert (again.address, again.name, again.at_ms) == (first.address, "new.png", 1)
    assert db.read_now(service.pictures, SHOP) == [again]
    assert db.read_now(service.picture, SHOP, first.address) == LOGO


@pytest.mark.parametrize("data", [b"", b"<svg/>", LOGO + bytes(BYTES_MAX)])
def test_what_is_no_picture_is_refused(db: Database, data: bytes) -> None:
    refused = db.write_now(service.keep, SHOP, data, "x", "u", 1)
    assert isinstance(refused, Refusal)
    assert refused.code == "template.picture_kind"


@pytest.mark.parametrize("address", ["picture:", "picture:zz", "picture:" + "0" * 64, "../x", ""])
def test_a_name_that_is_none(db: Database, address: str) -> None:
    assert isinstance(db.read_now(service.picture, SHOP, address), Refusal)


def test_another_shops_picture_is_not_here(db: Database) -> None:
    kept = db.write_now(service.keep, SHOP, LOGO, "logo.png", "u1", 1)
    assert isinstance(kept, Picture)
    assert isinstance(db.read_now(service.picture, "shop-2", kept.address), Refusal)


def test_only_so_many(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PICTURES_MAX", 2)
    kept = [db.write_now(service.keep, SHOP, LOGO + bytes([n]), "", "u", n) for n in range(3)]
    assert [isinstance(each, Picture) for each in kept] == [True, True, False]
    assert isinstance(db.write_now(service.keep, SHOP, LOGO + b"\0", "again", "u", 9), Picture)
