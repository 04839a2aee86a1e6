"""Printers and jobs for the command line: the shop's side of ``kvit printers`` and ``kvit jobs``.

The same acts as the pages', by the same functions, in the name of the machine's console. Answers are the API's rows; an
expected no is ``{"refusal": code, "values": {…}}``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from kvit.access.model import Identity
from kvit.app.control import Verb
from kvit.app.printing import refused
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Job, Kind, State
from kvit.device.spool.service import Noted
from kvit.device.spool.store import Filter
from kvit.refusal import Refusal
from kvit.web import job_acts
from kvit.web.api_rows import JobWhole, job_row, line_row, printer_row
from kvit.web.context import Context
from kvit.web.standing import call_url, every, one, trial_print

Said = dict[str, Any]


class DeliveryVerbs:
    """The verbs, over what the windows have, too."""

    def __init__(self, context: Context) -> None:
        """Take the windows' world."""
        self._context, self._db, self._shop = context, context.db, context.shop.id
        self._console: Identity = job_acts.who(context.shop.id)

    def verbs(self) -> dict[str, Verb]:
        """Give them by name."""
        return {
            "printers": self.printers,
            "printer_add": self.add,
            "printer_remove": self.remove,
            "printer_hold": self.hold,
            "printer_test": self.test,
            "printer_probe": self.probe,
            "printer_find": self.find,
            "printer_word": self.word,
            "jobs": self.jobs,
            "job_show": self.show,
            "job_cancel": self.cancel,
            "job_answer": self.answer,
            "job_reprint": self.reprint,
            "job_move": self.move,
        }

    async def printers(self, _: Said) -> Said:
        """List printers as they stand."""
        shop = self._context.shop
        return {"printers": [_plain(printer_row(shop, each)) for each in await every(self._context)]}

    async def add(self, request: Said) -> Said:
        """Add the printer ``name`` at ``address``; one that calls in gets its ``url``."""
        name, address = str(request.get("name", "")), str(request.get("address", ""))
        made = await self._db.write(job_acts.add, self._console, name, address, self._now_ms())
        if isinstance(made, Refusal):
            return refused(made)
        return await self._word(name) if job_acts.calls_in(made) else {"name": name, "url": ""}

    async def remove(self, request: Said) -> Said:
        """Forget the printer ``name``."""
        return self._named(await self._db.write(job_acts.remove, self._console, _name(request), self._now_ms()))

    async def hold(self, request: Said) -> Said:
        """Stop the printer ``name``, or let it go on (``held``)."""
        held = bool(request.get("held"))
        return self._named(await self._db.write(job_acts.hold, self._console, _name(request), held, self._now_ms()))

    async def test(self, request: Said) -> Said:
        """Print a test paper on ``name``, in ``language``."""
        language = str(request.get("language", "en"))
        made = await trial_print(self._context, self._console, language, _name(request))
        return refused(made) if isinstance(made, Refusal) else self._job(made)

    async def probe(self, request: Said) -> Said:
        """Have the printer ``name`` examined."""
        no = await self._context.delivery.probe(_name(request))
        if no is not None:
            return refused(no)
        found = await one(self._context, _name(request))
        return refused(found) if isinstance(found, Refusal) else _plain(printer_row(self._context.shop, found))

    async def find(self, _: Said) -> Said:
        """Look for printers that could be added."""
        return {"found": [_plain(each) for each in await self._context.delivery.find()]}

    async def word(self, request: Said) -> Said:
        """Give the printer ``name``, which calls in, a new address."""
        return await self._word(_name(request))

    async def _word(self, name: str) -> Said:
        url = await call_url(self._context, self._console, name)
        return refused(url) if isinstance(url, Refusal) else {"name": name, "url": url}

    async def jobs(self, request: Said) -> Said:
        """List jobs, the newest first: ``printer``, ``state``, ``kind``, ``text``, ``limit``."""
        state, kind = request.get("state"), request.get("kind")
        wanted = Filter(
            str(request.get("printer", "")), State(state) if state else None, Kind(kind) if kind else None,
            str(request.get("text", "")),
        )  # fmt: skip
        found = await self._db.read(spool.search, self._shop, wanted, None, int(request.get("limit", 20)))
        return {"jobs": [self._job(job) for job in found]}

    async def show(self, request: Said) -> Said:
        """Give the job ``id`` with its history."""
        job = await self._found(request)
        if isinstance(job, Refusal):
            return refused(job)
        shop = self._context.shop
        lines = await self._db.read(spool.history, self._shop, job.id)
        return _plain(JobWhole(job_row(shop, job), [line_row(shop, line) for line in lines]))

    async def cancel(self, request: Said) -> Said:
        """Take the job ``id`` back."""
        return await self._done(request, job_acts.cancel)

    async def answer(self, request: Said) -> Said:
        """Say whether the job ``id`` came out (``came_out``)."""
        return await self._done(request, job_acts.answer, bool(request.get("came_out")))

    async def move(self, request: Said) -> Said:
        """Give the job ``id`` to ``printer``."""
        return await self._done(request, job_acts.move, str(request.get("printer", "")))

    async def reprint(self, request: Said) -> Said:
        """Print the job ``id`` again, under ``key``."""
        return await self._done(request, job_acts.reprint, str(request.get("key", "")))

    async def _done(self, request: Said, act: Callable[..., Noted | Job | Refusal], *values: object) -> Said:
        job = await self._found(request)
        if isinstance(job, Refusal):
            return refused(job)
        done = await self._db.write(act, self._console, job.id, *values, self._now_ms())
        if isinstance(done, Refusal):
            return refused(done)
        return self._job(done.job if isinstance(done, Noted) else done)

    async def _found(self, request: Said) -> Job | Refusal:
        return await self._db.read(spool.get, self._shop, str(request.get("id", "")))

    def _named(self, done: Printer | Refusal) -> Said:
        return refused(done) if isinstance(done, Refusal) else {"name": done.name}

    def _job(self, job: Job) -> Said:
        return _plain(job_row(self._context.shop, job))

    def _now_ms(self) -> int:
        return int(self._context.clock() * 1000)


def _name(request: Said) -> str:
    return str(request.get("name", ""))


def _plain(value: object) -> Said:
    plain: Said = msgspec.to_builtins(value)
    return plain
