"""The papers that are no sale: reports of the day, card slips, kitchen tickets."""

from __future__ import annotations

import random

from tools.foreign.layouts import taxes
from tools.foreign.paper import Paper
from tools.foreign.sales import REPORT, SLIP, Sold


def report(paper: Paper, sold: Sold, rng: random.Random) -> None:
    """An X or Z report: counts and sums of a day."""
    made = sold.sale
    receipts, drawer, net = REPORT[sold.language]
    paper.text(made.words["shops"], "center", bold=True)
    paper.text(made.words[sold.kind], "center", rng.choice((1, 2)), bold=True)
    paper.text(made.when.strftime(made.date_form))
    paper.rule()
    paper.pair(receipts, str(rng.randrange(10, 400)))
    for payment in ("cash", "card"):
        paper.pair(made.words[payment], made.money(made.total // 2))
    taxes(paper, sold)
    paper.pair(net, made.money(made.total))
    paper.pair(made.words["total"], made.money(made.total), bold=True)
    paper.pair(drawer, made.money(made.total // 2))
    paper.rule()


def card_slip(paper: Paper, sold: Sold, rng: random.Random) -> None:
    """The paper of a card terminal: the amount under its own word."""
    made = sold.sale
    title, terminal, card, approval, amount = SLIP[sold.language]
    paper.text(made.words["shops"], "center")
    paper.text(title, "center", bold=True)
    paper.text(terminal.format(sold.slip))
    paper.text(made.when.strftime(made.date_form))
    paper.text(card)
    paper.pair(amount, made.money(made.total, sign=True), rng.choice((1, 2)), bold=True)
    paper.text(approval)


def kitchen(paper: Paper, sold: Sold, rng: random.Random) -> None:
    """What the cook gets: pieces and names, no sums."""
    made = sold.sale
    paper.text(made.words["kitchen"], "center", 2, bold=True)
    paper.text(f"{made.words['number']} {made.number}")
    paper.text(made.when.strftime(made.date_form))
    paper.rule()
    for thing in made.things:
        paper.text(f"{max(1, thing.quantity // 1000)} x {thing.name}", size=rng.choice((1, 1, 2)))
    paper.rule()
