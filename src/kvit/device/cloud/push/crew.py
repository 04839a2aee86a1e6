"""All printers that stand behind a service: one `Runner` each, started and ended as the shop's printers change.

An error that nobody foresaw ends one printer's turn, is logged, and that printer starts again after a pause; the others do
not notice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from kvit.db import EVERYTHING
from kvit.device.adapters.address import PrinterAddress, parse
from kvit.device.adapters.clouds import Account
from kvit.device.adapters.kinds import KINDS
from kvit.device.cloud.door import Desk
from kvit.device.cloud.handover import Handover
from kvit.device.cloud.push.client import Client
from kvit.device.cloud.push.runner import Pause, Runner, Waits
from kvit.device.cloud.push.services import SERVICES
from kvit.device.cloud.push.tokens import Tokens
from kvit.device.printers import service as printers
from kvit.device.printers.model import Origin, Printer, Way, way_of
from kvit.device.spool import service as spool
from kvit.net import Asking

AFTER_A_BUG_S: Final = 30.0
"""A printer whose turn ended in an error nobody foresaw starts again."""


More = Callable[[Desk, Handover, Printer], Runner | None]
"""Makes the runner of a printer behind something else that is asked in the same way, or None."""


def no_more(desk: Desk, handover: Handover, printer: Printer) -> Runner | None:
    """There is nothing else."""
    return None


class Crew:
    """The runners of a shop."""

    def __init__(
        self, desk: Desk, accounts: Mapping[str, Account], ask: Asking, folder: Path, pause: Pause = asyncio.sleep,
        waits: Waits | None = None, more: More = no_more,
    ) -> None:  # fmt: skip
        """``accounts`` by printer; ``folder`` is where fetched tokens are kept; ``more`` makes runners of other kinds."""
        self._desk = desk
        self._accounts = accounts
        self._ask = ask
        self._tokens = Tokens(folder, desk.clock)
        self._pause = pause
        self._waits = waits
        self._handover = Handover(desk)
        self._more = more
        self._runners: dict[str, tuple[Runner, asyncio.Task[None], str]] = {}

    async def run(self) -> None:
        """Run until cancelled; after an error it may be run again."""
        self._runners.clear()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._handover.run())
            tasks.create_task(self._follow_jobs())
            await self._follow_printers(tasks)

    def client(self, printer: Printer) -> Client | None:
        """Give a printer's client; None where no service of the table stands at its address."""
        address = parse(printer.address)
        if not isinstance(address, PrinterAddress) or way_of(address) is not Way.CLOUD:
            return None
        service = SERVICES.get(KINDS[address.adapter].cloud)
        if service is None:
            return None
        account = self._accounts.get(printer.name, Account())
        return Client(
            service, address.transport, account, self._ask, self._tokens, self._desk.clock, self._desk.random,
            trusted=printer.origin is Origin.FILE,
        )  # fmt: skip

    async def _follow_jobs(self) -> None:
        with self._desk.db.listen(spool.TOPIC) as keys:
            async for key in keys:
                for name, (runner, _, _) in self._runners.items():
                    if key in (name, EVERYTHING):
                        runner.wake()

    async def _follow_printers(self, tasks: asyncio.TaskGroup) -> None:
        with self._desk.db.listen(printers.TOPIC) as keys:
            await self._settle(tasks)
            async for _ in keys:
                await self._settle(tasks)

    async def _settle(self, tasks: asyncio.TaskGroup) -> None:
        """Start who is new, end who is gone or has another address, tell the others how they are."""
        known = {each.name: each for each in await self._desk.db.read(printers.printers, self._desk.shop)}
        for name, (runner, task, address) in list(self._runners.items()):
            if name in known and known[name].address == address:
                runner.wake(known[name])
            else:
                task.cancel()
                await asyncio.wait([task])
                await runner.let_go("printer changed")
                del self._runners[name]
        for name, printer in known.items():
            started = None if name in self._runners else self._runner(printer)
            if started is not None:
                runner = started
                self._runners[name] = (runner, tasks.create_task(self._running(name, runner)), printer.address)

    def _runner(self, printer: Printer) -> Runner | None:
        client = self.client(printer)
        if client is None:
            return self._more(self._desk, self._handover, printer)
        return Runner(self._desk, self._handover, printer, client, self._pause, self._waits)

    async def _running(self, name: str, runner: Runner) -> None:
        while True:
            try:
                await runner.run()
            except Exception as error:
                self._desk.log("print.cloud.bug", {"printer": name, "error": type(error).__name__})
                await self._pause(AFTER_A_BUG_S)
