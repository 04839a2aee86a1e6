"""The table of jobs as desktops number them, and the SQL over it.

A desktop gets a number before its document has come (Create-Job) and asks by it for days; the spool names jobs by what they
are. A row joins the two: its ``key`` is the spool's. Rows hold what a person called a job and who printed it, so they are
dropped after `KEPT_MS`; the spool's own history holds neither.
"""

from __future__ import annotations

from typing import Final

import msgspec

from kvit.db import Tx
from kvit.db.tx import Row

KEPT_MS: Final = 7 * 24 * 3_600_000
"""A desktop looks for a job for minutes; a person for a week at most."""
DROPPED_AT_ONCE: Final = 100
"""Old rows one new job takes along."""
_COLUMNS: Final = "n, printer, key, name, by_user, copies, format, bytes, created_at, state"


class IppJob(msgspec.Struct, frozen=True):
    """A job as its desktop knows it. ``state``: ``open`` (no document yet), ``given`` (to the spool), ``cancelled``."""

    n: int
    printer: str
    key: str
    name: str
    by_user: str
    copies: int
    format: str
    bytes: int
    created_ms: int
    state: str


def _of(row: Row | None) -> IppJob | None:
    return None if row is None else IppJob(*row)


def insert(
    tx: Tx, shop: str, printer: str, key: str, name: str, by_user: str, copies: int, now_ms: int
) -> IppJob | None:
    """Open a job; None where the key is taken."""
    _drop_old(tx, shop, now_ms)
    return _of(
        tx.one(
            "INSERT INTO ipp_job (shop, printer, key, name, by_user, copies, created_at, state)"  # noqa: S608
            f" VALUES ($1, $2, $3, $4, $5, $6, $7, 'open') ON CONFLICT DO NOTHING RETURNING {_COLUMNS}",
            shop, printer, key, name, by_user, copies, now_ms,
        )
    )  # fmt: skip


def _drop_old(tx: Tx, shop: str, now_ms: int) -> None:
    tx.run(
        "DELETE FROM ipp_job WHERE n IN (SELECT n FROM ipp_job WHERE shop = $1 AND created_at < $2"  # noqa: S608
        f" ORDER BY created_at LIMIT {DROPPED_AT_ONCE})",
        shop, now_ms - KEPT_MS,
    )  # fmt: skip


def get(tx: Tx, shop: str, printer: str, n: int) -> IppJob | None:
    """Give a printer's job by its number."""
    sql = f"SELECT {_COLUMNS} FROM ipp_job WHERE shop = $1 AND printer = $2 AND n = $3"  # noqa: S608
    return _of(tx.one(sql, shop, printer, n))


def locked(tx: Tx, shop: str, printer: str, n: int) -> IppJob | None:
    """Give a printer's job and hold its row until the transaction ends."""
    sql = f"UPDATE ipp_job SET state = state WHERE shop = $1 AND printer = $2 AND n = $3 RETURNING {_COLUMNS}"  # noqa: S608
    return _of(tx.one(sql, shop, printer, n))


def give(tx: Tx, n: int, format_: str, size: int) -> None:
    """Its document went to the spool."""
    tx.run("UPDATE ipp_job SET state = 'given', format = $2, bytes = $3 WHERE n = $1", n, format_, size)


def cancel(tx: Tx, n: int) -> None:
    """It was taken back before its document came."""
    tx.run("UPDATE ipp_job SET state = 'cancelled' WHERE n = $1 AND state = 'open'", n)


def latest(tx: Tx, shop: str, printer: str, by_user: str, limit: int) -> list[IppJob]:
    """Give a printer's jobs, newest first; of one user where one is named."""
    sql = f"SELECT {_COLUMNS} FROM ipp_job WHERE shop = $1 AND printer = $2"  # noqa: S608
    mine = " AND by_user = $3" if by_user else ""
    rows = tx.all(f"{sql}{mine} ORDER BY n DESC LIMIT {int(limit)}", shop, printer, *([by_user] if by_user else []))
    return [IppJob(*row) for row in rows]
