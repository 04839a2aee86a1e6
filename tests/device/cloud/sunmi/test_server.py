"""Sunmi's printers fetch: listed, fetched once an attempt, believed, and never given a second original."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette

from kvit.db import Database, open_database
from kvit.device.adapters.clouds import hmac_sha256
from kvit.device.board import Board
from kvit.device.cloud.door import Desk
from kvit.device.cloud.sunmi.bell import Bell, Login
from kvit.device.cloud.sunmi.server import PRINT_S, Server
from kvit.device.cloud.sunmi.sign import signature
from kvit.device.press import Pressed, Wanted
from kvit.device.printers import service as printers
from kvit.device.printers.model import Origin, Printer
from kvit.device.printers.service import token_hash
from kvit.device.spool import service as spool
from kvit.device.spool.model import Evidence, Job, State
from kvit.device.spool.order import order
from kvit.net import Ask, Failed, Reply, Trouble
from kvit.paper.builder import Builder
from kvit.paper.document import print_document
from kvit.refusal import Refusal

SHOP, NAME, TOKEN, NUMBER = "shop-1", "kitchen", "word-of-the-kitchen", "N4113227P00012"
APP, KEY = "app-1", "app-key"
START_S = 1_800_000_000.0
LIST, INFO, STATUS = "getPrintTicketOrderId", "getPrintTicketInfo", "updatePrintTicketStatus"


class Shop:
    """A shop with one Sunmi printer that fetches."""

    def __init__(self, db: Database, login: Login | None) -> None:
        self.db = db
        self.now_s = 0.0
        self.asked: list[Ask] = []
        self.board = Board(self.clock)
        self.desk = Desk(
            db, SHOP, self._press, self.board, self.clock, lambda: self.now_s, lambda count: bytes(count),
            lambda event, values: None, "http://kvit.test",
        )  # fmt: skip
        self.server = Server(self.desk, {NAME: login} if login else {}, self._ask)
        self.login = login
        transport = httpx2.ASGITransport(Starlette(routes=self.server.routes()))
        self.http = httpx2.AsyncClient(transport=transport, base_url="http://kvit.test")
        printer = Printer(NAME, f"sunmi+sunmipull://{NUMBER}", Origin.FILE, token_hash=token_hash(TOKEN))
        db.write_now(printers.settle, SHOP, [printer], self.now_ms)

    @property
    def now_ms(self) -> int:
        return int(self.clock() * 1000)

    def clock(self) -> float:
        return START_S + self.now_s

    async def _press(self, wanted: Wanted) -> Pressed | Refusal:
        return Pressed(f"paper {wanted.copy}".encode(), "application/vnd.escpos")

    async def _ask(self, wanted: Ask) -> Reply | Failed:
        self.asked.append(wanted)
        return Failed(Trouble.AWAY)

    def accept(self, key: str = "sale 1") -> Job:
        given = order(key, NAME, print_document(Builder().text("Latte").document()))
        assert not isinstance(given, Refusal)
        accepted = self.db.write_now(spool.accept, SHOP, given, self.now_ms)
        assert not isinstance(accepted, Refusal)
        return accepted.jobs[0]

    def state(self, job: Job) -> State:
        found = self.db.write_now(spool.get, SHOP, job.id)
        assert isinstance(found, Job)
        return found.state

    async def ask(self, verb: str, token: str = TOKEN, **fields: str) -> httpx2.Response:
        told = {"msn": NUMBER, "app_id": APP, "timeStamp": str(int(self.clock())), **fields}
        if self.login:
            told.setdefault("sign", signature(told, self.login.key))
        self.server.handover.stir()
        return await self.http.get(f"/sunmi/{token}/printTicket/{verb}", params=told)

    async def said(self, verb: str, **fields: str) -> object:
        reply = await self.ask(verb, **fields)
        assert reply.status_code == 200
        return reply.json()["data"]


@contextlib.asynccontextmanager
async def opened(folder: Path, login: Login | None = None) -> AsyncIterator[Shop]:
    db = open_database(folder / "kvit.db", rooms=("kvit.device.spool", "kvit.device.printers"))
    shop = Shop(db, login)
    try:
        yield shop
    finally:
        await shop.http.aclose()
        shop.board.close()
        db.close()


async def test_a_job_is_listed_fetched_and_believed(tmp_path: Path) -> None:
    async with opened(tmp_path) as shop:
        assert await shop.said(LIST) is None
        job = shop.accept()
        assert await shop.said(LIST) == [job.id]
        assert shop.state(job) is State.QUEUED  # listing hands nothing out
        found = await shop.said(INFO, orderId=job.id)
        assert found == {"voiceCnt": 0, "voice": "", "voiceUrl": "", "orderCnt": 1, "data": b"paper 1".hex().upper()}
        assert shop.state(job) is State.CONFIRMING
        assert await shop.said(STATUS, orderId=job.id, status="1") == "success"
        got = shop.db.write_now(spool.get, SHOP, job.id)
        assert isinstance(got, Job)
        assert (got.state, got.evidence) == (State.PRINTED, Evidence.B)
        assert shop.board.light(NAME).link == "up"


async def test_what_was_fetched_is_not_listed_again_and_what_has_ended_not_given(tmp_path: Path) -> None:
    async with opened(tmp_path) as shop:
        job = shop.accept()
        first = await shop.said(INFO, orderId=job.id)
        assert await shop.said(LIST) is None
        assert await shop.said(INFO, orderId=job.id) == first  # the answer got lost on the way
        await shop.said(STATUS, orderId=job.id, status="1")
        again = await shop.ask(INFO, orderId=job.id)
        assert (again.json()["code"], again.json()["data"]) == (-1, None)
        assert await shop.said(LIST) is None


STATUSES = [
    ("1", State.PRINTED), ("0", State.UNKNOWN), ("7", State.UNKNOWN), ("", State.UNKNOWN),
    ("-1", State.BLOCKED), ("-2", State.BLOCKED), ("-3", State.BLOCKED),
]  # fmt: skip


@pytest.mark.parametrize(("status", "state"), STATUSES)
async def test_each_status(status: str, state: State, tmp_path: Path) -> None:
    async with opened(tmp_path) as shop:
        job, second = shop.accept("a"), shop.accept("b")
        await shop.said(INFO, orderId=job.id)
        await shop.said(STATUS, orderId=job.id, status=status)
        assert shop.state(job) is state
        assert await shop.said(LIST) == [second.id]  # nothing holds the queue


async def test_no_word_is_nobody_knows_and_a_late_word_counts(tmp_path: Path) -> None:
    async with opened(tmp_path) as shop:
        job = shop.accept()
        await shop.said(INFO, orderId=job.id)
        shop.now_s += PRINT_S - 1
        await shop.server.tick()
        assert shop.state(job) is State.CONFIRMING
        shop.now_s += 2
        await shop.server.tick()
        assert shop.state(job) is State.UNKNOWN
        assert await shop.said(STATUS, orderId=job.id, status="1") == "success"
        assert shop.state(job) is State.PRINTED


@pytest.mark.parametrize("order_id", ["", "nonsense", "0" * 32, "x" * 5000])
async def test_orders_nobody_made(order_id: str, tmp_path: Path) -> None:
    async with opened(tmp_path) as shop:
        job = shop.accept()
        assert (await shop.ask(INFO, orderId=order_id)).json()["code"] == -1
        assert (await shop.ask(STATUS, orderId=order_id, status="0")).json()["data"] == "fail"
        await shop.ask(STATUS, orderId=order_id, status="1")
        assert shop.state(job) is State.QUEUED


async def test_unknown_callers_and_another_printer(tmp_path: Path) -> None:
    async with opened(tmp_path) as shop:
        shop.accept()
        assert (await shop.ask(LIST, token="another")).status_code == 404
        assert (await shop.ask("deleteEverything")).status_code == 404
        stranger = await shop.ask(LIST, msn="N999")
        assert (stranger.status_code, stranger.json()["data"]) == (403, None)
        assert shop.board.light(NAME).mismatch == "N999"
        await shop.ask(LIST)
        assert shop.board.light(NAME).mismatch == ""


@pytest.mark.parametrize(
    "fields", [{"sign": "0" * 32}, {"sign": ""}, {"timeStamp": "1"}, {"timeStamp": "x"}, {"timeStamp": "9" * 40}]
)
async def test_with_a_key_the_signature_is_demanded(fields: dict[str, str], tmp_path: Path) -> None:
    async with opened(tmp_path, Login(APP, KEY)) as shop:
        job = shop.accept()
        assert await shop.said(LIST) == [job.id]
        assert (await shop.ask(LIST, **fields)).status_code == 403


async def test_the_bell_rings_only_where_something_waits(tmp_path: Path) -> None:
    async with opened(tmp_path, Login(APP, KEY)) as shop:
        bell: Bell = shop.server.bell
        assert not await bell.ring(NAME)
        shop.accept()
        assert await bell.ring(NAME)
        (asked,) = shop.asked
        assert asked.url == "https://openapi.sunmi.com/v2/printer/open/open/ticket/newTicketNotify"
        assert asked.body == b'{"sn":"N4113227P00012"}'
        stamp = asked.headers["Sunmi-Timestamp"]
        assert asked.headers["Sunmi-Sign"] == hmac_sha256(KEY, asked.body.decode(), APP, stamp, "000000")
        assert "app-key" not in repr(Login(APP, KEY)) + repr(asked)
