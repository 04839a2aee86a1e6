"""Withholding paper: a line's tills, each passed on as it comes or withheld, and what becomes of what is withheld.

Pure: captured records, the printer's bytes, decisions and time come in; effects come out, in the order in which they are to
happen. It reads the very records the shop reads with the very code (`kvit.relay.reading`), so both find the same printouts
under the same names.

    free ──(attended; nothing in progress, no answer of the printer owed)──► held
    held ──(nobody attends any more, or too much is held)──► all of it to paper ──► free

* Free: bytes have gone to the printer before they come here; only boundaries are followed.
* Held: questions are answered in the printer's name (`kvit.relay.answers`) as their turn comes: what stands before them is
  taken, and that is all a till can know. Drawer, buzzer and customer display go to the printer at once. The rest is kept.
* A finished printout waits for its decision, at most ``hold_s`` from its end; without one it comes out. So does, undecided,
  one in which nothing was printed. What follows a printout without printing (its tail) shares its fate.
* Printouts of one till leave in order, over all its connections: one that is decided waits for those before it.
* Of one that stays away from paper the settings still go to the printer (`kvit.relay.sifting.remains`).
* Tills whose bytes are not ESC/POS are never withheld.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from kvit.escpos import Command, Parser
from kvit.escpos.status import Answer as Said
from kvit.escpos.status_reader import StatusReader
from kvit.refusal import Refusal
from kvit.relay import capture, notes
from kvit.relay.answers import Answers
from kvit.relay.boundary import Amended, Closed
from kvit.relay.capture import Record
from kvit.relay.effects import Answer, Effect, Finished, Note, Paper, Sound, Totals, Turned
from kvit.relay.flow import Flow, Waiting, oldest, till_of
from kvit.relay.sifting import DIALECTS, piece, remains, sort, spliced
from kvit.relay.watch import Watch

HELD_BYTES_MAX: Final = 8 << 20
"""Of one line. More than two rolls of pictures: somebody forgot to decide."""
HELD_COMMANDS_MAX: Final = 200_000
"""The same for tiny commands: what is kept of one takes more than its bytes."""
INSIDE: Final = re.compile(rb"\x10\x04[\x01-\x04]")
DECIDED_MAX: Final = 256
"""Decisions remembered, for who asks again because the answer got lost."""
LEASE_S_MAX: Final = 60.0
"""Whoever attends says so again; a shop that died is missed no longer than this."""


class Hold:
    """One line."""

    def __init__(self, line: str, profile: str, hold_s: float, answers: Answers) -> None:
        self.line, self.hold_s = line, hold_s
        self.answers = answers
        self.totals = Totals()
        self._watch = Watch(line, profile, self)
        self._flows: dict[int, Flow] = {}
        self._effects: list[Effect] = []
        self._decided: dict[int, bool] = {}
        self._number = 0
        self._printer = StatusReader()
        self._obeys_inside = answers.profile.has("answers_realtime_in_payload")
        self._now_s = 0.0
        self.attended_until_s: float | None = None
        self.fresh = False
        """A printout began to wait; for whoever does the effects to take down."""
        self.failed = False
        """The capture can not be written: nothing may be withheld."""

    # What happens.

    def take(self, record: Record) -> list[Effect]:
        """Take the next record of the capture: of a free till what has passed, of a held one what now must go somewhere."""
        self._now_s = record.monotonic_ns / 1e9
        self._watch.take(record)
        flow = self._flows.get(record.connection)
        if record.kind == capture.OPEN and flow is None:
            flow = self._flows[record.connection] = Flow(record.connection, till_of(record.data))
        if flow is not None:
            if record.kind == capture.TILL and not flow.held:
                flow.out = self._watch.received(flow.number)
            if record.kind == capture.CLOSE:
                self._end(flow)
            self._try_to_hold(flow)
        return self._told()

    def printer(self, data: bytes, now_s: float) -> list[Effect]:
        """The printer said something that no till of ours is told as it stands."""
        self._now_s = now_s
        for said in self._printer.feed(data):
            self._news(said)
        return self._told()

    def asked(self, command: Command) -> None:
        """The printer is asked in the line's own name."""
        self._printer.asked(command)

    def reached(self, reached: bool) -> list[Effect]:
        """The printer can be reached, or not."""
        if self.answers.away == reached:
            before = self._states()
            self.answers.away = not reached
            self._tell(before)
        return self._told()

    def tick(self, now_s: float) -> list[Effect]:
        """Let time pass."""
        self._now_s = now_s
        before = self._states()
        if self.answers.tick(now_s):
            self._tell(before)
        self._watch.tick(now_s)
        if self.attended_until_s is not None and now_s >= self.attended_until_s:
            self.attended_until_s = None
            self._free_all("lease")
        for flow in list(self._flows.values()):
            for waiting in flow.waiting:
                if waiting.open and now_s >= waiting.since_s + self.hold_s:
                    self._decide(flow, waiting, True, "time")
        self._settle()
        for flow in self._flows.values():
            self._try_to_hold(flow)
        return self._told()

    def attend(self, now_s: float, lease_s: float) -> list[Effect]:
        """Somebody decides from now on, for so long."""
        self._now_s = now_s
        self.attended_until_s = now_s + min(lease_s, LEASE_S_MAX)
        for flow in self._flows.values():
            self._try_to_hold(flow)
        return self._told()

    def leave(self, now_s: float, why: str = "lease") -> list[Effect]:
        """Nobody attends any more."""
        self._now_s = now_s
        self.attended_until_s = None
        self._free_all(why)
        return self._told()

    def fail(self, now_s: float) -> list[Effect]:
        """The capture can not be written any more: everything comes out, nothing is withheld until it can."""
        self.failed = True
        return self.leave(now_s, "disk")

    def route(
        self,
        offset: int,
        paper: bool,
        splices: Sequence[tuple[int, bytes]] = (),
        length: int | None = None,
        why: str = "asked",
    ) -> list[Effect] | Refusal:
        """Decide about a withheld printout, once; the same decision again is no harm.

        One that the asker sees longer or shorter than it is here comes out.
        """
        if why == "asked" and self._decided.get(offset) == paper:
            return []
        for flow in self._flows.values():
            for waiting in flow.waiting:
                if waiting.offset == offset and waiting.open:
                    if length is not None and length != waiting.length:
                        self._decide(flow, waiting, True, "other")
                    else:
                        self._decide(flow, waiting, paper, why, splices)
                    self._settle()
                    self._try_to_hold(flow)
                    if waiting.why == "other":
                        self._unsaid = self._told()
                        return Refusal("relay.not_held", {"line": self.line, "offset": offset})
                    return self._told()
        return Refusal("relay.not_held", {"line": self.line, "offset": offset})

    def unsaid(self) -> list[Effect]:
        """What a refused `route` brought about all the same."""
        effects, self._unsaid = self._unsaid, []
        return effects

    _unsaid: list[Effect] = []  # noqa: RUF012 - replaced, never changed

    # What is so.

    @property
    def deadline_s(self) -> float | None:
        """When `tick` should be called."""
        times = [self._watch.deadline_s, self.attended_until_s, self.answers.deadline_s]
        for flow in self._flows.values():
            times += [waiting.since_s + self.hold_s for waiting in flow.waiting if waiting.open]
            if flow.owed and not flow.held and self.attended_until_s is not None:
                times.append(flow.owed[-1][0])
        return min((time for time in times if time is not None), default=None)

    def is_held(self, connection: int) -> bool:
        """Whether this till's bytes are withheld."""
        flow = self._flows.get(connection)
        return flow is not None and flow.held

    @property
    def wants_asb(self) -> bool:
        """A till relies on the printer's automatic status."""
        return any(flow.asked.asb for flow in self._flows.values())

    @property
    def held_bytes(self) -> int:
        """How much is withheld."""
        return sum(flow.size for flow in self._flows.values())

    @property
    def lowest(self) -> int | None:
        """The logical offset before which the capture is not needed to release what is withheld; None: nowhere."""
        return min((flow.held_at for flow in self._flows.values() if flow.held), default=None)

    def noted(self, connection: int, offset: int) -> None:
        """The note that a till is withheld stands there."""
        if (flow := self._flows.get(connection)) is not None:
            flow.held_at = offset

    def renew(self, before: int) -> list[Effect]:
        """Note again that tills are withheld, where the note stands before this offset and nothing is kept of them."""
        for flow in self._flows.values():
            if flow.held and flow.empty and flow.held_at < before and self._watch.rests(flow.number):
                self._effects.append(Note(capture.HELD, flow.number))
        return self._told()

    def held(self) -> list[notes.Held]:
        """List what is withheld: finished printouts, then the one in progress of each till."""
        found = []
        for flow in self._flows.values():
            found += [
                notes.Held(self.line, each.offset, each.since_ms, each.length, True)
                for each in flow.waiting
                if each.open
            ]
            if flow.held and (begun := self._watch.begun(flow.number)) is not None:
                found.append(notes.Held(self.line, *begun, False))
        return found

    # Inside: what the watch hears.

    def commands(self, number: int, commands: Iterable[Command], dialect: str) -> None:
        """Commands of a till, before the boundary looks at them."""
        flow = self._flows.get(number)
        if flow is None:
            return
        if not flow.held:
            flow.passed(commands, dialect, self._now_s)
            return
        for command in commands:
            way = flow.way(command, sort(command, dialect))
            if way == "paper":
                flow.keep(piece(command))
                if self._obeys_inside and command.name != "text":
                    self._ask_inside(flow, command)
            elif way == "ask":
                self._ask(flow, command)
            elif way == "pass":
                self._pass(flow, command)
            else:
                flow.shown += command.raw
        if flow.shown:
            self._effects.append(Paper(number, flow.display()))

    def closed(self, number: int, offset: int, event: Closed, since_ms: int) -> None:
        """A printout has ended."""
        flow = self._flows.get(number)
        if flow is None or not flow.held:
            return
        length = event.end - event.start
        waiting = Waiting(offset, length, event.start, self._now_s, since_ms, flow.until(event.end))
        self._wait(flow, waiting)
        self.fresh = True
        if not event.marked:
            self._decide(flow, waiting, True, "blank")
        self._settle()

    def amended(self, number: int, event: Amended) -> None:
        """The last printout has a tail: it goes where that went, or waits with it."""
        flow = self._flows.get(number)
        if flow is None or not flow.held:
            return
        pieces = flow.until(event.end)
        if not pieces:
            return
        start = pieces[0].offset
        offset = self._watch.place(number, max(start, event.at))
        tail = Waiting(offset, event.end - start, start, self._now_s, 0, pieces, tail=True)
        self._wait(flow, tail)
        self._settle()

    def answered(self, number: int, said: Said, now_ms: int) -> None:
        """The printer answered a free till: worth knowing, and worth keeping."""
        if said.kind in ("unknown", "flow"):
            return
        flow = self._flows.get(number)
        if flow is None or flow.held:
            return
        flow.heard(said)
        self.answers.learn(said, now_ms)
        self._news(said)

    # Inside: what is done.

    def _told(self) -> list[Effect]:
        commands = sum(flow.commands for flow in self._flows.values())
        if commands > HELD_COMMANDS_MAX or self.held_bytes > HELD_BYTES_MAX:
            self._free_all("limit")
        effects, self._effects = self._effects, []
        return effects

    def _ask(self, flow: Flow, command: Command) -> None:
        said = self.answers.answer(command, flow.asked)
        if said:
            self._effects.append(Answer(flow.number, said))
        if command.name == "GS a" or (command.name == "DLE ENQ" and self.answers.trouble):
            self._effects.append(Paper(flow.number, command.raw))
        if command.name in ("DLE EOT", "GS r", "ESC u", "ESC v"):
            self._effects.append(Sound())

    def _ask_inside(self, flow: Flow, command: Command) -> None:
        """Answer what looks like a question in the middle of a picture: a real Epson does."""
        for found in INSIDE.finditer(command.raw, 1):
            for inner in Parser("epson").feed(found.group()):
                self._effects.append(Answer(flow.number, self.answers.answer(inner, flow.asked)))

    def _pass(self, flow: Flow, command: Command) -> None:
        self._effects.append(Paper(flow.number, command.raw))
        if command.name == "ESC p" or command.raw[:3] == b"\x10\x14\x01":
            before = self._states()
            self.answers.pulsed(self._now_s)
            self._tell(before)

    def _news(self, said: Said) -> None:
        before = self._states()
        self.answers.heard(said)
        self._tell(before)

    def _states(self) -> list[tuple[Flow, object]]:
        return [(flow, self.answers.state(flow.asked)) for flow in self._flows.values() if flow.listens]

    def _tell(self, before: list[tuple[Flow, object]]) -> None:
        """Say what has changed to the tills that want to know."""
        for flow, state in before:
            said = self.answers.change(flow.asked, state)  # type: ignore[arg-type]
            if said:
                self._effects.append(Answer(flow.number, said))

    def _decide(
        self, flow: Flow, waiting: Waiting, paper: bool, why: str, splices: Sequence[tuple[int, bytes]] = ()
    ) -> None:
        if why == "asked":
            self._decided[waiting.offset] = paper
            if len(self._decided) > DECIDED_MAX:
                del self._decided[next(iter(self._decided))]
        waiting.paper, waiting.why, waiting.splices = paper, why, tuple(splices) if paper else ()
        routed = notes.Routed(waiting.offset, waiting.length, paper, why, [(at, extra.hex()) for at, extra in splices])
        self._effects.append(Note(capture.ROUTED, flow.number, notes.encode(routed)))
        if not waiting.tail and why != "blank":
            self.totals.released += paper
            self.totals.withheld += not paper
            self.totals.whys.append(why)

    def _settle(self) -> None:
        """Let go of what is decided, in each till's order."""
        while (flow := self._next()) is not None:
            self._let_go(flow, flow.waiting.popleft())
        for flow in [flow for flow in self._flows.values() if flow.ended and not flow.waiting]:
            del self._flows[flow.number]
            self._effects.append(Finished(flow.number))

    def _next(self) -> Flow | None:
        """The flow whose oldest printout is decided, and is the oldest of its till."""
        for flow in oldest(self._flows.values()):
            first = flow.waiting[0]
            if first.tail and first.paper is None:
                self._decide(flow, first, flow.fate, "tail")
            if first.paper is not None:
                return flow
        return None

    def _let_go(self, flow: Flow, first: Waiting) -> None:
        if not first.tail:
            flow.fate = bool(first.paper)
        if first.paper:
            span = notes.Span(first.offset, first.length, flow.held_at) if first.length else None
            self._effects.append(Paper(flow.number, spliced(first.pieces, first.start, first.splices), span))
        elif rest := remains(first.pieces):
            self._effects.append(Paper(flow.number, rest))

    def _wait(self, flow: Flow, waiting: Waiting) -> None:
        """Something more of a till waits."""
        self._number += 1
        waiting.number = self._number
        flow.waiting.append(waiting)

    def _end(self, flow: Flow) -> None:
        """The till has gone. What it said since its last printout prints nothing."""
        flow.ended = True
        pieces = flow.until(None)
        if remains(pieces):
            lasting = [each for each in pieces if each.remains]
            self._wait(flow, Waiting(0, 0, 0, self._now_s, 0, lasting, paper=True, tail=True))
        self._settle()

    def _try_to_hold(self, flow: Flow) -> None:
        if flow.held or flow.ended or self.failed or self.attended_until_s is None or not self.hold_s:
            return
        if (
            flow.owes(self._now_s)
            or not self._watch.rests(flow.number)
            or self._watch.dialect(flow.number) not in DIALECTS
        ):
            return
        flow.held, flow.out, flow.fate = True, self._watch.received(flow.number), True
        self._effects += [Note(capture.HELD, flow.number), Turned(flow.number, True)]

    def _free_all(self, why: str) -> None:
        """Everything withheld comes out, finished or not, and what follows passes."""
        for flow in self._flows.values():
            for waiting in flow.waiting:
                if waiting.open:
                    self._decide(flow, waiting, True, why)
        self._settle()
        for flow in self._flows.values():
            if flow.held:
                self._free(flow, why)

    def _free(self, flow: Flow, why: str) -> None:
        flow.held = False
        pieces, start = flow.until(None), flow.out
        pending = self._watch.pending(flow.number)
        flow.out = self._watch.received(flow.number)
        if pieces or pending:
            start = pieces[0].offset if pieces else flow.out - len(pending)
            offset = self._watch.place(flow.number, start)
            rest = Waiting(offset, flow.out - start, start, self._now_s, 0, pieces)
            self._decide(flow, rest, True, why)
            data = spliced(pieces, start) + pending
            self._effects.append(Paper(flow.number, data, notes.Span(offset, flow.out - start, flow.held_at)))
        self._effects += [Note(capture.PASSED, flow.number), Turned(flow.number, False)]
        if flow.asked.asb:  # the printer may have heard of it on a connection that is over
            self._effects.append(Paper(flow.number, b"\x1da%c" % flow.asked.asb))
        if flow.selected is not None:
            self._effects.append(Paper(flow.number, flow.selected))
