"""Stations: who sends receipts to this server, how each stands, a code for a new one, shutting one out."""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.chain import pairing
from kvit.chain.model import NAME_MAX, Station
from kvit.refusal import Refusal
from kvit.web.door import Call
from kvit.web.pages import page
from kvit.web.problem import status_of
from kvit.web.rights import CHANGE_STATIONS
from kvit.web.routes import Table

StationId = Annotated[str, msgspec.Meta(max_length=64)]


class NewStationForm(msgspec.Struct):
    """What a new station is to be called."""

    csrf: str
    name: Annotated[str, msgspec.Meta(max_length=4 * NAME_MAX)]


class StationForm(msgspec.Struct):
    """The station a button means."""

    csrf: str
    station: StationId


class StationRow(msgspec.Struct):
    """A station as programs see it. Times in milliseconds since 1970."""

    id: str
    name: str
    state: str
    """``living``, ``silent``, ``new`` (it never spoke yet) or ``revoked``."""
    seen_ms: int | None
    version: str
    backlog: int
    oldest_ms: int
    received: int
    refused: int


class StationList(msgspec.Struct):
    """The shop's stations by name."""

    stations: list[StationRow]


class NewStation(msgspec.Struct):
    """What a new station is to be called."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_MAX)]


class StationCode(msgspec.Struct):
    """The code for it, told this once, and until when it is good (seconds since 1970)."""

    code: str
    url: str
    expires_at: int


class Revoked(msgspec.Struct):
    """It is shut out."""

    id: str


def add_stations(table: Table) -> None:
    """Add the page, and its twins for programs."""
    _add_page(table)

    @table.get("/api/v1/stations", needs=CHANGE_STATIONS)
    async def list_stations(call: Call) -> StationList:
        """List the stations that send receipts here, the revoked too."""
        found = await call.context.db.read(pairing.stations, call.shop.id)
        return StationList([_row(call, one) for one in found])

    @table.post("/api/v1/stations", needs=CHANGE_STATIONS)
    async def new_station(call: Call, body: NewStation) -> StationCode | Refusal:
        """Make a code for a new station: ten minutes, one station."""
        made = await _code(call, body.name)
        return made if isinstance(made, Refusal) else StationCode(made[0], call.context.staff_url, made[1])

    @table.delete("/api/v1/stations/{id}", needs=CHANGE_STATIONS)
    async def delete_station(call: Call, id: StationId) -> Revoked | Refusal:  # noqa: A002 - the path's word
        """Shut a station out, from its next request on; what it sent stays."""
        assert call.user is not None
        done = await call.context.db.write(pairing.revoke, call.user, id, call.now_s)
        return done if isinstance(done, Refusal) else Revoked(id)


def _add_page(table: Table) -> None:
    @table.get("/stations", needs=CHANGE_STATIONS, page=True)
    async def stations_page(call: Call) -> Response:
        """List the stations."""
        return await _show(call)

    @table.post("/stations", needs=CHANGE_STATIONS, page=True)
    async def add_station(call: Call, form: NewStationForm) -> Response:
        """Make a code for a new station and show it, this once."""
        made = await _code(call, form.name)
        if isinstance(made, Refusal):
            return await _show(call, call.say(made.code, **made.values), name=form.name, status=status_of(made))
        return await _show(call, code=made[0], ends_ms=made[1] * 1000)

    @table.post("/stations/revoke", needs=CHANGE_STATIONS, page=True)
    async def revoke_station(call: Call, form: StationForm) -> Response:
        """Shut a station out."""
        assert call.user is not None
        done = await call.context.db.write(pairing.revoke, call.user, form.station, call.now_s)
        if isinstance(done, Refusal):
            return await _show(call, call.say(done.code, **done.values), status=status_of(done))
        return RedirectResponse("/stations", 303)


async def _code(call: Call, name: str) -> tuple[str, int] | Refusal:
    assert call.user is not None
    code = pairing.fresh_code(call.context.random)
    ends = await call.context.db.write(pairing.new_code, call.user, code, name, call.now_s)
    return ends if isinstance(ends, Refusal) else (code, ends)


async def _show(
    call: Call, refused: str = "", name: str = "", code: str = "", ends_ms: int = 0, status: int = 200
) -> Response:
    found = await call.context.db.read(pairing.stations, call.shop.id)
    rows = [_row(call, one) for one in found]
    rows.sort(key=lambda row: row.state == "revoked")
    return page(
        call, "stations.html", status, stations=rows, refused=refused, name=name, code=code, ends_ms=ends_ms,
        url=call.context.staff_url,
    )  # fmt: skip


def _row(call: Call, one: Station) -> StationRow:
    state = "living"
    if one.revoked_at is not None:
        state = "revoked"
    elif one.seen_ms is None:
        state = "new"
    elif any(one.id == each.id for each in call.context.silent()):
        state = "silent"
    told = one.told
    return StationRow(
        one.id, one.name, state, one.seen_ms, told.version, told.backlog, told.oldest_ms, one.received, one.refused
    )  # fmt: skip
