"""The tables of receipts, and the SQL over them.

``receipt`` holds what a list shows, ``receipt_body`` what is long, ``receipt_words`` the words to search for. The only
statement that differs between the engines is the one that searches (``kvit.receipt.finding``, with all of the list's); the
migrations leave a row that says which. Pages are cut by keys, never by counting rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import msgspec

from kvit.db import Tx
from kvit.db.tx import Row, Value
from kvit.receipt.model import Kind, Reading
from kvit.receipt.printout import Happening, Place, Prepared

COLUMNS = (
    "r.n, r.id, r.line, r.till, r.capture, r.at_offset, r.taken_at, r.profile, r.profile_version, r.kind, r.title,"
    " r.number, r.total, r.decimals, r.currency, r.verified, r.size_bytes, r.events, r.version"
)


class Summary(msgspec.Struct, frozen=True):
    """A receipt as a list shows it. Times in milliseconds since 1970."""

    n: int
    """Order of arrival."""
    id: str
    place: Place
    till: str
    taken_at_ms: int
    profile: str
    profile_version: str
    kind: Kind
    title: str
    number: str | None
    total: int | None
    decimals: int
    currency: str | None
    verified: bool
    size_bytes: int
    happenings: tuple[Happening, ...]
    version: int
    """1, and one more for every tail that came late."""


class Receipt(msgspec.Struct, frozen=True):
    """A receipt with its text and its reading; its bytes are asked for apart."""

    summary: Summary
    text: str
    reading: Reading | None


class Link(msgspec.Struct, frozen=True):
    """A public link as its receipt's page shows it: never the token. Times in seconds since 1970."""

    hash: bytes
    made_at_s: int
    made_by: str
    expires_at_s: int
    revoked_at_s: int | None


@dataclass(frozen=True)
class Filter:
    """Which receipts: all conditions hold together, empty ones are none. ``until_ms`` is not among them any more."""

    line: str = ""
    kind: Kind | None = None
    from_ms: int | None = None
    until_ms: int | None = None
    search: str = ""


def summary_of(row: Row) -> Summary:
    """Build a summary from ``COLUMNS``."""
    (n, id_, line, till, capture, offset, taken_at, profile, profile_version, kind, title, number, total, decimals,
     currency, verified, size_bytes, events, version) = row  # fmt: skip
    return Summary(
        n, id_, Place(line, offset, capture), till, taken_at, profile, profile_version, Kind(kind), title, number, total,
        decimals, currency, bool(verified), size_bytes, msgspec.json.decode(events, type=tuple[Happening, ...]), version,
    )  # fmt: skip


def insert(tx: Tx, shop: str, ready: Sequence[Prepared]) -> list[int | None]:
    """Insert receipts; give the number of each, or None where one of that id is there."""
    numbers = [_insert_head(tx, shop, prepared) for prepared in ready]
    new = [(n, prepared) for n, prepared in zip(numbers, ready, strict=True) if n is not None]
    tx.many(
        "INSERT INTO receipt_body (n, raw, setting, text, reading) VALUES ($1, $2, $3, $4, $5)",
        [(n, one.printout.raw, one.printout.setting, one.printout.text, one.reading_json) for n, one in new],
    )
    tx.many("INSERT INTO receipt_words (rowid, words) VALUES ($1, $2)", [(n, one.words) for n, one in new])
    return numbers


def _insert_head(tx: Tx, shop: str, prepared: Prepared) -> int | None:
    printout, reading = prepared.printout, prepared.printout.reading or Reading()
    row = tx.one(
        "INSERT INTO receipt (shop, id, line, till, capture, at_offset, sha256, taken_at, profile, profile_version, kind,"
        " title, number, total, decimals, currency, verified, size_bytes, events, reader)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)"
        " ON CONFLICT (shop, id) DO NOTHING RETURNING n",
        shop, prepared.id, printout.place.line, printout.till or printout.place.line, printout.place.capture,
        printout.place.offset, prepared.sha256, printout.taken_at_ms, printout.profile, printout.profile_version,
        reading.kind.value, prepared.title, reading.number, reading.total, reading.decimals, reading.currency,
        int(reading.verified), len(printout.raw), prepared.happenings_json, prepared.reader,
    )  # fmt: skip
    return None if row is None else int(row[0])


def replace(tx: Tx, n: int, prepared: Prepared) -> None:
    """Put a longer printout in the place of a shorter one."""
    printout, reading = prepared.printout, prepared.printout.reading or Reading()
    tx.run(
        "UPDATE receipt SET kind = $2, title = $3, number = $4, total = $5, decimals = $6, currency = $7, verified = $8,"
        " size_bytes = $9, events = $10, reader = $11, version = version + 1 WHERE n = $1",
        n, reading.kind.value, prepared.title, reading.number, reading.total, reading.decimals, reading.currency,
        int(reading.verified), len(printout.raw), prepared.happenings_json, prepared.reader,
    )  # fmt: skip
    tx.run(
        "UPDATE receipt_body SET raw = $2, text = $3, reading = $4 WHERE n = $1",
        n, printout.raw, printout.text, prepared.reading_json,
    )  # fmt: skip
    if tx.one("SELECT words FROM receipt_words WHERE rowid = $1", n) != (
        prepared.words,
    ):  # a cut, a drawer: no word new
        tx.run("DELETE FROM receipt_words WHERE rowid = $1", n)
        tx.run("INSERT INTO receipt_words (rowid, words) VALUES ($1, $2)", n, prepared.words)


def version(tx: Tx, n: int) -> int:
    """Give how often a receipt was told otherwise: 1, and one more for every late tail."""
    row = tx.one("SELECT version FROM receipt WHERE n = $1", n)
    return int(row[0]) if row else 0


def set_version(tx: Tx, n: int, version_: int) -> None:
    """Keep the version another house counts."""
    tx.run("UPDATE receipt SET version = $2 WHERE n = $1 AND version <> $2", n, version_)


def link_taken(tx: Tx, hash_: bytes) -> bool:
    """Say whether a link's hash leads to a receipt, of whatever shop."""
    return tx.one("SELECT 1 FROM receipt_link WHERE hash = $1", hash_) is not None


def add_tail(tx: Tx, n: int, offset: int, sha256: bytes) -> bytes | None:
    """Keep that a tail was added; give None when it is new, else the hash of the tail kept before."""
    added = tx.one(
        "INSERT INTO receipt_tail (n, at_offset, sha256) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING RETURNING n",
        n, offset, sha256,
    )  # fmt: skip
    if added is not None:
        return None
    row = tx.one("SELECT sha256 FROM receipt_tail WHERE n = $1 AND at_offset = $2", n, offset)
    assert row is not None
    return bytes(row[0])


def identity(tx: Tx, shop: str, id_: str) -> tuple[int, bytes, bool] | None:
    """Give number, hash of the first body, and whether it was forgotten."""
    row = tx.one("SELECT n, sha256, forgotten_at FROM receipt WHERE shop = $1 AND id = $2", shop, id_)
    return None if row is None else (int(row[0]), bytes(row[1]), row[2] is not None)


def get(tx: Tx, shop: str, id_: str) -> Receipt | None:
    """Give a receipt, or None when there is none (any more)."""
    return _receipt(tx, "r.shop = $1 AND r.id = $2", shop, id_)


def _receipt(tx: Tx, where: str, *values: Value) -> Receipt | None:
    row = tx.one(
        f"SELECT {COLUMNS}, b.text, b.reading FROM receipt r JOIN receipt_body b ON b.n = r.n"  # noqa: S608 - our own words
        f" WHERE r.forgotten_at IS NULL AND {where}",
        *values,
    )
    if row is None:
        return None
    *head, text, reading = row
    return Receipt(summary_of(tuple(head)), text, reading and msgspec.json.decode(reading, type=Reading))


def raw(tx: Tx, shop: str, id_: str) -> bytes | None:
    """Give the masked bytes of a printout."""
    row = tx.one(
        "SELECT b.raw FROM receipt r JOIN receipt_body b ON b.n = r.n WHERE r.shop = $1 AND r.id = $2"
        " AND r.forgotten_at IS NULL",
        shop, id_,
    )  # fmt: skip
    return None if row is None else bytes(row[0])


def played(tx: Tx, shop: str, id_: str) -> tuple[bytes, bytes] | None:
    """Give what to play: the setting before the printout, and its masked bytes."""
    row = tx.one(
        "SELECT b.setting, b.raw FROM receipt r JOIN receipt_body b ON b.n = r.n WHERE r.shop = $1 AND r.id = $2"
        " AND r.forgotten_at IS NULL",
        shop, id_,
    )  # fmt: skip
    return None if row is None else (bytes(row[0]), bytes(row[1]))


def since(tx: Tx, shop: str, n: int, limit: int) -> list[Summary]:
    """Give what arrived behind number ``n``, oldest first."""
    rows = tx.all(
        f"SELECT {COLUMNS} FROM receipt r WHERE r.shop = $1 AND r.n > $2 AND r.forgotten_at IS NULL"  # noqa: S608
        f" ORDER BY r.n LIMIT {int(limit)}",
        shop, n,
    )  # fmt: skip
    return [summary_of(row) for row in rows]


def lines(tx: Tx, shop: str) -> list[tuple[str, str]]:
    """Give the lines that have receipts, with the name of the till: by leaps over the index, not by reading it."""
    found: list[tuple[str, str]] = []
    line: str | None = ""
    while (line := _next_line(tx, shop, line or "")) is not None:
        row = tx.one(
            "SELECT till FROM receipt WHERE shop = $1 AND line = $2 ORDER BY taken_at DESC, n DESC LIMIT 1", shop, line
        )
        found.append((line, row[0] if row else line))
    return found


def _next_line(tx: Tx, shop: str, line: str) -> str | None:
    row = tx.one("SELECT min(line) FROM receipt WHERE shop = $1 AND line > $2", shop, line)
    return None if row is None else row[0]


def counts(tx: Tx, shop: str, from_ms: int, until_ms: int) -> list[tuple[str, int]]:
    """Count receipts of a stretch of time by kind."""
    rows = tx.all(
        "SELECT kind, count(*) FROM receipt WHERE shop = $1 AND taken_at >= $2 AND taken_at < $3 AND forgotten_at IS NULL"
        " GROUP BY kind ORDER BY kind",
        shop, from_ms, until_ms,
    )  # fmt: skip
    return [(kind, int(count)) for kind, count in rows]


def forget(tx: Tx, n: int, now_s: int) -> None:
    """Take away everything a receipt said; its place and hash stay, so that a replay does not bring it back."""
    tx.run("DELETE FROM receipt_link WHERE n = $1", n)
    tx.run("DELETE FROM receipt_correction WHERE n = $1", n)
    tx.run("DELETE FROM receipt_words WHERE rowid = $1", n)
    tx.run("DELETE FROM receipt_body WHERE n = $1", n)
    tx.run(
        "UPDATE receipt SET forgotten_at = $2, kind = 'other', title = '', number = NULL, total = NULL, currency = NULL,"
        " verified = 0, events = '[]' WHERE n = $1",
        n, now_s,
    )  # fmt: skip


def insert_link(tx: Tx, n: int, link: Link) -> None:
    """Keep a link by its token's hash."""
    tx.run(
        "INSERT INTO receipt_link (hash, n, made_at, made_by, expires_at) VALUES ($1, $2, $3, $4, $5)",
        link.hash, n, link.made_at_s, link.made_by, link.expires_at_s,
    )  # fmt: skip


def linked(tx: Tx, hash_: bytes, now_s: int) -> tuple[str, Receipt] | None:
    """Give the shop and the receipt a living link leads to."""
    row = tx.one(
        "SELECT r.shop, r.n FROM receipt_link l JOIN receipt r ON r.n = l.n"
        " WHERE l.hash = $1 AND l.revoked_at IS NULL AND l.expires_at > $2",
        hash_, now_s,
    )  # fmt: skip
    receipt = None if row is None else _receipt(tx, "r.n = $1", row[1])
    return None if row is None or receipt is None else (row[0], receipt)


def links(tx: Tx, shop: str, id_: str) -> list[Link]:
    """Give the links of a receipt, newest first."""
    rows = tx.all(
        "SELECT l.hash, l.made_at, l.made_by, l.expires_at, l.revoked_at FROM receipt_link l JOIN receipt r ON r.n = l.n"
        " WHERE r.shop = $1 AND r.id = $2 ORDER BY l.made_at DESC, l.hash",
        shop, id_,
    )  # fmt: skip
    return [Link(bytes(hash_), *rest) for hash_, *rest in rows]


def revoke_links(tx: Tx, n: int, hashes: Sequence[bytes] | Iterable[bytes], now_s: int) -> int:
    """Revoke links of one receipt; give how many lived till now."""
    return sum(
        tx.run(
            "UPDATE receipt_link SET revoked_at = $3 WHERE n = $1 AND hash = $2 AND revoked_at IS NULL", n, hash_, now_s
        )
        for hash_ in hashes
    )


def renew_link(tx: Tx, hash_: bytes, now_s: int, expires_at_s: int) -> int | None:
    """Let a living link live until then, never shorter than it would have; give its new end, None where none lives."""
    row = tx.one(
        "UPDATE receipt_link SET expires_at = CASE WHEN expires_at > $3 THEN expires_at ELSE $3 END"
        " WHERE hash = $1 AND revoked_at IS NULL AND expires_at > $2 RETURNING expires_at",
        hash_, now_s, expires_at_s,
    )  # fmt: skip
    return None if row is None else int(row[0])


def older_than(tx: Tx, shop: str, before_ms: int, limit: int) -> list[tuple[int, str]]:
    """Give number and id of receipts of before a moment that still say something, oldest first."""
    rows = tx.all(
        "SELECT n, id FROM receipt WHERE shop = $1 AND taken_at < $2 AND forgotten_at IS NULL ORDER BY taken_at, n"
        " LIMIT $3",
        shop, before_ms, limit,
    )  # fmt: skip
    return [(int(n), id_) for n, id_ in rows]


def drop_links(tx: Tx, before_s: int, limit: int) -> int:
    """Delete rows of links that ended, by themselves or by hand, before a moment."""
    return tx.run(
        "DELETE FROM receipt_link WHERE hash IN (SELECT hash FROM receipt_link WHERE expires_at < $1 OR revoked_at < $1"
        " LIMIT $2)",
        before_s,
        limit,
    )


def stretch(tx: Tx, shop: str, from_ms: int, until_ms: int, after: tuple[int, int], limit: int) -> list[Receipt]:
    """Give receipts of a stretch of time behind ``after`` (time and number), oldest first, with what was read."""
    rows = tx.all(
        f"SELECT {COLUMNS}, b.reading FROM receipt r JOIN receipt_body b ON b.n = r.n"  # noqa: S608 - our own words
        " WHERE r.shop = $1 AND r.taken_at >= $2 AND r.taken_at < $3 AND r.forgotten_at IS NULL"
        f" AND (r.taken_at > $4 OR (r.taken_at = $4 AND r.n > $5)) ORDER BY r.taken_at, r.n LIMIT {int(limit)}",
        shop, max(from_ms, after[0]), until_ms, after[0], after[1],
    )  # fmt: skip
    return [
        Receipt(summary_of(tuple(head)), "", reading and msgspec.json.decode(reading, type=Reading))
        for *head, reading in rows
    ]
