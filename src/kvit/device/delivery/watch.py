"""Watching a printer: questions that are answered out of turn, and what all its answers say of its state.

Asked are ``DLE EOT 1``, ``2`` and ``4``, one at a time and one after the other, so that no answer is given to another
question; a round of the three is a look at the whole printer. What it says by itself (``GS a``, the automatic status) is
taken too, and counts at once. The state is preflight and diagnosis, never proof that something was printed: these answers
overtake what waits in the printer's buffer.

Pure: bytes in, questions out, times in seconds of one monotonic clock as arguments.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import msgspec

from kvit.escpos.status_reader import REALTIME_BITS, Answer, StatusReader, flags

QUESTIONS: Final = (1, 2, 4)
"""``DLE EOT n``: is it online; why not; the roll."""
POLL_S: Final = 1.0
"""Between two looks: trouble is to be known within two seconds."""
ANSWER_S: Final = 3.0
"""A sleeping network printer needs as long to wake. Asked sooner, its late answers would be given to other questions."""
ERRORS: Final = {
    "cutter_error": "cutter",
    "mechanical_error": "mechanical",
    "fatal_error": "fatal",
    "passing_error": "auto",
}
ASB_ON: Final = b"\x1da\x0f"
"""``GS a``: speak by yourself of drawer, online, errors and paper."""


class Condition(msgspec.Struct, frozen=True):
    """A printer's state by its own word; None and ``unknown`` where it said nothing."""

    online: bool | None = None
    paper: str = "unknown"
    """``unknown ok near out``."""
    cover_open: bool | None = None
    error: str = ""
    """``cutter mechanical fatal auto``, ``error`` where it did not say which; empty: none."""
    drawer_high: bool | None = None

    @property
    def trouble(self) -> str:
        """What keeps it from printing: ``cover paper error offline``; empty: nothing it told of."""
        if self.cover_open:
            return "cover"
        if self.paper == "out":
            return "paper"
        if self.error:
            return "error"
        return "offline" if self.online is False else ""

    def told(self, values: dict[str, bool]) -> Condition:
        """Give the state after an answer's flags (names of `kvit.escpos.status.StatusModel`)."""
        after = self
        if "offline" in values:
            after = msgspec.structs.replace(after, online=not values["offline"])
        if "drawer_high" in values:
            after = msgspec.structs.replace(after, drawer_high=values["drawer_high"])
        if "cover_open" in values:
            after = msgspec.structs.replace(after, cover_open=values["cover_open"])
        if "paper_near_end" in values:
            paper = "out" if values.get("paper_end") else "near" if values["paper_near_end"] else "ok"
            after = msgspec.structs.replace(after, paper=paper)
        elif "paper_end" in values:  # DLE EOT 2 knows the end alone
            was = "ok" if self.paper in ("out", "unknown") else self.paper
            after = msgspec.structs.replace(after, paper="out" if values["paper_end"] else was)
        return msgspec.structs.replace(after, error=after._error(values))

    def _error(self, values: dict[str, bool]) -> str:
        if "cutter_error" in values:
            return next((word for name, word in ERRORS.items() if values.get(name)), "")
        if "error" in values:
            return (self.error or "error") if values["error"] else ""
        return self.error


class Watch:
    """What one connection tells of the printer, and when to ask it next."""

    def __init__(self, now_s: float, *, poll_s: float = POLL_S, answer_s: float = ANSWER_S) -> None:
        """Begin with a question due at once."""
        self._reader = StatusReader()
        self._poll_s, self._answer_s = poll_s, answer_s
        self._open = 0
        self._asked_s = now_s
        self._place = 0
        self._due_s = now_s
        self._unheard_s: float | None = None
        self.condition = Condition()
        self.rounds = 0
        """Looks at the whole printer that were answered."""
        self.words = 0
        """Answers of any kind that came."""
        self.heard_s = now_s
        """When it last said anything at all."""
        self.gap_s = 0.0
        """The longest a question has stood unanswered since this was last set to 0: a printer that was off or unplugged."""

    def look_now(self, now_s: float) -> None:
        """Begin a whole look with the next question, now."""
        if not self._open:
            self._place, self._due_s = 0, now_s

    def question(self, now_s: float) -> bytes:
        """Give the question that is due now; empty where none is."""
        if self._open and now_s - self._asked_s >= self._answer_s:
            self._open, self._place = 0, 0  # unanswered: from the first again
            self._due_s = now_s
        if self._open or now_s < self._due_s:
            return b""
        self._open, self._asked_s = QUESTIONS[self._place], now_s
        if self._unheard_s is None:
            self._unheard_s = now_s
        return b"\x10\x04" + bytes((self._open,))

    def silent_s(self, now_s: float) -> float:
        """How long a question stands unanswered by now; 0 when none does."""
        return 0.0 if self._unheard_s is None else now_s - self._unheard_s

    @property
    def next_s(self) -> float:
        """When `question` has something to say again, where nothing is answered before."""
        return self._asked_s + self._answer_s if self._open else self._due_s

    def feed(self, data: bytes, now_s: float) -> list[Answer]:
        """Take what the printer said; give the answers in it, realtime and automatic ones with their state."""
        return list(self.each(data, now_s))

    def each(self, data: bytes, now_s: float) -> Iterator[Answer]:
        """Do what `feed` does answer by answer: whoever looks at `condition` in between sees it as of that answer."""
        for answer in self._reader.feed(data):
            yield self._take(answer, now_s)

    def _take(self, answer: Answer, now_s: float) -> Answer:
        if answer.kind in ("flow", "unknown"):
            return answer
        self.words += 1
        self.heard_s = now_s
        self.gap_s, self._unheard_s = max(self.gap_s, self.silent_s(now_s)), None
        if answer.kind == "realtime":
            answer = self._answered(answer, now_s)
        if answer.values:
            self.condition = self.condition.told(answer.values)
        return answer

    def _answered(self, answer: Answer, now_s: float) -> Answer:
        number, self._open = self._open, 0
        if not number:
            return answer  # late, or another's
        self._place = (self._place + 1) % len(QUESTIONS)
        self.rounds += not self._place
        self._due_s = now_s if self._place else now_s + self._poll_s
        bits = REALTIME_BITS[number]
        return msgspec.structs.replace(answer, question=f"DLE EOT {number}", values=flags(answer.raw[0], bits))
