"""The API's minimal template for a device that prints when nobody answers: bytes and slots for one kind of printer.

``GET /api/v1/offline/{business}?printer=&paper=``: the variant ``offline`` of the shop's template (where a business has
none: of ``shopping``), compiled by `kvit.template.slots`. It changes with the template, the shop's words and the program,
so it comes with an ETag; a compiled one is kept by what it was made from.
"""

from __future__ import annotations

import asyncio
import functools
import hashlib
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from starlette.responses import Response

from kvit.device.adapters.adapter import Adapter, adapter_of
from kvit.paper import document as paper
from kvit.refusal import Refusal
from kvit.template.data import KINDS, SaleData
from kvit.template.fill import Where
from kvit.template.library import service
from kvit.template.library.model import Integrated, Piece
from kvit.template.slot_head import LANGUAGES, Head
from kvit.template.slots import compiled
from kvit.template.words import Place
from kvit.web.api_render import Paper, Printing, Recipe, address_of, where_of
from kvit.web.api_templates import ShopId, Word, key_of
from kvit.web.door import Call
from kvit.web.rights import SEE_TEMPLATES
from kvit.web.routes import Table

VARIANT = "offline"
USUAL = "shopping"
PACKS_KEPT = 64
"""A shop's kinds of printers times its languages and businesses; one takes some 10 kB, 80 kB with Han letters."""


def add_api_offline(table: Table) -> None:
    """Add the route."""

    @table.get("/api/v1/offline/{business}", needs=SEE_TEMPLATES)
    async def get_offline(
        call: Call,
        business: Word,
        printer: Printing,
        paper: Paper = 0,
        shopId: ShopId = "",  # noqa: N803 - the source's word
    ) -> Response | Refusal:
        """Give the minimal template as a printer's bytes with slots, for a device that fills it when nobody answers.

        docs/protocols/client.md tells how. ETag. Only printers written in ESC/POS or in a language of Star.
        """
        template = await _minimal(call, business, shopId)
        if isinstance(template, Refusal):
            return template
        address = await address_of(call, printer, paper)
        if isinstance(address, Refusal):
            return address
        where = where_of(call, Recipe(msgspec.Raw(b"{}")))
        packed = await asyncio.to_thread(_packed, business, template.version, template.layouts, where, address)
        return packed if isinstance(packed, Refusal) else _tagged(call, packed)


async def _minimal(call: Call, business: str, shop_id: str) -> Integrated | Refusal:
    key = msgspec.structs.replace(key_of(call, business, VARIANT, shop_id))
    found = await call.context.db.read(service.integrated, key)
    if isinstance(found, Refusal) and KINDS.get(business) is SaleData:
        found = await call.context.db.read(service.integrated, msgspec.structs.replace(key, business=USUAL))
    return found


@functools.lru_cache(maxsize=PACKS_KEPT)
def _packed(business: str, version: int, layouts: tuple[Piece, ...], where: Where, address: str) -> bytes | Refusal:
    adapter = adapter_of(address)
    if isinstance(adapter, Refusal):
        return adapter
    kind = KINDS.get(business)
    if adapter.language not in LANGUAGES or kind is None:
        return Refusal("template.offline", {"name": business, "problem": adapter.name})
    bare = replace(adapter, cut="no", copies=1)
    head = Head(bare.profile, lambda document: bare.make(document).data, where.language)
    lines = [(each.name, each.content) for each in layouts]
    made = compiled((business, version), lines, kind, _place(where), head, end=_end(adapter))
    return made if isinstance(made, Refusal) else msgspec.json.encode(made)


def _end(adapter: Adapter) -> bytes:
    """What a printer's address adds behind the last line: its cut."""
    letter = paper.Document([paper.Text("x")])
    one, bare = (replace(adapter, cut=cut, copies=1).make(letter).data for cut in (adapter.cut, "no"))
    return one[len(bare) :] if one.startswith(bare) else b""


def _place(where: Where) -> Place:
    try:
        zone = ZoneInfo(where.time_zone) if where.time_zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        zone = None
    return Place(where.language, where.country, where.currency, zone)


def _tagged(call: Call, body: bytes) -> Response:
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    kept = {"etag": tag, "cache-control": "private, no-cache"}
    if call.request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=kept)
    return Response(body, media_type="application/json", headers=kept)
