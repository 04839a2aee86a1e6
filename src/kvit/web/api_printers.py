"""The API's printers: how they stand, alarms, adding and removing, test prints; and the stream of what happens."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import ExitStack
from typing import Annotated

import msgspec
from starlette.responses import Response, StreamingResponse

from kvit.device.printers.service import TOPIC as PRINTERS
from kvit.device.spool import service as spool
from kvit.device.spool import tally
from kvit.device.spool.service import TOPIC as SPOOL
from kvit.device.spool.tally import Happened
from kvit.refusal import Refusal
from kvit.web import job_acts
from kvit.web.alarms import alarms
from kvit.web.api_rows import AlarmList, AlarmRow, JobRow, PrinterList, PrinterRow, job_row, moment, printer_row
from kvit.web.door import Call
from kvit.web.jobs import PrinterName, now_ms
from kvit.web.rights import MANAGE_PRINTERS, PRINT_JOBS, SEE_JOBS
from kvit.web.routes import Table
from kvit.web.standing import call_url, every, one, trial_print
from kvit.web.watch import Names, event, pulses, still_in, touched

LATE_MS = 2_000
"""A line of history bears the time it was decided at and may be seen later, when its transaction is: so far back is looked
again, and what was told is known by its number."""
TOLD_MAX = 20_000
BACK_MS_MAX = 3_600_000
"""Who comes back after longer asks for the list."""

Address = Annotated[str, msgspec.Meta(min_length=1, max_length=400)]


class NewPrinter(msgspec.Struct, forbid_unknown_fields=True):
    """A printer to be: its name for good, and its address (docs/protocols/adapters.md)."""

    name: PrinterName
    address: Address


class AddedPrinter(msgspec.Struct):
    """The printer; ``url`` is what one that calls in is told, this once."""

    printer: PrinterRow
    url: str | None


class Held(msgspec.Struct):
    """Whether it is stopped."""

    held: bool


class Url(msgspec.Struct):
    """The address a printer is to call; it is told this once."""

    url: str


class StandIn(msgspec.Struct):
    """The printer that takes over; empty: none."""

    printer: Annotated[str, msgspec.Meta(max_length=64)]


class Gone(msgspec.Struct):
    """It is removed."""

    name: str


def add_api_printers(table: Table) -> None:
    """Add the printers' routes."""
    _add_looking(table)
    _add_doing(table)
    _add_managing(table)

    @table.get("/api/v1/events", needs=SEE_JOBS, stream=True)
    async def get_events(call: Call) -> Response:
        """Tell of every step of every job, and of printers whose state changed (server-sent events).

        ``job`` has id, printer, event and state; ``printer`` a printer as it is now. Who comes back with Last-Event-ID is
        told what it missed in the last hour.
        """
        back = call.request.headers.get("last-event-id", "")
        since = int(back) if back.isascii() and back.isdigit() and len(back) < 16 else now_ms(call)
        stream = Happenings(call, max(since, now_ms(call) - BACK_MS_MAX))
        return StreamingResponse(stream.events(), media_type="text/event-stream", headers={"x-accel-buffering": "no"})


def _add_looking(table: Table) -> None:
    @table.get("/api/v1/printers", needs=SEE_JOBS)
    async def list_printers(call: Call) -> PrinterList:
        """List printers as they stand."""
        return PrinterList([printer_row(call.shop, each) for each in await every(call.context)])

    @table.get("/api/v1/printers/{name}", needs=SEE_JOBS)
    async def get_printer(call: Call, name: PrinterName) -> PrinterRow | Refusal:
        """Give one printer as it stands."""
        return await _row(call, name)

    @table.get("/api/v1/alarms", needs=SEE_JOBS)
    async def list_alarms(call: Call) -> AlarmList:
        """List printers that can not print now, and say how many papers nobody knows about."""
        asked = await call.context.db.read(spool.asked, call.shop.id, now_ms(call))
        rows = [
            AlarmRow(each.printer, each.trouble, each.what, each.todo, moment(call.shop, each.since_ms))
            for each in alarms(call)
        ]
        return AlarmList(rows, len(asked))


async def _row(call: Call, name: str) -> PrinterRow | Refusal:
    found = await one(call.context, name)
    return found if isinstance(found, Refusal) else printer_row(call.shop, found)


def _add_doing(table: Table) -> None:
    @table.post("/api/v1/printers/{name}/test", needs=PRINT_JOBS)
    async def test_printer(call: Call, name: PrinterName) -> JobRow | Refusal:
        """Print a test paper; its end is the truth about the printer."""
        assert call.user is not None
        made = await trial_print(call.context, call.user, call.language, name)
        return made if isinstance(made, Refusal) else job_row(call.shop, made)

    @table.post("/api/v1/printers/{name}/hold", needs=MANAGE_PRINTERS)
    async def hold_printer(call: Call, name: PrinterName, body: Held) -> PrinterRow | Refusal:
        """Stop a printer, or let it go on."""
        assert call.user is not None
        done = await call.context.db.write(job_acts.hold, call.user, name, body.held, now_ms(call))
        return done if isinstance(done, Refusal) else await _row(call, name)

    @table.post("/api/v1/printers/{name}/probe", needs=MANAGE_PRINTERS)
    async def probe_printer(call: Call, name: PrinterName) -> PrinterRow | Refusal:
        """Ask a printer who it is and what it can prove."""
        refused = await call.context.delivery.probe(name)
        return refused or await _row(call, name)


def _add_managing(table: Table) -> None:
    @table.post("/api/v1/printers", needs=MANAGE_PRINTERS)
    async def post_printer(call: Call, body: NewPrinter) -> AddedPrinter | Refusal:
        """Add a printer. One that calls in gets its address, told this once."""
        assert call.user is not None
        made = await call.context.db.write(job_acts.add, call.user, body.name, body.address, now_ms(call))
        if isinstance(made, Refusal):
            return made
        url = await call_url(call.context, call.user, made.name) if job_acts.calls_in(made) else None
        row = await _row(call, made.name)
        if isinstance(url, Refusal) or isinstance(row, Refusal):
            return url if isinstance(url, Refusal) else Refusal("device.printer_unknown", {"name": made.name})
        return AddedPrinter(row, url)

    @table.delete("/api/v1/printers/{name}", needs=MANAGE_PRINTERS)
    async def delete_printer(call: Call, name: PrinterName) -> Gone | Refusal:
        """Forget a printer that a page or a program added; its jobs stay."""
        assert call.user is not None
        done = await call.context.db.write(job_acts.remove, call.user, name, now_ms(call))
        return done if isinstance(done, Refusal) else Gone(done.name)

    @table.post("/api/v1/printers/{name}/word", needs=MANAGE_PRINTERS)
    async def post_printer_word(call: Call, name: PrinterName) -> Url | Refusal:
        """Give a printer that calls in a new address, told this once; the one before is void."""
        assert call.user is not None
        url = await call_url(call.context, call.user, name)
        return url if isinstance(url, Refusal) else Url(url)

    @table.post("/api/v1/printers/{name}/stand-in", needs=MANAGE_PRINTERS)
    async def post_stand_in(call: Call, name: PrinterName, body: StandIn) -> PrinterRow | Refusal:
        """Say which printer takes the jobs of this one while it can not; empty: none."""
        assert call.user is not None
        done = await call.context.db.write(job_acts.stand_in, call.user, name, body.printer, now_ms(call))
        return done if isinstance(done, Refusal) else await _row(call, name)


class Happenings:
    """One program's stream of steps and printers."""

    def __init__(self, call: Call, since_ms: int) -> None:
        self._call = call
        self._since_ms = since_ms
        self._told: OrderedDict[tuple[int, int], None] = OrderedDict()
        self._rows: dict[str, PrinterRow] = {}

    async def events(self) -> AsyncIterator[str]:
        """Give events until the program goes or the shop closes."""
        context = self._call.context
        with ExitStack() as stack:
            heard = [stack.enter_context(context.db.listen(topic)) for topic in (SPOOL, PRINTERS)]
            heard.append(stack.enter_context(context.delivery.board.listen()))
            yield "retry: 2000\n\n"
            async for names in pulses(heard, context.monotonic):
                if not names and not await still_in(self._call):
                    return
                for said in [*await self._steps(), *await self._printers(names)]:
                    yield said
                if not names:
                    yield ": still here\n\n"

    async def _steps(self) -> list[str]:
        told: list[str] = []
        while True:
            found = await self._call.context.db.read(
                tally.happened, self._call.shop.id, self._since_ms, now_ms(self._call) + LATE_MS
            )
            told += [self._step(line) for line in found if (line.n, line.step) not in self._told]
            self._told |= dict.fromkeys((line.n, line.step) for line in found)
            whole = len(found) < tally.LINES_MAX or found[-1].at_ms == self._since_ms
            self._since_ms = max(self._since_ms, now_ms(self._call) - LATE_MS if whole else found[-1].at_ms)
            if whole:
                break
        while len(self._told) > TOLD_MAX:
            self._told.popitem(last=False)
        return told

    def _step(self, line: Happened) -> str:
        values: dict[str, object] = {
            "id": line.id, "printer": line.printer, "event": line.event, "state": line.after, "evidence": line.evidence,
        }  # fmt: skip
        return event("job", values, str(line.at_ms))

    async def _printers(self, names: Names) -> list[str]:
        found = await every(self._call.context, names) if names else []
        rows = {each.printer.name: printer_row(self._call.shop, each) for each in found}
        gone = [name for name in self._rows if touched(names, name) and name not in rows]
        changed = [row for name, row in rows.items() if self._rows.get(name) != row]
        self._rows = {name: row for name, row in (self._rows | rows).items() if name not in gone}
        told = [event("printer", msgspec.to_builtins(row)) for row in changed]
        return told + [event("printer_gone", {"name": name}) for name in gone]
