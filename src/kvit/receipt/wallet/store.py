"""The tables of wallets, and the SQL over them.

Everything is asked by customer first, so what one wallet costs depends on that wallet alone and not on how many receipts
the installation holds. Words are looked for in the words kept beside the search index (``receipt_words``), of this
customer's receipts only; the index itself knows all shops' receipts and would have to go through them.
"""

from __future__ import annotations

import datetime

from kvit.db import Tx
from kvit.db.tx import Row, Value
from kvit.receipt.store import COLUMNS, Link, summary_of
from kvit.receipt.wallet.model import Category, CategoryBy, Due, Item, Reminder, Spent, Wanted
from kvit.receipt.words import index_words, query_terms

_FROM = (
    "wallet_item i JOIN receipt r ON r.n = i.n AND r.forgotten_at IS NULL"
    " LEFT JOIN wallet_reminder m ON m.customer = i.customer AND m.n = i.n"
)
_ITEM = "r.shop, i.kept_at, i.how, i.category, i.category_by, i.note, m.due_on, m.words, m.told_at"
_ITEM_COLUMNS = 9


def item_of(row: Row) -> Item:
    """Build an item from ``_ITEM`` and ``COLUMNS``."""
    shop, kept_at, how, category, by, note, due_on, words, told_at = row[:_ITEM_COLUMNS]
    reminder = None if due_on is None else Reminder(datetime.date.fromisoformat(due_on), words, told_at)
    summary = summary_of(tuple(row[_ITEM_COLUMNS:]))
    return Item(shop, summary, kept_at, how, Category(category), CategoryBy(by), note, reminder)


def count(tx: Tx, customer: str) -> int:
    """Count what a wallet holds."""
    row = tx.one("SELECT count(*) FROM wallet_item WHERE customer = $1", customer)
    assert row is not None
    return int(row[0])


def insert(
    tx: Tx, customer: str, n: int, taken_at_ms: int, now_s: int, how: str, category: Category, by: CategoryBy
) -> bool:
    """Keep a receipt; False when it was kept before."""
    row = tx.one(
        "INSERT INTO wallet_item (customer, n, taken_at, kept_at, how, category, category_by)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (customer, n) DO NOTHING RETURNING n",
        customer, n, taken_at_ms, now_s, how, category.value, by.value,
    )  # fmt: skip
    return row is not None


def get(tx: Tx, customer: str, id_: str) -> Item | None:
    """Give one item."""
    row = tx.one(f"SELECT {_ITEM}, {COLUMNS} FROM {_FROM} WHERE i.customer = $1 AND r.id = $2", customer, id_)  # noqa: S608
    return None if row is None else item_of(row)


def page(tx: Tx, customer: str, wanted: Wanted, after: tuple[int, int] | None, limit: int) -> list[Item]:
    """Give items, newest first, behind the one whose time and number ``after`` names."""
    conditions, values = _conditions(customer, wanted, after)
    rows = tx.all(
        f"SELECT {_ITEM}, {COLUMNS} FROM {_FROM} WHERE {conditions}"  # noqa: S608 - our own words
        f" ORDER BY i.taken_at DESC, i.n DESC LIMIT {int(limit)}",
        *values,
    )
    return [item_of(row) for row in rows]


def _conditions(customer: str, wanted: Wanted, after: tuple[int, int] | None) -> tuple[str, list[Value]]:
    parts, values = ["i.customer = $1"], list[Value]([customer])

    def add(text: str, *more: Value) -> None:
        places = [f"${len(values) + number}" for number in range(1, len(more) + 1)]
        parts.append(text.format(*places))
        values.extend(more)

    if wanted.shop:
        add("r.shop = {}", wanted.shop)
    if wanted.category is not None:
        add("i.category = {}", wanted.category.value)
    if wanted.from_ms is not None:
        add("i.taken_at >= {}", wanted.from_ms)
    if wanted.until_ms is not None:
        add("i.taken_at < {}", wanted.until_ms)
    scaled = "r.total * CASE r.decimals WHEN 0 THEN 1000 WHEN 1 THEN 100 WHEN 2 THEN 10 ELSE 1 END"
    if wanted.least is not None:
        add(f"{scaled} >= {{}}", wanted.least)
    if wanted.most is not None:
        add(f"{scaled} <= {{}}", wanted.most)
    if wanted.reminders:
        parts.append("m.due_on IS NOT NULL")
    if after is not None:
        add("(i.taken_at, i.n) < ({}, {})", *after)
    for pattern in _patterns(wanted.search):
        add(
            "(EXISTS (SELECT 1 FROM receipt_words w WHERE w.rowid = i.n AND ' ' || w.words LIKE {0})"
            " OR ' ' || i.note_words LIKE {0})",
            pattern,
        )
    return " AND ".join(parts), values


def _patterns(search: str) -> list[str]:
    """What to look for; words of nothing but marks find nothing."""
    terms = query_terms(search)
    if search and not terms:
        return ["\x01"]
    return [f"% {' '.join(term)}%" for term in terms]


def shops(tx: Tx, customer: str) -> list[str]:
    """Give the shops a wallet has receipts of."""
    rows = tx.all(f"SELECT DISTINCT r.shop FROM {_FROM} WHERE i.customer = $1 ORDER BY r.shop", customer)  # noqa: S608
    return [row[0] for row in rows]


def spent(tx: Tx, customer: str, from_ms: int) -> list[Spent]:
    """Give what counts as spending since a moment: sales, and refunds taken off."""
    rows = tx.all(
        "SELECT i.taken_at, r.shop, i.category, r.currency, r.decimals,"  # noqa: S608 - our own words
        f" CASE r.kind WHEN 'refund' THEN -abs(r.total) ELSE r.total END FROM {_FROM}"
        " WHERE i.customer = $1 AND i.taken_at >= $2 AND r.total IS NOT NULL AND r.kind IN ('sale', 'refund')",
        customer, from_ms,
    )  # fmt: skip
    return [Spent(at, shop, Category(category), *rest) for at, shop, category, *rest in rows]


def remove(tx: Tx, customer: str, n: int, actor: str) -> None:
    """Take a receipt out of a wallet, with what the customer said about it and the shares made of it."""
    tx.run("DELETE FROM wallet_reminder WHERE customer = $1 AND n = $2", customer, n)
    tx.run("DELETE FROM receipt_link WHERE n = $1 AND made_by = $2", n, actor)
    tx.run("DELETE FROM wallet_item WHERE customer = $1 AND n = $2", customer, n)


def set_category(tx: Tx, customer: str, n: int, category: Category, by: CategoryBy) -> None:
    """Write down what a receipt was about."""
    tx.run(
        "UPDATE wallet_item SET category = $3, category_by = $4 WHERE customer = $1 AND n = $2",
        customer, n, category.value, by.value,
    )  # fmt: skip


def set_note(tx: Tx, customer: str, n: int, note: str) -> None:
    """Write down what a customer says about a receipt."""
    tx.run(
        "UPDATE wallet_item SET note = $3, note_words = $4 WHERE customer = $1 AND n = $2",
        customer,
        n,
        note,
        index_words(note),
    )


def rule(tx: Tx, customer: str, shop: str, title: str) -> Category | None:
    """Give a customer's rule for a place."""
    row = tx.one(
        "SELECT category FROM wallet_rule WHERE customer = $1 AND shop = $2 AND title = $3", customer, shop, title
    )
    return None if row is None else Category(row[0])


def set_rule(tx: Tx, customer: str, shop: str, title: str, category: Category) -> None:
    """Keep a rule; the last word counts."""
    tx.run(
        "INSERT INTO wallet_rule (customer, shop, title, category) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (customer, shop, title) DO UPDATE SET category = excluded.category",
        customer, shop, title, category.value,
    )  # fmt: skip


def guessed(tx: Tx, customer: str, shop: str) -> list[tuple[int, str]]:
    """Give number and title of a customer's receipts of a shop whose category nobody said for that very one."""
    rows = tx.all(
        "SELECT i.n, r.title FROM wallet_item i JOIN receipt r ON r.n = i.n"
        " WHERE i.customer = $1 AND r.shop = $2 AND i.category_by <> 'own'",
        customer, shop,
    )  # fmt: skip
    return [(int(n), title) for n, title in rows]


def set_reminder(tx: Tx, customer: str, n: int, due_on: datetime.date, words: str) -> None:
    """Set a receipt's reminder; a new day is told anew."""
    tx.run(
        "INSERT INTO wallet_reminder (customer, n, due_on, words) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (customer, n) DO UPDATE SET told_at = CASE wallet_reminder.due_on WHEN excluded.due_on"
        " THEN wallet_reminder.told_at END, due_on = excluded.due_on, words = excluded.words",
        customer, n, due_on.isoformat(), words,
    )  # fmt: skip


def drop_reminder(tx: Tx, customer: str, n: int) -> None:
    """Take a reminder back."""
    tx.run("DELETE FROM wallet_reminder WHERE customer = $1 AND n = $2", customer, n)


def due(tx: Tx, today: datetime.date, limit: int) -> list[Due]:
    """Give reminders whose day has come and that nobody told yet, the oldest first."""
    rows = tx.all(
        "SELECT m.customer, r.shop, r.id, r.title, m.due_on, m.words"  # noqa: S608 - our own words
        " FROM wallet_reminder m JOIN receipt r ON r.n = m.n"
        " WHERE m.told_at IS NULL AND m.due_on <= $1 AND r.forgotten_at IS NULL"
        f" ORDER BY m.due_on, m.customer, m.n LIMIT {int(limit)}",
        today.isoformat(),
    )
    return [
        Due(customer, shop, id_, title, datetime.date.fromisoformat(day), words)
        for customer, shop, id_, title, day, words in rows
    ]


def told(tx: Tx, customer: str, id_: str, now_s: int) -> int:
    """Write down that a reminder was told."""
    return tx.run(
        "UPDATE wallet_reminder SET told_at = $3 WHERE customer = $1 AND told_at IS NULL"
        " AND n IN (SELECT i.n FROM wallet_item i JOIN receipt r ON r.n = i.n WHERE i.customer = $1 AND r.id = $2)",
        customer, id_, now_s,
    )  # fmt: skip


def shares(tx: Tx, n: int, actor: str) -> list[Link]:
    """Give the links somebody made of a receipt, newest first."""
    rows = tx.all(
        "SELECT hash, made_at, made_by, expires_at, revoked_at FROM receipt_link WHERE n = $1 AND made_by = $2"
        " ORDER BY made_at DESC, hash",
        n, actor,
    )  # fmt: skip
    return [Link(bytes(hash_), *rest) for hash_, *rest in rows]


def move(tx: Tx, source: str, target: str, actors: tuple[str, str]) -> None:
    """Move everything of one wallet to another; what the other says already stands."""
    tx.run(
        "UPDATE receipt_link SET made_by = $2 WHERE made_by = $1"
        " AND n IN (SELECT n FROM wallet_item WHERE customer = $3)",
        *actors, source,
    )  # fmt: skip
    for table in ("wallet_reminder", "wallet_item"):
        tx.run(
            f"UPDATE {table} SET customer = $2 WHERE customer = $1"  # noqa: S608 - our own words
            f" AND n NOT IN (SELECT n FROM {table} WHERE customer = $2)",
            source, target,
        )  # fmt: skip
    tx.run(
        "INSERT INTO wallet_rule (customer, shop, title, category) SELECT $2, shop, title, category FROM wallet_rule"
        " WHERE customer = $1 ON CONFLICT (customer, shop, title) DO NOTHING",
        source, target,
    )  # fmt: skip


def erase(tx: Tx, customer: str, actor: str) -> None:
    """Take away everything a wallet holds, and every share made from it."""
    tx.run(
        "DELETE FROM receipt_link WHERE made_by = $1 AND n IN (SELECT n FROM wallet_item WHERE customer = $2)",
        actor, customer,
    )  # fmt: skip
    for table in ("wallet_reminder", "wallet_rule", "wallet_item"):
        tx.run(f"DELETE FROM {table} WHERE customer = $1", customer)  # noqa: S608 - our own words


def shared(tx: Tx, hash_: bytes) -> bool:
    """Say whether a link was made by a customer and not by the shop."""
    return tx.one("SELECT 1 FROM receipt_link WHERE hash = $1 AND made_by LIKE 'customer:%'", hash_) is not None
