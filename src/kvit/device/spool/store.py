"""The tables of the spool, and the SQL over them.

``spool_job`` holds what a list shows and decides, ``spool_document`` the documents, each once, ``spool_history`` a line
for every step, ``spool_printer`` the count that numbers the attempts. The data base itself keeps that one job is in
flight on a printer, that "printed" has its evidence, that an ended job and a line of history never change. Every change of
a job begins with `locked`, whose UPDATE is the row lock on PostgreSQL.
"""

from __future__ import annotations

from dataclasses import dataclass

import msgspec

from kvit.db import Tx
from kvit.db.tx import Row, Value
from kvit.device.spool.model import (
    NO_TEMPLATE,
    REFUSED,
    UNMADE,
    Effect,
    Event,
    Evidence,
    Form,
    Heard,
    Job,
    Kind,
    Line,
    Made,
    Payload,
    State,
    Step,
)
from kvit.device.spool.order import Order

COLUMNS = (
    "n, id, family, copy, copies, parent, printer, kind, title, sha256, priority, accepted_at, changed_at, deadline, state,"
    " attempt, pid, able, evidence, reason, by_user, copied, steps, business, variant, template_id, template_version,"
    " engine"
)
_FLYING = "state IN ('sending', 'confirming', 'paused')"
_WAITING = "state IN ('queued', 'blocked')"
_BLOCKED = f"state = 'blocked' AND substr(reason, 1, {len(REFUSED)}) <> '{REFUSED}'"
"""By the printer's own state: what it refused for itself holds nobody up."""
_ITS_TURN = (
    "(copy = 1 OR parent IS NOT NULL OR NOT EXISTS (SELECT 1 FROM spool_job b WHERE b.shop = $1"
    " AND b.family = spool_job.family AND b.copy = spool_job.copy - 1 AND b.state NOT IN ('printed', 'sent')))"
)
"""Of copies asked for at once the next one begins when the one before it is out."""


@dataclass(frozen=True, slots=True)
class Filter:
    """Which jobs: all conditions hold together, empty ones are none. ``text`` stands in the key or the title."""

    printer: str = ""
    state: State | None = None
    kind: Kind | None = None
    text: str = ""
    from_ms: int | None = None
    until_ms: int | None = None


@dataclass(frozen=True, slots=True)
class New:
    """A row to be: its id, which paper of its family, and the request (a caller's key) it answers, if any."""

    id: str
    family: str
    copy: int
    copies: int
    parent: str | None
    request: str | None
    fingerprint: bytes
    printer: str
    kind: Kind
    title: str
    sha256: bytes
    priority: int
    now_ms: int
    deadline_ms: int
    secret: bool = False
    made: Made = NO_TEMPLATE


def job_of(row: Row) -> Job:
    """Build a job from ``COLUMNS``."""
    (n, id_, family, copy, copies, parent, printer, kind, title, sha256, priority, accepted, changed, deadline, state,
     attempt, pid, able, evidence, reason, by, copied, steps, *made) = row  # fmt: skip
    return Job(
        n, id_, family, copy, copies, parent, printer, Kind(kind), title, bytes(sha256), priority, accepted, changed,
        deadline, State(state), attempt, _bytes(pid), _evidence(able), _evidence(evidence), reason, by, bool(copied), steps,
        Made(*made),
    )  # fmt: skip


def _bytes(value: bytes | None) -> bytes | None:
    return None if value is None else bytes(value)


def _evidence(value: str | None) -> Evidence | None:
    return None if value is None else Evidence(value)


def keep_document(tx: Tx, shop: str, given: Order, now_ms: int) -> None:
    """Keep a document, once; one that was wiped is kept anew."""
    tx.run(
        "INSERT INTO spool_document (shop, sha256, body, form, profile, kept_at) VALUES ($1, $2, $3, $4, $5, $6)"
        " ON CONFLICT (shop, sha256) DO UPDATE SET body = excluded.body, kept_at = excluded.kept_at, wiped_at = NULL"
        " WHERE spool_document.wiped_at IS NOT NULL",
        shop, given.sha256, given.payload.body, given.payload.form.value, given.payload.profile, now_ms,
    )  # fmt: skip


def payload(tx: Tx, shop: str, id_: str) -> Payload | None:
    """Give what a job prints: its original's; None where it was wiped."""
    row = tx.one(
        "SELECT d.form, d.profile, d.body FROM spool_document d JOIN spool_job j ON j.shop = d.shop AND j.sha256 = d.sha256"
        " WHERE j.shop = $1 AND j.id = $2 AND d.wiped_at IS NULL",
        shop, id_,
    )  # fmt: skip
    return None if row is None else Payload(Form(row[0]), row[1], bytes(row[2]))


_OPEN = "(state IN ('queued', 'blocked', 'sending', 'confirming', 'paused') OR (state = 'unknown' AND copied = 0))"


def wipe_secret(tx: Tx, shop: str, job: Job, now_ms: int) -> bool:
    """Wipe what an ended job printed, where that is a secret and no other job still prints it."""
    sql = (
        "UPDATE spool_document SET body = $4, wiped_at = $3 WHERE shop = $1 AND sha256 = $2 AND wiped_at IS NULL"  # noqa: S608
        " AND EXISTS (SELECT 1 FROM spool_job WHERE shop = $1 AND sha256 = $2 AND secret = 1)"
        f" AND NOT EXISTS (SELECT 1 FROM spool_job WHERE shop = $1 AND sha256 = $2 AND {_OPEN})"
    )
    return tx.run(sql, shop, job.sha256, now_ms, b"") > 0


def wipe_old(tx: Tx, shop: str, until_ms: int, now_ms: int, limit: int) -> int:
    """Wipe what was kept before ``until_ms`` and printed by no job that is open or has changed since; give how many."""
    rows = tx.all(
        "SELECT d.sha256 FROM spool_document d WHERE d.shop = $1 AND d.wiped_at IS NULL AND d.kept_at < $2"  # noqa: S608
        " AND NOT EXISTS (SELECT 1 FROM spool_job WHERE shop = $1 AND sha256 = d.sha256"
        f" AND (changed_at >= $2 OR {_OPEN})) ORDER BY d.kept_at LIMIT {int(limit)}",
        shop, until_ms,
    )  # fmt: skip
    for (sha256,) in rows:
        tx.run(
            "UPDATE spool_document SET body = $4, wiped_at = $3 WHERE shop = $1 AND sha256 = $2",
            shop, sha256, now_ms, b"",
        )  # fmt: skip
    return len(rows)


def insert(tx: Tx, shop: str, new: New) -> Job | None:
    """Insert a queued job with its first line of history; None where its id, place or request is taken."""
    row = tx.one(
        "INSERT INTO spool_job (shop, id, family, copy, copies, parent, request, fingerprint, printer, kind, title, sha256,"  # noqa: S608
        " priority, accepted_at, changed_at, deadline, state, steps, secret, business, variant, template_id,"
        " template_version, engine) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14, $15,"
        " 'queued', 1, $16, $17, $18, $19, $20, $21)"
        f" ON CONFLICT DO NOTHING RETURNING {COLUMNS}",
        shop, new.id, new.family, new.copy, new.copies, new.parent, new.request, new.fingerprint, new.printer,
        new.kind.value, new.title, new.sha256, new.priority, new.now_ms, new.deadline_ms, int(new.secret),
        *msgspec.structs.astuple(new.made),
    )  # fmt: skip
    if row is None:
        return None
    job = job_of(row)
    _write_line(tx, job, None, Heard(Event.ACCEPTED), Effect.NONE)
    return job


def requested(tx: Tx, shop: str, request: str) -> tuple[Job, bytes] | None:
    """Give the job a request made, and the fingerprint of the request."""
    row = tx.one(
        f"SELECT fingerprint, {COLUMNS} FROM spool_job WHERE shop = $1 AND request = $2",  # noqa: S608 - our own words
        shop, request,
    )  # fmt: skip
    return None if row is None else (job_of(row[1:]), bytes(row[0]))


def get(tx: Tx, shop: str, id_: str) -> Job | None:
    """Give a job."""
    row = tx.one(f"SELECT {COLUMNS} FROM spool_job WHERE shop = $1 AND id = $2", shop, id_)  # noqa: S608
    return None if row is None else job_of(row)


def locked(tx: Tx, shop: str, id_: str) -> Job | None:
    """Give a job and hold its row until the transaction ends."""
    row = tx.one(
        f"UPDATE spool_job SET steps = steps WHERE shop = $1 AND id = $2 RETURNING {COLUMNS}",  # noqa: S608
        shop, id_,
    )  # fmt: skip
    return None if row is None else job_of(row)


def family(tx: Tx, shop: str, key: str) -> list[Job]:
    """Give the original and all copies, by their number."""
    rows = tx.all(
        f"SELECT {COLUMNS} FROM spool_job WHERE shop = $1 AND family = $2 ORDER BY copy",  # noqa: S608
        shop, key,
    )  # fmt: skip
    return [job_of(row) for row in rows]


def last_copy(tx: Tx, shop: str, key: str) -> int:
    """Give the highest number of a family, and hold its original until the transaction ends."""
    tx.run("UPDATE spool_job SET steps = steps WHERE shop = $1 AND family = $2 AND copy = 1", shop, key)
    row = tx.one("SELECT max(copy) FROM spool_job WHERE shop = $1 AND family = $2", shop, key)
    assert row is not None
    return int(row[0])


def step(tx: Tx, job: Job, heard: Heard, taken: Step, now_ms: int) -> Job:
    """Write a step: the job as it is afterwards, and a line of history. ``job`` is as `locked` gave it."""
    row = tx.one(
        "UPDATE spool_job SET state = $4, evidence = $5, copied = $8, changed_at = $9, steps = steps + 1,"  # noqa: S608
        " reason = CASE WHEN $6 = '' AND state = $4 THEN reason ELSE $6 END,"
        " by_user = CASE WHEN $7 = '' OR state = $4 THEN by_user ELSE $7 END"
        f" WHERE n = $1 AND state = $2 AND steps = $3 RETURNING {COLUMNS}",
        job.n, job.state.value, job.steps, taken.state.value, _kept(job, taken), heard.reason, heard.by,
        int(job.copied or taken.effect is Effect.COPY), now_ms,
    )  # fmt: skip
    assert row is not None, "the row is held since it was read"
    after = job_of(row)
    _write_line(tx, after, job.state, heard, taken.effect)
    return after


def _kept(job: Job, taken: Step) -> str | None:
    """The evidence afterwards: a step that stays where it is keeps what there was."""
    evidence = job.evidence if taken.state is job.state else taken.evidence
    return None if evidence is None else evidence.value


def _write_line(tx: Tx, after: Job, before: State | None, heard: Heard, effect: Effect) -> None:
    tx.run(
        "INSERT INTO spool_history (job, step, at, event, before, after, effect, attempt, pid, evidence, by_user, reason)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
        after.n, after.steps, after.changed_ms, heard.event.value, None if before is None else before.value,
        after.state.value, effect.value, after.attempt, after.pid,
        None if after.evidence is None else after.evidence.value, heard.by, heard.reason,
    )  # fmt: skip


def next_attempt(tx: Tx, shop: str, printer: str) -> tuple[int, int]:
    """Count one attempt more; give its number from 0 and how often the printer was switched on.

    The row is held until the transaction ends: two begin one after the other.
    """
    row = tx.one(
        "INSERT INTO spool_printer (shop, printer, attempts) VALUES ($1, $2, 1)"
        " ON CONFLICT (shop, printer) DO UPDATE SET attempts = spool_printer.attempts + 1 RETURNING attempts, power_ons",
        shop, printer,
    )  # fmt: skip
    assert row is not None
    return int(row[0]) - 1, int(row[1])


def power_on(tx: Tx, shop: str, printer: str) -> None:
    """Count that a printer was switched on, or its connection made anew."""
    tx.run(
        "INSERT INTO spool_printer (shop, printer, power_ons) VALUES ($1, $2, 1)"
        " ON CONFLICT (shop, printer) DO UPDATE SET power_ons = spool_printer.power_ons + 1",
        shop, printer,
    )  # fmt: skip


def flying(tx: Tx, shop: str, printer: str) -> str | None:
    """Give the id of the job that holds a printer."""
    row = tx.one(f"SELECT id FROM spool_job WHERE shop = $1 AND printer = $2 AND {_FLYING}", shop, printer)  # noqa: S608
    return None if row is None else str(row[0])


def fly(tx: Tx, job: Job, pid: bytes, able: Evidence) -> Job:
    """Give a queued job its attempt. `step` follows."""
    row = tx.one(
        "UPDATE spool_job SET attempt = attempt + 1, pid = $2, able = $3 WHERE n = $1 AND state = 'queued'"  # noqa: S608
        f" RETURNING {COLUMNS}",
        job.n, pid, able.value,
    )  # fmt: skip
    assert row is not None, "the row is held since it was read"
    return job_of(row)


def readdress(tx: Tx, job: Job, printer: str) -> None:
    """Give a waiting job another printer. `step` follows."""
    tx.run("UPDATE spool_job SET printer = $2 WHERE n = $1 AND state IN ('queued', 'blocked')", job.n, printer)


def first_waiting(tx: Tx, shop: str, printer: str, now_ms: int) -> Job | None:
    """Give the job a free printer takes next: by priority, then by age; None while one is in flight or blocked.

    The conditions repeat those of the partial indexes word for word: only so are they used, and a printer's long past
    costs nothing.
    """
    row = tx.one(
        f"SELECT {COLUMNS} FROM spool_job WHERE shop = $1 AND printer = $2 AND {_WAITING} AND state = 'queued'"  # noqa: S608
        " AND deadline > $3"
        f" AND NOT EXISTS (SELECT 1 FROM spool_job WHERE shop = $1 AND printer = $2 AND {_FLYING})"
        f" AND NOT EXISTS (SELECT 1 FROM spool_job WHERE shop = $1 AND printer = $2 AND {_WAITING} AND {_BLOCKED})"
        f" AND {_ITS_TURN}"
        " ORDER BY priority DESC, n LIMIT 1",
        shop, printer, now_ms,
    )  # fmt: skip
    return None if row is None else job_of(row)


def by_pid(tx: Tx, shop: str, printer: str, pid: bytes) -> str | None:
    """Give the id of the latest job whose last attempt on a printer had a process ID."""
    row = tx.one(
        "SELECT id FROM spool_job WHERE shop = $1 AND printer = $2 AND pid = $3 ORDER BY changed_at DESC, n DESC LIMIT 1",
        shop, printer, pid,
    )  # fmt: skip
    return None if row is None else str(row[0])


def in_flight(tx: Tx, shop: str) -> list[str]:
    """Give the ids of all jobs in flight."""
    return [row[0] for row in tx.all(f"SELECT id FROM spool_job WHERE shop = $1 AND {_FLYING} ORDER BY n", shop)]  # noqa: S608


def blocked(tx: Tx, shop: str, printer: str) -> list[str]:
    """Give the ids of what is blocked before a printer by the printer's own state."""
    sql = f"SELECT id FROM spool_job WHERE shop = $1 AND printer = $2 AND {_WAITING} AND {_BLOCKED} ORDER BY +n"  # noqa: S608
    return [row[0] for row in tx.all(sql, shop, printer)]


def unmade(tx: Tx, shop: str, printer: str) -> list[str]:
    """Give the ids of what waits before a printer because its paper could not be made for it."""
    rows = tx.all(
        f"SELECT id, reason FROM spool_job WHERE shop = $1 AND printer = $2 AND {_WAITING} AND state = 'blocked'"  # noqa: S608
        " ORDER BY +n",
        shop, printer,
    )  # fmt: skip
    return [id_ for id_, reason in rows if reason.startswith(UNMADE)]


def waiting(tx: Tx, shop: str, printer: str, limit: int) -> list[str]:
    """Give the ids of what waits for a printer, in the order it would be printed."""
    rows = tx.all(
        "SELECT id FROM spool_job WHERE shop = $1 AND printer = $2 AND state IN ('queued', 'blocked')"  # noqa: S608
        f" ORDER BY priority DESC, n LIMIT {int(limit)}",
        shop, printer,
    )  # fmt: skip
    return [row[0] for row in rows]


def overdue(tx: Tx, shop: str, now_ms: int, limit: int) -> list[str]:
    """Give the ids of jobs behind their deadline that are not ended, oldest deadline first."""
    rows = tx.all(
        "SELECT id FROM spool_job WHERE shop = $1 AND deadline <= $2"  # noqa: S608
        " AND state IN ('queued', 'blocked', 'paused', 'unknown') AND NOT (state = 'unknown' AND copied = 1)"
        f" ORDER BY deadline, n LIMIT {int(limit)}",
        shop, now_ms,
    )  # fmt: skip
    return [row[0] for row in rows]


def asked(tx: Tx, shop: str, until_ms: int, limit: int) -> list[Job]:
    """Give unknown jobs that nobody has settled, unchanged since ``until_ms``, oldest first."""
    rows = tx.all(
        f"SELECT {COLUMNS} FROM spool_job WHERE shop = $1 AND state = 'unknown' AND copied = 0"  # noqa: S608
        f" AND changed_at <= $2 ORDER BY n LIMIT {int(limit)}",
        shop, until_ms,
    )  # fmt: skip
    return [job_of(row) for row in rows]


def history(tx: Tx, shop: str, id_: str) -> list[Line]:
    """Give a job's lines, first to last."""
    rows = tx.all(
        "SELECT h.step, h.at, h.event, h.before, h.after, h.effect, h.attempt, h.pid, h.evidence, h.by_user, h.reason"
        " FROM spool_history h JOIN spool_job j ON j.n = h.job WHERE j.shop = $1 AND j.id = $2 ORDER BY h.step",
        shop, id_,
    )  # fmt: skip
    names = ("step", "at_ms", "event", "before", "after", "effect", "attempt", "pid", "evidence", "by", "reason")
    return [msgspec.convert(dict(zip(names, _plain(row), strict=True)), Line) for row in rows]


def _plain(row: Row) -> Row:
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)


def search(tx: Tx, shop: str, wanted: Filter, before_n: int | None, limit: int) -> list[Job]:
    """Give jobs, newest first, from below number ``before_n``."""
    conditions: list[tuple[str, Value]] = [
        ("printer = {}", wanted.printer or None),
        ("state = {}", wanted.state and wanted.state.value),
        ("kind = {}", wanted.kind and wanted.kind.value),
        ("(lower(family) LIKE lower({0}) ESCAPE '!' OR lower(title) LIKE lower({0}) ESCAPE '!')", _like(wanted.text)),
        ("accepted_at >= {}", wanted.from_ms),
        ("accepted_at < {}", wanted.until_ms),
        ("n < {}", before_n),
    ]
    held = [(sql, value) for sql, value in conditions if value is not None]
    where = "".join(f" AND {sql.format(f'${place}')}" for place, (sql, _) in enumerate(held, 2))
    rows = tx.all(
        f"SELECT {COLUMNS} FROM spool_job WHERE shop = $1{where} ORDER BY n DESC LIMIT {int(limit)}",  # noqa: S608
        shop, *(value for _, value in held),
    )  # fmt: skip
    return [job_of(row) for row in rows]


def _like(text: str) -> str | None:
    """A pattern in which what a person typed has no meaning of its own."""
    if not text:
        return None
    for sign in "!%_":
        text = text.replace(sign, f"!{sign}")
    return f"%{text}%"
