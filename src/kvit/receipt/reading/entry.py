"""Entries: what each row above the total says about the basket.

Four shapes cover the tills that were met: a name alone; a name with its sum (and often pieces and price between); pieces
times price with the sum but no name; pieces times price without the sum. Which number is which is decided by
multiplication, not by place: ``2 x 1.89 3.78``, ``1.89 2 3.78`` and ``3.78 1.89 2`` tell the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from kvit.receipt.reading.amount import TIMES, Amount
from kvit.receipt.reading.rows import Row

_CODE = re.compile(r"^(?:\d{1,3}[.)](?:\s*(?=[^\W\d])|\s+(?=\d+[^\W\d]))|0\d{1,4}\s+|\d{6,14}(?:\s+|$)|[*#+•>-]+\s*)")
_EDGE = " \t:=*@×|,-([✕"
_TIMES_BEHIND = re.compile(r"\s[xXхХ.]$")
_TIMES_BEFORE = re.compile(r"^[xXхХ]\s+")
_MARK_BEHIND = re.compile(r"(?<=\S)\s+(?:[A-ZА-Я]|[※軽*]+)$|(?<=[^\W\d_])[※*]$")
_CODE_LETTERS = frozenset("0123456789*#+•>-")
_MARK_LETTERS = frozenset("xхXХ.※軽*")
_LETTER = re.compile(r"[^\W\d_]")
EDGE_CELLS = 4
"""How far left of the others' edge a sum may end: room for tax letters, signs and stars."""
SUMS_MAX = 6
"""Numbers of a row that are tried as factors; more stand only in tables that are no goods."""


class Entry(msgspec.Struct, gc=False):
    """What a row says: a name, pieces (thousandths), price and sum (smallest coin), whatever of them it has."""

    name: str = ""
    quantity: int | None = None
    price: int | None = None
    total: int | None = None
    tells: str = ""
    """``discount`` or ``markup`` where the row is one, ``rule`` where it ends a block of goods."""
    times: bool = False
    """Pieces and price stood there as a multiplication."""
    proven: bool = False
    """Pieces times price gave the printed sum."""
    front: int = 0
    """A number at the very front (thousandths), which is pieces when all rows have one."""
    cells: int = 0
    """How many letters the name took."""
    tail: str = ""
    """What ``clean`` took for a mark behind the name; it was the name's own where the name goes on in the next row."""
    figures: int = 0
    """Where in the row the first figure beside the name stands; 0 where none does."""
    column: int = 0
    """Where the row begins, in cells."""
    full: bool = False
    """The row reaches the paper's right edge: a name that long goes on in the next row, in mid-word perhaps."""


def product(pieces: int, price: int) -> int:
    """Pieces (thousandths) times price, rounded half up to the coin: how tills compute a weighed line."""
    exact = abs(pieces * price)
    rounded = (exact * 2 + 1000) // 2000
    return rounded if pieces * price >= 0 else -rounded


def agree(pieces: int, price: int, total: int) -> bool:
    """True when the sum is the product; a weighed line may be off by a coin (tills round, truncate or carry)."""
    exact, wanted = abs(pieces * price), abs(total) * 1000
    return exact == wanted if pieces % 1000 == 0 else abs(exact - wanted) <= 1000


def entry(row: Row, numbers: Sequence[Amount], sums: Sequence[Amount], edge: int = 0) -> Entry:
    """Read one row above the total.

    ``numbers`` are all of the row's, ``sums`` those of them that are sums; ``edge`` is the column where the sums of the
    goods end, so that a size in a name ("Cola 0,33") is none of them.
    """
    if not sums or (len(sums) == 1 and _in_name(row, numbers, sums[0], edge)):
        name = clean(row.text)
        return Entry(name, front=_front(row, numbers), cells=len(row.text), tail=tail_of(row.text, name))
    if len(numbers) == 1:
        name = _name(row.text, numbers)
        return Entry(name, None, None, numbers[0].value, cells=len(name))
    if len(sums) > 1 and (found := _product(numbers, sums)) is not None:
        pieces, price, total = found
        name = _name(row.text, found)
        times = pieces.times > 0 or price.times > 0
        return Entry(name, pieces.pieces, price.value, total.value, "", times, True, 0, len(name))
    return _detail(row, numbers, sums) or _plain(row, numbers, sums)


def _in_name(row: Row, numbers: Sequence[Amount], number: Amount, edge: int) -> bool:
    """A number that follows a word with one blank and stands far left of where the sums end belongs to the word."""
    if row.column + row.width > edge - EDGE_CELLS or number.sign or any(other.times for other in numbers):
        return False
    before = row.text[: number.start]
    return len(before) > 1 and before[-1] == " " and before[-2] != " " and _LETTER.search(before) is not None


def _product(numbers: Sequence[Amount], sums: Sequence[Amount]) -> tuple[Amount, Amount, Amount] | None:
    """(pieces, price, total) of a row by multiplication; the sum is sought at the right first, then at the left."""
    if len(numbers) > SUMS_MAX * 2:
        return None
    for total in (sums[-1], sums[0], *sums[1:-1]):
        found = [
            (pieces, price, total)
            for price in reversed(sums)
            if price is not total and (pieces := _pieces(numbers, price, total)) is not None
        ]
        if found:  # where price and pieces could change places, there are fewer pieces than coins
            return found[0] if len(found) == 1 else min(found, key=lambda triple: triple[0].pieces or 0)
    return None


def _pieces(numbers: Sequence[Amount], price: Amount, total: Amount) -> Amount | None:
    """The number that makes the price the total: one beside a multiplication sign or whole first, the last of equals."""
    assert price.value is not None
    assert total.value is not None
    best, best_rank = None, -1
    for number in numbers:
        if number is price or number is total or number.pieces is None or number.sign:
            continue
        if agree(number.pieces, price.value, total.value):
            rank = 4 * (number.times > 0) + 2 * (number.point != 2) + (not number.unit)
            if rank >= best_rank:
                best, best_rank = number, rank
    return best


def _detail(row: Row, numbers: Sequence[Amount], sums: Sequence[Amount]) -> Entry | None:
    """``2 x 1.89`` or ``1.89 x 2`` without a sum, or with one that does not fit."""
    pair = _pair(row.text, numbers, sums)
    if pair is None:
        return None
    pieces, price = pair
    others = [number for number in sums if number is not pieces and number is not price]
    if others and "  " in row.text[min(pieces.end, price.end) : max(pieces.start, price.start)]:
        assert pieces.pieces is not None
        assert price.value is not None
        if not agree(pieces.pieces, price.value, others[-1].value or 0):
            return None  # "Cola 0,33       x12     8,88": a size, and pieces in their own column
    name = _name(row.text, (pieces, price, *others[-1:]))
    total = others[-1].value if others else None
    return Entry(name, pieces.pieces, price.value, total, times=True, cells=len(name))


def _pair(text: str, numbers: Sequence[Amount], sums: Sequence[Amount]) -> tuple[Amount, Amount] | None:
    for first, second in pairwise(numbers):
        if not (first.times & 1 or second.times & 2) or clean(text[first.end : second.start]):
            continue
        if first.pieces is not None and second in sums and not first.sign:
            return (second, first) if _price_first(first, second, sums) else (first, second)
        if second.pieces is not None and first in sums:
            return second, first
    return None


def _price_first(first: Amount, second: Amount, sums: Sequence[Amount]) -> bool:
    """``1.89 x 2`` where both could be sums: the price has two decimals, or ``@`` before it, or is the larger whole one."""
    if first not in sums or second.pieces is None:
        return False
    if first.times & 6 == 4:
        return False  # "12 @ 880": what stands behind the sign is the price
    if first.point == 2:
        return not second.exact or second.point in (0, 3)
    return second.point == 0 and (first.times & 4 > 0 or (first.value or 0) > (second.value or 0))


def _plain(row: Row, numbers: Sequence[Amount], sums: Sequence[Amount]) -> Entry:
    """Numbers in columns that do not multiply: the sum is the last one, pieces a whole number in a column of its own."""
    last = sums[-1]
    if len(sums) > 1 and sums[-2].value == last.value and sums[-2].end < last.start:
        name = _name(row.text, (sums[-2], last))
        return Entry(name, 1000, sums[-2].value, last.value, cells=len(name))
    apart = [
        n for n in numbers if n.end <= last.start and n.pieces and _may_count(n, sums, last) and _apart(row.text, n)
    ]
    if apart:
        name = _name(row.text, (apart[-1], last))
        if _LETTER.search(name):
            return Entry(name, apart[-1].pieces, None, last.value, cells=len(name))
    name = _name(row.text, (last,))
    return Entry(name, total=last.value, cells=len(name), front=_front(row, numbers))


def _may_count(number: Amount, sums: Sequence[Amount], last: Amount) -> bool:
    """A number that can be pieces: with its sign ("x12"), no sum, or in money without coins a part of the sum."""
    if number.times & 2:
        return True
    if number not in sums:
        return number.point != 2
    whole = number.value == (number.pieces or 0) // 1000 and not number.sign
    return (
        whole
        and len(sums) == 2
        and not (last.value or 0) % (number.value or 1)
        and abs(last.value or 0) >= PRICE_MIN * (number.value or 1)
    )


PRICE_MIN = 10
"""Nothing costs less in money without coins."""


def _front(row: Row, numbers: Sequence[Amount]) -> int:
    first = numbers[0] if numbers else None
    if first is None or first.start or first.pieces is None or first.point not in (0, 3) or first.sign:
        return 0
    return first.pieces if row.text[first.end : first.end + 1] == " " or first.times & 1 else 0


def _apart(text: str, number: Amount) -> bool:
    """In a column of its own: two blanks before ("x3" with its sign), room behind."""
    start = number.start - (number.times & 2 > 0 and text[number.start - 1] in TIMES)
    return text[max(0, start - 2) : start] == "  " and text[number.end : number.end + 1] == " "


def _name(text: str, used: Sequence[Amount]) -> str:
    """The words of a row: the longest stretch beside its numbers."""
    edges = sorted([(number.start, number.end) for number in used])
    name = clean(text[: edges[0][0]])
    if _LETTER.search(name):
        return name
    stretches = [clean(text[first[1] : second[0]]) for first, second in pairwise(edges)]
    stretches.append(clean(text[edges[-1][1] :]))
    if not any(stretches):
        return ""
    return max(stretches, key=lambda part: len(_LETTER.findall(part)))


def tail_of(text: str, name: str) -> str:
    """A capital letter or a comma that ``clean`` took off a name's end: " R" of "Label R"."""
    rest = text.rstrip()[len(name) :] if name and text.startswith(name) else ""
    return rest if _TAIL.fullmatch(rest) else ""


_TAIL = re.compile(r" ?[A-ZА-ЯІЇЄҐ]|,")


def clean(text: str) -> str:
    """A name without article codes in front, tax marks and leaders behind."""
    name = text.strip()
    if not name:
        return name
    if name[0] in _CODE_LETTERS:
        name = _CODE.sub("", name, count=1)
    name = name.rstrip(_EDGE)
    if name.endswith(".."):
        name = name.rstrip(". ")
    if name[-1:] in _MARK_LETTERS or name[-1:].isupper():
        name = _MARK_BEHIND.sub("", _TIMES_BEHIND.sub("", name).rstrip(_EDGE))
    name = name.lstrip(" :=*@×|)]-")
    if name[:1] in TIMES:
        name = _TIMES_BEFORE.sub("", name, count=1)
    return "" if len(name) == 1 and name in TIMES else name
