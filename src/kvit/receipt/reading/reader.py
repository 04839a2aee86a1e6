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
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

import msgspec

from kvit.paper.sheet import Sheet, Symbol
from kvit.receipt.model import Kind, Reading
from kvit.receipt.reading import facts
from kvit.receipt.reading.amount import Amount, amounts, sums_of
from kvit.receipt.reading.balance import Attempt, weigh
from kvit.receipt.reading.basket import Basket, basket
from kvit.receipt.reading.entry import Entry, clean, entry, tail_of
from kvit.receipt.reading.figures import PAYMENTS, Figures, Told, figures, label_of, told
from kvit.receipt.reading.fiscal import Fiscal, fiscal
from kvit.receipt.reading.notation import Notation, notations
from kvit.receipt.reading.prior import NOTHING_KNOWN, Prior, head_of, label_hash
from kvit.receipt.reading.rows import Row, rows
from kvit.receipt.reading.sureness import certain, confidence
from kvit.receipt.reading.vocabulary import numerals, tells_alone

ROWS_MAX = 2000
"""The longest honest receipt met had some 400 rows; beyond this only the first rows are read."""
EDGES_MAX = 3
"""Rows called total or subtotal that are tried as the lower edge of the goods."""
BLOCKS_MAX = 8
"""Lines of dashes above the goods that are tried as their upper edge: a street number is no price."""
CANDIDATES_MAX = 12
"""Sums called total that are weighed; a paper with more is a report."""


class Words(msgspec.Struct, frozen=True, gc=False):
    """What is told by a row's words alone."""

    label: str
    says: str
    """What the label says when nothing else may follow."""
    name: str = ""
    """Of a row without digits: what it would be called as a thing sold."""


NOTHING = Words("", "")


class Page(msgspec.Struct):
    """The paper and what does not depend on how numbers are written."""

    rows: list[Row]
    text: str
    """All rows, a line each; drawn lines are empty."""
    width: int
    """How far the longest row reaches, in narrow cells."""
    labels: list[str]
    says: list[str]
    """What each row's label says when nothing else may follow."""
    told: list[Words]
    dated: set[int]
    """Rows with a date."""
    counts: list[bool]
    """Rows that may hold sums: no dates, no codes."""
    fiscal: Fiscal | None
    prior: Prior = NOTHING_KNOWN


def read(sheet: Sheet, *, order: str = "", priors: Mapping[str, Prior] | None = None) -> Reading:
    """Return what the printout says. ``order`` (``dmy mdy ymd``) settles dates the paper leaves open; empty guesses.

    ``priors``: forms known before, by their heads (``prior``).
    """
    page = page_of(sheet)
    if not page.rows:
        return Reading()
    if priors and (known := priors.get(head_of(page.rows, page.says, page.dated))):
        _know(page, known)
        order = known.order or order
    best: Attempt | None = None
    for found in _attempts(page):
        if best is None or found.score > best.score:
            best = found
        if "basket" in found.holds and not found.fails:
            break
    assert best is not None
    return _reading(page, best, order)


def _know(page: Page, known: Prior) -> None:
    """Take in what is known of the form: rows whose words say nothing may be known by them."""
    page.prior = known
    for index, label in enumerate(page.labels):
        if label and not page.says[index]:
            page.says[index] = known.labels.get(label_hash(label), "")


def page_of(sheet: Sheet) -> Page:
    """Take a sheet as rows, with what their words alone tell."""
    paper = rows(sheet, ROWS_MAX)
    told = [_told_by(row) for row in paper]
    labels, says = [words.label for words in told], [words.says for words in told]
    text = "\n".join(["" if row.rule else row.text for row in paper])
    dated = facts.dated(paper, text)
    counts = [
        row.digits and not row.rule and index not in dated and said not in ("number", "tax_id")
        for index, (row, said) in enumerate(zip(paper, says, strict=True))
    ]
    symbols = [box for box in sheet.boxes if type(box) is Symbol]
    width = max([row.column + row.width for row in paper], default=0)
    return Page(
        paper,
        text,
        width,
        labels,
        says,
        told,
        dated,
        counts,
        fiscal(symbols) if symbols else None,
    )


def _told_by(row: Row) -> Words:
    """What a row's words tell, whatever its numbers."""
    if row.rule:
        return NOTHING
    text = row.text
    if not row.digits:
        return _plain(text)
    label = label_of(text)
    says = tells_alone(label)
    if says in _MAY_BE_GOODS and len(label) + 3 < len(text) and _WORD.search(text, len(label)):
        says = tells_alone(_DIGITS.sub("", text))  # words behind the number ("No 7 hand cream") make it a name
    elif not says and text[0] in numerals():
        says = facts.numbered_title(text)
    return Words(label, says)


@lru_cache(maxsize=4096)
def _plain(text: str) -> Words:
    """The words of a row without digits: headings and names of goods come back."""
    label = label_of(text)
    return Words(label, tells_alone(label) or facts.title(text), clean(text))


_WORD = re.compile(r"[^\W\d_]{3}")
_MAY_BE_GOODS = frozenset(("number", "noise", "header", *PAYMENTS))
_DIGITS = re.compile(r"[\d.,:/-]+")


def _attempts(page: Page) -> Iterator[Attempt]:
    """Read the paper in the notations that fit, then in the likeliest with sums that lack their decimals.

    Where another way finds the same sums it is not gone: it would end as the one before.
    """
    likely = notations(page.text)
    first: list[list[Amount]] = []
    tried: list[tuple[list[list[Amount]], list[list[Amount]]]] = []
    for notation in likely:
        numbers = [
            amounts(row.text, notation) if counts else [] for row, counts in zip(page.rows, page.counts, strict=True)
        ]
        sums = [sums_of(found, loose=False) if found else found for found in numbers]
        first = first or numbers
        if page.fiscal is not None or (numbers, sums) not in tried:
            tried.append((numbers, sums))
            yield attempt(page, notation, numbers, sums)
    if likely[0].decimals:
        sums = [sums_of(found, loose=True) if found else found for found in first]
        if sums != tried[0][1]:
            yield attempt(page, likely[0], first, sums)


def attempt(page: Page, notation: Notation, numbers: list[list[Amount]], sums: list[list[Amount]]) -> Attempt:
    """Read the paper in one notation: try each row called total as the basket's lower edge."""
    best: Attempt | None = None
    for edge in _edges(page, sums):
        for strict in (True, False):
            found = _at(page, notation, numbers, sums, edge, strict)
            if best is None or found.score > best.score:
                best = found
            if "basket" in found.holds or not any(word in PAYMENTS for word in page.says[:edge]):
                break
        if best is not None and "basket" in best.holds:
            break
    assert best is not None
    return msgspec.structs.replace(best, signs=tuple([n.sign for found in sums for n in found if n.sign]))


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
    if not found:
        found = [index for index, said in enumerate(page.says) if said == "amount" and sums[index]][:1]
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
    strict: bool,
) -> Attempt:
    below = figures([part for index in range(edge, len(page.rows)) for part in _told(page, index, sums[index])])
    ends = [row.column + row.width for row, found in zip(page.rows[:edge], sums, strict=False) if found]
    right = max(ends, default=0)
    entries = [_entry(page, index, numbers[index], sums[index], right, strict) for index in range(edge)]
    goods = basket(entries, page.prior.breaks)
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
    if row.rule or index in page.dated:
        return []
    known = page.says[index] if page.prior.labels else ""
    return told(index, row, page.labels[index], sums, known)


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


_NO_GOODS = frozenset(
    ("number", "tax_id", "noise", "header", "amount", "change", "subtotal", "total", "tax", *PAYMENTS)
)
"""Words whose rows stand among the goods (or above them) and are none."""


def _entry(
    page: Page, index: int, numbers: Sequence[Amount], sums: Sequence[Amount], right: int, strict: bool
) -> Entry:
    """Read one row above the total; ``strict``: what is called like a payment is one, else it may be goods."""
    row, said = page.rows[index], page.says[index]
    if row.rule or index in page.dated:
        return Entry(tells="rule")
    if said in ("discount", "markup"):
        sure = [number for number in numbers if number.sum]
        if sure:
            return Entry(total=sure[-1].value, tells=said)
        if (
            len(numbers) == 1
            and numbers[0].pieces
            and not numbers[0].point
            and row.text.endswith(str(numbers[0].pieces // 1000))
        ):
            return Entry(total=numbers[0].pieces // 1000, tells=said)  # five yen, given back
        if page.rows[index].digits or index + 1 >= len(page.rows) or not page.rows[index + 1].digits:
            return Entry(tells="none")
        return Entry(clean(row.text), cells=len(row.text))  # "Deposit", and what it came to in the next row
    made = entry(row, numbers, sums, right) if row.digits else _named(row, page.told[index].name)
    if said in ("header", "amount") and made.total is not None:
        said = ""  # "Item 1   10.00" is a thing, a table's head has no sums
    if said in _NO_GOODS and not made.proven and (strict or said in ("tax", "number", "tax_id")):
        return Entry(tells="none" if said == "tax" else "rule")
    made.full, made.column = row.column + row.width >= page.width, row.column
    if made.total is not None and numbers:
        made.figures = next((number.start for number in numbers if number.start >= made.cells > 0), 0)
        made.tail = tail_of(row.text[: made.figures], made.name)
        made.cells += len(made.tail)
    return made


def _named(row: Row, name: str) -> Entry:
    return Entry(name, cells=len(row.text), tail=tail_of(row.text, name))


def _baskets(whole: Basket) -> Iterator[Basket]:
    """All goods, then those below each of the drawn lines, the lowest block first."""
    yield whole
    seen = {(0, 0, 0), (len(whole.lines), len(whole.discounts), len(whole.markups))}
    for block in whole.blocks[::-1][:BLOCKS_MAX]:
        if block not in seen and block[0] < len(whole.lines):
            seen.add(block)
            yield whole.below(block)


PRINTED = 0.9
"""Confidence in a currency whose sign or code stands on the paper."""


def _reading(page: Page, best: Attempt, order: str) -> Reading:
    language = facts.language_of(page.text)
    order = order or ("ymd" if language in ("ko", "ja", "zh") else "dmy")
    code = page.fiscal
    tax_id = facts.tax_id_of(page.rows, page.text)
    country = tax_id[0] if tax_id else code.country if code else ""
    currency, sure = facts.currency_of(page.text, best.signs, best.notation, country, language)
    if sure < PRINTED and page.prior.currency:
        currency, sure = page.prior.currency, PRINTED
    total = best.total.sums[-1] if best.total else None
    sold = len(best.basket.lines) if total is not None and ("basket" in best.holds or best.basket.proven) else 0
    kind = facts.kind_of(page.says, lines=sold, total=total)
    verified = _verified(best, kind) and certain(best, currency, language)
    goods = kind in (Kind.SALE, Kind.REFUND, Kind.COPY) and "basket" in best.holds
    below = best.figures
    number = facts.number_of(page.rows)
    moment = _later(facts.time_of(page.rows, page.dated, order), code)
    shop = page.prior.shop or facts.shop_of(page.rows, page.says, page.dated)
    items = tuple(best.basket.lines) if goods else facts.ordered(page.rows, page.width) if kind is Kind.KITCHEN else ()
    return Reading(
        kind=kind,
        shop=shop,
        tax_id=tax_id[1] if tax_id else None,
        number=number,
        time=moment,
        currency=currency,
        items=items,
        subtotal=below.subtotals[0] if below.subtotals else None,
        taxes=tuple(below.taxes),
        total=total,
        payments=best.payments,
        change=below.change,
        verified=verified,
        confidence=confidence(
            best, kind, verified, items, moment, currency=sure, tax_id=tax_id, number=number, shop=shop
        ),
        decimals=best.notation.decimals,
        adjustments=best.adjustments,
    )


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
