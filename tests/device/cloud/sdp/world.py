"""A shop with one printer that calls in, and its jobs, on one event loop; clocks stand still until they are moved."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.types import Message

from kvit.db import Database
from kvit.device.board import Board, Light
from kvit.device.cloud.door import Desk, keep_watch, printers_app
from kvit.device.cloud.sdp import form as forms
from kvit.device.cloud.sdp.digest import Login
from kvit.device.cloud.sdp.emulator import Answer, Emulator
from kvit.device.cloud.sdp.machine import Machine
from kvit.device.cloud.sdp.server import Server
from kvit.device.press import Pressed, Wanted, press
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.printers.service import token_hash
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Job, Line, State
from kvit.device.spool.order import Order, order
from kvit.device.spool.service import Accepted
from kvit.paper.document import Beep, Block, Cut, Document, Pulse, Text, print_document
from kvit.refusal import Refusal

SHOP = "shop-1"
NOW_MS = 1_800_000_000_000
TOKEN = "k7q2m4x9"
ROOMS = ("kvit.device.spool", "kvit.device.printers")
RECEIPT = (Text("Milk 1 l"), Text("Total 900"), Cut(), Pulse(), Beep())


@dataclass
class World:
    """The shop, and a printer's way to it."""

    db: Database
    desk: Desk
    server: Server
    app: Starlette
    now_s: list[float]
    log: list[tuple[str, dict[str, object]]]
    pressed: list[Wanted] = field(default_factory=list)
    orders: int = 0

    def printer(self, machine: Machine | None = None, *, token: str = TOKEN, **values: Any) -> Caller:
        """A machine that calls in."""
        return Caller(self, f"http://kvit.test/sdp/{token}", machine or Machine(), **values)

    def keep(
        self, name: str = "kitchen", address: str = "epos+sdp://KITCHEN1", token: str = TOKEN, **values: Any
    ) -> None:
        """Write a printer down."""
        given = Printer(name, address, token_hash=token_hash(token), **values)
        kept = self.db.write_now(printers.keep, SHOP, given, NOW_MS)
        assert isinstance(kept, Printer), kept

    def facts(self, name: str = "kitchen") -> dict[str, str]:
        """What is kept of a printer."""
        found = self.db.read_now(printers.printer, SHOP, name)
        assert isinstance(found, Printer)
        return found.facts

    def order(self, *blocks: Block, printer: str = "kitchen", **values: Any) -> str:
        """Accept a job; give its id."""
        self.orders += 1
        given = order(f"sale {self.orders}", printer, print_document(Document(list(blocks or RECEIPT))), **values)
        assert isinstance(given, Order)
        return self.accept(given)

    def accept(self, given: Order) -> str:
        """Accept an order; give its first job's id."""
        done = self.db.write_now(spool.accept, SHOP, given, self.desk.now_ms)
        assert isinstance(done, Accepted)
        self.server.handover.stir(given.printer)  # the topic says so as well, a moment later
        return done.jobs[0].id

    def job(self, id_: str) -> Job:
        """A job as it stands."""
        found = self.db.read_now(spool.get, SHOP, id_)
        assert isinstance(found, Job)
        return found

    def state(self, id_: str) -> State:
        """Where a job stands."""
        return self.job(id_).state

    def events(self, id_: str) -> list[Event]:
        """What happened to a job."""
        return [line.event for line in self.history(id_)]

    def history(self, id_: str) -> list[Line]:
        """A job's lines."""
        return self.db.read_now(spool.history, SHOP, id_)

    @property
    def light(self) -> Light:
        """The kitchen printer on the board."""
        return self.desk.board.light("kitchen")


async def settled() -> None:
    """Let what a commit told be heard by whoever listens on this loop."""
    for _ in range(5):
        await asyncio.sleep(0)


class Caller(Emulator):
    """An emulator whose posts go into the application without a socket."""

    def __init__(self, world: World, url: str, machine: Machine, *, id_: str = "KITCHEN1", **values: Any) -> None:
        super().__init__(url, machine, id_=id_, **values)
        self.world = world

    async def call(self, count: int, step_s: float = 5.0) -> list[Answer]:
        """Poll so many times, time going on between; give what the polls were answered."""
        found = []
        for _ in range(count):
            self.world.now_s[0] += step_s
            await settled()
            found.append(await self.poll())
        return found

    async def meet(self, *faults: str) -> None:
        """Poll until the server knows what it wants to know of the printer, which then begins to fail."""
        while not self.polls or not self.world.server.stations["kitchen"].dealing.greeted:
            await self.call(1)
        self.machine.faults.update(faults)

    async def _exchange(self, url: str, body: bytes, authorization: str) -> Answer:
        return await exchange(self.world.app, url.removeprefix("http://kvit.test"), body, authorization)


async def exchange(
    app: Starlette, path: str, body: bytes, authorization: str = "", *, hangs_up: bool = False, method: str = "POST"
) -> Answer:
    """One request as ASGI; the caller stays on the line until it is answered, unless it hangs up."""
    said: list[Message] = []
    given = iter([{"type": "http.request", "body": body, "more_body": False}])
    headers = [(b"content-length", str(len(body)).encode())]
    if authorization:
        headers.append((b"authorization", authorization.encode()))

    async def receive() -> Message:
        message = next(given, None)
        if message is None and not hangs_up:
            await asyncio.Event().wait()
        return message or {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        said.append(message)

    path, _, query = path.partition("?")
    scope = {
        "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "scheme": "http",
        "path": path, "raw_path": path.encode(), "query_string": query.encode(), "root_path": "", "headers": headers,
        "client": ("10.0.0.9", 5), "server": ("kvit.test", 80),
    }  # fmt: skip
    await app(scope, receive, send)
    start = said[0]
    told = {name.decode(): value.decode() for name, value in start["headers"]}
    return Answer(start["status"], told, b"".join(message.get("body", b"") for message in said[1:]))


@contextlib.asynccontextmanager
async def world(db: Database, logins: Mapping[str, Login] | None = None, **keep: Any) -> AsyncIterator[World]:
    """Open a shop with a printer, ``kitchen``, unless ``keep`` says otherwise; its watches run, the clock does not."""
    now_s = [1000.0]
    log: list[tuple[str, dict[str, object]]] = []
    wanted: list[Wanted] = []

    async def pressing(given: Wanted) -> Pressed | Refusal:
        wanted.append(given)
        return press(given)

    def clock() -> float:
        return NOW_MS / 1000 + now_s[0] - 1000

    desk = Desk(
        db, SHOP, pressing, Board(clock), clock, lambda: now_s[0], lambda count: bytes(count),
        lambda event, values: log.append((event, values)), "http://kvit.test",
    )  # fmt: skip
    server = Server(desk, logins or {})
    made = World(db, desk, server, printers_app(desk, lambda _: server.routes()), now_s, log, wanted)
    made.keep(**keep)
    desk.watches.remove(server._watch)
    watching = asyncio.create_task(keep_watch(desk))
    await asyncio.sleep(0)
    try:
        yield made
    finally:
        watching.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watching
        desk.board.close()


@contextlib.asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[str]:
    """The application behind a real listener on loopback; gives its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    config.load()
    server.lifespan = config.lifespan_class(config)
    await server.startup()
    loop = asyncio.create_task(server.main_loop())
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await loop
        await server.shutdown()


def poll_form(id_: str = "KITCHEN1") -> bytes:
    """A poll's body."""
    return forms.write(forms.Form(forms.Ask.JOB, id_))
