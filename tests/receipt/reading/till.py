"""A till that knows what it sold: receipts drawn at random, the truth beside them.

The arithmetic is that of real tills: a weighed line is rounded half up, tax is rounded once a rate, a discount may hang
on one thing or on all. Nothing of the reader is used, but the check digits of tax ids.
"""

from __future__ import annotations

import datetime
import random
from dataclasses import dataclass, field

from tests.receipt.reading.countries import COUNTRIES, Country


@dataclass
class Thing:
    """One thing sold; sums in the smallest coin, quantity in thousandths."""

    name: str
    quantity: int
    price: int
    total: int
    off: int = 0
    rate: int = 0


@dataclass
class Sale:
    """What was sold, and how this till writes it."""

    country: Country
    things: list[Thing]
    mark: str
    group: str
    sign: tuple[str, str]
    number: str
    when: datetime.datetime
    date_form: str
    tax_id: str | None
    tax_inside: bool
    off: int = 0
    """Taken off the whole receipt."""
    rounding: int = 0
    payments: list[tuple[str, int]] = field(default_factory=list)
    change: int = 0
    kind: str = "sale"
    words: dict[str, str] = field(default_factory=dict)

    @property
    def goods(self) -> int:
        return sum(thing.total - thing.off for thing in self.things)

    @property
    def taxes(self) -> dict[int, tuple[int, int]]:
        """rate -> (base as printed, tax); the receipt's discount lies on the first rate."""
        sums: dict[int, int] = {}
        for thing in self.things:
            sums[thing.rate] = sums.get(thing.rate, 0) + thing.total - thing.off
        first = next(iter(sums))
        sums[first] -= self.off
        made = {}
        for rate, value in sums.items():
            divisor = 10000 + rate if self.tax_inside else 10000
            tax = (2 * value * rate + divisor) // (2 * divisor)
            made[rate] = (value - tax if self.tax_inside else value, tax)
        return made

    @property
    def total(self) -> int:
        outside = 0 if self.tax_inside else sum(tax for _, tax in self.taxes.values())
        return self.goods - self.off + outside + self.rounding

    def money(self, value: int, *, sign: bool = False) -> str:
        """Write a sum as this till does."""
        whole, coins = divmod(abs(value), 10**self.country.decimals)
        text = f"{whole:,}".replace(",", self.group)
        if self.mark and self.country.decimals:
            text += f"{self.mark}{coins:0{self.country.decimals}d}"
        before, behind = self.sign if sign else ("", "")
        return f"{'-' if value < 0 else ''}{before}{text}{behind}"

    def pieces(self, thing: Thing) -> str:
        if thing.quantity % 1000 == 0:
            return str(thing.quantity // 1000)
        return f"{thing.quantity / 1000:.3f}".replace(".", self.mark or ".")


def sale(rng: random.Random, country: Country | str = "", *, kind: str = "sale") -> Sale:
    """Draw one receipt of a country (any when empty)."""
    if isinstance(country, str):
        country = COUNTRIES[country] if country else rng.choice(list(COUNTRIES.values()))
    mark, group = rng.choice(country.marks)
    coin = 10 ** (country.decimals if not mark else 0)
    rates = rng.sample(country.rates, 1 if rng.random() < 0.6 or len(country.rates) == 1 else 2)
    things = [_thing(rng, country, coin, rng.choice(rates)) for _ in range(rng.choice((1, 2, 2, 3, 4, 5, 7, 12)))]
    made = Sale(
        country, things, mark, group, rng.choice(country.signs), _number(rng), _when(rng), rng.choice(country.dates),
        country.tax_id(rng), not country.tax_outside, kind=kind, words=_words(rng, country),
    )  # fmt: skip
    if coin > 1:
        made.tax_inside = True
    if rng.random() < 0.25 and kind != "refund":
        made.off = max(coin, made.goods // 10 // coin * coin)
        made.off = 0 if made.off >= made.goods else made.off
    if country.rounding and rng.random() < 0.2 and mark and kind != "refund":
        made.rounding = -(made.total % 10) or 0
    if made.total <= 0:
        return sale(rng, country, kind=kind)
    _pay(rng, made, coin)
    return made


def _thing(rng: random.Random, country: Country, coin: int, rate: int) -> Thing:
    price = max(coin, int(country.scale * rng.choice((0.4, 0.7, 1, 1.3, 2.2, 5, 11)) * rng.uniform(0.8, 1.2)))
    price = price // 10 * 10 if country.decimals == 0 else price // coin * coin
    price = max(price, 10 if country.decimals == 0 else coin)
    quantity = rng.choice((1000, 1000, 1000, 2000, 3000, 12000))
    if rng.random() < 0.15 and coin == 1 and country.decimals == 2:
        quantity = rng.randrange(101, 3999)
    total = (quantity * price * 2 + 1000) // 2000
    made = Thing(rng.choice(country.goods), quantity, price, total, rate=rate)
    if rng.random() < 0.08 and total >= 20 * coin:
        made.off = max(coin, total // 10 // coin * coin)
    return made


def _pay(rng: random.Random, made: Sale, coin: int) -> None:
    total = made.total
    draw = rng.random()
    if draw < 0.45 and made.kind != "refund":
        note = 10 ** max(1, len(str(total)) - 1)
        paid = -(-total // note) * note
        made.payments, made.change = [("cash", paid)], paid - total
    elif draw < 0.6 and total > 10 * coin and made.kind != "refund":
        part = total // 3 // coin * coin
        made.payments = [("card", part), ("cash", total - part)]
    else:
        made.payments = [(rng.choice(("cash", "card")), total)]


def _number(rng: random.Random) -> str:
    return rng.choice((str(rng.randrange(1, 999)), f"{rng.randrange(1, 9999):06d}", f"{rng.randrange(10**5, 10**8)}"))


def _when(rng: random.Random) -> datetime.datetime:
    start = datetime.datetime(2025, 1, 1)  # noqa: DTZ001 - paper has no zone
    return start + datetime.timedelta(seconds=rng.randrange(700 * 86400))


_WORDS = ("total", "subtotal", "discount", "tax", "cash", "card", "change", "number", "tax_word", "refund", "copy",
          "x_report", "z_report", "kitchen", "shops")  # fmt: skip


def _words(rng: random.Random, country: Country) -> dict[str, str]:
    return {name: rng.choice(words) for name in _WORDS if (words := getattr(country, name))}
