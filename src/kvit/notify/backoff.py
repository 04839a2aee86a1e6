"""How long to wait before the next try: a table for each kind of message, and a little of its own for each.

The first tries come quickly, since most faults are a moment long; the last are hours apart, since what is broken for a
day is mended in office hours. The tables of mail, push and webhooks end within the three days a message is kept; text
messages wait at most an hour, since who asked for a code has gone by then.
"""

from __future__ import annotations

import zlib
from typing import Final

from kvit.notify.model import Kind

_MINUTE, _HOUR = 60, 3600
WAITS_S: Final[dict[Kind, tuple[int, ...]]] = {
    Kind.MAIL: (10, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR),
    Kind.SMS: (2, 5, 15, _MINUTE, 5 * _MINUTE, 15 * _MINUTE, _HOUR),
    Kind.PUSH: (5, 30, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 6 * _HOUR),
    Kind.HOOK: (5, _MINUTE, 5 * _MINUTE, 30 * _MINUTE, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR),
}
"""Seconds before the second try, the third …; behind the last it stays at that."""
SPREAD: Final = 8
"""A wait is longer by up to one eighth, so that what failed together does not come back together."""


LANE_WAIT_MAX_S: Final[dict[Kind, int]] = {
    Kind.MAIL: 5 * _MINUTE, Kind.SMS: _MINUTE, Kind.PUSH: 5 * _MINUTE, Kind.HOOK: _HOUR,
}  # fmt: skip
"""A way that failed is tried with one message, at least so often: all others wait for it."""


def lane_wait_ms(kind: Kind, fails: int, name: str) -> int:
    """Give for how long a way is shut behind failure number ``fails`` in a row."""
    return min(wait_ms(kind, fails, name), LANE_WAIT_MAX_S[kind] * 1000)


def wait_ms(kind: Kind, tries: int, name: str) -> int:
    """Give the wait behind try number ``tries`` (from 1); the same for the same name."""
    waits = WAITS_S[kind]
    wait = waits[min(max(tries, 1), len(waits)) - 1] * 1000
    return wait + wait // SPREAD * (zlib.crc32(f"{name}.{tries}".encode()) % 1000) // 1000
