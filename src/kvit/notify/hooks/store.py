"""The table of endpoints, and the SQL over it."""

from __future__ import annotations

import msgspec

from kvit.db import Tx
from kvit.db.tx import Row
from kvit.notify.hooks.model import Endpoint, Secrets, Standing

_COLUMNS = "id, shop, url, name, events, state, made_by, made_at, changed_at, before_until"


def _endpoint(row: Row) -> Endpoint:
    id_, shop, url, name, events, state, made_by, made_at, changed_at, before_until = row
    heard = tuple(msgspec.json.decode(events, type=list[str]))
    return Endpoint(id_, shop, url, name, heard, Standing(state), made_by, made_at, changed_at, before_until)


def insert(tx: Tx, endpoint: Endpoint, secret: bytes) -> None:
    """Add an endpoint."""
    tx.run(
        "INSERT INTO notify_endpoint (shop, id, url, name, events, secret, state, made_by, made_at, changed_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
        endpoint.shop, endpoint.id, endpoint.url, endpoint.name, msgspec.json.encode(endpoint.events).decode(), secret,
        endpoint.state.value, endpoint.made_by, endpoint.made_ms,
    )  # fmt: skip


def every(tx: Tx, shop: str) -> list[Endpoint]:
    """Give a shop's endpoints in the order they were made."""
    sql = f"SELECT {_COLUMNS} FROM notify_endpoint WHERE shop = $1 AND removed_at IS NULL ORDER BY n"  # noqa: S608
    return [_endpoint(row) for row in tx.all(sql, shop)]


def get(tx: Tx, shop: str, id_: str) -> Endpoint | None:
    """Give one of a shop's endpoints."""
    row = tx.one(
        f"SELECT {_COLUMNS} FROM notify_endpoint WHERE shop = $1 AND id = $2 AND removed_at IS NULL",  # noqa: S608
        shop, id_,
    )  # fmt: skip
    return None if row is None else _endpoint(row)


def secrets(tx: Tx, id_: str, now_ms: int) -> Secrets | None:
    """Give what an endpoint's calls are signed with; None where it is no more."""
    row = tx.one(
        "SELECT secret, CASE WHEN before_until > $2 THEN before END FROM notify_endpoint"
        " WHERE id = $1 AND removed_at IS NULL",
        id_, now_ms,
    )  # fmt: skip
    return None if row is None else Secrets(bytes(row[0]), bytes(row[1] or b""))


def rotate(tx: Tx, shop: str, id_: str, secret: bytes, before_until_ms: int, now_ms: int) -> None:
    """Give an endpoint a new secret; the one before holds until then."""
    tx.run(
        "UPDATE notify_endpoint SET before = secret, before_until = $4, secret = $3, changed_at = $5"
        " WHERE shop = $1 AND id = $2",
        shop, id_, secret, before_until_ms, now_ms,
    )  # fmt: skip


def forget_before(tx: Tx, now_ms: int) -> int:
    """Wipe secrets whose change is over."""
    return tx.run("UPDATE notify_endpoint SET before = NULL WHERE before IS NOT NULL AND before_until <= $1", now_ms)


def set_state(tx: Tx, shop: str, id_: str, state: Standing, now_ms: int) -> bool:
    """Switch an endpoint; False where it stood so."""
    return tx.run(
        "UPDATE notify_endpoint SET state = $3, changed_at = $4 WHERE shop = $1 AND id = $2 AND state <> $3",
        shop, id_, state.value, now_ms,
    ) > 0  # fmt: skip


def change(tx: Tx, shop: str, id_: str, name: str, events: tuple[str, ...], now_ms: int) -> None:
    """Give an endpoint another name, or other events to hear."""
    tx.run(
        "UPDATE notify_endpoint SET name = $3, events = $4, changed_at = $5 WHERE shop = $1 AND id = $2",
        shop, id_, name, msgspec.json.encode(events).decode(), now_ms,
    )  # fmt: skip


def remove(tx: Tx, shop: str, id_: str, now_ms: int) -> None:
    """Forget an endpoint: its secrets and its address are wiped, its id stays for the messages that name it."""
    tx.run(
        "UPDATE notify_endpoint SET removed_at = $3, url = '', secret = $4, before = NULL, state = 'off' WHERE shop = $1"
        " AND id = $2 AND removed_at IS NULL",
        shop, id_, now_ms, b"",
    )  # fmt: skip


def failing(tx: Tx, before_ms: int) -> list[Endpoint]:
    """Give endpoints that are on and whose lane has failed since before."""
    rows = tx.all(
        f"SELECT {_COLUMNS} FROM notify_endpoint WHERE state = 'on' AND removed_at IS NULL AND id IN"  # noqa: S608
        " (SELECT substr(lane, 6) FROM notify_lane WHERE fails > 0 AND failing_since < $1 AND lane LIKE 'hook:%')",
        before_ms,
    )  # fmt: skip
    return [_endpoint(row) for row in rows]
