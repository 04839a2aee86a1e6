"""Five layouts kept apart, with heads and feet of their own: written before the reader was run over any of these streams,
and never looked at while it was changed. What it reads of them is reported on its own."""

from __future__ import annotations

import random

from tests.receipt.reading.till import Thing
from tools.foreign.layouts import Layout, Printed, letter, signed, taxes
from tools.foreign.paper import Paper, cells
from tools.foreign.sales import THANKS, Sold, fiscal_code


def head(paper: Paper, sold: Sold, rng: random.Random) -> None:
    """The title first, number and time at the sides, the tax id below the address."""
    made = sold.sale
    if sold.kind in ("refund", "copy"):
        paper.text(f"*** {made.words[sold.kind]} ***", "center", bold=True)
    paper.text(made.words["shops"], rng.choice(("left", "center")), 2, bold=True)
    when = made.when.strftime(made.date_form)
    word = made.words["number"]
    number = f"{word}{'' if word[-1] == '#' else ' '}{made.number}"
    if rng.random() < 0.5:
        paper.text(", ".join(made.country.extra))
    else:
        for line in made.country.extra:
            paper.text(line)
    if made.tax_id and rng.random() < 0.5:
        paper.text(f"{made.words['tax_word']} {made.tax_id}")
        paper.dashes("=")
        paper.text(when)
        paper.text(number, bold=True)
    else:
        paper.dashes("=")
        paper.text(number)
        if made.tax_id:
            paper.text(f"{made.words['tax_word']} {made.tax_id}")
        paper.text(when, "right")
    paper.dashes(rng.choice("-=*"))


def foot(paper: Paper, sold: Sold, rng: random.Random) -> None:
    """Payments in one row each with the sign, taxes above them, the total large in rows of its own."""
    made, words = sold.sale, sold.sale.words
    paper.dashes("-")
    if made.off or not made.tax_inside or sold.tip:
        paper.pair(words["subtotal"] + ":", signed(sold, made.goods))
    if made.off:
        paper.pair(words["discount"] + ":", signed(sold, -made.off))
    if sold.tip:
        paper.pair(sold.tip_word + ":", signed(sold, sold.tip))
    if not made.tax_inside:
        taxes(paper, sold)
    if made.rounding:
        paper.pair(made.country.rounding, made.money(made.rounding))
    paper.dashes("=")
    total = signed(sold, sold.total, sign=True)
    if rng.random() < 0.4:
        paper.text(words["total"], "left", 2)
        paper.text(total, "right", 2, bold=True)
    else:
        paper.pair(words["total"] + ("" if words["total"].endswith(":") else ":"), total, 2, bold=True)
    paper.dashes("=")
    if made.tax_inside and rng.random() < 0.7:
        taxes(paper, sold)
    for kind, amount in made.payments:
        paper.pair(words[kind] + (":" if rng.random() < 0.5 else ""), signed(sold, amount))
    if made.change:
        paper.pair(words["change"], signed(sold, made.change))
    paper.dashes("-")
    if code := fiscal_code(sold):
        paper.code(code)
    paper.text(THANKS[sold.language], "center")


def _less(paper: Paper, sold: Sold, thing: Thing) -> None:
    if thing.off:
        paper.pair(sold.sale.words["discount"], signed(sold, -thing.off))


def numbered_rows(paper: Paper, sold: Sold, rng: random.Random) -> Printed:
    """A number before the name, the sum in its row, pieces x price below in every case."""
    for index, thing in enumerate(sold.sale.things, 1):
        paper.row((f"{index:02d}", 3, "left"), (thing.name, 0, "left"), (signed(sold, thing.total), 11, "right"))
        paper.text(f"   {sold.sale.pieces(thing)} x {sold.sale.money(thing.price)}")
        _less(paper, sold, thing)
    return [(True, True)] * len(sold.sale.things)


def article_codes(paper: Paper, sold: Sold, rng: random.Random) -> Printed:
    """Narrow: the name, its bar code's number, then pieces x price and sum."""
    for thing in sold.sale.things:
        paper.text(thing.name)
        paper.text(f"{rng.randrange(10**12, 10**13)}")
        paper.pair(f"{sold.sale.pieces(thing)} x {sold.sale.money(thing.price)}", signed(sold, thing.total))
        _less(paper, sold, thing)
    return [(True, True)] * len(sold.sale.things)


def figures_in_columns(paper: Paper, sold: Sold, rng: random.Random) -> Printed:
    """The name in a row of its own; price, pieces and sum in three columns below, headed by their words."""
    title = sold.sale.country.header
    third = paper.columns // 3
    paper.text(title[0])
    paper.row((title[2], third, "right"), (title[1], third, "right"), (title[3], 0, "right"))
    paper.dashes("-")
    for thing in sold.sale.things:
        paper.text(thing.name)
        figures = (sold.sale.money(thing.price), sold.sale.pieces(thing), signed(sold, thing.total))
        paper.row((figures[0], third, "right"), (figures[1], third, "right"), (figures[2], 0, "right"))
        _less(paper, sold, thing)
    return [(True, True)] * len(sold.sale.things)


def leaders(paper: Paper, sold: Sold, rng: random.Random) -> Printed:
    """Dots between name and sum; several are written before the name."""
    printed = []
    for thing in sold.sale.things:
        name = thing.name if thing.quantity == 1000 else f"{sold.sale.pieces(thing)} x {thing.name}"
        total = signed(sold, thing.total)
        room = paper.columns - cells(name) - cells(total) - 2
        if room > 1:
            paper.text(f"{name} {'.' * room} {total}")
        else:
            paper.pair(name, total)
        printed.append((thing.quantity != 1000, False))
        _less(paper, sold, thing)
    return printed


def pieces_price_sum(paper: Paper, sold: Sold, rng: random.Random) -> Printed:
    """Narrow: pieces x price = sum above, the name with its tax letter below, each thing."""
    for thing in sold.sale.things:
        paper.text(f"{thing.name}", bold=True)
        right = f"{signed(sold, thing.total)}{letter(sold, thing)}"
        paper.pair(f"{sold.sale.pieces(thing)}x{sold.sale.money(thing.price)}", right)
        _less(paper, sold, thing)
    return [(True, True)] * len(sold.sale.things)


HELD_OUT: dict[str, tuple[str, int, Layout]] = {
    "numbered_rows": ("receiptline", 42, numbered_rows),
    "article_codes": ("receipt-printer-encoder", 32, article_codes),
    "figures_in_columns": ("node-thermal-printer", 42, figures_in_columns),
    "leaders": ("python-escpos", 48, leaders),
    "pieces_price_sum": ("escpos-php", 32, pieces_price_sum),
}
"""Layout -> encoder, columns, how the goods are put down."""
