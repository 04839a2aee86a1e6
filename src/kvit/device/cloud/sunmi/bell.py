"""Ringing: Sunmi's cloud is told that an order waits, and tells the printer to ask us.

``newTicketNotify`` with the printer's number, signed as every question of version 2. Rung when a job is queued, and again
every `AGAIN_S` while it waits: a ring to a printer that is off line is lost. Without the number in the address, or without
application and key, nothing can be rung, and the printer asks when it is switched on.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from kvit.db import EVERYTHING
from kvit.device.adapters import address
from kvit.device.adapters.clouds import Account, Moment, sunmi_json
from kvit.device.cloud.door import Desk
from kvit.device.cloud.push.sunmi import digits
from kvit.device.printers import service as printers
from kvit.device.spool import service as spool
from kvit.net import Ask, Asking
from kvit.refusal import Refusal

HOST: Final = "https://openapi.sunmi.com"
AGAIN_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Login:
    """Sunmi's application and its key."""

    user: str
    key: str = field(repr=False)


class Bell:
    """Rings for all printers of the shop."""

    def __init__(self, desk: Desk, logins: Mapping[str, Login], ask: Asking) -> None:
        self._desk = desk
        self._logins = logins
        self._ask = ask

    async def run(self) -> None:
        """Ring until cancelled."""
        with self._desk.db.listen(spool.TOPIC) as keys:
            told = aiter(keys)
            while True:
                names: set[str] = {EVERYTHING}
                try:
                    async with asyncio.timeout(AGAIN_S):
                        names = {await anext(told)}
                except TimeoutError:
                    pass
                for name in self._logins:
                    if name in names or EVERYTHING in names:
                        await self.ring(name)

    async def ring(self, name: str) -> bool:
        """Ring for a printer if a job waits for it; True: Sunmi was told."""
        desk, login = self._desk, self._logins[name]
        printer = await desk.db.read(printers.printer, desk.shop, name)
        parsed = None if isinstance(printer, Refusal) else address.parse(printer.address)
        if parsed is None or isinstance(parsed, Refusal) or parsed.transport.kind != "sunmipull":
            return False
        if not parsed.transport.path or await desk.db.read(spool.next_for, desk.shop, name, desk.now_ms) is None:
            return False
        number = parsed.transport.path
        moment = Moment(int(desk.clock()), digits(desk.random(8)))
        request = sunmi_json(
            f"/{number}", Account(login.user, login.key), moment, "ticket/newTicketNotify", {"sn": number}
        )
        await self._ask(Ask(HOST + request.target, request.body, request.headers))
        return True
