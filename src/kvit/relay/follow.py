"""Following captures: the shop reads what the line process writes, and gives printouts to be stored.

`follow` runs one line for ever. Up to `IN_FLIGHT` printouts are with ``handle`` at a time, so that a store can commit many
in one go; the position moves past a printout only when it and all before it are stored. It is written into the line's
bookmark (`kvit.relay.bookmark`), `SAVE_S` late: losing it costs a second telling of printouts the store knows already, by
their names. What is stored is cut: segments before the position are deleted.

The line process tells which captures have grown (`Wake`), so that of hundreds of lines only those at work cost anything.

A position no writer can have brought about (a file from another machine, a hand in it) is told as a problem and given up:
reading begins anew with the oldest segment there is, and the store knows what it has.

A ``handle`` that raises is called again, with growing pauses, for ever: nothing is passed over. Meanwhile the captures
wait on disk and printing goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from kvit.escpos import Profile
from kvit.relay import capture
from kvit.relay.bookmark import Bookmark
from kvit.relay.reading import Amendment, Found, Position, Printout, Reading
from kvit.socket_path import socket_path

IN_FLIGHT: Final = 64
"""Printouts with the store at a time: what one commit takes gladly."""
RETRY_S: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Pauses before a printout the store could not take is told again; the last repeats."""
POLL_S: Final = 0.25
"""How often a capture is looked at where nobody wakes us (Windows)."""
WOKEN_POLL_S: Final = 2.0
"""The same where we are woken: only for what the line process wrote just before it died, and for a line process of an
older version."""
SAVE_S: Final = 0.5
"""How long what is stored waits for its position to be written: many printouts are written down together, and after a
crash so much is told once more."""
TOLD_BYTES_MAX: Final = 8192
"""The longest datagram that names lines; a longer list is said by an empty one: look at all."""
AHEAD_BYTES: Final = 2 * capture.SEGMENT_BYTES
"""How far behind the beginning of the newest segment a position may lie when a power cut has shortened that segment."""

Handle = Callable[[Printout], Awaitable[None]]
Amend = Callable[[Amendment], Awaitable[None]]
Problem = Callable[[str, Exception], None]
"""Hears that a printout of that line could not be stored now (what ``handle`` raised), that reading began anew
(`StrayPosition`), or that the position could not be written (`UnsavedPosition`)."""


class StrayPosition(Exception):  # noqa: N818 - reads as a sentence
    """The position lay where the capture has nothing and will have nothing."""

    def __init__(self, reach: int, end: int) -> None:
        super().__init__(
            f"the position {reach} lies beyond the capture, which ends at {end}; reading began anew with its oldest segment"
        )


class UnsavedPosition(Exception):  # noqa: N818 - reads as a sentence
    """The position could not be written now; it is tried again, and until then the captures stay."""


class Wake:
    """The shop's end of ``run/wake.sock``: a datagram names the lines whose captures have grown; an empty one means all."""

    def __init__(self, run: Path) -> None:
        """Bind the socket (a stale one is replaced). Where there are no such sockets, followers poll."""
        self._events: dict[str, set[asyncio.Event]] = {}
        self._socket: socket.socket | None = None
        self._path = run / "wake.sock"
        if sys.platform != "win32":
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.setblocking(False)
            self._path = socket_path(self._path)
            self._path.unlink(missing_ok=True)
            self._socket.bind(str(self._path))
            asyncio.get_running_loop().add_reader(self._socket, self._come)

    @property
    def poll_s(self) -> float:
        """How often to look all the same."""
        return POLL_S if self._socket is None else WOKEN_POLL_S

    def subscribe(self, line: str) -> asyncio.Event:
        """Give an event that is set whenever that line's capture has grown."""
        event = asyncio.Event()
        self._events.setdefault(line, set()).add(event)
        return event

    def unsubscribe(self, line: str, event: asyncio.Event) -> None:
        """Set it no more."""
        self._events[line].discard(event)

    def close(self) -> None:
        """Listen no more."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._path.unlink(missing_ok=True)

    def _come(self) -> None:
        assert self._socket is not None
        grown: set[str] = set()
        with contextlib.suppress(OSError):
            while True:
                told = self._socket.recv(TOLD_BYTES_MAX).decode("ascii", "replace")
                grown.update(told.split("\n") if told else self._events)
        for line in grown:
            for event in self._events.get(line, ()):
                event.set()


async def follow(
    folder: Path,
    line: str,
    handle: Handle,
    *,
    amend: Amend | None = None,
    profile: Profile | str | None = None,
    wake: Wake | None = None,
    problem: Problem = lambda line, error: None,
    byte_s: float = 0.0,
    clock: Callable[[], float] = time.monotonic,
) -> None:
    """Follow one line's capture (``folder`` is the line's own) until cancelled.

    ``handle(printout)`` must return only when the printout is durable; it may be told one again after a crash, always with
    the same ``(line, offset)``. ``amend`` hears of tails (pulses, cuts, questions) of printouts told before.
    """
    event = wake.subscribe(line) if wake is not None else asyncio.Event()
    poll_s = POLL_S if wake is None else wake.poll_s
    follower = Follower(folder, line, handle, amend, profile, problem, byte_s)
    follower.settled = event
    try:
        while True:
            event.clear()
            now_s = clock()
            if await follower.step(now_s):
                await asyncio.sleep(0)
                continue
            await _wait(event, follower, clock, poll_s)
    finally:
        if wake is not None:
            wake.unsubscribe(line, event)
        await follower.close()


async def _wait(event: asyncio.Event, follower: Follower, clock: Callable[[], float], poll_s: float) -> None:
    """Sleep until the capture has grown, something was stored, a silence ends a printout, or it is time to look again."""
    if event.is_set():
        return
    times_s = [time_s for time_s in (follower.deadline_s, follower.save_at_s) if time_s is not None]
    pause_s = min([poll_s, *(time_s - clock() for time_s in times_s)])
    timer = asyncio.get_running_loop().call_later(max(0.001, pause_s), event.set)
    try:
        await event.wait()
    finally:
        timer.cancel()


class Follower:
    """One line being followed. `step` does what there is to do now."""

    def __init__(
        self,
        folder: Path,
        line: str,
        handle: Handle,
        amend: Amend | None,
        profile: Profile | str | None,
        problem: Problem,
        byte_s: float,
    ) -> None:
        self._folder, self._line = folder, line
        self._handle, self._amend, self._problem = handle, amend, problem
        self._profile, self._byte_s = profile, byte_s
        self._reader = capture.Reader(folder)
        self._bookmark = Bookmark(folder)
        self._begin(self._bookmark.load())
        self._doubted = self._saved != Position()
        self._cut_before = 0
        """The beginning of the segment that was being read when the capture was last cut."""
        self._seen = (0, 0)
        self._last_s = 0.0
        self._flying: deque[tuple[asyncio.Task[None], Position | None]] = deque()
        self._reached: Position | None = None
        """Where the position could be by now."""
        self.save_at_s: float | None = None
        """When `step` should be called to write the position; None when it is written."""
        self._now_s = 0.0
        self.settled: asyncio.Event | None = None

    def _begin(self, position: Position) -> None:
        self._reader.close()
        self._saved = position
        self._reading = Reading(self._line, self._profile, position, self._byte_s)
        self._reader = capture.Reader(self._folder, position.offset)

    @property
    def deadline_s(self) -> float | None:
        """When silence ends a printout, on the capture's clock; None also for a clock of before the last start."""
        return self._reading.deadline_s

    async def step(self, now_s: float) -> bool:
        """Read what there is, or let time pass; True when there may be more to read at once.

        ``now_s`` was read before: nothing written up to it can be missed by a silence that is counted to it.
        """
        self._now_s = now_s
        if self._doubted:
            self._examine()
        records = self._reader.read()
        for record in records:
            self._last_s = record.monotonic_ns / 1e9
            await self._give(self._reading.take(record))
        if not records and now_s >= self._last_s:
            await self._give(self._reading.tick(now_s))
        self._settle(resting=not records)
        return bool(records)

    def _examine(self) -> None:
        """Say whether the position we came with can be. Asked until the capture reaches it, or shows that it never will.

        A capture that ends a little before it may have been shortened by a power cut: the next writer begins behind the
        position. One that grows there, or ends far before it, had no part in making it.
        """
        reach = max([self._saved.offset, *(mark.offset for mark in self._saved.connections.values())])
        there = capture.segments(self._folder)
        if not there:
            return
        base, path = there[-1]
        end = base + path.stat().st_size
        grown = self._seen[0] == base and self._seen[1] < end
        self._seen = (base, end)
        if end >= reach:
            self._doubted = False
        elif grown or reach > base + AHEAD_BYTES:
            self._doubted = False
            self._problem(self._line, StrayPosition(reach, end))
            self._begin(Position())

    async def close(self) -> None:
        """Stop; what is in flight is left to the next start."""
        self._settle(resting=False)
        if self._reached is not None:
            self._save(self._reached)
        self._bookmark.close()
        for task, _ in self._flying:
            task.cancel()
        await asyncio.gather(*(task for task, _ in self._flying), return_exceptions=True)
        self._reader.close()

    async def _give(self, found: list[Found]) -> None:
        for thing in found:
            while len(self._flying) >= IN_FLIGHT:
                await asyncio.wait([self._flying[0][0]])
                self._settle(resting=False)
            task = asyncio.ensure_future(self._tell(thing))
            task.add_done_callback(self._landed)
            last = thing is found[-1]  # the reading has passed all of them: the position may only after the last
            self._flying.append((task, self._reading.position if last else None))

    def _landed(self, _: object) -> None:
        if self.settled is not None:
            self.settled.set()

    async def _tell(self, thing: Found) -> None:
        tries = 0
        while True:
            try:
                if isinstance(thing, Printout):
                    await self._handle(thing)
                elif self._amend is not None:
                    await self._amend(thing)
                return
            except Exception as error:
                self._problem(self._line, error)
                await asyncio.sleep(RETRY_S[min(tries, len(RETRY_S) - 1)])
                tries += 1

    def _settle(self, *, resting: bool) -> None:
        """Move the position past all that is stored, in order; delete what lies before it."""
        while self._flying and self._flying[0][0].done():
            self._reached = self._flying.popleft()[1] or self._reached
        if not self._flying and resting and self._moved:
            self._reached = self._reading.position
        if self._reached is None:
            return
        if self.save_at_s is None:
            self.save_at_s = self._now_s + SAVE_S
        elif self._now_s >= self.save_at_s:
            self._save(self._reached)

    @property
    def _moved(self) -> bool:
        """Whether there is a place to write down, or a segment to cut: a line that falls quiet begins an empty one."""
        return self._reader.offset > self._saved.offset or self._reader.base > self._cut_before

    def _save(self, reached: Position) -> None:
        self.save_at_s = None
        try:
            if reached != self._saved:
                self._bookmark.save(reached)
            if capture.spent(self._folder, reached.offset):
                self._bookmark.keep(reached)
                capture.cut(self._folder, reached.offset)
        except OSError as error:
            self._problem(self._line, UnsavedPosition(str(error)))
            return
        self._saved, self._reached = reached, None
        self._cut_before = self._reader.base
