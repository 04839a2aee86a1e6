"""A call on its way through an engine's thread and back: the verb, its values, and who waits for the answer.

Answers go back in one ``call_soon_threadsafe`` for each event loop and batch: waking a loop costs 80 µs on an idle
machine, so a batch of 256 answers must not wake it 256 times.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import queue
import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kvit.db.errors import Contention, DatabaseClosed

CLOSED = "The data base is closed; nothing was done."


class Job:
    """One waiting call.

    ``loop`` is None when a thread waits (``write_now``); ``reads`` marks a verb that only looks.
    """

    __slots__ = ("args", "future", "kwargs", "loop", "reads", "verb")

    def __init__(
        self,
        verb: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        future: asyncio.Future[Any] | concurrent.futures.Future[Any],
        loop: asyncio.AbstractEventLoop | None,
    ) -> None:
        self.verb = verb
        self.args = args
        self.kwargs = kwargs
        self.future = future
        self.loop = loop
        self.reads = False


WAITING_LIMIT = 20_000
"""Calls in line before further ones are refused.

Some seconds of work, some 10 MB; past it the callers, not we, must slow down.
"""

Outcome = tuple[Job, Any, BaseException | None]
"""A job, its value, its error (None where the value counts)."""


def settle(outcomes: Iterable[Outcome]) -> None:
    """Resolve futures where they live.

    Threads' at once, a loop's on that loop, one call a loop. A loop that is gone is left.
    """
    by_loop: dict[asyncio.AbstractEventLoop | None, list[Outcome]] = {}
    for outcome in outcomes:
        by_loop.setdefault(outcome[0].loop, []).append(outcome)
    for loop, group in by_loop.items():
        if loop is None:
            _resolve(group)
        else:
            call_in(loop, _resolve, group)


class Line:
    """The line of jobs before an engine's threads: bounded, closed once, nobody left standing in it."""

    def __init__(self) -> None:
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._closed = False

    def put(self, job: Job) -> None:
        """Stand in line. Raises `DatabaseClosed`, and `Contention` when too many stand there."""
        if self._closed:
            raise DatabaseClosed(CLOSED)
        if self._queue.qsize() >= WAITING_LIMIT:
            raise Contention(
                "Too many calls wait for the data base, so this was not done. Please try again in a moment."
            )
        self._queue.put(job)

    def take(self) -> Job | None:
        """Wait for the next job; None when the line is closed and was served."""
        return self._queue.get()

    def take_all(self, limit: int, wait_s: float | None = None) -> tuple[list[Job], bool]:
        """Wait for a job (at most ``wait_s``; then nothing is given) and take what else waits, at most ``limit``.

        The flag says that the line is closed and was served.
        """
        batch: list[Job] = []
        try:
            job = self._queue.get(timeout=wait_s)
        except queue.Empty:
            return batch, False
        while job is not None:
            batch.append(job)
            if len(batch) == limit or self._queue.empty():
                return batch, False
            job = self._queue.get()
        return batch, True

    def close(self, threads: Sequence[threading.Thread]) -> None:
        """Let the threads finish what stands in line, wait for their end, refuse who came too late."""
        self._closed = True
        for _ in threads:
            self._queue.put(None)
        for thread in threads:
            thread.join()
        while not self._queue.empty():
            job = self._queue.get()
            if job is not None:
                settle([(job, None, DatabaseClosed(CLOSED))])


def call_in(loop: asyncio.AbstractEventLoop, call: Callable[..., None], *args: Any) -> None:
    """Have a loop call something soon; a closed loop has nobody left who could wait."""
    try:
        loop.call_soon_threadsafe(call, *args)
    except RuntimeError:
        if not loop.is_closed():
            raise


def _resolve(outcomes: list[Outcome]) -> None:
    for job, value, error in outcomes:
        if job.future.done():  # whoever waited was cancelled; what was written stays written
            continue
        if error is None:
            job.future.set_result(value)
        else:
            job.future.set_exception(error)
