"""The server's inbox: a station's batch in, the answer out once everything in it is committed.

What a till printed is taken apart here, by the server's own reader, beside the event loop (`kvit.app.digester`); then one
transaction does what is new and moves the station on (`kvit.chain.inbox`). News that break this are refused by themselves,
so that one printout nobody can take apart does not keep a station's others out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping

import msgspec

from kvit.app.digest import Job
from kvit.app.digester import Digester
from kvit.app.log import Log
from kvit.chain import inbox, wire
from kvit.chain.inbox import Act
from kvit.chain.model import Answer, Batch, News, Refused, Station
from kvit.counter import carried
from kvit.counter.carried import Keep, RouteTold
from kvit.counter.model import TOPIC as ROUTE_TOPIC
from kvit.db import ConstraintViolation, Database, Tx
from kvit.i18n import country
from kvit.receipt import parcel
from kvit.receipt.forms import service as forms
from kvit.receipt.parcel import Links, Parcel
from kvit.receipt.printout import Prepared, receipt_id
from kvit.receipt.reading.prior import Prior
from kvit.receipt.service import LINK_TOPIC, TOPIC
from kvit.receipt.wallet import service as wallet
from kvit.refusal import Refusal
from kvit.relay import reading as relay
from kvit.shop import ShopSettings

_parcel = msgspec.json.Decoder(Parcel).decode
_links = msgspec.json.Decoder(Links).decode
_route = msgspec.json.Decoder(RouteTold).decode

AHEAD_MS = 24 * 3600 * 1000
"""So far a station's clock may go before ours: what it says of tomorrow is now, or it would stand first in every list."""

Shops = Callable[[str], ShopSettings | None]


class Inbox:
    """Takes batches of all stations."""

    def __init__(self, db: Database, digester: Digester, shops: Shops, clock: Callable[[], float], log: Log) -> None:
        self._db = db
        self._digester = digester
        self._shops = shops
        self._clock = clock
        self._log = log
        self.keep_for: Callable[[str], Keep] = lambda shop: wallet.keep
        """How a shop's receipts get into wallets: told of, where somebody tells (`kvit.app.wallet_news`)."""

    async def deliver(self, station: Station, data: bytes) -> Answer | Refusal:
        """Take a batch; return once what is in it is durable. Refused: ``chain.batch_bad``, ``chain.batch_long``,
        ``chain.station_unknown``.
        """
        batch = await asyncio.to_thread(wire.unpacked, data)
        if isinstance(batch, Refusal):
            self._log("chain.batch_refused", {"station": station.id, "code": batch.code})
            return batch
        known = await self._db.read(inbox.come_to, station.id, batch.epoch)
        fresh = [news for news in batch.news if news.n > known]
        priors = await self._db.read(forms.priors, station.shop) if fresh else {}
        made = await asyncio.gather(*(self._act(station, news, priors) for news in fresh))
        acts = dict.fromkeys((news.n for news in batch.news), Refusal("chain.news_bad"))
        ready: dict[int, Act | Refusal] = {**acts, **dict(zip((news.n for news in fresh), made, strict=True))}
        answer = await self._take(station, batch, ready)
        for one in answer.refused if isinstance(answer, Answer) else ():
            self._log("chain.news_refused", {"station": station.id, "n": one.n, "code": one.code})
        return answer

    async def _take(self, station: Station, batch: Batch, acts: dict[int, Act | Refusal]) -> Answer | Refusal:
        now_ms = int(self._clock() * 1000)
        try:
            return await self._db.write(inbox.take, station, batch, acts, now_ms)
        except ConstraintViolation:
            if len(batch.news) == 1:
                only = batch.news[0]
                self._log("chain.news_broken", {"station": station.id, "n": only.n, "kind": only.kind})
                return await self._db.write(inbox.take, station, batch, {only.n: Refusal("chain.news_bad")}, now_ms)
        return await self._one_by_one(station, batch, acts)

    async def _one_by_one(self, station: Station, batch: Batch, acts: dict[int, Act | Refusal]) -> Answer | Refusal:
        """Find the one that breaks; give what came of all."""
        after, after_mark = batch.after, batch.after_mark
        refused: tuple[Refused, ...] = ()
        answer: Answer | Refusal = Refusal("chain.batch_bad")
        for news in batch.news:
            alone = Batch(batch.epoch, after, after_mark, (news,))
            answer = await self._take(station, alone, acts)
            if isinstance(answer, Refusal):
                return answer
            refused += answer.refused
            after, after_mark = news.n, news.mark
        return answer if isinstance(answer, Refusal) else msgspec.structs.replace(answer, refused=refused)

    async def _act(self, station: Station, news: News, priors: Mapping[str, Prior]) -> Act | Refusal:
        if bytes(news.body) == b"null":
            return _nothing
        try:
            if news.kind == TOPIC:
                return await self._receipt(station, _parcel(news.body), priors)
            if news.kind == LINK_TOPIC:
                return _linked(station, _links(news.body))
            if news.kind == ROUTE_TOPIC:
                return self._routed(station, _route(news.body))
        except (msgspec.DecodeError, UnicodeDecodeError):
            return Refusal("chain.news_bad")
        return Refusal("chain.kind_unknown")

    async def _receipt(self, station: Station, told: Parcel, priors: Mapping[str, Prior]) -> Act | Refusal:
        place = parcel.place_of(station.id, told.spot)
        id_ = receipt_id(station.shop, place)
        if told.forgotten_at_s is not None:
            return _forgotten(station.shop, id_, told.forgotten_at_s)
        shop = self._shops(station.shop)
        order = country(shop.country).date_order if shop is not None else ""
        when = min(told.taken_at_ms, int(self._clock() * 1000) + AHEAD_MS)
        found = relay.Printout(told.spot.line, told.spot.offset, told.raw, told.setting, when, when, told.till, "cut")
        till = f"{station.name} · {told.till or told.spot.line}"
        job = Job(station.shop, found, till, told.profile, (), order, priors)
        try:
            prepared = await self._digester.digest(lambda: job, len(told.raw))
        except Exception as error:
            self._log("chain.not_taken_apart", {"station": station.id, "error": f"{type(error).__name__}: {error}"})
            return Refusal("chain.news_bad")
        printout = msgspec.structs.replace(prepared.printout, place=place)
        prepared = parcel.as_told(msgspec.structs.replace(prepared, id=id_, printout=printout), told)
        return _received(station.shop, prepared, told.version)

    def _routed(self, station: Station, told: RouteTold) -> Act:
        id_ = receipt_id(station.shop, parcel.place_of(station.id, told.spot))
        now_s, keep = int(self._clock()), self.keep_for(station.shop)
        return lambda tx: carried.unpack_route(tx, station.shop, id_, told, station.id, now_s, keep)


def _nothing(tx: Tx) -> None:
    """Do nothing: nothing is left to say."""


def _received(shop: str, prepared: Prepared, version: int) -> Act:
    return lambda tx: carried.unpack_receipt(tx, shop, prepared, version)


def _forgotten(shop: str, id_: str, now_s: int) -> Act:
    return lambda tx: parcel.unpack_forgotten(tx, shop, id_, now_s)


def _linked(station: Station, told: Links) -> Act:
    id_ = receipt_id(station.shop, parcel.place_of(station.id, told.spot))
    return lambda tx: parcel.unpack_links(tx, station.shop, id_, told.links, station.id)
