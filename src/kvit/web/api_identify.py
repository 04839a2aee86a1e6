"""The server's end of recognising customers at stations (docs/protocols/member-codes.md).

A station sends what was presented and gets a short-lived token that names an id and a wish; with each answer comes what is
revoked. So nothing of a person ever reaches a station.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from kvit.access.customers import service as customers
from kvit.access.customers import tokens
from kvit.refusal import Refusal
from kvit.web.door import Call
from kvit.web.limit import RateLimit
from kvit.web.problem import Problem
from kvit.web.rights import IDENTIFY_CUSTOMERS
from kvit.web.routes import Table

A_MINUTE = 240
"""Presented at one station's readers in a minute; who tries card numbers in turn finds this too slow."""


class Presented(msgspec.Struct):
    """What a reader read."""

    text: Annotated[str, msgspec.Meta(min_length=1, max_length=1024)]
    kind: Annotated[str, msgspec.Meta(pattern=r"^(qr|barcode|code|nfc|card)$", description="as the reader tells it")]


class Identified(msgspec.Struct):
    """Who it is: a token with a customer's id, wish and end, signed by the server's key for this shop."""

    token: str
    how: str
    ends_at: int
    revoked: dict[str, int]
    """What no station may believe until then: ``device:`` and ``customer:`` ids."""
    now: int


class StationKeys(msgspec.Struct):
    """By what a station tells real codes from forged ones."""

    public: str
    """The Ed25519 key, 64 hexadecimal digits."""
    revoked: dict[str, int]
    now: int


def add_api_identify(table: Table) -> None:
    """Add the routes."""
    limit = RateLimit(A_MINUTE)

    @table.get("/api/v1/station/identity", needs=IDENTIFY_CUSTOMERS)
    async def get_identity_keys(call: Call) -> StationKeys:
        """Give the key that verifies member codes, and what is revoked."""
        revoked = await call.context.db.read(customers.revocations, call.now_s)
        return StationKeys(call.context.customer_keys.public.hex(), revoked, call.now_s)

    @table.post("/api/v1/station/identify", needs=IDENTIFY_CUSTOMERS)
    async def post_identify(call: Call, body: Presented) -> Identified | Refusal:
        """Say who presented something at a reader; a member code is used up by this."""
        assert call.user is not None
        if not limit.allows(call.user.actor, call.context.monotonic()):
            raise Problem(429, "web.too_many")
        db, keys, now = call.context.db, call.context.customer_keys, call.now_s
        known = await db.write(customers.identify, body.text, body.kind, keys, now, call.shop.id)
        if isinstance(known, Refusal):
            return known
        token = tokens.fresh(known.customer, known.wish, call.shop.id, now)
        revoked = await db.read(customers.revocations, now)
        return Identified(tokens.make(token, keys), known.how, token.ends_at, revoked, now)
