"""Dealing with one printer: what its next poll is answered, and which attempt a result is about. Pure.

A printer gets one thing at a time: a job; a question after a job it has spooled; or a probe, a print of nothing. The probe
does what a preflight does on a wire: it is answered with the printer's state, and nothing comes out. It goes before the
first job, where nothing is known of the printer since the program started, and again while the printer is in trouble and
does not say by itself (status notification) that it is well. The first probe also finds the version: a printer drops an
answer it does not know without a word, so 3.00, 2.00 and 1.00 are tried in turn, and only the print of nothing is at risk.
A printer that answers no probe at all is given jobs all the same, in 2.00, and in 1.00 after one nobody heard of.

Results name their job from version 2.00 on. A result without a name is about what was last handed over; where an earlier
job, handed over in the same version, ended without a word, the two can not be told apart, and it is evidence for neither.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import Final

from kvit.device.cloud.sdp.request import NAMED, TIMEOUT_MS, VERSIONS
from kvit.device.cloud.sdp.response import Report, Result
from kvit.device.cloud.sdp.status import told_by_printer
from kvit.device.cloud.sdp.verdict import End, Verdict, of_refused, of_result

ASSUMED: Final = ("2.00", "1.00")
"""In turn, of a printer that has answered nothing yet: 2.00 is taken by everything since TM-i firmware 4.1."""
POLLS_A_PROBE: Final = 2
"""Polls without an answer after which the next version is tried: one may have been under way."""
PROBE_S: Final = 15.0
"""Between two looks at a printer in trouble."""
RESULT_S: Final = TIMEOUT_MS / 1000 + 30
"""For the result of a job: what the printer may try, and a slow line."""
QUESTION_S: Final = 3.0
"""Between two questions after one job."""
SPOOLED_S: Final = 300.0
"""For a spooled job to come out of a printer that tells of no trouble."""
PATIENCE_S: Final = 900.0
"""The same of one in trouble: its spooler waits for a roll as long as somebody needs to bring one."""
DOUBT_S: Final = 900.0
"""So long a result without a name may still be about a job given up before."""
RETRY_S: Final = {"busy": 5.0, "full": 10.0}
"""How soon what was not taken is offered again; for reasons a person has to see to, `RETRY_LATER_S`."""
RETRY_LATER_S: Final = 60.0
INTERVALS_MISSED: Final = 2
INTERVAL_S: Final = 30.0
"""Where two polls have not come yet; printers are set to 1 to 600 s, 5 as a rule."""
INTERVAL_S_MAX: Final = 600.0
GRACE_S: Final = 5.0


class What(enum.Enum):
    """What a poll is answered."""

    NOTHING = "nothing"
    JOB = "job"
    QUESTION = "question"
    PROBE = "probe"


@dataclass(slots=True)
class Flight:
    """An attempt the printer was given."""

    id: str
    pid: bytes
    name: str
    since_s: float
    version: str
    spooled: bool = False
    stopped: str = ""
    """Why the printer holds it in its spooler, as last told to the spool."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One result: which attempt it is about (None: none we know of; ``name`` may tell), and what it means."""

    flight: Flight | None
    verdict: Verdict
    name: str = ""
    status: int = 0


@dataclass(slots=True)
class Dealing:
    """What is going on with one printer. Times are seconds of one monotonic clock."""

    version: str = ""
    """Proven by an answer, now or at an earlier start; empty: not known."""
    spooler: bool | None = None
    """What the last results say of the printer's own spooler; None: nothing."""
    flight: Flight | None = None
    last: What = What.NOTHING
    """What it was given last and has not answered."""
    greeted: bool = False
    """It has answered a probe since the program started, or never will."""
    probes: bool = True
    """It answers probes, as far as is known."""
    notifies: bool = False
    """It says by itself how it is."""
    blocked: bool = True
    """Jobs may stand blocked before it; so they may at the start."""
    retry_s: float = 0.0
    interval_s: float = INTERVAL_S
    heard_s: float = 0.0
    _ladder: list[str] = field(default_factory=list)
    _unanswered: int = 0
    _guess: int = 0
    _gone: Flight | None = None
    """The last attempt given up without a word."""
    _doubts: dict[str, float] = field(default_factory=dict)
    """By version, until when a result without a name may be about an attempt given up."""
    _asked_s: float = float("-inf")
    _probed_s: float = float("-inf")

    def polled(self, now_s: float) -> None:
        """A poll has come in: learn how often they come."""
        if self.heard_s and self.flight is None and self.last is What.NOTHING:
            self.interval_s = min(max(now_s - self.heard_s, 1.0), INTERVAL_S_MAX)
        self.heard_s = now_s

    def is_away(self, now_s: float) -> bool:
        """Say whether polls stay away; a printer that prints may not poll."""
        busy_s = RESULT_S if self.flight is not None else 0.0
        return self.heard_s > 0 and now_s - self.heard_s > INTERVALS_MISSED * self.interval_s + GRACE_S + busy_s

    def move(self, now_s: float, *, waiting: bool, trouble: str) -> What:
        """Say what the poll that has come in is answered. ``trouble``: the board's word on the printer."""
        if self.flight is not None:
            return self._after_flight(self.flight, now_s)
        if not self.greeted:
            return self._greet()
        if trouble and (waiting or self.blocked) and (self.probes or self.notifies):
            return What.PROBE if self.probes and now_s - self._probed_s >= PROBE_S else What.NOTHING
        return What.JOB if waiting and now_s >= self.retry_s else What.NOTHING

    def _after_flight(self, flight: Flight, now_s: float) -> What:
        """Only a job the printer itself said it spooled is asked after: without a spooler the question always succeeds."""
        asks = flight.spooled and self.speaks in NAMED and now_s - self._asked_s >= QUESTION_S
        return What.QUESTION if asks else What.NOTHING

    def _greet(self) -> What:
        if self.last is What.PROBE:
            self._unanswered += 1
            if self._unanswered < POLLS_A_PROBE:
                return What.NOTHING
            self._ladder.pop(0)
        elif not self._ladder:
            newest_first = sorted(VERSIONS, key=lambda version: (version == self.version, version), reverse=True)
            self._ladder = newest_first
        self._unanswered = 0
        if self._ladder:
            return What.PROBE
        self.greeted, self.probes, self.last = True, False, What.NOTHING
        return What.NOTHING

    @property
    def speaks(self) -> str:
        """The version to write for this printer now."""
        return self._ladder[0] if self._ladder else self.version or ASSUMED[self._guess % len(ASSUMED)]

    def gave(self, what: What, now_s: float, flight: Flight | None = None) -> None:
        """The poll was answered so; ``flight``: the attempt of a job."""
        if what is What.NOTHING:
            return
        self.last = what
        if what is What.JOB:
            self.flight = flight
        elif what is What.PROBE:
            self._probed_s = now_s
        else:
            self._asked_s = now_s

    def overdue(self, now_s: float, trouble: str) -> Flight | None:
        """Give up the attempt that nobody heard of for too long; the caller says so to the spool."""
        flight = self.flight
        if flight is None:
            return None
        limit_s = (PATIENCE_S if trouble else SPOOLED_S) if flight.spooled else RESULT_S
        if now_s - flight.since_s <= limit_s:
            return None
        self._gone = None if self._doubtful(flight.version, now_s) else flight
        self.flight, self._doubts[flight.version] = None, now_s + DOUBT_S
        self._guess += not self.version
        return flight

    def _doubtful(self, version: str, now_s: float) -> bool:
        return now_s < self._doubts.get(version, float("-inf"))

    def judge(self, report: Report, now_s: float) -> list[Judged]:
        """Say what each result of a report is about and means; the attempt that ended is not in flight any more."""
        last, self.last = self.last, What.NOTHING
        if report.refused:
            return self._refused(report, last)
        versions = {report.version} | ({self.flight.version} if self.flight is not None else set())
        doubtful = any(self._doubtful(version, now_s) for version in versions)
        return [self._judged(result, last, doubtful) for result in report.results]

    def _refused(self, report: Report, last: What) -> list[Judged]:
        """The XML was not taken: it is about what was handed over last. Of a probe: it was heard, that is enough."""
        if last is What.PROBE or self.flight is None:
            self._answered(report.version)
            return []
        verdict = of_refused(report) if last is What.JOB else Verdict(End.LOST, report.summary[:40])
        return [self._ended(self.flight, verdict)]

    def _judged(self, result: Result, last: What, doubtful: bool) -> Judged:
        flight = self.flight
        if flight is not None and result.name == flight.name:
            return self._of_flight(flight, result, asked=last is What.QUESTION)
        if last is What.PROBE and flight is None:
            self._answered(self.speaks)
            return Judged(None, Verdict(End.PRINTED if result.success else End.LOST, result.code), "", result.status)
        if result.name or (flight is None and self._gone is None):
            return Judged(None, of_result(result), result.name, result.status)
        if flight is None:
            gone, self._gone = self._gone, None
            return Judged(gone, of_result(result), "", result.status)
        if doubtful:
            return self._ended(flight, Verdict(End.LOST, "two results without a name"), result.status)
        return self._of_flight(flight, result, asked=last is What.QUESTION)

    def _of_flight(self, flight: Flight, result: Result, *, asked: bool) -> Judged:
        self.version = self.version or self.speaks
        verdict = of_result(result, asked=asked and flight.spooled)
        if verdict.end in (End.SPOOLED, End.GOING):
            flight.spooled = self.spooler = True
            if self.speaks not in NAMED:
                return self._ended(flight, Verdict(End.LOST, "spooled"), result.status)
            return Judged(flight, verdict, "", result.status)
        if verdict.end is End.PRINTED and not asked and told_by_printer(result.status):
            self.spooler = False
        return self._ended(flight, verdict, result.status)

    def _ended(self, flight: Flight, verdict: Verdict, status: int = 0) -> Judged:
        self.flight = self._gone = None
        return Judged(flight, verdict, "", status)

    def _answered(self, version: str) -> None:
        """It has answered a probe: it knows the version that was written."""
        self.probes = True
        if not self.greeted:
            self.version, self._ladder, self.greeted = version if version in VERSIONS else self.speaks, [], True

    def not_taken(self, reason: str, now_s: float) -> None:
        """What was offered was not taken: when to offer it again."""
        self.blocked, self.retry_s = True, now_s + RETRY_S.get(reason, RETRY_LATER_S)
