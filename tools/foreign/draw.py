"""Draw the printouts: what was sold, the wishes to an encoder, and the truth a reader is held against."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

from tools.foreign import held_out, layouts, others
from tools.foreign.layouts import Printed
from tools.foreign.paper import KAZAKH, PAIRS, SYSTEMS, Paper, as_bytes
from tools.foreign.sales import LANGUAGES, Sold, draw

KNOWS_PAIRS = ("receiptline",)
"""Encoders that write Korean, Japanese and Chinese by themselves; escpos-php and others are handed bytes."""
KNOWS_KAZAKH = ("node-thermal-printer", "receipt-printer-encoder")
EACH = {"develop": 6, "test": 12, "held_out": 12}
"""Printouts of a language in a layout."""


def jobs() -> Iterator[dict[str, Any]]:
    """Every printout, in the order of the files."""
    for part, count in EACH.items():
        table = held_out.HELD_OUT if part == "held_out" else layouts.DEVELOPED_BY
        for name in table:
            for language in LANGUAGES:
                for n in range(count):
                    yield job(part, name, language, n)


def job(part: str, name: str, language: str, n: int) -> dict[str, Any]:
    """One printout: {id, encoder, columns, page, wishes, truth}."""
    rng = random.Random(f"kvit {part} {name} {language} {n}")
    encoder, columns, layout = {**layouts.DEVELOPED_BY, **held_out.HELD_OUT}[name]
    sold = draw(rng, language)
    paper = Paper(columns)
    printed: Printed = []
    if sold.kind in ("x_report", "z_report"):
        others.report(paper, sold, rng)
    elif sold.kind in ("card_slip", "kitchen"):
        getattr(others, sold.kind)(paper, sold, rng)
    else:
        form = held_out if part == "held_out" else layouts
        form.head(paper, sold, rng)
        printed = layout(paper, sold, rng)
        form.foot(paper, sold, rng)
    wishes = paper.end(drawer=rng.random() < 0.3)
    made = {
        "id": f"{part}/{name}/{language}/{n:02d}",
        "encoder": encoder,
        "columns": columns,
        "truth": truth(sold, printed),
    }
    return made | spoken(wishes, encoder, sold.sale.country.code)


def spoken(wishes: list[dict[str, Any]], encoder: str, country: str) -> dict[str, Any]:
    """How the letters travel: written by the encoder itself, or as bytes the till made."""
    if country in PAIRS:
        codec = PAIRS[country]
        if encoder in KNOWS_PAIRS:
            names = {"cp949": "ksc5601", "shift_jis": "shiftjis", "gb18030": "gb18030"}
            return {"page": names[codec], "start": "", "wishes": wishes}
        start, end = SYSTEMS[codec]
        return {"page": "bytes", "start": (start + end).hex(), "wishes": as_bytes(wishes, codec)}
    if country == "KZ" and encoder not in KNOWS_KAZAKH:
        start, codec = KAZAKH
        return {"page": "bytes", "start": start.hex(), "wishes": as_bytes(wishes, codec)}
    return {"page": "kazakh" if country == "KZ" else "own", "start": "", "wishes": wishes}


def truth(sold: Sold, printed: Printed) -> dict[str, Any]:
    """What stands on the paper, as data: sums in the smallest coin, signed as printed."""
    made, sale = sold.sale, sold.kind in ("sale", "refund", "copy")
    sign = sold.sign
    said: dict[str, Any] = {
        "kind": sold.kind, "language": sold.language, "country": made.country.code, "decimals": made.country.decimals,
        "time": made.when.strftime("%Y-%m-%dT%H:%M"),
    }  # fmt: skip
    if sold.kind == "card_slip":
        return said | {"total": made.total}
    if sold.kind == "kitchen":
        return said | {"items": [[thing.name, max(1, thing.quantity // 1000) * 1000] for thing in made.things]}
    if not sale:
        return said
    return said | {
        "total": sign * sold.total,
        "tax_id": made.tax_id,
        "number": made.number,
        "currency": made.country.currency,
        "items": [
            [thing.name, thing.quantity if pieces else None, thing.price if price else None, sign * thing.total]
            for thing, (pieces, price) in zip(made.things, printed, strict=True)
        ],
        "payments": [[kind, sign * amount] for kind, amount in made.payments],
        "change": made.change,
        "tip": sold.tip,
    }
