"""A printer that polls, as it is remembered between its calls: when it was last heard, what it was offered and handed.

Pure and in memory only: a poll writes nothing anywhere. What must outlive the process is in the spool (attempts) and
with the printer (facts); a job token names both, so a process that has just started understands a confirmation as well.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Final

from kvit.device.adapters import address
from kvit.device.adapters.address import PrinterAddress
from kvit.device.cloud.cloudprnt import actions, media
from kvit.device.cloud.cloudprnt.ask import token_of
from kvit.device.cloud.cloudprnt.codes import condition
from kvit.device.cloud.cloudprnt.poll import Poll, mac_of
from kvit.device.press import Pressed
from kvit.device.printers.model import Printer
from kvit.device.spool.model import Evidence, Job

PRINT_S: Final = 60.0
"""Guide 2.4, "Connection Timeout": how long a printer may take from its last sign to its confirmation."""
AWAY_EXTRA_S: Final = 5.0
"""The same page: two intervals and this much without a poll, and it is away."""
CALLS: Final = "calls"
"""The fact that says by which mode of a broker a printer was told to call: ``trigger``, ``full``; empty: by HTTP."""
LIVES_S: Final = 60.0
"""How often one that hangs on a broker (fact ``calls``) is told to say that it lives."""
CALLS_MAX: Final = 60
CALLS_S: Final = 10.0
"""A printer polls at once when something happens to it; six times a second for ten seconds is no printer."""
WRONG_S: Final = 60.0
"""So long the page says that another machine called, after its last call."""
_ERRORS: Final = {
    "cutter_error": "cutter",
    "mechanical_error": "mechanical",
    "fatal_error": "fatal",
    "overheated": "auto",
}


@dataclass(slots=True)
class Attempt:
    """What was handed over and is not confirmed."""

    job: Job
    able: Evidence
    media_type: str
    """As the printer asked for it the last time."""
    pressed: Pressed
    width_dots: int
    due_s: float
    """When nobody waits for its confirmation any longer."""
    trouble: str = ""
    """What the printer told of while it had it; once there was something, it may be on paper in part."""

    @property
    def token(self) -> str:
        """As the printer was told it."""
        return token_of(self.job.id, self.job.attempt)

    @property
    def pid(self) -> bytes:
        """Names the attempt in the spool."""
        assert self.job.pid is not None
        return self.job.pid

    @property
    def whole(self) -> bool:
        """It went out in a type that is decoded whole before it prints."""
        return self.media_type in media.PICTURES


@dataclass(slots=True)
class Guest:
    """One printer. Times are monotonic seconds."""

    printer: Printer
    seen_s: float
    word: str = ""
    """The word it called with last; in memory only, the table has its hash."""
    bound: str = ""
    """The id its address names: the only one served; empty: whoever has the word."""
    asked_s: float = float("-inf")
    trouble: str | None = None
    """What keeps it from printing, as jobs were blocked for it; None: not heard since the start."""
    offered: Job | None = None
    attempt: Attempt | None = None
    refused_job: str = ""
    refused_types: set[str] = field(default_factory=set)
    """Of that job: what it could not take."""
    wrong_s: float = float("-inf")
    """When another machine last called under its word."""
    calls: deque[float] = field(default_factory=lambda: deque(maxlen=CALLS_MAX))
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while a job is handed over or confirmed."""

    @property
    def name(self) -> str:
        """The printer's."""
        return self.printer.name

    @property
    def facts(self) -> dict[str, str]:
        """What it told about itself."""
        return self.printer.facts

    def took(self, printer: Printer) -> None:
        """The printer as it is written down now."""
        if printer is not self.printer:
            self.printer = printer
            self.bound = bound_of(printer)

    def too_often(self, now_s: float) -> bool:
        """Count a call; say whether there are too many."""
        full = len(self.calls) == CALLS_MAX and now_s - self.calls[0] < CALLS_S
        self.calls.append(now_s)
        return full

    def away_s(self) -> float:
        """When it is away unless it is heard before; while it has a job, its confirmation is waited for instead."""
        told_s = LIVES_S if self.facts.get(CALLS) else actions.interval_s(self.facts)
        return self.seen_s + 2 * told_s + AWAY_EXTRA_S

    def types(self, job: Job) -> tuple[str, ...]:
        """What it is offered of a job."""
        parsed = address.parse(self.printer.address)
        adapter = parsed.adapter if isinstance(parsed, PrinterAddress) else ""
        refused = self.refused_types if job.id == self.refused_job else ()
        return media.offered(adapter, self.facts.get("encodings", ""), refused)

    def refuses(self, job: Job, media_type: str) -> None:
        """It could not take this type of this job."""
        if self.refused_job != job.id:
            self.refused_job, self.refused_types = job.id, set()
        self.refused_types.add(media_type)
        if media_type in media.PICTURES:
            self.refused_types |= media.PICTURES

    def width_dots(self, told: int) -> int:
        """Dots to lay out for; 0: as the printer's profile says."""
        said = self.facts.get("dots", "")
        return told or (int(said) if said.isascii() and said.isdigit() else 0)


def bound_of(printer: Printer) -> str:
    """The id a printer's address names, small letters; empty: none."""
    parsed = address.parse(printer.address)
    return parsed.transport.path.lower() if isinstance(parsed, PrinterAddress) else ""


def stranger(bound: str, mac: str, uid: str) -> str:
    """Give what a caller says it is where that is not the one bound; empty: it may be served.

    What it does not say is not held against it: its word in the path is the proof.
    """
    if not bound:
        return ""
    is_mac = mac_of(bound) == bound
    said = mac if is_mac else uid.lower()
    return "" if not said or said == bound else said


def wants_id(bound: str, poll: Poll) -> str:
    """The id a printer that has none is to be given; empty: none."""
    return bound if bound and not poll.unique_id and mac_of(bound) != bound else ""


def light_of(poll: Poll) -> dict[str, Any]:
    """What a poll says of the printer, as fields of `kvit.device.board.Light`.

    The code goes first; the automatic status says more of what the code leaves open.
    """
    said, status = condition(poll.code), poll.status
    online = poll.code.family == 2
    values: dict[str, Any] = {"online": online, "busy": said.busy or poll.printing is True, "error": said.error}
    if said.paper is not None:
        values["paper"] = said.paper
    if said.cover_open is not None:
        values["cover_open"] = said.cover_open
    if status is None:
        return values
    if said.paper != "out":
        near = status.paper_near_end or said.paper == "near"
        values["paper"] = "out" if status.paper_end and not online else "near" if near else "ok"
    values["cover_open"] = status.cover_open and not online if said.cover_open is None else said.cover_open
    if status.error and not online:
        values["error"] = _ERRORS.get(status.error, status.error)
    return values


def trouble_of(poll: Poll) -> str:
    """What keeps a printer from printing: ``cover paper error``; empty: nothing."""
    if poll.code.family == 2:
        return ""
    values = light_of(poll)
    if values.get("cover_open"):
        return "cover"
    return "paper" if values.get("paper") == "out" else "error"
