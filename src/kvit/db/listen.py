"""Wake-ups after COMMIT: `Hub` takes what was told, `Subscription` hands it to one listener.

A notice says "look at the table", not what happened: keys that are already waiting count once, and a listener that
was too slow, or whose line to PostgreSQL was cut, gets the key `EVERYTHING` and looks at all of it. So nothing
depends on every notice coming through.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable
from typing import Self

from kvit.db.job import call_in

EVERYTHING = ""
"""The key that means: anything of this topic may have changed."""

ERASED = "db.erased"
"""The topic, told without a key, of a verb that erased what nobody may read again: the engine then leaves no older page
behind (SQLite: the log is emptied; PostgreSQL: see docs/howto/erasure.md)."""

WAITING_LIMIT = 4096
"""Distinct keys kept for a slow listener (some 300 kB) before they become one `EVERYTHING`."""

Notice = tuple[str, str]
"""Topic and key."""


class Subscription:
    """An async iterator over the keys told to one topic.

    It starts with the call of ``listen``, so nothing told after that is missed.
    Use it in ``with`` or call `close`; one task at a time may wait in it. Cancelling the wait loses no key.
    """

    def __init__(self, topic: str, loop: asyncio.AbstractEventLoop, leave: Callable[[Subscription], None]) -> None:
        self.topic = topic
        self.loop = loop
        self._leave = leave
        self._keys: dict[str, None] = {}
        self._ready = asyncio.Event()
        self._closed = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        while not self._keys:
            if self._closed:
                raise StopAsyncIteration
            self._ready.clear()
            await self._ready.wait()
        key = next(iter(self._keys))
        del self._keys[key]
        return key

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening; an iteration under way ends. Call it on the loop that listens."""
        self._leave(self)
        self.end()

    def take(self, keys: Iterable[str]) -> None:
        """Put keys in line (on the listener's loop)."""
        for key in keys:
            self._keys[key] = None
        if len(self._keys) > WAITING_LIMIT:
            self._keys = {EVERYTHING: None}
        self._ready.set()

    def end(self) -> None:
        """End the iteration once what waits was handed out (on the listener's loop)."""
        self._closed = True
        self._ready.set()


class Hub:
    """All listeners of one data base, by topic. Safe to call from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_topic: dict[str, list[Subscription]] = {}

    def listen(self, topic: str) -> Subscription:
        """Begin to listen; called on the event loop that will iterate."""
        subscription = Subscription(topic, asyncio.get_running_loop(), self._leave)
        with self._lock:
            self._by_topic.setdefault(topic, []).append(subscription)
        return subscription

    def publish(self, notices: Iterable[Notice]) -> None:
        """Hand notices to those who listen, one wake-up a listener."""
        keys: dict[str, list[str]] = {}
        for topic, key in notices:
            if topic in self._by_topic:
                keys.setdefault(topic, []).append(key)
        for topic, told in keys.items():
            for subscription in self._listeners(topic):
                call_in(subscription.loop, subscription.take, told)

    def publish_everything(self) -> None:
        """Tell every listener that anything may have changed: notices may have been missed."""
        with self._lock:
            topics = list(self._by_topic)
        self.publish((topic, EVERYTHING) for topic in topics)

    def close(self) -> None:
        """End every subscription."""
        with self._lock:
            listeners = [one for group in self._by_topic.values() for one in group]
            self._by_topic.clear()
        for subscription in listeners:
            call_in(subscription.loop, subscription.end)

    def _listeners(self, topic: str) -> list[Subscription]:
        with self._lock:
            return list(self._by_topic.get(topic, ()))

    def _leave(self, subscription: Subscription) -> None:
        with self._lock:
            group = self._by_topic.get(subscription.topic, [])
            if subscription in group:
                group.remove(subscription)
            if not group:
                self._by_topic.pop(subscription.topic, None)
