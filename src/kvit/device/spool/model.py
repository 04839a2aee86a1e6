"""The words of the spool: a job, its states, what can happen to it, on what evidence it is believed.

No host can make paper exactly once: between the last dot and the word "done" there is always a gap. So a job is never
"printed" because its bytes were handed over; it is so on the device's word or a person's, and where neither came it is
`State.UNKNOWN` and somebody is asked. docs/protocols/delivery.md has the table of states and what is not proven on a
device. Times are milliseconds since 1970 (UTC), always an argument.
"""

from __future__ import annotations

import enum
from typing import Final

import msgspec


class Kind(enum.StrEnum):
    """What sort of paper it is: says how long it is worth printing (`LIFETIME_MS`)."""

    RECEIPT = "receipt"
    SLIP = "slip"
    KITCHEN = "kitchen"
    REPORT = "report"
    LABEL = "label"
    TEST = "test"


class Form(enum.StrEnum):
    """What is kept of what is to be printed."""

    DOCUMENT = "document"
    """JSON of `kvit.paper.document`: laid out for whatever printer the job ends at."""
    ESCPOS = "escpos"
    """The bytes a till or a desktop wrote for a printer of a profile; another printer gets their picture."""


_MINUTE_MS: Final = 60_000
LIFETIME_MS: Final = {
    Kind.KITCHEN: 10 * _MINUTE_MS,  # later, the guest has asked and the cook was told by mouth
    Kind.TEST: 10 * _MINUTE_MS,  # whoever pressed the button has gone
    Kind.RECEIPT: 4 * 60 * _MINUTE_MS,  # shorter than a night: last night's receipts do not print at opening
    Kind.SLIP: 4 * 60 * _MINUTE_MS,
    Kind.LABEL: 24 * 60 * _MINUTE_MS,
    Kind.REPORT: 24 * 60 * _MINUTE_MS,  # somebody files it, whenever it comes
}
"""How long after it was accepted a job of a kind may still begin, where its caller does not say."""

PRIORITY_MAX: Final = 9
"""9 goes first, 0 last."""
COPIES_MAX: Final = 9
"""As a document's own copies."""
REASON_MAX: Final = 200
"""Letters kept of a reason: what a printer or its maker said is theirs, and may be long."""
REFUSED: Final = "refused"
"""How the reason of a job begins that its printer will never take (too large, can not be decoded, can not be made): it is
blocked for itself and does not hold the queue. A person moves or cancels it, or its deadline ends it."""
COPY_WITHIN_MS: Final = 15_000
"""How long a copy may be at the printer before who asked for several is told that it is not confirmed."""
UNMADE: Final = tuple(f"{REFUSED}: device.{code}" for code in ("adapter_unknown", "adapter_file", "pack_language"))
"""How such a reason begins where a pack was absent, or its script gave no paper: another pack may mend that."""
ASK_MS: Final = 20_000
"""How long a person is asked whether it came out; then a marked COPY is made."""


class State(enum.StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    BLOCKED = "blocked"
    """The printer would not take it: no paper, cover open, away. Nothing was sent."""
    SENDING = "sending"
    """An attempt has begun; its process ID is durable, any number of bytes may have gone out."""
    CONFIRMING = "confirming"
    """All bytes are out; the printer's word is awaited."""
    PAUSED = "paused"
    """The printer stopped with the bytes in its buffer, and goes on by itself: nothing may be sent again."""
    PRINTED = "printed"
    SENT = "sent"
    """The bytes were taken by a printer that can not say more. Never called printed."""
    UNKNOWN = "unknown"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


IN_FLIGHT: Final = frozenset({State.SENDING, State.CONFIRMING, State.PAUSED})
"""States that hold the printer: one job at a time."""
WAITING: Final = frozenset({State.QUEUED, State.BLOCKED})
"""States in which surely nothing was printed."""


ENDED: Final = frozenset({State.PRINTED, State.SENT, State.EXPIRED, State.CANCELLED})
"""States in which a job needs what it printed no longer; a COPY may still be asked for by hand while it is kept."""
KEEP_MS: Final = 30 * 24 * 3_600_000
"""How long what a job printed is kept after anything last happened to it: a receipt may say who bought what."""


class Event(enum.StrEnum):
    """What happened. The comment says what a worker must have seen to say so."""

    ACCEPTED = "accepted"
    PREFLIGHT_BAD = "preflight_bad"
    """Asked before the first byte, the printer is not ready or not there; ``reason`` says why."""
    PREFLIGHT_GOOD = "preflight_good"
    MOVED = "moved"
    """It goes to another printer."""
    REMADE = "remade"
    """What its paper could not be made without is there now: a pack that describes the printer."""
    BEGUN = "begun"
    BYTES_OUT = "bytes_out"
    """The last byte, and the request for the process ID behind it, were handed over."""
    ID_ANSWER = "id_answer"
    """The printer said this attempt's process ID, however late."""
    ORDERED_STATUS = "ordered_status"
    """A status that is answered in turn (``GS r``), asked behind the last byte, was answered on the same connection."""
    COMPLETED = "completed"
    """The printer, or the service that has it, said by the attempt's name that the paper is out, however late."""
    LINK_CLOSED = "link_closed"
    """All bytes were taken, the last status heard was good, and the link was closed cleanly."""
    PAPER_END = "paper_end"
    COVER_OPEN = "cover_open"
    STOPPED = "stopped"
    """It stopped for another cause: the cutter, a hot head, somebody pressed a key; ``reason`` says which."""
    BACK_AGAIN = "back_again"
    """The automatic status says: ready."""
    LINK_LOST = "link_lost"
    TIME_OUT = "time_out"
    POWER_CYCLE = "power_cycle"
    """The printer was switched off and on: its buffer is gone."""
    HOST_RESTART = "host_restart"
    COUNTER_ROSE = "counter_rose"
    """The printer's own counters (cuts, lines) rose by exactly this job."""
    ZERO_BYTES = "zero_bytes"
    """Proof of absence: of this attempt not one byte was taken, or the printer says that it began nothing of it."""
    PERSON_YES = "person_yes"
    PERSON_NO = "person_no"
    NO_ANSWER = "no_answer"
    """Nobody said in `ASK_MS` whether it came out."""
    DEADLINE = "deadline"
    CANCELLED = "cancelled"
    REPRINT = "reprint"
    """A named person wants another paper."""


OF_PRINTER: Final = frozenset({
    Event.PREFLIGHT_BAD, Event.PREFLIGHT_GOOD, Event.BYTES_OUT, Event.ID_ANSWER, Event.ORDERED_STATUS, Event.LINK_CLOSED,
    Event.PAPER_END, Event.COVER_OPEN, Event.STOPPED, Event.BACK_AGAIN, Event.LINK_LOST, Event.TIME_OUT,
    Event.POWER_CYCLE, Event.COUNTER_ROSE, Event.ZERO_BYTES, Event.COMPLETED,
})  # fmt: skip
"""What a worker may say; the others have verbs of their own."""


class Evidence(enum.StrEnum):
    """On what a job is believed printed; also what a printer is able to give (A, B or C), probed at set-up."""

    A = "A"
    """The process ID, answered after the cut."""
    B = "B"
    """A status in turn, the completion of one job, or a counter."""
    C = "C"
    """Bytes were taken: no evidence."""
    PERSON = "person"


class Effect(enum.StrEnum):
    """What must follow a step, beside the new state."""

    NONE = "none"
    AGAIN = "again"
    """It may be sent again: nothing of it is on paper."""
    ASK = "ask"
    """A person is asked whether it came out."""
    COPY = "copy"
    """A child job prints the same, marked COPY."""
    REPORT = "report"
    """A person is told."""


class Payload(msgspec.Struct, frozen=True):
    """What is to be printed, as it was accepted."""

    form: Form
    profile: str
    """Of bytes: the printer they were written for; empty for a document."""
    body: bytes


class Made(msgspec.Struct, frozen=True):
    """What a job's paper was made by: a template of the shop and the Kvit that filled it. A COPY has its original's."""

    business: str = ""
    """Empty: no template of the shop (a document, bytes, layouts a caller brought)."""
    variant: str = ""
    template_id: int = 0
    template_version: int = 0
    """0: a draft."""
    engine: str = ""
    """The version of Kvit."""


NO_TEMPLATE: Final = Made()


class Job(msgspec.Struct, frozen=True):
    """One paper to be printed. What it prints is asked for apart (`kvit.device.spool.service.payload`)."""

    n: int
    """Order of arrival."""
    id: str
    family: str
    """The key the original was accepted under: original and copies share it."""
    copy: int
    """1 is the original; every other one is printed as a marked COPY."""
    copies: int
    """How many were asked for when it was accepted."""
    parent: str | None
    """Of a COPY made because of another job: that job's id."""
    printer: str
    kind: Kind
    title: str
    """What a list shows: a receipt's number. No names of people."""
    sha256: bytes
    """Of what the original prints."""
    priority: int
    accepted_ms: int
    changed_ms: int
    deadline_ms: int
    """From here on it does not begin any more."""
    state: State
    attempt: int
    """How often it was begun."""
    pid: bytes | None
    """Process ID of the last attempt: four bytes 20h to 7Eh."""
    able: Evidence | None
    """What the printer of the last attempt is able to give."""
    evidence: Evidence | None
    reason: str
    by: str
    """Id of the user who answered or cancelled; empty where nobody did."""
    copied: bool
    """A COPY was made because of it."""
    steps: int
    """Lines of its history."""
    made: Made = NO_TEMPLATE


class Heard(msgspec.Struct, frozen=True):
    """An event as it is told: what comes from the wire names its attempt by ``pid``, what a person says names the user."""

    event: Event
    pid: bytes | None = None
    by: str = ""
    reason: str = ""


class Step(msgspec.Struct, frozen=True):
    """What an event does: the state after it, what must follow, and the evidence it is."""

    state: State
    effect: Effect = Effect.NONE
    evidence: Evidence | None = None


class Line(msgspec.Struct, frozen=True):
    """A line of a job's history: ``before`` is None in the first one."""

    step: int
    at_ms: int
    event: Event
    before: State | None
    after: State
    effect: Effect
    attempt: int
    pid: bytes | None
    evidence: Evidence | None
    by: str
    reason: str
