"""The API's station: lines with what waits there, keys, taking back."""

from __future__ import annotations

import datetime
from typing import Annotated

import msgspec

from kvit.access.customers.model import Wish
from kvit.counter.model import Routed, Stage
from kvit.refusal import Refusal
from kvit.web.api_rows import moment
from kvit.web.door import Call
from kvit.web.rights import USE_STATION
from kvit.web.routes import Table
from kvit.web.station import Row, last_receipts, till_of
from kvit.web.station_desk import Till

LineName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
ReceiptId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]{1,32}$")]
Limit = Annotated[int, msgspec.Meta(ge=1, le=50)]


class HeldRow(msgspec.Struct):
    """A paper that waits: its receipt, and when it comes out by itself."""

    receipt: str
    until: datetime.datetime


class TillRow(msgspec.Struct):
    """A line as its station shows it."""

    line: str
    hold_s: float
    attended: bool
    """Its papers are held."""
    held: list[HeldRow]
    next: Wish
    """The key pressed for the receipt that comes next; ``unsaid``: none."""
    customer_waits: bool
    readers: list[str]


class TillList(msgspec.Struct):
    """All lines."""

    lines: list[TillRow]


class RouteRow(msgspec.Struct):
    """A receipt and what became of it."""

    receipt: str
    taken_at: datetime.datetime
    outcome: str
    """``waits``, ``paper``, ``electronic`` or ``both``."""
    why: str = ""
    by: str = ""
    claimed: bool = False
    """A customer has it."""
    settled: bool = False
    """The line has done it; before that ``foot`` is not known, and paper may still come out."""
    foot: bool = False
    paper_mm: int = 0


class RouteList(msgspec.Struct):
    """The last receipts of a line."""

    receipts: list[RouteRow]


class Key(msgspec.Struct):
    """A key: for the receipt that waits (``receipt`` names one), else for the next; ``unsaid`` takes a key back."""

    wish: Wish
    receipt: str = ""


class Taken(msgspec.Struct):
    """The receipt a key was for; empty: the next one."""

    receipt: str


def add_api_tills(table: Table) -> None:
    """Add the station's routes."""

    @table.get("/api/v1/station/lines", needs=USE_STATION)
    async def list_tills(call: Call) -> TillList:
        """List the lines of this machine, with the papers that wait."""
        return TillList([_row(call, till) for till in call.context.station.tills(call.shop.id)])

    @table.get("/api/v1/station/lines/{line}", needs=USE_STATION)
    async def get_till(call: Call, line: LineName) -> TillRow | Refusal:
        """Give one line."""
        till = till_of(call, line)
        return Refusal("station.no_line", {"line": line}) if till is None else _row(call, till)

    @table.get("/api/v1/station/lines/{line}/receipts", needs=USE_STATION)
    async def list_routes(call: Call, line: LineName, limit: Limit = 8) -> RouteList | Refusal:
        """List the last receipts of a line with what became of them, the newest first."""
        if till_of(call, line) is None:
            return Refusal("station.no_line", {"line": line})
        return RouteList([_route(call, row) for row in await last_receipts(call, line, limit)])

    @table.post("/api/v1/station/lines/{line}/choice", needs=USE_STATION)
    async def choose_route(call: Call, line: LineName, body: Key) -> Taken | Refusal:
        """Press a key: paper, electronic or both."""
        assert call.user is not None
        done = await call.context.station.choose(call.user, line, body.wish, body.receipt)
        return done if isinstance(done, Refusal) else Taken(done)

    @table.post("/api/v1/station/receipts/{id}/back", needs=USE_STATION)
    async def take_receipt_back(call: Call, id: ReceiptId) -> Taken | Refusal:  # noqa: A002 - the path's word
        """Take a receipt back from who has it.

        Paper that was kept back is printed first.
        """
        assert call.user is not None
        done = await call.context.station.take_back(call.user, id)
        return done if isinstance(done, Refusal) else Taken(done)


def _row(call: Call, till: Till) -> TillRow:
    held = [HeldRow(each.id, moment(call.shop, each.until_ms)) for each in till.held]
    return TillRow(till.line, till.hold_s, till.attended, held, till.key, till.waits, list(till.readers))


def _route(call: Call, row: Row) -> RouteRow:
    receipt, route = row.receipt, row.route
    told = RouteRow(receipt.id, moment(call.shop, receipt.taken_at_ms), row.outcome)
    return told if route is None else _filled(told, route)


def _filled(told: RouteRow, route: Routed) -> RouteRow:
    return msgspec.structs.replace(
        told,
        settled=route.stage is Stage.DONE,
        why=route.why,
        by=route.by,
        claimed=bool(route.customer),
        foot=route.foot,
        paper_mm=route.paper_mm,
    )
