"""Holding: the hands of withholding paper. It feeds `kvit.relay.hold` what happens on a line and does what that says.

* What a withheld till sends is in the capture, handed to the kernel, before it is answered; a finished printout is also
  synced to the disk, in a thread, while it waits.
* Paper of a till leaves by the till's own turn at the printer (`kvit.relay.turns`), also when the till itself has gone, and
  the turn is given back when it is out. A note in the capture says that it begins, before its first byte, and that it is
  out, once the printer's connection has taken the last.
* ``held`` beside the segments says from where on the capture is needed to release what is withheld: nothing behind it is
  deleted (`kvit.relay.capture`).
* While nobody owns the printer and a till asks how it is, the printer is asked, once a second at most. Its answers are
  never a till's: they are taken out of what it says.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final

import msgspec

from kvit.escpos import load_profile
from kvit.escpos.parser import Parser
from kvit.refusal import Refusal
from kvit.relay import capture, notes
from kvit.relay.answers import Answers, Recorded
from kvit.relay.capture import Record
from kvit.relay.effects import Answer, Effect, Finished, Note, Paper, Sound, Turned
from kvit.relay.hold import Hold
from kvit.relay.link import Link
from kvit.relay.pump import Pump
from kvit.relay.settings import LineSettings
from kvit.relay.till import Job, Till
from kvit.relay.turns import FEW_BYTES

UNNAMED: Final = "unknown"
"""The profile of a line nobody named a printer for: the shop's reading takes the same."""
SOUND_S: Final = 1.0
SOUNDING: Final = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
"""As many questions of the moment as a printer takes before it must be waited for."""
SOUNDINGS_MISSED_MAX: Final = 3
"""A printer that answered none of so many soundings is asked no more."""
SENT_LOOK_S: Final = 0.02
"""How often it is looked whether a busy printer has taken a paper."""
FAILED_S: Final = 60.0
"""So long after the capture could not be written nothing is withheld."""
STOP_S: Final = 2.0
"""What is withheld has so long to come out when the line is stopped; the rest does at the next start."""
RECORDED: Final = "answers.json"


class Holding:
    """One line's withheld paper."""

    def __init__(self, pump: Pump, settings: LineSettings, sync: Callable[[int], None] = os.fsync) -> None:
        self._pump, self._settings, self._sync = pump, settings, sync
        self._writer = pump.writer
        self._loop = asyncio.get_running_loop()
        self._folder = pump.writer.folder
        self._answers = Answers(load_profile(settings.profile or UNNAMED), _load(self._folder / RECORDED))
        self.hold = Hold(settings.name, settings.profile or UNNAMED, settings.hold_s, self._answers)
        self._tills: dict[int, Till] = {}
        self._sending: dict[Till, list[Job]] = {}
        """Handed to the link, and perhaps not to the printer yet."""
        self._todo: deque[Effect] = deque()
        self._running = self._unwritten = False
        self._timer: asyncio.TimerHandle | None = None
        self._floor: int | None = None
        self._owed = 0
        """Answers to soundings that are still to come."""
        self._sounded_s = -SOUND_S
        self._missed = 0
        self._failed_s = 0.0

    @property
    def state(self) -> dict[str, object]:
        """What of it a person asks for."""
        hold = self.hold
        held = [each for each in hold.held() if each.closed]
        left_s = (hold.attended_until_s or 0) - self._writer.now_s
        return {
            "hold_s": hold.hold_s,
            "holding": hold.attended_until_s is not None,
            "attended_until_ms": self._writer.now_ms + int(left_s * 1000) if hold.attended_until_s else 0,
            "held": len(held),
            "held_bytes": hold.held_bytes,
            "released": hold.totals.released,
            "withheld": hold.totals.withheld,
            "reasons": list(hold.totals.whys),
            "trouble": list(self._answers.trouble),
            "answers_recorded": len(self._answers.recorded.answers),
        }

    # What the control socket asks.

    def attend(self, lease_s: float) -> list[notes.Held]:
        """Somebody decides from now on, for so long; give what is withheld."""
        if lease_s > 0:
            self._run(self.hold.attend(self._writer.now_s, lease_s))
        elif self.hold.attended_until_s is not None:
            self._run(self.hold.leave(self._writer.now_s))
        return self.hold.held()

    def route(
        self, offset: int, paper: bool, splices: Sequence[tuple[int, bytes]], length: int | None
    ) -> Refusal | None:
        """Decide about a withheld printout."""
        self._run(self.hold.tick(self._writer.now_s))
        decided = self.hold.route(offset, paper, splices, length)
        if isinstance(decided, Refusal):
            self._run(self.hold.unsaid())
            return decided
        self._run(decided)
        return None

    # What the pump says.

    def record(self, record: Record) -> None:
        """Something was written down."""
        if record.kind == capture.OPEN:
            self._tills.update({till.number: till for till in self._pump.tills if till.number == record.connection})
        self._run(self.hold.take(record))

    def take(self, till: Till, data: bytes) -> None:
        """Bytes of a till that is withheld."""
        self._pump.counters["till_bytes"] += len(data)
        self._unwritten = True
        self._pump.note(capture.TILL, till.number, data)
        self._write()

    def ended(self, till: Till, how: str) -> None:
        """A till that is withheld sends no more: it has all its answers, and is let go."""
        if till.released:
            return
        till.released = True
        self._pump.tills.discard(till)
        self._pump.note(capture.CLOSE, till.number, how.encode())
        if till.link is None and not till.jobs:
            self._pump.let_go(till)
        till.hang_up()

    def given(self, till: Till) -> None:
        """A till has the printer: what was withheld of it goes first."""
        link = till.link
        if link is None or till.is_own:
            return
        while till.jobs:
            job = till.jobs.popleft()
            if job.span is not None:
                self._note_released(till, job, done=False)
            self._sending.setdefault(till, []).append(job)
            link.send(job.data)
        if till in self._sending:
            self._look(till)
        elif till.withheld:
            self._pump.let_go(till)

    def said(self, data: bytes, till: Till | None) -> bytes:
        """The printer speaks: take out what it answers to soundings, hear what no till is told; give the rest."""
        mine = bytearray()
        if self._owed:
            rest = bytearray()
            for byte in data:
                owed = self._owed > 0 and byte & 0x93 == 0x12
                (mine if owed else rest).append(byte)
                self._owed -= owed
            self._missed = 0 if mine else self._missed
            if till is not None and not till.withheld:
                self._run(self.hold.printer(bytes(mine), self._writer.now_s))
                return bytes(rest)
        if till is None or till.withheld:
            self._run(self.hold.printer(data, self._writer.now_s))
        return data

    def reached(self, reached: bool) -> None:
        """The printer is there, or can not be reached."""
        self._owed = 0
        self._run(self.hold.reached(reached))

    def flushed(self) -> None:
        """The capture was written."""
        if self._writer.failing:
            self._fail()

    def tick(self) -> None:
        """Twice a second: what nobody waits for."""
        if self.hold.failed and self._loop.time() - self._failed_s > FAILED_S:
            self.hold.failed = False
        self._run(self.hold.renew(self._writer.base))
        self._mark()
        if self._answers.news:
            self._answers.news = False
            _save(self._folder / RECORDED, self._answers.recorded)
        for till in list(self._tills.values()):
            if till.jobs and till.released and self._loop.time() - till.jobs[0].since_s > self._settings.wait_s:
                self._give_up(till)

    async def stop(self) -> None:
        """Let everything out; what the printer does not take in time comes out at the next start."""
        self._run(self.hold.leave(self._writer.now_s, "stop"))
        until_s = self._loop.time() + STOP_S
        while self._busy and self._loop.time() < until_s:  # noqa: ASYNC110 - the printer's buffer has no event
            await asyncio.sleep(SENT_LOOK_S)
        if self._timer is not None:
            self._timer.cancel()
        self._mark()

    # Inside.

    @property
    def _busy(self) -> bool:
        return bool(self._sending) or any(till.jobs for till in self._tills.values())

    def _run(self, effects: Sequence[Effect]) -> None:
        self._todo.extend(effects)
        if self._running:
            return
        self._running = True
        try:
            while self._todo:
                self._do(self._todo.popleft())
        finally:
            self._running = False
        self._write()
        if self.hold.fresh:
            self.hold.fresh = False
            self._settle_on_disk()
        self._arm()

    def _do(self, effect: Effect) -> None:
        if isinstance(effect, Note):
            self._note(effect)
            return
        self._write()
        if isinstance(effect, Answer):
            self._answer(effect)
        elif isinstance(effect, Paper):
            self._paper(effect)
        elif isinstance(effect, Turned):
            self._turn(effect)
        elif isinstance(effect, Sound):
            self._sound()
        elif isinstance(effect, Finished):
            self._forget(effect.connection)

    def _note(self, note: Note) -> None:
        self._unwritten = True
        record = self._writer.record(note.kind, note.connection, note.data)[0]
        if note.kind == capture.HELD:
            self.hold.noted(note.connection, record.offset)
            if self._floor is None:
                self._write_floor(record.offset)

    def _write(self) -> None:
        """Hand the capture to the kernel before anything else happens."""
        if self._unwritten:
            self._unwritten = False
            if not self._flush():
                self._fail()

    def _flush(self) -> bool:
        written = self._writer.flush()
        self._pump.wake()
        return written

    def _fail(self) -> None:
        """Nothing is withheld that could be lost: the disk does not take it."""
        self._failed_s = self._loop.time()
        if not self.hold.failed:
            self._run(self.hold.fail(self._writer.now_s))

    def _answer(self, effect: Answer) -> None:
        till = self._tills.get(effect.connection)
        if till is not None:
            till.answer(effect.data)
            self._pump.note(capture.PRINTER, effect.connection, effect.data)

    def _paper(self, effect: Paper) -> None:
        till = self._tills[effect.connection]
        till.jobs.append(Job(effect.data, effect.span, self._loop.time()))
        if till.link is not None:
            self.given(till)
        else:
            self._pump.ask_for_link(till, max(FEW_BYTES, len(effect.data)))

    def _turn(self, effect: Turned) -> None:
        till = self._tills.get(effect.connection)
        if till is None:
            return
        till.withheld = effect.held
        if not effect.held:
            return
        said, till.held = till.held, []
        if till not in self._sending and not till.jobs:
            self._pump.let_go(till)
        till.resume()
        for data in said:
            self._pump.from_till(till, data)

    def _look(self, till: Till) -> None:
        """Is the paper out of our hands? Then the printer is the next one's."""
        link: Link | None = till.link
        if link is not None and not link.empty:
            self._loop.call_later(SENT_LOOK_S, self._look, till)
            return
        for job in self._sending.pop(till, []):
            if job.span is not None:
                self._note_released(till, job, done=True)
        if till.jobs:
            self.given(till)
        elif till.withheld:
            self._pump.let_go(till)
            self._forget(till.number)

    def _note_released(self, till: Till, job: Job, *, done: bool) -> None:
        assert job.span is not None
        said = notes.encode(notes.Released(job.span.offset, job.span.bytes, done))
        self._writer.record(capture.RELEASED, till.number, said)
        if not self._flush():
            self._fail()

    def _forget(self, connection: int) -> None:
        till = self._tills.get(connection)
        if till is None or till.jobs or till in self._sending or self.hold.knows(connection):
            return
        if till.released or till.gone:
            del self._tills[connection]

    def _give_up(self, till: Till) -> None:
        """The printer did not come for the paper of a till that has long gone."""
        count = sum(len(job.data) for job in till.jobs)
        for job in till.jobs:
            if job.span is not None:
                self._note_released(till, job, done=True)
        till.jobs.clear()
        self._pump.note(capture.UNDELIVERED, till.number, str(count).encode())
        self._pump.counters["undelivered_bytes"] += count
        self._pump.let_go(till)
        self._forget(till.number)

    def _sound(self) -> None:
        """Ask the printer how it is, where that disturbs nobody."""
        link = self._pump.idle_link
        now_s = self._loop.time()
        if link is None or now_s - self._sounded_s < SOUND_S or self._missed >= SOUNDINGS_MISSED_MAX:
            return
        if self._settings.printer.startswith("file:"):
            return
        self._sounded_s, self._owed = now_s, 4
        self._missed += 1
        for command in Parser("epson").feed(SOUNDING):
            self.hold.asked(command)
        link.send(SOUNDING)
        self._pump.keep_for_now(link)

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline_s = self.hold.deadline_s
        if deadline_s is not None:
            self._timer = self._loop.call_later(max(0.001, deadline_s - self._writer.now_s), self._due)

    def _due(self) -> None:
        self._timer = None
        self._run(self.hold.tick(self._writer.now_s))

    def _settle_on_disk(self) -> None:
        """A printout waits: a power cut must not take it. Nobody waits for the disk."""
        file = self._writer.lend()
        if file >= 0:
            self._loop.run_in_executor(None, _synced, file, self._sync)

    def _mark(self) -> None:
        """Say from where on the capture is needed; seldom, for it only matters once that segment could go."""
        lows = [low for low in (self.hold.lowest, self._lowest_job) if low is not None]
        if not lows:
            if self._floor is not None:
                capture.drop_floor(self._folder)
                self._floor = None
        elif self._floor is None or (min(lows) >= self._writer.base > self._floor):
            self._write_floor(min(lows))

    @property
    def _lowest_job(self) -> int | None:
        jobs = [job for till in self._tills.values() for job in till.jobs]
        jobs += [job for sent in self._sending.values() for job in sent]
        return min((job.span.low for job in jobs if job.span is not None), default=None)

    def _write_floor(self, offset: int) -> None:
        try:
            capture.write_floor(self._folder, offset)
            self._floor = offset
        except OSError:
            self._fail()


def _synced(file: int, sync: Callable[[int], None]) -> None:
    with contextlib.suppress(OSError):
        sync(file)
    os.close(file)


def _load(path: Path) -> Recorded | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Recorded)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return None


def _save(path: Path, recorded: Recorded) -> None:
    fresh = path.with_suffix(".new")
    try:
        fresh.write_bytes(msgspec.json.encode(recorded))
        fresh.replace(path)
    except OSError:
        return  # heard again another time
