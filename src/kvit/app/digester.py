"""Who takes printouts apart: a thread of the shop when there is one now and then, worker processes when they pile up.

A thread is quick to ask but shares the interpreter with commits and pages; processes use all cores and step behind the
tills (they run at lower priority). They are started by the first backlog and leave when it has been quiet for a while,
so an idle shop pays nothing. What a process could not do (it died, or met its limits) the thread does.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from kvit.app import digest as one
from kvit.app.digest import Job, pack, unpack
from kvit.receipt.printout import Prepared
from kvit.worker import Worker

COMMAND = (sys.executable, "-m", "kvit", "digest")
PROCESSES = min(4, os.cpu_count() or 1)
BACKLOG = 16
"""Printouts waiting before processes are called: the thread has these done within a twentieth of a second."""
BATCH = 16
"""Printouts in one message: enough to make the pipe cheap, few enough to share a backlog evenly."""
BATCH_BYTES = 1 << 20
"""Large pictures travel nearly alone: a batch stays far below what a message may hold."""
DEADLINE_S = 30.0
"""For a batch: sixteen of the slowest printouts known take two seconds."""
IDLE_S = 20.0
"""A process costs half a second to start and some 40 MB while it waits."""


@dataclass(eq=False, slots=True)
class Work:
    """A printout waiting. ``make`` gives the job when its turn has come: until then tails may still join it."""

    make: Callable[[], Job]
    size: int
    done: asyncio.Future[Prepared] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Digester:
    """Takes printouts apart, in about the order they come."""

    def __init__(self, processes: int = PROCESSES) -> None:
        self._thread = ThreadPoolExecutor(1, "reading")
        self._workers = [Worker(COMMAND, deadline_s=DEADLINE_S, idle_s=IDLE_S) for _ in range(processes)]
        self._resting = list(self._workers)
        self._waiting: deque[Work] = deque()
        self._alone: asyncio.Task[None] | None = None
        self._crowd: set[asyncio.Task[None]] = set()
        self._warm: set[Worker] = set()
        """Processes that have answered since they were called: until then the thread goes on."""

    async def digest(self, make: Callable[[], Job], size: int) -> Prepared:
        """Return the printout ready for the store; ``size`` is about its bytes. Raises what the digest raised."""
        work = Work(make, size)
        self._waiting.append(work)
        if len(self._waiting) > BACKLOG and self._resting:
            task = asyncio.create_task(self._run_process(self._resting.pop()))
            self._crowd.add(task)
            task.add_done_callback(self._crowd.discard)
        if not self._warm and self._alone is None:
            self._alone = asyncio.create_task(self._run_thread())
        return await work.done

    async def close(self) -> None:
        """End the processes and the thread; what waits is given up."""
        tasks = [*self._crowd, *([self._alone] if self._alone else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.gather(*(worker.close() for worker in self._workers))
        self._thread.shutdown(wait=True)

    async def _run_thread(self) -> None:
        try:
            while self._waiting and not self._warm:
                await self._by_thread(self._waiting.popleft())
        finally:
            self._alone = None

    async def _by_thread(self, work: Work, job: Job | None = None) -> None:
        loop = asyncio.get_running_loop()
        try:
            prepared = await loop.run_in_executor(self._thread, one.digest, job or work.make())
        except Exception as error:
            if not work.done.done():
                work.done.set_exception(error)
        else:
            _answer(work, prepared)

    async def _run_process(self, worker: Worker) -> None:
        try:
            while batch := self._batch():
                await self._by_process(worker, batch)
                self._warm.add(worker)
        finally:
            self._warm.discard(worker)
            self._resting.append(worker)

    async def _by_process(self, worker: Worker, batch: list[Work]) -> None:
        jobs = [work.make() for work in batch]
        try:
            answers = unpack(await worker.work(pack(jobs)))
        except Exception:  # it could not be started, it died, it met its limits: whatever it was, nothing may be lost
            for work, job in zip(batch, jobs, strict=True):
                await self._by_thread(work, job)
            return
        for work, prepared in zip(batch, answers, strict=True):
            _answer(work, prepared)

    def _batch(self) -> list[Work]:
        """Take a fair share of what waits."""
        share = min(BATCH, -(-len(self._waiting) // len(self._workers)))
        batch: list[Work] = []
        size = 0
        while self._waiting and len(batch) < share and size < BATCH_BYTES:
            work = self._waiting.popleft()
            if not work.done.done():
                batch.append(work)
                size += work.size
        return batch


def _answer(work: Work, prepared: Prepared) -> None:
    if not work.done.done():
        work.done.set_result(prepared)
