"""How often one address may ask the public site for what costs us something.

Links have their own bucket (``kvit.web.public``), counted whether they open or not. Here: pages of a wallet, writes, and
files that are drawn or put together. A household behind one router stays far below; a program that tries does not.
"""

from __future__ import annotations

from kvit.web.door import Call
from kvit.web.limit import RateLimit
from kvit.web.problem import Problem
from kvit.web.routes import WRITES, Route

PAGES_A_MINUTE = 240
"""A fast finger going through a wallet opens two pages a second at most."""
WRITES_A_MINUTE = 40
FILES_A_MINUTE = 40
"""Drawn by one worker, some 50 ms each."""


class PublicLimits:
    """Three buckets for every address."""

    def __init__(self) -> None:
        self._pages = RateLimit(PAGES_A_MINUTE)
        self._writes = RateLimit(WRITES_A_MINUTE)
        self._files = RateLimit(FILES_A_MINUTE)

    def count(self, call: Call, route: Route) -> None:
        """Count a request; raises ``Problem`` (429) where there were too many."""
        limit = self._limit_of(call, route)
        if limit is not None and not limit.allows(call.address, call.context.monotonic()):
            raise Problem(429, "web.too_many")

    def _limit_of(self, call: Call, route: Route) -> RateLimit | None:
        path = call.request.url.path
        if route.method in WRITES and path != "/wallet/find":
            return self._writes
        if not path.startswith("/wallet"):
            return None
        last = path.rpartition("/")[2]
        return self._files if "." in last and not last.startswith(("worker", "manifest")) else self._pages
