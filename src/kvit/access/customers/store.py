"""The tables of customers, and all SQL on them (``migrations/0002_customers``). Verbs: `kvit.access.customers.service`.

Rows of one customer are changed behind the customer's own row, so that two verbs on one customer follow one another and
a merge or an erasure meets no half-added device.
"""

from __future__ import annotations

import json

from kvit.access.customers.devices import DEVICES_LIMIT, IDLE_S
from kvit.access.customers.limits import Slot, admit, ends_at
from kvit.access.customers.model import Card, Consent, Customer, Device, Wish
from kvit.db import Row, Tx

USED_KEPT_S = 3600
"""A used code is remembered beyond its end: a clock that is set back must not bring it to life."""

_CUSTOMER = (
    "c.id, c.made_at, c.wish, EXISTS (SELECT 1 FROM access_customer_contact p "
    "WHERE p.customer = c.id AND p.proven_at IS NOT NULL)"
)
_DEVICE = "d.id, d.customer, d.label, d.made_at, d.seen_at, d.proven_at"
_CARD = "id, kind, label, made_by, made_at"


def _customer(row: Row) -> Customer:
    id_, made_at, wish, proven = row
    return Customer(id_, made_at, Wish(wish), bool(proven))


def add_customer(tx: Tx, customer: str, now: int) -> None:
    """Insert a customer."""
    tx.run("INSERT INTO access_customer (id, made_at) VALUES ($1, $2)", customer, now)


def customer(tx: Tx, customer: str) -> Customer | None:
    """Find a customer."""
    row = tx.one(f"SELECT {_CUSTOMER} FROM access_customer c WHERE c.id = $1", customer)  # noqa: S608
    return _customer(row) if row else None


def hold(tx: Tx, customer: str) -> bool:
    """Lock a customer's row until the verb ends; False when there is none."""
    return bool(tx.run("UPDATE access_customer SET made_at = made_at WHERE id = $1", customer))


def successor(tx: Tx, old: str) -> str:
    """Give the id that replaced one in a merge; empty when none did."""
    row = tx.one("SELECT customer FROM access_customer_alias WHERE old = $1", old)
    return row[0] if row else ""


def set_wish(tx: Tx, customer: str, wish: Wish, now: int) -> bool:
    """Keep a wish; False when there is no such customer."""
    return bool(tx.run("UPDATE access_customer SET wish = $2, wish_at = $3 WHERE id = $1", customer, wish, now))


def add_device(tx: Tx, device: Device, hash_: bytes) -> None:
    """Insert a device; the customer's longest unused beyond the limit go."""
    tx.run(
        "DELETE FROM access_customer_device WHERE customer = $1 AND id NOT IN "
        "(SELECT id FROM access_customer_device WHERE customer = $1 ORDER BY seen_at DESC, id LIMIT $2)",
        device.customer,
        DEVICES_LIMIT - 1,
    )
    tx.run(
        "INSERT INTO access_customer_device (id, hash, customer, label, made_at, seen_at, proven_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        device.id,
        hash_,
        device.customer,
        device.label,
        device.made_at,
        device.seen_at,
        device.proven_at,
    )


def device(tx: Tx, device_id: str) -> Device | None:
    """Find a device by its id."""
    row = tx.one(f"SELECT {_DEVICE} FROM access_customer_device d WHERE d.id = $1", device_id)  # noqa: S608
    return Device(*row) if row else None


def visitor(tx: Tx, hash_: bytes, now: int) -> tuple[Customer, Device] | None:
    """Find who a living device belongs to, and the device."""
    row = tx.one(
        f"SELECT {_CUSTOMER}, {_DEVICE} FROM access_customer_device d "  # noqa: S608
        "JOIN access_customer c ON c.id = d.customer WHERE d.hash = $1 AND d.seen_at > $2",
        hash_,
        now - IDLE_S,
    )
    return (_customer(row[:4]), Device(*row[4:])) if row else None


def touch_device(tx: Tx, hash_: bytes, now: int) -> None:
    """Write down that a device is used; it never goes back in time."""
    tx.run("UPDATE access_customer_device SET seen_at = $2 WHERE hash = $1 AND seen_at < $2", hash_, now)


def add_card(tx: Tx, customer: str, card: Card, hash_: bytes) -> bool:
    """Insert a card; False when it is somebody's already."""
    return bool(
        tx.run(
            "INSERT INTO access_customer_card (id, hash, customer, kind, label, made_by, made_at) "
            "VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (hash) DO NOTHING",
            card.id,
            hash_,
            customer,
            card.kind,
            card.label,
            card.made_by,
            card.made_at,
        )
    )


def card_owner(tx: Tx, hash_: bytes) -> Customer | None:
    """Find whose card it is."""
    row = tx.one(
        f"SELECT {_CUSTOMER} FROM access_customer_card k JOIN access_customer c ON c.id = k.customer "  # noqa: S608
        "WHERE k.hash = $1",
        hash_,
    )
    return _customer(row) if row else None


def card(tx: Tx, hash_: bytes) -> Card | None:
    """Find a card by what it is kept as."""
    row = tx.one(f"SELECT {_CARD} FROM access_customer_card WHERE hash = $1", hash_)  # noqa: S608
    return Card(*row) if row else None


def cards(tx: Tx, customer: str) -> list[Card]:
    """Give a customer's cards in the order they were added."""
    sql = f"SELECT {_CARD} FROM access_customer_card WHERE customer = $1 ORDER BY made_at, id"  # noqa: S608
    return [Card(*row) for row in tx.all(sql, customer)]


def use_code(tx: Tx, number: bytes, ends_at: int, now: int) -> bool:
    """Write down that a member code was used; False when it was used before. What ended long ago is forgotten."""
    tx.run("DELETE FROM access_customer_used WHERE ends_at < $1", now - USED_KEPT_S)
    return bool(
        tx.run(
            "INSERT INTO access_customer_used (code, ends_at) VALUES ($1, $2) ON CONFLICT (code) DO NOTHING",
            number,
            ends_at,
        )
    )


def meet(tx: Tx, shop: str, customer: str, now: int) -> None:
    """Write down that a customer was at a shop."""
    tx.run(
        "INSERT INTO access_customer_shop (shop, customer, first_at, last_at) VALUES ($1, $2, $3, $3) "
        "ON CONFLICT (shop, customer) DO UPDATE SET last_at = excluded.last_at "
        "WHERE excluded.last_at > access_customer_shop.last_at",
        shop,
        customer,
        now,
    )


def devices(tx: Tx, customer: str) -> list[Device]:
    """Give a customer's devices, the last used first."""
    sql = f"SELECT {_DEVICE} FROM access_customer_device d WHERE d.customer = $1 ORDER BY d.seen_at DESC, d.id"  # noqa: S608
    return [Device(*row) for row in tx.all(sql, customer)]


def drop_device(tx: Tx, customer: str, device_id: str) -> bool:
    """Delete a customer's device; False when there is none."""
    return bool(tx.run("DELETE FROM access_customer_device WHERE customer = $1 AND id = $2", customer, device_id))


def drop_card(tx: Tx, customer: str, card_id: str) -> bool:
    """Delete a customer's card; False when there is none."""
    return bool(tx.run("DELETE FROM access_customer_card WHERE customer = $1 AND id = $2", customer, card_id))


def put_contact(tx: Tx, customer: str, kind: str, hash_: bytes | None, sealed: bytes, proven_at: int | None) -> bool:
    """Keep a customer's contact instead of the one before; False when it is somebody else's."""
    tx.run("DELETE FROM access_customer_contact WHERE customer = $1 AND kind = $2", customer, kind)
    return bool(
        tx.run(
            "INSERT INTO access_customer_contact (customer, kind, hash, sealed, proven_at) VALUES ($1, $2, $3, $4, $5) "
            "ON CONFLICT (kind, hash) DO NOTHING",
            customer,
            kind,
            hash_,
            sealed,
            proven_at,
        )
    )


def contact(tx: Tx, customer: str, kind: str) -> tuple[bytes, int | None] | None:
    """Find a customer's contact: sealed, and when it was proven."""
    row = tx.one(
        "SELECT sealed, proven_at FROM access_customer_contact WHERE customer = $1 AND kind = $2", customer, kind
    )
    return (row[0], row[1]) if row else None


def contact_hashes(tx: Tx, customer: str) -> list[tuple[str, bytes]]:
    """Give by what a customer's contacts are found: kind and hash."""
    sql = "SELECT kind, hash FROM access_customer_contact WHERE customer = $1 AND hash IS NOT NULL ORDER BY kind"
    return [(row[0], row[1]) for row in tx.all(sql, customer)]


def drop_contact(tx: Tx, customer: str, kind: str) -> bool:
    """Delete a customer's contact; False when there is none."""
    return bool(tx.run("DELETE FROM access_customer_contact WHERE customer = $1 AND kind = $2", customer, kind))


def contact_owner(tx: Tx, kind: str, hash_: bytes) -> tuple[Customer, int] | None:
    """Find whose contact it is, and when a device of theirs was last seen (or the contact proven)."""
    row = tx.one(
        f"SELECT {_CUSTOMER}, k.proven_at, (SELECT max(seen_at) FROM access_customer_device d "  # noqa: S608
        "WHERE d.customer = c.id) FROM access_customer_contact k JOIN access_customer c ON c.id = k.customer "
        "WHERE k.kind = $1 AND k.hash = $2",
        kind,
        hash_,
    )
    return (_customer(row[:4]), max(row[4] or 0, row[5] or 0)) if row else None


def add_proof(
    tx: Tx, proof: str, kind: str, hash_: bytes, sealed: bytes, code: bytes, bound: bytes, now: int, ends_at: int
) -> None:
    """Insert a proof under way; those of the same contact and those that are over go."""
    tx.run("DELETE FROM access_customer_proof WHERE (kind = $1 AND hash = $2) OR ends_at <= $3", kind, hash_, now)
    tx.run(
        "INSERT INTO access_customer_proof (id, kind, hash, sealed, code, bound, made_at, ends_at) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        proof,
        kind,
        hash_,
        sealed,
        code,
        bound,
        now,
        ends_at,
    )


def count_proof(tx: Tx, proof: str, bound: bytes, tries: int, now: int) -> Row | None:
    """Count a try: kind, hash, sealed, code, tries so far; None when the proof is over, used up, or another device's."""
    return tx.one(
        "UPDATE access_customer_proof SET tries = tries + 1 WHERE id = $1 AND bound = $2 AND tries < $3 "
        "AND used_at IS NULL AND ends_at > $4 RETURNING kind, hash, sealed, code, tries",
        proof,
        bound,
        tries,
        now,
    )


def use_proof(tx: Tx, proof: str) -> bool:
    """Use a proof up, leaving nothing of it; False when another was quicker."""
    return bool(tx.run("DELETE FROM access_customer_proof WHERE id = $1", proof))


def drop_proofs(tx: Tx, kind: str, hash_: bytes) -> None:
    """Delete what is under way for a contact."""
    tx.run("DELETE FROM access_customer_proof WHERE kind = $1 AND hash = $2", kind, hash_)


def count_slot(tx: Tx, slot: Slot, now: int) -> int:
    """Count one more in a slot; give 0, or the seconds to wait (then nothing was counted)."""
    tx.run(
        "INSERT INTO access_customer_limit (slot, times, ends_at) VALUES ($1, '[]', $2) "
        "ON CONFLICT (slot) DO UPDATE SET ends_at = access_customer_limit.ends_at",  # takes the row's lock
        slot.key,
        now,
    )
    row = tx.one("SELECT times FROM access_customer_limit WHERE slot = $1", slot.key)
    assert row is not None
    times, wait_s = admit(tuple((at, count) for at, count in json.loads(row[0])), slot, now)
    if not wait_s:
        tx.run(
            "UPDATE access_customer_limit SET times = $2, ends_at = $3 WHERE slot = $1",
            slot.key,
            json.dumps(times, separators=(",", ":")),
            ends_at(times, slot.rules),
        )
    return wait_s


def slot_count(tx: Tx, key: bytes, since: int) -> int:
    """Say how many a slot counted since a moment."""
    row = tx.one("SELECT times FROM access_customer_limit WHERE slot = $1", key)
    return sum(count for at, count in json.loads(row[0]) if at >= since) if row else 0


def drop_old_slots(tx: Tx, now: int) -> None:
    """Delete slots that say nothing any more."""
    tx.run("DELETE FROM access_customer_limit WHERE ends_at < $1", now)


def add_consent(tx: Tx, customer: str, consent: Consent) -> None:
    """Write down that something was agreed to; once a second is enough."""
    tx.run(
        "INSERT INTO access_customer_consent (customer, what, version, given_at, given_by) VALUES ($1, $2, $3, $4, $5) "
        "ON CONFLICT (customer, what, given_at) DO UPDATE SET version = excluded.version, withdrawn_at = NULL",
        customer,
        consent.what,
        consent.version,
        consent.given_at,
        consent.given_by,
    )


def withdraw_consent(tx: Tx, customer: str, what: str, now: int) -> int:
    """Write down that a consent holds no more; give how many did."""
    return tx.run(
        "UPDATE access_customer_consent SET withdrawn_at = $3 WHERE customer = $1 AND what = $2 AND withdrawn_at IS NULL",
        customer,
        what,
        now,
    )


def consents(tx: Tx, customer: str) -> list[Consent]:
    """Give all a customer agreed to, the withdrawn too, from old to new."""
    sql = (
        "SELECT what, version, given_at, given_by, withdrawn_at FROM access_customer_consent WHERE customer = $1 "
        "ORDER BY given_at, what"
    )
    return [Consent(*row) for row in tx.all(sql, customer)]


def has_met(tx: Tx, shop: str, customer: str) -> tuple[int, int] | None:
    """Give when a customer was first and last at a shop; None when never."""
    row = tx.one("SELECT first_at, last_at FROM access_customer_shop WHERE shop = $1 AND customer = $2", shop, customer)
    return (row[0], row[1]) if row else None


def shops(tx: Tx, customer: str) -> list[str]:
    """Give the shops a customer was at."""
    sql = "SELECT shop FROM access_customer_shop WHERE customer = $1 ORDER BY shop"
    return [row[0] for row in tx.all(sql, customer)]


def recent(tx: Tx, shop: str, limit: int) -> list[tuple[Customer, int]]:
    """Give who was at a shop, the last first, and when."""
    sql = (
        f"SELECT {_CUSTOMER}, m.last_at FROM access_customer_shop m JOIN access_customer c ON c.id = m.customer "  # noqa: S608
        "WHERE m.shop = $1 ORDER BY m.last_at DESC, c.id LIMIT $2"
    )
    return [(_customer(row[:4]), row[4]) for row in tx.all(sql, shop, limit)]


def count_met(tx: Tx, shop: str) -> int:
    """Count who was at a shop."""
    row = tx.one("SELECT count(*) FROM access_customer_shop WHERE shop = $1", shop)
    return int(row[0]) if row else 0


def move(tx: Tx, old: str, new: str, now: int) -> None:
    """Give all a customer has to another one and let the id stand for that one; contacts are the caller's, devices go."""
    tx.run("UPDATE access_customer_card SET customer = $2 WHERE customer = $1", old, new)
    tx.run(
        "INSERT INTO access_customer_consent (customer, what, version, given_at, given_by, withdrawn_at) "
        "SELECT $2, what, version, given_at, given_by, withdrawn_at FROM access_customer_consent WHERE customer = $1 "
        "ON CONFLICT (customer, what, given_at) DO NOTHING",
        old,
        new,
    )
    tx.run(
        "INSERT INTO access_customer_shop (shop, customer, first_at, last_at) "
        "SELECT shop, $2, first_at, last_at FROM access_customer_shop WHERE customer = $1 "
        "ON CONFLICT (shop, customer) DO UPDATE SET "
        "first_at = CASE WHEN excluded.first_at < access_customer_shop.first_at THEN excluded.first_at "
        "ELSE access_customer_shop.first_at END, "
        "last_at = CASE WHEN excluded.last_at > access_customer_shop.last_at THEN excluded.last_at "
        "ELSE access_customer_shop.last_at END",
        old,
        new,
    )
    tx.run(
        "UPDATE access_customer SET (wish, wish_at) = (SELECT o.wish, o.wish_at FROM access_customer o WHERE o.id = $1) "
        "WHERE id = $2 AND wish_at < (SELECT o.wish_at FROM access_customer o WHERE o.id = $1)",
        old,
        new,
    )
    tx.run("UPDATE access_customer_alias SET customer = $2 WHERE customer = $1", old, new)
    tx.run("INSERT INTO access_customer_alias (old, customer, made_at) VALUES ($1, $2, $3)", old, new, now)
    drop_customer(tx, old)


def drop_customer(tx: Tx, customer: str) -> bool:
    """Delete a customer and all rows that hang on one; False when there is none."""
    for table in ("alias", "contact", "device", "card", "consent", "shop"):
        tx.run(f"DELETE FROM access_customer_{table} WHERE customer = $1", customer)  # noqa: S608
    return bool(tx.run("DELETE FROM access_customer WHERE id = $1", customer))


def drop_over(tx: Tx, now: int) -> None:
    """Delete what says nothing any more: devices long unused, proofs, limits, used codes, revocations."""
    tx.run("DELETE FROM access_customer_device WHERE seen_at <= $1", now - IDLE_S)
    tx.run("DELETE FROM access_customer_proof WHERE ends_at <= $1", now)
    drop_old_slots(tx, now)
    tx.run("DELETE FROM access_customer_used WHERE ends_at < $1", now - USED_KEPT_S)
    tx.run("DELETE FROM access_customer_revoked WHERE ends_at <= $1", now)


def unreachable(tx: Tx, before: int, limit: int) -> list[str]:
    """Give customers made before a moment whom nothing leads to: no device, no proven contact, no card."""
    sql = (
        "SELECT c.id FROM access_customer c WHERE c.made_at <= $1 "
        "AND NOT EXISTS (SELECT 1 FROM access_customer_device d WHERE d.customer = c.id) "
        "AND NOT EXISTS (SELECT 1 FROM access_customer_contact p WHERE p.customer = c.id AND p.proven_at IS NOT NULL) "
        "AND NOT EXISTS (SELECT 1 FROM access_customer_card k WHERE k.customer = c.id) ORDER BY c.id LIMIT $2"
    )
    return [row[0] for row in tx.all(sql, before, limit)]


def revoke(tx: Tx, subject: str, ends_at: int, now: int) -> None:
    """Write down what stations must not believe until it would have ended."""
    tx.run("DELETE FROM access_customer_revoked WHERE ends_at <= $1", now)
    tx.run(
        "INSERT INTO access_customer_revoked (subject, ends_at) VALUES ($1, $2) "
        "ON CONFLICT (subject) DO UPDATE SET ends_at = excluded.ends_at",
        subject,
        ends_at,
    )


def revoked(tx: Tx, now: int) -> dict[str, int]:
    """Give what is revoked, and until when that matters."""
    return dict(tx.all("SELECT subject, ends_at FROM access_customer_revoked WHERE ends_at > $1 ORDER BY subject", now))


def settle_keys(tx: Tx, fingerprint: bytes, now: int) -> bool:
    """Say whether rows here were made with these keys; the first ones to come are written down."""
    tx.run(
        "INSERT INTO access_customer_keys (fingerprint, made_at) SELECT $1, $2 "
        "WHERE NOT EXISTS (SELECT 1 FROM access_customer_keys)",
        fingerprint,
        now,
    )
    return knows_keys(tx, fingerprint)


def knows_keys(tx: Tx, fingerprint: bytes) -> bool:
    """Say whether no other keys were written down."""
    row = tx.one("SELECT fingerprint FROM access_customer_keys")
    return row is None or bytes(row[0]) == fingerprint
