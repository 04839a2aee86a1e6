"""How sure a reading is: whether the notation of its sums leaves no doubt, and a number from 0 to 1 for each field.

The numbers are told to people, so they are what was measured: of the fields given 0.99 or 0.98 on receipts of other
programs, that share was right (docs/protocols/reading.md); what no equation tested is given less than that.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from kvit.receipt.model import Kind, Line
from kvit.receipt.reading.balance import Attempt

WHOLE = ("KRW", "JPY", "CLP", "IDR", "VND", "COP", "ISK", "HUF", "PYG", "UZS", "KZT", "AMD", "RSD", "TWD", "UGX")
"""Money whose tills print no decimals."""
THOUSANDTHS = ("KWD", "BHD", "OMR", "JOD", "TND", "IQD", "LYD")


_GROUPS = re.compile(r"(?<!\d)\d{1,3} \d{3}(?!\d)")


def certain(best: Attempt, currency: str | None, language: str) -> bool:
    """``12.096`` is twelve dinars or twelve thousand rupiah: both balance, so the paper must say which by other signs."""
    notation = best.notation
    if notation.decimals == 0 and notation.group != " " and best.total and _GROUPS.search(best.total.row.text):
        return False  # "2 052" read as 2
    if notation.decimals == 3:
        return currency in THOUSANDTHS
    if notation.decimals or not notation.group.strip():
        return True
    if currency in THOUSANDTHS:
        return False
    sums = [*(line.total for line in best.basket.lines), *(payment.amount for payment in best.payments)]
    return currency in WHOLE or language in ("ko", "ja") or any(0 < abs(value or 0) < 1000 for value in sums)


def confidence(
    best: Attempt,
    kind: Kind,
    verified: bool,
    items: Sequence[Line],
    time: str | None,
    *,
    currency: float,
    **found: object,
) -> dict[str, float]:
    """How sure each field is; what was not found has no row."""
    total = 0.0
    if best.total is not None:
        total = 0.99 if verified else min(0.9, 0.5 + 0.15 * len(best.holds))
        total = round(max(0.1, total - 0.3 * len(best.fails)), 2)
        if kind is Kind.CARD_SLIP:
            total = 0.8  # a slip has one sum, and no equation to test it by
    sure = {
        "total": total,
        "items": 0.98 if "basket" in best.holds and kind is not Kind.KITCHEN else 0.8 if items else 0.0,
        "tax_id": 0.99 if found["tax_id"] else 0.0,
        "time": (0.95 if "T" in time else 0.8) if time else 0.0,
        "number": 0.9 if found["number"] else 0.0,
        "shop": 0.7 if found["shop"] else 0.0,
        "currency": currency,
        "taxes": (0.95 if "tax" in best.holds else 0.6) if best.figures.taxes else 0.0,
        "payments": (0.95 if "payment" in best.holds else 0.6) if best.payments else 0.0,
    }
    return {name: value for name, value in sure.items() if value}
