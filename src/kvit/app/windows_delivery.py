"""What the windows need of the running delivery (`kvit.web.delivery.Delivery`): the shop's board and press, and its wires.

A printer is examined by whoever drives it: its class is forgotten, and the driver's next look finds it out. So a page never
opens a wire a worker holds.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from kvit.db import Database
from kvit.device.adapters import address
from kvit.device.board import Board
from kvit.device.press import Press, Pressed, Wanted
from kvit.device.printers import service as printers
from kvit.device.printers.model import Way, way_of
from kvit.device.transports.found import find
from kvit.refusal import Refusal
from kvit.web import Spotted

PROBE_WITHIN_S: Final = 12.0
"""A sleeping printer needs three seconds for its first word, two for each question; a page waits twenty at most."""
PRINTERS: Final = ("printer", "serial", "bluetooth")
"""Of what is plugged in: what may be a printer."""


class WindowsDelivery:
    """The delivery, as the windows see it."""

    def __init__(
        self, db: Database, shop: str, board: Board, press: Press, base_url: str, clock: Callable[[], float]
    ) -> None:
        """Take what the shop runs; ``base_url`` is how printers that call in reach its door."""
        self._db, self._shop, self._press, self._base_url, self._clock = db, shop, press, base_url, clock
        self._board = board

    @property
    def board(self) -> Board:
        """What is known of each printer now."""
        return self._board

    async def press(self, wanted: Wanted) -> Pressed | Refusal:
        """Make a paper."""
        return await self._press(wanted)

    async def probe(self, printer: str) -> Refusal | None:
        """Have a printer examined; ``web.printer_silent`` where it did not answer in `PROBE_WITHIN_S`."""
        known = await self._db.read(printers.printer, self._shop, printer)
        if isinstance(known, Refusal):
            return known
        parsed = address.parse(known.address)
        if isinstance(parsed, Refusal) or way_of(parsed) is not Way.WIRE:
            return Refusal("web.printer_not_asked", {"name": printer})
        with self._db.listen(printers.TOPIC) as topic:
            await self._db.write(printers.examine, self._shop, printer, int(self._clock() * 1000))
            try:
                async with asyncio.timeout(PROBE_WITHIN_S):
                    while not await self._is_known(printer):
                        await anext(topic)
            except (TimeoutError, StopAsyncIteration):
                return Refusal("web.printer_silent", {"name": printer})
        return None

    async def _is_known(self, printer: str) -> bool:
        found = await self._db.read(printers.printer, self._shop, printer)
        return isinstance(found, Refusal) or found.able is not None

    async def find(self) -> Sequence[Spotted]:
        """Look at what is plugged in or paired, and not a printer of ours yet."""
        looked = await asyncio.to_thread(find)
        known = await self._db.read(printers.printers, self._shop)
        ours = {
            str(parsed.transport) for each in known if not isinstance(parsed := address.parse(each.address), Refusal)
        }
        return [
            Spotted(each.address, each.name or each.kind)
            for each in looked.found
            if each.kind in PRINTERS and not ours & {each.address, *each.also}
        ]

    def call_url(self, kind: str, token: str) -> str:
        """The address a printer that calls in is told."""
        return f"{self._base_url}/{CALL_PATHS.get(kind, kind)}/{token}"


CALL_PATHS: Final = {"sunmipull": "sunmi"}
"""Where the door's rooms stand, where that is not the kind of the address."""
