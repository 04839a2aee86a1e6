"""What a machine's role adds to the shop process: a station's sender, a server's inbox, the shops there are.

A station's writes are noted (`kvit.chain.noting`): ``noted`` wraps the data base before anything else gets it. Which topics
are news, and what is said of each, stands in `KINDS`. A whole shop (role ``all``) takes in stations too: the till in the
next room.
"""

from __future__ import annotations

import asyncio
import functools
import secrets
import signal
import time
from collections.abc import Callable, Iterator
from typing import Any

from kvit.app import centre as centres
from kvit.app.digest import Job
from kvit.app.digester import Digester
from kvit.app.inbox import Inbox
from kvit.app.log import Log
from kvit.app.pairing import paired
from kvit.app.rereading import Rereading
from kvit.app.settings import Settings
from kvit.app.shops import Shops
from kvit.app.uploading import Compose, Uploading
from kvit.chain import outbox, pairing
from kvit.chain.model import EPOCH_BYTES, MARK_BYTES, Answer, LineTold, Silent, Station
from kvit.chain.noting import NotingDatabase
from kvit.chain.settings import Role
from kvit.chain.silence import Silence
from kvit.counter import carried
from kvit.counter.carried import Keep
from kvit.counter.model import TOPIC as ROUTE_TOPIC
from kvit.db import Database, DatabaseError, Tx
from kvit.i18n import country
from kvit.net import exchange
from kvit.notify import events
from kvit.receipt import parcel
from kvit.receipt.forms import service as forms
from kvit.receipt.printout import Prepared
from kvit.receipt.service import LINK_TOPIC, TOPIC
from kvit.refusal import Refusal
from kvit.relay import reading as relay
from kvit.shop import ShopSettings

KINDS: dict[str, Compose] = {
    TOPIC: parcel.parcel,
    LINK_TOPIC: parcel.links_of,
    ROUTE_TOPIC: carried.route_of,
}
"""Topics that are news, and what puts together what is to be said of a subject."""


AGAIN_AFTER_S = 0.5
"""The answer to who paired is out by then; the process ends and begins again as the paired one (links lead elsewhere)."""
LOOK_S = 10.0
"""How often stations are looked after: an alarm is that much late at most."""


def mark() -> str:
    """Give a fresh mark for a piece of news."""
    return secrets.token_hex(MARK_BYTES)


def noted(settings: Settings, db: Database) -> Database:
    """Give the data base as this machine's trades get it: a station's notes its news."""
    if settings.chain.role is not Role.STATION:
        if db.read_now(outbox.is_begun):  # what happens from now on is noted nowhere
            db.write_now(outbox.end)
        return db
    everything = functools.partial(_everything, settings.shop.id)
    if not db.read_now(outbox.is_begun):
        now_ms = int(time.time() * 1000)
        db.write_now(outbox.begin, secrets.token_hex(EPOCH_BYTES), everything, mark, now_ms)
    return NotingDatabase(db, KINDS, mark, time.time)


def _tell_of(tx: Tx, station: Station, silent: bool, now_ms: int) -> None:
    """Tell other programs that a station went silent, or is back."""
    if silent:
        events.station_offline(tx, station.shop, station.id, station.seen_ms or 0)
    else:
        events.station_online(tx, station.shop, station.id, now_ms)


def quiet(db: Database) -> Database:
    """Give the data base for what is no news to the server: readings made anew, a station's own clearing up."""
    return Database(db.engine) if isinstance(db, NotingDatabase) else db


def _everything(shop: str, tx: Tx) -> Iterator[tuple[str, str]]:
    yield from parcel.everything(tx, shop)
    yield from carried.routes(tx, shop)


class Part:
    """What the shop process does for the chain."""

    def __init__(self, settings: Settings, db: Database, digester: Digester, log: Log) -> None:
        self._settings, self._db, self._digester, self._log = settings, db, digester, log
        self.shops = Shops(db, settings.shop)
        self._inbox = Inbox(db, digester, self.shops, time.time, log)
        self._centre = centres.read(settings.folder) if settings.chain.role is Role.STATION else None
        self._rereading = Rereading(quiet(db), digester, self.shops, log)
        self._sender: Uploading | None = None
        self._watch: asyncio.Task[None] | None = None
        self._silent: tuple[Silent, ...] = ()
        if settings.chain.role is Role.STATION:
            self._sender = Uploading(
                db, settings.shop.id, settings.folder, KINDS, functools.partial(_everything, settings.shop.id),
                exchange.ask, secrets.token_bytes, time.time, log, settings.chain.keep_days, self._lines,
            )  # fmt: skip

    @property
    def public_url(self) -> str:
        """What customers' links begin with: a paired station's lead to its server."""
        return (self._centre.public_url if self._centre is not None else "") or self._settings.public_url

    async def deliver(self, station: Station, data: bytes) -> Answer | Refusal:
        """Take a station's batch."""
        return await self._inbox.deliver(station, data)

    def keep_by(self, keep_of: Callable[[ShopSettings], Keep]) -> None:
        """Let receipts of stations come into wallets by this, for each shop."""
        self._inbox.keep_for = lambda id_: keep_of(self.shops(id_) or self._settings.shop)

    async def take_apart(
        self, shop: ShopSettings, found: relay.Printout, till: str, profile: str
    ) -> Prepared | Refusal:
        """Take apart a printout that a program handed in."""
        priors = await self._db.read(forms.priors, shop.id)
        job = Job(shop.id, found, till, profile, (), country(shop.country).date_order, priors)
        return await self._digester.digest(lambda: job, len(found.raw))

    def start(self) -> None:
        """Begin to send, to look after stations, to read old receipts again."""
        self._rereading.start()
        if self._sender is not None:
            self._sender.start()
        else:
            self._watch = asyncio.create_task(self._look())

    async def stop(self) -> None:
        """Stop all that."""
        await self._rereading.stop()
        if self._sender is not None:
            await self._sender.stop()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)

    def silent(self) -> tuple[Silent, ...]:
        """Give the stations that have not spoken for too long."""
        return self._silent

    async def _look(self) -> None:
        silence = Silence(self._settings.chain.silent_s)
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                stations = {one.id: one for one in await self._db.read(pairing.living)}
            except DatabaseError as error:
                self._log("chain.not_looked", {"error": f"{error}"})
                continue
            gone, back = silence.look({id_: one.seen_ms for id_, one in stations.items()}, time.monotonic())
            self._silent = tuple(
                Silent(id_, stations[id_].shop, stations[id_].name, stations[id_].seen_ms or 0)
                for id_ in sorted(silence.silent)
            )
            for event, ids in (("chain.station_silent", gone), ("chain.station_back", back & stations.keys())):
                for id_ in sorted(ids):
                    self._log(event, {"station": id_})
                    await self._db.write(
                        _tell_of, stations[id_], event == "chain.station_silent", int(time.time() * 1000)
                    )

    def verbs(self) -> dict[str, Any]:
        """Give what command-line tools may ask for."""
        return {
            "station": self._standing,
            "station_pair": self._pair,
            **self.shops.verbs(),
            **self._rereading.verbs(),
        }

    async def _standing(self, _: dict[str, Any]) -> dict[str, Any]:
        centre, sender = centres.read(self._settings.folder), self._sender
        if sender is None:
            return {"refusal": "chain.no_station", "values": {}}
        waits = await self._db.read(outbox.backlog)
        known = centre if centre is not None and centre.station else None
        return {
            "server": known.url if known else "", "station": known.station if known else "",
            "name": known.name if known else "", "shop": known.shop if known else "",
            "shop_name": known.shop_name if known else "", "backlog": waits.count, "oldest_ms": waits.oldest_ms,
            "refused": waits.refused, "contact_ms": sender.standing.contact_ms, "trouble": sender.standing.trouble,
        }  # fmt: skip

    async def _pair(self, request: dict[str, Any]) -> dict[str, Any]:
        if self._sender is None:
            return {"refusal": "chain.no_station", "values": {}}
        made = await paired(
            self._settings.folder, str(request["url"]), str(request["code"]), exchange.ask, secrets.token_bytes
        )
        if isinstance(made, Refusal):
            return {"refusal": made.code, "values": made.values}
        asyncio.get_running_loop().call_later(AGAIN_AFTER_S, signal.raise_signal, signal.SIGTERM)
        return {"station": made.station, "name": made.name, "shop": made.shop, "shop_name": made.shop_name}

    def _lines(self) -> tuple[LineTold, ...]:
        return tuple(LineTold(line.name) for line in self._settings.relay.line)
