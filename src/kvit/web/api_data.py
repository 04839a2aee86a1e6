"""The API's business data: what a template is filled with, asked for by the business and an id.

``GET /api/v1/data/{business}/{id}`` is the source's second question: a client fetches the template and the data apart. Of
our own sales the data are those of the receipt as it was read; a business of somebody else's has an adapter
(`Context.sources`), which is a function of the id.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.responses import Response

from kvit.counter.receipt_data import of_reading
from kvit.receipt import service as receipts
from kvit.refusal import Refusal
from kvit.template.data import ShopData, plain
from kvit.web.api_templates import ShopId, Word, key_of
from kvit.web.door import Call
from kvit.web.rights import SEE_RECEIPTS
from kvit.web.routes import Table

OURS = frozenset({"shopping", "refund"})
"""Businesses whose data are our own receipts."""

DataId = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]


def add_api_data(table: Table) -> None:
    """Add the route."""

    @table.get("/api/v1/data/{business}/{id}", needs=SEE_RECEIPTS)
    async def get_data(
        call: Call,
        business: Word,
        id: DataId,  # noqa: A002 - the source's word
        shopId: ShopId = "",  # noqa: N803
    ) -> Response | Refusal:
        """Give the data of one receipt, as templates take them (docs/howto/templates.md)."""
        shop = key_of(call, business, "", shopId).shop
        source = call.context.sources.get(business)
        if source is not None:
            found = await source(id)
        elif business in OURS:
            found = await _ours(call, shop, id)
        else:
            found = Refusal("template.no_source", {"business": business[:64]})
        return found if isinstance(found, Refusal) else Response(found, media_type="application/json")


async def _ours(call: Call, shop: str, id_: str) -> bytes | Refusal:
    found = await call.context.db.read(receipts.get, shop, id_)
    if isinstance(found, Refusal):
        return found
    if found.reading is None:
        return Refusal("receipt.unread", {"id": id_[:64]})
    return msgspec.json.encode(plain(of_reading(found.reading, ShopData(call.shop.name))))
