"""The API of stations: pairing by a code, news, and how they stand (docs/protocols/station.md)."""

from __future__ import annotations

from typing import Annotated

import msgspec

from kvit import __version__
from kvit.chain import inbox, pairing
from kvit.chain.model import PACKED_BYTES_MAX, STATION_BYTES, Answer, Station, Told
from kvit.refusal import Refusal
from kvit.web.door import Call
from kvit.web.rights import DELIVER_RECEIPTS
from kvit.web.routes import PUBLIC, Table

NEWS_WITHIN_S = 120.0
"""A roll of pictures over a shop's uplink, and a backlog taken apart."""


class Pairing(msgspec.Struct):
    """The code somebody typed in, and the key the station made for itself."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
    key: Annotated[str, msgspec.Meta(pattern=r"^kvit_[A-Za-z0-9]{12}_[A-Za-z0-9_-]{43}$")]


class Paired(msgspec.Struct):
    """The station is let in: who it is now, and where its customers' links lead."""

    station: str
    name: str
    shop: str
    shop_name: str
    public_url: str
    version: str


class Heard(msgspec.Struct):
    """The server heard how the station stands."""

    version: str
    public_url: str
    shop_name: str


def add_api_station(table: Table) -> None:
    """Add the stations' routes."""

    @table.post("/api/v1/station/pair", needs=PUBLIC, by_machine=True)
    async def pair_station(call: Call, body: Pairing) -> Paired | Refusal:
        """Let a station in by the code that staff made for it.

        The station makes its own key and sends it along; asking again with the same code and key gets the same answer.
        """
        db, context = call.context.db, call.context
        refusal = await db.write(pairing.count_try, call.address, call.now_s)
        if refusal is not None:
            return refusal
        fresh = context.random(STATION_BYTES).hex()
        found = await db.write(pairing.pair, body.code, body.key, fresh, call.now_s)
        if isinstance(found, Refusal):
            context.log("chain.pairing_refused", {"code": found.code, "address": call.address})
            return found
        shop = context.shops(found.shop) or context.shop
        return Paired(found.id, found.name, shop.id, shop.name, context.public_url, __version__)

    @table.post("/api/v1/station/news", needs=DELIVER_RECEIPTS, bytes_max=PACKED_BYTES_MAX, within_s=NEWS_WITHIN_S)
    async def post_news(call: Call, body: bytes) -> Answer | Refusal:
        """Take a batch of a station's news (JSON, gzip); answered once what is in it is committed."""
        station = await _station(call)
        return station if isinstance(station, Refusal) else await call.context.deliver(station, body)

    @table.post("/api/v1/station/state", needs=DELIVER_RECEIPTS)
    async def post_station_state(call: Call, body: Told) -> Heard | Refusal:
        """Hear how a station stands."""
        station = await _station(call)
        if isinstance(station, Refusal):
            return station
        await call.context.db.write(inbox.spoke, station, body, int(call.context.clock() * 1000))
        return Heard(__version__, call.context.public_url, call.shop.name)


async def _station(call: Call) -> Station | Refusal:
    """Find the station that calls; any other key is refused, and logged with where it came from."""
    assert call.user is not None
    found = await call.context.db.read(pairing.station_of, call.user)
    if isinstance(found, Refusal):
        call.context.log("chain.station_refused", {"by": call.user.actor, "address": call.address})
    return found
