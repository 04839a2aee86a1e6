"""Holding: the hands of withholding paper. It feeds `kvit.relay.hold` what happens on a line and does what that says.

* What a withheld till sends is in the capture, handed to the kernel, before it is answered; a finished printout is also
  synced to the disk, in a thread, while it waits.
* Paper of a till leaves by the till's own turn at the printer (`kvit.relay.turns`), also when the till itself has gone, and
  the turn is given back when it is out. A note in the capture says that it begins, before its first byte, and that it is
  out, once the printer's connection has taken the last.
* ``held`` beside the segments says from where on the capture is needed to release what is withheld: nothing behind it is
  deleted (`kvit.relay.capture`).
* While nobody owns the printer and a till asks how it is, the printer is asked (`kvit.relay.sounding`).
"""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Final

from kvit.escpos import load_profile
from kvit.escpos.parser import Parser
from kvit.refusal import Refusal
from kvit.relay import capture, leftover, notes, recorder
from kvit.relay.answers import Answers
from kvit.relay.beside import Forwards
from kvit.relay.capture import Record
from kvit.relay.effects import Answer, Effect, Finished, Note, Paper, Sound, Turned
from kvit.relay.hold import Hold
from kvit.relay.link import Link
from kvit.relay.settings import LineSettings
from kvit.relay.sounding import QUESTIONS, Soundings
from kvit.relay.till import Job, Till
from kvit.relay.turns import FEW_BYTES

UNNAMED: Final = "unknown"
"""The profile of a line nobody named a printer for: the shop's reading takes the same."""
SENT_LOOK_S: Final = 0.02
"""How often it is looked whether a busy printer has taken a paper."""
FAILED_S: Final = 60.0
"""So long after the capture could not be written nothing is withheld."""
STOP_S: Final = 2.0
"""What is withheld has so long to come out when the line is stopped; the rest does at the next start."""
RECORD_AGAIN_S: Final = 60.0
"""How often a printer that did not say everything is asked once more."""


class Holding:
    """One line's withheld paper."""

    def __init__(self, pump: Forwards, settings: LineSettings, sync: Callable[[int], None] = os.fsync) -> None:
        self._pump, self._settings, self._sync = pump, settings, sync
        self._writer = pump.writer
        self._loop = asyncio.get_running_loop()
        self._folder = pump.writer.folder
        self._answers = Answers(load_profile(settings.profile or UNNAMED), recorder.load(self._folder))
        self.hold = Hold(settings.name, settings.profile or UNNAMED, settings.hold_s, self._answers)
        self._tills: dict[int, Till] = {}
        self._sending: dict[Till, list[Job]] = {}
        """Handed to the link, and perhaps not to the printer yet."""
        self._over: set[int] = set()
        """Tills of which nothing more is withheld."""
        self._todo: deque[Effect] = deque()
        self._running = self._unwritten = False
        self._timer: asyncio.TimerHandle | None = None
        self._floor: int | None = None
        self._soundings = Soundings()
        self._failed_s = 0.0
        self._recorder: recorder.Recorder | None = None
        self._record_s = self._loop.time()
        """When the printer is to be asked everything, where that was not done yet."""
        self._release_leftover()

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

    @property
    def idle(self) -> bool:
        """Nothing is on its way to the printer."""
        return not self._busy and (self._recorder is None or self._recorder.over)

    # What the control socket asks.

    def attend(self, lease_s: float, again: bytes = b"") -> list[notes.Held]:
        """Somebody decides from now on, for so long; give what is withheld.

        ``again``: the line above a paper that may be a repetition, laid out for this printer.
        """
        if again and again.hex() != self._answers.recorded.again:
            self._answers.recorded.again, self._answers.news = again.hex(), True
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
        if (link := till.link) is None or till.is_own:
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
        mine, rest = self._soundings.sift(data) if self._soundings.owed else (b"", data)
        if till is not None and not till.withheld:
            if mine:
                self._run(self.hold.printer(mine, self._writer.now_s))
            return rest
        self._run(self.hold.printer(data, self._writer.now_s))
        return data

    def reached(self, reached: bool) -> None:
        """The printer is there, or can not be reached."""
        self._soundings.anew()
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
            recorder.save(self._folder, self._answers.recorded)
        self._record()
        if self.hold.attended_until_s is not None and self._answers.stopped:
            self._sound()  # whether it is over
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

    def record_anew(self) -> None:
        """There is another printer, or it was set differently: ask it everything."""
        self._answers.forget()
        self._record_s = self._loop.time()
        self._record()

    # Inside.

    def _record(self) -> None:
        """Ask the printer everything once, while nobody prints."""
        now_s, hold = self._loop.time(), self.hold
        if not self.idle or self._answers.recorded.whole or now_s < self._record_s or self._soundings.owed:
            return
        if hold.attended_until_s is None or self._pump.idle_link is None or self._is_file:
            return
        self._record_s = now_s + RECORD_AGAIN_S
        self._recorder = recorder.Recorder(self._pump, self._answers, asb=not hold.wants_asb)
        self._recorder.begin()

    @property
    def _is_file(self) -> bool:
        return self._settings.printer.startswith("file:")

    def _release_leftover(self) -> None:
        """What a line process before this one had withheld comes out, by tills that have gone."""
        low = self._floor = capture.read_floor(self._folder)
        if low is None:
            return
        reader, records = capture.Reader(self._folder, low), []
        while found := reader.read():
            records += found
        reader.close()
        writer = self._writer
        boot_ns = writer.now_ms * 1_000_000 - int(writer.now_s * 1e9)
        effects: list[Effect] = []
        for left in leftover.find(records, self._settings.profile or UNNAMED, boot_ns):
            number = left.connection
            if number not in self._tills:
                till = self._tills[number] = Till(self._pump, number, "", lasting=False, network=False)
                till.withheld = till.released = till.ended = till.gone = True
            span = notes.Span(left.offset, left.length, low)
            effects.append(Paper(number, (self._again if left.again else b"") + left.data, span))
        self._loop.call_soon(self._run, [*effects, *map(Finished, self._tills)])

    @property
    def _again(self) -> bytes:
        return bytes.fromhex(self._answers.recorded.again) or leftover.AGAIN

    @property
    def _busy(self) -> bool:
        return bool(self._sending) or any(till.jobs for till in self._tills.values())

    def _run(self, effects: Sequence[Effect]) -> None:
        """Do what is to be done. What is to be written down, and who is withheld, is so at once: the next byte may come
        from within what is done first."""
        for effect in effects:
            if isinstance(effect, Note):
                self._note(effect)
                continue
            if isinstance(effect, Turned) and (till := self._tills.get(effect.connection)) is not None:
                till.withheld = effect.held
            self._todo.append(effect)
        if self._running:
            return
        self._running = True
        try:
            while self._todo:
                self._write()
                effect = self._todo.popleft()
                _DO[type(effect)](self, effect)
        finally:
            self._running = False
        self._write()
        if self.hold.fresh:
            self.hold.fresh = False
            self._settle_on_disk()
        self._arm()

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
        if till.link is None:
            self._pump.ask_for_link(till, max(FEW_BYTES, len(effect.data)))
        elif not (till.withheld and till in self._sending and self._pump.turns.waiting):
            self.given(till)

    def _turn(self, effect: Turned) -> None:
        till = self._tills.get(effect.connection)
        if till is None or not till.withheld:
            return
        said, till.held = till.held, []
        if till not in self._sending and not till.jobs:
            self._pump.let_go(till)
        till.resume()
        for data in said:
            self._pump.from_till(till, data)
        if till.ended:
            self.ended(till, "eof")

    def _look(self, till: Till) -> None:
        """Is the paper out of our hands? Then the printer is the next one's."""
        link: Link | None = till.link
        if link is not None and not link.empty:
            self._loop.call_later(SENT_LOOK_S, self._look, till)
            return
        for job in self._sending.pop(till, []):
            if job.span is not None:
                self._note_released(till, job, done=True)
        if till.withheld:
            self._pump.let_go(till)
            if till.jobs:  # others have waited longer
                self._pump.ask_for_link(till, FEW_BYTES)
        elif till.jobs:
            self.given(till)
        self._forget(till.number)

    def _note_released(self, till: Till, job: Job, *, done: bool) -> None:
        assert job.span is not None
        said = notes.encode(notes.Released(job.span.offset, job.span.bytes, done))
        self._writer.record(capture.RELEASED, till.number, said)
        if not self._flush():
            self._fail()

    def _forget(self, connection: int) -> None:
        till = self._tills.get(connection)
        if till is not None and connection in self._over and not till.jobs and till not in self._sending:
            del self._tills[connection]
            self._over.discard(connection)

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

    def _finished(self, effect: Finished) -> None:
        self._over.add(effect.connection)
        self._forget(effect.connection)

    def _sound(self, _: Sound | None = None) -> None:
        """Ask the printer how it is, where that disturbs nobody."""
        link, now_s = self._pump.idle_link, self._loop.time()
        if link is None or self._is_file or not self._soundings.due(now_s):
            return
        for command in Parser("epson").feed(QUESTIONS):
            self.hold.asked(command)
        link.send(self._soundings.asked(now_s))
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
            self._loop.run_in_executor(None, capture.sync, self._folder, file, self._sync)

    def _mark(self) -> None:
        """Say from where on the capture is needed; seldom, for it only matters once that segment could go."""
        lows = [low for low in (self.hold.lowest, self._lowest_job) if low is not None]
        if not lows and self.hold.attended_until_s is None:
            if self._floor is not None:
                capture.drop_floor(self._folder)
                self._floor = None
            return
        low, base = min(lows, default=self._writer.offset), self._writer.base
        if self._floor is None or low >= base > self._floor:
            self._write_floor(low)

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


_DO: Final[dict[type, Callable[[Holding, Any], None]]] = {
    Answer: Holding._answer,
    Paper: Holding._paper,
    Turned: Holding._turn,
    Sound: Holding._sound,
    Finished: Holding._finished,
}
