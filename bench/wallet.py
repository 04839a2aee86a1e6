"""Guessed links, and a wallet among many receipts.

    python -m bench.wallet [--guesses 1000000] [--stored 10000 1000000] [--kept 2000]

Guesses go through the whole public site in one process (guard, limits, door, look into the data base, page), each from an
address of its own, twenty links living: what is counted is hits, shapes of the answer, and the alarm. The wallet is one
customer's with ``--kept`` receipts picked from among all that are stored; the verbs are timed, each as its page runs it.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import secrets
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.figure import KVIT, Row, figure, table
from kvit.db import Database, Tx, open_database
from kvit.receipt import service as receipts
from kvit.receipt.links import make_token
from kvit.receipt.wallet import service
from kvit.receipt.wallet.model import Wanted
from kvit.web import public_app
from tests.receipt.printouts import NOON_MS, SHOP, prepared
from tests.web.house import House, open_house
from tests.web.test_guessing import ask

WORDS = ["latte", "tea", "muffin", "bread", "milk", "apple", "cheese", "juice", "soup", "salad"]
LOOKS = 200
P95_MS = 100
BATCH = 500
CUSTOMER = "bench-customer"


def guessed(guesses: int) -> list[Row]:
    """Try random links; nothing may open."""
    with tempfile.TemporaryDirectory() as folder, open_house(Path(folder)) as house:
        (id_,) = house.keep()
        for _ in range(20):
            token = make_token(secrets.token_bytes(16))
            house.db.write_now(receipts.make_link, SHOP, id_, token, "user:1", int(house.now_s[0]))
        began_s = time.perf_counter()
        answers = asyncio.run(_guess(house, guesses))
        took_s = time.perf_counter() - began_s
        figures = house.context.figures.registry
        hits = sum(count for (status, _, _), count in answers.items() if status == 200)
        alarms = figures.get_sample_value("kvit_link_alarms_total") or 0
    return [
        _row(f"guessed links that open, of {guesses:,}", "links", hits, 0),
        _row("shapes of the answer to them", "shapes", len(answers), 1),
        Row("alarms rung meanwhile", "alarms", {KVIT: figure([alarms])}, goal=1),
        _row("guesses answered, one process", "1/s", guesses / took_s),
    ]


def _row(what: str, unit: str, value: float, ceiling: float | None = None) -> Row:
    return Row(what, unit, {KVIT: figure([value])}, goal=ceiling, at_most=True)


async def _guess(house: House, guesses: int) -> Counter[Any]:
    app = public_app(house.context)
    shapes: Counter[Any] = Counter()
    for number in range(guesses):
        address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
        shapes[await ask(app, f"/r/{make_token(secrets.token_bytes(16))}", address)] += 1
        house.now_s[0] += 0.001
    return shapes


def walleted(stored: Sequence[int], kept: int) -> list[Row]:
    """Time a wallet's verbs among few receipts and among many."""
    rows: list[Row] = []
    first: dict[str, float] = {}
    for count in stored:
        for name, (median_ms, p95_ms) in _looked_at(count, kept).items():
            grown = f" ({median_ms / first[name]:.2f} of its median with {stored[0]:,})" if name in first else ""
            first.setdefault(name, median_ms)
            rows.append(_row(f"{name}, {kept:,} kept of {count:,} stored{grown}, p95", "ms", p95_ms, P95_MS))
    return rows


def _looked_at(stored: int, kept: int) -> dict[str, tuple[float, float]]:
    with (
        tempfile.TemporaryDirectory() as folder,
        open_database(Path(folder) / "kvit.db", ["kvit.receipt", "kvit.receipt.wallet"]) as db,
    ):
        ids = _stored(db, stored)
        picked = random.Random(1).sample(ids, kept)
        for at in range(0, kept, BATCH):
            db.write_now(_keep, picked[at : at + BATCH])
        looks: dict[str, Callable[[Tx], object]] = {
            "wallet: list": lambda tx: service.find(tx, CUSTOMER, Wanted()),
            "wallet: common words": lambda tx: service.find(tx, CUSTOMER, Wanted(search="latte 4")),
            "wallet: words nothing has": lambda tx: service.find(tx, CUSTOMER, Wanted(search="zebra")),
            "wallet: twelve months": lambda tx: service.spent(tx, CUSTOMER, 0),
            "wallet: one receipt": lambda tx: service.get(tx, CUSTOMER, picked[0]),
        }
        return {name: _timed(db, look) for name, look in looks.items()}


def _timed(db: Database, look: Callable[[Tx], object]) -> tuple[float, float]:
    times = []
    for _ in range(LOOKS):
        began_s = time.perf_counter()
        db.read_now(look)
        times.append((time.perf_counter() - began_s) * 1000)
    return statistics.median(times), sorted(times)[int(LOOKS * 0.95)]


def _stored(db: Database, count: int) -> list[str]:
    known, ids = random.Random(2), list[str]()
    for begun in range(0, count, BATCH):
        batch = []
        for number in range(begun, min(count, begun + BATCH)):
            goods = "\n".join(f"{known.choice(WORDS)} {known.randint(100, 999)}" for _ in range(8))
            text = f"Corner Cafe {number % 50}\n{goods}\nTOTAL 4.50\n"
            batch.append(prepared(number, text, taken_at_ms=NOON_MS + number * 60_000))
        taken = db.write_now(receipts.take_all, SHOP, batch)
        ids += [one.id for one in taken if isinstance(one, receipts.Taken)]
    return ids


def _keep(tx: Tx, ids: Sequence[str]) -> None:
    for id_ in ids:
        service.keep(tx, CUSTOMER, SHOP, id_, 1, "bench")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guesses", type=int, default=1_000_000)
    parser.add_argument("--stored", type=int, nargs="*", default=[10_000, 1_000_000])
    parser.add_argument("--kept", type=int, default=2_000)
    asked = parser.parse_args()
    rows = (guessed(asked.guesses) if asked.guesses else []) + walleted(asked.stored, asked.kept)
    print(table(rows))


if __name__ == "__main__":
    main()
