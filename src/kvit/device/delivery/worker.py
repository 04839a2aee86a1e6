"""The worker: one printer, one job in flight, one connection.

A round: look whose turn it is, press the paper, look at the printer, begin (durable before the first byte), send, note what
is seen. Between jobs the connection stays open and the printer is looked at every second, so that the board knows of paper,
cover and absence within two. A connection ends after each job of class C (its clean end is all the evidence there is),
after an attempt of class B that ended without its answer (the next answer might be that one's), and with every loss.

A printer on which tills print too, by a line of the relay, is reached through that line: our bytes take their turn and
never mix with a till's. Such a connection lasts for one job; between jobs it is looked at every `Pace.shared_look`.

A printer that is away is dialled again with growing pauses; the job at the head of its queue is blocked until it is back.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from kvit.db import DatabaseError
from kvit.device.adapters.adapter import adapter_of
from kvit.device.adapters.address import parse
from kvit.device.delivery.attempt import Attempt
from kvit.device.delivery.evidence import cuts_of
from kvit.device.delivery.talk import LinkLost, Talk
from kvit.device.delivery.wire import Wire
from kvit.device.delivery.world import World
from kvit.device.press import Pressed, Wanted
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service
from kvit.device.spool.model import IN_FLIGHT, REFUSED, Event, Evidence, Heard, Job, State
from kvit.device.spool.service import Begun
from kvit.refusal import Refusal

ESCPOS: Final = "escpos"
"""The language whose printers can be asked; of others only the taking of bytes is known."""
UNPROVEN_MAX: Final = 2
"""Jobs in a row without the word the printer was probed to give: it is probed again."""


@dataclass(slots=True)
class _Doubt:
    """An attempt that ended unknown, with the cutter's count before it."""

    job: Job
    data: bytes
    cuts_before: int


class Worker:
    """One printer's worker: `run` it as a task, `wake` it when its jobs changed, `change` its printer, `stop` it."""

    def __init__(self, printer: Printer, world: World) -> None:
        """Take the printer as it is kept; nothing is opened yet."""
        self._world = world
        self._wire: Wire | None = None
        self._waked = asyncio.Event()
        self._stopping = self._moved = False
        self._doubt: _Doubt | None = None
        self._touched: bytes | None = None
        self._port_was_well = False
        self._tries = self._unproven = 0
        self._blocked = self._was_away = True
        self._is_file = self._is_shared = self._is_brief = self._is_mute = False
        self._look_s = 0.0
        self._probe_s = float("inf")
        self._printer = printer
        self._adopt()

    @property
    def name(self) -> str:
        """The printer's name."""
        return self._printer.name

    def change(self, printer: Printer) -> None:
        """The printer's entry changed; another address counts from the next job on."""
        same = msgspec.structs.replace(printer, able=None, facts={}, held=False, fail_over="", token_hash=None)
        old = self._printer
        self._moved |= same != msgspec.structs.replace(
            old, able=None, facts={}, held=False, fail_over="", token_hash=None
        )
        self._printer = printer
        if printer.able != old.able and not self._moved:
            self._able = printer.able
        self.wake()

    def wake(self) -> None:
        """Jobs or settings may have changed."""
        self._waked.set()
        if self._wire is not None:
            self._wire.wake()

    def stop(self) -> None:
        """Take no more jobs; one under way gets `Pace.grace` seconds for its answer, then it is unknown."""
        self._stopping = True
        self.wake()

    async def run(self) -> None:
        """Serve until stopped. What goes wrong with this printer stays with this printer."""
        while not self._stopping:
            pause_s = 0.0
            try:
                await self._serve()
            except (OSError, LinkLost) as error:
                pause_s = await self._away(error)
            except DatabaseError as error:
                self._not_written(error)
                pause_s = self._world.pace.again
            except Exception as error:
                told: dict[str, object] = {"printer": self.name, "error": f"{type(error).__name__}: {error}"[:300]}
                self._world.log("printer.fault", told)
                pause_s = self._world.pace.dials[-1]
            await self._rest(pause_s)

    # One connection.

    async def _serve(self) -> None:
        """Open, look, print, until the connection ends. Raises OSError when it can not be opened."""
        if self._moved:
            self._adopt()
        await self._settle_lost_begin()
        door = self._world.door(self._address.transport)
        self._is_shared, self._is_brief = door is not None, door is not None or self._is_file
        if self._is_brief and not self._is_look_due() and await self._turn() is None:
            return
        wire = self._wire = await self._open(door)
        talk = Talk(wire, self._world.monotonic, self._world.pace, full=self._full)
        try:
            await self._greet(talk)
            self._tries = 0
            while not (self._stopping or wire.ended or self._moved):
                if not await self._round(talk):
                    return
            self._was_away = wire.ended
        finally:
            self._wire = None
            wire.close()

    def _is_look_due(self) -> bool:
        return self._is_shared and self._world.monotonic() >= self._look_s

    async def _open(self, door: Path | None) -> Wire:
        dialling = asyncio.ensure_future(Wire.open(self._address.transport, self._world.ports, door))
        try:
            done, _ = await asyncio.wait((dialling,), timeout=self._world.pace.absent)
            if not done and door is None:  # behind a door a till may have its turn
                self._world.board.change(self.name, link="down")
            return await dialling
        finally:
            dialling.cancel()

    async def _greet(self, talk: Talk) -> None:
        """The first look. A printer that was known to talk and says nothing is as good as away.

        One that never said anything is not asked again on every connection: its jobs would wait for nothing.
        """
        if self._speaks and not self._is_mute:
            await talk.greet(asb=self._asb and not self._is_shared)
            self._look_s = self._world.monotonic() + self._world.pace.shared_look
        if talk.wire.ended:
            raise LinkLost(talk.wire.reason)
        if not talk.talks and self._able in (Evidence.A, Evidence.B):
            raise LinkLost("silent")
        self._is_mute = not talk.talks
        await self._look_at_port(talk)
        self._show(talk)
        if self._able is Evidence.A and self._was_away:
            await self._world.db.write(service.power_on, self._world.shop, self.name)
        self._was_away = False

    async def _round(self, talk: Talk) -> bool:
        """One job, or a moment of watching; False where this connection shall end."""
        await self._late(talk.late())
        if not talk.trouble:
            await self._when_well(talk)
        job = None if self._printer.held else await self._turn()
        if job is not None:
            return await self._print(talk, job) and not self._is_brief
        if self._is_brief:
            return False
        await self._idle(talk)
        return True

    async def _when_well(self, talk: Talk) -> None:
        """What is done once a printer is found ready: learn its class, settle a doubt, let its jobs go on."""
        if self._able is None or self._world.monotonic() >= self._probe_s:
            await self._probe(talk)
        if self._doubt is not None:
            await self._settle_doubt(talk, self._doubt)
        if self._blocked:
            await self._world.db.write(service.ready, self._world.shop, self.name, self._world.now_ms)
            self._blocked = False

    async def _probe(self, talk: Talk) -> None:
        """Learn the class. That a printer which talks can prove nothing is not kept: it may have been busy just now."""
        able = await talk.probe()
        if talk.wire.ended:
            raise LinkLost(talk.wire.reason)
        self._able = able
        in_doubt = able is Evidence.C and talk.talks
        self._probe_s = self._world.monotonic() + self._world.pace.probe if in_doubt else float("inf")
        if not in_doubt:
            await self._world.db.write(printers.learned, self._world.shop, self.name, able, {}, self._world.now_ms)

    async def _idle(self, talk: Talk) -> None:
        """Watch until a job may have come, the printer's trouble changed, or it is time to look again."""
        until_s = self._world.monotonic() + self._world.pace.look
        trouble = talk.trouble
        while not (self._waked.is_set() or talk.wire.ended) and talk.trouble == trouble:
            if self._world.monotonic() >= until_s:
                return
            if talk.talks:
                await talk.listen(until_s)
            else:
                await talk.wire.wait(until_s - self._world.monotonic())
                talk.hear()
                await self._look_at_port(talk)
            self._show(talk)
            if talk.silent_s >= self._world.pace.hang_up:
                raise LinkLost("silent")
        self._waked.clear()

    # One job.

    async def _turn(self) -> Job | None:
        if self._stopping:
            return None
        return await self._world.db.read(service.next_for, self._world.shop, self.name, self._world.now_ms)

    async def _print(self, talk: Talk, job: Job) -> bool:
        """Print one job, as far as it gets; True while the connection is good for another."""
        data = await self._pressed(job)
        if data is None:
            return True
        if talk.talks:
            await talk.look()
        await self._look_at_port(talk)
        self._show(talk)
        if talk.wire.ended:
            return False
        if talk.trouble:
            self._blocked = True
            await self._note(job, [Heard(Event.PREFLIGHT_BAD, reason=talk.trouble)])
            return True
        able = self._able or Evidence.C
        cuts = await talk.cuts() if able is Evidence.A and not self._is_shared else None
        begun = await self._world.db.write(service.begin, self._world.shop, job.id, able, self._world.now_ms)
        if not isinstance(begun, Begun):
            return True
        return await self._attempt(talk, begun.job, data, able, cuts)

    async def _pressed(self, job: Job) -> bytes | None:
        """The paper's bytes; a job that can not be made is refused, and the queue goes on."""
        payload = await self._world.db.read(service.payload, self._world.shop, job.id)
        assert not isinstance(payload, Refusal)
        made = await self._world.press(Wanted(payload, job.copy, self._printer.address))
        if isinstance(made, Pressed):
            return made.data
        said = " ".join(str(value) for value in made.values.values())
        await self._note(job, [Heard(Event.PREFLIGHT_BAD, reason=f"{REFUSED}: {made.code} {said}".strip())])
        return None

    async def _attempt(self, talk: Talk, job: Job, data: bytes, able: Evidence, cuts: int | None) -> bool:
        assert job.pid is not None
        self._touched = job.pid
        self._world.board.change(self.name, busy=True)
        attempt = Attempt(job.pid, able, data, talk.watch, self._world.monotonic(), self._world.waits, talks=talk.talks)
        try:
            state = await self._drive(talk, attempt, job)
        finally:
            self._world.board.change(self.name, busy=False)
        self._doubt = _Doubt(job, data, cuts) if state is State.UNKNOWN and cuts is not None else None
        self._unproven = self._unproven + 1 if state is State.UNKNOWN and not talk.wire.ended else 0
        if self._unproven >= UNPROVEN_MAX:
            self._able = None
        return state is State.PRINTED or (able is Evidence.A and state in (State.UNKNOWN, *IN_FLIGHT))

    async def _drive(self, talk: Talk, attempt: Attempt, job: Job) -> State:
        """Run an attempt to its end; give the job's state then."""
        wire, state, stop_s = talk.wire, job.state, float("inf")
        if wire.ended:
            attempt.lost(clean=False, reason=wire.reason)
        while not attempt.over:
            now_s = self._world.monotonic()
            _move(wire, attempt, now_s)
            state = await self._tell(attempt, job, state)
            if attempt.closing:
                linger_s = self._world.waits.farewell if talk.talks else 0.0
                attempt.lost(clean=await wire.finish(linger_s, self._world.waits.stuck), reason=wire.reason)
                continue
            await wire.wait(attempt.next_s(now_s) - now_s)
            now_s = self._world.monotonic()
            attempt.feed(wire.take(), now_s)
            self._show(talk)
            if wire.ended:
                attempt.lost(clean=False, reason=wire.reason)
            if self._stopping:
                stop_s = min(stop_s, now_s + self._world.pace.grace)
            if now_s >= stop_s:
                attempt.lost(clean=False, reason="the program ended")
            if attempt.stopped and self._waked.is_set():
                await self._look_at_job(attempt, job)
        return await self._tell(attempt, job, state)

    async def _look_at_job(self, attempt: Attempt, job: Job) -> None:
        """While a stopped printer is waited for, a deadline may end the job."""
        self._waked.clear()
        found = await self._world.db.read(service.get, self._world.shop, job.id)
        if isinstance(found, Job) and (found.state not in IN_FLIGHT or found.pid != job.pid):
            attempt.give_up()

    async def _tell(self, attempt: Attempt, job: Job, state: State) -> State:
        """Note what an attempt told; give the job's state after it."""
        others, attempt.others = attempt.others, []
        await self._late(others)
        return await self._note(job, attempt.heard()) or state

    async def _note(self, job: Job, heard: Sequence[Heard]) -> State | None:
        """Write events until they are written: what was seen is not forgotten because a disk is full."""
        while heard:
            try:
                noted = await self._world.db.write(
                    service.note_all, self._world.shop, job.id, heard, self._world.now_ms
                )
            except DatabaseError as error:
                self._not_written(error)
                await asyncio.sleep(self._world.pace.again)
                continue
            last = noted[-1]
            return None if isinstance(last, Refusal) else last.job.state
        return None

    async def _late(self, pids: Sequence[bytes]) -> None:
        for pid in pids:
            await self._world.db.write(service.answered, self._world.shop, self.name, pid, self._world.now_ms)

    # What is left of earlier attempts.

    async def _settle_doubt(self, talk: Talk, doubt: _Doubt) -> None:
        """An unknown job by whose cuts the counter has risen, exactly, was printed to its last cut."""
        self._doubt = None
        wanted = cuts_of(doubt.data)
        after = await talk.cuts() if wanted else None
        if after is not None and after - doubt.cuts_before == wanted:
            reason = f"cuts {doubt.cuts_before} to {after}"
            await self._note(doubt.job, [Heard(Event.COUNTER_ROSE, doubt.job.pid, reason=reason)])

    async def _settle_lost_begin(self) -> None:
        """A begin whose answer was lost on the way: not a byte of it was sent, unless it was us who sent it."""
        job = await self._world.db.read(service.holding, self._world.shop, self.name)
        if job is None:
            return
        untouched = [Heard(Event.ZERO_BYTES, job.pid)] if job.pid != self._touched else []
        await self._note(job, [*untouched, Heard(Event.TIME_OUT, job.pid, reason="nothing is known of it")])

    # The printer is away.

    async def _away(self, error: Exception) -> float:
        """Say so, block the head of its queue; give the pause before the next dial."""
        self._was_away, self._is_mute = True, False
        self._world.board.change(self.name, link="down")
        await self._block(f"away: {error}")
        dials = self._world.pace.dials
        self._tries += 1
        return dials[min(self._tries, len(dials)) - 1]

    async def _block(self, reason: str) -> None:
        with contextlib.suppress(DatabaseError):
            job = await self._turn()
            if job is not None:
                self._blocked = True
                await self._note(job, [Heard(Event.PREFLIGHT_BAD, reason=reason)])

    async def _rest(self, seconds: float) -> None:
        """Wait; a job that comes meanwhile to an absent printer is blocked at once, not at the next dial."""
        if not seconds and self._is_brief:
            pace, looks = self._world.pace, self._is_shared and self._speaks and not self._is_mute
            await self._wait(pace.shared_look if looks else pace.look)
            return
        until_s = self._world.monotonic() + seconds
        while not (self._stopping or self._moved) and (left_s := until_s - self._world.monotonic()) > 0:
            if await self._wait(left_s):
                await self._block("away")

    async def _wait(self, seconds: float) -> bool:
        """Wait to be waked, at most so long; True when it was."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._waked.wait()
        waked = self._waked.is_set()
        self._waked.clear()
        return waked

    def _not_written(self, error: DatabaseError) -> None:
        self._world.log("printer.not_written", {"printer": self.name, "error": str(error)[:200]})

    async def _look_at_port(self, talk: Talk) -> None:
        """A printer that says nothing may stand at a port that does: USB and parallel ports know of paper and off-line."""
        if not talk.talks:
            self._port_was_well |= await talk.look_at_port(believed=self._port_was_well)

    def _show(self, talk: Talk) -> None:
        """Tell the board."""
        if talk.silent_s >= self._world.pace.silent:
            self._world.board.change(self.name, link="down")
            return
        seen = talk.watch.condition
        state = {"paper": seen.paper, "cover_open": seen.cover_open, "error": seen.error, "online": seen.online}
        self._world.board.seen(self.name, **state)

    def _adopt(self) -> None:
        """Take what the printer's entry says of its end and its language."""
        address, adapter = parse(self._printer.address), adapter_of(self._printer.address)
        assert not isinstance(address, Refusal)
        assert not isinstance(adapter, Refusal)
        self._moved = self._is_mute = False
        self._address = address
        status = adapter.profile.status
        self._speaks = adapter.language == ESCPOS and status != "none" and address.transport.kind != "file"
        self._asb = status in ("asb", "full")
        self._full = status == "full"
        self._is_file = self._is_brief = address.transport.kind == "file"
        self._able = self._printer.able if self._speaks else Evidence.C


def _move(wire: Wire, attempt: Attempt, now_s: float) -> None:
    """Hand over what is to be written, and say what became of it."""
    wire.write(attempt.out())
    attempt.handed(wire.left, now_s)
    attempt.tick(now_s)
    wire.write(attempt.out())
