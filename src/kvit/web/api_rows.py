"""Jobs and printers as programs see them: the shapes of the API's answers, and of ``--json`` on the command line.

Times are ISO 8601 with their zone; hashes and process IDs hexadecimal; what is not known is null.
"""

from __future__ import annotations

import datetime

import msgspec

from kvit.device.printers.model import Origin
from kvit.device.spool.model import Effect, Event, Evidence, Job, Kind, Line, Made, State
from kvit.device.spool.service import Series
from kvit.shop import ShopSettings
from kvit.web.pages import time_zone
from kvit.web.standing import Standing


class MadeRow(msgspec.Struct):
    """The template a paper was made by, and the version of Kvit that filled it. ``version`` 0: a draft."""

    business: str
    variant: str
    id: int
    version: int
    engine: str


class JobRow(msgspec.Struct):
    """A job: one paper. ``key`` is what its order was handed in under; a copy has the same, and ``copy`` from 2 on."""

    id: str
    n: int
    key: str
    copy: int
    copies: int
    parent: str | None
    printer: str
    kind: Kind
    title: str
    sha256: str
    priority: int
    accepted: datetime.datetime
    changed: datetime.datetime
    deadline: datetime.datetime
    state: State
    attempt: int
    able: Evidence | None
    evidence: Evidence | None
    reason: str
    by: str
    copied: bool
    template: MadeRow | None
    """By which template of the shop it was made; null where none did."""


class SeriesRow(msgspec.Struct):
    """Copies asked for at once: the next one begins when the one before it is out.

    ``state``, ``copy``: of the first that is not out, else of the last; ``error``: why it does not go on (`unconfirmed`:
    nobody knows whether that copy came out, or it has been at the printer for 15 s).
    """

    asked: int
    printed: int
    state: State
    copy: int
    error: str


class JobList(msgspec.Struct):
    """One page of jobs, the newest first; ``next`` is the ``before`` of the page behind it, null at the end."""

    jobs: list[JobRow]
    next: int | None


class LineRow(msgspec.Struct):
    """A line of a job's history."""

    step: int
    at: datetime.datetime
    event: Event
    before: State | None
    after: State
    effect: Effect
    attempt: int
    pid: str | None
    evidence: Evidence | None
    by: str
    reason: str


class JobWhole(msgspec.Struct):
    """A job with its history, first to last."""

    job: JobRow
    history: list[LineRow]


class Handed(msgspec.Struct):
    """The original and its copies are in the queue; ``fresh`` false: they were before. ``series``: how far they are."""

    jobs: list[JobRow]
    fresh: bool
    series: SeriesRow


class QueueRow(msgspec.Struct):
    """What a printer has before it."""

    length: int
    blocked: int
    asking: int
    oldest: datetime.datetime | None


class PrinterRow(msgspec.Struct):
    """A printer: what is written down, what was heard of it, what waits for it, its last truth."""

    name: str
    address: str
    origin: Origin
    able: Evidence | None
    held: bool
    fail_over: str
    link: str
    paper: str
    cover_open: bool | None
    drawer_open: bool | None
    busy: bool
    error: str
    trouble: str
    trouble_since: datetime.datetime | None
    seen: datetime.datetime | None
    queue: QueueRow
    last: JobRow | None
    facts: dict[str, str]


class PrinterList(msgspec.Struct):
    """All printers by name."""

    printers: list[PrinterRow]


class AlarmRow(msgspec.Struct):
    """A printer that can not print now, in the caller's language."""

    printer: str
    trouble: str
    what: str
    todo: str
    since: datetime.datetime


class AlarmList(msgspec.Struct):
    """Printers in trouble, the longest first, and how many papers nobody knows about."""

    alarms: list[AlarmRow]
    asking: int


def job_row(shop: ShopSettings, job: Job) -> JobRow:
    """Show a job."""
    return JobRow(
        job.id, job.n, job.family, job.copy, job.copies, job.parent, job.printer, job.kind, job.title, job.sha256.hex(),
        job.priority, moment(shop, job.accepted_ms), moment(shop, job.changed_ms), moment(shop, job.deadline_ms), job.state,
        job.attempt, job.able, job.evidence, job.reason, job.by, job.copied, made_row(job.made),
    )  # fmt: skip


def made_row(made: Made) -> MadeRow | None:
    """Show what a paper was made by."""
    if not made.business:
        return None
    return MadeRow(made.business, made.variant, made.template_id, made.template_version, made.engine)


def series_row(series: Series) -> SeriesRow:
    """Show how far copies have come."""
    return SeriesRow(series.asked, series.printed, series.state, series.copy, series.error)


def line_row(shop: ShopSettings, line: Line) -> LineRow:
    """Show a line of history."""
    return LineRow(
        line.step, moment(shop, line.at_ms), line.event, line.before, line.after, line.effect, line.attempt,
        line.pid.hex() if line.pid else None, line.evidence, line.by, line.reason,
    )  # fmt: skip


def printer_row(shop: ShopSettings, each: Standing) -> PrinterRow:
    """Show a printer. The word of one that calls in is nowhere in it."""
    printer, light, queue = each.printer, each.light, each.queue
    return PrinterRow(
        printer.name, printer.address, printer.origin, printer.able, printer.held, printer.fail_over, light.link,
        light.paper, light.cover_open, light.drawer_open, light.busy, light.error, light.trouble,
        _when(shop, light.trouble_since_ms), _when(shop, light.seen_ms),
        QueueRow(queue.length, queue.blocked, queue.asking, _when(shop, queue.oldest_ms or 0)),
        None if each.last is None else job_row(shop, each.last), printer.facts,
    )  # fmt: skip


def _when(shop: ShopSettings, milliseconds: int) -> datetime.datetime | None:
    return moment(shop, milliseconds) if milliseconds else None


def moment(shop: ShopSettings, milliseconds: int) -> datetime.datetime:
    """Give a moment in the shop's time zone."""
    return datetime.datetime.fromtimestamp(milliseconds / 1000, time_zone(shop)).astimezone()
