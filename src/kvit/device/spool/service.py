"""The verbs of the spool: accept a job, begin it, say what happened, answer for it, end it, look at it.

Every verb takes ``tx`` first (`kvit.db`) and the shop next; times are arguments. `accept` belongs into the transaction of
the business fact (the sale, the fiscal entry): both are durable or neither. Idempotent for ever: `accept` and `reprint` by
the caller's key, everything else by the state machine, where what was told before does nothing the second time. After
the commit the topic ``"spool"`` is told the printer's name.

A worker's round: `next_for`, make the bytes, `begin` (durable, before the first byte), send, `note` what it sees. When the
program starts, before any worker: `restart`. By the clock, each second or so: `expire`, `unanswered`.

Refusals: ``device.job_conflict``, ``device.job_unknown``, ``device.job_wiped``, ``device.job_busy``, ``device.job_state``,
``device.job_nameless``, and ``device.job_order`` for a key or a printer's name that is none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import msgspec

from kvit.db import ERASED, Tx
from kvit.device.spool import store
from kvit.device.spool.model import (
    ASK_MS,
    COPY_WITHIN_MS,
    ENDED,
    IN_FLIGHT,
    LIFETIME_MS,
    OF_PRINTER,
    REASON_MAX,
    Effect,
    Event,
    Evidence,
    Heard,
    Job,
    Line,
    Payload,
    State,
    Step,
)
from kvit.device.spool.order import Order, is_name
from kvit.device.spool.process_id import process_id
from kvit.device.spool.store import Filter, New
from kvit.device.spool.transitions import decide
from kvit.refusal import Refusal

TOPIC = "spool"
UNCONFIRMED = "unconfirmed"
"""Why a series stands still where nobody knows whether a copy came out."""
AT_ONCE = 200
"""Jobs one call by the clock moves, and the most on a page of the list: what is left is moved by the next call."""


class Noted(msgspec.Struct, frozen=True):
    """What became of a job: as it is now, what must follow, and the COPY made because of it. ``changed`` False: nothing."""

    job: Job
    effect: Effect = Effect.NONE
    child: Job | None = None
    changed: bool = True


class Accepted(msgspec.Struct, frozen=True):
    """The original and its copies are in the queue; ``fresh`` False: they were before."""

    jobs: tuple[Job, ...]
    fresh: bool


class Series(msgspec.Struct, frozen=True):
    """The copies of one order: how many were asked for and are out, and of the first that is not (else the last) its state,
    its number and why.
    """

    asked: int
    printed: int
    state: State
    copy: int
    reason: str
    error: str = ""
    """Why it does not go on: `UNCONFIRMED`, or what the printer said; empty where it goes on, or all are out."""


class Begun(msgspec.Struct, frozen=True):
    """An attempt: the job with its process ID, and what it prints (`kvit.device.press.press` makes it a paper)."""

    job: Job
    payload: Payload


def job_id(shop: str, family: str, copy: int) -> str:
    """Name a job by what it is, so that a verb run again names it the same: 32 hexadecimal digits."""
    return hashlib.sha256(msgspec.json.encode((shop, family, copy))).hexdigest()[:32]


def accept(tx: Tx, shop: str, given: Order, now_ms: int) -> Accepted | Refusal:
    """Queue a document: one job a copy, the first one the original. Same key, other order: ``device.job_conflict``."""
    if store.requested(tx, shop, given.key) is not None:
        return _accepted_before(tx, shop, given)
    store.keep_document(tx, shop, given, now_ms)
    deadline = given.deadline_ms if given.deadline_ms is not None else now_ms + LIFETIME_MS[given.kind]
    original = store.insert(tx, shop, _new(shop, given, 1, now_ms, deadline))
    if original is None:
        return _accepted_before(tx, shop, given)
    jobs = [original]
    for copy in range(2, given.copies + 1):
        job = store.insert(tx, shop, _new(shop, given, copy, now_ms, deadline))
        assert job is not None, "the family is ours since its original was inserted"
        jobs.append(job)
    tx.tell(TOPIC, given.printer)
    return Accepted(tuple(jobs), fresh=True)


def _accepted_before(tx: Tx, shop: str, given: Order) -> Accepted | Refusal:
    known = store.requested(tx, shop, given.key)
    if known is None or known[1] != given.fingerprint:
        return Refusal("device.job_conflict", {"key": given.key})
    return Accepted(tuple(job for job in store.family(tx, shop, given.key) if job.parent is None), fresh=False)


def _new(shop: str, given: Order, copy: int, now_ms: int, deadline_ms: int) -> New:
    request = given.key if copy == 1 else None
    return New(
        job_id(shop, given.key, copy), given.key, copy, given.copies, None, request, given.fingerprint, given.printer,
        given.kind, given.title, given.sha256, given.priority, now_ms, deadline_ms, given.secret, given.made,
    )  # fmt: skip


def next_for(tx: Tx, shop: str, printer: str, now_ms: int) -> Job | None:
    """Give what a printer takes next: by priority, then age. None: nothing waits, one is in flight, or one is blocked."""
    return store.first_waiting(tx, shop, printer, now_ms)


def begin(tx: Tx, shop: str, id_: str, able: Evidence, now_ms: int) -> Begun | Refusal:
    """Begin an attempt; ``able`` is the class the printer was probed to have. No byte goes out before this is durable."""
    assert able is not Evidence.PERSON
    seen = store.get(tx, shop, id_)
    if seen is None:
        return Refusal("device.job_unknown")
    count, power_ons = store.next_attempt(tx, shop, seen.printer)  # the printer is held from here on
    holder = store.flying(tx, shop, seen.printer)
    if holder is not None:
        return Refusal("device.job_busy", {"printer": seen.printer})
    job = store.locked(tx, shop, id_)
    assert job is not None, "no job disappears"
    heard = Heard(Event.BEGUN)
    taken = decide(job, heard, now_ms)
    if taken is None or now_ms >= job.deadline_ms or job.printer != seen.printer:
        return Refusal("device.job_state", {"state": job.state.value})
    flying = store.fly(tx, job, process_id(count, power_ons), able)
    payload = store.payload(tx, shop, id_)
    assert payload is not None
    after = store.step(tx, flying, heard, taken, now_ms)
    tx.tell(TOPIC, job.printer)
    return Begun(after, payload)


def note(tx: Tx, shop: str, id_: str, heard: Heard, now_ms: int) -> Noted | Refusal:
    """Say what was seen of a job and its printer. What does not concern its state or its attempt changes nothing."""
    assert heard.event in OF_PRINTER, heard.event
    return _hear(tx, shop, id_, heard, now_ms)


def answered(tx: Tx, shop: str, printer: str, pid: bytes, now_ms: int) -> Noted | Refusal:
    """A printer said a process ID, whenever: the job it names is printed."""
    id_ = store.by_pid(tx, shop, printer, pid)
    if id_ is None:
        return Refusal("device.job_unknown")
    return note(tx, shop, id_, Heard(Event.ID_ANSWER, pid), now_ms)


def ready(tx: Tx, shop: str, printer: str, now_ms: int) -> list[Noted]:
    """The printer takes jobs again: what was blocked before it is queued."""
    return _hear_all(tx, shop, store.blocked(tx, shop, printer), Heard(Event.PREFLIGHT_GOOD), now_ms)


def remade(tx: Tx, shop: str, printer: str, now_ms: int) -> list[Noted]:
    """What papers for this printer could not be made without is there: jobs refused for its want are queued."""
    return _hear_all(tx, shop, store.unmade(tx, shop, printer), Heard(Event.REMADE), now_ms)


def note_all(tx: Tx, shop: str, id_: str, heard: Sequence[Heard], now_ms: int) -> list[Noted | Refusal]:
    """Say several things in their order, in one transaction."""
    return [note(tx, shop, id_, each, now_ms) for each in heard]


def holding(tx: Tx, shop: str, printer: str) -> Job | None:
    """Give the job in flight on a printer."""
    id_ = store.flying(tx, shop, printer)
    return None if id_ is None else store.get(tx, shop, id_)


def waiting(tx: Tx, shop: str, printer: str) -> list[str]:
    """Give the ids of what waits for a printer, surely not printed, in the order it would be."""
    return store.waiting(tx, shop, printer, AT_ONCE)


def power_on(tx: Tx, shop: str, printer: str) -> None:
    """A printer was switched on or its connection made anew: IDs from now on differ from those before."""
    store.power_on(tx, shop, printer)


def restart(tx: Tx, shop: str, now_ms: int) -> list[Noted]:
    """The program starts: what was in flight is unknown now, never queued. Call it before any worker begins."""
    return _hear_all(tx, shop, store.in_flight(tx, shop), Heard(Event.HOST_RESTART), now_ms)


def cancel(tx: Tx, shop: str, id_: str, by: str, now_ms: int) -> Noted | Refusal:
    """A user (an id, no name) takes a job back. In flight or ended: ``device.job_state``; told again: the same."""
    return _by_person(tx, shop, id_, Heard(Event.CANCELLED, by=by), now_ms, (State.CANCELLED,))


def answer(tx: Tx, shop: str, id_: str, came_out: bool, by: str, now_ms: int) -> Noted | Refusal:
    """A user says whether an unknown job came out. No: a COPY is made, or behind the deadline the job is expired."""
    event = Event.PERSON_YES if came_out else Event.PERSON_NO
    told = (State.PRINTED,) if came_out else (State.UNKNOWN, State.EXPIRED)
    return _by_person(tx, shop, id_, Heard(event, by=by), now_ms, told)


def _by_person(tx: Tx, shop: str, id_: str, heard: Heard, now_ms: int, told: tuple[State, ...]) -> Noted | Refusal:
    if not heard.by:
        return Refusal("device.job_nameless")
    noted = _hear(tx, shop, id_, heard, now_ms)
    if isinstance(noted, Refusal) or noted.changed:
        return noted
    if noted.job.state not in told:
        return Refusal("device.job_state", {"state": noted.job.state.value})
    return noted


def move(tx: Tx, shop: str, id_: str, printer: str, by: str, now_ms: int) -> Noted | Refusal:
    """Give a job that surely has not printed to another printer. ``by``: a user, or empty where a rule did it."""
    if not is_name(printer):
        return Refusal("device.job_order", {"what": "printer"})
    job = store.locked(tx, shop, id_)
    if job is None:
        return Refusal("device.job_unknown")
    heard = Heard(Event.MOVED, by=by, reason=printer)
    taken = decide(job, heard, now_ms)
    if taken is None:
        return Refusal("device.job_state", {"state": job.state.value})
    if job.printer == printer:
        return Noted(job, changed=False)
    store.readdress(tx, job, printer)
    tx.tell(TOPIC, job.printer)
    tx.tell(TOPIC, printer)
    return Noted(store.step(tx, job, heard, taken, now_ms), taken.effect)


def expire(tx: Tx, shop: str, now_ms: int) -> list[Noted]:
    """End what is behind its deadline. Paused becomes unknown here, and expired with the next call."""
    return _hear_all(tx, shop, store.overdue(tx, shop, now_ms, AT_ONCE), Heard(Event.DEADLINE), now_ms)


def unanswered(tx: Tx, shop: str, now_ms: int) -> list[Noted]:
    """Make the COPY of unknown originals that nobody answered for in `ASK_MS`."""
    ids = [job.id for job in store.asked(tx, shop, now_ms - ASK_MS, AT_ONCE) if job.copy == 1]
    return _hear_all(tx, shop, ids, Heard(Event.NO_ANSWER), now_ms)


def wipe(tx: Tx, shop: str, keep_ms: int, now_ms: int) -> int:
    """Wipe what ended jobs printed that nothing happened to for ``keep_ms``; give how many papers. Histories stay."""
    wiped = store.wipe_old(tx, shop, now_ms - keep_ms, now_ms, AT_ONCE)
    if wiped:
        tx.tell(ERASED)
    return wiped


def reprint(
    tx: Tx, shop: str, id_: str, key: str, by: str, now_ms: int, deadline_ms: int | None = None
) -> Job | Refusal:
    """Print a job again as a marked COPY, under the caller's key. Waiting or in flight: ``device.job_state``."""
    if not by:
        return Refusal("device.job_nameless")
    if not is_name(key):
        return Refusal("device.job_order", {"what": "key"})
    job = store.locked(tx, shop, id_)
    if job is None:
        return Refusal("device.job_unknown")
    fingerprint = hashlib.sha256(msgspec.json.encode(("reprint", id_, by))).digest()
    known = store.requested(tx, shop, key)
    if known is not None:
        return known[0] if known[1] == fingerprint else Refusal("device.job_conflict", {"key": key})
    heard = Heard(Event.REPRINT, by=by)
    taken = decide(job, heard, now_ms)
    if taken is None:
        return Refusal("device.job_state", {"state": job.state.value})
    if store.payload(tx, shop, id_) is None:
        return Refusal("device.job_wiped")
    after = store.step(tx, job, heard, taken, now_ms)
    deadline = now_ms + LIFETIME_MS[job.kind] if deadline_ms is None else deadline_ms
    child = _copy(tx, shop, after, now_ms, deadline, key, fingerprint)
    return child or Refusal("device.job_conflict", {"key": key})


def _hear_all(tx: Tx, shop: str, ids: list[str], heard: Heard, now_ms: int) -> list[Noted]:
    found = [_hear(tx, shop, id_, heard, now_ms) for id_ in ids]
    return [noted for noted in found if isinstance(noted, Noted) and noted.changed]


def _hear(tx: Tx, shop: str, id_: str, heard: Heard, now_ms: int) -> Noted | Refusal:
    heard = msgspec.structs.replace(heard, reason=heard.reason.replace("\0", " ")[:REASON_MAX])
    job = store.locked(tx, shop, id_)
    if job is None:
        return Refusal("device.job_unknown")
    taken = decide(job, heard, now_ms)
    if taken is None:
        return Noted(job, changed=False)
    return _take(tx, shop, job, heard, taken, now_ms)


def _take(tx: Tx, shop: str, job: Job, heard: Heard, taken: Step, now_ms: int) -> Noted:
    after = store.step(tx, job, heard, taken, now_ms)
    child = None
    if taken.effect is Effect.COPY:
        fingerprint = hashlib.sha256(msgspec.json.encode(("copy", job.id))).digest()
        child = _copy(tx, shop, after, now_ms, job.deadline_ms, None, fingerprint)
        assert child is not None, "the family is held since its last number was read"
    elif after.state in ENDED and store.wipe_secret(tx, shop, after, now_ms):
        tx.tell(ERASED)
    tx.tell(TOPIC, job.printer)
    return Noted(after, taken.effect, child)


def _copy(
    tx: Tx, shop: str, parent: Job, now_ms: int, deadline_ms: int, request: str | None, fingerprint: bytes
) -> Job | None:
    """Queue a marked COPY: next number of the family, same document; None where the request was used meanwhile."""
    copy = store.last_copy(tx, shop, parent.family) + 1
    new = New(
        job_id(shop, parent.family, copy), parent.family, copy, parent.copies, parent.id, request, fingerprint,
        parent.printer, parent.kind, parent.title, parent.sha256, parent.priority, now_ms, deadline_ms,
        made=parent.made,
    )  # fmt: skip
    tx.tell(TOPIC, parent.printer)
    return store.insert(tx, shop, new)


def series(tx: Tx, shop: str, key: str, now_ms: int = 0, within_ms: int = COPY_WITHIN_MS) -> Series | Refusal:
    """Say how far the copies of one order have come. The next one begins when the one before it is out, so the first that
    is not says why it stopped; one that has been at the printer for longer than ``within_ms`` is not confirmed.
    """
    jobs = [job for job in store.family(tx, shop, key) if job.parent is None]
    if not jobs:
        return Refusal("device.job_unknown")
    done = [job for job in jobs if job.state in (State.PRINTED, State.SENT)]
    at = next((job for job in jobs if job not in done), jobs[-1])
    late = at.state in IN_FLIGHT and now_ms - at.changed_ms >= within_ms
    if at.state is State.UNKNOWN or late:
        error = UNCONFIRMED
    else:
        error = "" if at in done else at.reason or (at.state.value if at.state in ENDED else "")
    return Series(len(jobs), len(done), at.state, at.copy, at.reason, error)


def get(tx: Tx, shop: str, id_: str) -> Job | Refusal:
    """Give a job."""
    return store.get(tx, shop, id_) or Refusal("device.job_unknown")


def payload(tx: Tx, shop: str, id_: str) -> Payload | Refusal:
    """Give what a job prints, as it was accepted; ``device.job_wiped`` where it is kept no longer."""
    found = store.payload(tx, shop, id_)
    if found is not None:
        return found
    return Refusal("device.job_unknown" if store.get(tx, shop, id_) is None else "device.job_wiped")


def history(tx: Tx, shop: str, id_: str) -> list[Line]:
    """Give what happened to a job, first to last; empty where there is no such job."""
    return store.history(tx, shop, id_)


def asked(tx: Tx, shop: str, now_ms: int) -> list[Job]:
    """Give the jobs a person is to be asked about, oldest first."""
    return store.asked(tx, shop, now_ms, AT_ONCE)


def search(tx: Tx, shop: str, wanted: Filter, before_n: int | None = None, limit: int = 50) -> list[Job]:
    """Give jobs, newest first; ``before_n`` is the last one's ``n`` of the page before."""
    return store.search(tx, shop, wanted, before_n, max(1, min(limit, AT_ONCE)))
