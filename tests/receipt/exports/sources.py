"""Receipts to be exported, as tables of tests use them."""

from __future__ import annotations

import zoneinfo
from typing import Any

import msgspec

from kvit.receipt.exports.source import Source
from kvit.receipt.model import Kind, Line, Payment, Reading, Tax
from kvit.receipt.printout import Place
from kvit.receipt.store import Receipt, Summary
from kvit.shop import ShopSettings

SHOP = ShopSettings(id="shop-1", name="Kiosk am Eck", country="DE", language="en", time_zone="Europe/Berlin")
SALE = Reading(
    kind=Kind.SALE, shop="Bäckerei Süß", tax_id="DE136695976", number="4711", time="2026-11-21T14:05:00", currency="EUR",
    items=(Line("Brot", 1000, 380, 380), Line("Brezel", 3000, 90, 270)), subtotal=650, taxes=(Tax(700, 43),), total=650,
    payments=(Payment("cash", 1000),), change=350, verified=True,
)  # fmt: skip


def source(reading: Reading | None = SALE, **shop: Any) -> Source:
    summary = Summary(
        1, "rcpt-1", Place("till-1", 0), "Till 1", 1_795_266_300_000, "default", "1", Kind.SALE, "Bäckerei", "4711", 650, 2,
        "EUR", True, 100, (), 1,
    )  # fmt: skip
    settings = msgspec.structs.replace(SHOP, **shop)
    return Source(Receipt(summary, "text", reading), settings, zoneinfo.ZoneInfo("Europe/Berlin"))


def changed(**values: Any) -> Reading:
    return msgspec.structs.replace(SALE, **values)
