"""One printout of the demo's till: a sale, a refund, a card slip, a kitchen ticket, a Z report.

Written the way tills write: a reset, the code page, centred header in double size, lines of 42 columns, the total in
bold double height, a QR code, feed and cut. Control bytes come from the one command table (``kvit.escpos.encode``).
"""

from __future__ import annotations

import datetime
import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from kvit.demo.goods import Shop
from kvit.demo.logo import LOGO_ROWS, LOGO_WIDTH_BYTES, logo
from kvit.escpos import encode

COLUMNS = 42


@dataclass(frozen=True)
class Bought:
    """A line of a basket: name, pieces, price for one (smallest coin)."""

    name: str
    pieces: int
    price: int

    @property
    def total(self) -> int:
        """What the line costs."""
        return self.pieces * self.price


class Paper:
    """Bytes for the printer, written in the shop's language."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.bytes = bytearray(encode("ESC @"))
        self.bytes += encode("FS &") if shop.page is None else encode("ESC t", n=shop.page)

    def command(self, name: str, **fields: int | bytes) -> None:
        """Append one command by its manual name."""
        self.bytes += encode(name, **fields)

    def line(self, text: str = "") -> None:
        """Append a line of text."""
        self.bytes += text.encode(self.shop.codec, "replace") + b"\n"

    def pair(self, left: str, right: str, columns: int = COLUMNS) -> None:
        """Append a line with something at either edge."""
        room = columns - columns_of(right) - 1
        self.line(pad(clip(left, room), room) + " " + right)

    def rule(self) -> None:
        """Append a dashed line."""
        self.line("-" * COLUMNS)

    def title(self, text: str) -> None:
        """Append a centred line in double size."""
        self.command("ESC a", n=1)
        self.command("GS !", n=0x11)
        self.line(text)
        self.command("GS !", n=0)
        self.command("ESC a", n=0)

    def money(self, amount: int) -> str:
        """An amount as this till prints it."""
        if not self.shop.decimals:
            return f"{amount:,}"
        whole, coins = divmod(abs(amount), 10**self.shop.decimals)
        return f"{'-' if amount < 0 else ''}{whole}{self.shop.mark}{coins:0{self.shop.decimals}d}"

    def qr(self, data: str) -> None:
        """Append a QR code printed by the printer itself."""
        payload = data.encode()
        self.command("ESC a", n=1)
        self.bytes += b"\x1d(k\x04\x001A2\x00" + b"\x1d(k\x03\x001C\x05" + b"\x1d(k\x03\x001E1"
        self.bytes += b"\x1d(k" + (len(payload) + 3).to_bytes(2, "little") + b"1P0" + payload + b"\x1d(k\x03\x001Q0"
        self.command("ESC a", n=0)

    def picture(self) -> None:
        """Append the shop's logo."""
        self.command("ESC a", n=1)
        self.command("GS v 0", m=0, x=LOGO_WIDTH_BYTES, y=LOGO_ROWS, d=logo())
        self.command("ESC a", n=0)

    def cut(self, *, drawer: bool = False) -> bytes:
        """Feed, cut, kick the drawer when it was cash; return the whole printout."""
        self.command("ESC d", n=4)
        self.command("GS V", m=66, n=0)
        if drawer:
            self.command("ESC p", m=0, t1=50, t2=250)
        return bytes(self.bytes)


def columns_of(text: str) -> int:
    """How many columns the printer uses: Hangul and Han take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def clip(text: str, columns: int) -> str:
    """Cut a text to so many columns."""
    while columns_of(text) > columns:
        text = text[:-1]
    return text


def pad(text: str, columns: int) -> str:
    """Fill a text with blanks to so many columns."""
    return text + " " * (columns - columns_of(text))


def sale(shop: Shop, number: int, when: datetime.datetime, rng: random.Random, *, refund: bool = False) -> bytes:
    """Return the bytes of a sale (or, with the signs turned, of a refund)."""
    words, sign = shop.words, -1 if refund else 1
    basket = bought(shop, rng, 1 if refund else rng.randint(1, 9))
    paper = Paper(shop)
    if rng.random() < 0.4:
        paper.picture()
    paper.title(shop.name)
    paper.command("ESC a", n=1)
    paper.line(shop.address)
    paper.line(f"{words.tax_id}: {shop.tax_id}")
    paper.line(words.refund if refund else words.receipt)
    paper.command("ESC a", n=0)
    paper.pair(f"{words.number}: {number:06d}", f"{when:%Y-%m-%d %H:%M}")
    paper.line(f"{words.cashier}: {rng.choice(shop.cashiers)}")
    paper.rule()
    items(paper, basket, sign)
    paper.rule()
    cash = totals(paper, basket, sign, rng)
    paper.command("ESC a", n=1)
    paper.line(words.thanks)
    paper.command("ESC a", n=0)
    if rng.random() < 0.6:
        paper.qr(f"https://shop.example/r?n={number}&t={when:%Y%m%dT%H%M}&s={sum(b.total for b in basket)}")
    return paper.cut(drawer=cash)


def bought(shop: Shop, rng: random.Random, count: int) -> list[Bought]:
    """Fill a basket."""
    return [
        Bought(name, rng.choice((1, 1, 1, 2, 3, 6)), price)
        for name, price in rng.sample(shop.goods, min(count, len(shop.goods)))
    ]


def items(paper: Paper, basket: Sequence[Bought], sign: int) -> None:
    """Print the basket: the name on one line, pieces and sum on the next."""
    for line in basket:
        paper.line(clip(line.name, COLUMNS))
        paper.pair(f"  {line.pieces} x {paper.money(line.price)}", paper.money(sign * line.total))


def totals(paper: Paper, basket: Sequence[Bought], sign: int, rng: random.Random) -> bool:
    """Print total, tax inside and payment; True when it was cash."""
    words, total = paper.shop.words, sign * sum(line.total for line in basket)
    paper.command("ESC E", n=1)
    paper.command("GS !", n=0x01)
    paper.pair(words.total, paper.money(total))
    paper.command("GS !", n=0)
    paper.command("ESC E", n=0)
    percent = paper.shop.tax_percent
    tax = (abs(total) * percent * 2 + (100 + percent)) // (2 * (100 + percent)) * sign
    paper.pair(f"{words.tax} {percent}%", paper.money(tax))
    cash = rng.random() < 0.45
    if not cash or sign < 0:
        paper.pair(words.cash if cash else words.card, paper.money(total))
        return cash
    note = 10 ** (len(str(total)) - 1)  # the customer hands over a round sum
    given = -(-total // note) * note
    paper.pair(words.cash, paper.money(given))
    paper.pair(words.change, paper.money(given - total))
    return True


def card_slip(shop: Shop, number: int, when: datetime.datetime, rng: random.Random) -> bytes:
    """Return the bytes of a card terminal's slip, with a card number as careless terminals print it."""
    paper = Paper(shop)
    paper.title(shop.words.card)
    paper.line(shop.name)
    paper.pair("VISA", "4111 1111 1111 1111")
    paper.pair("TID 40012345", f"{when:%Y-%m-%d %H:%M}")
    paper.pair(shop.words.total, paper.money(rng.choice(shop.goods)[1]))
    paper.line(f"{shop.words.approved} {number:06d}")
    return paper.cut()


def kitchen(shop: Shop, number: int, when: datetime.datetime, rng: random.Random) -> bytes:
    """Return the bytes of a kitchen ticket: large letters, no prices."""
    paper = Paper(shop)
    paper.title(f"{shop.words.kitchen} #{number % 100}")
    paper.line(f"{when:%H:%M}")
    paper.command("GS !", n=0x01)
    for line in bought(shop, rng, rng.randint(1, 4)):
        paper.line(f"{line.pieces} x {clip(line.name, COLUMNS - 6)}")
    paper.command("GS !", n=0)
    return paper.cut()


def z_report(shop: Shop, number: int, when: datetime.datetime, rng: random.Random) -> bytes:
    """Return the bytes of the day's closing report."""
    paper, words = Paper(shop), shop.words
    paper.title(words.z_report)
    paper.line(shop.name)
    paper.line(f"{words.tax_id}: {shop.tax_id}")
    paper.pair(f"#{number % 1000:04d}", f"{when:%Y-%m-%d %H:%M}")
    paper.rule()
    cash, card = rng.randrange(10**5, 10**7), rng.randrange(10**5, 10**7)
    paper.pair(words.receipts, str(rng.randint(20, 300)))
    paper.pair(words.cash, paper.money(cash))
    paper.pair(words.card, paper.money(card))
    paper.pair(words.total, paper.money(cash + card))
    return paper.cut()
