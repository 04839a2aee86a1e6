"""What changes on staff's pages by itself: one stream of server-sent events for every page (``/events``).

Everything on a page that changes is a *part*: an element with an id, drawn by the same template the page was made with. The
stream draws the parts of its page again whenever the board, a printer or a job changed, and sends those that differ. So a
page looks the same with and without script, and a trouble is on every page within the moment in which changes are gathered.

``page`` names whose parts beside the alarms; ``of`` which one of them. A stream ends with its session, as the live page's.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import ExitStack
from typing import Annotated

import msgspec
from starlette.responses import Response, StreamingResponse

from kvit.access import service as access
from kvit.access import session
from kvit.db import EVERYTHING, Subscription
from kvit.device.printers.service import TOPIC as PRINTERS
from kvit.device.spool.service import TOPIC as SPOOL
from kvit.web.door import Call
from kvit.web.pages import render
from kvit.web.rights import SEE_JOBS
from kvit.web.routes import Table

MOMENT_S = 0.25
"""Changes within it are drawn once: at hundreds of jobs a second a page is drawn four times a second at most."""
MOMENT_MAX_S = 1.5
"""An alarm has two seconds to be there."""
REST = 20
"""A page that is dear to draw is drawn more rarely: it rests this many times as long as drawing took."""
BEAT_S = 15.0
"""As the live page's: a comment keeps proxies from closing a still stream; the session is looked at again."""

Names = frozenset[str]
"""Printers (and readers) something was heard of; `kvit.db.EVERYTHING` among them stands for all."""
Parts = Callable[[Call, str, Names], Awaitable[dict[str, str]]]
"""Draws the parts of a page that what was heard may have changed."""
PageName = Annotated[str, msgspec.Meta(max_length=20)]
Of = Annotated[str, msgspec.Meta(max_length=120)]


async def alarm_parts(call: Call) -> dict[str, str]:
    """Draw the banner every page has."""
    return {"alarms": render(call, "alarms.html")}


def add_watch(table: Table, pages: Mapping[str, Parts]) -> None:
    """Add the stream; ``pages`` draws the parts of each page that has some."""

    @table.get("/events", needs=SEE_JOBS, page=True, stream=True)
    async def events(call: Call, page: PageName = "", of: Of = "") -> Response:
        """Tell of printers in trouble, and of what changed on a page."""
        stream = Watch(call, pages.get(page), of)
        return StreamingResponse(stream.events(), media_type="text/event-stream", headers={"x-accel-buffering": "no"})


class Watch:
    """One page's stream."""

    def __init__(self, call: Call, parts: Parts | None, of: str) -> None:
        self._call = call
        self._parts = parts
        self._of = of
        self._shown: dict[str, str] = {}

    async def events(self) -> AsyncIterator[str]:
        """Give events until the browser goes, the session ends or the shop closes."""
        context = self._call.context
        with ExitStack() as stack, context.figures.watching.track_inprogress():
            heard = [stack.enter_context(context.db.listen(topic)) for topic in (SPOOL, PRINTERS)]
            heard.append(stack.enter_context(context.delivery.board.listen()))
            heard.append(stack.enter_context(context.readings.listen()))
            heard.append(stack.enter_context(context.station.listen()))
            yield "retry: 2000\n\n"
            async for names in pulses(heard, context.monotonic):
                if not names and not await still_in(self._call):
                    return
                for id_, html in (await self._changed(names)).items():
                    yield event("part", {"id": id_, "html": html, "now_ms": int(context.clock() * 1000)})
                if not names:
                    yield ": still here\n\n"

    async def _changed(self, names: Names) -> dict[str, str]:
        drawn = await alarm_parts(self._call)
        if self._parts is not None:
            drawn |= await self._parts(self._call, self._of, names)
        changed = {id_: html for id_, html in drawn.items() if self._shown.get(id_) != html}
        self._shown |= changed
        return changed


def touched(names: Names, name: str) -> bool:
    """Say whether something was heard of a printer."""
    return name in names or EVERYTHING in names


async def pulses(heard: list[Subscription], monotonic: Callable[[], float]) -> AsyncIterator[Names]:
    """Give the names heard, all of them first; what comes within a moment together; none where it was still for a beat.

    Ends when one of the subscriptions does: the shop closes.
    """
    names: set[str] = {EVERYTHING}
    told, ended = asyncio.Event(), asyncio.Event()
    told.set()

    async def listen(subscription: Subscription) -> None:
        async for name in subscription:
            names.add(name)
            told.set()
        ended.set()
        told.set()

    tasks = [asyncio.create_task(listen(one)) for one in heard]
    try:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(BEAT_S):
                    await told.wait()
            if ended.is_set():
                return
            told.clear()
            now, began_s = frozenset(names), monotonic()
            names.clear()
            yield now
            await asyncio.sleep(min(MOMENT_MAX_S, max(MOMENT_S, (monotonic() - began_s) * REST)))
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def still_in(call: Call) -> bool:
    """Say whether the caller's session lives on, and keep it alive; a program's key is looked at with its next request."""
    if not call.token:
        return True
    user = await call.context.db.read(access.who, call.token, call.now_s)
    if user is not None and session.needs_touch(user.seen_at, call.now_s):
        await call.context.db.write(access.keep_alive, user, call.now_s)
    return user is not None


def event(name: str, data: dict[str, object], number: str = "") -> str:
    """Write one server-sent event."""
    head = f"id: {number}\n" if number else ""
    return f"{head}event: {name}\ndata: {msgspec.json.encode(data).decode()}\n\n"
