"""A stage for deliveries: emulated printers, a crew, a data base, and what really lies on paper."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import time
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

from kvit.db import Database, Tx
from kvit.device.board import Board
from kvit.device.delivery.attempt import Waits
from kvit.device.delivery.crew import Crew
from kvit.device.delivery.world import Pace, World
from kvit.device.emulator import Emulator
from kvit.device.press import Pressed, Wanted, press
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service, store
from kvit.device.spool.model import Job, Kind, Line, State
from kvit.device.spool.order import order
from kvit.device.spool.service import Accepted
from kvit.device.spool.transitions import TABLE
from kvit.paper.document import Cut, Document, Pulse, Text, print_document
from kvit.refusal import Refusal

SHOP = "s"
ROOMS = ("kvit.device.spool", "kvit.device.printers")
WAITS = Waits(
    fence=0.2,
    confirm=2.0,
    bytes_s=1e6,
    confirm_max=2.0,
    silent=1.5,
    stuck=2.0,
    patience=60.0,
    last_word=0.2,
    farewell=0.2,
)
PACE = Pace(
    dials=(0.02, 0.05), poll=0.2, word=0.7, absent=0.5, first=1.5, answer=1.5, silent=0.8, hang_up=1.5, look=0.3,
    shared_look=0.2, grace=0.3, again=0.02,
)  # fmt: skip
"""As in a shop, some times faster: what ends by a time-out ends soon, what is answered is answered long before."""
PATIENCE_S = 60.0
FINAL = frozenset({State.PRINTED, State.SENT, State.UNKNOWN, State.EXPIRED, State.CANCELLED})


class Clock:
    """Wall time that can be moved on."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_s


async def pressed(wanted: Wanted) -> Pressed | Refusal:
    """The press, in this process."""
    return press(wanted)


class Befallen(Emulator):
    """An emulator that says when something has befallen it at a line."""

    def __init__(self, profile: str) -> None:
        super().__init__(profile)
        self.befell = asyncio.Event()
        self.machine.trip_words = ""

    def tell(self, words: str) -> str:
        said = super().tell(words)
        if words == self.machine.trip_words:
            self.befell.set()
        return said


class Stage:
    """A shop's delivery, on loopback."""

    def __init__(self, db: Database, folder: Path, **world: Any) -> None:
        self.db = db
        self.clock = Clock()
        self.board = Board(self.clock)
        self.said: list[tuple[str, dict[str, object]]] = []
        self.world = World(
            db, SHOP, pressed, self.board, folder, self.clock, time.monotonic,
            lambda event, values: self.said.append((event, values)), waits=WAITS, pace=PACE,
        )  # fmt: skip
        self.world = replace(self.world, **world)
        self.crew = Crew(self.world, tick_s=0.05, fail_over_s=0.2)
        self.emulators: dict[str, Befallen] = {}
        self.ports: dict[str, int] = {}

    async def printer(self, name: str = "counter", profile: str = "TM-T88V", **values: Any) -> Befallen:
        """Put up a printer."""
        emulator = Befallen(profile)
        port = await emulator.listen()
        self.emulators[name], self.ports[name] = emulator, port
        address = f"escpos+tcp://127.0.0.1:{port}?profile={profile}"
        self.keep(Printer(name, address, **values))
        return emulator

    def keep(self, printer: Printer) -> None:
        """Write a printer down."""
        kept = self.db.write_now(printers.keep, SHOP, printer, self.world.now_ms)
        assert isinstance(kept, Printer), kept

    async def remove(self, name: str) -> None:
        """Take a printer away."""
        await self.db.write(printers.remove, SHOP, name)
        await self.emulators.pop(name).close()

    async def order(self, key: str, printer: str = "counter", document: bytes | None = None, **values: Any) -> Job:
        """Accept a paper."""
        values.setdefault("kind", Kind.RECEIPT)
        made = order(key, printer, document or receipt(key), **values)
        assert not isinstance(made, Refusal), made
        accepted = await self.db.write(service.accept, SHOP, made, self.world.now_ms)
        assert isinstance(accepted, Accepted)
        return accepted.jobs[0]

    def get(self, job: Job) -> Job:
        """A job as it is now."""
        found = self.db.read_now(service.get, SHOP, job.id)
        assert isinstance(found, Job)
        return found

    def history(self, job: Job) -> list[Line]:
        return self.db.read_now(service.history, SHOP, job.id)

    def seen(self, job: Job) -> Job:
        """A job as it is now, its history being a path of the state machine that ends there."""
        now, lines = self.db.read_now(_with_history, job.id)
        assert is_path(now, lines)
        return now

    def family(self, key: str) -> list[Job]:
        """The original and its copies."""
        return self.db.read_now(store.family, SHOP, key)

    async def until(self, job: Job, *states: State) -> Job:
        """Wait until a job is in one of some states (else: in a final one)."""
        return (await self.all_until([job], *states))[0]

    async def all_until(self, jobs: Iterable[Job], *states: State) -> list[Job]:
        wanted = frozenset(states) or FINAL
        found: dict[str, Job] = {}
        with self.db.listen(service.TOPIC) as topic:
            async with asyncio.timeout(PATIENCE_S):
                for job in jobs:
                    while True:
                        now = await self.db.read(service.get, SHOP, job.id)
                        assert isinstance(now, Job)
                        if now.state in wanted:
                            found[job.id] = now
                            break
                        await anext(topic)
        return list(found.values())

    async def light(self, true: Callable[[Any], bool], name: str = "counter") -> None:
        """Wait until a printer's light is so."""
        with self.board.listen() as lights:
            async with asyncio.timeout(PATIENCE_S):
                while not true(self.board.light(name)):
                    await anext(lights)

    async def kill(self) -> None:
        """End the crew as kill -9 would: nothing is written, connections break."""
        tasks = [*self.crew._tasks, *(task for _, task in self.crew._workers.values())]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def again(self) -> None:
        """Start a new crew, as a program started anew does."""
        self.crew = Crew(self.world, tick_s=0.05, fail_over_s=0.2)
        await self.crew.start()

    async def close(self) -> None:
        await self.crew.stop()
        for emulator in self.emulators.values():
            await emulator.close()
        self.board.close()


@contextlib.asynccontextmanager
async def staged(db: Database, folder: Path, **world: Any) -> AsyncIterator[Stage]:
    """A stage that is taken down at the end."""
    stage = Stage(db, folder, **world)
    try:
        yield stage
    finally:
        await stage.close()


def _with_history(tx: Tx, id_: str) -> tuple[Job, list[Line]]:
    job = service.get(tx, SHOP, id_)
    assert isinstance(job, Job)
    return job, service.history(tx, SHOP, id_)


def receipt(key: str, lines: int = 10) -> bytes:
    """A paper with a drawer pulse, every line of it like no other."""
    return print_document(
        Document([*(Text(f"<{key}> {n:03}") for n in range(lines)), Text(f"<{key}> end"), Cut(), Pulse()])
    )


def papers(emulator: Emulator, key: str) -> list[str]:
    """What came out whole of a paper, to its cut: ``original``, ``copy 2`` …"""
    whole: list[str] = []
    for piece in bytes(emulator.machine.paper).split(b"\x1dV")[:-1]:
        body = piece[piece.rfind(b"\x1b@") :]
        if f"<{key}> 000".encode() in body and f"<{key}> end".encode() in body:
            marked = re.search(rb"COPY (\d)", body)
            whole.append(f"copy {int(marked[1])}" if marked else "original")
    return whole


def is_path(job: Job, lines: list[Line]) -> bool:
    """Say whether a history is a path of the state machine that ends at the job's state."""
    assert [line.step for line in lines] == list(range(1, job.steps + 1))
    assert lines[0].before is None
    assert lines[-1].after is job.state
    for before, line in itertools.pairwise(lines):
        assert line.before is before.after
        assert (line.before, line.event) in TABLE, line
    return True
