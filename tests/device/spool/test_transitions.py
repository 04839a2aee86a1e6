from __future__ import annotations

import itertools

import pytest

from kvit.device.spool.model import Effect, Event, Evidence, Heard, State, Step
from kvit.device.spool.transitions import TABLE, decide
from tests.device.spool.jobs import HOUR_MS, NOW_MS, PID, job

LATE_MS = NOW_MS + HOUR_MS

EXPECTED = """
queued      preflight_bad    blocked     report
queued      begun            sending     none
queued      moved            queued      none
queued      cancelled        cancelled   none
queued      id_answer        printed     none
queued      completed        printed     none
blocked     preflight_good   queued      none
blocked     back_again       queued      none
blocked     moved            queued      none
blocked     cancelled        cancelled   none
blocked     id_answer        printed     none
blocked     completed        printed     none
sending     bytes_out        confirming  none
sending     id_answer        printed     none
sending     completed        printed     none
sending     paper_end        sending     report
sending     cover_open       sending     report
sending     stopped          sending     report
sending     stopped          sending     report
sending     link_closed      unknown     ask
sending     link_lost        unknown     ask
sending     time_out         unknown     ask
sending     power_cycle      unknown     ask
sending     host_restart     unknown     ask
sending     zero_bytes       queued      again
confirming  id_answer        printed     none
confirming  completed        printed     none
confirming  ordered_status   printed     none
confirming  zero_bytes       queued      again
confirming  paper_end        paused      report
confirming  cover_open       paused      report
confirming  stopped          paused      report
confirming  stopped          paused      report
confirming  link_closed      unknown     ask
confirming  link_lost        unknown     ask
confirming  time_out         unknown     ask
confirming  power_cycle      unknown     ask
confirming  host_restart     unknown     ask
paused      zero_bytes       queued      again
paused      back_again       confirming  none
paused      id_answer        printed     none
paused      completed        printed     none
paused      ordered_status   printed     none
paused      link_closed      unknown     ask
paused      link_lost        unknown     ask
paused      time_out         unknown     ask
paused      power_cycle      unknown     ask
paused      host_restart     unknown     ask
unknown     id_answer        printed     none
unknown     completed        printed     none
unknown     counter_rose     printed     none
unknown     zero_bytes       queued      again
unknown     person_yes       printed     none
unknown     person_no        unknown     copy
unknown     no_answer        unknown     copy
unknown     cancelled        cancelled   none
unknown     reprint          unknown     copy
printed     reprint          printed     copy
sent        reprint          sent        copy
expired     reprint          expired     copy
expired     id_answer        printed     none
expired     completed        printed     none
cancelled   reprint          cancelled   copy
cancelled   id_answer        cancelled   report
cancelled   completed        cancelled   report
"""
"""For an original on a printer of class A before its deadline, all that is told about this attempt by a named person.

What is not here is nothing.
"""
CELLS = {
    (State(before), Event(event)): (State(after), Effect(effect))
    for before, event, after, effect in (line.split() for line in EXPECTED.strip().splitlines())
}
FULL = {event: Heard(event, PID, "u7") for event in Event}
EVERY = list(itertools.product(State, Event))


@pytest.mark.parametrize(("state", "event"), EVERY)
def test_every_state_and_event(state: State, event: Event) -> None:
    step = decide(job(state=state), FULL[event], NOW_MS)
    assert (step and (step.state, step.effect)) == CELLS.get((state, event))


@pytest.mark.parametrize(("state", "event"), EVERY)
def test_another_attempts_word_is_nothing(state: State, event: Event) -> None:
    told = {Event.PREFLIGHT_BAD, Event.PREFLIGHT_GOOD, Event.BEGUN, Event.MOVED, Event.HOST_RESTART, Event.CANCELLED,
            Event.PERSON_YES, Event.PERSON_NO, Event.NO_ANSWER, Event.REPRINT}  # fmt: skip
    free = event in told or (state, event) == (State.BLOCKED, Event.BACK_AGAIN)
    for pid in (b"~~~~", None):
        step = decide(job(state=state), Heard(event, pid, "u7"), NOW_MS)
        assert (step is not None) == (free and (state, event) in CELLS)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("event", [Event.CANCELLED, Event.PERSON_YES, Event.PERSON_NO, Event.REPRINT])
def test_a_person_has_a_name(state: State, event: Event) -> None:
    assert decide(job(state=state), Heard(event), NOW_MS) is None


@pytest.mark.parametrize(("state", "after"), [
    (State.QUEUED, State.EXPIRED), (State.BLOCKED, State.EXPIRED), (State.PAUSED, State.UNKNOWN),
    (State.UNKNOWN, State.EXPIRED), (State.SENDING, None), (State.CONFIRMING, None), (State.PRINTED, None),
    (State.SENT, None), (State.EXPIRED, None), (State.CANCELLED, None),
])  # fmt: skip
def test_the_deadline(state: State, after: State | None) -> None:
    heard = Heard(Event.DEADLINE)
    step = decide(job(state=state), heard, LATE_MS)
    assert step == (after and Step(after, Effect.REPORT))
    assert decide(job(state=state), heard, LATE_MS - 1) is None


@pytest.mark.parametrize(("able", "event", "after"), [
    (Evidence.A, Event.ID_ANSWER, State.PRINTED), (Evidence.B, Event.ID_ANSWER, None), (Evidence.C, Event.ID_ANSWER, None),
    (Evidence.A, Event.ORDERED_STATUS, State.PRINTED), (Evidence.B, Event.ORDERED_STATUS, State.PRINTED),
    (Evidence.A, Event.COMPLETED, State.PRINTED), (Evidence.B, Event.COMPLETED, State.PRINTED),
    (Evidence.C, Event.COMPLETED, None), (Evidence.C, Event.ORDERED_STATUS, None),
    (Evidence.A, Event.LINK_CLOSED, State.UNKNOWN),
    (Evidence.B, Event.LINK_CLOSED, State.UNKNOWN), (Evidence.C, Event.LINK_CLOSED, State.SENT),
])  # fmt: skip
def test_the_ladder_of_evidence(able: Evidence, event: Event, after: State | None) -> None:
    step = decide(job(state=State.CONFIRMING, able=able), FULL[event], NOW_MS)
    assert (step and step.state) == after
    if step and step.state is not State.UNKNOWN:
        wanted = {
            Event.ID_ANSWER: Evidence.A,
            Event.ORDERED_STATUS: Evidence.B,
            Event.COMPLETED: Evidence.B,
            Event.LINK_CLOSED: Evidence.C,
        }
        assert step.evidence is wanted[event]


def test_one_copy_by_itself_and_only_of_the_original_and_in_time() -> None:
    silence, no = Heard(Event.NO_ANSWER), FULL[Event.PERSON_NO]
    unknown = job(state=State.UNKNOWN)
    copied, child = job(state=State.UNKNOWN, copied=True), job(state=State.UNKNOWN, copy=2, parent="a")
    assert decide(unknown, silence, NOW_MS) == Step(State.UNKNOWN, Effect.COPY)
    for settled in (copied, child):
        assert decide(settled, silence, NOW_MS) is None
    assert decide(unknown, silence, LATE_MS) is None
    assert decide(copied, no, NOW_MS) is None
    assert decide(child, no, NOW_MS) == Step(State.UNKNOWN, Effect.COPY)
    assert decide(unknown, no, LATE_MS) == Step(State.EXPIRED, Effect.REPORT)


def test_what_has_a_copy_is_never_sent_again() -> None:
    assert decide(job(state=State.UNKNOWN, copied=True), FULL[Event.ZERO_BYTES], NOW_MS) is None
    assert decide(job(state=State.UNKNOWN, copied=True), FULL[Event.PERSON_YES], NOW_MS) is not None


def test_only_proof_of_absence_leads_back() -> None:
    begun = {State.SENDING, State.CONFIRMING, State.PAUSED, State.UNKNOWN}
    back = {event for (state, event), ways in TABLE.items() for _, step in ways
            if state in begun and step.state is State.QUEUED}  # fmt: skip
    assert back == {Event.ZERO_BYTES}


def test_printed_has_evidence_and_sent_has_none() -> None:
    for (before, _), ways in TABLE.items():
        for _, step in ways:
            if before is not step.state:
                assert (step.evidence in (Evidence.A, Evidence.B, Evidence.PERSON)) == (step.state is State.PRINTED)
                assert (step.evidence is Evidence.C) == (step.state is State.SENT)


def test_what_a_printer_refused_is_not_taken_up_when_it_is_well_again() -> None:
    refused = job(state=State.BLOCKED, reason="refused: too large")
    assert decide(refused, Heard(Event.PREFLIGHT_GOOD), NOW_MS) is None
    assert decide(refused, Heard(Event.MOVED), NOW_MS) == Step(State.QUEUED)
