"""The crew: a worker for every printer we reach, what happens by the clock, and who takes the jobs of one that can not.

Each printer has its own task, so a dead one delays nobody. Once a second what is behind its deadline is ended, what nobody
answered for gets its COPY, what is old is wiped, and jobs of a printer that has been in trouble for `FAIL_OVER_S` go to its
stand-in, while they surely have not printed and only where the stand-in is well.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, Final

from kvit.db import EVERYTHING, DatabaseError
from kvit.device.adapters import address
from kvit.device.adapters.adapter import adapter_at
from kvit.device.delivery.worker import Worker
from kvit.device.delivery.world import World
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer, Way, way_of
from kvit.device.spool import service
from kvit.device.spool.model import KEEP_MS
from kvit.device.transports import TRANSPORTS
from kvit.refusal import Refusal

TICK_S: Final = 1.0
WIPE_S: Final = 600.0
"""How often old papers are looked for; while there are some, at every tick."""
WRITE_S: Final = 2.0
"""What workers that end have for writing down how."""
FAIL_OVER_S: Final = 30.0
"""Longer than a roll takes to change: a person who stands at the printer is faster than the rule."""


class Crew:
    """All workers. ``start`` once, ``stop`` once."""

    def __init__(
        self, world: World, *, tick_s: float = TICK_S, fail_over_s: float = FAIL_OVER_S, keep_ms: int = KEEP_MS
    ) -> None:
        """Take what workers are handed, and how long papers are kept; nothing is opened yet."""
        self._world = world
        self._tick_s, self._fail_over_s = tick_s, fail_over_s
        self._keep_ms, self._wipe_s = keep_ms, 0.0
        self._printers: dict[str, Printer] = {}
        self._workers: dict[str, tuple[Worker, asyncio.Task[None]]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Settle what a program before us left in flight, then let every printer work."""
        await self._world.db.write(service.restart, self._world.shop, self._world.now_ms)
        listening = (
            (self._world.db.listen(printers.TOPIC), self._printers_changed),
            (self._world.db.listen(service.TOPIC), self._jobs_changed),
        )
        await self._printers_changed(EVERYTHING)
        self._tasks = [asyncio.create_task(self._listen(*each)) for each in listening]
        self._tasks.append(asyncio.create_task(self._keep_time()))

    async def stop(self) -> None:
        """Let jobs under way get their answer within the workers' grace; what has none is unknown."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._end(list(self._workers))

    async def _listen(self, topic: Any, changed: Callable[[str], Awaitable[None]]) -> None:
        with topic:
            async for key in topic:
                try:
                    await changed(key)
                except Exception as error:  # one change that can not be followed must not end the following
                    self._fault(error)

    async def _printers_changed(self, name: str) -> None:
        """Start, change or end workers; the key does not matter, there are few printers."""
        found = await self._world.db.read(printers.printers, self._world.shop)
        self._printers = {each.name: each for each in found}
        wired = {each.name: each for each in found if is_wired(each)}
        await self._end([gone for gone in self._workers if gone not in wired])
        for each in wired.values():
            if each.name in self._workers:
                self._workers[each.name][0].change(each)
            else:
                worker = Worker(each, self._world)
                self._workers[each.name] = worker, asyncio.create_task(worker.run())

    async def _jobs_changed(self, name: str) -> None:
        for worker, _ in self._workers.values() if name == EVERYTHING else self._named(name):
            worker.wake()

    def _named(self, name: str) -> Iterable[tuple[Worker, asyncio.Task[None]]]:
        return (self._workers[name],) if name in self._workers else ()

    async def _end(self, names: list[str]) -> None:
        ending = [self._workers.pop(name) for name in names]
        for worker, _ in ending:
            worker.stop()
        tasks = [task for _, task in ending]
        if not tasks:
            return
        _, late = await asyncio.wait(tasks, timeout=self._world.pace.grace + WRITE_S)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_time(self) -> None:
        while True:
            await asyncio.sleep(self._tick_s)
            try:
                await self.tick()
            except Exception as error:  # the clock goes on whatever happens at one stroke
                self._fault(error)

    def _fault(self, error: Exception) -> None:
        event = "spool.not_written" if isinstance(error, DatabaseError) else "spool.fault"
        self._world.log(event, {"error": f"{type(error).__name__}: {error}"[:300]})

    async def tick(self) -> None:
        """Do what is due by the clock now."""
        world = self._world
        await world.db.write(service.expire, world.shop, world.now_ms)
        await world.db.write(service.unanswered, world.shop, world.now_ms)
        if world.monotonic() >= self._wipe_s:
            wiped = await world.db.write(service.wipe, world.shop, self._keep_ms, world.now_ms)
            self._wipe_s = world.monotonic() + (self._tick_s if wiped else WIPE_S)
        for printer in list(self._printers.values()):
            if printer.fail_over and self._is_stuck(printer.name) and self._is_well(printer.fail_over):
                await self._hand_over(printer)

    def _is_stuck(self, name: str) -> bool:
        light = self._world.board.light(name)
        return bool(light.trouble) and self._world.now_ms - light.trouble_since_ms >= self._fail_over_s * 1000

    def _is_well(self, name: str) -> bool:
        light = self._world.board.light(name)
        known = self._printers.get(name)
        return known is not None and not known.held and light.link == "up" and not light.trouble

    async def _hand_over(self, printer: Printer) -> None:
        """Move what surely has not printed. A job the spool sees in flight, or unknown, stays where it is."""
        world = self._world
        for id_ in await world.db.read(service.waiting, world.shop, printer.name):
            moved = await world.db.write(service.move, world.shop, id_, printer.fail_over, "", world.now_ms)
            if not isinstance(moved, Refusal):
                world.log("job.moved", {"job": id_, "from": printer.name, "to": printer.fail_over})


def is_wired(printer: Printer) -> bool:
    """Say whether a printer is reached by a wire of ours, and not by a service or its own calls, and can be written for."""
    parsed = address.parse(printer.address)
    if isinstance(parsed, Refusal) or way_of(parsed) is not Way.WIRE or parsed.transport.kind not in TRANSPORTS:
        return False
    return not isinstance(adapter_at(parsed), Refusal)
