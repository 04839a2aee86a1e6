"""Job ports at work: tills connect, their printouts are queued, their questions answered.

A printout is durable in the spool before anything behind it is done: before a question in turn is answered, before the
next printout, before our side of the connection is closed. So a till that closes and waits for the close, or asks
``GS r``, knows that its receipt is kept; one whose printout can not be kept is hung up with a reset, as by a printer whose
plug was pulled. A till that is cut off in the middle has printed that much, here as on paper; but when it is Kvit that
stops, what is not whole is dropped and the till hears a reset, so that it sends the whole again.

The port lives in the shop process: when that is down the port is closed and the till's own "printer not there" is the truth
(docs/decisions/0008-job-ports.md).
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Final, cast

import msgspec

from kvit.device.address import Address
from kvit.device.board import Board
from kvit.device.transports import tcp
from kvit.escpos import Profile, load_profile
from kvit.escpos.status import StatusModel, answer, changed
from kvit.refusal import Refusal
from kvit.relay.door import Door
from kvit.relay.jobs.answers import state_of
from kvit.relay.jobs.cutting import Cutter, Found, Now, Printout, Question
from kvit.relay.jobs.settings import JobPort, JobsSettings, place_of
from kvit.relay.till import Till

AHEAD_BYTES_MAX: Final = 256 << 10
"""Printouts of one till that wait for the disk before the till is not read any more."""
CHANCE_BYTES: Final = 8
HELD_BYTES_MAX: Final = 128 << 20
"""Of all tills of a port together: sixteen of the longest printouts. Who sends more is hung up."""
QUEUED_BYTES: Final = 64
"""What something in the queue counts at least: ten thousand questions are not free."""
LINGER_NONE: Final = struct.pack("ii", 1, 0)
"""A close with this is a reset, which no till takes for an end."""
PLAIN: Final = "default"
"""The profile of a till nobody told about."""


class Given(msgspec.Struct, frozen=True):
    """A printout to be queued: ``key`` is new for every one."""

    key: str
    printer: str
    profile: str
    raw: bytes


class World(msgspec.Struct, frozen=True):
    """What ports need from outside."""

    take: Callable[[Given], Awaitable[Refusal | None]]
    """Queues a printout: without a refusal it is durable. May raise whatever a data base raises."""
    held: Callable[[str], Awaitable[bool]]
    """Says whether a person stopped a printer."""
    board: Board
    random: Callable[[int], bytes]
    log: Callable[[str, dict[str, object]], None]


class Port:
    """One port: its listening socket, its tills."""

    def __init__(self, settings: JobPort, world: World) -> None:
        """Raises `kvit.escpos.profiles.UnknownProfileError`."""
        self.settings, self.world = settings, world
        self.profile: Profile = load_profile(settings.profile or PLAIN)
        self.counters: Counter[str] = Counter()
        self.failing = False
        """The last printout could not be kept."""
        self.held = False
        self._door = Door(settings.allow, settings.connections_max, settings.connections_per_peer_max)
        self._server: asyncio.Server | None = None
        self.held_bytes = 0
        self._tills: dict[Till, _Talk] = {}
        self._wires: dict[Till, asyncio.Transport] = {}
        self._numbers = 0

    @property
    def port(self) -> int:
        """The port listened on; 0 when closed."""
        return self._server.sockets[0].getsockname()[1] if self._server and self._server.sockets else 0

    async def open(self) -> None:
        """Listen. Raises OSError where the port can not be had."""
        place = place_of(self.settings)
        assert isinstance(place, Address), "check() was not asked"
        sock = tcp.listen(place.host, place.port)
        self._server = await asyncio.get_running_loop().create_server(lambda: _Knock(self), sock=sock)

    async def close(self) -> None:
        """Take no till any more, keep what is whole, hang up."""
        if self._server is not None:
            self._server.close()
        talks = list(self._tills.values())
        for talk in talks:
            talk.drop()
        await asyncio.gather(*(talk.over() for talk in talks))
        for wire in self._wires.values():
            wire.close()

    def admit(self, transport: asyncio.Transport) -> Till | None:
        """Let a till in, or count it and say None."""
        peer = transport.get_extra_info("peername")
        why = self._door.enter(peer[0]) if peer else "unlisted"
        if why is not None:
            self.counters[why] += 1
            return None
        tcp.tune(transport.get_extra_info("socket"))
        self._numbers += 1
        till = Till(self, self._numbers, f"{peer[0]}:{peer[1]}", lasting=False, network=True)
        self._wires[till] = transport
        till.on_lost = lambda _: self._left(till, peer[0])
        return till

    def _left(self, till: Till, host: str) -> None:
        self._door.leave(host)
        self._wires.pop(till, None)

    def reset(self, till: Till) -> None:
        """Hang up so that the till hears of it: its connection breaks."""
        wire = self._wires.get(till)
        if wire is not None:
            sock = wire.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER_NONE)
            wire.abort()

    def came(self, till: Till) -> None:
        """Its first byte is there."""
        self._tills[till] = _Talk(self, till)

    def from_till(self, till: Till, data: bytes) -> None:
        """It sent bytes."""
        talk = self._tills.get(till)
        if talk is not None:
            talk.heard(data)

    def till_ended(self, till: Till, how: str) -> None:
        """It sends no more."""
        talk = self._tills.get(till)
        if talk is not None:
            talk.ended()

    def till_full(self, till: Till, full: bool) -> None:
        """It does not read its answers: it is not read either."""
        talk = self._tills.get(till)
        if talk is not None:
            talk.slow(full)

    def gone(self, till: Till) -> None:
        """All of it is done."""
        self._tills.pop(till, None)

    def stirred(self) -> None:
        """The printer's light changed: tills that asked for it are told."""
        for talk in list(self._tills.values()):
            talk.stirred()


class _Talk:
    """One till's connection: what it sent and still has to be done, one after another."""

    def __init__(self, port: Port, till: Till) -> None:
        self.till = till
        self._port = port
        self._loop = asyncio.get_running_loop()
        self._cutter = Cutter(port.profile)
        self._state = self._now(StatusModel())
        self._queue: asyncio.Queue[Found | None] = asyncio.Queue()
        self._waiting = self._weight = 0
        self._over = False
        self._ended = self._slow = self._paused = self._broken = False
        self._timer: asyncio.TimerHandle | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._name = port.world.random(CHANCE_BYTES).hex()
        self._count = 0
        self._task = asyncio.create_task(self._work())

    def heard(self, data: bytes) -> None:
        if self._ended:
            return
        self._do(self._cutter.till(data, self._loop.time()))
        self._watch()
        self._weigh()
        if self._port.held_bytes > HELD_BYTES_MAX:
            self._port.counters["heavy"] += 1
            self.drop()
        drop_s = self._port.settings.idle_drop_s
        if drop_s:
            if self._idle is not None:
                self._idle.cancel()
            self._idle = self._loop.call_later(drop_s, self.ended)

    def ended(self) -> None:
        if not self._ended:
            self._do(self._cutter.end(self._loop.time()))
            self._stop()

    def drop(self) -> None:
        """Kvit stops: what is whole is kept, the rest is the till's to send again."""
        self._broken = self._cutter.open
        if not self._ended:
            self._stop()

    def _stop(self) -> None:
        self._ended = True
        self._queue.put_nowait(None)
        for timer in (self._timer, self._idle):
            if timer is not None:
                timer.cancel()

    def _weigh(self) -> None:
        """Count what this till makes us hold."""
        now = 0 if self._over else self._cutter.held_bytes + self._waiting
        self._port.held_bytes += now - self._weight
        self._weight = now

    def slow(self, full: bool) -> None:
        self._slow = full
        self._flow()

    def stirred(self) -> None:
        before, self._state = self._state, self._now(self._state)
        self._say(changed(before, self._state, self._port.profile))

    async def over(self) -> None:
        await asyncio.gather(self._task, return_exceptions=True)

    def _watch(self) -> None:
        """Wake up when a silence may end a printout."""
        if self._timer is not None:
            self._timer.cancel()
        deadline_s = self._cutter.deadline_s
        self._timer = None if deadline_s is None or self._ended else self._loop.call_at(deadline_s, self._tick)

    def _tick(self) -> None:
        self._do(self._cutter.tick(self._loop.time()))
        self._watch()

    def _do(self, found: list[Found]) -> None:
        for each in found:
            if isinstance(each, Now):
                self._answer(each)
                continue
            self._waiting += _size(each)
            self._queue.put_nowait(each)
        self._flow()

    def _flow(self) -> None:
        """Read the till, or do not: while it does not read us, or more waits for the disk than may."""
        stop = self._slow or self._waiting > AHEAD_BYTES_MAX
        if stop != self._paused:
            self._paused = stop
            (self.till.pause if stop else self.till.resume)()

    async def _work(self) -> None:
        try:
            while (each := await self._queue.get()) is not None:
                if isinstance(each, Printout) and not await self._keep(each.raw):
                    self._broken = True
                    break
                if isinstance(each, Question):
                    self._answer(each)
                self._waiting -= _size(each)
                self._weigh()
                self._flow()
            self._port.reset(self.till) if self._broken else self.till.hang_up()
        finally:
            self._over = True
            self._weigh()
            self._port.gone(self.till)

    async def _keep(self, raw: bytes) -> bool:
        """Queue a printout; False when it could not be."""
        port, world = self._port, self._port.world
        self._count += 1
        key = f"port:{port.settings.name}:{self._name}:{self._count}"
        given = Given(key, port.settings.printer, port.profile.name, raw)
        try:
            refused = await world.take(given)
            why = "" if refused is None else refused.code
        except Exception as error:  # whatever a data base has: the till must hear that its receipt is not kept
            why = type(error).__name__
        port.failing = bool(why)
        port.counters["unkept" if why else "jobs"] += 1
        if why:
            world.log("jobs.unkept", {"port": port.settings.name, "why": why, "bytes": len(raw)})
        return not why

    def _answer(self, question: Question | Now) -> None:
        said, self._state = answer(question.command, self._now(self._state), self._port.profile)
        self._say(said)

    def _now(self, before: StatusModel) -> StatusModel:
        port = self._port
        light = port.world.board.light(port.settings.printer)
        return state_of(light, port.held, port.failing, port.settings.unheard, before)

    def _say(self, data: bytes) -> None:
        if data:
            self.till.answer(data)


def _size(found: Found) -> int:
    return max(QUEUED_BYTES, len(found.raw) if isinstance(found, Printout) else 0)


class Ports:
    """All ports of the shop."""

    def __init__(self, settings: JobsSettings, world: World) -> None:
        """Raises `kvit.escpos.profiles.UnknownProfileError`."""
        self.ports = [Port(each, world) for each in settings.port]
        self._world = world

    async def open(self) -> None:
        """Listen. One that can not be had is logged, and the others go on."""
        for port in self.ports:
            try:
                await port.open()
            except OSError as error:
                self._world.log("jobs.port_taken", {"port": port.settings.name, "reason": error.strerror or str(error)})
        await self.look()

    async def close(self) -> None:
        """Close all."""
        await asyncio.gather(*(port.close() for port in self.ports))

    async def watch(self) -> None:
        """Follow the printers' lights for as long as the ports are open."""
        lights = self._world.board.listen()
        async for _ in lights:
            await self.look()

    async def look(self) -> None:
        """See how the printers stand, and tell the tills that want to hear of it."""
        for port in self.ports:
            port.held = await self._world.held(port.settings.printer)
            port.stirred()


class _Knock(asyncio.Protocol):
    """A connection nobody has looked at yet."""

    def __init__(self, port: Port) -> None:
        self._port = port

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        wire = cast(asyncio.Transport, transport)  # uvloop's are no subclass
        till = self._port.admit(wire)
        if till is None:
            wire.abort()
            return
        wire.set_protocol(till)
        till.connection_made(transport)
