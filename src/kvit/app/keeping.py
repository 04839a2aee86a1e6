"""Keeping: once an hour the shop looks for receipts and links whose time is over, in all shops whose books it keeps."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence

from kvit.app.log import Log
from kvit.counter import telling
from kvit.db import Database
from kvit.receipt import retention
from kvit.receipt.settings import ReceiptsSettings

LOOK_S = 3600.0
"""Nothing hangs on the hour: clocks of retention count days."""
PAUSE_S = 0.05
"""Between two batches, so that a shop's first clean-up after years leaves room for its receipts."""


class Keeping:
    """The task that erases what has become too old."""

    def __init__(self, db: Database, shops: Callable[[], Sequence[str]], settings: ReceiptsSettings, log: Log) -> None:
        self._db, self._shops, self._settings, self._log = db, shops, settings, log
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """End."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def look(self) -> tuple[int, int]:
        """Erase all that is too old now; give how many receipts and links."""
        receipts = links = 0
        for shop in self._shops():
            while took := await self._db.write(
                telling.erase_content, shop, int(time.time() * 1000), self._settings.content_days
            ):
                receipts += took
                await asyncio.sleep(PAUSE_S)
        while took := await self._db.write(retention.drop_links, int(time.time())):
            links += took
            await asyncio.sleep(PAUSE_S)
        return receipts, links

    async def _run(self) -> None:
        while True:
            try:
                receipts, links = await self.look()
                if receipts or links:
                    self._log("receipts.retention", {"receipts": receipts, "links": links})
            except Exception as error:  # the books are in trouble: the next hour tries again
                self._log("receipts.retention_failed", {"error": f"{type(error).__name__}: {error}"})
            await asyncio.sleep(LOOK_S)
