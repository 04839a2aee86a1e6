"""The shop process: the data base, the windows, and the receipts that come in from the lines' captures.

It may die or be restarted at any moment: tills print on through the line process, whose captures wait. At start it takes
up each line's capture where the store ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import secrets
import signal
import socket
import sys
import time
from collections.abc import Callable
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from kvit.access import service as access
from kvit.access.code import fresh_code
from kvit.access.door import Door
from kvit.access.worker import Weigher
from kvit.app import books, control
from kvit.app.digester import Digester
from kvit.app.drawing import Drawer
from kvit.app.following import Following
from kvit.app.intake import Intake
from kvit.app.log import Log, make_log
from kvit.app.rank import step_behind
from kvit.app.relay_client import RelayClient
from kvit.app.rooms import MIGRATIONS
from kvit.app.serving import Window, listen
from kvit.app.settings import Settings, read
from kvit.db import Database, open_database
from kvit.i18n import country
from kvit.web import Context, public_app, staff_app

SWITCH_S = 0.0005
"""How long a computing thread keeps the interpreter: beside the reading thread, Python's own 5 ms made commits ten times
slower (measured: 10.7 ms against 0.9 ms a commit)."""

TIDY_AFTER = 10_000
"""New objects before the young ones are looked through for circles. What start made is never looked at again. Both together
were a seventh of the shop's share of a receipt; a circle of an error is some kilobytes, so that megabytes may lie about."""


class Shop:
    """Everything the shop process owns. ``start`` and ``stop`` are its whole life."""

    def __init__(self, settings: Settings, db: Database, log: Log) -> None:
        self._settings = settings
        self._db = db
        self._log = log
        self._drawer = Drawer(log)
        self._weigher = Weigher()
        self._digester = Digester()
        self._windows: list[Window] = []
        self._control: asyncio.Server | None = None
        date_order = country(settings.shop.country).date_order
        intake = Intake(db, settings.shop.id, self._digester, log, date_order)
        self._following = Following(settings.folder, intake, log)

    async def start(self) -> None:
        """Open the windows and the door for tools, take up the captures."""
        settings, web = self._settings, self._settings.web
        sockets = [listen(web.host, web.port), listen(web.staff_host, web.staff_port)]
        context = self._context()
        for app, sock in zip((public_app(context), staff_app(context)), sockets, strict=True):
            window = Window(app, sock)
            await window.start()
            self._windows.append(window)
        self._control = await control.serve(settings.folder, self._verbs())
        await self._following.set_lines(settings.relay.line)

    async def stop(self) -> None:
        """Stop taking, finish what is under way, close the books."""
        await self._following.close()
        for window in self._windows:
            await window.stop()
        if self._control is not None:
            self._control.close()
            control.socket_path(self._settings.folder).unlink(missing_ok=True)
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
            public_url=settings.public_url,
            staff_url=settings.staff_url,
            relay=RelayClient(settings.folder / "run"),
            settings=settings.config.show(),
            proxies=tuple(ip_network(proxy) for proxy in settings.web.proxies),
            log=self._log,
        )

    def _verbs(self) -> dict[str, control.Verb]:
        return {
            "describe": self._describe,
            "backup": self._backup,
            "first_code": self._first_code,
            "verify": self._verify,
            "reload": self._reload,
        }

    async def _describe(self, _: dict[str, Any]) -> dict[str, Any]:
        return dict(self._db.describe())

    async def _backup(self, request: dict[str, Any]) -> dict[str, Any]:
        return {"bytes": await asyncio.to_thread(self._db.backup, Path(request["target"]))}

    async def _first_code(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"code": await self.first_code(recover=True)}

    async def _reload(self, _: dict[str, Any]) -> dict[str, Any]:
        """Follow the lines that kvit.toml names now; everything else in it waits for the next start."""
        await self._following.set_lines(read(self._settings.path).relay.line)
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
    settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    log = make_log("shop")
    db = open_database(settings.database, MIGRATIONS)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_live(Shop(settings, db, log), ready, bound))
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
