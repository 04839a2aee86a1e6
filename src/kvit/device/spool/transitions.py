"""The state machine of a job: one table, and `decide` that reads it.

A cell holds steps with a condition each; the first that holds is taken. No cell, or none that holds: nothing happened to
this job, and nothing is written. What the table must keep (tests read it line by line):

- Nothing goes from sending, confirming, paused or unknown to queued but by `Event.ZERO_BYTES`, proof of absence.
- Printed is reached by the process ID of this very attempt, by a status in turn or a counter of a printer able to it, or
  by a person's yes. Handed over is `State.SENT`, and that only for class C.
- What comes from the wire counts only for the attempt whose process ID it names: a worker that hung and wakes up says
  nothing about a later attempt.
- A printer that stopped with the job in its buffer is waited for, not sent to again.
- A COPY is made by itself once: of the original and never of a COPY, and not behind the deadline.
- Expired is said of what is not on paper, or of what nobody knows about behind the deadline; the printer's late word
  still turns that into printed.

A deadline is when a job may begin at the latest. It does not end sending and confirming: their truth is seconds away, and
a time-out leads to unknown, where the deadline is looked at again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kvit.device.spool.model import REFUSED, UNMADE, Effect, Event, Evidence, Heard, Job, State, Step

Condition = Callable[[Job, Heard, int], bool]
Ways = tuple[tuple[Condition, Step], ...]


def _always(job: Job, heard: Heard, now_ms: int) -> bool:
    return True


def _ours(job: Job, heard: Heard, now_ms: int) -> bool:
    return heard.pid is not None and heard.pid == job.pid


def _able_a(job: Job, heard: Heard, now_ms: int) -> bool:
    return _ours(job, heard, now_ms) and job.able is Evidence.A


def _able_b(job: Job, heard: Heard, now_ms: int) -> bool:
    return _ours(job, heard, now_ms) and job.able in (Evidence.A, Evidence.B)


def _able_c(job: Job, heard: Heard, now_ms: int) -> bool:
    return _ours(job, heard, now_ms) and job.able is Evidence.C


def _absent(job: Job, heard: Heard, now_ms: int) -> bool:
    return _ours(job, heard, now_ms) and not job.copied


def _unmade(job: Job, heard: Heard, now_ms: int) -> bool:
    return job.reason.startswith(UNMADE)


def _not_refused(job: Job, heard: Heard, now_ms: int) -> bool:
    return not job.reason.startswith(REFUSED)


def _named(job: Job, heard: Heard, now_ms: int) -> bool:
    return bool(heard.by)


def _late(job: Job, heard: Heard, now_ms: int) -> bool:
    return now_ms >= job.deadline_ms


def _late_no(job: Job, heard: Heard, now_ms: int) -> bool:
    return _named(job, heard, now_ms) and not job.copied and _late(job, heard, now_ms)


def _first_no(job: Job, heard: Heard, now_ms: int) -> bool:
    return _named(job, heard, now_ms) and not job.copied


def _unasked(job: Job, heard: Heard, now_ms: int) -> bool:
    return not job.copied and job.copy == 1 and not _late(job, heard, now_ms)


def _open_and_late(job: Job, heard: Heard, now_ms: int) -> bool:
    return not job.copied and _late(job, heard, now_ms)


def _one(state: State, effect: Effect = Effect.NONE, when: Condition = _always) -> Ways:
    return ((when, Step(state, effect)),)


_PRINTED_A: Final[Ways] = ((_able_a, Step(State.PRINTED, evidence=Evidence.A)),)
_PRINTED_B: Final[Ways] = ((_able_b, Step(State.PRINTED, evidence=Evidence.B)),)
_LOST: Final[Ways] = _one(State.UNKNOWN, Effect.ASK, _ours)
_COPY_AGAIN: Final = {
    (state, Event.REPRINT): _one(state, Effect.COPY, _named)
    for state in (State.PRINTED, State.SENT, State.UNKNOWN, State.EXPIRED, State.CANCELLED)
}
_LOSSES: Final = {
    **{
        (state, event): _LOST
        for state in (State.SENDING, State.CONFIRMING, State.PAUSED)
        for event in (Event.LINK_LOST, Event.TIME_OUT, Event.POWER_CYCLE)
    },
    **{
        (state, Event.HOST_RESTART): _one(State.UNKNOWN, Effect.ASK)
        for state in (State.SENDING, State.CONFIRMING, State.PAUSED)
    },
}

_COMPLETED: Final = {
    (state, Event.COMPLETED): _PRINTED_B
    for state in (
        State.QUEUED, State.BLOCKED, State.SENDING, State.CONFIRMING, State.PAUSED, State.UNKNOWN, State.EXPIRED,
    )
}  # fmt: skip
"""A completion that names its attempt is the attempt's own word, as the process ID is, only of class B."""

TABLE: Final[dict[tuple[State, Event], Ways]] = {
    (State.QUEUED, Event.PREFLIGHT_BAD): _one(State.BLOCKED, Effect.REPORT),
    (State.QUEUED, Event.BEGUN): _one(State.SENDING),
    (State.QUEUED, Event.MOVED): _one(State.QUEUED),
    (State.QUEUED, Event.CANCELLED): _one(State.CANCELLED, when=_named),
    (State.QUEUED, Event.DEADLINE): _one(State.EXPIRED, Effect.REPORT, _late),
    (State.QUEUED, Event.ID_ANSWER): _PRINTED_A,
    (State.BLOCKED, Event.ID_ANSWER): _PRINTED_A,
    (State.BLOCKED, Event.PREFLIGHT_GOOD): _one(State.QUEUED, when=_not_refused),
    (State.BLOCKED, Event.BACK_AGAIN): _one(State.QUEUED, when=_not_refused),
    (State.BLOCKED, Event.MOVED): _one(State.QUEUED),
    (State.BLOCKED, Event.REMADE): _one(State.QUEUED, when=_unmade),
    (State.BLOCKED, Event.CANCELLED): _one(State.CANCELLED, when=_named),
    (State.BLOCKED, Event.DEADLINE): _one(State.EXPIRED, Effect.REPORT, _late),
    (State.SENDING, Event.BYTES_OUT): _one(State.CONFIRMING, when=_ours),
    (State.SENDING, Event.ID_ANSWER): _PRINTED_A,
    (State.SENDING, Event.PAPER_END): _one(State.SENDING, Effect.REPORT, _ours),
    (State.SENDING, Event.COVER_OPEN): _one(State.SENDING, Effect.REPORT, _ours),
    (State.SENDING, Event.STOPPED): _one(State.SENDING, Effect.REPORT, _ours),
    (State.SENDING, Event.LINK_CLOSED): _LOST,
    (State.SENDING, Event.ZERO_BYTES): _one(State.QUEUED, Effect.AGAIN, _absent),
    (State.CONFIRMING, Event.ID_ANSWER): _PRINTED_A,
    (State.CONFIRMING, Event.ORDERED_STATUS): _PRINTED_B,
    (State.CONFIRMING, Event.ZERO_BYTES): _one(State.QUEUED, Effect.AGAIN, _absent),
    (State.PAUSED, Event.ZERO_BYTES): _one(State.QUEUED, Effect.AGAIN, _absent),
    (State.CONFIRMING, Event.PAPER_END): _one(State.PAUSED, Effect.REPORT, _ours),
    (State.CONFIRMING, Event.COVER_OPEN): _one(State.PAUSED, Effect.REPORT, _ours),
    (State.CONFIRMING, Event.STOPPED): _one(State.PAUSED, Effect.REPORT, _ours),
    (State.CONFIRMING, Event.LINK_CLOSED): (
        (_able_c, Step(State.SENT, evidence=Evidence.C)),
        *_LOST,
    ),
    (State.PAUSED, Event.BACK_AGAIN): _one(State.CONFIRMING, when=_ours),
    (State.PAUSED, Event.ID_ANSWER): _PRINTED_A,
    (State.PAUSED, Event.ORDERED_STATUS): _PRINTED_B,
    (State.PAUSED, Event.LINK_CLOSED): _LOST,
    (State.PAUSED, Event.DEADLINE): _one(State.UNKNOWN, Effect.REPORT, _late),
    (State.UNKNOWN, Event.ID_ANSWER): _PRINTED_A,
    (State.UNKNOWN, Event.COUNTER_ROSE): _PRINTED_B,
    (State.UNKNOWN, Event.ZERO_BYTES): _one(State.QUEUED, Effect.AGAIN, _absent),
    (State.UNKNOWN, Event.PERSON_YES): ((_named, Step(State.PRINTED, evidence=Evidence.PERSON)),),
    (State.UNKNOWN, Event.PERSON_NO): (
        (_late_no, Step(State.EXPIRED, Effect.REPORT)),
        (_first_no, Step(State.UNKNOWN, Effect.COPY)),
    ),
    (State.UNKNOWN, Event.NO_ANSWER): _one(State.UNKNOWN, Effect.COPY, _unasked),
    (State.UNKNOWN, Event.DEADLINE): _one(State.EXPIRED, Effect.REPORT, _open_and_late),
    (State.UNKNOWN, Event.CANCELLED): _one(State.CANCELLED, when=_named),
    (State.EXPIRED, Event.ID_ANSWER): _PRINTED_A,
    (State.CANCELLED, Event.ID_ANSWER): _one(State.CANCELLED, Effect.REPORT, _able_a),
    (State.CANCELLED, Event.COMPLETED): _one(State.CANCELLED, Effect.REPORT, _able_b),
    **_COMPLETED,
    **_LOSSES,
    **_COPY_AGAIN,
}  # fmt: skip
"""By state and event. A person's answer and a cancelling without the person's name are nothing."""

FIRST: Final = Step(State.QUEUED)
"""What `Event.ACCEPTED` does; it happens to no job twice."""


def decide(job: Job, heard: Heard, now_ms: int) -> Step | None:
    """Say what an event does to a job; None: nothing, and nothing is to be written."""
    for condition, step in TABLE.get((job.state, heard.event), ()):
        if condition(job, heard, now_ms):
            return step
    return None
