"""Milliseconds a reading, by length of the paper: sheets in, data out; no two receipts alike, nothing is remembered.

    .venv/bin/python -m bench.read [receipts a row]

Receipts come from the tests' till (twenty countries, every layout), so the mix is as wide as what the reader is measured
by. Time is that of the processor, so that a busy machine does not count. Rows of the table: the middle and the slowest
hundredth of all readings, and what share was verified.
"""

from __future__ import annotations

import random
import statistics
import sys
import time

from kvit.paper.sheet import Sheet
from kvit.receipt.reading import read
from tests.receipt.reading import feet, press, till
from tests.receipt.reading.layouts import KEPT_APART, LAYOUTS

SIZES = ((0, 24), (25, 34), (35, 40), (41, 60), (61, 400))


def papers(count: int) -> list[tuple[int, int, Sheet]]:
    """(rows, total, sheet) of so many receipts."""
    made = []
    for seed in range(count):
        rng = random.Random(seed)
        sale = till.sale(rng)
        paper = feet.printed(sale, rng.choice([*LAYOUTS, *KEPT_APART]), rng)
        made.append((len(paper.rows), sale.total, press.sheet(paper)))
    return made


def main(count: int) -> None:
    read(papers(1)[0][2])  # the words are loaded once in the life of a process
    print(f"{'rows':>9} {'receipts':>9} {'median ms':>10} {'p99 ms':>8} {'a second':>9} {'verified':>9}")
    found = []
    for rows, _, sheet in papers(count):
        start = time.thread_time()
        reading = read(sheet)
        found.append((rows, 1000 * (time.thread_time() - start), reading.verified))
    for low, high in (*SIZES, (0, 400)):
        times = sorted(taken for rows, taken, _ in found if low <= rows <= high)
        if len(times) > 1:
            verified = sum(done for rows, _, done in found if low <= rows <= high) / len(times)
            slowest = times[int(len(times) * 0.99)]
            line = f"{low:>4}-{high:<4} {len(times):>9} {statistics.median(times):>10.3f} {slowest:>8.3f}"
            print(f"{line} {1000 * len(times) / sum(times):>9.0f} {verified:>9.1%}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3000)
