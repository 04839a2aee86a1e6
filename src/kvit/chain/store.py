"""The tables of the chain, and all SQL on them: a station's outbox, a server's stations and codes."""

from __future__ import annotations

from collections.abc import Iterable

from kvit.chain.model import Backlog, Station, Waiting, decoded_told
from kvit.db import Row, Tx

AT_ONCE = 1000
"""Rows pruned in one transaction."""


def begin(tx: Tx, epoch: str) -> None:
    """Begin to number news, at 1."""
    tx.run(
        "INSERT INTO chain_outbox_head (one, epoch, n, received) VALUES (1, $1, 0, 0)"
        " ON CONFLICT (one) DO UPDATE SET epoch = excluded.epoch, n = 0, received = 0",
        epoch,
    )
    tx.run("DELETE FROM chain_outbox")


def end(tx: Tx) -> None:
    """Forget the numbering and all news."""
    tx.run("DELETE FROM chain_outbox")
    tx.run("DELETE FROM chain_outbox_head")


def epoch(tx: Tx) -> str:
    """Give the epoch; empty where numbering has not begun."""
    row = tx.one("SELECT epoch FROM chain_outbox_head")
    return row[0] if row else ""


def put(tx: Tx, mark: str, kind: str, subject: str, now_ms: int) -> int:
    """Append news; give its number. The head's row is locked, so numbers are in the order of the commits."""
    row = tx.one("UPDATE chain_outbox_head SET n = n + 1 RETURNING n")
    assert row is not None, "numbering has begun where news are kept"
    tx.run(
        "INSERT INTO chain_outbox (n, mark, kind, subject, at_ms) VALUES ($1, $2, $3, $4, $5)",
        row[0], mark, kind, subject, now_ms,
    )  # fmt: skip
    return int(row[0])


def put_all(tx: Tx, news: Iterable[tuple[str, str, str]], now_ms: int) -> int:
    """Append many of (mark, kind, subject); give the last number."""
    row = tx.one("SELECT n FROM chain_outbox_head")
    assert row is not None
    last = first = int(row[0])
    rows = []
    for last, (mark, kind, subject) in enumerate(news, first + 1):
        rows.append((last, mark, kind, subject, now_ms))
        if len(rows) >= AT_ONCE:
            _insert(tx, rows)
            rows = []
    _insert(tx, rows)
    tx.run("UPDATE chain_outbox_head SET n = $1", last)
    return last


def _insert(tx: Tx, rows: list[tuple[int, str, str, str, int]]) -> None:
    tx.many("INSERT INTO chain_outbox (n, mark, kind, subject, at_ms) VALUES ($1, $2, $3, $4, $5)", rows)


def waiting(tx: Tx, limit: int) -> Waiting | None:
    """Give the first news the server has not taken, and what stands before them; None where numbering has not begun."""
    head = tx.one("SELECT epoch, received FROM chain_outbox_head")
    if head is None:
        return None
    rows = tx.all("SELECT n, mark, kind, subject FROM chain_outbox WHERE n > $1 ORDER BY n LIMIT $2", head[1], limit)
    return Waiting(head[0], head[1], mark(tx, head[1]) or "", tuple((int(n), *rest) for n, *rest in rows))


def mark(tx: Tx, n: int) -> str | None:
    """Give the mark of one news; None where it is not kept (any more)."""
    row = tx.one("SELECT mark FROM chain_outbox WHERE n = $1", n)
    return row[0] if row else None


def is_whole(tx: Tx, after: int) -> bool:
    """Say whether every news behind a number is still kept."""
    row = tx.one("SELECT h.n - $1 - (SELECT count(*) FROM chain_outbox WHERE n > $1) FROM chain_outbox_head h", after)
    return row is not None and int(row[0]) == 0


def received(tx: Tx, n: int, now_ms: int) -> None:
    """Keep that the server has taken everything up to a number, and when that was first so."""
    tx.run("UPDATE chain_outbox_head SET received = $1", n)
    tx.run("UPDATE chain_outbox SET received_ms = $2 WHERE n <= $1 AND received_ms IS NULL", n, now_ms)


def refused(tx: Tx, n: int, code: str) -> None:
    """Keep that the server did not want one."""
    tx.run("UPDATE chain_outbox SET refused = $2 WHERE n = $1", n, code)


def take_refused(tx: Tx) -> list[tuple[str, str]]:
    """Give kind and subject of those the server did not want, and forget that it did not."""
    rows = tx.all("SELECT kind, subject FROM chain_outbox WHERE refused <> '' ORDER BY n")
    tx.run("UPDATE chain_outbox SET refused = '' WHERE refused <> ''")
    return [(kind, subject) for kind, subject in rows]


def prune(tx: Tx, before_ms: int) -> int:
    """Forget news the server took before a moment; the last one it took stays, to compare marks by."""
    return tx.run(
        "DELETE FROM chain_outbox WHERE n IN (SELECT n FROM chain_outbox WHERE received_ms < $1 AND refused = ''"
        " AND n < (SELECT received FROM chain_outbox_head) ORDER BY n LIMIT $2)",
        before_ms, AT_ONCE,
    )  # fmt: skip


def backlog(tx: Tx) -> Backlog:
    """Count what waits."""
    row = tx.one(
        "SELECT count(*), min(at_ms) FROM chain_outbox WHERE n > (SELECT coalesce(max(received), 0) FROM chain_outbox_head)"
    )
    no = tx.one("SELECT count(*) FROM chain_outbox WHERE refused <> ''")
    assert row is not None
    assert no is not None
    return Backlog(int(row[0]), int(row[1] or 0), int(no[0]))


def add_code(tx: Tx, hash_: bytes, shop: str, name: str, made_by: str, expires_at: int) -> None:
    """Keep a code for a new station; codes long past their end go."""
    tx.run("DELETE FROM chain_code WHERE expires_at < $1", expires_at - 86400)
    tx.run(
        "INSERT INTO chain_code (hash, shop, name, made_by, expires_at) VALUES ($1, $2, $3, $4, $5)",
        hash_, shop, name, made_by, expires_at,
    )  # fmt: skip


def code(tx: Tx, hash_: bytes) -> Row | None:
    """Find a code: shop, name, made_by, expires_at, station, key_hash."""
    return tx.one("SELECT shop, name, made_by, expires_at, station, key_hash FROM chain_code WHERE hash = $1", hash_)


def use_code(tx: Tx, hash_: bytes, station: str, key_hash: bytes, now: int) -> bool:
    """Use a code up in one conditional update; False when another was quicker."""
    return bool(
        tx.run(
            "UPDATE chain_code SET station = $2, key_hash = $3 WHERE hash = $1 AND station IS NULL AND expires_at > $4",
            hash_,
            station,
            key_hash,
            now,
        )
    )


_STATION = "id, shop, name, key_id, made_by, made_at, revoked_at, received, refused, seen_ms, told"


def _station(row: Row) -> Station:
    id_, shop, name, key_id, made_by, made_at, revoked_at, received_, refused_, seen_ms, told = row
    return Station(
        id_, shop, name, key_id, made_by, made_at, revoked_at, received_, refused_, seen_ms, decoded_told(told)
    )


def add_station(tx: Tx, id_: str, shop: str, name: str, key_id: str, made_by: str, now: int) -> None:
    """Insert a station."""
    tx.run(
        "INSERT INTO chain_station (id, shop, name, key_id, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6)",
        id_, shop, name, key_id, made_by, now,
    )  # fmt: skip


def station(tx: Tx, shop: str, id_: str) -> Station | None:
    """Find a shop's station."""
    row = tx.one(f"SELECT {_STATION} FROM chain_station WHERE shop = $1 AND id = $2", shop, id_)  # noqa: S608
    return _station(row) if row else None


def station_by_key(tx: Tx, shop: str, key_id: str) -> Station | None:
    """Find the living station a key was made for."""
    sql = f"SELECT {_STATION} FROM chain_station WHERE shop = $1 AND key_id = $2 AND revoked_at IS NULL"  # noqa: S608
    row = tx.one(sql, shop, key_id)
    return _station(row) if row else None


def stations(tx: Tx, shop: str) -> list[Station]:
    """Give a shop's stations by name, the revoked too."""
    sql = f"SELECT {_STATION} FROM chain_station WHERE shop = $1 ORDER BY name, id"  # noqa: S608
    return [_station(row) for row in tx.all(sql, shop)]


def living(tx: Tx) -> list[Station]:
    """Give the stations of all shops that may send."""
    sql = f"SELECT {_STATION} FROM chain_station WHERE revoked_at IS NULL ORDER BY shop, name, id"  # noqa: S608
    return [_station(row) for row in tx.all(sql)]


def revoke_station(tx: Tx, shop: str, id_: str, now: int) -> str | None:
    """Mark a station as revoked; give its key's id, None when it is not there or was revoked before."""
    row = tx.one(
        "UPDATE chain_station SET revoked_at = $3 WHERE shop = $1 AND id = $2 AND revoked_at IS NULL RETURNING key_id",
        shop, id_, now,
    )  # fmt: skip
    return row[0] if row else None


def lock_station(tx: Tx, id_: str) -> tuple[str, int, str] | None:
    """Give epoch, number and mark of the last news taken; the row stays locked, so batches of one station take turns."""
    row = tx.one(
        "UPDATE chain_station SET received = received WHERE id = $1 AND revoked_at IS NULL RETURNING epoch, received, mark",
        id_,
    )
    return (row[0], int(row[1]), row[2]) if row else None


def came_to(tx: Tx, id_: str, epoch_: str, n: int, mark_: str, refused_: int) -> None:
    """Keep how far a station's news were taken."""
    tx.run(
        "UPDATE chain_station SET epoch = $2, received = $3, mark = $4, refused = refused + $5 WHERE id = $1",
        id_, epoch_, n, mark_, refused_,
    )  # fmt: skip


def seen(tx: Tx, id_: str, now_ms: int, told: str | None) -> None:
    """Keep that a station spoke, and what it said of itself."""
    tx.run("UPDATE chain_station SET seen_ms = $2, told = coalesce($3, told) WHERE id = $1", id_, now_ms, told)
