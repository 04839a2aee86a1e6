"""Printing asked for on the command line: the shop's side of ``kvit print``.

``accept`` queues one paper, ``job`` says how it stands, waiting for its end where that is wanted. Answers are what the
control socket carries; an expected no is ``{"refusal": code, "values": {…}}``.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
from collections.abc import Callable
from typing import Any, Final

from kvit.db import Database
from kvit.device.adapters.adapter import adapter_of
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service
from kvit.device.spool.model import Form, Job, Kind, State
from kvit.device.spool.order import Order, order, order_raw
from kvit.device.spool.service import Accepted
from kvit.refusal import Refusal

ENDED: Final = frozenset({State.PRINTED, State.SENT, State.UNKNOWN, State.EXPIRED, State.CANCELLED})
"""States in which whoever waits is told: nothing more happens by itself, or a person is asked."""
WAIT_MAX_S: Final = 3_600.0
"""A terminal that waits longer asks again."""

Said = dict[str, Any]


class Printing:
    """The verbs."""

    def __init__(self, db: Database, shop: str, clock: Callable[[], float]) -> None:
        """Take the books and the clock (seconds since 1970)."""
        self._db, self._shop, self._clock = db, shop, clock

    async def accept(self, request: Said) -> Said:
        """Queue what ``data`` (base 64) holds, of a ``form`` and ``profile``, on a ``printer`` (empty: the only one)."""
        printer = await self._printer(str(request.get("printer", "")))
        if isinstance(printer, Refusal):
            return refused(printer)
        made = await asyncio.to_thread(_order, request, printer)
        if isinstance(made, Refusal):
            return refused(made)
        accepted = await self._db.write(service.accept, self._shop, made, int(self._clock() * 1000))
        if not isinstance(accepted, Accepted):
            return refused(accepted)
        return {"jobs": [told(job) for job in accepted.jobs], "fresh": accepted.fresh}

    async def job(self, request: Said) -> Said:
        """Say how a job stands; with ``wait_s``, once nothing more happens to it by itself, or the time is over."""
        id_, wait_s = str(request.get("id", "")), float(request.get("wait_s", 0))
        with self._db.listen(service.TOPIC) as topic, contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(wait_s, WAIT_MAX_S)):
                while (found := await self._get(id_)) is not None and found.state not in ENDED:
                    await anext(topic)
        found = await self._get(id_)
        return refused(Refusal("device.job_unknown")) if found is None else told(found)

    async def series(self, request: Said) -> Said:
        """Say how far the copies asked for with the job ``id`` have come."""
        found = await self._get(str(request.get("id", "")))
        if found is None:
            return refused(Refusal("device.job_unknown"))
        now_ms = int(self._clock() * 1000)
        told = await self._db.read(service.series, self._shop, found.family, now_ms)
        if isinstance(told, Refusal):
            return refused(told)
        return {"asked": told.asked, "printed": told.printed, "state": told.state.value, "error": told.error}

    async def _get(self, id_: str) -> Job | None:
        found = await self._db.read(service.get, self._shop, id_)
        return None if isinstance(found, Refusal) else found

    async def _printer(self, name: str) -> Printer | Refusal:
        every = await self._db.read(printers.printers, self._shop)
        if not name and len(every) == 1:
            return every[0]
        if not name:
            return Refusal("device.printer_which", {"known": ", ".join(each.name for each in every) or "-"})
        found = next((each for each in every if each.name == name), None)
        return found or Refusal("device.printer_unknown", {"name": name[:80]})


def _order(request: Said, printer: Printer) -> Order | Refusal:
    try:
        data = base64.b64decode(request["data"], validate=True)
        kind, form = Kind(request.get("kind", Kind.RECEIPT)), Form(request.get("form", Form.DOCUMENT))
    except (KeyError, TypeError, ValueError, binascii.Error) as error:
        return Refusal("device.job_order", {"what": str(error)[:80]})
    key, priority, title = str(request.get("key", "")), int(request.get("priority", 5)), str(request.get("title", ""))
    copies = int(request.get("copies", 0))
    if form is Form.DOCUMENT:
        return order(key, printer.name, data, kind, title=title, copies=copies, priority=priority)
    profile = str(request.get("profile", "")) or _profile(printer)
    return order_raw(key, printer.name, data, profile, kind, title=title, copies=copies or 1, priority=priority)


def _profile(printer: Printer) -> str:
    """What a printer's own bytes are written for."""
    adapter = adapter_of(printer.address)
    return "default" if isinstance(adapter, Refusal) else adapter.profile.name


def told(job: Job) -> Said:
    """Give a job as the socket carries it."""
    return {
        "id": job.id,
        "printer": job.printer,
        "copy": job.copy,
        "state": job.state.value,
        "evidence": job.evidence.value if job.evidence else "",
        "reason": job.reason,
    }


def refused(refusal: Refusal) -> Said:
    """Give a refusal as the socket carries it."""
    return {"refusal": refusal.code, "values": refusal.values}
