"""The printers' door: one listener for everything that calls in to fetch or bring jobs.

It is apart from the customers' and the staff's pages: printers stand in the shop's own network, and nothing else does
there. Each protocol is a room that gives its routes for a `Desk`. A printer is known by the word in its path (never in the
query: Star's firmware encodes that); whatever is wrong with an unknown caller, it hears the same 404.

The body is read here under a limit and a deadline, because a printer's is small and a stranger's may be endless.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute

from kvit.db import Database
from kvit.device.board import Board
from kvit.device.press import Press
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.refusal import Refusal

READ_S: Final = 20.0
"""For a whole body: a printer on a bad wireless link sends its few kilobytes well within."""
WATCH_AGAIN_S: Final = 1.0
"""Between two tries of a watch that failed: a data base that is away comes back within seconds."""
NO_STORE: Final = {"cache-control": "no-store"}
"""On every answer: a cache between would feed printers the same job for ever."""


@dataclass(frozen=True)
class Desk:
    """The world of those who call in. Everything from outside is an argument."""

    db: Database
    shop: str
    press: Press
    board: Board
    clock: Callable[[], float]
    """Wall clock, seconds since 1970."""
    monotonic: Callable[[], float]
    random: Callable[[int], bytes]
    log: Callable[[str, dict[str, object]], None]
    base_url: str
    """How printers reach this door, without a slash at the end."""
    watches: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    """What rooms do by the clock and on topics, for as long as the door is open; a room adds its own (`keep_watch`)."""

    @property
    def now_ms(self) -> int:
        """The wall clock in milliseconds."""
        return int(self.clock() * 1000)

    async def known(self, token: str) -> Printer | None:
        """Give the printer that calls in with a word; None: nobody's."""
        found = await self.db.read(printers.by_token, self.shop, token)
        return None if isinstance(found, Refusal) else found


Room = Callable[[Desk], Sequence[BaseRoute]]
"""One protocol."""


class BodyTooLong(Exception):  # noqa: N818 - reads as a sentence
    """A caller sends more than it may, or too slowly, or hung up."""


async def body_of(request: Request, bytes_max: int) -> bytes:
    """Read a request's body; raises `BodyTooLong`."""
    told = request.headers.get("content-length", "0")
    if not told.isascii() or not told.isdigit() or int(told[:12]) > bytes_max:
        raise BodyTooLong
    parts, size = [], 0
    try:
        async with asyncio.timeout(READ_S):
            async for part in request.stream():
                size += len(part)
                if size > bytes_max:
                    raise BodyTooLong
                parts.append(part)
    except (TimeoutError, ClientDisconnect):
        raise BodyTooLong from None
    return b"".join(parts)


def nobody() -> Response:
    """What every unknown caller hears."""
    return Response(status_code=404, headers=NO_STORE)


async def keep_watch(desk: Desk) -> None:
    """Run what the rooms watch until cancelled; one that fails is told, and begun again after `WATCH_AGAIN_S`."""
    async with asyncio.TaskGroup() as tasks:
        for watch in desk.watches:
            tasks.create_task(_kept(desk, watch))


async def _kept(desk: Desk, watch: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            await watch()
        except Exception as error:
            desk.log("printers.watch_failed", {"watch": watch.__qualname__, "error": repr(error)})
        await asyncio.sleep(WATCH_AGAIN_S)


def printers_app(desk: Desk, *rooms: Room) -> Starlette:
    """Put the rooms behind one door."""
    return Starlette(routes=[route for room in rooms for route in room(desk)])
