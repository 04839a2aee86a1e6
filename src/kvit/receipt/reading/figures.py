"""The figures below the basket: totals, taxes, payments, change.

Rows are told apart by their words; which number in a row is meant is told by arithmetic where a row holds several (a tax
table prints net, tax and gross side by side).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from kvit.receipt.model import Payment, Tax
from kvit.receipt.reading.amount import Amount
from kvit.receipt.reading.rows import Row
from kvit.receipt.reading.vocabulary import tells, tells_alone, tells_inside

PAYMENTS = ("cash", "card", "mobile", "points")
_DIGIT = re.compile(r"\d")
_LETTER = re.compile(r"[^\W\d_]")
_NUMBERS = re.compile(r"[\d.,%'()+-]+")
_FOUR_LETTERS = re.compile(r"[^\W\d_](?:.*[^\W\d_]){3}")
_MONEY_WORDS = re.compile(r"тенге|теңге|euros?|рубл\w*|руб|грн|złotych|dollars?", re.IGNORECASE)
_RATE = re.compile(r"(?<![\d.,])(\d{1,2}(?:[.,]\d{1,3})?)\s?[%％]")
_INSIDE = ("discount", "markup", "tax", "total", "change", "subtotal", "points")


class Told(msgspec.Struct, gc=False):
    """A row (or a part of one) with its word and its sums."""

    index: int
    row: Row
    tells: str
    sums: tuple[int, ...]

    @property
    def value(self) -> int | None:
        """The row's sum: the last number."""
        return self.sums[-1] if self.sums else None


class Figures(msgspec.Struct, gc=False):
    """What stood below the basket. ``totals`` keeps every candidate with its row, the reader chooses."""

    totals: list[Told] = []
    named: list[Told] = []
    """Sums that are only called sum ("Amount"): the total of a slip that names none."""
    subtotals: list[int] = []
    discounts: list[Told] = []
    markups: list[Told] = []
    taxes: list[Tax] = []
    gross: list[int] = []
    """Sums with tax of a tax table's rows."""
    payments: list[Payment] = []
    change: int | None = None
    strangers: list[Told] = []
    """Rows with a sum and a word nobody knows."""


def label_of(text: str) -> str:
    """The words of a row: what stands before its first digit, or all its letters when nothing does."""
    digit = _DIGIT.search(text)
    label = text[: digit.start()] if digit else text
    return label if _LETTER.search(label) else _NUMBERS.sub(" ", text)


def say(row: Row, label: str, found: Sequence[Amount], known: str = "") -> str:
    """What a row below the basket says: its label, a word inside it ("Member discount"), or its form.

    ``known`` is what this shop's form says of the label, where nothing else does.
    """
    said = tells(label) or known or (tells_inside(label, _INSIDE) if found else "")
    if said or not found:
        return said
    if len(found) > 1 and (_RATE.search(row.text) or _adds_up(found)):
        return "tax"
    value = found[-1].value
    return "discount" if value is not None and value < 0 and _FOUR_LETTERS.search(_MONEY_WORDS.sub("", label)) else ""


def _adds_up(found: Sequence[Amount]) -> bool:
    """Net, tax and gross of a table whose rates stand elsewhere."""
    if len(found) != 3:
        return False
    values = [number.value or 0 for number in found]
    return min(values) > 0 and max(values) * 2 == sum(values)


def told(index: int, row: Row, label: str, sums: Sequence[Amount], known: str = "") -> list[Told]:
    """What a row says with its sums; two where two words share a row ("Cash 20.00   Change 2.08")."""
    said = say(row, label, sums, known)
    if len(sums) > 1 and said not in ("tax", "total") and "%" not in row.text:
        parts = _parts(index, row, sums)
        if len(parts) > 1:
            return parts
    return [Told(index, row, said, tuple([number.value or 0 for number in sums]))]


def _parts(index: int, row: Row, sums: Sequence[Amount]) -> list[Told]:
    parts = []
    start = 0
    for number in sums:
        said = tells_alone(label_of(row.text[start : number.start]))
        if not said:
            return []
        parts.append(Told(index, row, said, (number.value or 0,)))
        start = number.end
    return parts


def figures(rows: Sequence[Told]) -> Figures:
    """Sort the told rows; a sum may stand one row below its word."""
    made = Figures()
    waiting: Told | None = None
    for row in rows:
        if (
            row.sums
            and waiting is not None
            and not row.tells
            and not _FOUR_LETTERS.search(_MONEY_WORDS.sub("", row.row.text))
        ):
            row = Told(row.index, row.row, waiting.tells, row.sums)
        waiting = row if row.tells and not row.sums else None
        if row.sums:
            _sort(made, row)
    return made


def _sort(made: Figures, row: Told) -> None:
    value, said = row.sums[-1], row.tells
    if said == "total":
        made.totals += [Told(row.index, row.row, said, (value,)) for value in dict.fromkeys(reversed(row.sums))]
    elif said == "subtotal":
        made.subtotals.append(value)
    elif said == "discount":
        made.discounts.append(row)
    elif said == "markup":
        made.markups.append(row)
    elif said == "tax":
        _tax(made, row)
    elif said in PAYMENTS:
        made.payments.append(Payment(said, value))
    elif said == "change":
        made.change = abs(value) if made.change is None else made.change
    elif said in ("amount", "header") and len(row.sums) == 1:
        made.named.append(row)
    elif not said and _LETTER.search(row.row.text):
        made.strangers.append(row)


def rate_of(text: str) -> int | None:
    """The rate in a row, in hundredths of a percent."""
    match = _RATE.search(text)
    if not match:
        return None
    whole, _, part = match[1].replace(",", ".").partition(".")
    return int(whole) * 100 + int(part[:2].ljust(2, "0") or 0)


def _tax(made: Figures, row: Told) -> None:
    tax = _tax_of(rate_of(row.row.text), row.sums)
    if tax is None:
        return
    if len(row.sums) == 3 and max(row.sums, key=abs) * 2 == sum(row.sums):
        made.gross.append(max(row.sums, key=abs))
    if tax not in made.taxes:
        made.taxes.append(tax)


def _tax_of(rate: int | None, values: Sequence[int]) -> Tax | None:
    if len(values) == 1:
        return Tax(rate, values[0])
    if rate is not None:
        for index, tax in enumerate(values):
            if any(is_tax(tax, other, rate) for place, other in enumerate(values) if place != index):
                return Tax(rate, tax)
    small = min(values, key=abs)
    sums = {first + second for index, first in enumerate(values) for second in values[index + 1 :]}
    return Tax(rate, small) if sums & set(values) else None


def is_tax(tax: int, base: int, rate: int) -> bool:
    """True when ``tax`` is ``rate`` of a net base or the part inside a gross one, within a coin."""
    outside = abs(base * rate - tax * 10000)
    inside = abs(base * rate - tax * (10000 + rate))
    return tax != 0 and (outside <= 10000 or inside <= 10000 + rate)
