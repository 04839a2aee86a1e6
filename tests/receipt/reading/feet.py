"""Heads and feet of receipts, and the papers that are no sale; with the layouts of goods they make a printout."""

from __future__ import annotations

import random
from collections.abc import Callable

from tests.receipt.reading.layouts import KEPT_APART, LAYOUTS, Paper, cells
from tests.receipt.reading.till import Sale

WIDTHS = (32, 40, 42, 48, 64)


def printed(sale: Sale, layout: str, rng: random.Random, width: int = 0) -> Paper:
    """Put a sale on paper."""
    paper = Paper(width or rng.choice(WIDTHS), rng)
    head(paper, sale)
    (LAYOUTS | KEPT_APART)[layout](paper, sale)
    foot(paper, sale)
    return paper


def head(paper: Paper, sale: Sale) -> None:
    rng, country = paper.rng, sale.country
    if rng.random() < 0.15:
        paper.rule("*")
    shop = sale.words["shops"]
    paper.centre(shop, 2 if rng.random() < 0.4 and cells(shop) * 2 <= paper.width else 1)
    for line in country.extra:
        paper.centre(line)
    if sale.tax_id:
        paper.left(f"{sale.words['tax_word']} {sale.tax_id}")
    if sale.kind in ("refund", "copy"):
        paper.centre(sale.words[sale.kind], rng.choice((1, 2)))
    number = f"{sale.words['number']}{'' if sale.words['number'][-1] == '#' else ' '}{sale.number}"
    when = sale.when.strftime(sale.date_form)
    if rng.random() < 0.5 and cells(number + when) + 1 < paper.width:
        paper.both(number, when)
    else:
        paper.left(number)
        paper.left(when)
    paper.rule(rng.choice("-=-*_"))


def foot(paper: Paper, sale: Sale) -> None:
    rng, words = paper.rng, sale.words
    paper.rule(rng.choice("-=-"))
    fill = "." if rng.random() < 0.1 else " "
    less = bool(sale.off) or not sale.tax_inside
    if less or rng.random() < 0.2:
        paper.both(words["subtotal"], money(sale, sale.goods), fill)
    if sale.off:
        paper.both(words["discount"], sale.money(-sale.off), fill)
    if not sale.tax_inside:
        taxes(paper, sale)
    if sale.rounding:
        paper.both(sale.country.rounding, sale.money(sale.rounding), fill)
    total(paper, sale)
    if rng.random() < 0.5:
        paper.rule()
    if sale.tax_inside and rng.random() < 0.5:
        taxes(paper, sale)
        payments(paper, sale, fill)
    else:
        payments(paper, sale, fill)
        if sale.tax_inside and rng.random() < 0.7:
            taxes(paper, sale)
    if rng.random() < 0.4:
        pieces = sum(thing.quantity // 1000 if thing.quantity % 1000 == 0 else 1 for thing in sale.things)
        paper.left(sale.country.count.format(pieces))
    if any(kind == "card" for kind, _ in sale.payments) and rng.random() < 0.4:
        paper.left(f"************{rng.randrange(1000, 9999)}   {rng.randrange(10**5, 10**6)}")
    paper.centre("*" * 10 if rng.random() < 0.3 else "www.example.com")


def money(sale: Sale, value: int) -> str:
    return sale.money(-value if sale.kind == "refund" else value, sign=True)


def total(paper: Paper, sale: Sale) -> None:
    word, value, width = sale.words["total"], money(sale, sale.total), paper.width
    habit = paper.rng.choice(("plain", "plain", "big", "runs", "below", "star", "tall"))
    size = 2 if 2 * (cells(word) + cells(value) + 1) <= width else 1
    if habit == "big":
        paper.both(word, value, size=size)
    elif habit == "runs":
        paper.rows.append([(0, word, 1), (width - size * cells(value), value, size)])
    elif habit == "below":
        paper.left(word, size)
        paper.rows.append([(width - size * cells(value), value, size)])
    elif habit == "star" and not value.startswith("-"):
        paper.both(word, "*" + value)
    elif habit == "tall":
        paper.both(f"{word}:" if word[-1] != ":" else word, value)
    else:
        paper.both(word, value)


def taxes(paper: Paper, sale: Sale) -> None:
    habit = paper.rng.choice(("rows", "table", "base", "letters"))
    word, sign = sale.words["tax"], -1 if sale.kind == "refund" else 1
    for index, (rate, (base, tax)) in enumerate(sale.taxes.items()):
        percent = f"{rate / 100:g}%".replace(".", sale.mark or ".")
        gross = base + tax
        row = [f"{word} {percent}", sale.money(sign * tax)]
        if habit == "table" and sale.tax_inside:
            row = [
                f"{'ABC'[index]} {percent}",
                f"{sale.money(sign * base)} {sale.money(sign * tax)} {sale.money(sign * gross)}",
            ]
        elif habit == "base" and sale.tax_inside and paper.width > 40:
            row = [f"{word} {percent}", f"{sale.money(sign * base)}   {sale.money(sign * tax)}"]
        paper.both(row[0], row[1])


def payments(paper: Paper, sale: Sale, fill: str) -> None:
    for kind, amount in sale.payments:
        paper.both(sale.words[kind], money(sale, amount), fill)
    if sale.change or (sale.payments[0][0] == "cash" and paper.rng.random() < 0.5 and sale.kind != "refund"):
        paper.both(sale.words["change"], money(sale, sale.change), fill)


def report(sale: Sale, kind: str, rng: random.Random) -> Paper:
    """An X or Z report: counts and sums of a day, the sale's total as the day's."""
    paper = Paper(rng.choice(WIDTHS), rng)
    paper.centre(sale.words["shops"])
    paper.centre(sale.words[kind], rng.choice((1, 2)))
    paper.left(f"{sale.words['number']} {sale.number}")
    paper.left(sale.when.strftime(sale.date_form))
    paper.rule()
    for payment in ("cash", "card"):
        paper.both(f"{sale.words[payment]}", sale.money(sale.total // 2))
    taxes(paper, sale)
    paper.both(sale.words["total"], money(sale, sale.total))
    return paper


def kitchen(sale: Sale, rng: random.Random) -> Paper:
    """What the cook gets: no sums."""
    paper = Paper(rng.choice(WIDTHS), rng)
    paper.centre(sale.words["kitchen"], 2)
    paper.left(f"{sale.words['number']} {sale.number}")
    paper.left(sale.when.strftime(sale.date_form))
    paper.rule()
    for thing in sale.things:
        paper.left(f"{max(1, thing.quantity // 1000)} x {thing.name}")
    return paper


SLIP: dict[str, Callable[[str], tuple[str, ...]]] = {
    "US": lambda n: ("MERCHANT COPY", f"Terminal ID: {n}", "VISA ************1111", "Approval code: 012345"),
    "GB": lambda n: ("CARDHOLDER COPY", f"TID: {n}", "AID: A0000000031010", "Auth code: 012345"),
    "DE": lambda n: ("Kundenbeleg", f"Terminal-ID {n}", "TA-Nr 001234", "Genehmigungs-Nr 012345"),
    "ES": lambda n: ("COPIA CLIENTE", f"Terminal: {n}", "Autorización: 012345"),
    "RU": lambda n: (f"Терминал: {n}", "Код авторизации: 012345", "ОДОБРЕНО"),
    "KR": lambda n: ("카드종류: 신한카드", "카드번호: 1234-****-****-1111", f"승인번호: {n}", "가맹점번호: 00123456"),
    "CN": lambda n: ("持卡人存根", f"商户编号: {n}", "授权码: 012345", "交易成功"),
    "JP": lambda n: ("お客様控え", f"端末番号 {n}", "承認番号 012345", "カード会社 VISA"),
}


def card_slip(sale: Sale, rng: random.Random) -> Paper:
    """The paper of a card terminal."""
    paper = Paper(rng.choice(WIDTHS), rng)
    paper.centre(sale.words["shops"])
    paper.left(sale.when.strftime(sale.date_form))
    for line in SLIP[sale.country.code](str(rng.randrange(10**7, 10**8))):
        paper.left(line)
    paper.both(sale.words["total"], money(sale, sale.total))
    return paper
