"""Eight layouts to develop by: each puts the goods on paper its own way, through one encoder; head and foot vary with all.

A layout writes wishes and says, thing by thing, what of it stands on the paper: (pieces printed, price printed).
"""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.receipt.reading.till import Thing
from tools.foreign.paper import Paper, cells
from tools.foreign.sales import POINTS, THANKS, Sold, fiscal_code

Printed = list[tuple[bool, bool]]
Layout = Callable[[Paper, Sold, random.Random], Printed]


def signed(sold: Sold, value: int, *, sign: bool = False) -> str:
    """A sum as this till writes it, negative on a refund."""
    return sold.sale.money(sold.sign * value, sign=sign)


def letter(sold: Sold, thing: Thing) -> str:
    """The letter of a thing's tax."""
    return "ABC"[sorted(sold.sale.country.rates).index(thing.rate) % 3]


def less(paper: Paper, sold: Sold, thing: Thing) -> None:
    """The discount of one thing, below it."""
    if thing.off:
        paper.pair("  " + sold.sale.words["discount"], signed(sold, -thing.off))


def head(paper: Paper, sold: Sold, rng: random.Random) -> None:
    """Shop, address, tax id, title, number and time."""
    made = sold.sale
    paper.text(made.words["shops"], "center", rng.choice((1, 2)), bold=rng.random() < 0.5)
    for line in made.country.extra:
        paper.text(line, "center")
    if made.tax_id:
        paper.text(f"{made.words['tax_word']} {made.tax_id}", rng.choice(("left", "center")))
    if sold.kind in ("refund", "copy"):
        paper.text(made.words[sold.kind], "center", rng.choice((1, 2)), bold=True)
    word = made.words["number"]
    number = f"{word}{'' if word[-1] == '#' else ' '}{made.number}"
    when = made.when.strftime(made.date_form)
    if cells(number + when) + 2 <= paper.columns and rng.random() < 0.5:
        paper.pair(number, when)
    else:
        paper.text(number)
        paper.text(when)
    paper.rule()


def sums(paper: Paper, sold: Sold, rng: random.Random) -> None:
    """From the goods to the total."""
    made, words = sold.sale, sold.sale.words
    if made.off or not made.tax_inside or sold.tip or rng.random() < 0.2:
        paper.pair(words["subtotal"], signed(sold, made.goods))
    if made.off:
        paper.pair(words["discount"], signed(sold, -made.off))
    if not made.tax_inside:
        taxes(paper, sold)
    if sold.tip:
        paper.pair(sold.tip_word, signed(sold, sold.tip))
    if made.rounding:
        paper.pair(made.country.rounding, made.money(made.rounding))


def taxes(paper: Paper, sold: Sold) -> None:
    """A row a rate."""
    made = sold.sale
    for rate, (_, tax) in made.taxes.items():
        percent = f"{rate / 100:g}%".replace(".", made.mark or ".")
        paper.pair(f"{made.words['tax']} {percent}", signed(sold, tax))


def table_of_taxes(paper: Paper, sold: Sold) -> None:
    """Letter, rate, base, tax, gross in columns."""
    made = sold.sale
    for rate, (base, tax) in made.taxes.items():
        percent = f"{'ABC'[sorted(made.country.rates).index(rate) % 3]} {rate / 100:g}%".replace(".", made.mark or ".")
        figures = [(signed(sold, value), (paper.columns - 9) // 3, "right") for value in (base, tax, base + tax)]
        paper.row((percent, 0, "left"), *figures)


def paid(paper: Paper, sold: Sold) -> None:
    """How it was paid."""
    made = sold.sale
    for kind, amount in made.payments:
        paper.pair(made.words[kind], signed(sold, amount, sign=True))
    if made.change:
        paper.pair(made.words["change"], signed(sold, made.change, sign=True))


def foot(paper: Paper, sold: Sold, rng: random.Random) -> None:
    """Total, payments, taxes, thanks."""
    made = sold.sale
    paper.rule()
    sums(paper, sold, rng)
    size = rng.choice((1, 1, 2))
    paper.pair(made.words["total"], signed(sold, sold.total, sign=True), size, bold=rng.random() < 0.6)
    if rng.random() < 0.5:
        paper.rule()
    paid(paper, sold)
    if made.tax_inside:
        (table_of_taxes if rng.random() < 0.4 and paper.columns > 40 else taxes)(paper, sold)
    if rng.random() < 0.2:
        paper.pair(POINTS[sold.language], str(rng.randrange(10, 900)))
    if rng.random() < 0.3:
        pieces = sum(thing.quantity // 1000 if thing.quantity % 1000 == 0 else 1 for thing in made.things)
        paper.text(made.country.count.format(pieces))
    if (code := fiscal_code(sold)) and rng.random() < 0.6:
        paper.code(code)
    paper.text(THANKS[sold.language], "center")


def _rows(paper: Paper, sold: Sold, one: Callable[[Thing], tuple[bool, bool]]) -> Printed:
    printed = []
    for thing in sold.sale.things:
        printed.append(one(thing))
        less(paper, sold, thing)
    return printed


def four_columns(paper: Paper, sold: Sold, rng: random.Random) -> Printed:
    """Name, pieces, price, sum under their headings; a name too wide goes on as the encoder breaks it."""
    title = sold.sale.country.header
    widths = (5, 10, 11) if paper.columns > 40 else (4, 8, 9)
    if rng.random() < 0.7:
        paper.row((title[0], 0, "left"), *((word, w, "right") for word, w in zip(title[1:], widths, strict=True)))
        paper.rule()

    def one(thing: Thing) -> tuple[bool, bool]:
        made = sold.sale
        figures = (made.pieces(thing), made.money(thing.price), signed(sold, thing.total))
        paper.row((thing.name, 0, "left"), *((text, w, "right") for text, w in zip(figures, widths, strict=True)))
        return True, True

    return _rows(paper, sold, one)


def name_then_figures(paper: Paper, sold: Sold, rng: random.Random) -> Printed:
    """Narrow paper: the name, then pieces x price and the sum in the next row."""
    times = rng.choice((" x ", " X ", "x", " * "))

    def one(thing: Thing) -> tuple[bool, bool]:
        paper.text(thing.name)
        paper.pair(f"  {sold.sale.pieces(thing)}{times}{sold.sale.money(thing.price)}", signed(sold, thing.total))
        return True, True

    return _rows(paper, sold, one)


def pieces_first(paper: Paper, sold: Sold, rng: random.Random) -> Printed:
    """Restaurants: pieces, name, sum; no price for one."""

    def one(thing: Thing) -> tuple[bool, bool]:
        paper.row(
            (sold.sale.pieces(thing), 6, "left"), (thing.name, 0, "left"), (signed(sold, thing.total), 11, "right")
        )
        return True, False

    return _rows(paper, sold, one)


def letters_behind(paper: Paper, sold: Sold, rng: random.Random) -> Printed:
    """Name and sum with the tax's letter; where there are several, pieces and price below."""

    def one(thing: Thing) -> tuple[bool, bool]:
        paper.pair(thing.name, f"{signed(sold, thing.total)} {letter(sold, thing)}")
        if thing.quantity == 1000:
            return False, False
        paper.text(f"    {sold.sale.pieces(thing)} x {sold.sale.money(thing.price)}")
        return True, True

    return _rows(paper, sold, one)


def figures_above(paper: Paper, sold: Sold, rng: random.Random) -> Printed:
    """Pieces x price in a row of their own above the name, where there are several."""

    def one(thing: Thing) -> tuple[bool, bool]:
        several = thing.quantity != 1000
        if several:
            paper.text(f"  {sold.sale.pieces(thing)} x {sold.sale.money(thing.price)}")
        paper.pair(thing.name, signed(sold, thing.total))
        return several, several

    return _rows(paper, sold, one)


def three_columns(paper: Paper, sold: Sold, rng: random.Random) -> Printed:
    """Narrow paper: name, pieces, sum; no price."""

    def one(thing: Thing) -> tuple[bool, bool]:
        pieces = "x" + sold.sale.pieces(thing) if crossed else sold.sale.pieces(thing)
        paper.row((thing.name, 0, "left"), (pieces, 7, "right"), (signed(sold, thing.total), 10, "right"))
        return True, False

    crossed = rng.random() < 0.3
    return _rows(paper, sold, one)


def price_times_pieces(paper: Paper, sold: Sold, rng: random.Random) -> Printed:
    """Russia and around: numbered names, then price x pieces = sum."""
    equals = rng.choice(("=", "= ", ""))

    def one(thing: Thing) -> tuple[bool, bool]:
        paper.text(f"{sold.sale.things.index(thing) + 1}. {thing.name}" if numbered else thing.name)
        paper.pair(f"{sold.sale.money(thing.price)} x {sold.sale.pieces(thing)}", equals + signed(sold, thing.total))
        return True, True

    numbered = rng.random() < 0.5
    return _rows(paper, sold, one)


def signs_with_sums(paper: Paper, sold: Sold, rng: random.Random) -> Printed:
    """The money's sign at every sum; pieces @ price below."""

    def one(thing: Thing) -> tuple[bool, bool]:
        paper.pair(thing.name, signed(sold, thing.total, sign=True))
        if thing.quantity == 1000:
            return False, False
        paper.text(f"  {sold.sale.pieces(thing)} @ {sold.sale.money(thing.price, sign=True)}")
        return True, True

    return _rows(paper, sold, one)


DEVELOPED_BY: dict[str, tuple[str, int, Layout]] = {
    "four_columns": ("receiptline", 48, four_columns),
    "name_then_figures": ("receiptline", 32, name_then_figures),
    "pieces_first": ("receipt-printer-encoder", 48, pieces_first),
    "letters_behind": ("receipt-printer-encoder", 42, letters_behind),
    "figures_above": ("node-thermal-printer", 48, figures_above),
    "three_columns": ("node-thermal-printer", 32, three_columns),
    "price_times_pieces": ("python-escpos", 42, price_times_pieces),
    "signs_with_sums": ("escpos-php", 48, signs_with_sums),
}
"""Layout -> encoder, columns, how the goods are put down."""
