"""The shops of an installation: made and changed on its console, held in memory, proven with the rest."""

from __future__ import annotations

from typing import Any

import pytest

from kvit.access import service
from kvit.app import books
from kvit.app.shops import Shops
from kvit.db import Database
from kvit.shop import ShopSettings
from tests.databases import OpenDatabase

OWN = ShopSettings(id="corner", name="Corner Cafe", country="GB", language="en")


@pytest.fixture
def db(database: OpenDatabase) -> Database:
    return database("kvit.access")


async def ask(shops: Shops, verb: str, **values: Any) -> dict[str, Any]:
    found: dict[str, Any] = await shops.verbs()[verb](values)
    return found


async def test_a_shop_is_made_changed_and_found_after_a_restart(db: Database) -> None:
    shops = Shops(db, OWN)
    made = await ask(shops, "shop_add", shop={"id": "harbour", "name": "Harbour", "country": "KZ", "language": None})
    assert made["shop"] == {"id": "harbour", "name": "Harbour", "country": "KZ", "language": "en", "time_zone": ""}
    assert "refusal" not in await ask(shops, "shop_change", shop={"id": "harbour", "name": "Harbour 2"})
    for each in (shops, Shops(db, OWN)):
        assert each.ids() == ("corner", "harbour")
        found = each("harbour")
        assert found is not None
        assert (found.name, found.country) == ("Harbour 2", "KZ")
    assert shops("nowhere") is None
    assert [one["id"] for one in (await ask(shops, "shops"))["shops"]] == ["corner", "harbour"]


NO: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("shop_add", {"id": "corner", "name": "x"}, "access.shop_taken"),
    ("shop_add", {"id": "harbour", "name": "x"}, "access.shop_taken"),
    ("shop_add", {"id": "Not An Id", "name": "x"}, "access.shop_bad"),
    ("shop_add", {"id": "new", "name": " "}, "access.shop_bad"),
    ("shop_add", {"id": "new", "name": "x\x1b"}, "access.shop_bad"),
    ("shop_add", {"id": "new", "name": "x", "country": "XX"}, "access.shop_bad"),
    ("shop_add", {"id": "new", "name": "x", "language": "tlh"}, "access.shop_bad"),
    ("shop_change", {"id": "corner", "name": "x"}, "access.no_such_shop"),
    ("shop_change", {"id": "nowhere", "name": "x"}, "access.no_such_shop"),
)


@pytest.mark.parametrize(("verb", "shop", "code"), NO)
async def test_what_can_not_be_is_refused(db: Database, verb: str, shop: dict[str, Any], code: str) -> None:
    shops = Shops(db, OWN)
    await ask(shops, "shop_add", shop={"id": "harbour", "name": "Harbour"})
    assert (await ask(shops, verb, shop=shop))["refusal"] == code
    assert shops.ids() == ("corner", "harbour")


async def test_the_code_of_a_shop_makes_its_owner_and_no_other(db: Database) -> None:
    shops = Shops(db, OWN)
    await ask(shops, "shop_add", shop={"id": "harbour", "name": "Harbour"})
    code = (await ask(shops, "shop_code", id="harbour"))["code"]
    assert (await ask(shops, "shop_code", id="nowhere"))["refusal"] == "access.no_such_shop"
    refused = db.write_now(service.claim_first_code, "corner", code, "u" * 12, "Anna", "x", "s" * 43, 1)
    assert refused.code == "access.code_wrong"  # type: ignore[union-attr]


async def test_the_books_of_all_shops_are_proven(db: Database) -> None:
    shops = Shops(db, OWN)
    await ask(shops, "shop_add", shop={"id": "harbour", "name": "Harbour"})
    assert db.read_now(books.verify, "corner") == {"audit": "0 rows proven", "audit harbour": "1 rows proven"}
