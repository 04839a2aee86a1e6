"""The tables of corrections and forms, and the SQL over them."""

from __future__ import annotations

import msgspec

from kvit.db import Tx
from kvit.receipt.forms.model import Confirmed, Learned
from kvit.receipt.model import Reading

FORMS_MAX = 200
"""Forms of one shop that are kept; a shop has a few tills, each with a form or two. The oldest goes."""


class Correction(msgspec.Struct, frozen=True):
    """A confirmed receipt: when, by whom, the data, and the fields the reader had seen otherwise."""

    at_s: int
    by: str
    confirmed: Confirmed
    changed: tuple[str, ...]


def correction(tx: Tx, n: int) -> Correction | None:
    """Give what a person confirmed of a receipt."""
    row = tx.one("SELECT at_s, made_by, confirmed, changed FROM receipt_correction WHERE n = $1", n)
    if row is None:
        return None
    at_s, by, confirmed, changed = row
    return Correction(
        at_s, by, msgspec.json.decode(confirmed, type=Confirmed), msgspec.json.decode(changed, type=tuple[str, ...])
    )


def keep_correction(tx: Tx, n: int, made: Correction) -> None:
    """Keep what a person confirmed, in the place of what was confirmed before."""
    tx.run(
        "INSERT INTO receipt_correction (n, at_s, made_by, confirmed, changed) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (n) DO UPDATE SET at_s = excluded.at_s, made_by = excluded.made_by,"
        " confirmed = excluded.confirmed, changed = excluded.changed",
        n, made.at_s, made.by, msgspec.json.encode(made.confirmed).decode(), msgspec.json.encode(made.changed).decode(),
    )  # fmt: skip


def put_reading(tx: Tx, n: int, reading: Reading) -> None:
    """Put a reading in the place of the one that was there."""
    tx.run(
        "UPDATE receipt SET kind = $2, number = $3, total = $4, decimals = $5, currency = $6, verified = $7,"
        " version = version + 1 WHERE n = $1",
        n, reading.kind.value, reading.number, reading.total, reading.decimals, reading.currency, int(reading.verified),
    )  # fmt: skip
    tx.run("UPDATE receipt_body SET reading = $2 WHERE n = $1", n, msgspec.json.encode(reading).decode())


def form(tx: Tx, shop: str, head: str) -> tuple[Learned, int]:
    """Give what is learned of a form, and from how many receipts."""
    row = tx.one("SELECT learned, confirmed FROM receipt_form WHERE shop = $1 AND head = $2", shop, head)
    return (Learned(), 0) if row is None else (msgspec.json.decode(row[0], type=Learned), int(row[1]))


def put_form(tx: Tx, shop: str, head: str, learned: Learned, confirmed: int, now_s: int) -> None:
    """Put what is learned of a form; beyond the limit the one not confirmed for longest goes."""
    tx.run(
        "INSERT INTO receipt_form (shop, head, learned, confirmed, changed_at) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (shop, head) DO UPDATE SET learned = excluded.learned, confirmed = excluded.confirmed,"
        " changed_at = excluded.changed_at",
        shop, head, msgspec.json.encode(learned).decode(), confirmed, now_s,
    )  # fmt: skip
    tx.run(
        "DELETE FROM receipt_form WHERE shop = $1 AND head IN (SELECT head FROM receipt_form WHERE shop = $1"
        " ORDER BY changed_at DESC, head LIMIT 1000 OFFSET $2)",
        shop, FORMS_MAX,
    )  # fmt: skip


def forms(tx: Tx, shop: str) -> list[tuple[str, Learned, int]]:
    """Give all forms of a shop."""
    rows = tx.all("SELECT head, learned, confirmed FROM receipt_form WHERE shop = $1 ORDER BY head", shop)
    return [(head, msgspec.json.decode(learned, type=Learned), int(count)) for head, learned, count in rows]
