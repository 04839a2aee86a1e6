"""How a page of the list is found: in looks of bounded size, so that no question holds a reader for long.

Conditions that an index can follow (time, line or kind, words) choose what is looked at, newest first; the others are
looked up for each row. Rows are looked at in growing portions until the page is full. A question that nearly nothing
answers (a common word of a kind that never occurs) would so read the whole book; after ``LOOK_MAX`` rows the page is given
as it is, with the place to go on from, and whoever asked decides whether to go on.

Measured with a million receipts on SQLite, two busy cores: lists 1 ms, common words 1 to 12 ms, the worst question
50 ms. Only a beginning of a single letter, with more words than ``ENDINGS_MAX``, takes FTS5 0.1 to 0.3 s. PostgreSQL
plans by its statistics, gathered within a minute of growth; after a bulk load run ``ANALYZE``.

The plain list goes by time and arrival; a search goes by arrival, which both search indexes know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kvit.db import Tx
from kvit.db.tx import Row, Value
from kvit.receipt.store import COLUMNS, Filter, Summary, summary_of
from kvit.receipt.words import fts5_query, query_terms, tsquery

LOOK_FIRST = 256
"""Rows of the first portion: a page without a rare condition needs no second one."""
LOOK_GROWTH = 80
LOOK_MAX = 20_000
"""Some 40 ms of SQLite on a small machine."""
BUNCHES = (8, 64, 256)
"""How many receipts a statement fetches by number; few texts, so that they stay prepared."""

ENDINGS_MAX = 128
"""Words a beginning may have to be asked for one by one; each costs a leap of 0.05 ms."""

Endings = list[list[str] | None]
Key = tuple[int, int]
"""Time and number: where a page ends."""


@dataclass(frozen=True)
class Found:
    """A page: its receipts, where to go on (None at the end), and whether it was cut short by ``LOOK_MAX``."""

    receipts: list[Summary]
    next: Key | None
    cut: bool = False


def page(tx: Tx, shop: str, wanted: Filter, after: Key | None, limit: int) -> Found:
    """Give up to ``limit`` receipts, newest first, behind the one whose time and number ``after`` names."""
    terms = query_terms(wanted.search)
    if wanted.search and not terms:
        return Found([], None)
    endings = _endings(tx, terms)
    if [] in endings:
        return Found([], None)
    found: list[Key] = []
    looked, size = 0, LOOK_FIRST
    while True:
        rows = _looked_at(tx, shop, wanted, terms, endings, after, size)
        found += [(taken_at, n) for taken_at, n, fits in rows if fits]
        looked += len(rows)
        if len(found) > limit:
            return Found(_fetched(tx, found[:limit]), found[limit - 1])
        if len(rows) < size:
            return Found(_fetched(tx, found), None)
        after = (rows[-1][0], rows[-1][1])
        if looked >= LOOK_MAX:
            return Found(_fetched(tx, found), after, cut=True)
        size = min(size * LOOK_GROWTH, LOOK_MAX - looked)


def _looked_at(
    tx: Tx, shop: str, wanted: Filter, terms: list[list[str]], endings: Endings, after: Key | None, size: int
) -> list[Row]:
    """Look at the next rows: time, number, whether all other conditions hold."""
    followed, others = _Conditions(), _Conditions(["r.forgotten_at IS NULL"])
    if terms:
        source, order = "receipt_words f CROSS JOIN receipt r", "f.rowid DESC"
        _follow_words(tx, shop, wanted, terms, endings, after, followed)
        others.add("r.shop = {}", shop)
        others.exactly(wanted, line=True, kind=True, time=True)
    else:
        source, order = "receipt r", "r.taken_at DESC, r.n DESC"
        followed.add("r.shop = {}", shop)
        followed.exactly(wanted, line=True, kind=not wanted.line, time=True)
        others.exactly(wanted, kind=bool(wanted.line))
        if after is not None:
            followed.add("(r.taken_at, r.n) < ({}, {})", *after)
    fits = others.text(0)
    where = followed.text(len(others.values))
    sql = f"SELECT r.taken_at, r.n, {fits} FROM {source} WHERE {where} ORDER BY {order} LIMIT {int(size)}"  # noqa: S608
    return tx.all(sql, *others.values, *followed.values)


def _follow_words(
    tx: Tx,
    shop: str,
    wanted: Filter,
    terms: list[list[str]],
    endings: Endings,
    after: Key | None,
    followed: _Conditions,
) -> None:
    """Conditions the search index follows; bounds on time become bounds on arrival, which it knows."""
    followed.add("r.n = f.rowid")
    for bound in _arrivals(tx, shop, wanted):
        followed.add(*bound)
    if after is not None:
        followed.add("f.rowid < {}", after[1])
    if _is_fts5(tx):
        followed.add("f.words MATCH {}", fts5_query(terms, endings))
    else:
        followed.add("f.vector @@ CAST({} AS tsquery)", tsquery(terms))


def _is_fts5(tx: Tx) -> bool:
    return tx.one("SELECT engine FROM receipt_search") == ("fts5",)


def _endings(tx: Tx, terms: list[list[str]]) -> Endings:
    """Give for each term the words its last one begins; None where they are many, or where the engine needs no help.

    FTS5 answers a beginning by making the whole list of all receipts that have it (60 ms a million), but hands out the
    receipts of whole words one by one. So the vocabulary is asked first, by leaps.
    """
    if not _is_fts5(tx):
        return [None] * len(terms)
    return [_words_begun(tx, term[-1]) for term in terms]


def _words_begun(tx: Tx, beginning: str) -> list[str] | None:
    found: list[str] = []
    last = beginning
    while len(found) < ENDINGS_MAX:
        row = tx.one("SELECT term FROM receipt_vocabulary WHERE term >= $1 LIMIT 1", last)
        if row is None or not row[0].startswith(beginning):
            return found
        found.append(row[0])
        last = row[0] + "\x01"
    return None


def _arrivals(tx: Tx, shop: str, wanted: Filter) -> Iterator[tuple[str, int]]:
    if wanted.from_ms is None and wanted.until_ms is None:
        return
    low, high = wanted.from_ms or 0, wanted.until_ms if wanted.until_ms is not None else 1 << 62
    row = tx.one(
        "SELECT coalesce(min(n), 0), coalesce(max(n), -1) FROM receipt WHERE shop = $1 AND taken_at >= $2"
        " AND taken_at < $3",
        shop, low, high,
    )  # fmt: skip
    assert row is not None
    yield "f.rowid >= {}", row[0]
    yield "f.rowid <= {}", row[1]


class _Conditions:
    """Conditions that hold together, with their values."""

    def __init__(self, parts: list[str] | None = None) -> None:
        self.values: list[Value] = []
        self._parts: list[tuple[str, int]] = [(part, 0) for part in parts or ()]

    def exactly(self, wanted: Filter, *, line: bool = False, kind: bool = False, time: bool = False) -> None:
        """Add a filter's conditions on some columns."""
        if line and wanted.line:
            self.add("r.line = {}", wanted.line)
        if kind and wanted.kind is not None:
            self.add("r.kind = {}", wanted.kind.value)
        if time and wanted.from_ms is not None:
            self.add("r.taken_at >= {}", wanted.from_ms)
        if time and wanted.until_ms is not None:
            self.add("r.taken_at < {}", wanted.until_ms)

    def add(self, text: str, *values: Value) -> None:
        """Add one, with a place for each value."""
        self._parts.append((text, len(values)))
        self.values += values

    def text(self, behind: int) -> str:
        """Write them, their values standing behind so many others."""
        written, place = [], behind
        for part, count in self._parts:
            written.append(part.format(*(f"${place + number}" for number in range(1, count + 1))))
            place += count
        return "(" + " AND ".join(written) + ")"


def _fetched(tx: Tx, keys: list[Key]) -> list[Summary]:
    """Fetch receipts by number, in the order of their keys."""
    found: dict[int, Summary] = {}
    numbers = [n for _, n in keys]
    while numbers:
        size = next((size for size in BUNCHES if size >= len(numbers)), BUNCHES[-1])
        bunch, numbers = numbers[:size], numbers[size:]
        bunch += bunch[-1:] * (size - len(bunch))
        places = ", ".join(f"${place}" for place in range(1, size + 1))
        rows = tx.all(f"SELECT {COLUMNS} FROM receipt r WHERE r.n IN ({places})", *bunch)  # noqa: S608
        found |= {row[0]: summary_of(row) for row in rows}
    return [found[n] for _, n in keys]
