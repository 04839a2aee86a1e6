"""The server printers call: one URL a printer, for polls, results and status notifications.

    POST /sdp/{token}      a form (`form`); answered with a job, or with nothing (200, no body)

What is answered is decided by `dealing`, one for each printer, in memory; jobs come and go through
`kvit.device.cloud.handover`. A poll without work reads no table and writes none. Whatever a printer says that is none of
these is 400, another machine's ID is 403 and shown on the board, an unknown word the door's 404; a login, where one is
set, is asked for first (401).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from kvit.device.adapters import address
from kvit.device.cloud.door import NO_STORE, BodyTooLong, Desk, Room, body_of, nobody
from kvit.device.cloud.handover import Handover, Taken
from kvit.device.cloud.sdp import form as forms
from kvit.device.cloud.sdp import job_name, response, status
from kvit.device.cloud.sdp.dealing import Dealing, Flight, Judged, What
from kvit.device.cloud.sdp.digest import Gate, Login
from kvit.device.cloud.sdp.form import Ask, Form
from kvit.device.cloud.sdp.request import EMPTY, Print, too_large
from kvit.device.cloud.sdp.request import write as write_request
from kvit.device.cloud.sdp.verdict import AT_ONCE, End, Verdict
from kvit.device.press import Pressed
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Event, Evidence, Heard, Job
from kvit.refusal import Refusal
from kvit.wire import WireError

TICK_S: Final = 1.0
STOPS: Final = frozenset({"cover", "paper", "cutter", "error", "offline"})
"""Troubles of the board that keep this printer from printing; the others are about who calls, and whether."""
STOPPED: Final = {"paper": Event.PAPER_END, "cover": Event.COVER_OPEN}
MISMATCH_S: Final = 600.0
"""So long after another machine called in, the board says so."""
WELL_UNTOLD: Final = {"paper": "unknown", "cover_open": None, "error": "", "online": True}
"""After a probe that was done and told nothing."""
HEADERS: Final = {**NO_STORE, "content-type": "text/xml; charset=utf-8"}
NOTHING: Final = Response(b"", headers=HEADERS)


@dataclass(slots=True)
class Station:
    """One printer as it is dealt with; a printer whose address changed is another one."""

    dealing: Dealing
    address: str
    id: str
    """What it must call itself; empty: whatever it likes."""
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    mismatch_s: float = float("-inf")
    astray: bool = False
    """Something broke while an attempt began or ended: the spool may hold one nobody here knows of."""


def room(logins: Mapping[str, tuple[str, str]]) -> Room:
    """Give the room, for printers of which some (by name) have a login, user and password, beside the word in their URL."""
    return lambda desk: Server(desk, {name: Login(*login) for name, login in logins.items()}).routes()


def routes(desk: Desk) -> Sequence[BaseRoute]:
    """Give the room of printers without logins."""
    return Server(desk, {}).routes()


class Server:
    """All printers of this protocol."""

    def __init__(self, desk: Desk, logins: Mapping[str, Login]) -> None:
        self.desk = desk
        self.handover = Handover(desk)
        self.stations: dict[str, Station] = {}
        self._logins = logins
        self._gate = Gate(desk.random(32))

    def routes(self) -> list[BaseRoute]:
        """Give the one route; what is done by the clock goes to the desk's watches."""
        self.desk.watches.extend((self.handover.run, self._watch))
        return [Route("/sdp/{token}", self.call, methods=["POST", "GET"])]

    async def call(self, request: Request) -> Response:
        """Answer a printer."""
        printer = await self.handover.known(request.path_params["token"])
        station = None if printer is None else self._station(printer)
        if printer is None or station is None:
            return nobody()
        refused = self._login_wanted(printer, request)
        if refused:
            return Response(b"", 401, {**HEADERS, "www-authenticate": refused})
        if request.method != "POST":  # manuals speak of a dummy request before the first login, and not of its method
            return Response(b"", 405, {**HEADERS, "allow": "POST"})
        try:
            form = forms.read(await body_of(request, forms.BYTES_MAX))
        except BodyTooLong:
            return Response(b"", 413, HEADERS)
        except WireError as error:
            return self._bad(printer, error)
        if station.id and form.id.lower() != station.id.lower():
            return self._stranger(printer, station, form)
        return await self._answer(printer, station, form, request)

    async def _answer(self, printer: Printer, station: Station, form: Form, request: Request) -> Response:
        expired = self.desk.monotonic() - station.mismatch_s > MISMATCH_S
        self.desk.board.seen(printer.name, **({"mismatch": ""} if expired else {}))
        try:
            async with station.lock:
                if form.ask is Ask.RESULT:
                    await self._result(printer, station, response.read(form.file))
                elif form.ask is Ask.STATUS:
                    await self._status(printer, station, status.read(form.file))
                else:
                    return await self._poll(printer, station, form, request)
        except WireError as error:
            return self._bad(printer, error)
        return NOTHING

    # Who calls

    def _station(self, printer: Printer) -> Station | None:
        known = self.stations.get(printer.name)
        if known is not None and known.address == printer.address:
            return known
        parsed = address.parse(printer.address)
        if isinstance(parsed, Refusal) or parsed.transport.kind != "sdp":
            return None
        spooler = {"yes": True, "no": False}.get(printer.facts.get("spooler", ""))
        dealing = Dealing(printer.facts.get("sdp_version", ""), spooler)
        made = self.stations[printer.name] = Station(dealing, printer.address, parsed.transport.path)
        return made

    def _login_wanted(self, printer: Printer, request: Request) -> str:
        """Give the challenge for a caller that has not logged in as it should; empty: it may pass."""
        login = self._logins.get(printer.name)
        if login is None:
            return ""
        query = request.url.query
        target = request.url.path + (f"?{query}" if query else "")
        header = request.headers.get("authorization", "")
        refused = self._gate.check(login, header, request.method, target, self.desk.monotonic())
        return "" if refused is None else refused.challenge

    def _stranger(self, printer: Printer, station: Station, form: Form) -> Response:
        now_s = self.desk.monotonic()
        if now_s - station.mismatch_s > MISMATCH_S:  # it calls every few seconds; the log is told once
            self.desk.log("sdp.mismatch", {"printer": printer.name, "wanted": station.id})
        station.mismatch_s = now_s
        self.desk.board.change(printer.name, mismatch=form.id or "no ID")
        return Response(b"", 403, HEADERS)

    def _bad(self, printer: Printer, error: WireError) -> Response:
        self.desk.log("sdp.bad", {"printer": printer.name, "reason": error.reason, "offset": error.offset})
        return Response(b"", 400, HEADERS)

    # Polls

    async def _poll(self, printer: Printer, station: Station, form: Form, call: Request) -> Response:
        dealing, now_s = station.dealing, self.desk.monotonic()
        dealing.polled(now_s)
        await self._learn(printer, {"id": form.id, "name": form.name})
        await self._overdue(printer.name, station)
        trouble = self._trouble(printer.name)
        if dealing.blocked and dealing.greeted and not trouble and now_s >= dealing.retry_s:
            await self._ready(printer, dealing)
        job = None
        if dealing.flight is None and not printer.held:
            job = await self.handover.next(printer.name)
        if job is not None and trouble and dealing.greeted and (dealing.probes or dealing.notifies):
            await self.handover.block(job.id, trouble)
            dealing.blocked = True
        what = dealing.move(now_s, waiting=job is not None, trouble=trouble)
        if what is What.JOB:
            assert job is not None
            return await self._job(printer, station, job, call)
        return self._empty(dealing, what)

    def _empty(self, dealing: Dealing, what: What) -> Response:
        dealing.gave(what, self.desk.monotonic())
        if what is What.NOTHING:
            return NOTHING
        name = dealing.flight.name if what is What.QUESTION and dealing.flight is not None else ""
        return Response(write_request([Print(EMPTY, name)], dealing.speaks), headers=HEADERS)

    async def _job(self, printer: Printer, station: Station, job: Job, call: Request) -> Response:
        async def still() -> bool:
            return not await call.is_disconnected()

        able = printer.able or Evidence.B
        station.astray = True
        taken = await self.handover.take(printer, job, able, against=_too_large, still=still)
        station.astray = False
        if taken is None:
            return NOTHING
        name = job_name.name_of(taken.job.id, taken.job.attempt)
        now_s, version = self.desk.monotonic(), station.dealing.speaks
        station.dealing.gave(What.JOB, now_s, Flight(taken.job.id, taken.pid, name, now_s, version))
        self.desk.board.change(printer.name, busy=True)
        body = write_request([Print(taken.pressed.data, name)], version)
        return Response(body, headers=HEADERS, background=BackgroundTask(self._out, taken))

    async def _out(self, taken: Taken) -> None:
        await self.handover.told(taken.job.id, Heard(Event.BYTES_OUT, taken.pid))

    # What the printer says

    async def _status(self, printer: Printer, station: Station, told: dict[str, int]) -> None:
        found = status.of_printer(told)
        if found is None:
            return
        station.dealing.notifies = True
        self.desk.board.change(printer.name, **status.values_of(found))
        if station.dealing.blocked and station.dealing.greeted and not self._trouble(printer.name):
            await self._ready(printer, station.dealing)

    async def _result(self, printer: Printer, station: Station, report: response.Report) -> None:
        dealing = station.dealing
        for judged in dealing.judge(report, self.desk.monotonic()):
            self._light(printer, judged)
            if judged.flight is not None:
                station.astray = True
                await self._ended(printer, dealing, judged.flight, judged.verdict)
                station.astray = False
            elif judged.name:
                await self._late(printer, judged)
        if report.refused:
            self.desk.log("sdp.refused", {"printer": printer.name, "summary": report.summary})
        self.desk.board.change(printer.name, busy=dealing.flight is not None)
        spooler = {None: "", True: "yes", False: "no"}[dealing.spooler]
        able = Evidence.B if printer.able is None and dealing.version else None
        await self._learn(printer, {"sdp_version": dealing.version, "spooler": spooler}, able)

    def _light(self, printer: Printer, judged: Judged) -> None:
        """Show what a result tells of the printer: its bits, or at least what its code says."""
        values: dict[str, Any] = dict(status.values_of(judged.status))
        if not values and judged.verdict.end is End.LOST:
            values = AT_ONCE.get(judged.verdict.reason, {})
        elif not values and judged.flight is None and not judged.name:
            values = WELL_UNTOLD
        if values:
            self.desk.board.change(printer.name, **values)

    async def _ended(self, printer: Printer, dealing: Dealing, flight: Flight, verdict: Verdict) -> None:
        if verdict.end is End.PRINTED:
            await self.handover.done(flight.id, flight.pid)
        elif verdict.end is End.ABSENT:
            dealing.not_taken(verdict.reason, self.desk.monotonic())
            await self.handover.absent(flight.id, flight.pid, verdict.reason)
        elif verdict.end is End.REFUSED:
            await self.handover.absent(flight.id, flight.pid, f"refused: {verdict.reason}")
        elif verdict.end is End.LOST:
            await self.handover.told(flight.id, Heard(Event.TIME_OUT, flight.pid, reason=verdict.reason))
        else:
            await self._spooled(flight, self._trouble(printer.name))

    async def _spooled(self, flight: Flight, trouble: str) -> None:
        """The printer holds the job: whether it stands still, and why, is a person's to know."""
        if trouble == flight.stopped:
            return
        flight.stopped = trouble
        event = STOPPED.get(trouble, Event.STOPPED) if trouble else Event.BACK_AGAIN
        told = (Heard(Event.BYTES_OUT, flight.pid), Heard(event, flight.pid, reason=trouble))
        await self.handover.told(flight.id, *told)

    async def _late(self, printer: Printer, judged: Judged) -> None:
        """A result of an attempt given up, or begun before the program started: good news is always taken."""
        named = job_name.read(judged.name)
        if named is None:
            return
        job = await self.desk.db.read(spool.get, self.desk.shop, named[0])
        if isinstance(job, Refusal) or job.printer != printer.name or job.pid is None:
            self.desk.log("sdp.foreign_result", {"printer": printer.name})
        elif judged.name.lower() != job_name.name_of(job.id, job.attempt):
            self.desk.log("sdp.stale_result", {"printer": printer.name, "job": job.id})
        elif judged.verdict.end is End.PRINTED:
            await self.handover.done(job.id, job.pid)

    # The printer's state

    def _trouble(self, printer: str) -> str:
        trouble = self.desk.board.light(printer).trouble
        return trouble if trouble in STOPS else ""

    async def _ready(self, printer: Printer, dealing: Dealing) -> None:
        dealing.blocked = False
        await self.handover.ready(printer.name)

    async def _learn(self, printer: Printer, facts: dict[str, str], able: Evidence | None = None) -> None:
        new = {name: value for name, value in facts.items() if value and printer.facts.get(name) != value}
        if new or able is not None:
            desk = self.desk
            await desk.db.write(printers.learned, desk.shop, printer.name, able, new, desk.now_ms)

    async def _overdue(self, printer: str, station: Station) -> None:
        flight = station.dealing.overdue(self.desk.monotonic(), self._trouble(printer))
        if flight is not None:
            reason = "spooled" if flight.spooled else "no answer"
            station.astray = True
            await self.handover.told(flight.id, Heard(Event.TIME_OUT, flight.pid, reason=reason))
            station.astray = False
            self.desk.board.change(printer, busy=False)

    # By the clock

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(TICK_S)
            await self.tick()

    async def tick(self) -> None:
        """Give up what nobody heard of for too long; say which printers stay away."""
        for name, station in list(self.stations.items()):
            async with station.lock:
                await self._overdue(name, station)
                if station.astray:
                    await self._find(name, station)
            if station.dealing.is_away(self.desk.monotonic()):
                await self._away(name, station)

    async def _find(self, printer: str, station: Station) -> None:
        """Give up an attempt the spool holds and nobody here does: its printer would wait for ever."""
        job = await self.desk.db.read(spool.holding, self.desk.shop, printer)
        if isinstance(job, Job) and station.dealing.flight is None:
            await self.handover.told(job.id, Heard(Event.TIME_OUT, job.pid, reason="no answer"))
        station.astray = False

    async def _away(self, printer: str, station: Station) -> None:
        station.dealing.heard_s = 0.0  # said once
        known = await self.desk.db.read(printers.printer, self.desk.shop, printer)
        if isinstance(known, Refusal):
            del self.stations[printer]
        else:
            self.desk.board.change(printer, link="down")


def _too_large(pressed: Pressed) -> str:
    return too_large(pressed.data)
