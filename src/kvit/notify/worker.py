"""The worker: takes what is due, sends it, says how it ended. One for the whole queue, on the shop's event loop.

Many messages are on their way at once, few of one lane, so that a receiver that sleeps holds up its own messages alone.
A message is durably *being sent* before its first byte leaves; if the program dies over it, the next start finds it so
(`service.restart`). It wakes on the queue's topic, when a try has ended, and once in `TICK_S` for what waits for its
time.

A fault of ours in a try (an assertion, a sealed text nobody can open) ends that message alone: refused, with the
fault's name.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

from kvit.db import Database
from kvit.notify import endpoints as hooks
from kvit.notify import service
from kvit.notify.model import Due, Kind, Outcome, State, Verdict

TICK_S: Final = 1.0
TIDY_S: Final = 60.0
FLYING_MAX: Final = 32
"""Messages on their way at once: each is a connection."""
STOP_S: Final = 5.0
"""What is on its way when the shop is stopped may take so long to end."""
TRY_S: Final = 150.0
"""The longest a try may take; every way has shorter deadlines of its own."""

Way = Callable[[Due], Awaitable[Outcome]]
"""Sends one message."""
Log = Callable[[str, dict[str, object]], None]
Seen = Callable[[Kind, Verdict, float], None]
"""Hears of every try that ended, with its seconds."""


class Worker:
    """The queue's worker. ``start`` and ``stop`` are its whole life."""

    def __init__(
        self, db: Database, ways: Mapping[Kind, Way], clock: Callable[[], float], monotonic: Callable[[], float],
        log: Log, seen: Seen = lambda kind, verdict, seconds: None,
    ) -> None:  # fmt: skip
        self._db = db
        self._ways = ways
        self._clock = clock
        self._monotonic = monotonic
        self._log = log
        self._seen = seen
        self._flying: Counter[str] = Counter()
        self._tries: set[asyncio.Task[None]] = set()
        self._awake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = False

    async def start(self) -> None:
        """Take up what a start before left behind, and begin."""
        for state in await self._db.write(service.restart, self._now_ms()):
            self._log("notify.taken_up", {"state": state.value})
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._work())]

    async def stop(self) -> None:
        """Take nothing more, let what is on its way end, a moment long; what does not is taken up by the next start."""
        self._stopping = True
        self._awake.set()
        if self._tasks:
            await asyncio.wait(self._tasks[1:], timeout=STOP_S)  # what it has just taken is tried, not forgotten
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._tries:
            await asyncio.wait(self._tries, timeout=STOP_S)
        for task in list(self._tries):
            task.cancel()
        await asyncio.gather(*self._tries, return_exceptions=True)

    async def _listen(self) -> None:
        with self._db.listen(service.TOPIC) as keys:
            async for _ in keys:
                self._awake.set()

    async def _work(self) -> None:
        tidied_s = self._monotonic() - TIDY_S
        while not self._stopping:
            self._awake.clear()
            try:
                await self._take()
                if self._monotonic() - tidied_s >= TIDY_S:
                    tidied_s = self._monotonic()
                    await self._tidy()
            except Exception as error:
                self._log("notify.failed", {"error": repr(error)[:300]})
                await asyncio.sleep(TICK_S)
            try:
                async with asyncio.timeout(0 if self._stopping else TICK_S):
                    await self._awake.wait()
            except TimeoutError:
                pass

    async def _take(self) -> None:
        """Begin as many tries as there is room for."""
        room = FLYING_MAX - len(self._tries)
        if room <= 0:
            return
        for due in await self._db.write(service.take, self._now_ms(), dict(self._flying), room):
            self._flying[due.lane] += 1
            task = asyncio.create_task(self._try(due))
            self._tries.add(task)
            task.add_done_callback(self._tries.discard)

    async def _try(self, due: Due) -> None:
        began_s = self._monotonic()
        try:
            outcome = await self._outcome(due)
            state = await self._told(due, outcome)
            self._seen(due.kind, outcome.verdict, self._monotonic() - began_s)
            if state is not State.DONE:
                words = {"id": due.id, "kind": due.kind.value, "state": state.value, "reason": outcome.reason}
                self._log("notify.tried", {**words, "verdict": outcome.verdict.value, "tries": due.tries})
        finally:
            self._flying[due.lane] -= 1
            if not self._flying[due.lane]:
                del self._flying[due.lane]
            self._awake.set()

    async def _told(self, due: Due, outcome: Outcome) -> State:
        """Write down how a try ended, however long the disk is full: until then nobody knows but this task."""
        while True:
            try:
                return await self._db.write(service.ended, due, outcome, self._now_ms())
            except Exception as error:
                self._log("notify.failed", {"error": repr(error)[:300], "id": due.id})
                await asyncio.sleep(TICK_S)

    async def _outcome(self, due: Due) -> Outcome:
        way = self._ways.get(due.kind)
        if way is None:
            return Outcome(Verdict.CLOSED, "not set up")
        try:
            async with asyncio.timeout(TRY_S):
                return await way(due)
        except TimeoutError:
            return Outcome(Verdict.UNKNOWN, "slow")
        except Exception as error:  # ours, or a library's: no other message shall wait for it
            self._log("notify.fault", {"id": due.id, "kind": due.kind.value, "error": type(error).__name__})
            return Outcome(Verdict.REFUSED, f"fault {type(error).__name__}"[:60])

    async def _tidy(self) -> None:
        now_ms = self._now_ms()
        while await self._db.write(service.expire, now_ms):
            pass
        await self._db.write(service.tidy, now_ms)
        for endpoint in await self._db.write(hooks.fail_old, now_ms):
            self._log("notify.hook_failed", {"shop": endpoint.shop, "endpoint": endpoint.id})

    def _now_ms(self) -> int:
        return int(self._clock() * 1000)
