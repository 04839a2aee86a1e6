"""The basket: entries put together to things sold.

Tills split one thing over one to four rows in a handful of ways. The pieces are joined by arithmetic where there is
some, by nearness where there is none: a multiplication without a sum belongs to the neighbour whose sum it gives.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from kvit.receipt.model import Line
from kvit.receipt.reading.breaks import column_width
from kvit.receipt.reading.entry import Entry, agree

_FRONT = re.compile(r"^\d+(?:[.,]\d{3})?\s*[xX×хХ*]?\s+")
_TIMES_FRONT = re.compile(r"^\d+(?:[.,]\d{3})?\s?[xX×хХ*]\s")
_LETTER = re.compile(r"[^\W\d_]")
_WIDE = 0x2E7F
REST_LETTERS_MAX = 6
"""The rest of a name that may be digits alone ("1,5%")."""
NAME_ROWS_MAX = 5
"""Rows one name may take where it stands above its sum."""


class Basket(msgspec.Struct, gc=False):
    """Things sold, what was taken off and put on (as printed, signs kept), and how many lines multiply out."""

    lines: list[Line] = []
    discounts: list[int] = []
    markups: list[int] = []
    blocks: list[tuple[int, int, int]] = []
    """(lines, discounts, markups) that stood before each new block of goods."""
    proven: int = 0
    contradicted: int = 0

    @property
    def total(self) -> int:
        """The sum of the lines."""
        return sum(line.total or 0 for line in self.lines)

    def below(self, block: tuple[int, int, int]) -> Basket:
        """The same without what stood before a block."""
        lines, discounts, markups = block
        kept = self.lines[lines:], self.discounts[discounts:], self.markups[markups:]
        return Basket(*kept, [], self.proven, self.contradicted)


def basket(entries: Sequence[Entry], breaks: int | None = None) -> Basket:
    """Join entries to lines; ``breaks`` is the column of names where the shop's form is known (``Prior.breaks``)."""
    _fronts(entries)
    joiner = _Joiner(entries, breaks)
    for index, entry in enumerate(entries):
        if entry.tells == "rule":
            joiner.end_of_block()
        elif entry.tells:
            (joiner.made.discounts if entry.tells == "discount" else joiner.made.markups).append(entry.total or 0)
        elif entry.total is None:
            joiner.without_sum(entry, index)
        else:
            joiner.with_sum(entry)
    joiner.end_of_block()
    return _signed(joiner.made)


def _signed(made: Basket) -> Basket:
    """A negative sum among goods, without pieces, is something taken off; a refund is negative throughout."""
    off = [line for line in made.lines if (line.total or 0) < 0 and line.quantity is None]
    if off and any((line.total or 0) > 0 for line in made.lines) and not made.blocks[1:]:
        made.discounts += [line.total or 0 for line in off]
        made.lines = [line for line in made.lines if line not in off]
    return made


def _fronts(entries: Sequence[Entry]) -> None:
    """A number before every name of a block is its pieces; one that counts 1 2 3 … only numbers the rows."""
    block: list[Entry] = []
    for entry, following in zip(entries, [*entries[1:], Entry(tells="rule")], strict=False):
        if entry.tells == "rule":
            _front(block)
            block = []
        elif not entry.tells and not entry.proven and _LETTER.search(entry.name) and (
            entry.total is not None
            or (following.total is not None and not following.tells and not _LETTER.search(following.name))
        ):  # fmt: skip
            block.append(entry)
    _front(block)


def _front(goods: list[Entry]) -> None:
    fronts = [entry.front for entry in goods]
    if not all(fronts):
        goods = [entry for entry in goods if _TIMES_FRONT.match(entry.name)]
    counted = len(goods) > 2 and fronts == list(range(1000, len(goods) * 1000 + 1, 1000))
    for entry in goods:
        name = _FRONT.sub("", entry.name, count=1)
        if _LETTER.search(name):
            entry.name = name
            entry.quantity = entry.quantity if counted else entry.front


class _Joiner:
    """Rows that wait for a sum, and what was made so far."""

    def __init__(self, entries: Sequence[Entry], breaks: int | None) -> None:
        self.entries = entries
        self.made = Basket()
        self.names: list[Entry] = []
        self.detail: Entry | None = None
        self.own_name, self.cells, self.column, self.tail = False, 0, 0, ""
        self.down, self.room = _details_above(entries), _room(entries) if breaks is None else breaks

    def end_of_block(self) -> None:
        """A line of dashes ends what was pending; the rest of a broken last name is not lost."""
        if self.own_name and self.detail is None and 0 < len(self.names) < NAME_ROWS_MAX:
            self._continue_name()
        self.names, self.detail, self.own_name = [], None, False
        self.made.blocks.append((len(self.made.lines), len(self.made.discounts), len(self.made.markups)))

    def without_sum(self, entry: Entry, index: int) -> None:
        if not entry.times:
            if _LETTER.search(entry.name) or (self.own_name and 0 < len(entry.name) <= REST_LETTERS_MAX):
                self.names.append(entry)
            return
        last = self.made.lines[-1] if self.made.lines else None
        if last and last.price is None and last.total is not None and _fits(entry, last.total) and not (
            self.down and _next_fits(entry, self.entries, index)
        ):  # fmt: skip
            if self.own_name and self.names:
                self._continue_name()
                last = self.made.lines[-1]
            self.made.lines[-1] = Line(last.name, entry.quantity, entry.price, last.total)
            self.made.proven += 1
            self.names, self.detail, self.own_name = [], None, False
            return
        if self.own_name and self.names and not _LETTER.search(entry.name):
            self._continue_name()
        if _LETTER.search(entry.name):
            self.names.append(entry)
        self.detail = entry

    def with_sum(self, entry: Entry) -> None:
        detail, quantity, price = self.detail, entry.quantity, entry.price
        if detail and quantity is None and _fits(detail, entry.total or 0):
            quantity, price, entry.proven = detail.quantity, detail.price, True
        own = _LETTER.search(entry.name) is not None
        if own and self.names and self.own_name and not detail:
            self._continue_name()
        if not own and self.names and quantity is None and price is None:
            quantity = self.names[-1].quantity
        name = entry.name if own else self._name_above()
        self.names, self.detail = [], None
        if not _LETTER.search(name):
            return  # a sum without a name is no thing sold
        self.own_name, self.cells, self.column, self.tail = own, entry.cells, entry.column, entry.tail
        self.made.proven += entry.proven
        self.made.contradicted += entry.times and not entry.proven
        self.made.lines.append(Line(name, quantity, price, entry.total))

    def _name_above(self) -> str:
        """A name in rows of its own; above the first line of dashes only the nearest row can be one."""
        name, full = "", False
        for row in self.names[-NAME_ROWS_MAX if self.made.blocks or self.made.lines else -1 :]:
            name = _together(name, row.name, "" if full and not row.column else " ")
            full = row.full
        return name

    def _continue_name(self) -> None:
        """A name too long for its column goes on in the next row."""
        last, rest = self.made.lines[-1], self.names[0].name
        if rest[:1].isalnum() or rest[:1] in "(&/+-\"'":
            name, cells, tail = last.name, self.cells, self.tail
            for more in self.names[:NAME_ROWS_MAX]:
                kept = more.column == self.column + 1  # the blank at which it was broken
                whole = self.room and cells >= self.room and not kept
                name = _together(name + tail, more.name, "" if whole else " ")
                cells, tail = more.cells + kept, more.tail
            self.made.lines[-1] = Line(name, last.quantity, last.price, last.total)


def _together(first: str, second: str, glue: str) -> str:
    if not first:
        return second
    wide = ord(first[-1]) > _WIDE and ord(second[0]) > _WIDE
    return f"{first}{'' if wide and not glue else glue}{second}"


def _fits(detail: Entry, total: int) -> bool:
    assert detail.quantity is not None
    assert detail.price is not None
    return agree(detail.quantity, detail.price, total)


def _next_fits(detail: Entry, entries: Sequence[Entry], index: int) -> bool:
    for following in entries[index + 1 : index + 4]:
        if following.total is not None or following.tells or following.times:
            return following.total is not None and following.quantity is None and _fits(detail, following.total)
    return False


def _details_above(entries: Sequence[Entry]) -> bool:
    """Whether multiplications stand above their things: what most of them say that fit one side alone."""
    votes = 0
    last: int | None = None
    for index, entry in enumerate(entries):
        if entry.total is not None:
            last = last if entry.tells else entry.total
        elif entry.times:
            before, after = last is not None and _fits(entry, last), _next_fits(entry, entries, index)
            votes += after - before
    return votes > 0


def _room(entries: Sequence[Entry]) -> int:
    """How many letters the column of names takes where this till breaks names in mid-word; else 0 (see ``breaks``).

    Asked of the block with most goods: an address above the first line of dashes has columns of its own.
    """
    blocks: list[list[tuple[Entry, list[Entry]]]] = [[]]
    rest: list[Entry] | None = None
    for entry in entries:
        if entry.tells == "rule":
            blocks.append([])
        if entry.total is not None and not entry.tells:
            rest = [] if entry.name else None
            if rest is not None:
                blocks[-1].append((entry, rest))
        elif rest is not None and entry.name and not entry.times and not entry.tells:
            rest.append(entry)
        else:
            rest = None
    return column_width(max(blocks, key=len))
