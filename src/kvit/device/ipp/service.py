"""The verbs of jobs that desktops bring: open, give the document, take back, look.

A job is durable with its number before the desktop hears the number, and its document is durable in the spool, in the
same transaction, before the desktop hears that it was taken. A document given twice under one number (the answer was lost)
is the same job: the number's key is the spool's key. A job printed in one go (Print-Job) has no number the desktop knew
before, so one that is sent again after a lost answer is a second job: IPP has no word to tell it apart.

Refusals: ``device.job_unknown``, ``device.job_state``, ``device.job_conflict``.
"""

from __future__ import annotations

from typing import Final

import msgspec

from kvit.db import Tx
from kvit.device.ipp import store
from kvit.device.ipp.standing import NEVER_CAME, OPEN, TAKEN_BACK, Standing, of_papers
from kvit.device.ipp.store import IppJob
from kvit.device.spool import service as spool
from kvit.device.spool.model import Job
from kvit.device.spool.order import Order
from kvit.refusal import Refusal

WAIT_MS: Final = 300_000
"""How long an opened job waits for its document (``multiple-operation-time-out``); a desktop sends it at once."""
LISTED_MAX: Final = 200
"""Jobs on one list."""
BY: Final = "ipp"
"""Who took a job back, as the spool keeps it: whoever may print may; IPP's user names are not proven."""


class Known(msgspec.Struct, frozen=True):
    """A job, its papers in the spool (empty before its document came), and how it stands."""

    job: IppJob
    papers: tuple[Job, ...]
    standing: Standing

    @property
    def changed_ms(self) -> int:
        """When something of it last changed."""
        return max((paper.changed_ms for paper in self.papers), default=self.job.created_ms)


def open_job(
    tx: Tx, shop: str, printer: str, key: str, name: str, by_user: str, copies: int, now_ms: int
) -> Known | Refusal:
    """Number a job whose document comes later. ``key`` is a fresh one."""
    job = store.insert(tx, shop, printer, key, name, by_user, copies, now_ms)
    return Refusal("device.job_conflict", {"key": key}) if job is None else Known(job, (), OPEN)


def print_job(
    tx: Tx, shop: str, order: Order, name: str, by_user: str, format_: str, size: int, now_ms: int
) -> Known | Refusal:
    """Number a job and queue its document."""
    opened = open_job(tx, shop, order.printer, order.key, name, by_user, order.copies, now_ms)
    if isinstance(opened, Refusal):
        return opened
    return _give(tx, shop, opened.job, order, format_, size, now_ms)


def send_document(tx: Tx, shop: str, n: int, order: Order, format_: str, size: int, now_ms: int) -> Known | Refusal:
    """Queue the document of an opened job; given again, the same answer."""
    job = store.locked(tx, shop, order.printer, n)
    if job is None:
        return Refusal("device.job_unknown")
    if job.state == "cancelled" or (job.state == "open" and now_ms - job.created_ms > WAIT_MS):
        return Refusal("device.job_state", {"state": job.state})
    return _give(tx, shop, job, order, format_, size, now_ms)


def _give(tx: Tx, shop: str, job: IppJob, order: Order, format_: str, size: int, now_ms: int) -> Known | Refusal:
    accepted = spool.accept(tx, shop, order, now_ms)
    if isinstance(accepted, Refusal):
        return accepted
    store.give(tx, job.n, format_, size)
    given = msgspec.structs.replace(job, state="given", format=format_, bytes=size)
    return Known(given, accepted.jobs, of_papers(accepted.jobs))


def cancel(tx: Tx, shop: str, printer: str, n: int, now_ms: int) -> Known | Refusal:
    """Take a job back: all its papers that have not begun. None of them can be: ``device.job_state``."""
    job = store.locked(tx, shop, printer, n)
    if job is None:
        return Refusal("device.job_unknown")
    if job.state != "given":
        if job.state == "open":
            store.cancel(tx, n)
        return Known(msgspec.structs.replace(job, state="cancelled"), (), TAKEN_BACK)
    fared = [spool.cancel(tx, shop, paper.id, BY, now_ms) for paper in _papers(tx, shop, job)]
    if all(isinstance(each, Refusal) for each in fared):
        return next(each for each in fared if isinstance(each, Refusal))
    return _known(tx, shop, job, now_ms)


def job(tx: Tx, shop: str, printer: str, n: int, now_ms: int) -> Known | Refusal:
    """Give a printer's job by its number."""
    found = store.get(tx, shop, printer, n)
    return Refusal("device.job_unknown") if found is None else _known(tx, shop, found, now_ms)


def jobs(tx: Tx, shop: str, printer: str, by_user: str, now_ms: int) -> list[Known]:
    """Give a printer's jobs, newest first, at most `LISTED_MAX`; of one user where one is named."""
    return [_known(tx, shop, each, now_ms) for each in store.latest(tx, shop, printer, by_user, LISTED_MAX)]


def _known(tx: Tx, shop: str, job: IppJob, now_ms: int) -> Known:
    papers = _papers(tx, shop, job)
    if papers:
        return Known(job, papers, of_papers(papers))
    if job.state == "cancelled":
        return Known(job, (), TAKEN_BACK)
    return Known(job, (), NEVER_CAME if now_ms - job.created_ms > WAIT_MS else OPEN)


def _papers(tx: Tx, shop: str, job: IppJob) -> tuple[Job, ...]:
    """The original and the copies asked for."""
    if job.state != "given":
        return ()
    found = (spool.get(tx, shop, spool.job_id(shop, job.key, copy)) for copy in range(1, job.copies + 1))
    return tuple(each for each in found if isinstance(each, Job))
