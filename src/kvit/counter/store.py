"""The table of routes, and the SQL over it."""

from __future__ import annotations

from collections.abc import Sequence

from kvit.counter.model import Routed, Share, Stage
from kvit.db import Tx
from kvit.db.tx import Row

_COLUMNS = (
    "receipt_id, line, stage, paper, electronic, foot, why, by_user, customer, how, paper_mm, began_at, changed_at,"
    " version"
)  # fmt: skip


def _routed(row: Row) -> Routed:
    id_, line, stage, paper, electronic, foot, *rest = row
    return Routed(id_, line, Stage(stage), bool(paper), bool(electronic), bool(foot), *rest)


def insert(tx: Tx, shop: str, new: Routed) -> bool:
    """Write a new route; False where the receipt has one."""
    row = tx.one(
        "INSERT INTO receipt_route (shop, receipt_id, line, stage, paper, electronic, foot, why, by_user, customer, how,"
        " paper_mm, began_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
        " ON CONFLICT (shop, receipt_id) DO NOTHING RETURNING n",
        shop, new.id, new.line, new.stage.value, int(new.paper), int(new.electronic), int(new.foot), new.why, new.by,
        new.customer, new.how, new.paper_mm, new.began_ms, new.changed_ms,
    )  # fmt: skip
    return row is not None


def update(tx: Tx, shop: str, new: Routed) -> Routed | None:
    """Write a changed route over the version before it; None where another change came first."""
    row = tx.one(  # the columns are our own words
        "UPDATE receipt_route SET stage = $4, paper = $5, electronic = $6, foot = $7, why = $8, by_user = $9,"  # noqa: S608
        " customer = $10, how = $11, changed_at = $12, version = version + 1"
        f" WHERE shop = $1 AND receipt_id = $2 AND version = $3 RETURNING {_COLUMNS}",
        shop, new.id, new.version, new.stage.value, int(new.paper), int(new.electronic), int(new.foot), new.why, new.by,
        new.customer, new.how, new.changed_ms,
    )  # fmt: skip
    return None if row is None else _routed(row)


def get(tx: Tx, shop: str, id_: str) -> Routed | None:
    """Give a receipt's route."""
    row = tx.one(f"SELECT {_COLUMNS} FROM receipt_route WHERE shop = $1 AND receipt_id = $2", shop, id_)  # noqa: S608
    return None if row is None else _routed(row)


def several(tx: Tx, shop: str, ids: Sequence[str]) -> dict[str, Routed]:
    """Give the routes of some receipts, by id."""
    found = (get(tx, shop, id_) for id_ in ids)
    return {route.id: route for route in found if route is not None}


def unsettled(tx: Tx, shop: str, limit: int) -> list[Routed]:
    """Give routes the line has not carried out yet, oldest first."""
    sql = f"SELECT {_COLUMNS} FROM receipt_route WHERE shop = $1 AND stage <> 'done' ORDER BY n LIMIT $2"  # noqa: S608
    return [_routed(row) for row in tx.all(sql, shop, limit)]


def move_customer(tx: Tx, old: str, new: str) -> int:
    """Put another customer's id into the routes of one; give how many."""
    return tx.run("UPDATE receipt_route SET customer = $2 WHERE customer = $1", old, new)


def forget_customer(tx: Tx, customer: str) -> int:
    """Take a customer's id out of all routes; give how many had it."""
    return tx.run("UPDATE receipt_route SET customer = '' WHERE customer = $1", customer)


def share(tx: Tx, shop: str, from_ms: int, until_ms: int) -> Share:
    """Add up a stretch of time (``until_ms`` not in it)."""
    row = tx.one(
        "SELECT count(*), coalesce(sum(electronic), 0), coalesce(sum(1 - paper), 0),"
        " coalesce(sum(paper * paper_mm), 0), coalesce(sum((1 - paper) * paper_mm), 0)"
        " FROM receipt_route WHERE shop = $1 AND began_at >= $2 AND began_at < $3",
        shop, from_ms, until_ms,
    )  # fmt: skip
    assert row is not None
    receipts, electronic, without, paper, saved = (int(value) for value in row)
    return Share(receipts, electronic, without, paper, saved)
