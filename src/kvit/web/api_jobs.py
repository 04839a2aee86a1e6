"""The API's jobs: hand in, list, look at, answer, cancel, print again, give to another printer."""

from __future__ import annotations

import asyncio
import datetime
from typing import Annotated

import msgspec
from starlette.responses import Response

from kvit.device.spool import service as spool
from kvit.device.spool.model import COPIES_MAX, PRIORITY_MAX, Kind, State
from kvit.device.spool.order import DOCUMENT_BYTES_MAX, NAME_MAX, Order, order, order_raw
from kvit.escpos.profiles import UnknownProfileError, load
from kvit.paper.document import DocumentError, print_document
from kvit.paper.markup.receiptline import reading
from kvit.refusal import Refusal
from kvit.web import job_acts
from kvit.web.api_rows import Handed, JobList, JobRow, JobWhole, SeriesRow, job_row, line_row, series_row
from kvit.web.door import Call
from kvit.web.jobs import Before, JobId, PrinterName, Words, filter_of, now_ms, picture_of
from kvit.web.rights import ANSWER_JOBS, PRINT_JOBS, SEE_JOBS
from kvit.web.routes import Table

JOB_BYTES_MAX = DOCUMENT_BYTES_MAX * 3 // 2
"""The spool's longest document, and what base 64 and JSON make of it."""
WITHIN_S_MAX = 7 * 86400
"""A job for longer than a week is a plan, and plans are not printed."""

Title = Annotated[str, msgspec.Meta(max_length=NAME_MAX)]
Copies = Annotated[int, msgspec.Meta(ge=0, le=COPIES_MAX, description="0: as the document says")]
Priority = Annotated[int, msgspec.Meta(ge=0, le=PRIORITY_MAX, description="9 goes first")]
Within = Annotated[int, msgspec.Meta(ge=1, le=WITHIN_S_MAX, description="seconds in which it may begin; else by kind")]
ProfileName = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9][A-Za-z0-9_ -]*$")]
DocumentJson = Annotated[
    msgspec.Raw, msgspec.Meta(description="docs/protocols/documents.md", extra_json_schema={"type": "object"})
]
Limit = Annotated[int, msgspec.Meta(ge=1, le=spool.AT_ONCE)]


class NewJob(msgspec.Struct, forbid_unknown_fields=True):
    """A paper to be printed: exactly one of ``document``, ``receiptline``, ``raw`` (base 64, written for ``profile``)."""

    printer: PrinterName
    document: DocumentJson = msgspec.field(default_factory=msgspec.Raw)
    receiptline: str | None = None
    raw: bytes | None = None
    profile: ProfileName = "default"
    kind: Kind = Kind.RECEIPT
    title: Title = ""
    copies: Copies = 0
    priority: Priority = 5
    within_s: Within | None = None


class CameOut(msgspec.Struct):
    """Whether the paper came out."""

    came_out: bool


class Destination(msgspec.Struct):
    """The printer a job is to go to."""

    printer: PrinterName


def add_api_jobs(table: Table) -> None:
    """Add the jobs' routes."""
    _add_handing_in(table)
    _add_looking(table)
    _add_doing(table)


def _add_handing_in(table: Table) -> None:
    @table.post("/api/v1/jobs", needs=PRINT_JOBS, bytes_max=JOB_BYTES_MAX)
    async def post_job(call: Call, body: NewJob, idempotency_key: str) -> Handed | Refusal:
        """Hand in a paper to be printed.

        ``document`` is JSON of docs/protocols/documents.md, ``receiptline`` its text, ``raw`` bytes for a printer. It is
        durable when this is answered. The same Idempotency-Key and body again: the same jobs, ``fresh`` false.
        """
        made = await asyncio.to_thread(_ordered, body, idempotency_key, now_ms(call))
        return made if isinstance(made, Refusal) else await _hand_in(call, made)

    @table.post("/api/v1/jobs/raw", needs=PRINT_JOBS, bytes_max=DOCUMENT_BYTES_MAX)
    async def post_raw_job(
        call: Call, body: bytes, idempotency_key: str, printer: PrinterName, profile: ProfileName = "default",
        kind: Kind = Kind.RECEIPT, title: Title = "", copies: Copies = 1, priority: Priority = 5,
        within_s: Within | None = None,
    ) -> Handed | Refusal:  # fmt: skip
        """Hand in a printer's bytes as they are.

        ``profile`` names the printer they were written for (`kvit profiles`): one of the same language gets the very
        bytes, any other their picture.
        """
        given = NewJob(
            printer,
            raw=body,
            profile=profile,
            kind=kind,
            title=title,
            copies=copies,
            priority=priority,
            within_s=within_s,
        )
        made = await asyncio.to_thread(_ordered, given, idempotency_key, now_ms(call))
        return made if isinstance(made, Refusal) else await _hand_in(call, made)


async def _hand_in(call: Call, given: Order) -> Handed | Refusal:
    assert call.user is not None
    done = await call.context.db.write(job_acts.hand_in, call.user, given, now_ms(call))
    return done if isinstance(done, Refusal) else await handed(call, done)


async def handed(call: Call, done: spool.Accepted) -> Handed | Refusal:
    """Say what was handed in, and how far it is."""
    found = await call.context.db.read(spool.series, call.shop.id, done.jobs[0].family, now_ms(call))
    if isinstance(found, Refusal):
        return found
    return Handed([job_row(call.shop, job) for job in done.jobs], done.fresh, series_row(found))


def _ordered(given: NewJob, key: str, now: int) -> Order | Refusal:
    """Make the order; it takes a while where the document is large, so it runs beside the event loop."""
    document = bytes(given.document).removeprefix(b"null")  # a document is an object
    if sum((bool(document), given.receiptline is not None, given.raw is not None)) != 1:
        return Refusal("web.body_unclear")
    deadline = None if given.within_s is None else now + given.within_s * 1000
    if given.raw is not None:
        return _raw(given, given.raw, key, deadline)
    if given.receiptline is not None:
        try:
            document = print_document(reading(given.receiptline).document)
        except DocumentError as error:
            return Refusal("device.job_document", {"problem": str(error)})
    return order(
        key, given.printer, document, given.kind, title=given.title, copies=given.copies, priority=given.priority,
        deadline_ms=deadline,
    )  # fmt: skip


def _raw(given: NewJob, data: bytes, key: str, deadline_ms: int | None) -> Order | Refusal:
    try:
        profile = load(given.profile).name
    except UnknownProfileError as error:
        return Refusal("device.adapter_profile", {"name": error.name, "nearest": ", ".join(error.nearest) or "-"})
    return order_raw(
        key, given.printer, data, profile, given.kind, title=given.title, copies=given.copies or 1,
        priority=given.priority, deadline_ms=deadline_ms,
    )  # fmt: skip


def _add_looking(table: Table) -> None:
    @table.get("/api/v1/jobs", needs=SEE_JOBS)
    async def list_jobs(
        call: Call, text: Words = "", printer: Words = "", state: State | None = None, kind: Kind | None = None,
        day: datetime.date | None = None, before: Before | None = None, limit: Limit = 50,
    ) -> JobList:  # fmt: skip
        """List jobs, the newest first.

        All conditions hold together. ``text`` stands in the key or the title; ``before`` is the ``next`` before.
        """
        wanted = filter_of(call, text, printer, state, kind, day)
        found = await call.context.db.read(spool.search, call.shop.id, wanted, before, limit)
        rows = [job_row(call.shop, job) for job in found]
        return JobList(rows, found[-1].n if len(found) == limit else None)

    @table.get("/api/v1/jobs/{id}", needs=SEE_JOBS)
    async def get_job(call: Call, id: JobId) -> JobWhole | Refusal:  # noqa: A002 - the path's word
        """Give a job with its history."""
        shop = call.shop
        job = await call.context.db.read(spool.get, shop.id, id)
        if isinstance(job, Refusal):
            return job
        lines = await call.context.db.read(spool.history, shop.id, id)
        return JobWhole(job_row(shop, job), [line_row(shop, line) for line in lines])

    @table.get("/api/v1/jobs/{id}/series", needs=SEE_JOBS)
    async def get_series(call: Call, id: JobId) -> SeriesRow | Refusal:  # noqa: A002
        """Say how far the copies asked for with a job have come: asked, printed, state, error."""
        job = await call.context.db.read(spool.get, call.shop.id, id)
        if isinstance(job, Refusal):
            return job
        found = await call.context.db.read(spool.series, call.shop.id, job.family, now_ms(call))
        return found if isinstance(found, Refusal) else series_row(found)

    @table.get("/api/v1/jobs/{id}/picture", needs=SEE_JOBS)
    async def get_job_picture(call: Call, id: JobId) -> Response | Refusal:  # noqa: A002
        """Draw what the job prints (PNG, dot for dot) from the bytes its printer gets."""
        return await picture_of(call, id)


def _add_doing(table: Table) -> None:
    @table.post("/api/v1/jobs/{id}/answer", needs=ANSWER_JOBS)
    async def answer_job(call: Call, id: JobId, body: CameOut) -> JobRow | Refusal:  # noqa: A002
        """Say whether an unknown job's paper came out. No: a marked COPY is made."""
        assert call.user is not None
        done = await call.context.db.write(job_acts.answer, call.user, id, body.came_out, now_ms(call))
        return done if isinstance(done, Refusal) else job_row(call.shop, done.job)

    @table.post("/api/v1/jobs/{id}/cancel", needs=PRINT_JOBS)
    async def cancel_job(call: Call, id: JobId) -> JobRow | Refusal:  # noqa: A002
        """Take a job back that is not in flight."""
        assert call.user is not None
        done = await call.context.db.write(job_acts.cancel, call.user, id, now_ms(call))
        return done if isinstance(done, Refusal) else job_row(call.shop, done.job)

    @table.post("/api/v1/jobs/{id}/reprint", needs=PRINT_JOBS)
    async def reprint_job(call: Call, id: JobId, idempotency_key: str) -> JobRow | Refusal:  # noqa: A002
        """Print an ended job again, marked COPY; gives the new job."""
        assert call.user is not None
        done = await call.context.db.write(job_acts.reprint, call.user, id, idempotency_key, now_ms(call))
        return done if isinstance(done, Refusal) else job_row(call.shop, done)

    @table.post("/api/v1/jobs/{id}/move", needs=PRINT_JOBS)
    async def move_job(call: Call, id: JobId, body: Destination) -> JobRow | Refusal:  # noqa: A002
        """Give a job that surely has not printed to another printer."""
        assert call.user is not None
        done = await call.context.db.write(job_acts.move, call.user, id, body.printer, now_ms(call))
        return done if isinstance(done, Refusal) else job_row(call.shop, done.job)
