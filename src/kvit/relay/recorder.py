"""The recorder: asks a line's printer everything a till may ask, once, in a turn of its own, and keeps the answers.

One question at a time, so no answer is given to another. A printer that says nothing to the first, or that it is offline,
is left alone and asked another day. What it leaves unanswered while it answers what comes behind, it does not know, and
tills will hear nothing either. A till that wants the printer meanwhile has it with the next answer.
"""

from __future__ import annotations

import asyncio
from collections import deque
from pathlib import Path
from typing import Final

import msgspec

from kvit.device.transports.own_door import GO
from kvit.escpos import Parser
from kvit.escpos.status_reader import StatusReader
from kvit.relay.answers import QUESTIONS, Answers, Recorded
from kvit.relay.beside import Forwards
from kvit.relay.till import Till
from kvit.relay.turns import FEW_BYTES

NAME: Final = "answers.json"
"""Beside the segments."""
FIRST_S: Final = 3.0
"""A sleeping network printer needs so long to wake."""
ANSWER_S: Final = 1.0
ASB_ON, ASB_OFF = b"\x1da\xff", b"\x1da\x00"


class Recorder(Till):
    """One round of questions."""

    def __init__(self, pump: Forwards, answers: Answers, *, asb: bool) -> None:
        """Without ``asb`` the automatic status is left as tills have set it."""
        super().__init__(pump, pump.own_number(), "", lasting=False, network=False)
        self._line, self._answers = pump, answers
        self.is_own = True
        self.over = False
        """It asks no more."""
        self._reader = StatusReader()
        self._plan = deque((*QUESTIONS, ASB_ON) if asb else QUESTIONS)
        self._question = b""
        self._missed: list[bytes] = []
        self._timer: asyncio.TimerHandle | None = None
        self._wait_s = FIRST_S
        self._told_all = False

    def begin(self) -> None:
        """Ask for a turn."""
        self._line.ask_for_link(self, FEW_BYTES)

    def answer(self, data: bytes) -> None:
        """The turn is ours, or the printer speaks."""
        if not self._question:
            if data == GO:
                self._next()
            return
        done = False
        for said in self._reader.feed(data):
            self._answers.heard(said)
            self._answers.learn(said, self._line.writer.now_ms)
            done = done or said.kind == _kind(self._question)
        if done:
            self._answered()

    def hang_up(self) -> None:
        """The turn was taken away: the printer is gone."""
        self._stop()

    def _answered(self) -> None:
        if self._question == QUESTIONS[-1]:
            for question in self._missed:
                self._answers.silent(question, self._line.writer.now_ms)
            self._told_all = True
        if self._question == ASB_ON:
            self._line.from_till(self, ASB_OFF)
        if self._answers.offline or self._line.turns.waiting:
            self._leave()
        else:
            self._next()

    def _next(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if not self._plan:
            self._leave()
            return
        self._question = self._plan.popleft()
        for command in Parser("epson").feed(self._question):
            self._reader.asked(command)
        self._line.from_till(self, self._question)
        self._timer = self._loop.call_later(self._wait_s, self._silent)
        self._wait_s = ANSWER_S

    def _silent(self) -> None:
        if self._question == QUESTIONS[0] or self._line.turns.waiting:
            self._leave()
            return
        self._missed.append(self._question)
        self._next()

    def _leave(self) -> None:
        self._stop()
        self._line.tills.discard(self)
        self._line.let_go(self)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self.over = self.released = self.ended = True
        if self._told_all:
            self._answers.recorded.whole = self._answers.news = True


def _kind(question: bytes) -> str:
    if question[:2] == b"\x10\x04":
        return "realtime"
    if question == ASB_ON:
        return "asb"
    return "block" if question[:2] == b"\x1dI" and question[2] > 3 else "byte"


def load(folder: Path) -> Recorded | None:
    """Read what was recorded of a line; None where nothing was."""
    try:
        return msgspec.json.decode((folder / NAME).read_bytes(), type=Recorded)
    except (OSError, msgspec.DecodeError, msgspec.ValidationError):
        return None


def save(folder: Path, recorded: Recorded) -> None:
    """Keep it. What can not be written is heard again another time."""
    fresh = folder / f"{NAME}.new"
    try:
        fresh.write_bytes(msgspec.json.encode(recorded))
        fresh.replace(folder / NAME)
    except OSError:
        return
