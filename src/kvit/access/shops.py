"""The shops one installation keeps books for: made on its own console, never from a page.

A shop is a wall: users, keys, stations, receipts and all else with a ``shop`` belong to one, and nobody in one can see
that there is another. So there is no role over shops; who runs the machine runs them (``kvit shops``).
"""

from __future__ import annotations

import msgspec

from kvit.access.service import CONSOLE, audit
from kvit.db import Tx
from kvit.refusal import Refusal
from kvit.shop import ShopSettings

SHOPS_MAX = 10_000
"""All are held in memory, some 5 MB."""
NAME_MAX = 100


def all_shops(tx: Tx) -> list[ShopSettings]:
    """Give the shops by id."""
    rows = tx.all("SELECT id, name, country, language, time_zone FROM access_shop ORDER BY id")
    return [ShopSettings(*row) for row in rows]


def checked(shop: ShopSettings) -> Refusal | None:
    """Say what is wrong with a shop's settings. Refused: ``shop_bad``."""
    try:
        msgspec.convert(msgspec.to_builtins(shop), ShopSettings)
    except msgspec.ValidationError as error:
        return Refusal("access.shop_bad", {"why": str(error)[:200]})
    if not 0 < len(shop.name.strip()) <= NAME_MAX or not shop.name.isprintable():
        return Refusal("access.shop_bad", {"why": "name"})
    return None


def add(tx: Tx, shop: ShopSettings, own: str, now: int) -> Refusal | None:
    """Make a shop. Refused: ``shop_bad``, ``shop_taken`` (``own`` is the installation's), ``shops_full``."""
    refusal = checked(shop)
    if refusal is not None:
        return refusal
    row = tx.one("SELECT count(*) FROM access_shop")
    if row is not None and row[0] >= SHOPS_MAX:
        return Refusal("access.shops_full", {"max": SHOPS_MAX})
    made = shop.id != own and tx.run(
        "INSERT INTO access_shop (id, name, country, language, time_zone, made_at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (id) DO NOTHING",
        shop.id,
        shop.name,
        shop.country,
        shop.language,
        shop.time_zone,
        now,
    )
    if not made:
        return Refusal("access.shop_taken", {"shop": shop.id})
    audit(tx, shop.id, CONSOLE, "shop.made", "", now)
    return None


def change(tx: Tx, shop: ShopSettings, now: int) -> Refusal | None:
    """Keep other settings of a shop. Refused: ``shop_bad``, ``no_such_shop``."""
    refusal = checked(shop)
    if refusal is not None:
        return refusal
    changed = tx.run(
        "UPDATE access_shop SET name = $2, country = $3, language = $4, time_zone = $5 WHERE id = $1",
        shop.id,
        shop.name,
        shop.country,
        shop.language,
        shop.time_zone,
    )
    if not changed:
        return Refusal("access.no_such_shop", {"shop": shop.id})
    audit(tx, shop.id, CONSOLE, "shop.changed", "", now)
    return None
