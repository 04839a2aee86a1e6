"""Printouts for tests of receipts and pages."""

from __future__ import annotations

from kvit.receipt.model import Kind, Line, Reading
from kvit.receipt.printout import Happening, Place, Prepared, Printout, prepare

SHOP = "shop-1"
DAY_MS = 24 * 3600 * 1000
NOON_MS = 20_000 * DAY_MS + DAY_MS // 2


def printout(offset: int = 0, text: str = "Corner Cafe\nLatte 4.50\nTOTAL 4.50\n", **changes: object) -> Printout:
    told: dict[str, object] = {
        "place": Place("till-1", offset),
        "raw": b"\x1b@" + text.encode("utf-8") + b"\x1dV\x00",
        "text": text,
        "taken_at_ms": NOON_MS + offset,
        "till": "Till 1",
        "profile": "default",
        "profile_version": "1",
        "reading": Reading(kind=Kind.SALE, items=(Line("Latte", 1000, 450, 450),), total=450, currency="USD"),
        "happenings": (Happening("pulse", {"pin": 2}), Happening("cut", {"full": 1})),
    }
    return Printout(**(told | changes))  # type: ignore[arg-type]


def prepared(offset: int = 0, text: str = "Corner Cafe\nLatte 4.50\nTOTAL 4.50\n", **changes: object) -> Prepared:
    return prepare(SHOP, printout(offset, text, **changes))
