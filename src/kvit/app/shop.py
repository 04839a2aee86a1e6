"""The shop process: the data base, the windows, and the receipts that come in from the lines' captures.

It may die or be restarted at any moment: tills print on through the line process, whose captures wait. At start it takes
up each line's capture where the store ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from kvit.access import service as access
from kvit.access.code import fresh_code
from kvit.access.customers import service as customers
from kvit.access.door import Door
from kvit.access.worker import Weigher
from kvit.app import books, control
from kvit.app.customer_keys import NAME as CUSTOMER_KEYS
from kvit.app.customer_keys import customer_keys
from kvit.app.customer_sweeping import Sweeping
from kvit.app.customer_world import customer_world, hooks_of
from kvit.app.delivery_verbs import DeliveryVerbs
from kvit.app.digester import Digester
from kvit.app.drawing import Drawer
from kvit.app.filling import Filler
from kvit.app.following import Following
from kvit.app.identity import Recognising
from kvit.app.intake import Intake
from kvit.app.job_sources import JobSources
from kvit.app.keeping import Keeping
from kvit.app.log import Log, make_log
from kvit.app.notifying import Notifying
from kvit.app.packs import Packs, started_again, trust_of
from kvit.app.pressing import Presser
from kvit.app.printers import accounts, configured, logins
from kvit.app.printing import Printing
from kvit.app.rank import step_behind
from kvit.app.readers import ShopReaders
from kvit.app.relay_client import RelayClient
from kvit.app.reminding import Reminders, Reminding
from kvit.app.roles import Part, noted, quiet
from kvit.app.rooms import MIGRATIONS
from kvit.app.scripting import Executor
from kvit.app.serving import Window, listen
from kvit.app.settings import Settings, read
from kvit.app.struct_types import look_through_types
from kvit.app.template_verbs import TemplateVerbs
from kvit.app.tills import Tills
from kvit.app.wallet_news import WalletNews
from kvit.app.windows_delivery import WindowsDelivery
from kvit.counter import telling
from kvit.db import Database, open_database
from kvit.device.address import Address, parse
from kvit.device.board import Board
from kvit.device.cloud.door import Desk, keep_watch, printers_app
from kvit.device.cloud.mqtt.routes import cloudprnt
from kvit.device.cloud.push.crew import Crew as CloudCrew
from kvit.device.cloud.sdp.server import room as sdp
from kvit.device.cloud.sunmi.server import room as sunmi
from kvit.device.delivery.crew import Crew
from kvit.device.delivery.world import World
from kvit.device.ipp.client import runner_of
from kvit.device.printers import service as printers
from kvit.i18n import country
from kvit.net import ask
from kvit.relay.ends import own_door
from kvit.template.pictures.cache import LIMITS as PICTURE_LIMITS
from kvit.template.pictures.cache import Pictures
from kvit.web import Context, public_app, staff_app
from kvit.web.figures import Figures
from kvit.web.host_names import names_of

SWITCH_S = 0.0005
"""How long a computing thread keeps the interpreter: beside the reading thread, Python's own 5 ms made commits ten times
slower (measured: 10.7 ms against 0.9 ms a commit)."""

TIDY_AFTER = 10_000
"""New objects before the young ones are looked through for circles. What start made is never looked at again. Both together
were a seventh of the shop's share of a receipt; a circle of an error is some kilobytes, so that megabytes may lie about."""


DAY_MS = 24 * 3_600_000


class Shop:
    """Everything the shop process owns. ``start`` and ``stop`` are its whole life."""

    def __init__(self, settings: Settings, db: Database, log: Log) -> None:
        self._settings = settings
        self._db = db
        self._log = log
        self._drawer = Drawer(log)
        self._presser = Presser(log)
        self._looker = Presser(log)
        fetch = functools.partial(ask, limits=PICTURE_LIMITS)
        pictures = Pictures(settings.folder / "pictures", fetch, time.time)
        came = started_again(db, settings.shop.id, time.time)
        self._packs = Packs(settings.folder / "packs", trust_of(settings.packs), db, self._looker.try_pack, log, came)
        with_scripts = functools.partial(self._packs.filling, self._looker.fill)
        self._presses = functools.partial(self._packs.pressing, self._presser.press)
        self._looks = functools.partial(self._packs.pressing, self._looker.press)
        self._filler = Filler(with_scripts, db, settings.shop.id, pictures)
        self._scripts = Executor(self._packs.source, log, self._packs.offered)
        self._board = Board(time.time)
        self._readers = ShopReaders(settings, log)
        self._weigher = Weigher()
        self._customer_keys = customer_keys(settings.folder, secrets.token_bytes)
        self._notifying = Notifying(settings, db, self._board, log)
        self._digester = Digester()
        self._chain = Part(settings, db, self._digester, log)
        self._lines = settings.relay.line
        self._crew = Crew(self._world(), keep_ms=settings.printing.keep_days * DAY_MS)
        self._keeping = Keeping(quiet(db), self._chain.shops.ids, settings.receipts, log)
        reminders = Reminders(settings.shop, self._customer_keys, self._notifying.sealer, self._chain.public_url)
        self._reminding = Reminding(db, reminders, log)
        self._printing = Printing(db, settings.shop.id, time.time)
        self._windows: list[Window] = []
        self._sources: JobSources | None = None
        self._watch: asyncio.Task[None] | None = None
        self._control: asyncio.Server | None = None
        date_order = country(settings.shop.country).date_order
        self._figures = Figures()
        self._sweeping = Sweeping(db, hooks_of(self._customer_keys, self._notifying.sealer), time.time, log)
        self._recognising = Recognising(settings, db, self._customer_keys, log)
        news = WalletNews(settings.shop, self._customer_keys, self._notifying.sealer, self._chain.public_url)
        self._chain.keep_by(lambda shop: replace(news, shop=shop).keep)
        self._tills = Tills(
            settings,
            db,
            self._readers.readings,
            self._recognising.identify,
            self._chain.public_url,
            self._figures.station,
            log,
            news.keep,
        )
        stored = self._tills.router.stored
        intake = Intake(db, settings.shop.id, self._digester, log, date_order, stored, telling.take_all)
        self._following = Following(settings.folder, intake, log)

    async def start(self) -> None:
        """Open the windows and the door for tools, take up the captures."""
        settings, web, printing = self._settings, self._settings.web, self._settings.printing
        sockets = [
            listen(web.host, web.port),
            listen(web.staff_host, web.staff_port),
            listen(printing.host, printing.port),
        ]
        await self._db.write(printers.settle, settings.shop.id, configured(settings.printer), int(time.time() * 1000))
        if not await self._db.write(customers.settle_keys, self._customer_keys, int(time.time())):
            self._log("customers.other_keys", {"file": str(settings.folder / CUSTOMER_KEYS)})
        await self._packs.settle()
        await self._crew.start()
        context, desk = self._context(), self._desk()
        self._sources = JobSources(settings, desk)
        known = logins(settings.printer)
        scanned = self._readers.on_printer if settings.printing.claim_readers else None
        star = cloudprnt(settings.mqtt, scanned, confirm_by_get=settings.printing.confirm_by_get)
        rooms = (star, self._sources.ipp, sdp(known), sunmi(known, ask))
        apps = (public_app(context), staff_app(context), printers_app(desk, *rooms))
        clouds = CloudCrew(desk, accounts(settings.printer), ask, settings.folder / "clouds", more=runner_of(ask))
        desk.watches.append(clouds.run)
        self._watch = asyncio.create_task(keep_watch(desk))
        for app, sock in zip(apps, sockets, strict=True):
            window = Window(app, sock)
            await window.start()
            self._windows.append(window)
        self._control = await control.serve(settings.folder, self._verbs())
        self._readers.start()
        await self._notifying.start(context.figures.notices.tried)
        await self._sources.start()
        self._recognising.start()
        await self._tills.start()
        await self._following.set_lines(settings.relay.line)
        self._chain.start()
        self._keeping.start()
        self._sweeping.start()
        self._reminding.start()

    async def stop(self) -> None:
        """Stop taking, finish what is under way, close the books. Of what comes first nothing may need what comes later."""
        await self._reminding.stop()
        await self._sweeping.stop()
        await self._keeping.stop()
        await self._chain.stop()
        await self._crew.stop()
        await self._notifying.stop()
        await self._following.close()
        await self._tills.stop()
        await self._recognising.stop()
        await self._readers.stop()
        for window in self._windows:
            await window.stop()
        if self._sources is not None:
            await self._sources.stop()
        if self._watch is not None:
            self._watch.cancel()
            await asyncio.gather(self._watch, return_exceptions=True)
        if self._control is not None:
            self._control.close()
            control.socket_path(self._settings.folder).unlink(missing_ok=True)
        self._board.close()
        await self._presser.close()
        await self._filler.close()
        await self._scripts.close()
        await self._looker.close()
        await self._drawer.close()
        await self._digester.close()

    async def first_code(self, *, recover: bool = False) -> str | None:
        """Return a fresh one-time code; None when the shop has its owner already."""
        shop = self._settings.shop.id
        if not recover and await self._db.read(access.is_set_up, shop):
            return None
        code = fresh_code(secrets.token_bytes)
        await self._db.write(access.first_code, shop, code, int(time.time()), recover)
        return code

    def _context(self) -> Context:
        settings = self._settings
        return Context(
            db=self._db,
            door=Door(self._db, self._weigher, settings.shop.id, secrets.token_bytes),
            shop=settings.shop,
            render=self._drawer.render,
            clock=time.time,
            monotonic=time.monotonic,
            random=secrets.token_bytes,
            public_url=self._chain.public_url,
            staff_url=settings.staff_url,
            link_s=settings.receipts.link_days * 24 * 3600,
            shops=self._chain.shops,
            shop_ids=self._chain.shops.ids,
            fills=self._filler.of,
            deliver=self._chain.deliver,
            take_apart=self._chain.take_apart,
            silent=self._chain.silent,
            relay=RelayClient(settings.folder / "run"),
            delivery=WindowsDelivery(
                self._db, settings.shop.id, self._board, self._looks, settings.printing_url, time.time
            ),
            fill=self._filler.fill,
            scripts=self._scripts,
            readings=self._readers.readings,
            station=self._tills.desk,
            figures=self._figures,
            customer_keys=self._customer_keys,
            wallet=customer_world(
                settings.shop, settings.customers, self._customer_keys, self._notifying.sealer, self._notifying.push_key
            ),
            sealer=self._notifying.sealer,
            push_key=self._notifying.push_key,
            hooks_house=settings.webhooks.house,
            prefix_alarm=settings.sms.prefix_alarm,
            settings=settings.config.show(),
            host_names=names_of((self._chain.public_url, settings.public_url, settings.staff_url), settings.web.names),
            proxies=tuple(ip_network(proxy) for proxy in settings.web.proxies),
            log=self._log,
        )

    def _world(self) -> World:
        return World(
            db=self._db,
            shop=self._settings.shop.id,
            press=self._presses,
            board=self._board,
            ports=self._settings.folder / "ports",
            clock=time.time,
            monotonic=time.monotonic,
            log=self._log,
            door=self._door,
        )

    def _door(self, printer: Address) -> Path | None:
        """A printer that a line of tills prints on is reached through that line."""
        for line in self._lines:
            if parse(line.printer) == printer:
                return own_door(self._settings.folder, line.name)
        return None

    def _desk(self) -> Desk:
        return Desk(
            db=self._db,
            shop=self._settings.shop.id,
            press=self._presses,
            board=self._board,
            clock=time.time,
            monotonic=time.monotonic,
            random=secrets.token_bytes,
            log=self._log,
            base_url=self._settings.printing_url,
        )

    def _verbs(self) -> dict[str, control.Verb]:
        return {
            "describe": self._describe,
            "backup": self._backup,
            "first_code": self._first_code,
            "verify": self._verify,
            "reload": self._reload,
            **self._readers.verbs(),
            **self._packs.verbs(),
            **self._chain.verbs(),
            **DeliveryVerbs(self._context()).verbs(),
            **TemplateVerbs(self._context()).verbs(),
            "print": self._printing.accept,
            "job": self._printing.job,
            "series": self._printing.series,
        }

    async def _describe(self, _: dict[str, Any]) -> dict[str, Any]:
        return dict(self._db.describe())

    async def _backup(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"bytes": await asyncio.to_thread(self._db.backup, Path(request["target"]))}

    async def _first_code(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"code": await self.first_code(recover=True)}

    async def _reload(self, _: dict[str, Any]) -> dict[str, Any]:
        """Follow the lines that kvit.toml names now; everything else in it waits for the next start."""
        self._lines = read(self._settings.path).relay.line
        self._tills.set_lines(self._lines)
        await self._following.set_lines(self._lines)
        return {}

    async def _verify(self, _: dict[str, Any]) -> dict[str, Any]:
        return dict(await self._db.read(books.verify, self._settings.shop.id))


def run_shop(settings: Settings, ready: Callable[[dict[str, object]], None], *, bound: bool = False) -> None:
    """Be the shop process until SIGTERM or SIGINT; ``ready`` hears once everything answers.

    ``bound``: also until standard input ends, which tells that the supervisor is no more.
    """
    os.umask(0o077)
    step_behind()
    sys.setswitchinterval(SWITCH_S)
    look_through_types()
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = make_log("shop")
    db = open_database(
        settings.database, MIGRATIONS, preparing=lambda count: ready({"preparing": "shop", "count": count})
    )
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_live(Shop(settings, noted(settings, db), log), ready, bound))
    finally:
        db.close()


async def _live(shop: Shop, ready: Callable[[dict[str, object]], None], bound: bool) -> None:
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    if bound:
        loop.add_reader(sys.stdin.fileno(), stopping.set)
    try:
        await shop.start()
        ready({"ready": "shop", "pid": os.getpid(), "code": await shop.first_code()})
        tell_systemd("READY=1")
        gc.collect()
        gc.freeze()
        gc.set_threshold(TIDY_AFTER)
        await stopping.wait()
        tell_systemd("STOPPING=1")
    finally:
        if bound:
            loop.remove_reader(sys.stdin.fileno())
        await shop.stop()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    factory: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop
    return factory


def say_ready(values: dict[str, object]) -> None:
    """Tell the parent process, by one JSON line."""
    print(json.dumps(values), flush=True)  # noqa: T201 - it is the protocol with the supervisor


def tell_systemd(state: str) -> None:
    """Tell a service manager how we are, where there is one (sd_notify(3))."""
    path = os.environ.get("NOTIFY_SOCKET")
    if not path:
        return
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.sendto(state.encode(), "\0" + path[1:] if path.startswith("@") else path)
