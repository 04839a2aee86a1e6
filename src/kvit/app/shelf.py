"""The shelf: printouts ready to be stored stand here until the store takes all of them in one transaction.

One write is under way at a time. What becomes ready meanwhile goes with the next, and while many come the next waits
`GATHER_S` for more: a transaction costs a flush of the disk, and new pages of every index, however few printouts it has.
A lone printout waits for nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from kvit.receipt.printout import Prepared
from kvit.receipt.service import Taken
from kvit.refusal import Refusal

TOGETHER = 64
"""Printouts in one transaction: past that nothing more is won, and pages wait for its end."""
TOGETHER_BYTES = 8 << 20
"""Bytes in one transaction, so that pictures by the roll do not fill the memory."""
GATHER_S = 0.01
"""Nobody sees that a receipt came so much later."""

Write = Callable[[list[Prepared]], Awaitable[list[Taken | Refusal]]]
"""Stores all of them or, raising, none; an answer for each."""


class Shelf:
    """Gathers printouts for ``write``."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._waiting: list[tuple[Prepared, asyncio.Future[Taken | Refusal]]] = []
        self._working: asyncio.Task[None] | None = None

    async def put(self, prepared: Prepared) -> Taken | Refusal:
        """Store a printout; return once it is durable. Raises what the store raised."""
        done: asyncio.Future[Taken | Refusal] = asyncio.get_running_loop().create_future()
        self._waiting.append((prepared, done))
        if self._working is None:
            self._working = asyncio.create_task(self._work())
        return await done

    async def _work(self) -> None:
        try:
            while batch := self._batch():
                await self._store(batch)
                if len(batch) > 1 and len(self._waiting) < TOGETHER:
                    await asyncio.sleep(GATHER_S)
        finally:
            self._working = None

    def _batch(self) -> list[tuple[Prepared, asyncio.Future[Taken | Refusal]]]:
        """Take from the shelf what goes together; what nobody waits for any more is told again after the next start."""
        size = count = 0
        for prepared, _ in self._waiting[:TOGETHER]:
            size += len(prepared.printout.raw)
            if count and size > TOGETHER_BYTES:
                break
            count += 1
        batch, self._waiting = self._waiting[:count], self._waiting[count:]
        return batch

    async def _store(self, batch: list[tuple[Prepared, asyncio.Future[Taken | Refusal]]]) -> None:
        """Write them together; where that fails each alone, so that none stands in another's way."""
        try:
            answers = await self._write([prepared for prepared, _ in batch])
        except Exception as error:
            if len(batch) == 1:
                _fail(batch[0][1], error)
            else:
                await asyncio.gather(*(self._store([one]) for one in batch))
            return
        for (_, done), answer in zip(batch, answers, strict=True):
            if not done.done():
                done.set_result(answer)


def _fail(done: asyncio.Future[Taken | Refusal], error: Exception) -> None:
    if not done.done():
        done.set_exception(error)
