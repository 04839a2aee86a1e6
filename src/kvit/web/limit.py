"""How often an address may ask, and an alarm for guessing.

A bucket per address: ``burst`` at once, refilled evenly. The number of addresses remembered is bounded; when it is
reached, those that have been still for longest are forgotten, which gives them a full bucket, as waiting would have.
IPv6 callers are counted by their /64: one customer of a provider has that many addresses.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from ipaddress import IPv6Address, ip_address

ADDRESSES_MAX = 20_000
"""About 4 MB."""
LINKS_A_MINUTE = 60
"""For public links, per address: a family behind one router, not a guesser."""
MISSES_A_MINUTE = 100
"""Unknown links asked for by everybody together before the alarm: a shop has a handful of mistyped ones a day."""
MINUTE_S = 60.0
RINGS_S = 24 * 3600.0
"""So long staff see that somebody was guessing."""


def network_of(address: str) -> str:
    """Give what is counted of an address."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is None:
        return parsed.exploded[:19]
    return str(parsed)


class RateLimit:
    """So many requests a minute and address. Times are monotonic seconds."""

    def __init__(self, a_minute: int) -> None:
        self._a_minute = a_minute
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, address: str, now_s: float) -> bool:
        """Count a request; say whether it may pass."""
        key = network_of(address)
        left, then = self._buckets.pop(key, (float(self._a_minute), now_s))
        left = min(float(self._a_minute), left + (now_s - then) * self._a_minute / MINUTE_S)
        allowed = left >= 1.0
        self._buckets[key] = (left - 1.0 if allowed else left, now_s)
        while len(self._buckets) > ADDRESSES_MAX:
            self._buckets.popitem(last=False)
        return allowed


class MissAlarm:
    """Counts unknown links over the last minute, whoever asked."""

    def __init__(self, a_minute: int = MISSES_A_MINUTE) -> None:
        self._times: deque[float] = deque(maxlen=a_minute)
        self._told_s = float("-inf")
        self._since_s: float | None = None
        self._count = 0

    def ringing(self, now_s: float) -> tuple[float, int] | None:
        """Give since when links are being guessed and how many misses there were since; None when it was still for
        ``RINGS_S``.
        """
        if self._since_s is None or now_s - self._told_s > RINGS_S:
            return None
        return self._since_s, self._count

    def missed(self, now_s: float) -> bool:
        """Count a miss; True once a minute while there are too many."""
        self._times.append(now_s)
        if self.ringing(now_s) is None:
            self._since_s, self._count = None, 0
        self._count += 1
        full = len(self._times) == self._times.maxlen and now_s - self._times[0] <= MINUTE_S
        if not full or now_s - self._told_s < MINUTE_S:
            return False
        if self._since_s is None:
            self._since_s, self._count = self._times[0], len(self._times)
        self._told_s = now_s
        return True
