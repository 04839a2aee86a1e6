"""What the benches print: the demo's tills over many days. No two receipts are alike, so nothing can be remembered whole.

The glyphs and the one logo repeat, as they do in a shop.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from itertools import count, islice

from kvit.demo import day

FIRST_DAY = datetime.datetime(2026, 1, 1, 9, tzinfo=datetime.UTC)
DAY_COUNT = 200
"""Printouts of one day: sales, refunds, card slips, kitchen tickets, and the Z reports at its end, in five languages."""


def receipts(number: int, seed: int = 0) -> list[bytes]:
    """Give so many printouts as the tills send them; another seed, other printouts."""
    return list(islice(_days(seed), number))


def _days(seed: int) -> Iterator[bytes]:
    for n in count():
        start = FIRST_DAY + datetime.timedelta(days=n % 1000, minutes=seed % 600)
        for printout in day(start, DAY_COUNT, random.Random(seed * 1_000_003 + n)):
            yield printout.data
