"""The jobs' pages: the list with its filters, and one job: its state, its history, the paper, what can be done.

The picture is made by the press from the very bytes the printer gets (or got), for the printer the job is at. Whoever
prints again, cancels, moves or answers is written into the job's history; a paper printed again is marked COPY.
"""

from __future__ import annotations

import asyncio
import base64
import datetime
from typing import Annotated

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit import __version__
from kvit.access import service as access
from kvit.device.press import PNG, Pressed, Wanted
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool import tally
from kvit.device.spool.model import ASK_MS, Job, Kind, State
from kvit.device.spool.store import Filter
from kvit.paper.warning import sentences_of
from kvit.refusal import Refusal
from kvit.web import job_acts
from kvit.web.door import Call
from kvit.web.job_words import can, is_over, reason_of, told
from kvit.web.live import wanted_of
from kvit.web.pages import page, render
from kvit.web.problem import status_of
from kvit.web.rights import ANSWER_JOBS, PRINT_JOBS, SEE_JOBS
from kvit.web.routes import Table
from kvit.web.watch import Names, touched

ROWS = 40
DRAWN_WITHIN_S = 4.0
"""A receipt takes a twentieth of a second; who waits longer than this sees the page first."""
INLINE_BYTES_MAX = 300_000
"""Of a picture that stands in the page: a receipt has some ten thousand."""

JobId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$", description="as a list of jobs tells it")]
PrinterName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Words = Annotated[str, msgspec.Meta(max_length=120)]
Before = Annotated[int, msgspec.Meta(ge=1, le=1 << 62)]


class ActForm(msgspec.Struct):
    """A button of a job's page; ``steps`` is how many lines the history had when it was shown."""

    csrf: str
    steps: Annotated[int, msgspec.Meta(ge=0, le=1 << 30)] = 0


class AnswerForm(msgspec.Struct):
    """Whether it came out."""

    csrf: str
    came_out: bool


class MoveForm(msgspec.Struct):
    """Where it is to go."""

    csrf: str
    printer: PrinterName


def add_jobs(table: Table) -> None:
    """Add the jobs' pages."""
    _add_looking(table)
    _add_doing(table)


def _add_looking(table: Table) -> None:
    @table.get("/jobs", needs=SEE_JOBS, page=True)
    async def jobs_page(
        call: Call, text: Words = "", printer: Words = "", state: State | None = None, kind: Kind | None = None,
        day: datetime.date | None = None, before: Before | None = None,
    ) -> Response:  # fmt: skip
        """List jobs, the newest first."""
        wanted = filter_of(call, text, printer, state, kind, day)
        found = await call.context.db.read(spool.search, call.shop.id, wanted, before, ROWS + 1)
        known = await call.context.db.read(printers.printers, call.shop.id)
        names = sorted({one.name for one in known} | ({printer} if printer else set()))
        return page(
            call, "jobs.html", jobs=found[:ROWS], next=found[ROWS - 1].n if len(found) > ROWS else 0, names=names,
            states=list(State), kinds=list(Kind), text=text, printer=printer, state=state, kind=kind,
            day=day.isoformat() if day else "", filtered=any((text, printer, state, kind, day)),
            first=before is None,
        )  # fmt: skip

    @table.get("/jobs/{id}", needs=SEE_JOBS, page=True)
    async def job_page(call: Call, id: JobId) -> Response | Refusal:  # noqa: A002 - the path's word
        """Show a job."""
        return await show(call, id)

    @table.get("/jobs/{id}/picture", needs=SEE_JOBS, page=True)
    async def job_picture(call: Call, id: JobId) -> Response | Refusal:  # noqa: A002
        """Draw what the job prints."""
        return await picture_of(call, id)


def _add_doing(table: Table) -> None:
    @table.post("/jobs/{id}/answer", needs=ANSWER_JOBS, page=True)
    async def answer_job_form(call: Call, id: JobId, form: AnswerForm) -> Response | Refusal:  # noqa: A002
        """Say whether it came out."""
        assert call.user is not None
        return await _after(
            call, id, await call.context.db.write(job_acts.answer, call.user, id, form.came_out, now_ms(call))
        )

    @table.post("/jobs/{id}/cancel", needs=PRINT_JOBS, page=True)
    async def cancel_job_form(call: Call, id: JobId, form: ActForm) -> Response | Refusal:  # noqa: A002
        """Take a job back."""
        assert call.user is not None
        return await _after(call, id, await call.context.db.write(job_acts.cancel, call.user, id, now_ms(call)))

    @table.post("/jobs/{id}/move", needs=PRINT_JOBS, page=True)
    async def move_job_form(call: Call, id: JobId, form: MoveForm) -> Response | Refusal:  # noqa: A002
        """Give a job to another printer."""
        assert call.user is not None
        return await _after(
            call, id, await call.context.db.write(job_acts.move, call.user, id, form.printer, now_ms(call))
        )

    @table.post("/jobs/{id}/reprint", needs=PRINT_JOBS, page=True)
    async def reprint_job_form(call: Call, id: JobId, form: ActForm) -> Response | Refusal:  # noqa: A002
        """Print a job again, marked COPY; a button pressed twice prints once."""
        assert call.user is not None
        key = f"again {id} {form.steps} {call.user.actor}"
        made = await call.context.db.write(job_acts.reprint, call.user, id, key, now_ms(call))
        return await _after(call, id if isinstance(made, Refusal) else made.id, made)


async def _after(call: Call, id_: str, done: object) -> Response | Refusal:
    if isinstance(done, Refusal):
        return await show(call, id_, call.say(done.code, **done.values), status_of(done))
    return RedirectResponse(f"/jobs/{id_}", 303)


async def show(call: Call, id_: str, refused: str = "", status: int = 200) -> Response | Refusal:
    """Show a job's page."""
    values = await _values(call, id_)
    if isinstance(values, Refusal):
        return values
    drawn = await _drawn(call, id_)
    return page(call, "job.html", status, refused=refused, **values, **drawn)


async def _drawn(call: Call, id_: str) -> dict[str, object]:
    """The picture in the page itself, and what could not be had as asked; a slow one is asked for apart."""
    try:
        async with asyncio.timeout(DRAWN_WITHIN_S):
            pressed, _ = await pressed_of(call, id_)
    except TimeoutError:
        return {"picture": f"/jobs/{id_}/picture", "warnings": (), "undrawn": ""}
    if isinstance(pressed, Refusal):
        return {"picture": "", "warnings": (), "undrawn": call.say(pressed.code, **pressed.values)}
    warnings = sentences_of(pressed.warnings, call.say)
    inline = len(pressed.data) <= INLINE_BYTES_MAX
    picture = f"data:{PNG};base64,{base64.b64encode(pressed.data).decode()}" if inline else f"/jobs/{id_}/picture"
    return {"picture": picture, "warnings": warnings, "undrawn": ""}


async def job_parts(call: Call, id_: str, names: Names) -> dict[str, str]:
    """Draw the parts of a job's page that change by themselves."""
    job = await call.context.db.read(spool.get, call.shop.id, id_)
    if isinstance(job, Refusal) or not touched(names, job.printer):
        return {}
    values = await _values(call, id_)
    if isinstance(values, Refusal):
        return {}
    return {name: render(call, f"{name.replace('-', '_')}.html", **values) for name in ("job-state", "job-history")}


async def jobs_parts(call: Call, _: str, names: Names) -> dict[str, str]:
    """Draw the first page of the list."""
    if not names:
        return {}
    found = await call.context.db.read(spool.search, call.shop.id, Filter(), None, ROWS)
    return {"jobs": render(call, "job_list.html", jobs=found, filtered=False)}


async def _values(call: Call, id_: str) -> dict[str, object] | Refusal:
    db, shop = call.context.db, call.shop.id
    job = await db.read(spool.get, shop, id_)
    if isinstance(job, Refusal):
        return job
    payload = await db.read(spool.payload, shop, id_)
    lines = await db.read(spool.history, shop, id_)
    names = await db.read(access.names, shop) | {access.CONSOLE: call.say("web.audit_console")}
    known = await db.read(printers.printers, shop)
    kin = await db.read(tally.kin, shop, job.family)
    return {
        "job": job, "lines": told(call, lines, names), "by": names.get(job.by, job.by), "can": can(call, job),
         "over": is_over(job), "reason": reason_of(call, job.reason), "kin": kin, "version": __version__,
        "others": [one.name for one in known if one.name != job.printer], "ask_until_ms": job.changed_ms + ASK_MS,
        "payload": None if isinstance(payload, Refusal) else payload,
    }  # fmt: skip


async def picture_of(call: Call, id_: str) -> Response | Refusal:
    """Draw a job's paper; one the browser has already is not drawn again."""
    pressed, job = await pressed_of(call, id_)
    if isinstance(pressed, Refusal) or isinstance(job, Refusal):
        return pressed if isinstance(pressed, Refusal) else Refusal("device.job_unknown")
    tag = f'"{pressed.sha256.hex()[:20]}"'
    kept = {"etag": tag, "cache-control": "private, no-cache", "content-security-policy": "default-src 'none'; sandbox"}
    if call.request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=kept)
    return Response(pressed.data, media_type=PNG, headers=kept)


async def pressed_of(call: Call, id_: str) -> tuple[Pressed | Refusal, Job | Refusal]:
    """Press a job's paper as a picture, for the printer it is at; one that is gone is taken for a plain one."""
    db, shop = call.context.db, call.shop.id
    job = await db.read(spool.get, shop, id_)
    payload = await db.read(spool.payload, shop, id_)
    if isinstance(job, Refusal):
        return job, job
    if isinstance(payload, Refusal):
        return payload, job
    printer = await db.read(printers.printer, shop, job.printer)
    address = printer.address if isinstance(printer, Printer) else PLAIN
    return await call.context.delivery.press(Wanted(payload, job.copy, address, PNG)), job


PLAIN = "escpos+file:///dev/null"
"""Draws for 80 mm where the printer is no more."""


def filter_of(
    call: Call, text: str, printer: str, state: State | None, kind: Kind | None, day: datetime.date | None
) -> Filter:
    """Make the filter of a list; a day is the shop's."""
    days = wanted_of(call, "", "", None, day)
    return Filter(printer, state, kind, text, days.from_ms, days.until_ms)


def now_ms(call: Call) -> int:
    """The wall clock in milliseconds."""
    return int(call.context.clock() * 1000)
