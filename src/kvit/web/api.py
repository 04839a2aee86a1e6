"""The API, version 1: receipts for programs, with the same session and rights as the pages."""

from __future__ import annotations

import datetime
from typing import Annotated, Any

import msgspec
from starlette.responses import Response

from kvit import __version__
from kvit.receipt import service
from kvit.receipt.exports import decimal, plain
from kvit.receipt.model import Kind
from kvit.receipt.printout import Happening
from kvit.receipt.store import Summary
from kvit.refusal import Refusal
from kvit.web import acts
from kvit.web.door import Call
from kvit.web.forms import KINDS, form_of
from kvit.web.live import Cursor, LineName, Search, between, wanted_of
from kvit.web.openapi import document
from kvit.web.pages import page, time_zone
from kvit.web.receipts import new_link
from kvit.web.rights import FORGET_RECEIPTS, LINK_RECEIPTS, SEE_RECEIPTS
from kvit.web.routes import ANY_USER, PUBLIC, Table

ReceiptId = Annotated[str, msgspec.Meta(pattern=r"^[a-z2-7]{16}$", description="as a list of receipts tells it")]
FormEnding = Annotated[str, msgspec.Meta(pattern=f"^({'|'.join(KINDS)})$")]
Limit = Annotated[int, msgspec.Meta(ge=1, le=service.PAGE_LIMIT)]


class ReceiptRow(msgspec.Struct):
    """A receipt in a list. Sums are decimal strings, times ISO 8601 with their zone."""

    id: str
    line: str
    till: str
    time: datetime.datetime
    kind: Kind
    title: str
    number: str | None
    total: str | None
    currency: str | None
    verified: bool
    profile: str
    size_bytes: int
    version: int
    events: tuple[Happening, ...]


class ReceiptList(msgspec.Struct):
    """One page of receipts, the newest first; ``next`` is the cursor of the page behind it, null at the end.

    A page may be short, or empty, before the end: a question that little fits is answered in portions.
    """

    receipts: list[ReceiptRow]
    next: str | None


class ReceiptWhole(msgspec.Struct):
    """A receipt with its text and what was read from it (the shape of ``kvit decode --to receipt``)."""

    receipt: ReceiptRow
    text: str
    reading: dict[str, Any] | None


class NewLink(msgspec.Struct):
    """What a link is to be."""

    days: Annotated[int, msgspec.Meta(ge=1, le=3650)] | None = None
    """Empty: what the shop has set."""


class MadeLink(msgspec.Struct):
    """A public link; its address is told this once."""

    url: str


class SessionInfo(msgspec.Struct):
    """Who calls, and the token that writes must carry as ``X-CSRF-Token``."""

    role: str
    permissions: list[str]
    csrf: str


class Done(msgspec.Struct):
    """It is done."""

    id: str


def add_api(table: Table) -> None:
    """Add the API's routes."""
    _add_reading(table)
    _add_writing(table)
    documents: dict[str, bytes] = {}

    def openapi() -> dict[str, Any]:
        return document(table, "Kvit", __version__)

    @table.get("/api/v1/openapi.json", needs=PUBLIC)
    async def openapi_document(call: Call) -> Response:
        """Describe this API (OpenAPI 3.1)."""
        made = documents.setdefault("json", msgspec.json.encode(openapi()))
        return Response(made, media_type="application/json")

    @table.get("/api/v1/docs", needs=PUBLIC, page=True)
    async def api_docs(call: Call) -> Response:
        """Describe this API to people."""
        return page(call, "api_docs.html", document=openapi())


def _add_reading(table: Table) -> None:
    @table.get("/api/v1/session", needs=ANY_USER)
    async def get_session(call: Call) -> SessionInfo:
        """Say who calls and give the token for writes."""
        assert call.user is not None
        return SessionInfo(call.user.role, sorted(call.user.permissions), call.csrf)

    @table.get("/api/v1/receipts", needs=SEE_RECEIPTS)
    async def list_receipts(
        call: Call, search: Search = "", line: LineName = "", kind: Kind | None = None,
        day: datetime.date | None = None, since: datetime.datetime | None = None, until: datetime.datetime | None = None,
        cursor: Cursor = "", limit: Limit = 50,
    ) -> ReceiptList | Refusal:  # fmt: skip
        """List receipts, the newest first.

        All conditions hold together. ``search`` finds words by their beginning, and any piece of Korean or Chinese
        text; ``day`` is a day of the shop; ``since`` and ``until`` are moments, ``until`` not among them. ``cursor`` is
        the ``next`` of the page before; a page may be short or empty while ``next`` is given, where little fits.
        """
        wanted = between(call, wanted_of(call, search, line, kind, day), since, until)
        found = await call.context.db.read(service.list_page, call.shop.id, wanted, cursor, limit)
        if isinstance(found, Refusal):
            return found
        return ReceiptList([_row(call, one) for one in found.receipts], found.next)

    @table.get("/api/v1/receipts/{id}", needs=SEE_RECEIPTS)
    async def get_receipt(call: Call, id: ReceiptId) -> ReceiptWhole | Refusal:  # noqa: A002 - the path's word
        """Give one receipt with its text and what was read from it."""
        found = await call.context.db.read(service.get, call.shop.id, id)
        if isinstance(found, Refusal):
            return found
        reading = None if found.reading is None else plain(found.reading)
        return ReceiptWhole(_row(call, found.summary), found.text, reading)

    @table.get("/api/v1/receipts/{id}/{ending}", needs=SEE_RECEIPTS)
    async def get_receipt_form(call: Call, id: ReceiptId, ending: FormEnding) -> Response | Refusal:  # noqa: A002
        """Give one receipt in a form.

        png, pdf, svg, txt, html; json is what was read, csv, ekabs and ubl the forms of other programs, sheet the paper
        box by box, bin the printer's bytes.
        """
        found = await call.context.db.read(service.get, call.shop.id, id)
        if isinstance(found, Refusal):
            return found
        return await form_of(call.context, call.shop.id, found, ending, download=False)


def _add_writing(table: Table) -> None:
    @table.post("/api/v1/receipts/{id}/links", needs=LINK_RECEIPTS)
    async def post_link(call: Call, id: ReceiptId, body: NewLink) -> MadeLink | Refusal:  # noqa: A002
        """Make a public link to a receipt."""
        url = await new_link(call, id, body.days and body.days * 86400)
        return url if isinstance(url, Refusal) else MadeLink(url)

    @table.delete("/api/v1/receipts/{id}/links", needs=LINK_RECEIPTS)
    async def delete_links(call: Call, id: ReceiptId) -> Done | Refusal:  # noqa: A002
        """End all public links of a receipt."""
        assert call.user is not None
        db = call.context.db
        hashes = [link.hash for link in await db.read(service.links, call.shop.id, id)]
        done = await db.write(acts.revoke_link, call.user, id, hashes, call.now_s)
        return done if isinstance(done, Refusal) else Done(id)

    @table.delete("/api/v1/receipts/{id}", needs=FORGET_RECEIPTS)
    async def delete_receipt(call: Call, id: ReceiptId) -> Done | Refusal:  # noqa: A002
        """Erase what a receipt says, and its links. Nothing brings it back."""
        assert call.user is not None
        done = await call.context.db.write(acts.forget, call.user, id, call.now_s)
        return done if isinstance(done, Refusal) else Done(done)


def _row(call: Call, one: Summary) -> ReceiptRow:
    time = datetime.datetime.fromtimestamp(one.taken_at_ms / 1000, time_zone(call.shop)).astimezone()
    total = decimal(one.total, one.decimals)
    return ReceiptRow(
        one.id, one.place.line, one.till, time, one.kind, one.title, one.number, total, one.currency, one.verified,
        one.profile, one.size_bytes, one.version, one.happenings,
    )  # fmt: skip
