"""The tills of a shop put together: routing, readers and keys, the lease; what each is given by the rest of the house."""

from __future__ import annotations

import functools
import secrets
import time
from collections.abc import Sequence

from kvit.app.attending import Attending
from kvit.app.counters import Identify, World
from kvit.app.late_paper import print_late
from kvit.app.log import Log
from kvit.app.relay_client import RelayClient
from kvit.app.routing import Router
from kvit.app.settings import Settings
from kvit.app.station import TillDesk
from kvit.chain.settings import Role
from kvit.counter.model import Routed
from kvit.counter.service import Hands, Keep
from kvit.db import Database, Tx
from kvit.device.reader.readings import Readings
from kvit.notify import events
from kvit.receipt.wallet import service as wallet
from kvit.relay.settings import LineSettings
from kvit.web.station_figures import StationFigures


class Tills:
    """Everything about receipts at the till. ``start`` and ``stop`` are its whole life."""

    def __init__(
        self, settings: Settings, db: Database, readings: Readings, identify: Identify, public_url: str,
        figures: StationFigures, log: Log, keep: Keep = wallet.keep,
    ) -> None:  # fmt: skip
        world = World(
            db=db,
            shop=settings.shop,
            rules=settings.routing,
            relay=RelayClient(settings.folder / "run"),
            readings=readings,
            readers={name: reader.line for name, reader in settings.reader.named.items() if reader.line},
            public_url=public_url,
            clock=time.time,
            random=secrets.token_bytes,
            figures=figures,
            log=log,
            link_s=settings.receipts.link_days * 24 * 3600,
            identify=identify,
            hands=hands(settings.chain.role, keep),
            print_late=functools.partial(print_late, settings.folder),
        )
        self.router = Router(world, settings.relay.line)
        self.desk = TillDesk(self.router)
        self._attending = Attending(self.router)

    async def start(self) -> None:
        """Begin to decide: from here on lines hold paper, so that what is told next is decided about."""
        self.desk.start()
        await self._attending.start()

    async def stop(self) -> None:
        """Decide no more: the lines let their papers go."""
        await self._attending.stop()
        await self.desk.stop()
        await self.router.stop()

    def set_lines(self, lines: Sequence[LineSettings]) -> None:
        """Take the lines that kvit.toml names now."""
        self.router.set_lines(lines)


def hands(role: Role, keep: Keep = wallet.keep) -> Hands:
    """What a decision does beyond its own table. Wallets lie with the server: a station's decisions get there as news."""
    return Hands(notice=notice) if role is Role.STATION else Hands(keep, _drop, notice)


def _drop(tx: Tx, customer: str, shop: str, receipt: str) -> object:
    return wallet.remove(tx, customer, receipt)


def notice(tx: Tx, shop: str, event: str, route: Routed) -> object:
    """Tell other programs what was decided."""
    if event == "receipt.claimed":
        return events.receipt_claimed(tx, shop, route.id, route.how, route.changed_ms)
    return events.receipt_routed(tx, shop, route.id, route.paper, route.electronic, route.why, route.changed_ms)
