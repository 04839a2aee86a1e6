"""A station and a server in one process for tests: two data bases, the server's pages called without a socket."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx2
from starlette.types import ASGIApp

from kvit.access.model import Identity, user_actor
from kvit.access.role import permissions
from kvit.app import centre as centres
from kvit.app import pairing as pairings
from kvit.app.centre import Asking, Centre
from kvit.app.digester import Digester
from kvit.app.inbox import Inbox
from kvit.app.intake import Intake
from kvit.app.roles import KINDS
from kvit.app.rooms import MIGRATIONS
from kvit.app.uploading import Uploading
from kvit.chain import outbox, pairing
from kvit.chain.noting import NotingDatabase
from kvit.db import Database, open_database
from kvit.net.exchange import Ask, Failed, Limits, Reply, Trouble
from kvit.receipt import parcel, service
from kvit.receipt.store import Filter, Summary
from kvit.refusal import Refusal
from kvit.relay import reading as relay
from kvit.relay.settings import LineSettings
from kvit.shop import ShopSettings
from kvit.web import staff_app
from tests.receipt.printouts import SHOP
from tests.web.house import House, open_house

URL = "http://127.0.0.1:7003"
OWNER = Identity(SHOP, user_actor("0" * 12), "owner", permissions("owner"))
LINE = LineSettings("till-1", "tcp://127.0.0.1:0", "tcp://127.0.0.1:1", profile="TM-T88V")
MARK = "0123456789abcdef"


def paper(number: int) -> bytes:
    """A receipt's bytes, other ones for each number."""
    return b"\x1b@Corner Cafe\nLatte            4.50\nNo %05d\nTOTAL            4.50\n\x1dVB\x00" % number


def printout(number: int, raw: bytes | None = None) -> relay.Printout:
    """A printout of a line, at a place of its own."""
    return relay.Printout("till-1", number * 1000, raw or paper(number), b"", 1000, 2000 + number, "x", "cut")


@dataclass
class Wire:
    """The line to the server: calls it, or does not, or loses what it says. ``faults`` are used up one a request."""

    app: ASGIApp
    faults: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    async def __call__(self, wanted: Ask, limits: Limits) -> Reply | Failed:
        self.asked.append(wanted.url.removeprefix(URL))
        fault = self.faults.pop(0) if self.faults else ""
        if fault == "away":
            return Failed(Trouble.AWAY, False)
        self.bodies.append(wanted.body)
        reply = await self.call(wanted)
        if fault == "twice":
            reply = await self.call(wanted)
        return Failed(Trouble.BROKEN, True) if fault == "answer lost" else reply

    async def call(self, wanted: Ask) -> Reply:
        """Ask the server."""
        transport = httpx2.ASGITransport(self.app)
        async with httpx2.AsyncClient(transport=transport) as client:
            got = await client.request(wanted.method, wanted.url, content=wanted.body, headers=dict(wanted.headers))
        return Reply(got.status_code, dict(got.headers), got.content)


@dataclass
class Pair:
    """Both machines."""

    server: House
    station: Database
    folder: Path
    wire: Wire
    digester: Digester
    told: list[tuple[str, dict[str, object]]]
    now_s: list[float]

    def intake(self) -> Intake:
        """The station's intake."""
        return Intake(self.station, SHOP, self.digester, lambda event, values: None)

    def sender(self, asking: Asking | None = None) -> Uploading:
        """A fresh sender, as after a start of the station."""
        return Uploading(
            self.station, SHOP, self.folder, KINDS, lambda tx: parcel.everything(tx, SHOP), asking or self.wire,
            secrets.token_bytes, lambda: self.now_s[0], lambda event, values: self.told.append((event, values)),
        )  # fmt: skip

    async def drain(self, tries: int = 60) -> None:
        """Send until nothing waits."""
        sender = self.sender()
        for _ in range(tries):
            await sender.send()
            if not (await self.station.read(outbox.backlog)).count:
                return
        raise AssertionError(f"still waiting: {sender.standing}")

    async def pair(self, name: str = "Till room", folder: Path | None = None) -> Centre:
        """Make a code at the server and use it."""
        code = pairing.fresh_code(secrets.token_bytes)
        ends = await self.server.db.write(pairing.new_code, OWNER, code, name, int(self.now_s[0]))
        assert not isinstance(ends, Refusal), ends
        made = await pairings.paired(folder or self.folder, URL, code, self.wire, secrets.token_bytes)
        assert isinstance(made, Centre), made
        return made

    def receipts(self, db: Database) -> list[Summary]:
        """What a side has, oldest first."""
        page = db.read_now(service.list_page, SHOP, Filter(), "", 200)
        assert not isinstance(page, Refusal)
        return sorted(page.receipts, key=lambda one: one.n)


@contextmanager
def open_pair(folder: Path, shops: Callable[[str], ShopSettings | None] | None = None) -> Iterator[Pair]:
    """Make both machines in a folder."""
    (folder / "server").mkdir()
    (folder / "station").mkdir()
    with ExitStack() as stack:
        house = stack.enter_context(open_house(folder / "server"))
        digester = Digester(processes=0)
        own: Any = shops or (lambda id_: house.context.shop if id_ == SHOP else None)
        log = house.context.log
        inbox = Inbox(house.db, digester, own, house.context.clock, log)
        house.context = replace(house.context, shops=own, deliver=inbox.deliver)
        plain = stack.enter_context(open_database(folder / "station" / "kvit.db", rooms=MIGRATIONS))
        plain.write_now(outbox.begin, MARK, lambda tx: parcel.everything(tx, SHOP), lambda: secrets.token_hex(8), 0)
        station = NotingDatabase(plain, KINDS, lambda: secrets.token_hex(8), lambda: house.now_s[0])
        yield Pair(
            house, station, folder / "station", Wire(staff_app(house.context)), digester, [], house.now_s
        )  # fmt: skip


def paired_again(folder: Path) -> Centre | None:
    """The pairing on disk."""
    return centres.read(folder)
