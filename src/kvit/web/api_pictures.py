"""The API's pictures: a shop's own logos and seals, uploaded as bytes, named by their hash in templates (``picture:…``)."""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.responses import Response

from kvit.refusal import Refusal
from kvit.template.library import acts
from kvit.template.pictures import service
from kvit.template.pictures.kinds import BYTES_MAX, kind_of
from kvit.template.pictures.service import Picture
from kvit.web.door import Call
from kvit.web.jobs import now_ms
from kvit.web.problem import Problem
from kvit.web.rights import CHANGE_TEMPLATES, SEE_TEMPLATES
from kvit.web.routes import Table

PictureName = Annotated[str, msgspec.Meta(max_length=80, description="what people call it")]
Digits = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$", description="what stands behind `picture:`")]
SHUT = {
    "content-security-policy": "default-src 'none'; sandbox",
    "cache-control": "private, max-age=31536000, immutable",
}
"""A picture is shown and never run; its name is its hash, so it stays what it is."""


class Pictures(msgspec.Struct):
    """The shop's pictures, newest first."""

    pictures: list[Picture]


def add_api_pictures(table: Table) -> None:
    """Add the pictures' routes."""

    @table.get("/api/v1/pictures", needs=SEE_TEMPLATES)
    async def list_pictures(call: Call) -> Pictures:
        """List the shop's pictures, newest first."""
        return Pictures(await call.context.db.read(service.pictures, call.shop.id))

    @table.post("/api/v1/pictures", needs=CHANGE_TEMPLATES, bytes_max=BYTES_MAX)
    async def add_picture(call: Call, body: bytes, name: PictureName = "") -> Picture | Refusal:
        """Keep a picture (the body is its bytes); `address` is what templates call it. The same one twice is one."""
        assert call.user is not None
        return await call.context.db.write(acts.keep_picture, call.user, body, name, now_ms(call))

    @table.get("/api/v1/pictures/{digits}", needs=SEE_TEMPLATES)
    async def get_picture(call: Call, digits: Digits) -> Response:
        """Give a picture's bytes."""
        data = await call.context.db.read(service.picture, call.shop.id, service.SCHEME + digits)
        if isinstance(data, Refusal):
            raise Problem(404, "web.not_found")
        return Response(data, media_type=kind_of(data) or "application/octet-stream", headers=SHUT)
