"""The tables of who may, and all SQL on them (``migrations/0001_access``). Verbs are in `kvit.access.service`.

Every question names the shop: a row of another shop is not there. Rows are locked in one order, the audit head first,
so verbs of one shop that change anything follow one another on both engines, and two of them never wait in a circle.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from kvit.access import audit, throttle
from kvit.access.key import Key
from kvit.access.model import User
from kvit.access.session import IDLE_S, LIFE_S
from kvit.db import Row, Tx

PAGE = 500
"""Audit rows read at a time when a chain is proved."""

SESSIONS_LIMIT = 20
"""Open sessions of one user; the longest unused goes first. A person has some browsers, not hundreds."""


@dataclass(frozen=True, slots=True)
class Account:
    """A user's row with what nobody is shown."""

    user: User
    password_hash: str
    totp_secret: bytes | None
    totp_step: int


_USER = "id, shop, name, role, made_at, disabled_at, totp_secret, totp_step, password_hash"


def _account(row: Row) -> Account:
    id_, shop, name, role, made_at, disabled_at, secret, step, password_hash = row
    return Account(User(id_, shop, name, role, made_at, disabled_at, secret is not None), password_hash, secret, step)


def account(tx: Tx, shop: str, user_id: str) -> Account | None:
    """Find a user by id."""
    row = tx.one(f"SELECT {_USER} FROM access_user WHERE shop = $1 AND id = $2", shop, user_id)  # noqa: S608
    return _account(row) if row else None


def account_by_name(tx: Tx, shop: str, folded: str) -> Account | None:
    """Find a user by the folded name."""
    row = tx.one(f"SELECT {_USER} FROM access_user WHERE shop = $1 AND folded = $2", shop, folded)  # noqa: S608
    return _account(row) if row else None


def users(tx: Tx, shop: str) -> list[User]:
    """Give all users of a shop by name."""
    sql = f"SELECT {_USER} FROM access_user WHERE shop = $1 ORDER BY folded"  # noqa: S608
    return [_account(row).user for row in tx.all(sql, shop)]


def has_users(tx: Tx, shop: str) -> bool:
    """Say whether any account exists."""
    return tx.one("SELECT 1 FROM access_user WHERE shop = $1 LIMIT 1", shop) is not None


def other_owners(tx: Tx, shop: str, role: str, user_id: str) -> int:
    """Count the users of a role, switched on, other than one."""
    row = tx.one(
        "SELECT count(*) FROM access_user WHERE shop = $1 AND role = $2 AND id <> $3 AND disabled_at IS NULL",
        shop,
        role,
        user_id,
    )
    assert row is not None
    return int(row[0])


def add_user(tx: Tx, user: User, folded: str, password_hash: str) -> bool:
    """Insert a user; False when the name is taken."""
    return bool(
        tx.run(
            "INSERT INTO access_user (id, shop, name, folded, password_hash, role, made_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (shop, folded) DO NOTHING",
            user.id,
            user.shop,
            user.name,
            folded,
            password_hash,
            user.role,
            user.made_at,
        )
    )


def set_password(tx: Tx, user_id: str, password_hash: str) -> None:
    """Keep another password."""
    tx.run("UPDATE access_user SET password_hash = $2 WHERE id = $1", user_id, password_hash)


def set_role(tx: Tx, user_id: str, role: str) -> None:
    """Keep another role."""
    tx.run("UPDATE access_user SET role = $2 WHERE id = $1", user_id, role)


def set_disabled(tx: Tx, user_id: str, at: int | None) -> None:
    """Switch a user off, or on again with None."""
    tx.run("UPDATE access_user SET disabled_at = $2 WHERE id = $1", user_id, at)


def set_second_factor(tx: Tx, user_id: str, secret: bytes | None, step: int) -> None:
    """Keep or drop the secret of the authenticator app."""
    tx.run("UPDATE access_user SET totp_secret = $2, totp_step = $3 WHERE id = $1", user_id, secret, step)


def take_step(tx: Tx, user_id: str, step: int) -> bool:
    """Use up the digits of a step; False when somebody was quicker."""
    return bool(tx.run("UPDATE access_user SET totp_step = $2 WHERE id = $1 AND totp_step < $2", user_id, step))


def add_session(tx: Tx, hash_: bytes, user_id: str, now: int) -> None:
    """Insert a session; dead ones and the user's longest unused beyond the limit go."""
    tx.run("DELETE FROM access_session WHERE seen_at <= $1 OR made_at <= $2", now - IDLE_S, now - LIFE_S)
    tx.run(
        "DELETE FROM access_session WHERE user_id = $1 AND hash NOT IN "
        "(SELECT hash FROM access_session WHERE user_id = $1 ORDER BY seen_at DESC, hash LIMIT $2)",
        user_id,
        SESSIONS_LIMIT - 1,
    )
    tx.run("INSERT INTO access_session (hash, user_id, made_at, seen_at) VALUES ($1, $2, $3, $3)", hash_, user_id, now)


def session(tx: Tx, hash_: bytes) -> Row | None:
    """Find a session: shop, user id, role, made_at, seen_at; None when there is none or its user is switched off."""
    return tx.one(
        "SELECT u.shop, u.id, u.role, s.made_at, s.seen_at FROM access_session s "
        "JOIN access_user u ON u.id = s.user_id WHERE s.hash = $1 AND u.disabled_at IS NULL",
        hash_,
    )


def touch_session(tx: Tx, hash_: bytes, now: int) -> None:
    """Write down that a session is used. It never goes back in time, and never comes to life again."""
    tx.run("UPDATE access_session SET seen_at = $2 WHERE hash = $1 AND seen_at < $2", hash_, now)


def drop_session(tx: Tx, hash_: bytes) -> bool:
    """Delete a session; False when there was none."""
    return bool(tx.run("DELETE FROM access_session WHERE hash = $1", hash_))


def drop_sessions(tx: Tx, user_id: str, but: bytes = b"") -> int:
    """Delete a user's sessions, all but one; give how many."""
    return tx.run("DELETE FROM access_session WHERE user_id = $1 AND hash <> $2", user_id, but)


def put_code(tx: Tx, shop: str, hash_: bytes, expires_at: int) -> None:
    """Keep the first code; the one before it is gone."""
    tx.run(
        "INSERT INTO access_code (shop, hash, expires_at) VALUES ($1, $2, $3) ON CONFLICT (shop) "
        "DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at, used_at = NULL",
        shop,
        hash_,
        expires_at,
    )


def code(tx: Tx, shop: str) -> Row | None:
    """Find the first code: hash, expires_at, used_at."""
    return tx.one("SELECT hash, expires_at, used_at FROM access_code WHERE shop = $1", shop)


def use_code(tx: Tx, shop: str, hash_: bytes, now: int) -> bool:
    """Use the code up in one conditional update; False when another was quicker."""
    return bool(
        tx.run(
            "UPDATE access_code SET used_at = $3 WHERE shop = $1 AND hash = $2 AND used_at IS NULL AND expires_at > $3",
            shop,
            hash_,
            now,
        )
    )


def add_key(tx: Tx, shop: str, key: Key, hash_: bytes) -> None:
    """Insert a key."""
    tx.run(
        "INSERT INTO access_key (id, shop, name, hash, scopes, made_by, made_at, expires_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        key.id,
        shop,
        key.name,
        hash_,
        json.dumps(key.scopes),
        key.made_by,
        key.made_at,
        key.expires_at,
    )


def key(tx: Tx, key_id: str) -> tuple[str, bytes, Key] | None:
    """Find a key by its id: its shop, its hash, itself."""
    row = tx.one(f"SELECT shop, hash, {_KEY} FROM access_key WHERE id = $1", key_id)  # noqa: S608
    return (row[0], row[1], _key(row[2:])) if row else None


def keys(tx: Tx, shop: str) -> list[Key]:
    """Give all keys of a shop, the revoked too, in the order they were made."""
    sql = f"SELECT {_KEY} FROM access_key WHERE shop = $1 ORDER BY made_at, id"  # noqa: S608
    return [_key(row) for row in tx.all(sql, shop)]


def revoke_key(tx: Tx, shop: str, key_id: str, now: int) -> bool:
    """Mark a key as revoked; False when it is not there or was revoked before."""
    return bool(
        tx.run(
            "UPDATE access_key SET revoked_at = $3 WHERE shop = $1 AND id = $2 AND revoked_at IS NULL",
            shop,
            key_id,
            now,
        )
    )


_KEY = "id, name, scopes, made_by, made_at, expires_at, revoked_at"


def _key(row: Row) -> Key:
    id_, name, scopes, made_by, made_at, expires_at, revoked_at = row
    return Key(id_, name, tuple(json.loads(scopes)), made_by, made_at, expires_at, revoked_at)


def count_try(tx: Tx, slot: bytes, rule: throttle.Rule, now: int) -> int:
    """Count a try; give 0 when it may be weighed, else the seconds to wait (then nothing was counted).

    A wait longer than any is from a clock that was set back since: it does not count.
    """
    tx.run(
        "INSERT INTO access_throttle (slot, tries, tried_at, open_at) VALUES ($1, 0, $2, 0) "
        "ON CONFLICT (slot) DO NOTHING",
        slot,
        now,
    )
    row = tx.one(
        "UPDATE access_throttle SET tries = CASE WHEN tried_at < $3 THEN 1 ELSE tries + 1 END, tried_at = $2 "
        "WHERE slot = $1 AND (open_at <= $2 OR open_at > $4) RETURNING tries",
        slot,
        now,
        now - throttle.MEMORY_S,
        now + rule.longest_s,
    )
    if row is not None:
        wait_s = rule.wait_s(row[0])
        tx.run("UPDATE access_throttle SET open_at = $2 WHERE slot = $1", slot, now + wait_s if wait_s else 0)
        return 0
    shut = tx.one("SELECT open_at FROM access_throttle WHERE slot = $1", slot)
    return max(1, shut[0] - now) if shut else 1


def take_back_try(tx: Tx, slot: bytes, rule: throttle.Rule) -> None:
    """Take back one counted try that was good; those that were wrong stay counted."""
    tx.run(
        "UPDATE access_throttle SET tries = tries - 1, open_at = CASE WHEN tries <= $2 THEN 0 ELSE open_at END "
        "WHERE slot = $1 AND tries > 0",
        slot,
        rule.free,
    )


def clear_tries(tx: Tx, slot: bytes, now: int) -> None:
    """Forget the tries of a slot, and those of all that are long quiet."""
    tx.run(
        "DELETE FROM access_throttle WHERE slot = $1 OR (tried_at < $2 AND open_at < $3)",
        slot,
        now - throttle.MEMORY_S,
        now,
    )


def take_head(tx: Tx, shop: str) -> tuple[int, bytes]:
    """Begin a chained verb: lock the shop's head and give the new number and the hash before."""
    tx.run(
        "INSERT INTO access_audit_head (shop, n, hash) VALUES ($1, 0, $2) ON CONFLICT (shop) DO NOTHING",
        shop,
        audit.START,
    )
    row = tx.one("UPDATE access_audit_head SET n = n + 1 WHERE shop = $1 RETURNING n, hash", shop)
    assert row is not None
    return int(row[0]), row[1]


def add_entry(tx: Tx, entry: audit.Entry) -> None:
    """Append a row and move the head's hash."""
    tx.run(
        "INSERT INTO access_audit (shop, n, at, actor, act, subject, detail, previous, hash) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        entry.shop,
        entry.n,
        entry.at,
        entry.actor,
        entry.act,
        entry.subject,
        entry.detail,
        entry.previous,
        entry.hash,
    )
    tx.run("UPDATE access_audit_head SET hash = $2 WHERE shop = $1", entry.shop, entry.hash)


def head(tx: Tx, shop: str) -> tuple[int, bytes]:
    """Give the last number and hash of a shop's log."""
    row = tx.one("SELECT n, hash FROM access_audit_head WHERE shop = $1", shop)
    return (int(row[0]), row[1]) if row else (0, audit.START)


_ENTRY = "shop, n, at, actor, act, subject, detail, previous, hash"


def entries(tx: Tx, shop: str) -> Iterator[audit.Entry]:
    """Give all rows from the first on, a page at a time."""
    n = 0
    while True:
        sql = f"SELECT {_ENTRY} FROM access_audit WHERE shop = $1 AND n > $2 ORDER BY n LIMIT {PAGE}"  # noqa: S608
        rows = tx.all(sql, shop, n)
        yield from (audit.Entry(*row) for row in rows)
        if len(rows) < PAGE:
            return
        n = rows[-1][1]


def last_entries(tx: Tx, shop: str, before: int, limit: int) -> list[audit.Entry]:
    """Give rows below a number, the newest first."""
    sql = f"SELECT {_ENTRY} FROM access_audit WHERE shop = $1 AND n < $2 ORDER BY n DESC LIMIT $3"  # noqa: S608
    return [audit.Entry(*row) for row in tx.all(sql, shop, before, limit)]
