"""What an owner wants to know of a stretch of time: receipts, turnover, where they went, paper saved, what went wrong.

One look at several trades, for pages and the API; nothing here changes anything. Each part is by an index on shop and time.
Turnover is what was read from sales less refunds, currency by currency; copies, reports and slips are no turnover, and a
sale whose total nobody read is counted among ``unread`` and nowhere else.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import msgspec

from kvit.db import Tx


class Turnover(msgspec.Struct, frozen=True):
    """What was sold in one currency, in its smallest coin."""

    currency: str
    """Empty where none could be read."""
    decimals: int
    amount: int
    receipts: int


class Failures(msgspec.Struct, frozen=True):
    """What went wrong."""

    unread: int = 0
    """Sales and refunds whose total was not read."""
    jobs: int = 0
    """Print jobs nobody knows the end of, that stood blocked, or whose time ran out."""
    messages: int = 0
    """Notices to customers and programs that did not arrive, or may not have."""


class Figures(msgspec.Struct, frozen=True):
    """Of one stretch of time; ``until_ms`` is not in it."""

    from_ms: int
    until_ms: int
    printouts: int
    """Everything the tills printed."""
    sales: int
    refunds: int
    verified: int
    """Of sales and refunds: those whose figures prove each other."""
    routed: int
    """Receipts about which it was decided where they go; the three below are of these."""
    electronic: int
    without_paper: int
    customers: int
    """Different customers who were recognised."""
    paper_mm: int
    saved_mm: int
    turnover: tuple[Turnover, ...]
    failures: Failures


def days(tx: Tx, shop: str, bounds: Sequence[int], line: str = "") -> list[Figures]:
    """Count each day between two neighbours of ``bounds`` (milliseconds); failures of messages and jobs are left at 0."""
    return [_counted(tx, shop, first, behind, line, (0, 0)) for first, behind in itertools.pairwise(bounds)]


def figures(tx: Tx, shop: str, from_ms: int, until_ms: int, line: str = "") -> Figures:
    """Count a stretch of time, of one till's line or of all (failures of jobs and messages are of the whole shop)."""
    return _counted(tx, shop, from_ms, until_ms, line, _failed(tx, shop, from_ms, until_ms))


def _counted(tx: Tx, shop: str, from_ms: int, until_ms: int, line: str, failed: tuple[int, int]) -> Figures:
    printouts, sales, refunds, verified, unread = _printed(tx, shop, from_ms, until_ms, line)
    routed, electronic, without, customers, paper_mm, saved_mm = _routed(tx, shop, from_ms, until_ms, line)
    failures = Failures(unread, *failed)
    turnover = _turnover(tx, shop, from_ms, until_ms, line)
    return Figures(
        from_ms, until_ms, printouts, sales, refunds, verified, routed, electronic, without, customers, paper_mm, saved_mm,
        turnover, failures,
    )  # fmt: skip


def _printed(tx: Tx, shop: str, from_ms: int, until_ms: int, line: str) -> tuple[int, ...]:
    row = tx.one(
        "SELECT count(*), coalesce(sum(CASE WHEN kind = 'sale' THEN 1 ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN kind = 'refund' THEN 1 ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN kind IN ('sale', 'refund') THEN verified ELSE 0 END), 0),"
        " coalesce(sum(CASE WHEN kind IN ('sale', 'refund') AND total IS NULL THEN 1 ELSE 0 END), 0)"
        " FROM receipt WHERE shop = $1 AND taken_at >= $2 AND taken_at < $3 AND forgotten_at IS NULL"
        " AND ($4 = '' OR line = $4)",
        shop, from_ms, until_ms, line,
    )  # fmt: skip
    assert row is not None
    return tuple(int(value) for value in row)


def _turnover(tx: Tx, shop: str, from_ms: int, until_ms: int, line: str) -> tuple[Turnover, ...]:
    rows = tx.all(
        "SELECT coalesce(currency, ''), decimals, sum(CASE WHEN kind = 'refund' THEN -abs(total) ELSE total END), count(*)"
        " FROM receipt WHERE shop = $1 AND taken_at >= $2 AND taken_at < $3 AND forgotten_at IS NULL"
        " AND kind IN ('sale', 'refund') AND total IS NOT NULL AND ($4 = '' OR line = $4)"
        " GROUP BY coalesce(currency, ''), decimals ORDER BY count(*) DESC, coalesce(currency, ''), decimals",
        shop, from_ms, until_ms, line,
    )  # fmt: skip
    return tuple(
        Turnover(currency, int(decimals), int(amount), int(count)) for currency, decimals, amount, count in rows
    )


def _routed(tx: Tx, shop: str, from_ms: int, until_ms: int, line: str) -> tuple[int, ...]:
    row = tx.one(
        "SELECT count(*), coalesce(sum(electronic), 0), coalesce(sum(1 - paper), 0), count(DISTINCT nullif(customer, '')),"
        " coalesce(sum(paper * paper_mm), 0), coalesce(sum((1 - paper) * paper_mm), 0)"
        " FROM receipt_route WHERE shop = $1 AND began_at >= $2 AND began_at < $3 AND ($4 = '' OR line = $4)",
        shop, from_ms, until_ms, line,
    )  # fmt: skip
    assert row is not None
    return tuple(int(value) for value in row)


def _failed(tx: Tx, shop: str, from_ms: int, until_ms: int) -> tuple[int, int]:
    jobs = tx.one(
        "SELECT count(DISTINCT h.job) FROM spool_history h JOIN spool_job j ON j.n = h.job"
        " WHERE h.at >= $2 AND h.at < $3 AND h.after IN ('unknown', 'expired', 'blocked') AND j.shop = $1",
        shop, from_ms, until_ms,
    )  # fmt: skip
    messages = tx.one(
        "SELECT count(*) FROM notify_message WHERE shop = $1 AND changed_at >= $2 AND changed_at < $3"
        " AND state IN ('refused', 'unknown', 'expired')",
        shop, from_ms, until_ms,
    )  # fmt: skip
    assert jobs is not None
    assert messages is not None
    return int(jobs[0]), int(messages[0])
