"""A shop with a million receipts: how long a customer waits for a page, and staff for a list or a search.

    python -m bench.scale [--small 10000] [--large 1000000] [--asked 400]

Two shops as shipped, with few and with many receipts, are asked in turn by the same questions over HTTP, one after the
other; no page is asked for twice. The receipts are the demo's, each with words of its own, put into the
data base beforehand in one process. A page is the customer's (``/r/…``): the link found, the paper played and drawn.
"""

from __future__ import annotations

import argparse
import functools
import http.client
import itertools
import json
import random
import sys
import tempfile
import time
import urllib.parse
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import msgspec

from bench import material
from bench.figure import KVIT, Figure, Row, figure, table
from bench.shop import WAIT_S, Shop
from kvit.app.digest import Job, digest
from kvit.app.rooms import MIGRATIONS
from kvit.db import Database, open_database
from kvit.receipt import service
from kvit.receipt.links import make_token
from kvit.receipt.printout import Place, Prepared, prepare
from kvit.relay.reading import Printout as Heard

SHOP = "shop-1"
BASES = 400
TOGETHER = 500
DAY_MS = 86_400_000
FIRST_MS = 1_700_000_000_000
PAGE_P99_MS, LIST_P95_MS, SEARCH_P95_MS, GROWTH = 20.0, 100.0, 100.0, 1.5
SYLLABLES = (
    "ka",
    "lo",
    "mi",
    "ne",
    "ru",
    "sta",
    "vo",
    "ze",
    "pri",
    "do",
    "ga",
    "shu",
    "ter",
    "bin",
    "quo",
    "lam",
    "fi",
    "hep",
)
"""Goods and names are made of them: `WORDS`, some often and most seldom (Zipf), as in a shop."""
WORDS_COUNT = 5_000


def filled(folder: Path, count: int, links: int) -> list[str]:
    """Make a data base with so many receipts and so many links, spread over them; give the links' tokens."""
    folder.mkdir(parents=True, exist_ok=True)
    db = open_database(folder / "kvit.db", MIGRATIONS)
    try:
        return _fill(db, count, links)
    finally:
        db.close()


def _fill(db: Database, count: int, links: int) -> list[str]:
    tokens: list[str] = []
    every = max(1, count // links)
    made = _receipts(count)
    while batch := list(islice(made, TOGETHER)):
        db.write_now(service.take_all, SHOP, batch)
        for one in batch:
            if one.printout.place.offset % every == 0 and len(tokens) < links:
                tokens.append(make_token(random.Random(len(tokens)).randbytes(16)))
                db.write_now(service.make_link, SHOP, one.id, tokens[-1], "bench", int(time.time()))
    return tokens


def _receipts(count: int) -> Iterator[Prepared]:
    heard = (
        Heard("till-0", n, raw, b"", FIRST_MS, FIRST_MS, "till-0", "cut")
        for n, raw in enumerate(material.receipts(BASES, 77))
    )
    bases = [digest(Job(SHOP, one, "till-0", "TM-T88V")).printout for one in heard]
    chance = random.Random(7)
    for n in range(count):
        base, said = bases[n % BASES], " ".join(words(chance, 3))
        last = f"{said} {n}\n"
        yield prepare(
            SHOP,
            msgspec.structs.replace(
                base, place=Place("till-0", n), text=base.text + last, raw=base.raw + last.encode(),
                taken_at_ms=FIRST_MS + n * 60_000,
            ),
        )  # fmt: skip


@functools.cache
def _vocabulary() -> tuple[list[str], list[float]]:
    chance = random.Random(1)
    made = dict.fromkeys("".join(chance.choices(SYLLABLES, k=chance.randrange(2, 5))) for _ in range(3 * WORDS_COUNT))
    return list(made)[:WORDS_COUNT], list(itertools.accumulate(1 / rank for rank in range(1, WORDS_COUNT + 1)))


def words(chance: random.Random, count: int) -> list[str]:
    """Give words of the shop, the common ones often."""
    known, weights = _vocabulary()
    return chance.choices(known, cum_weights=weights, k=count)


class Asked:
    """One shop that is asked."""

    def __init__(self, shop: Shop, tokens: list[str], count: int) -> None:
        self._shop, self._count = shop, count
        self._tokens = iter(tokens)
        self._staff = shop.signed_in()
        self._chance = random.Random(count)
        self._customers = 0

    def page(self) -> float:
        """A customer's page, in milliseconds. Each customer has an address of his own, and so his own limit of tries."""
        self._customers += 1
        host, port = self._shop.public_url.removeprefix("http://").split(":")
        began = time.perf_counter()
        home = (f"127.{1 + self._customers // 62_500}.{self._customers // 250 % 250}.{1 + self._customers % 250}", 0)
        line = http.client.HTTPConnection(host, int(port), timeout=WAIT_S, source_address=home)
        line.request("GET", f"/r/{next(self._tokens)}")
        said = line.getresponse().read()
        took = (time.perf_counter() - began) * 1000
        line.close()
        assert said.rstrip().endswith(b"</html>")
        return took

    def list(self) -> float:
        """Fifty receipts of some day."""
        day = time.strftime("%Y-%m-%d", time.gmtime(FIRST_MS / 1000 + self._chance.randrange(self._count) * 60))
        limit = self._chance.randrange(40, 61)
        return self._timed(f"day={day}&limit={limit}")

    def search(self) -> float:
        """Receipts with two of the shop's words, by their beginnings."""
        asked = urllib.parse.quote(" ".join(word[: self._chance.randrange(4, 9)] for word in words(self._chance, 2)))
        return self._timed(f"search={asked}&limit=50")

    def _timed(self, query: str) -> float:
        began = time.perf_counter()
        said = self._staff.open(f"{self._shop.staff_url}/api/v1/receipts?{query}", timeout=WAIT_S).read()
        took = (time.perf_counter() - began) * 1000
        assert "receipts" in json.loads(said)
        return took


def measured(small: int, large: int, asked: int, rounds: int) -> dict[str, dict[int, list[float]]]:
    """The hundredths that are asked for (page 99th, others 95th) of each round, by kind and size."""
    found: dict[str, dict[int, list[float]]] = {kind: {small: [], large: []} for kind in ("page", "list", "search")}
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        tokens = {}
        for size, name in ((small, one), (large, other)):
            began = time.perf_counter()
            tokens[size] = filled(Path(name) / "data", size, asked * (rounds + 1))
            sys.stderr.write(f"{size:,} receipts stored in {time.perf_counter() - began:.0f} s\n")
        with Shop(Path(one)) as first, Shop(Path(other)) as second:
            shops = {small: Asked(first, tokens[small], small), large: Asked(second, tokens[large], large)}
            for turn in range(rounds + 1):  # the first warms up
                for kind, by_size in found.items():
                    _turn(shops, kind, by_size, asked, warming=not turn)
    return found


def _turn(shops: dict[int, Asked], kind: str, by_size: dict[int, list[float]], asked: int, *, warming: bool) -> None:
    times: dict[int, list[float]] = {size: [] for size in shops}
    for _ in range(asked // 8 if warming else asked):
        for size, shop in shops.items():
            ask: Callable[[], float] = getattr(shop, kind)
            times[size].append(ask())
    if not warming:
        share = 99 if kind == "page" else 95
        for size, each in times.items():
            by_size[size].append(sorted(each)[len(each) * share // 100])


def rows(rounds: int = 3, small: int = 10_000, large: int = 1_000_000, asked: int = 400) -> list[Row]:
    """Measure all rows."""
    found = measured(small, large, asked, rounds)
    goals = {"page": PAGE_P99_MS, "list": LIST_P95_MS, "search": SEARCH_P95_MS}
    made = []
    for kind, by_size in found.items():
        share = "p99" if kind == "page" else "p95"
        what = {"page": "a customer's page", "list": "a list of about 50", "search": "a search of two words"}[kind]
        figures: dict[str, Figure] = {KVIT: figure(by_size[large]), f"{small:,} stored": figure(by_size[small])}
        made.append(Row(f"{large:,} receipts stored: {what}, {share}", "ms", figures, goals[kind], at_most=True))
        growth = [one / other for one, other in zip(by_size[large], by_size[small], strict=True)]
        made.append(Row(f"the same against {small:,} stored", "times", {KVIT: figure(growth)}, GROWTH, at_most=True))
    return made


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--small", type=int, default=10_000)
    parser.add_argument("--large", type=int, default=1_000_000)
    parser.add_argument("--asked", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    print(table(rows(given.rounds, given.small, given.large, given.asked)))


if __name__ == "__main__":
    main()
