"""What Sunmi's printers ask of us, one URL a printer (the base URL entered at Sunmi's partner site is ``…/sunmi/TOKEN``).

    GET /sunmi/{token}/printTicket/getPrintTicketOrderId        which orders wait: one id, or null
    GET /sunmi/{token}/printTicket/getPrintTicketInfo           an order's bytes, in hex
    GET /sunmi/{token}/printTicket/updatePrintTicketStatus      1 printed, 0 failed, -1 -2 -3 could not read our answer

An order's id is the job's. It is listed while it waits, and never again once its bytes were fetched: a printer whose
"printed" got lost would print it twice. The bytes of the attempt that is under way may be fetched again; those of one that
has ended not, though the document wants that for the button "print again": a second paper has to say COPY, and is made
here. "Failed" does not say how much is on paper, so a person is asked. A late "printed" counts.

The document calls the parameters a body of a GET; they are taken from the query and from a form. With ``user`` and
``password`` (the application and its key) in kvit.toml the signature is demanded; without, the word in the URL is all.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from kvit.device.adapters import address
from kvit.device.cloud.door import NO_STORE, BodyTooLong, Desk, Room, body_of, nobody
from kvit.device.cloud.handover import Handover, Taken
from kvit.device.cloud.sunmi.bell import Bell, Login
from kvit.device.cloud.sunmi.sign import is_signed
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Evidence, Heard
from kvit.net import Asking
from kvit.refusal import Refusal

BODY_BYTES_MAX: Final = 4096
"""Six short parameters."""
OLD_S: Final = 600
"""A signed question older than this, or so far ahead, is an old one come again, or a clock that is wrong."""
PRINT_S: Final = 120.0
"""From the bytes fetched to the printer's word; then nobody knows."""
TICK_S: Final = 1.0
UNREAD: Final = ("-1", "-2", "-3")
"""Statuses of a printer that could not read our answer: nothing was printed of it."""


@dataclass(frozen=True, slots=True)
class Flight:
    """The order a printer has, since when."""

    taken: Taken
    since_s: float


def room(logins: Mapping[str, tuple[str, str]], ask: Asking) -> Room:
    """Give the room; ``logins`` by printer: Sunmi's application and its key."""
    return lambda desk: Server(desk, {name: Login(*login) for name, login in logins.items()}, ask).routes()


class Server:
    """All printers of this kind."""

    def __init__(self, desk: Desk, logins: Mapping[str, Login], ask: Asking) -> None:
        self.desk = desk
        self.handover = Handover(desk)
        self.flights: dict[str, Flight] = {}
        self._logins = logins
        self.bell = Bell(desk, logins, ask)

    def routes(self) -> list[BaseRoute]:
        """Give the routes; what is done by the clock goes to the desk's watches."""
        self.desk.watches.extend((self.handover.run, self.bell.run, self._watch))
        return [Route("/sunmi/{token}/printTicket/{verb}", self.call, methods=["GET", "POST"])]

    async def call(self, request: Request) -> Response:
        """Answer a printer."""
        printer = await self.handover.known(request.path_params["token"])
        verb = _VERBS.get(request.path_params["verb"])
        number = None if printer is None else _number(printer)
        if printer is None or verb is None or number is None:
            return nobody()
        try:
            form = await body_of(request, BODY_BYTES_MAX)
        except BodyTooLong:
            return _no("too long", 413)
        fields = {**dict(request.query_params), **dict(parse_qsl(form.decode("utf-8", "replace")))}
        wrong = self._wrong(printer, number, fields)
        if wrong:
            self.desk.log("sunmi.refused", {"printer": printer.name, "reason": wrong})
            return _no(wrong, 403)
        self.desk.board.seen(printer.name, mismatch="")
        return await verb(self, printer, fields)

    def _wrong(self, printer: Printer, number: str, fields: dict[str, str]) -> str:
        login = self._logins.get(printer.name)
        if number and fields.get("msn", "").lower() != number.lower():
            self.desk.board.change(printer.name, mismatch=fields.get("msn", "")[:40] or "no number")
            return "another printer"
        if login is None:
            return ""
        time = fields.get("timeStamp", fields.get("timestamp", ""))
        if not time.isascii() or not time.isdigit() or abs(int(time[:12]) - self.desk.clock()) > OLD_S:
            return "time"
        return "" if is_signed(fields, login.key) else "signature"

    async def _list(self, printer: Printer, fields: dict[str, str]) -> Response:
        job = None if printer.held else await self.handover.next(printer.name)
        return _yes([job.id] if job is not None else None)

    async def _info(self, printer: Printer, fields: dict[str, str]) -> Response:
        order, flight = fields.get("orderId", ""), self.flights.get(printer.name)
        if flight is None and not printer.held:
            job = await self.handover.next(printer.name)
            if job is not None and job.id == order:
                taken = await self.handover.take(printer, job, Evidence.B)
                if taken is not None:
                    flight = self.flights[printer.name] = Flight(taken, self.desk.monotonic())
                    await self.handover.told(job.id, Heard(Event.BYTES_OUT, taken.pid))
        if flight is None or flight.taken.job.id != order:
            return _no("no such order")
        data = flight.taken.pressed.data.hex().upper()
        return _yes({"voiceCnt": 0, "voice": "", "voiceUrl": "", "orderCnt": 1, "data": data})

    async def _status(self, printer: Printer, fields: dict[str, str]) -> Response:
        order, status = fields.get("orderId", ""), fields.get("status", "")
        flight = self.flights.get(printer.name)
        if flight is not None and flight.taken.job.id == order:
            taken = flight.taken
            if status == "1":
                await self.handover.done(order, taken.pid)
            elif status in UNREAD:
                await self.handover.absent(order, taken.pid, f"refused: status {status}")
            else:
                await self.handover.told(order, Heard(Event.TIME_OUT, taken.pid, reason=f"status {status[:8]}"))
            del self.flights[printer.name]
        elif status == "1":
            await self._late(printer, order)
        else:
            return _no("no such order", data="fail")
        return _yes("success")

    async def _late(self, printer: Printer, order: str) -> None:
        """An order of before a time-out, or before a restart: its last attempt is the one that was fetched."""
        job = await self.desk.db.read(spool.get, self.desk.shop, order[:64])
        if not isinstance(job, Refusal) and job.printer == printer.name and job.pid is not None:
            await self.handover.done(job.id, job.pid)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            await self.tick()

    async def tick(self) -> None:
        """Give up what no printer has said a word of for too long: nobody knows then."""
        for name, flight in list(self.flights.items()):
            if self.desk.monotonic() - flight.since_s > PRINT_S:
                del self.flights[name]
                heard = Heard(Event.TIME_OUT, flight.taken.pid, reason="no word")
                await self.handover.told(flight.taken.job.id, heard)


_VERBS: Final = {
    "getPrintTicketOrderId": Server._list,
    "getPrintTicketInfo": Server._info,
    "updatePrintTicketStatus": Server._status,
}


def _number(printer: Printer) -> str | None:
    """The serial number a printer must say, empty for any; None: no printer of this kind."""
    parsed = address.parse(printer.address)
    return None if isinstance(parsed, Refusal) or parsed.transport.kind != "sunmipull" else parsed.transport.path


def _yes(data: Any) -> Response:
    return JSONResponse({"code": 1, "data": data, "msg": ""}, headers=NO_STORE)


def _no(reason: str, status: int = 200, data: Any = None) -> Response:
    return JSONResponse({"code": -1, "data": data, "msg": reason}, status, headers=NO_STORE)
