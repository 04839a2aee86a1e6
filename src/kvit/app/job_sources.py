"""Where jobs come from besides the shop itself: desktops over IPP, tills over job ports. Both bring them into the spool."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from starlette.routing import BaseRoute

from kvit.app.pages import PageReader
from kvit.app.settings import Settings
from kvit.device.cloud.door import Desk
from kvit.device.ipp import server as ipp
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Kind
from kvit.device.spool.order import order_raw
from kvit.refusal import Refusal
from kvit.relay.jobs.server import Given, Ports, World


class JobSources:
    """What the shop process opens for them. ``start`` and ``stop`` are its whole life."""

    def __init__(self, settings: Settings, desk: Desk) -> None:
        """Raises `kvit.escpos.profiles.UnknownProfileError` for a port's profile (`kvit.app.sense` has looked before)."""
        self._settings, self._desk = settings, desk
        self._reader = PageReader(desk.log)
        self._ports = Ports(settings.jobs, World(self._take, self._held, desk.board, desk.random, desk.log))
        self._watch: asyncio.Task[None] | None = None

    def ipp(self, desk: Desk) -> Sequence[BaseRoute]:
        """The printers' door's room for desktops (a `kvit.device.cloud.door.Room`)."""
        return ipp.routes(desk, self._settings.ipp, self._reader.read)

    async def start(self) -> None:
        """Open the ports."""
        await self._ports.open()
        self._watch = asyncio.create_task(self._ports.watch())

    async def stop(self) -> None:
        """Keep what is whole, close the ports."""
        await self._ports.close()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        await self._reader.close()

    async def _take(self, given: Given) -> Refusal | None:
        desk = self._desk
        made = order_raw(given.key, given.printer, given.raw, given.profile, Kind.RECEIPT, title="till")
        if isinstance(made, Refusal):
            return made
        known = await desk.db.read(printers.printer, desk.shop, given.printer)
        if isinstance(known, Refusal):
            return known
        accepted = await desk.db.write(spool.accept, desk.shop, made, desk.now_ms)
        return accepted if isinstance(accepted, Refusal) else None

    async def _held(self, name: str) -> bool:
        found = await self._desk.db.read(printers.printer, self._desk.shop, name)
        return isinstance(found, Printer) and found.held
