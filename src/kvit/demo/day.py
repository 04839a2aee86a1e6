"""The day: which shop prints what, in what order."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from kvit.demo import receipt
from kvit.demo.goods import SHOPS, Shop

Maker = Callable[[Shop, int, datetime.datetime, random.Random], bytes]


def _refund(shop: Shop, number: int, when: datetime.datetime, rng: random.Random) -> bytes:
    return receipt.sale(shop, number, when, rng, refund=True)


MAKERS: tuple[tuple[str, Maker, int], ...] = (
    ("sale", receipt.sale, 80),
    ("refund", _refund, 7),
    ("card_slip", receipt.card_slip, 7),
    ("kitchen", receipt.kitchen, 6),
)
"""Kind, maker and how often of a hundred."""


@dataclass(frozen=True)
class Printout:
    """One run of the till's printer: what it is, in which language, its bytes."""

    kind: str
    language: str
    data: bytes


def day(start: datetime.datetime, count: int, rng: random.Random) -> Iterator[Printout]:
    """Yield ``count`` printouts from ``start`` on, each different; the last of each shop is its Z report."""
    when = start
    for index in range(count):
        shop = SHOPS[index % len(SHOPS)]
        when += datetime.timedelta(seconds=rng.randint(20, 400))
        last = index >= count - len(SHOPS) and count > 2 * len(SHOPS)
        kind, make = ("z_report", receipt.z_report) if last else _kind(rng)
        yield Printout(kind, shop.language, make(shop, 1000 + index, when, rng))


def _kind(rng: random.Random) -> tuple[str, Maker]:
    name, make, _ = rng.choices(MAKERS, weights=[weight for _, _, weight in MAKERS])[0]
    return name, make
