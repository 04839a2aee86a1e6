"""Jobs handed to printers that call in: who has work, what they get, what they said of it.

A printer asks every few seconds and nearly always for nothing. So who has nothing is known in memory, from the topics the
spool and the list of printers tell after their commits, and a poll without work touches neither table. A poll with work
reads, presses, and begins the attempt durably before a byte goes out. Nothing is decided here of a protocol: each room
behind the door has one `Handover` and keeps its own record of what it handed to whom.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

from kvit.db import EVERYTHING, Tx
from kvit.device.cloud.door import Desk
from kvit.device.press import Pressed, Wanted
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Evidence, Heard, Job, State
from kvit.device.spool.service import Noted
from kvit.refusal import Refusal

TOPICS: Final = (spool.TOPIC, printers.TOPIC)
BUSY: Final = "busy"
"""Why the press made nothing where that passes by itself (``device.press_failed``): the job waits for the next call."""
KNOWN_MAX: Final = 4_096
"""Words of printers that are remembered: more than a shop has printers."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An attempt that has begun, and the bytes for it. Its job's ``pid`` names it in the spool."""

    job: Job
    pressed: Pressed

    @property
    def pid(self) -> bytes:
        """The attempt's process ID."""
        assert self.job.pid is not None
        return self.job.pid


def all_fit(pressed: Pressed) -> str:
    """Say nothing against any paper."""
    return ""


class Handover:
    """One room's hand at the spool, on the event loop's thread. Nothing is kept in memory while nobody `run`s it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._idle: set[str] = set()
        self._stirs = 0
        self._following = 0
        self._known: dict[str, Printer] = {}

    async def known(self, token: str) -> Printer | None:
        """Give the printer that calls in with a word; None: nobody's."""
        found = self._known.get(token)
        if found is None:
            stirs = self._stirs
            found = await self._desk.known(token)
            if found is not None and self._holds(stirs) and len(self._known) < KNOWN_MAX:
                self._known[token] = found
        return found

    async def next(self, printer: str) -> Job | None:
        """Give the job a printer takes next; where there was none and nothing happened since, without asking the table."""
        if printer in self._idle:
            return None
        stirs = self._stirs
        job = await self._desk.db.read(spool.next_for, self._desk.shop, printer, self._desk.now_ms)
        if job is None and self._holds(stirs):
            self._idle.add(printer)
        return job

    def _holds(self, stirs: int) -> bool:
        """What was read since ``stirs`` is still so, and whoever changes it will tell."""
        return self._following == len(TOPICS) and stirs == self._stirs

    async def take(
        self, printer: Printer, job: Job, able: Evidence, *, media_type: str = "", width_dots: int = 0,
        against: Callable[[Pressed], str] = all_fit, still: Callable[[], Awaitable[bool]] | None = None,
    ) -> Taken | None:  # fmt: skip
        """Press a job (of `next`) and begin its attempt; None: it does not go now.

        What can not be pressed, or what ``against`` has a word against (too long for this printer), is blocked as
        refused, and the queue goes on without it. ``still``: whether whoever asked is still there, as pressing may take
        longer than a printer waits; where it is not, nothing is begun.
        """
        desk = self._desk
        payload = await desk.db.read(spool.payload, desk.shop, job.id)
        if isinstance(payload, Refusal):
            return None
        pressed = await desk.press(Wanted(payload, job.copy, printer.address, media_type, width_dots))
        if isinstance(pressed, Refusal) and pressed.values.get("reason") == BUSY:
            return None
        wrong = pressed.code if isinstance(pressed, Refusal) else against(pressed)
        if wrong:
            await self.block(job.id, f"refused: {wrong}")
            return None
        assert isinstance(pressed, Pressed)
        if still is not None and not await still():
            return None
        begun = await desk.db.write(spool.begin, desk.shop, job.id, able, desk.now_ms)
        return None if isinstance(begun, Refusal) else Taken(begun.job, pressed)

    async def block(self, id_: str, reason: str) -> None:
        """The printer would not take a job that waits: see the reasons in docs/protocols/delivery.md."""
        heard = Heard(Event.PREFLIGHT_BAD, reason=reason)
        await self._desk.db.write(spool.note, self._desk.shop, id_, heard, self._desk.now_ms)

    async def ready(self, printer: str) -> None:
        """The printer is well: what was blocked before it goes on."""
        await self._desk.db.write(spool.ready, self._desk.shop, printer, self._desk.now_ms)
        self.stir(printer)

    async def told(self, id_: str, *heard: Heard) -> None:
        """Note what was seen of an attempt, in order, in one transaction."""
        await self._desk.db.write(_told, self._desk.shop, id_, heard, self._desk.now_ms)

    async def done(self, id_: str, pid: bytes) -> Noted | Refusal:
        """The printer said that this very attempt is printed, however late."""
        return await self._desk.db.write(_done, self._desk.shop, id_, pid, self._desk.now_ms)

    async def absent(self, id_: str, pid: bytes, reason: str) -> None:
        """The printer said that nothing of this attempt was begun: it waits again, blocked for ``reason`` (empty: not)."""
        await self._desk.db.write(_absent, self._desk.shop, id_, pid, reason, self._desk.now_ms)

    def stir(self, printer: str = EVERYTHING) -> None:
        """Something may have changed for a printer, or for all."""
        self._stirs += 1
        if printer == EVERYTHING:
            self._idle.clear()
        else:
            self._idle.discard(printer)

    async def run(self) -> None:
        """Follow the topics until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            for topic in TOPICS:
                tasks.create_task(self._follow(topic))

    async def _follow(self, topic: str) -> None:
        with self._desk.db.listen(topic) as keys:
            self._following += 1
            try:
                async for key in keys:
                    if topic == printers.TOPIC:
                        self._known.clear()
                    self.stir(key)
            finally:
                self._following -= 1
                self._known.clear()
                self.stir()


def _told(tx: Tx, shop: str, id_: str, heard: tuple[Heard, ...], now_ms: int) -> None:
    for each in heard:
        spool.note(tx, shop, id_, each, now_ms)


def _done(tx: Tx, shop: str, id_: str, pid: bytes, now_ms: int) -> Noted | Refusal:
    """Its word may come before ours that the bytes are out; of a printer of class C it says no more than they are."""
    noted: Noted | Refusal = Refusal("device.job_unknown")
    for event in (Event.BYTES_OUT, Event.COMPLETED, Event.LINK_CLOSED):
        noted = spool.note(tx, shop, id_, Heard(event, pid), now_ms)
        if isinstance(noted, Refusal) or noted.job.state in (State.PRINTED, State.SENT):
            break
    return noted


def _absent(tx: Tx, shop: str, id_: str, pid: bytes, reason: str, now_ms: int) -> None:
    noted = spool.note(tx, shop, id_, Heard(Event.ZERO_BYTES, pid, reason=reason), now_ms)
    if isinstance(noted, Noted) and noted.changed and reason:
        spool.note(tx, shop, id_, Heard(Event.PREFLIGHT_BAD, reason=reason), now_ms)
