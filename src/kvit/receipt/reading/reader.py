"""The reader: a sheet in, what was sold out.

Every notation the paper allows is tried until one balances; each gives a basket above the total and figures below it; the
reading that satisfies most equations (``balance``) is kept. Arithmetic decides, unknown stays empty, nothing is invented:
no sum is ever computed into a field, only printed figures are taken.

``verified`` needs the basket equation, or (for paper that lists no goods) payment and tax both, or the fiscal code's word;
no equation that could be tested may fail, no line may contradict itself, and below the total nothing may speak of
another sum to pay unless the payments settle it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import msgspec

from kvit.paper.sheet import Sheet, Symbol
from kvit.receipt.model import Kind, Reading
from kvit.receipt.reading import facts
from kvit.receipt.reading.amount import Amount, Notation, amounts, notations
from kvit.receipt.reading.balance import Attempt, weigh
from kvit.receipt.reading.basket import Basket, basket
from kvit.receipt.reading.entry import Entry, clean, entry
from kvit.receipt.reading.figures import PAYMENTS, Figures, Told, figures, label_of, told
from kvit.receipt.reading.fiscal import Fiscal, fiscal
from kvit.receipt.reading.rows import Row, rows
from kvit.receipt.reading.vocabulary import tells

ROWS_MAX = 2000
"""The longest honest receipt met had some 400 rows; beyond this only the first rows are read."""
EDGES_MAX = 3
"""Rows called total or subtotal that are tried as the lower edge of the goods."""
BLOCKS_MAX = 8
"""Lines of dashes above the goods that are tried as their upper edge: a street number is no price."""
CANDIDATES_MAX = 12
"""Sums called total that are weighed; a paper with more is a report."""


class Page(msgspec.Struct):
    """The paper and what does not depend on how numbers are written."""

    rows: list[Row]
    text: str
    """All rows, a line each."""
    width: int
    """How far the longest row reaches, in narrow cells."""
    labels: list[str]
    says: list[str]
    """What each row's label says when nothing else may follow."""
    dated: set[int]
    """Rows with a date."""
    counts: list[bool]
    """Rows that may hold sums: no dates, no codes."""
    fiscal: Fiscal | None


def read(sheet: Sheet, *, order: str = "") -> Reading:
    """Return what the printout says. ``order`` (``dmy mdy ymd``) settles dates the paper leaves open; empty guesses."""
    page = _page(sheet)
    if not page.rows:
        return Reading()
    best: Attempt | None = None
    for notation, loose in _ways(page):
        found = attempt(page, notation, loose=loose)
        if best is None or found.score > best.score:
            best = found
        if "basket" in found.holds and not found.fails:
            break
    assert best is not None
    return _reading(page, best, order)


def _page(sheet: Sheet) -> Page:
    paper = rows(sheet, ROWS_MAX)
    labels = ["" if row.rule else label_of(row.text) for row in paper]
    says = [_says(row, label) if label else "" for row, label in zip(paper, labels, strict=True)]
    text = "\n".join([row.text for row in paper])
    dated = facts.dated(paper, text)
    counts = [
        row.digits and not row.rule and index not in dated and said not in ("number", "tax_id")
        for index, (row, said) in enumerate(zip(paper, says, strict=True))
    ]
    symbols = [box for box in sheet.boxes if type(box) is Symbol]
    width = max([row.column + row.width for row in paper], default=0)
    return Page(paper, text, width, labels, says, dated, counts, fiscal(symbols) if symbols else None)


_WORD = re.compile(r"[^\W\d_]{3}")
_MAY_BE_GOODS = frozenset(("number", "noise", "header", *PAYMENTS))


def _says(row: Row, label: str) -> str:
    """What a row's label says; words behind the number ("No 7 hand cream") make it a name."""
    said = tells(label, strict=True)
    if said in _MAY_BE_GOODS and row.digits and len(label) + 3 < len(row.text) and _WORD.search(row.text, len(label)):
        return tells(_DIGITS.sub("", row.text), strict=True)
    return said or facts.title_of(row)


_DIGITS = re.compile(r"[\d.,:/-]+")


def _ways(page: Page) -> Iterator[tuple[Notation, bool]]:
    """The notations that fit, then the likeliest with sums that lack their decimals."""
    found = notations(page.text)
    for notation in found:
        yield notation, False
    if found[0].decimals:
        yield found[0], True


def attempt(page: Page, notation: Notation, *, loose: bool = False) -> Attempt:
    """Read the paper in one notation: try each row called total as the basket's lower edge."""
    numbers = [
        amounts(row.text, notation) if counts else [] for row, counts in zip(page.rows, page.counts, strict=True)
    ]
    sums = [
        [n for n in found if n.sum or (loose and n.value is not None and not n.unit)] if found else found
        for found in numbers
    ]
    best: Attempt | None = None
    for edge in _edges(page, sums):
        for strict in (True, False):
            found = _at(page, notation, numbers, sums, edge, loose=loose, strict=strict)
            if best is None or found.score > best.score:
                best = found
            if "basket" in found.holds or not any(word in PAYMENTS for word in page.says[:edge]):
                break
        if best is not None and "basket" in best.holds:
            break
    assert best is not None
    return replace(best, signs=tuple(n.sign for found in sums for n in found if n.sign))


def _edges(page: Page, sums: Sequence[Sequence[Amount]]) -> list[int]:
    """Rows at which the goods may end: the first ones called total or subtotal, else the first tax or payment."""
    end = len(page.rows)
    found = [
        index
        for index, said in enumerate(page.says)
        if said in ("total", "subtotal")
        and (sums[index] or (index + 1 < end and sums[index + 1] and not page.says[index + 1]))
    ][:EDGES_MAX]
    if not found:
        found = [index for index, said in enumerate(page.says) if said in ("tax", "change", *PAYMENTS) and sums[index]][
            :1
        ]
    return [_raised(page, index) for index in found] or [end]


def _raised(page: Page, edge: int) -> int:
    """Taxes and discounts of the whole receipt that stand right above the total belong below the goods."""
    while edge and (
        page.says[edge - 1] in ("tax", "noise")
        or (page.rows[edge - 1].rule and page.says[edge - 2 : edge - 1] == ["tax"])
    ):
        edge -= 1
    return edge


def _at(
    page: Page,
    notation: Notation,
    numbers: Sequence[list[Amount]],
    sums: Sequence[list[Amount]],
    edge: int,
    *,
    loose: bool,
    strict: bool,
) -> Attempt:
    below = figures([part for index in range(edge, len(page.rows)) for part in _told(page, index, sums[index])])
    right = max(
        (row.column + row.width for row, found in zip(page.rows[:edge], sums, strict=False) if found), default=0
    )
    goods = basket([_entry(page, index, numbers[index], right, loose=loose, strict=strict) for index in range(edge)])
    witness = _witness(page.fiscal, notation)
    candidates = _candidates(below, witness)
    best: Attempt | None = None
    for above in _baskets(goods):
        for candidate in candidates:
            found = weigh(notation, above, below, candidate, witness)
            if best is None or found.score >= best.score + (0 if best.basket is above else 0.5):
                best = found
        if best and "basket" in best.holds:
            break
    assert best is not None
    return best


def _told(page: Page, index: int, sums: Sequence[Amount]) -> list[Told]:
    row = page.rows[index]
    return [] if row.rule or index in page.dated else told(index, row, page.labels[index], sums)


def _witness(code: Fiscal | None, notation: Notation) -> int | None:
    """The fiscal code's total in this notation's coins."""
    if code is None or code.total is None:
        return None
    coins, rest = divmod(code.total * 10**notation.decimals, 100)
    return coins if not rest else None


def _candidates(below: Figures, witness: int | None) -> list[Told | None]:
    """Sums that may be the total: those called so; else the one the fiscal code names; else one only called amount."""
    if below.totals:
        return list(below.totals[-CANDIDATES_MAX:])
    if witness is not None:
        named = [row for row in (*below.named, *below.strangers) if abs(row.sums[-1]) == witness]
        if named:
            return [named[0]]
    return list(below.named[-1:]) or [None]


_NO_GOODS = ("number", "tax_id", "noise", "header", "change", "subtotal", "total", "tax", *PAYMENTS)
"""Words whose rows stand among the goods (or above them) and are none."""


def _entry(page: Page, index: int, numbers: list[Amount], right: int, *, loose: bool, strict: bool) -> Entry:
    """Read one row above the total; ``strict``: what is called like a payment is one, else it may be goods."""
    row, said = page.rows[index], page.says[index]
    if row.rule or index in page.dated:
        return Entry(tells="rule")
    if said in ("discount", "markup"):
        sums = [number for number in numbers if number.sum]
        return Entry(total=sums[-1].value, tells=said) if sums else Entry(tells="none")
    made = entry(row, numbers, edge=right, loose=loose) if numbers else Entry(name=clean(row.text), cells=len(row.text))
    if said == "header" and made.total is not None:
        said = ""  # "Item 1   10.00" is a thing, a table's head has no sums
    if said in _NO_GOODS and not made.proven and (strict or said in ("tax", "number", "tax_id")):
        return Entry(tells="none" if said == "tax" else "rule")
    made.full, made.indented = row.column + row.width >= page.width, row.column > 0
    return made


def _baskets(whole: Basket) -> Iterator[Basket]:
    """All goods, then those below each of the drawn lines, the lowest block first."""
    yield whole
    seen = {(0, 0, 0), (len(whole.lines), len(whole.discounts), len(whole.markups))}
    for block in whole.blocks[::-1][:BLOCKS_MAX]:
        if block not in seen and block[0] < len(whole.lines):
            seen.add(block)
            yield whole.below(block)


def _reading(page: Page, best: Attempt, order: str) -> Reading:
    language = facts.language_of(page.text)
    order = order or ("ymd" if language in ("ko", "ja", "zh") else "dmy")
    code = page.fiscal
    tax_id = facts.tax_id_of(page.rows, page.text)
    country = tax_id[0] if tax_id else code.country if code else ""
    currency, sure = facts.currency_of(page.text, best.signs, best.notation, country, language)
    total = best.total.sums[-1] if best.total else None
    sold = len(best.basket.lines) if total is not None and ("basket" in best.holds or best.basket.proven) else 0
    kind = facts.kind_of(page.says, lines=sold, total=total)
    verified = _verified(best, kind) and _certain(best, currency, language)
    goods = kind in (Kind.SALE, Kind.REFUND, Kind.COPY) and "basket" in best.holds
    below = best.figures
    time = facts.time_of(page.rows, page.dated, order)
    reading = Reading(
        kind=kind,
        shop=facts.shop_of(page.rows, page.says, page.dated),
        tax_id=tax_id[1] if tax_id else None,
        number=facts.number_of(page.rows),
        time=_later(time, code),
        currency=currency,
        items=tuple(best.basket.lines) if goods else facts.ordered(page.rows) if kind is Kind.KITCHEN else (),
        subtotal=below.subtotals[0] if below.subtotals else None,
        taxes=tuple(below.taxes),
        total=total,
        payments=best.payments,
        change=below.change,
        verified=verified,
        decimals=best.notation.decimals,
        adjustments=best.adjustments,
    )
    return _with_confidence(reading, best, sure)


def _later(time: str | None, code: Fiscal | None) -> str | None:
    """The printed time; where the paper has only its date, the code's time of that day."""
    if code is None or code.time is None:
        return time
    return code.time if time is None or (len(time) == 10 and code.time.startswith(time)) else time


def _verified(best: Attempt, kind: Kind) -> bool:
    if best.total is None or best.fails or kind not in (Kind.SALE, Kind.REFUND, Kind.COPY):
        return False
    if not best.settled and "payment" not in best.holds and "fiscal" not in best.holds:
        return False
    if best.basket.lines:
        return "basket" in best.holds and not best.basket.contradicted
    return "fiscal" in best.holds or {"payment", "tax"} <= set(best.holds)


WHOLE = ("KRW", "JPY", "CLP", "IDR", "VND", "COP", "ISK", "HUF", "PYG", "UZS", "KZT", "AMD", "RSD", "TWD", "UGX")
"""Money whose tills print no decimals."""
THOUSANDTHS = ("KWD", "BHD", "OMR", "JOD", "TND", "IQD", "LYD")


def _certain(best: Attempt, currency: str | None, language: str) -> bool:
    """``12.096`` is twelve dinars or twelve thousand rupiah: both balance, so the paper must say which by other signs."""
    notation = best.notation
    if notation.decimals == 3:
        return currency in THOUSANDTHS
    if notation.decimals or not notation.group.strip():
        return True
    if currency in THOUSANDTHS:
        return False
    sums = [*(line.total for line in best.basket.lines), *(payment.amount for payment in best.payments)]
    return currency in WHOLE or language in ("ko", "ja") or any(0 < abs(value or 0) < 1000 for value in sums)


def _with_confidence(reading: Reading, best: Attempt, currency: float) -> Reading:
    total = 0.0 if reading.total is None else 0.99 if reading.verified else min(0.9, 0.5 + 0.15 * len(best.holds))
    sure = {
        "total": max(0.1, total - 0.3 * len(best.fails)) if reading.total is not None else 0.0,
        "items": 0.98 if "basket" in best.holds else 0.4 if reading.items else 0.0,
        "tax_id": 0.99 if reading.tax_id else 0.0,
        "time": (0.95 if "T" in reading.time else 0.8) if reading.time else 0.0,
        "number": 0.8 if reading.number else 0.0,
        "shop": 0.7 if reading.shop else 0.0,
        "currency": currency,
        "taxes": (0.95 if "tax" in best.holds else 0.6) if reading.taxes else 0.0,
        "payments": (0.95 if "payment" in best.holds else 0.6) if reading.payments else 0.0,
    }
    return msgspec.structs.replace(reading, confidence={name: round(value, 2) for name, value in sure.items() if value})
