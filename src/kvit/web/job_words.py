"""Jobs and printers in words people know: how a job stands, what happened to it, what is wrong with a printer.

Reasons come from workers as short words (``paper``, ``cover``, ``away``, or ``refused: …`` with the printer's own); those
Kvit knows are said in the reader's language, any other stands as it came.
"""

from __future__ import annotations

from typing import Final

import msgspec

from kvit.device.board import Light
from kvit.device.printers.model import Printer
from kvit.device.spool.model import IN_FLIGHT, WAITING, Evidence, Job, Line, State
from kvit.device.spool.tally import Queue
from kvit.i18n import codes
from kvit.web.door import Call

TONES: Final = {
    State.QUEUED: "", State.BLOCKED: "warn", State.SENDING: "busy", State.CONFIRMING: "busy", State.PAUSED: "warn",
    State.PRINTED: "good", State.SENT: "", State.UNKNOWN: "bad", State.EXPIRED: "warn", State.CANCELLED: "",
}  # fmt: skip
"""How a state looks; every one says its word, too."""
REPRINTABLE: Final = frozenset({State.PRINTED, State.SENT, State.UNKNOWN, State.EXPIRED, State.CANCELLED})
SIGNS: Final = {"good": "●", "busy": "◐", "warn": "▲", "bad": "■", "": "○"}
"""A shape for each tone: nobody has to tell colours apart."""


class Lamp(msgspec.Struct, frozen=True):
    """A printer's light: its tone and its word."""

    tone: str
    word: str

    @property
    def sign(self) -> str:
        """The shape."""
        return SIGNS[self.tone]


class Told(msgspec.Struct, frozen=True):
    """A line of a job's history in words."""

    at_ms: int
    text: str
    reason: str
    who: str
    state: State


def reason_of(call: Call, reason: str) -> str:
    """Say why in words; what no sentence is known for stands as it came."""
    word, _, more = reason.partition(":")
    code = f"printing.reason_{word.strip().replace(' ', '_')}"
    if code not in codes():
        return reason
    return f"{call.say(code)}: {more.strip()}" if more.strip() else call.say(code)


def lamp_of(call: Call, printer: Printer, light: Light) -> Lamp:
    """Say in one word how a printer stands."""
    if light.trouble:
        return Lamp("bad", call.say(f"printing.trouble_{light.trouble}"))
    if printer.held:
        return Lamp("warn", call.say("printing.held"))
    if light.busy:
        return Lamp("busy", call.say("printing.busy"))
    if light.paper == "near":
        return Lamp("warn", call.say("printing.nearly_out"))
    if light.link == "up":
        return Lamp("good", call.say("printing.ready"))
    return Lamp("", call.say("printing.unseen"))


def class_code(able: Evidence | None) -> str:
    """Name the sentence that says what a printer can prove."""
    return f"printing.class_{'none' if able is None else able.value.lower()}"


def told(call: Call, lines: list[Line], names: dict[str, str]) -> list[Told]:
    """Say a job's history."""
    return [_told(call, line, names) for line in lines]


def _told(call: Call, line: Line, names: dict[str, str]) -> Told:
    code = f"printing.event_{line.event}"
    text = call.say(code) if code in codes() else line.event.value
    return Told(line.at_ms, text, reason_of(call, line.reason), names.get(line.by, line.by), line.after)


def can(call: Call, job: Job) -> dict[str, bool]:
    """Say what may be done to a job now, by its state; what the caller may is asked apart."""
    return {
        "answer": job.state is State.UNKNOWN and not job.copied,
        "cancel": job.state in WAITING or job.state is State.UNKNOWN,
        "move": job.state in WAITING,
        "reprint": job.state in REPRINTABLE,
    }


def is_over(job: Job) -> bool:
    """Say whether nothing is awaited any more."""
    return job.state not in WAITING and job.state not in IN_FLIGHT


def nothing() -> Queue:
    """The queue of a printer nothing waits for."""
    return Queue()
