"""Receipts as a table: one row a line of goods, the receipt's own columns repeated, as spreadsheets filter best.

CSV by RFC 4180 with a byte-order mark, without which a spreadsheet takes UTF-8 for the letters of its own country. Data
are never formulas: a cell that would begin one (``= + - @``, also in full width, a tab, a carriage return) is led by an
apostrophe, but for cells that are plain numbers. Sums have a point whatever the country, so that a file means the same
everywhere.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator
from typing import Final

from kvit.receipt.exports.plain import decimal, rate, thousandths
from kvit.receipt.exports.source import Source
from kvit.receipt.model import Line

COLUMNS: Final = (
    "receipt", "time", "till", "shop", "kind", "number", "tax_id", "currency", "subtotal", "total", "taxes", "payments",
    "change", "verified", "line", "name", "quantity", "price", "line_total",
)  # fmt: skip
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?")
MARK: Final = "\ufeff"
Row = tuple[str, ...]


def rows(sources: Iterable[Source]) -> Iterator[Row]:
    """Give the rows of receipts, in the order of ``COLUMNS``, cells made harmless."""
    for source in sources:
        head = _head(source)
        digits = source.reading.decimals
        lines: list[tuple[str, ...]] = [
            _line(number, line, digits) for number, line in enumerate(source.reading.items, 1)
        ]
        for cells in lines or [("", "", "", "", "")]:
            yield tuple(harmless(cell) for cell in (*head, *cells))


def csv_of(sources: Iterable[Source]) -> bytes:
    """Give a whole CSV file."""
    return f"{MARK}{csv_lines([COLUMNS])}{csv_lines(rows(sources))}".encode()


def csv_lines(cells: Iterable[Row]) -> str:
    """Give rows as CSV, so that a long file can be sent piece by piece."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\r\n").writerows(cells)
    return text.getvalue()


def harmless(cell: str) -> str:
    """Give a cell that no spreadsheet takes for a formula, without control characters."""
    kept = "".join(letter if letter.isprintable() else " " for letter in cell)
    dangerous = cell.startswith(FORMULA) or kept.lstrip().startswith(FORMULA)
    return f"'{kept}" if dangerous and not NUMBER.fullmatch(cell) else kept


def _head(source: Source) -> Row:
    reading, summary = source.reading, source.receipt.summary
    digits = reading.decimals
    return (
        summary.id,
        source.moment.replace(microsecond=0).isoformat(),
        summary.till,
        source.seller,
        reading.kind.value,
        reading.number or "",
        reading.tax_id or "",
        reading.currency or "",
        decimal(reading.subtotal, digits) or "",
        decimal(reading.total, digits) or "",
        "; ".join(f"{rate(tax.rate) or '?'}%: {decimal(tax.amount, digits)}" for tax in reading.taxes),
        "; ".join(f"{paid.kind}: {decimal(paid.amount, digits)}" for paid in reading.payments),
        decimal(reading.change, digits) or "",
        "yes" if reading.verified else "no",
    )


def _line(number: int, line: Line, digits: int) -> Row:
    quantity = thousandths(line.quantity) or ""
    return str(number), line.name, quantity, decimal(line.price, digits) or "", decimal(line.total, digits) or ""
