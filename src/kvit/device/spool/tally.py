"""What is told of many jobs at once: what waits before each printer, how its last job ended, what happened lately.

For pages, the API and the figures; nothing here changes anything. Each look is by an index: queues by the partial indexes
of waiting and flying jobs, the last end by a printer's own order, what happened by the time of the history's lines.
"""

from __future__ import annotations

from typing import Final

import msgspec

from kvit.db import Tx
from kvit.device.spool import store
from kvit.device.spool.model import Event, Evidence, Job, State
from kvit.device.spool.store import COLUMNS, job_of

LINES_MAX: Final = 5_000
"""Lines of history one look gives; who wants more looks again from where it ended."""


class Queue(msgspec.Struct, frozen=True):
    """What a printer has before it."""

    waiting: int = 0
    """Queued, and not blocked."""
    blocked: int = 0
    flying: int = 0
    """0 or 1: sending, confirming or paused."""
    asking: int = 0
    """Unknown, and nobody has said yet whether it came out."""
    oldest_ms: int | None = None
    """When the oldest that waits was accepted."""

    @property
    def length(self) -> int:
        """Jobs that are still to come out."""
        return self.waiting + self.blocked + self.flying


class Happened(msgspec.Struct, frozen=True):
    """A line of some job's history, with what the job is."""

    n: int
    step: int
    id: str
    printer: str
    at_ms: int
    accepted_ms: int
    event: Event
    before: State | None
    after: State
    evidence: Evidence | None


def queues(tx: Tx, shop: str) -> dict[str, Queue]:
    """Give what each printer has before it; printers without any are not named."""
    found: dict[str, Queue] = {}
    for printer, state, count, oldest in tx.all(
        "SELECT printer, state, count(*), min(accepted_at) FROM spool_job"
        " WHERE shop = $1 AND state IN ('queued', 'blocked') GROUP BY printer, state",
        shop,
    ):
        seen = found.get(printer, Queue())
        field = "waiting" if state == State.QUEUED else "blocked"
        first = min(int(oldest), seen.oldest_ms or int(oldest))
        found[printer] = msgspec.structs.replace(seen, **{field: int(count)}, oldest_ms=first)
    for field, sql in _COUNTS.items():
        for printer, count in tx.all(sql, shop):
            found[printer] = msgspec.structs.replace(found.get(printer, Queue()), **{field: int(count)})
    return found


_COUNTS: Final = {
    "flying": "SELECT printer, count(*) FROM spool_job WHERE shop = $1"
    " AND state IN ('sending', 'confirming', 'paused') GROUP BY printer",
    "asking": "SELECT printer, count(*) FROM spool_job WHERE shop = $1"
    " AND state = 'unknown' AND copied = 0 GROUP BY printer",
}


def last_end(tx: Tx, shop: str, printer: str) -> Job | None:
    """Give the latest job of a printer that ended, however it did."""
    row = tx.one(
        f"SELECT {COLUMNS} FROM spool_job WHERE shop = $1 AND printer = $2"  # noqa: S608 - our own words
        " AND state IN ('printed', 'sent', 'unknown', 'expired', 'cancelled') ORDER BY n DESC LIMIT 1",
        shop, printer,
    )  # fmt: skip
    return None if row is None else job_of(row)


def kin(tx: Tx, shop: str, family: str) -> list[Job]:
    """Give the original and all copies of one order, by their number."""
    return store.family(tx, shop, family)


def happened(tx: Tx, shop: str, from_ms: int, until_ms: int) -> list[Happened]:
    """Give the lines of all histories of a stretch of time (its end left out), first to last, at most `LINES_MAX`."""
    rows = tx.all(
        "SELECT j.n, h.step, j.id, j.printer, h.at, j.accepted_at, h.event, h.before, h.after, h.evidence"  # noqa: S608
        " FROM spool_history h JOIN spool_job j ON j.n = h.job WHERE h.at >= $2 AND h.at < $3 AND j.shop = $1"
        f" ORDER BY h.at, h.job, h.step LIMIT {LINES_MAX}",
        shop, from_ms, until_ms,
    )  # fmt: skip
    names = Happened.__struct_fields__
    return [msgspec.convert(dict(zip(names, row, strict=True)), Happened) for row in rows]
