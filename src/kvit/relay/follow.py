"""Following captures: the shop reads what the line process writes, and gives printouts to be stored.

`follow` runs one line for ever. Up to `IN_FLIGHT` printouts are with ``handle`` at a time, so that a store can commit many
in one go; the position moves past a printout only when it and all before it are stored. It lies beside the segments
(``position``), written by rename without fsync: losing it costs a second telling of printouts the store knows already, by
their names. What is stored is cut: segments before the position are deleted.

A position no writer can have brought about (a file from another machine, a hand in it) is told as a problem and given up:
reading begins anew with the oldest segment there is, and the store knows what it has.

A ``handle`` that raises is called again, with growing pauses, for ever: nothing is passed over. Meanwhile the captures
wait on disk and printing goes on.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import msgspec

from kvit.escpos import Profile
from kvit.relay import capture
from kvit.relay.reading import Amendment, Found, Position, Printout, Reading

IN_FLIGHT: Final = 64
"""Printouts with the store at a time: what one commit takes gladly."""
RETRY_S: Final = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
"""Pauses before a printout the store could not take is told again; the last repeats."""
POLL_S: Final = 0.25
"""How often a capture is looked at where nobody wakes us (Windows), or a wake-up was lost."""
POSITION: Final = "position"
AHEAD_BYTES: Final = 2 * capture.SEGMENT_BYTES
"""How far behind the beginning of the newest segment a position may lie when a power cut has shortened that segment."""

Handle = Callable[[Printout], Awaitable[None]]
Amend = Callable[[Amendment], Awaitable[None]]
Problem = Callable[[str, Exception], None]
"""Hears that a printout of that line could not be stored now, or that reading began anew (`StrayPosition`)."""


class StrayPosition(Exception):  # noqa: N818 - reads as a sentence
    """The position lay where the capture has nothing and will have nothing."""

    def __init__(self, reach: int, end: int) -> None:
        super().__init__(
            f"the position {reach} lies beyond the capture, which ends at {end}; reading began anew with its oldest segment"
        )


class Wake:
    """The shop's end of ``run/wake.sock``: one datagram wakes all followers of this process."""

    def __init__(self, run: Path) -> None:
        """Bind the socket (a stale one is replaced). Where there are no such sockets, followers poll."""
        self._events: set[asyncio.Event] = set()
        self._socket: socket.socket | None = None
        self._path = run / "wake.sock"
        if sys.platform != "win32":
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.setblocking(False)
            self._path.unlink(missing_ok=True)
            self._socket.bind(str(self._path))
            asyncio.get_running_loop().add_reader(self._socket, self._come)

    def subscribe(self) -> asyncio.Event:
        """Give an event that is set whenever some capture has grown."""
        event = asyncio.Event()
        self._events.add(event)
        return event

    def unsubscribe(self, event: asyncio.Event) -> None:
        """Set it no more."""
        self._events.discard(event)

    def close(self) -> None:
        """Listen no more."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket)
            self._socket.close()
            self._path.unlink(missing_ok=True)

    def _come(self) -> None:
        assert self._socket is not None
        with contextlib.suppress(OSError):
            while True:
                self._socket.recv(16)
        for event in self._events:
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
    follower = Follower(folder, line, handle, amend, profile, problem, byte_s)
    event = wake.subscribe() if wake is not None else asyncio.Event()
    try:
        while True:
            event.clear()
            now_s = clock()
            if await follower.step(now_s):
                await asyncio.sleep(0)
                continue
            await _wait(event, follower, clock)
    finally:
        if wake is not None:
            wake.unsubscribe(event)
        await follower.close()


async def _wait(event: asyncio.Event, follower: Follower, clock: Callable[[], float]) -> None:
    """Sleep until the capture has grown, something was stored, a silence ends a printout, or it is time to look again."""
    deadline = follower.deadline_s
    timeout = POLL_S if deadline is None else max(0.001, min(POLL_S, deadline - clock()))
    follower.settled = event
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(timeout):
            await event.wait()


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
        self._begin(load_position(folder))
        self._doubted = self._saved != Position()
        self._seen = (0, 0)
        self._last_s = 0.0
        self._flying: deque[tuple[asyncio.Task[None], Position | None]] = deque()
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
        reached: Position | None = None
        while self._flying and self._flying[0][0].done():
            reached = self._flying.popleft()[1] or reached
        if not self._flying and resting and self._reader.offset > self._saved.offset:
            reached = self._reading.position
        if reached is None or reached == self._saved:
            return
        try:
            save_position(self._folder, reached)
        except OSError as error:
            self._problem(self._line, error)
            return
        self._saved = reached
        capture.cut(self._folder, reached.offset)


def load_position(folder: Path) -> Position:
    """Read where to go on; the beginning when nothing (or nonsense) is there: the store knows what it has."""
    try:
        return Position.decode((folder / POSITION).read_bytes())
    except (FileNotFoundError, msgspec.DecodeError, msgspec.ValidationError):
        return Position()


def save_position(folder: Path, position: Position) -> None:
    """Write where to go on. Raises OSError."""
    new = folder / f".{POSITION}.new"
    with new.open("wb") as file:
        file.write(position.encode())
    os.replace(new, folder / POSITION)  # noqa: PTH105
