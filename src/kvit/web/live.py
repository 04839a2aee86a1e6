"""The live page: receipts as they come.

Without script it is a plain list with a form to filter and pages. With script, ``/live/events`` (server-sent events)
puts each new receipt on top. An event's id is the receipt's number of arrival; a browser that comes back tells the last
one it saw and gets what it missed. On PostgreSQL a lower number may become visible after a higher one, so a returning
browser is told a few it knows as well: the page replaces what it has.

At a thousand receipts a second nobody reads: what comes within a moment is sent together, and past ``BURST_MAX`` only
their count.
"""

from __future__ import annotations

import asyncio
import datetime
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Annotated

import msgspec
from starlette.responses import Response, StreamingResponse

from kvit.db import EVERYTHING, Subscription
from kvit.receipt import service
from kvit.receipt.model import Kind
from kvit.receipt.service import TOPIC
from kvit.receipt.store import Filter, Receipt, Summary
from kvit.receipt.words import index_words, matches, query_terms
from kvit.refusal import Refusal
from kvit.web.door import Call
from kvit.web.pages import page, render, time_zone
from kvit.web.rights import SEE_RECEIPTS
from kvit.web.routes import Table
from kvit.web.watch import event, still_in

LIVE_ROWS = 40
BURST_MAX = 20
"""Receipts sent one by one within a moment; a screen shows fewer."""
MOMENT_S = 0.15
BEAT_S = 15.0
"""A comment keeps proxies from closing a still stream; the session is looked at again then, too."""
OVERLAP = 20
"""How many known numbers a returning browser is told again."""
KNOWN_MAX = 1000
DAY = datetime.timedelta(days=1)

Search = Annotated[str, msgspec.Meta(max_length=200)]
LineName = Annotated[str, msgspec.Meta(max_length=64)]
Cursor = Annotated[str, msgspec.Meta(max_length=64)]


def add_live(table: Table) -> None:
    """Add the live page and its stream."""

    @table.get("/live", needs=SEE_RECEIPTS, page=True)
    async def live(
        call: Call, search: Search = "", line: LineName = "", kind: Kind | None = None,
        day: datetime.date | None = None, cursor: Cursor = "",
    ) -> Response | Refusal:  # fmt: skip
        """List receipts, the newest first, and go on listing."""
        db, shop = call.context.db, call.shop.id
        wanted = wanted_of(call, search, line, kind, day)
        found = await db.read(service.list_page, shop, wanted, cursor, LIVE_ROWS)
        if isinstance(found, Refusal):
            return found
        lines = await db.read(service.lines, shop)
        return page(
            call, "live.html", receipts=found.receipts, next=found.next, looked_to=found.looked_to_ms, lines=lines,
            kinds=list(Kind), filtered=any((search, line, kind, day)), search=search, line=line, kind=kind,
            day=day.isoformat() if day else "", cursor=cursor,
        )  # fmt: skip

    @table.get("/live/events", needs=SEE_RECEIPTS, page=True, stream=True)
    async def live_events(
        call: Call, search: Search = "", line: LineName = "", kind: Kind | None = None, after: int = 0
    ) -> Response:
        """Tell of receipts as they come."""
        told = call.request.headers.get("last-event-id", "")
        if told.isascii() and told.isdigit() and len(told) < 19:
            after = max(0, int(told) - OVERLAP)
        stream = _Stream(call, Filter(line=line, kind=kind, search=search), max(0, min(after, 1 << 60)))
        return StreamingResponse(stream.events(), media_type="text/event-stream", headers={"x-accel-buffering": "no"})


def wanted_of(call: Call, search: str, line: str, kind: Kind | None, day: datetime.date | None) -> Filter:
    """Make the filter of a list; a day is the shop's, from midnight to midnight."""
    if day is None:
        return Filter(line=line, kind=kind, search=search)
    zone = time_zone(call.shop)
    first = datetime.datetime.combine(day, datetime.time(), zone)
    last = first + DAY if day < datetime.date.max else first
    return Filter(line, kind, _milliseconds(first), _milliseconds(last), search)


def between(call: Call, wanted: Filter, since: datetime.datetime | None, until: datetime.datetime | None) -> Filter:
    """Narrow a filter by moments; one without a zone is the shop's."""
    from_ms, until_ms = (
        None if one is None else _milliseconds(one if one.tzinfo else one.replace(tzinfo=time_zone(call.shop)))
        for one in (since, until)
    )
    starts = [one for one in (wanted.from_ms, from_ms) if one is not None]
    ends = [one for one in (wanted.until_ms, until_ms) if one is not None]
    return replace(wanted, from_ms=max(starts, default=None), until_ms=min(ends, default=None))


def _milliseconds(moment: datetime.datetime) -> int:
    try:
        return int(moment.timestamp() * 1000)
    except (OverflowError, ValueError, OSError):
        return 0


class _Stream:
    """One browser's stream."""

    def __init__(self, call: Call, wanted: Filter, after: int) -> None:
        self._call = call
        self._wanted = wanted
        self._terms = query_terms(wanted.search)
        self._after = after
        self._known: OrderedDict[str, int] = OrderedDict()
        """Receipts told, by id, with the version told."""

    async def events(self) -> AsyncIterator[str]:
        """Give events until the browser goes, the session ends or the shop closes."""
        listening = self._call.context.figures.live_pages
        with self._call.context.db.listen(TOPIC) as heard, listening.track_inprogress():
            yield "retry: 2000\n\n"
            if self._after:
                for event in await self._missed():
                    yield event
            while True:
                try:
                    keys = await asyncio.wait_for(_moment(heard), BEAT_S)
                except TimeoutError:
                    keys = set()
                    if not await still_in(self._call):
                        return
                    yield ": still here\n\n"
                if keys is None:
                    return
                for event in await self._told(keys):
                    yield event

    async def _told(self, keys: set[str]) -> list[str]:
        if EVERYTHING in keys:
            return await self._missed()
        if len(keys) > BURST_MAX:
            return [event("burst", {"count": len(keys)})]
        events = [await self._one(key) for key in keys]
        return [event for event in events if event]

    async def _missed(self) -> list[str]:
        found = await self._call.context.db.read(service.since, self._call.shop.id, self._after)
        self._after = found[-1].n if found else self._after
        events = [await self._one(summary.id) for summary in found[-BURST_MAX:]]
        return [event for event in events if event]

    async def _one(self, id_: str) -> str:
        found = await self._call.context.db.read(service.get, self._call.shop.id, id_)
        if isinstance(found, Refusal):
            return event("gone", {"id": id_})
        summary = found.summary
        if self._known.get(id_) == summary.version or not self._fits(found):
            return ""
        self._known[id_] = summary.version
        if len(self._known) > KNOWN_MAX:
            self._known.popitem(last=False)
        self._after = max(self._after, summary.n)
        return event("receipt", {"id": id_, "html": card(self._call, summary)}, str(summary.n))

    def _fits(self, found: Receipt) -> bool:
        wanted, summary = self._wanted, found.summary
        if wanted.line not in ("", summary.place.line) or wanted.kind not in (None, summary.kind):
            return False
        return not wanted.search or (bool(self._terms) and matches(self._terms, index_words(found.text)))


async def _moment(heard: Subscription) -> set[str] | None:
    """Wait for a key, then take what else comes within a moment; None when the shop closes."""
    try:
        keys = {await anext(heard)}
    except StopAsyncIteration:
        return None
    try:
        async with asyncio.timeout(MOMENT_S):
            while EVERYTHING not in keys:
                keys.add(await anext(heard))
    except TimeoutError:
        pass
    except StopAsyncIteration:
        pass
    return keys


def card(call: Call, summary: Summary) -> str:
    """Draw a receipt's row as the list has it."""
    return render(call, "card.html", receipt=summary)
