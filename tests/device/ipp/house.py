"""A shop's printers' door with IPP behind it, on a real port; and what a desktop would send."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from kvit.app.serving import Window, listen
from kvit.db import Database, open_database
from kvit.device.board import Board
from kvit.device.cloud.door import Desk, printers_app
from kvit.device.ipp import paper, server
from kvit.device.ipp import value as v
from kvit.device.ipp.message import Message, decode, encode
from kvit.device.ipp.settings import IppSettings
from kvit.device.ipp.value import Attribute, Group, GroupTag
from kvit.device.press import Pressed, Wanted, press
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Evidence, Heard, Job, Payload
from kvit.device.spool.service import Begun
from kvit.device.spool.store import Filter
from kvit.paper.document import print_document
from kvit.refusal import Refusal

SHOP = "shop-1"
ROOMS = ("kvit.device.spool", "kvit.device.printers", "kvit.device.ipp")
ADDRESS = "escpos+tcp://127.0.0.1:9?paper=80"


@dataclass
class House:
    """Everything a test looks at."""

    db: Database
    desk: Desk
    port: int
    now_s: float = 1_700_000_000.0
    said: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    def uri(self, printer: str = "counter") -> str:
        """A printer's address."""
        return f"ipp://127.0.0.1:{self.port}/ipp/print/{printer}"

    def jobs(self) -> list[Job]:
        """All jobs of the spool, oldest first."""
        return self.db.read_now(spool.search, SHOP, Filter())[::-1]

    def ends(self, *events: Event, able: Evidence = Evidence.C) -> None:
        """The printer takes what waits; then this happens to each job."""
        now_ms = self.desk.now_ms
        while (job := self.db.read_now(spool.next_for, SHOP, "counter", now_ms)) is not None:
            begun = self.db.write_now(spool.begin, SHOP, job.id, able, now_ms)
            assert isinstance(begun, Begun)
            for event in events:
                self.db.write_now(spool.note, SHOP, job.id, Heard(event, begun.job.pid), now_ms)
            if not events:
                return

    def payload(self, job: Job) -> Payload:
        """What a job prints."""
        found = self.db.read_now(spool.payload, SHOP, job.id)
        assert isinstance(found, Payload)
        return found

    def request(
        self, code: int, *more: Attribute, job: tuple[Attribute, ...] = (), printer: str = "counter", version: int = 2
    ) -> Message:
        """A request as desktops make it."""
        head = [
            v.charset("attributes-charset", "utf-8"),
            v.language("attributes-natural-language", "en"),
            v.uri("printer-uri", self.uri(printer)),
        ]
        groups = [Group(GroupTag.OPERATION, (*head, *more))]
        if job:
            groups.append(Group(GroupTag.JOB, job))
        return Message(code, next(self.numbers), tuple(groups), (version, 0))

    async def post(self, body: bytes, path: str = "/ipp/print/counter", *headers: str) -> tuple[int, bytes]:
        """Post bytes; give the HTTP status and the body."""
        lines = [f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close", *headers]
        if not any(line.lower().startswith("content-type") for line in headers):
            lines.append("Content-Type: application/ipp")
        if not any(line.lower().startswith(("content-length", "transfer-encoding")) for line in headers):
            lines.append(f"Content-Length: {len(body)}")
        return await self.talk("\r\n".join(lines).encode() + b"\r\n\r\n" + body)

    async def talk(self, data: bytes) -> tuple[int, bytes]:
        """Send bytes as they are; give the answer's status and body."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(data)
        with contextlib.suppress(ConnectionError):
            await writer.drain()
        answer = await reader.read()
        writer.close()
        head, _, body = answer.partition(b"\r\n\r\n")
        return int(head.split(b" ")[1]), body

    async def ask(self, message: Message, document: bytes = b"", printer: str = "counter") -> Message:
        """Make a request; give the answer."""
        status, body = await self.post(encode(message, document), f"/ipp/print/{printer}")
        assert status == 200, (status, body)
        answer, rest = decode(body)
        assert rest == b""
        assert answer.request == message.request
        return answer


async def read_here(media_type: str, data: bytes, width_dots: int, charset: str) -> bytes | Refusal:
    """The worker's job, done in place."""
    made = paper.document_of(media_type, data, width_dots, charset)
    return made if isinstance(made, Refusal) else print_document(made)


async def press_here(wanted: Wanted) -> Pressed | Refusal:
    """The press, in place."""
    return press(wanted)


@contextlib.asynccontextmanager
async def house(folder: Path, settings: IppSettings | None = None, *, address: str = ADDRESS) -> AsyncIterator[House]:
    """Open a shop with one printer, ``counter``."""
    db = open_database(folder / "kvit.db", ROOMS)
    sock = listen("127.0.0.1", 0)
    port = sock.getsockname()[1]
    made: list[House] = []
    chance = itertools.count(1)
    desk = Desk(
        db=db,
        shop=SHOP,
        press=press_here,
        board=Board(lambda: made[0].now_s),
        clock=lambda: made[0].now_s if made else 1_700_000_000.0,
        monotonic=lambda: made[0].now_s,
        random=lambda size: next(chance).to_bytes(size, "big"),
        log=lambda what, values: made[0].said.append((what, values)),
        base_url=f"http://127.0.0.1:{port}",
    )
    made.append(House(db, desk, port))
    await db.write(printers.settle, SHOP, [Printer("counter", address)], 0)
    window = Window(printers_app(desk, lambda each: server.routes(each, settings or IppSettings(), read_here)), sock)
    await window.start()
    try:
        yield made[0]
    finally:
        await window.stop()
        desk.board.close()
        db.close()
