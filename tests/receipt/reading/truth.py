"""The truth against the reading: which facts of a sale were read exactly."""

from __future__ import annotations

import random

from kvit.receipt.model import Reading
from tests.receipt.reading.layouts import NO_PRICE, PRICE_IF_MANY
from tests.receipt.reading.till import Sale


def draw(seed: int, layout: str, country: str = "") -> tuple[Sale, random.Random]:
    """One sale for a layout; some are refunds and copies."""
    from tests.receipt.reading.till import sale

    rng = random.Random(f"{seed} {layout} {country}")
    kind = rng.choices(("sale", "refund", "copy"), (0.86, 0.07, 0.07))[0]
    return sale(rng, country, kind=kind), rng


def coins(sale: Sale, value: int | None, reading: Reading) -> int | None:
    """A read sum in the sale's coins: a till that prints no decimals is read in whole units."""
    return None if value is None else value * 10 ** (sale.country.decimals - reading.decimals)


def judged(sale: Sale, layout: str, reading: Reading) -> dict[str, bool]:
    """Field -> read exactly."""
    sign = -1 if sale.kind == "refund" else 1
    exact = sale.country.decimals >= reading.decimals
    total = coins(sale, reading.total, reading) if exact else None
    date = sale.when.date().isoformat()
    return {
        "total": total == sign * sale.total,
        "false": reading.verified and total != sign * sale.total,
        "verified": reading.verified,
        "time": reading.time is not None and reading.time[:16] == (date + "T" + sale.when.strftime("%H:%M")),
        "tax_id": reading.tax_id == sale.tax_id,
        "number": reading.number == sale.number,
        "kind": reading.kind.value == sale.kind,
        "items": exact and items(sale, layout, reading),
        "payments": exact
        and {coins(sale, p.amount, reading) for p in reading.payments} == {sign * a for _, a in sale.payments},
        "change": exact and (coins(sale, reading.change, reading) or 0) == sale.change,
        "taxes": exact
        and {(t.rate, coins(sale, t.amount, reading)) for t in reading.taxes}
        <= {(rate, sign * tax) for rate, (_, tax) in sale.taxes.items()},
    }


def items(sale: Sale, layout: str, reading: Reading) -> bool:
    if len(reading.items) != len(sale.things):
        return False
    for line, thing in zip(reading.items, sale.things, strict=True):
        one = thing.quantity == 1000 and layout in (*PRICE_IF_MANY, "dots")
        if line.name != thing.name or coins(sale, line.total, reading) != thing.total:
            return False
        if line.quantity != thing.quantity and not (one and line.quantity is None):
            return False
        if coins(sale, line.price, reading) != thing.price and not ((one or layout in NO_PRICE) and line.price is None):
            return False
    return True
