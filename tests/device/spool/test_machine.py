"""The whole spool against a world that has paper: random orders, workers, faults, restarts, people who err.

The world knows what came out of each printer. What it tells is true (an ID is answered only of what was printed, absence is
proven only where no byte went), but it tells late, twice, or never, and workers that hung wake up after a restart. Each
check reads the data base anew.
"""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from typing import ClassVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kvit.db import Database
from kvit.device.spool import service
from kvit.device.spool.model import ASK_MS, IN_FLIGHT, Effect, Event, Evidence, Heard, Job, State
from kvit.device.spool.paper import paper
from kvit.device.spool.service import Accepted, Begun, Noted
from kvit.device.spool.store import Filter
from kvit.device.spool.transitions import TABLE
from kvit.paper.document import Pulse
from tests.databases import OpenDatabase
from tests.device.spool.jobs import NOW_MS, SHOP, ordered

PRINTERS = ("front", "bar")
ABLE = {"front": (Evidence.A, Evidence.B), "bar": (Evidence.C, Evidence.A)}
SHOPS = itertools.count()
ANY_TIME = (
    Event.LINK_LOST, Event.TIME_OUT, Event.POWER_CYCLE, Event.PAPER_END, Event.COVER_OPEN, Event.STOPPED, Event.BACK_AGAIN,
)  # fmt: skip
WAYS = ("zero", "zero", "part", "lost", "out", "out")
LATEST = 999
pick = st.integers(0, LATEST)


@dataclass
class Attempt:
    """What a worker holds in its hands, and what the world knows of it."""

    job: Job
    document: bytes
    sent: str = ""
    """``zero part lost`` (all bytes taken, then the printer lost its power) ``out``; empty: not yet."""

    @property
    def truths(self) -> list[Event]:
        """What a worker may say of it without lying."""
        told = list(ANY_TIME)
        if self.sent == "zero":
            told += [Event.ZERO_BYTES] * 9
        if self.sent in ("lost", "out"):
            told += [Event.BYTES_OUT] * 4 + [Event.LINK_CLOSED]
        if self.sent == "out":
            told += [Event.ID_ANSWER, Event.ORDERED_STATUS, Event.COUNTER_ROSE, Event.COMPLETED] * 2
        return told


class Spool(RuleBasedStateMachine):
    """Orders, workers, people and the clock, each step at random."""

    db: ClassVar[Database]

    def __init__(self) -> None:
        super().__init__()
        self.shop = f"{SHOP}/{next(SHOPS)}"
        self.now_ms = NOW_MS
        self.born: set[str] = set()
        self.looked: dict[int, Job] = {}
        self.attempts: list[Attempt] = []
        self.out: set[str] = set()
        self.unmarked: Counter[str] = Counter()
        self.pulses: Counter[str] = Counter()

    def jobs(self) -> list[Job]:
        return self.db.read_now(service.search, self.shop, Filter(), None, 200)

    def some(self, number: int) -> Job:
        jobs = self.jobs()
        return jobs[number % len(jobs)]

    @initialize(rounds=st.lists(st.tuples(st.integers(0, 1), st.sampled_from(WAYS), pick), max_size=8))
    def open(self, rounds: list[tuple[int, str, int]]) -> None:
        """A shop that has worked for a while: else few jobs are begun twice."""
        self.accept(1, "front", 1, 5)
        for able, how, what in rounds:
            self.whole_round("front", able, how, what)

    @rule(
        key=st.integers(1, 4), printer=st.sampled_from(PRINTERS), copies=st.integers(1, 2), priority=st.integers(4, 6)
    )
    def accept(self, key: int, printer: str, copies: int, priority: int) -> None:
        given = ordered(f"sale {key}", printer, copies=copies, priority=priority)
        accepted = self.db.write_now(service.accept, self.shop, given, self.now_ms)
        if isinstance(accepted, Accepted) and accepted.fresh:
            self.born |= {job.id for job in accepted.jobs}

    @rule(worker=st.integers(0, 1), printer=st.sampled_from(PRINTERS))
    def look(self, worker: int, printer: str) -> None:
        job = self.db.read_now(service.next_for, self.shop, printer, self.now_ms)
        if job is not None:
            self.looked[worker] = job

    @rule(worker=st.integers(0, 1), able=st.integers(0, 1))
    def begin(self, worker: int, able: int) -> None:
        """What was looked at may have gone to the other worker meanwhile."""
        job = self.looked.pop(worker, None)
        if job is None:
            return
        begun = self.db.write_now(service.begin, self.shop, job.id, ABLE[job.printer][able], self.now_ms)
        if isinstance(begun, Begun):
            self.attempts.append(Attempt(begun.job, begun.payload.body))

    @rule(which=pick, able=st.integers(0, 1))
    def begin_any(self, which: int, able: int) -> None:
        """A worker that did not ask whose turn it is."""
        self.looked[0] = self.some(which)
        self.begin(0, able)

    @rule(printer=st.sampled_from(PRINTERS), able=st.integers(0, 1), how=st.sampled_from(WAYS), what=pick)
    def whole_round(self, printer: str, able: int, how: str, what: int) -> None:
        self.look(0, printer)
        if 0 in self.looked:
            self.begin(0, able)
        if self.attempts:
            self.send(LATEST, how)
            self.tell(LATEST, what)

    @precondition(lambda self: any(not attempt.sent for attempt in self.attempts))
    @rule(which=pick, how=st.sampled_from(WAYS))
    def send(self, which: int, how: str) -> None:
        waiting = [attempt for attempt in self.attempts if not attempt.sent]
        if not waiting:
            return
        attempt = waiting[-1] if which == LATEST else waiting[which % len(waiting)]
        attempt.sent = how
        job = attempt.job
        if how == "zero":
            return
        self.pulses[job.family] += sum(isinstance(each, Pulse) for each in paper(job, attempt.document).blocks)
        if how == "out":
            self.out.add(job.id)
            self.unmarked[job.family] += job.copy == 1

    @precondition(lambda self: bool(self.attempts))
    @rule(which=pick, what=pick)
    def tell(self, which: int, what: int) -> None:
        """Half the time of the latest attempt, else of any there ever was."""
        attempt = self.attempts[-1] if which % 2 else self.attempts[which % len(self.attempts)]
        event = attempt.truths[what % len(attempt.truths)]
        self.db.write_now(service.note, self.shop, attempt.job.id, Heard(event, attempt.job.pid), self.now_ms)

    @rule(which=pick, what=pick)
    def tell_of_an_attempt_before(self, which: int, what: int) -> None:
        """A worker that hung speaks of a job that was begun again since."""
        latest = {attempt.job.id: attempt for attempt in self.attempts}
        before = [attempt for attempt in self.attempts if attempt is not latest[attempt.job.id]]
        if before:
            attempt = before[which % len(before)]
            heard = Heard(attempt.truths[what % len(attempt.truths)], attempt.job.pid)
            noted = self.db.write_now(service.note, self.shop, attempt.job.id, heard, self.now_ms)
            assert isinstance(noted, Noted)
            assert not noted.changed

    @rule(which=pick, good=st.booleans())
    def preflight(self, which: int, good: bool) -> None:
        event = Event.PREFLIGHT_GOOD if good else Event.PREFLIGHT_BAD
        self.db.write_now(service.note, self.shop, self.some(which).id, Heard(event), self.now_ms)

    @rule()
    def restart(self) -> None:
        self.db.write_now(service.restart, self.shop, self.now_ms)
        assert not any(job.state in IN_FLIGHT for job in self.jobs())

    @rule(which=pick, came_out=st.booleans())
    def answer(self, which: int, came_out: bool) -> None:
        noted = self.db.write_now(service.answer, self.shop, self.some(which).id, came_out, "u7", self.now_ms)
        if isinstance(noted, Noted) and noted.child:
            self.born.add(noted.child.id)

    @rule(which=pick, key=st.integers(1, 9))
    def reprint(self, which: int, key: int) -> None:
        child = self.db.write_now(service.reprint, self.shop, self.some(which).id, f"again {key}", "u7", self.now_ms)
        if isinstance(child, Job):
            self.born.add(child.id)

    @rule(which=pick)
    def cancel(self, which: int) -> None:
        self.db.write_now(service.cancel, self.shop, self.some(which).id, "u7", self.now_ms)

    @rule(which=pick, printer=st.sampled_from(PRINTERS))
    def move(self, which: int, printer: str) -> None:
        self.db.write_now(service.move, self.shop, self.some(which).id, printer, "", self.now_ms)

    @rule(printer=st.sampled_from(PRINTERS))
    def power_on(self, printer: str) -> None:
        self.db.write_now(service.power_on, self.shop, printer)

    @rule(ahead_ms=st.sampled_from([1, ASK_MS, ASK_MS, 4 * 3_600_000]))
    def clock(self, ahead_ms: int) -> None:
        self.now_ms += ahead_ms
        self.db.write_now(service.expire, self.shop, self.now_ms)
        for noted in self.db.write_now(service.unanswered, self.shop, self.now_ms):
            assert noted.child is not None
            self.born.add(noted.child.id)

    @invariant()
    def never_two_in_flight_on_one_printer(self) -> None:
        held = Counter(job.printer for job in self.jobs() if job.state in IN_FLIGHT)
        assert not held or max(held.values()) == 1

    @invariant()
    def never_two_unmarked_originals_nor_two_pulses(self) -> None:
        for counted in (self.unmarked, self.pulses):
            assert all(number <= 1 for number in counted.values())

    @invariant()
    def printed_is_true(self) -> None:
        for job in self.jobs():
            if job.state is State.PRINTED and job.evidence is not Evidence.PERSON:
                assert job.id in self.out

    @invariant()
    def surely_unprinted_is_true(self) -> None:
        """What waits is on no paper, and no byte of it is anywhere."""
        gone = {attempt.job.id for attempt in self.attempts if attempt.sent not in ("", "zero")}
        assert not any(job.state in (State.QUEUED, State.BLOCKED) and job.id in gone for job in self.jobs())

    @invariant()
    def no_job_is_lost(self) -> None:
        assert {job.id for job in self.jobs()} == self.born

    @invariant()
    def no_attempt_has_anothers_id(self) -> None:
        told = [(attempt.job.printer, attempt.job.pid) for attempt in self.attempts]
        assert len(told) == len(set(told))

    @invariant()
    def history_is_a_path(self) -> None:
        copies = 0
        for job in self.jobs():
            lines = self.db.read_now(service.history, self.shop, job.id)
            assert [line.step for line in lines] == list(range(1, job.steps + 1))
            assert (lines[0].event, lines[0].before, lines[0].after) == (Event.ACCEPTED, None, State.QUEUED)
            for before, line in itertools.pairwise(lines):
                assert line.before is before.after
                steps = [step for _, step in TABLE[before.after, line.event]]
                assert (line.after, line.effect) in [(step.state, step.effect) for step in steps]
                if line.after is State.QUEUED and before.after in {*IN_FLIGHT, State.UNKNOWN}:
                    assert line.event is Event.ZERO_BYTES
            assert (lines[-1].after, lines[-1].attempt) == (job.state, job.attempt)
            copies += sum(line.effect is Effect.COPY for line in lines)
        assert copies == sum(job.parent is not None for job in self.jobs())


def test_the_world_and_the_spool_agree(database: OpenDatabase) -> None:
    class Here(Spool):
        db = database("kvit.device.spool")

    many = settings(max_examples=80 if database.kind == "sqlite" else 25, stateful_step_count=50)
    run_state_machine_as_test(Here, settings=many)
