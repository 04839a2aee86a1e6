"""The table of browsers that want pushes, and the SQL over it."""

from __future__ import annotations

from kvit.db import Tx


def put(tx: Tx, customer: str, slot: bytes, subscription: bytes, language: str, now_ms: int) -> None:
    """Keep a browser, or what it says now."""
    tx.run(
        "INSERT INTO notify_browser (customer, slot, subscription, language, made_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (customer, slot) DO UPDATE SET subscription = excluded.subscription, language = excluded.language",
        customer, slot, subscription, language, now_ms,
    )  # fmt: skip


def of(tx: Tx, customer: str) -> list[tuple[bytes, bytes, str]]:
    """Give a customer's browsers: slot, sealed subscription, language."""
    rows = tx.all(
        "SELECT slot, subscription, language FROM notify_browser WHERE customer = $1 ORDER BY made_at DESC, slot",
        customer,
    )
    return [(bytes(slot), bytes(subscription), str(language)) for slot, subscription, language in rows]


def delete(tx: Tx, customer: str, slot: bytes) -> int:
    """Forget one browser of a customer."""
    return tx.run("DELETE FROM notify_browser WHERE customer = $1 AND slot = $2", customer, slot)


def delete_slot(tx: Tx, slot: bytes) -> int:
    """Forget a browser, whoever's it is."""
    return tx.run("DELETE FROM notify_browser WHERE slot = $1", slot)


def delete_all(tx: Tx, customer: str) -> int:
    """Forget a customer's browsers."""
    return tx.run("DELETE FROM notify_browser WHERE customer = $1", customer)


def move(tx: Tx, from_: str, to: str) -> None:
    """Give one customer's browsers to another; one both have stays the other's."""
    tx.run(
        "DELETE FROM notify_browser WHERE customer = $1 AND slot IN"
        " (SELECT slot FROM notify_browser WHERE customer = $2)",
        from_, to,
    )  # fmt: skip
    tx.run("UPDATE notify_browser SET customer = $2 WHERE customer = $1", from_, to)
