"""The table of printers, and the SQL over it."""

from __future__ import annotations

import msgspec

from kvit.db import Tx
from kvit.db.tx import Row
from kvit.device.printers.model import Origin, Printer
from kvit.device.spool.model import Evidence

_COLUMNS = "name, address, origin, able, fail_over, held, token_hash, facts"


def _printer(row: Row) -> Printer:
    name, address, origin, able, fail_over, held, token_hash, facts = row
    return Printer(
        name, address, Origin(origin), None if able is None else Evidence(able), fail_over, bool(held),
        None if token_hash is None else bytes(token_hash), msgspec.json.decode(facts, type=dict[str, str]),
    )  # fmt: skip


def every(tx: Tx, shop: str) -> list[Printer]:
    """Give all printers by name."""
    sql = f"SELECT {_COLUMNS} FROM printer WHERE shop = $1 ORDER BY name"  # noqa: S608 - our own words
    return [_printer(row) for row in tx.all(sql, shop)]


def get(tx: Tx, shop: str, name: str) -> Printer | None:
    """Give a printer."""
    row = tx.one(f"SELECT {_COLUMNS} FROM printer WHERE shop = $1 AND name = $2", shop, name)  # noqa: S608
    return None if row is None else _printer(row)


def by_token(tx: Tx, shop: str, token_hash: bytes) -> Printer | None:
    """Give the printer whose URL holds a word."""
    row = tx.one(
        f"SELECT {_COLUMNS} FROM printer WHERE shop = $1 AND token_hash = $2",  # noqa: S608
        shop, token_hash,
    )  # fmt: skip
    return None if row is None else _printer(row)


def put(tx: Tx, shop: str, printer: Printer, now_ms: int) -> None:
    """Write a printer, new or over the one of its name."""
    tx.run(
        "INSERT INTO printer (shop, name, address, origin, able, fail_over, held, token_hash, facts, changed_at)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (shop, name) DO UPDATE SET"
        " address = excluded.address, origin = excluded.origin, able = excluded.able, fail_over = excluded.fail_over,"
        " held = excluded.held, token_hash = excluded.token_hash, facts = excluded.facts, changed_at = excluded.changed_at",
        shop, printer.name, printer.address, printer.origin.value, None if printer.able is None else printer.able.value,
        printer.fail_over, int(printer.held), printer.token_hash, msgspec.json.encode(printer.facts).decode(), now_ms,
    )  # fmt: skip


def delete(tx: Tx, shop: str, name: str) -> None:
    """Forget a printer; its jobs stay."""
    tx.run("DELETE FROM printer WHERE shop = $1 AND name = $2", shop, name)
