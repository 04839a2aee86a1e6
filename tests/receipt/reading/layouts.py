"""Layouts: how tills put a receipt on paper. A row is a list of (column, text, magnification); the press does the rest.

Each layout writes the goods its own way; head and foot are drawn from habits that go with any of them.
"""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Callable

from tests.receipt.reading.till import Sale, Thing

Segment = tuple[int, str, int]
Row = list[Segment]


def cells(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def fit(text: str, width: int) -> str:
    """Cut to a number of cells."""
    out = ""
    for letter in text:
        if cells(out + letter) > width:
            break
        out += letter
    return out


def words(text: str, width: int) -> list[str]:
    """Break between words."""
    lines, line = [], ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if cells(longer) <= width or not line:
            line = longer
        else:
            lines.append(line)
            line = word
    return [*lines, line]


def letters(text: str, width: int) -> list[str]:
    """Break where the column ends."""
    lines = []
    while text:
        piece = fit(text, width)
        lines.append(piece)
        text = text[len(piece) :]
    return lines


class Paper:
    """Rows as they come."""

    def __init__(self, width: int, rng: random.Random) -> None:
        self.width, self.rng, self.rows = width, rng, list[Row]()

    def left(self, text: str, size: int = 1) -> None:
        for line in letters(text, self.width // size):
            self.rows.append([(0, line, size)])

    def centre(self, text: str, size: int = 1) -> None:
        for line in letters(text, self.width // size):
            self.rows.append([((self.width - size * cells(line)) // 2, line, size)])

    def rule(self, letter: str = "-") -> None:
        self.rows.append([(0, letter * self.width, 1)])

    def both(self, left: str, right: str, fill: str = " ", size: int = 1) -> None:
        """Left and right edge; two rows where one does not hold them."""
        gap = self.width // size - cells(left) - cells(right)
        if gap < 1:
            self.left(left, size)
            self.both("", right, fill, size)
            return
        self.rows.append([(0, left + fill * gap + right, size)])

    def columns(self, *columns: tuple[int, str, bool]) -> None:
        """(right or left edge, text, whether it is a right edge) as runs of their own."""
        self.rows.append([(edge - cells(text) if right else edge, text, 1) for edge, text, right in columns if text])

    def line(self, *columns: tuple[int, str, bool]) -> None:
        """The same as one run padded with blanks."""
        line = ""
        for edge, text, right in columns:
            at = edge - cells(text) if right else edge
            line += " " * max(at - cells(line), 1 if line and text else 0) + text
        self.rows.append([(0, line, 1)])


def _off(paper: Paper, sale: Sale, thing: Thing) -> None:
    if thing.off:
        paper.both("  " + sale.words["discount"], sale.money(-thing.off))


def _table(
    paper: Paper, sale: Sale, broken: Callable[[str, int], list[str]], *, runs: bool = False, order: str = "qps"
) -> None:
    width = paper.width
    edges = (width - 18, width - 9, width) if width < 60 else (width - 24, width - 12, width)
    head = sale.country.header
    put = paper.columns if runs else paper.line
    parts = {"q": head[1], "p": head[2], "s": head[3]}
    if paper.rng.random() < 0.6 and cells("".join(head)) < width - 4:
        paper.line((0, head[0], False), *((edge, parts[c], True) for edge, c in zip(edges, order, strict=True)))
        paper.rule()
    room = edges[0] - (6 if order[0] == "q" else 10)
    for thing in sale.things:
        parts = {"q": sale.pieces(thing), "p": sale.money(thing.price), "s": sale.money(thing.total)}
        first, *rest = broken(thing.name, room)
        put((0, first, False), *((edge, parts[c], True) for edge, c in zip(edges, order, strict=True)))
        for line in rest:
            paper.left(line)
        _off(paper, sale, thing)


def columns(paper: Paper, sale: Sale) -> None:
    _table(paper, sale, words)


def columns_hard(paper: Paper, sale: Sale) -> None:
    _table(paper, sale, letters)


def price_first(paper: Paper, sale: Sale) -> None:
    _table(paper, sale, words, order="pqs")


def absolute(paper: Paper, sale: Sale) -> None:
    _table(paper, sale, words, runs=True)


def two_rows(paper: Paper, sale: Sale) -> None:
    times = paper.rng.choice((" x ", "x", " X ", " * ", " @ "))
    for thing in sale.things:
        paper.left(thing.name)
        paper.both(f"  {sale.pieces(thing)}{times}{sale.money(thing.price)}", sale.money(thing.total))
        _off(paper, sale, thing)


def above(paper: Paper, sale: Sale) -> None:
    for thing in sale.things:
        if thing.quantity != 1000:
            paper.left(f"  {sale.pieces(thing)} x {sale.money(thing.price)}")
        paper.both(thing.name, sale.money(thing.total))
        _off(paper, sale, thing)


def below(paper: Paper, sale: Sale) -> None:
    unit = paper.rng.choice(("", " @", ""))
    for thing in sale.things:
        paper.both(thing.name, sale.money(thing.total))
        if thing.quantity != 1000:
            paper.left(f"   {sale.pieces(thing)}{unit or ' x'} {sale.money(thing.price)}")
        _off(paper, sale, thing)


def price_times(paper: Paper, sale: Sale) -> None:
    equals = paper.rng.choice(("=", "", "= "))
    for thing in sale.things:
        paper.left(thing.name)
        paper.both(f"{sale.money(thing.price)} x {sale.pieces(thing)}", equals + sale.money(thing.total))
        _off(paper, sale, thing)


def tax_letters(paper: Paper, sale: Sale) -> None:
    letter = {rate: "ABC"[index] for index, rate in enumerate(sale.country.rates)}
    for thing in sale.things:
        if thing.quantity != 1000:
            paper.left(f"{sale.pieces(thing)} x {sale.money(thing.price)}")
        paper.both(thing.name, f"{sale.money(thing.total)} {letter[thing.rate]}")
        _off(paper, sale, thing)


def dots(paper: Paper, sale: Sale) -> None:
    for thing in sale.things:
        name = thing.name if thing.quantity == 1000 else f"{sale.pieces(thing)} x {thing.name}"
        paper.both(name + " ", " " + sale.money(thing.total), ".")
        _off(paper, sale, thing)


def quantity_front(paper: Paper, sale: Sale) -> None:
    for thing in sale.things:
        paper.both(f"{sale.pieces(thing)} {thing.name}", sale.money(thing.total))
        _off(paper, sale, thing)


def mirrored(paper: Paper, sale: Sale) -> None:
    width = paper.width
    for thing in sale.things:
        first, *rest = words(thing.name, width - 28)
        paper.line(
            (9, sale.money(thing.total), True),
            (18, sale.money(thing.price), True),
            (24, sale.pieces(thing), True),
            (width, first, True),
        )
        for line in rest:
            paper.line((width, line, True))
        _off(paper, sale, thing)


def signed(paper: Paper, sale: Sale) -> None:
    for thing in sale.things:
        paper.left(thing.name)
        paper.both(f"  {sale.pieces(thing)} x {sale.money(thing.price, sign=True)}", sale.money(thing.total, sign=True))
        _off(paper, sale, thing)


def coded(paper: Paper, sale: Sale) -> None:
    for index, thing in enumerate(sale.things, 1):
        code = paper.rng.choice((f"{paper.rng.randrange(10**12, 10**13)}", f"{paper.rng.randrange(10**5, 10**6)}"))
        style = paper.rng.random()
        if style < 0.5:
            paper.left(thing.name)
            paper.line(
                (0, code, False),
                (paper.width - 10, f"{sale.pieces(thing)} x {sale.money(thing.price)}", True),
                (paper.width, sale.money(thing.total), True),
            )
        else:
            paper.left(f"{index:03d} {thing.name}")
            paper.left(code)
            paper.both(f"{sale.pieces(thing)} x {sale.money(thing.price)}", sale.money(thing.total))
        _off(paper, sale, thing)


def stars(paper: Paper, sale: Sale) -> None:
    for thing in sale.things:
        if thing.quantity != 1000:
            paper.left(f"{sale.pieces(thing)} X {sale.money(thing.price)}")
        paper.both(thing.name, "*" + sale.money(thing.total))
        _off(paper, sale, thing)


def east(paper: Paper, sale: Sale) -> None:
    """Korea, China: the name in its row, then price, pieces, sum in columns."""
    width = paper.width
    head = sale.country.header
    paper.line((0, head[0], False), (width - 16, head[2], True), (width - 10, head[1], True), (width, head[3], True))
    paper.rule(paper.rng.choice("-="))
    for thing in sale.things:
        paper.left(thing.name)
        paper.line(
            (width - 16, sale.money(thing.price), True),
            (width - 10, sale.pieces(thing), True),
            (width, sale.money(thing.total), True),
        )
        _off(paper, sale, thing)


def numbered(paper: Paper, sale: Sale) -> None:
    for index, thing in enumerate(sale.things, 1):
        paper.left(f"{index}. {thing.name}")
        paper.both("", f"{sale.pieces(thing)} x {sale.money(thing.price)} = {sale.money(thing.total)}")
        _off(paper, sale, thing)


def polish(paper: Paper, sale: Sale) -> None:
    letter = {rate: "ABC"[index] for index, rate in enumerate(sale.country.rates)}
    for thing in sale.things:
        right = f"{sale.pieces(thing)} x{sale.money(thing.price)} {sale.money(thing.total)}{letter[thing.rate]}"
        paper.both(thing.name, right)
        _off(paper, sale, thing)


def japanese(paper: Paper, sale: Sale) -> None:
    for thing in sale.things:
        light = "*" if paper.rng.random() < 0.5 else ""
        paper.both(thing.name + light, sale.money(thing.total, sign=True))
        if thing.quantity != 1000:
            paper.left(f"  (@{sale.money(thing.price)} x {sale.pieces(thing)})")
        _off(paper, sale, thing)


def with_units(paper: Paper, sale: Sale) -> None:
    unit = {
        "RU": ("шт", "кг"),
        "UA": ("шт", "кг"),
        "KZ": ("шт", "кг"),
        "KR": ("개", "kg"),
        "CN": ("件", "kg"),
        "JP": ("点", "kg"),
        "PL": ("szt", "kg"),
        "DE": ("Stk", "kg"),
    }
    whole, part = unit.get(sale.country.code, ("pcs", "kg"))
    for thing in sale.things:
        paper.left(thing.name)
        paper.both(
            f"  {sale.pieces(thing)} {part if thing.quantity % 1000 else whole} x {sale.money(thing.price)}",
            sale.money(thing.total),
        )
        _off(paper, sale, thing)


def pieces_only(paper: Paper, sale: Sale) -> None:
    width = paper.width
    for thing in sale.things:
        first, *rest = words(thing.name, width - 18)
        paper.line((0, first, False), (width - 11, sale.pieces(thing), True), (width, sale.money(thing.total), True))
        for line in rest:
            paper.left(line)
        _off(paper, sale, thing)


def fiscal(paper: Paper, sale: Sale) -> None:
    """Russia: name, pieces x price at the right, the sum with = in its row, the tax under each thing."""
    for thing in sale.things:
        paper.left(thing.name)
        paper.both("", f"{sale.pieces(thing)} x {sale.money(thing.price)}")
        paper.both("", "=" + sale.money(thing.total))
        _off(paper, sale, thing)


def boxed(paper: Paper, sale: Sale) -> None:
    width = paper.width
    inner = width - 4
    for thing in sale.things:
        first, *rest = words(thing.name, inner - 16)
        gap = inner - cells(first) - 16
        paper.left(f"|{first}{' ' * gap}|{sale.pieces(thing):>5}|{sale.money(thing.total):>10}|"[:width])
        for line in rest:
            paper.left(f"|{line}{' ' * (inner - 16 - cells(line))}|     |          |")
        _off(paper, sale, thing)


LAYOUTS: dict[str, Callable[[Paper, Sale], None]] = {
    layout.__name__: layout
    for layout in (
        columns, columns_hard, price_first, two_rows, above, below, price_times, tax_letters, dots, quantity_front,
        mirrored, signed, coded, stars, east, fiscal,
    )
}  # fmt: skip
KEPT_APART: dict[str, Callable[[Paper, Sale], None]] = {
    layout.__name__: layout for layout in (absolute, numbered, polish, japanese, with_units, pieces_only, boxed)
}
"""Written before the reader was tuned and reported on their own."""
NO_PRICE = ("dots", "quantity_front", "pieces_only", "boxed")
"""Layouts that print no price for one."""
PRICE_IF_MANY = ("above", "below", "tax_letters", "stars", "japanese")
"""Layouts that print pieces and price only where there are several."""
