"""A shop with one printer that polls: data base, door and emulated printer in one process, its clock by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
from starlette.applications import Starlette

from kvit.db import Database, open_database
from kvit.device.board import Board
from kvit.device.cloud.cloudprnt.emulator import StarPrinter
from kvit.device.cloud.cloudprnt.reception import Reception, Scanned
from kvit.device.cloud.cloudprnt.routes import paths
from kvit.device.cloud.door import Desk
from kvit.device.press import Pressed, Wanted, press
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Job, Line
from kvit.device.spool.order import Order, order
from kvit.device.spool.service import Accepted
from kvit.net.exchange import Ask, Failed, Reply, Trouble
from kvit.paper.document import Beep, Cut, Document, Pulse, Text, print_document
from kvit.refusal import Refusal

SHOP = "shop-1"
NAME = "bar"
START_S = 1_800_000_000.0
ADDRESS = "starprnt+cloudprnt://001162aabbcc?paper=80"
RECEIPT = print_document(Document([Text("Milk 1 l  900"), Cut(), Pulse(), Beep()]))
ROOMS = ("kvit.device.spool", "kvit.device.printers")


class House:
    """Everything a test wants to look at."""

    def __init__(self, db: Database, token: str, scanned: Scanned | None = None) -> None:
        self.now_s = 1000.0
        self.token = token
        self.logged: list[tuple[str, dict[str, object]]] = []
        self.pressed: list[Wanted] = []
        self.board = Board(lambda: START_S + self.now_s)
        self.desk = Desk(
            db, SHOP, self._press, self.board, lambda: START_S + self.now_s, lambda: self.now_s, lambda count: bytes(count),
            lambda event, values: self.logged.append((event, values)), "http://127.0.0.1:7004",
        )  # fmt: skip
        self.reception = Reception(self.desk, scanned)
        self.app = Starlette(routes=paths(self.reception))
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(self.app), base_url="http://shop")
        self.url = f"http://shop/cloudprnt/{token}"

    async def _press(self, wanted: Wanted) -> Pressed | Refusal:
        self.pressed.append(wanted)
        return press(wanted)

    async def ask(self, wanted: Ask) -> Reply | Failed:
        """The emulated printer's way to us."""
        try:
            reply = await self.http.request(
                wanted.method, wanted.url, content=wanted.body, headers=dict(wanted.headers)
            )
        except httpx2.HTTPError:
            return Failed(Trouble.BROKEN, sent=True)
        return Reply(reply.status_code, dict(reply.headers), reply.content)

    def star(self, *fails: str, **values: object) -> StarPrinter:
        """A printer that has been told this shop's URL."""
        return StarPrinter(self.url, self.ask, fails=fails, **values)  # type: ignore[arg-type]

    async def greet(self, star: StarPrinter) -> StarPrinter:
        """Let it answer what it is asked first."""
        assert await star.step() == ("idle" if star.old else "asked")
        await star.step()
        return star

    async def accept(self, key: str = "sale 1", document: bytes = RECEIPT, **values: object) -> Job:
        """Accept a job for the printer."""
        given = order(key, NAME, document, **values)  # type: ignore[arg-type]
        assert isinstance(given, Order)
        accepted = await self.desk.db.write(spool.accept, SHOP, given, self.desk.now_ms)
        assert isinstance(accepted, Accepted)
        self.stir()
        return accepted.jobs[0]

    def stir(self) -> None:
        """The topics' notices, without waiting for the loop to bring them."""
        self.reception.handover.stir(NAME)

    async def job(self, id_: str) -> Job:
        """A job as it stands."""
        found = await self.desk.db.read(spool.get, SHOP, id_)
        assert isinstance(found, Job)
        return found

    async def history(self, id_: str) -> list[str]:
        """What happened to it, in words."""
        lines: list[Line] = await self.desk.db.read(spool.history, SHOP, id_)
        return [line.event.value for line in lines]

    async def later(self, seconds: float) -> None:
        """So much later the clock looks around."""
        self.now_s += seconds
        await self.reception.tick()
        self.stir()


@asynccontextmanager
async def house(folder: Path, address: str = ADDRESS, scanned: Scanned | None = None) -> AsyncIterator[House]:
    """Open a shop on SQLite with one printer."""
    db = open_database(folder / "kvit.db", ROOMS)
    now_ms = int(START_S * 1000)
    kept = await db.write(printers.keep, SHOP, Printer(NAME, address), now_ms)
    assert isinstance(kept, Printer), kept
    token = await db.write(printers.fresh_token, SHOP, NAME, lambda count: bytes(range(count)), now_ms)
    assert isinstance(token, str)
    made = House(db, token, scanned)
    following = asyncio.create_task(made.reception.handover.run())
    await asyncio.sleep(0)
    try:
        yield made
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await made.http.aclose()
        db.close()


def states(jobs: Iterable[Job]) -> list[str]:
    """Their states."""
    return [job.state.value for job in jobs]
