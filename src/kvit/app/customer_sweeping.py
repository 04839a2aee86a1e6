"""Once an hour: customers nobody can reach any more are erased, with what is over of proofs, codes and devices."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from kvit.access.customers import joining
from kvit.access.customers.joining import Hooks
from kvit.app.log import Log
from kvit.db import Database

LOOK_S = 3600.0
PAUSE_S = 0.05
"""Between two batches, so that tills get their turn."""


class Sweeping:
    """The task that does it."""

    def __init__(self, db: Database, hooks: Hooks, clock: Callable[[], float], log: Log) -> None:
        self._db, self._hooks, self._clock, self._log = db, hooks, clock, log
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> int:
        """Sweep now; give how many customers were erased."""
        erased = took = 0
        while took in (0, joining.SWEPT_MAX):
            took = await self._db.write(joining.sweep, self._hooks, int(self._clock()))
            erased += took
            if not took:
                break
            await asyncio.sleep(PAUSE_S)
        return erased

    async def _run(self) -> None:
        while True:
            try:
                erased = await self.look()
                if erased:
                    self._log("customers.swept", {"customers": erased})
            except Exception as error:  # the books are in trouble: the next hour tries again
                self._log("customers.not_swept", {"error": f"{type(error).__name__}: {error}"})
            await asyncio.sleep(LOOK_S)
