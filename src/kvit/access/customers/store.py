"""The tables of customers, and all SQL on them (``migrations/0002_customers``). Verbs: `kvit.access.customers.service`.

Rows of one customer are changed behind the customer's own row, so that two verbs on one customer follow one another and
a merge or an erasure meets no half-added device.
"""

from __future__ import annotations

from kvit.access.customers.devices import DEVICES_LIMIT, IDLE_S
from kvit.access.customers.model import Card, Customer, Device, Wish
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
