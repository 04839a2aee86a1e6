"""A shop with one printer behind a maker's emulated cloud: real HTTP, a real spool on SQLite, a clock to push."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

from kvit.db import Database, open_database
from kvit.device.adapters.clouds import Account
from kvit.device.board import Board
from kvit.device.cloud.door import Desk
from kvit.device.cloud.handover import Handover
from kvit.device.cloud.push.client import Client
from kvit.device.cloud.push.crew import Crew
from kvit.device.cloud.push.emulators.machine import Machine
from kvit.device.cloud.push.emulators.makers import MAKERS
from kvit.device.cloud.push.emulators.server import Asked, CloudEmulator
from kvit.device.cloud.push.runner import Runner, Waits
from kvit.device.press import Pressed, Wanted
from kvit.device.printers import service as printers
from kvit.device.printers.model import Origin, Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Job, Kind, Line, State
from kvit.device.spool.order import order
from kvit.net import Limits, ask
from kvit.paper.builder import Builder
from kvit.paper.document import print_document
from kvit.refusal import Refusal

SHOP = "shop-1"
NAME = "kitchen"
DEVICE = "921600012"
USER, KEY = "shop@example.com", "secret-key"
START_S = 1_800_000_000.0
PATIENT = Limits(connect_s=10, silence_s=10, whole_s=20)
"""No fault of the emulators has to be waited for, but one: a busy machine is no fault."""
DOCUMENT = print_document(Builder().text("Latte").document())
PATIENCE_S = 60.0
LONG_S = 2 * 60 * 60.0
"""A turn that still waits then has waited long enough for a test."""


class EnoughError(Exception):
    """A turn waits for what the test will not do."""


class CloudShop:
    """Everything a test wants to look at or to push."""

    def __init__(self, db: Database, cloud: CloudEmulator, port: int, kind: str, folder: Path, key: str = KEY) -> None:
        self.db = db
        self.cloud = cloud
        self.now_s = 0.0
        self.acts: list[tuple[float, Callable[[], object]]] = []
        """What happens when so many seconds have passed."""
        self.pressed: list[Wanted] = []
        self.texts: list[str] = []
        """What the press writes next; empty: "paper" and the copy's number."""
        self.logged: list[tuple[str, dict[str, object]]] = []
        self.told = asyncio.Event()
        self.board = Board(self.clock)
        self.chance = 0
        self.desk = Desk(
            db, SHOP, self._press, self.board, self.clock, lambda: self.now_s, self._random,
            self._log, "http://kvit.test",
        )  # fmt: skip
        self.printer = Printer(NAME, f"{kind}+http://127.0.0.1:{port}/{DEVICE}", Origin.FILE)
        self.folder = folder
        self.accounts = {NAME: Account(USER, key, device_key=key)}
        self.ask = functools.partial(ask, limits=PATIENT)
        crew = Crew(self.desk, self.accounts, self.ask, folder)
        client = crew.client(self.printer)
        assert client is not None
        self.client: Client = client
        db.write_now(printers.settle, SHOP, [self.printer], self.now_ms)
        self.runner = Runner(
            self.desk, Handover(self.desk), self.printer, client, self.pause, Waits(patience_s=PATIENCE_S)
        )

    @property
    def now_ms(self) -> int:
        return int(self.clock() * 1000)

    def clock(self) -> float:
        return START_S + self.now_s

    def _log(self, event: str, values: dict[str, object]) -> None:
        self.logged.append((event, values))
        self.told.set()

    def _random(self, count: int) -> bytes:
        self.chance += 1
        return self.chance.to_bytes(count, "big")

    async def _press(self, wanted: Wanted) -> Pressed | Refusal:
        self.pressed.append(wanted)
        text = self.texts.pop(0) if self.texts else f"paper {wanted.copy}"
        return Pressed(text.encode(), "text/plain")

    async def pause(self, seconds: float) -> None:
        """Let time pass at once."""
        self.now_s += seconds
        for at_s, act in list(self.acts):
            if self.now_s >= at_s:
                self.acts.remove((at_s, act))
                act()
        self.db.write_now(spool.expire, SHOP, self.now_ms)
        if self.now_s > LONG_S:
            raise EnoughError
        await asyncio.sleep(0)

    def later(self, at_s: float, *words: str) -> None:
        """Tell the cloud something when so many seconds have passed."""
        for word in words:
            self.acts.append((at_s, functools.partial(self.cloud.tell, word)))

    def accept(self, key: str = "sale 1", kind: Kind = Kind.RECEIPT, copies: int = 1) -> list[Job]:
        """Queue a job, or several copies of one."""
        given = order(key, NAME, DOCUMENT, kind, copies=copies)
        assert not isinstance(given, Refusal)
        accepted = self.db.write_now(spool.accept, SHOP, given, self.now_ms)
        assert not isinstance(accepted, Refusal)
        return list(accepted.jobs)

    async def turns(self, most: int = 6) -> None:
        """Let the printer's queue work until it has nothing to do, or so many turns."""
        with contextlib.suppress(EnoughError):
            for _ in range(most):
                self.runner._handover.stir()
                if not await self.runner.turn():
                    return

    def job(self, id_: str) -> Job:
        found = self.db.write_now(spool.get, SHOP, id_)
        assert isinstance(found, Job)
        return found

    def state(self, id_: str) -> State:
        return self.job(id_).state

    def history(self, id_: str) -> list[Line]:
        return self.db.write_now(spool.history, SHOP, id_)

    @property
    def paper(self) -> list[str]:
        """What came out, as the press wrote it."""
        self.cloud.machine.roll()
        return [bytes.fromhex(each).decode() if _is_hex(each) else each for each in self.cloud.machine.paper]

    @property
    def handed(self) -> int:
        """How often a paper was handed over."""
        return sum(self.cloud._maker.prints(asked) for asked in self.cloud.asked)


class Taker:
    """A program in the house that takes whatever comes."""

    def __init__(self, user: str, key: str) -> None:
        pass

    def prints(self, asked: Asked) -> bool:
        return True

    def answer(self, asked: Asked, machine: Machine) -> dict[str, Any]:
        machine.take(asked.body.decode(), asked.headers.get("idempotency-key", ""))
        return {}


@contextlib.asynccontextmanager
async def cloud_shop(kind: str, folder: Path, key: str = KEY) -> AsyncIterator[CloudShop]:
    """Open a shop; the maker's own account has `KEY`, the shop is told ``key``."""
    db = open_database(folder / "kvit.db", rooms=("kvit.device.spool", "kvit.device.printers"))
    clock = [START_S]
    cloud = CloudEmulator(MAKERS.get(kind, Taker)(USER, KEY), DEVICE, lambda: clock[0])
    port = await cloud.listen("127.0.0.1", 0)
    shop = CloudShop(db, cloud, port, kind, folder / "tokens", key)
    cloud._clock = shop.clock
    try:
        yield shop
    finally:
        await cloud.close()
        shop.board.close()
        db.close()


def _is_hex(text: str) -> bool:
    try:
        return bool(bytes.fromhex(text))
    except ValueError:
        return False
