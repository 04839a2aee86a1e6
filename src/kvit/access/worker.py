"""Where passwords are weighed: two threads of their own, a short queue, and a clear answer when it is full.

A weighing takes a tenth of a second and 64 MiB. With `password.AT_ONCE` threads a flood of log-ins costs at most 128 MiB
and no other page waits for a thread; beyond `QUEUE` waiting the answer is `Refusal` ``access.busy``.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from kvit.access.password import AT_ONCE, Hasher
from kvit.refusal import Refusal

QUEUE = 100
"""Waiting log-ins: five seconds' work of the two threads; who comes later is told to come again."""

T = TypeVar("T")


class Weigher:
    """Hashes and weighs passwords off the event loop. Close it at the end."""

    def __init__(self, hasher: Hasher | None = None) -> None:
        self.hasher = hasher or Hasher()
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="kvit-password")
        self._lock = threading.Lock()
        self._waiting = 0

    async def matches(self, kept: str, password: str) -> bool | Refusal:
        """Weigh a password; see `Hasher.matches`. Refused: ``access.busy``."""
        return await self._run(lambda: self.hasher.matches(kept, password))

    async def hash(self, password: str, salt: bytes) -> str | Refusal:
        """Hash a password; see `Hasher.hash`. Refused: ``access.busy``."""
        return await self._run(lambda: self.hasher.hash(password, salt))

    def outdated(self, kept: str) -> bool:
        """Say whether a hash should be made anew."""
        return self.hasher.outdated(kept)

    def close(self) -> None:
        """End the threads; what waits is dropped."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T | Refusal:
        with self._lock:
            if self._waiting >= QUEUE:
                return Refusal("access.busy")
            self._waiting += 1
        # Counted down by the work's end, not by ours: a browser that hangs up does not free a thread.
        future = self._threads.submit(work)
        future.add_done_callback(self._done)
        return await asyncio.wrap_future(future)

    def _done(self, _: object) -> None:
        with self._lock:
            self._waiting -= 1
