"""Receipts of a stretch of time as one file: a table for spreadsheets, or a line of JSON each for programs.

The file is sent as it is read, page by page, so a year of a busy shop fills no memory and holds up nobody. A page is read
in a transaction of its own: receipts that come or go meanwhile are in the file or not, each whole.
"""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator, Callable, Sequence

import msgspec
from starlette.responses import Response, StreamingResponse

from kvit.receipt import service
from kvit.receipt.exports import plain
from kvit.receipt.exports.source import Source
from kvit.receipt.exports.table import COLUMNS, MARK, csv_lines, rows
from kvit.web.door import Call
from kvit.web.pages import time_zone
from kvit.web.problem import Problem
from kvit.web.rights import EXPORT_RECEIPTS
from kvit.web.routes import Table

DAYS_MAX = 3700
"""Ten years in one file."""

Write = Callable[[Sequence[Source]], bytes]


def add_exports(table: Table) -> None:
    """Add the files of many receipts."""

    @table.get("/api/v1/export/receipts.csv", needs=EXPORT_RECEIPTS)
    async def export_receipts_csv(call: Call, first: datetime.date, last: datetime.date) -> Response:
        """Give the receipts of days of the shop as CSV, a row a line of goods.

        ``first`` and ``last`` are both in it.
        """
        head = f"{MARK}{csv_lines([COLUMNS])}".encode()
        return _file(call, first, last, "csv", "text/csv; charset=utf-8", head, _csv)

    @table.get("/api/v1/export/receipts.jsonl", needs=EXPORT_RECEIPTS)
    async def export_receipts_jsonl(call: Call, first: datetime.date, last: datetime.date) -> Response:
        """Give the receipts of days of the shop as JSON, one a line."""
        return _file(call, first, last, "jsonl", "application/jsonl", b"", _json_lines)


def stretch_of(call: Call, first: datetime.date, last: datetime.date) -> tuple[int, int]:
    """Give days of the shop as milliseconds since 1970, the end not in it; 422 where they are none or too many."""
    if (
        not datetime.timedelta(0) <= last - first <= datetime.timedelta(DAYS_MAX)
        or first.year < 1900
        or last.year > 9000
    ):
        raise Problem(422, "web.bad_days")
    zone = time_zone(call.shop)
    begin, end = (
        datetime.datetime.combine(day, datetime.time(), zone).astimezone()
        for day in (first, last + datetime.timedelta(1))
    )
    return int(begin.timestamp() * 1000), int(end.timestamp() * 1000)


def _file(
    call: Call, first: datetime.date, last: datetime.date, ending: str, media_type: str, head: bytes, write: Write
) -> Response:
    from_ms, until_ms = stretch_of(call, first, last)
    headers = {"content-disposition": f'attachment; filename="receipts-{first}-{last}.{ending}"'}
    return StreamingResponse(_pieces(call, from_ms, until_ms, head, write), media_type=media_type, headers=headers)


async def _pieces(call: Call, from_ms: int, until_ms: int, head: bytes, write: Write) -> AsyncIterator[bytes]:
    if head:
        yield head
    zone, after = time_zone(call.shop), (0, 0)
    while found := await call.context.db.read(service.stretch, call.shop.id, from_ms, until_ms, after):
        yield write([Source(receipt, call.shop, zone) for receipt in found])
        after = (found[-1].summary.taken_at_ms, found[-1].summary.n)


def _csv(sources: Sequence[Source]) -> bytes:
    return csv_lines(rows(sources)).encode()


def _json_lines(sources: Sequence[Source]) -> bytes:
    lines = (
        {
            "id": one.receipt.summary.id,
            "till": one.receipt.summary.till,
            "taken_at": one.moment.isoformat(),
            **plain(one.reading),
        }
        for one in sources
    )
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
