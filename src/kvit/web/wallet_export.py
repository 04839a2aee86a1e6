"""Everything a customer kept, to take away: as JSON, as a table, or as an archive with the picture and PDF of each receipt.

A file is sent as it is made, some receipts at a time, so that a wallet of any size costs no memory and holds no reader for
long; a receipt that is taken out meanwhile is simply not in it. One archive at a time is made for a customer: drawing is
the work of one process for all.
"""

from __future__ import annotations

import zipfile
from collections.abc import AsyncIterator

import msgspec
from starlette.responses import Response, StreamingResponse

from kvit.access.customers import service as customers
from kvit.receipt.exports import plain
from kvit.receipt.exports.source import Source
from kvit.receipt.exports.table import COLUMNS, MARK, csv_lines, rows
from kvit.receipt.model import Reading
from kvit.receipt.store import Receipt
from kvit.receipt.wallet import service
from kvit.receipt.wallet.model import Item
from kvit.web.context import RenderFailed
from kvit.web.door import Call
from kvit.web.forms import played_of
from kvit.web.pages import time_zone
from kvit.web.problem import Problem
from kvit.web.routes import CUSTOMER, Table
from kvit.web.wallet_door import shop_of

BATCH = 50
KINDS = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "zip": "application/zip",
}
DRAWN = ("pdf", "png")
_EARLIEST = (1980, 1, 1, 0, 0, 0)
"""What a ZIP says of a file's time, so that the same wallet gives the same archive."""


def add_wallet_export(table: Table) -> None:
    """Add the files a customer takes away."""
    busy: set[str] = set()

    @table.get("/wallet/export.{ending}", needs=CUSTOMER, page=True, stream=True)
    async def wallet_export(call: Call, ending: str) -> Response:
        """Give all that was kept, in the form the ending names."""
        if ending not in KINDS:
            raise Problem(404, "web.not_found")
        makers = {"json": as_json, "csv": as_csv, "zip": as_zip}
        parts = makers[ending](call)
        if ending == "zip":
            if call.customer in busy:
                raise Problem(429, "web.too_many")
            parts = _alone(parts, busy, call.customer)
        headers = {"content-disposition": f'attachment; filename="kvit-wallet.{ending}"',
                   "content-security-policy": "default-src 'none'; sandbox"}  # fmt: skip
        return StreamingResponse(parts, media_type=KINDS[ending], headers=headers)


async def _alone(parts: AsyncIterator[bytes], busy: set[str], customer: str) -> AsyncIterator[bytes]:
    busy.add(customer)
    try:
        async for part in parts:
            yield part
    finally:
        busy.discard(customer)


async def kept(call: Call) -> AsyncIterator[tuple[Item, Receipt]]:
    """Give all items with their receipts, newest first."""
    after: tuple[int, int] | None = None
    while found := await call.context.db.read(service.stretch, call.customer, after, BATCH):
        for one in found:
            yield one
        last = found[-1][0].summary
        after = last.taken_at_ms, last.n


def source_of(call: Call, item: Item, receipt: Receipt) -> Source:
    """Give what an export is made of."""
    shop = shop_of(call, item.shop)
    return Source(receipt, shop, time_zone(shop))


async def as_json(call: Call) -> AsyncIterator[bytes]:
    """Write everything as one JSON object: who (an id), wishes and consents, then the receipts."""
    assert call.visitor is not None
    customer = call.visitor[0]
    consents = await call.context.db.read(customers.consents, customer.id)
    head = msgspec.json.encode({"customer": customer.id, "wish": customer.wish.value, "consents": consents})
    yield head[:-1] + b',"receipts":['
    begun = False
    async for item, receipt in kept(call):
        yield (b"," if begun else b"") + msgspec.json.encode(_plain(call, item, receipt))
        begun = True
    yield b"]}\n"


def _plain(call: Call, item: Item, receipt: Receipt) -> dict[str, object]:
    source = source_of(call, item, receipt)
    reminder = item.reminder
    return {
        "id": receipt.summary.id, "from": source.shop.name, "time": source.moment.replace(microsecond=0).isoformat(),
        "category": item.category.value, "note": item.note, "kept_by": item.how,
        "reminder": None if reminder is None else {"day": reminder.due_on.isoformat(), "words": reminder.words},
        "text": receipt.text, "data": plain(receipt.reading or Reading()),
    }  # fmt: skip


async def as_csv(call: Call) -> AsyncIterator[bytes]:
    """Write everything as a table, one row a line of goods."""
    yield f"{MARK}{csv_lines([COLUMNS])}".encode()
    async for item, receipt in kept(call):
        yield csv_lines(rows([source_of(call, item, receipt)])).encode()


async def as_zip(call: Call) -> AsyncIterator[bytes]:
    """Write an archive: both files above, and each receipt as text, PDF and picture."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, maker in (("wallet.json", as_json), ("wallet.csv", as_csv)):
            archive.writestr(_entry(name), b"".join([part async for part in maker(call)]))
            yield pipe.taken()
        async for item, receipt in kept(call):
            for name, data in [pair async for pair in _forms(call, item, receipt)]:
                archive.writestr(_entry(name), data)
            yield pipe.taken()
    yield pipe.taken()


async def _forms(call: Call, item: Item, receipt: Receipt) -> AsyncIterator[tuple[str, bytes]]:
    id_ = receipt.summary.id
    yield f"receipts/{id_}.txt", receipt.text.encode()
    try:
        played = await played_of(call.context, item.shop, id_)
        for form in DRAWN:
            yield f"receipts/{id_}.{form}", await call.context.render(played, receipt.summary.profile, form)
    except (Problem, RenderFailed) as failed:
        call.context.log("web.render_failed", {"form": "export", "reason": str(failed)})


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EARLIEST)
    entry.compress_type = zipfile.ZIP_STORED if name.endswith((".png", ".pdf")) else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o600 << 16
    return entry


class _Pipe:
    """Takes what the archive writes and hands it on; it can not go back, and the archive does without."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, data: bytes, /) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Nothing is open."""

    def taken(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)
