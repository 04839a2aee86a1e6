"""The counter's screen: one question at a time, "Did it come out?", answered with one key.

A job nobody knows about (`kvit.device.spool.model.State.UNKNOWN`) is asked about here, the oldest first. An original that
nobody answers for in `ASK_MS` is printed again as a marked COPY by the program; the screen counts down to it. A COPY is not
printed again by itself: its question stays until it is answered or too late.

Without script it is a page with two buttons that asks for itself again; with script the next question comes by itself
(`kvit.web.watch`) and keys work (static/counter.js).
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.device.printers import service as printers
from kvit.device.spool import service as spool
from kvit.device.spool.model import ASK_MS
from kvit.refusal import Refusal
from kvit.web import job_acts
from kvit.web.door import Call
from kvit.web.jobs import now_ms
from kvit.web.pages import page, render
from kvit.web.problem import status_of
from kvit.web.rights import ANSWER_JOBS
from kvit.web.routes import Table
from kvit.web.watch import Names

AGAIN_S = 5
"""So often a browser without script asks for the page again."""

PrinterName = Annotated[str, msgspec.Meta(max_length=64)]


class CounterForm(msgspec.Struct):
    """The answer to the question that was shown."""

    csrf: str
    job: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]
    came_out: bool
    printer: PrinterName = ""


def add_counter(table: Table) -> None:
    """Add the counter's screen."""

    @table.get("/counter", needs=ANSWER_JOBS, page=True)
    async def counter_page(call: Call, printer: PrinterName = "") -> Response:
        """Ask about the oldest paper nobody knows of."""
        return await _show(call, printer)

    @table.post("/counter", needs=ANSWER_JOBS, page=True)
    async def answer_at_the_counter(call: Call, form: CounterForm) -> Response:
        """Take the answer and ask the next question."""
        assert call.user is not None
        done = await call.context.db.write(job_acts.answer, call.user, form.job, form.came_out, now_ms(call))
        if isinstance(done, Refusal) and done.code != "device.job_state":
            return await _show(call, form.printer, call.say(done.code, **done.values), status_of(done))
        query = f"?printer={form.printer}" if form.printer else ""
        return RedirectResponse(f"/counter{query}", 303)  # somebody else's answer came first: the next question


async def counter_parts(call: Call, printer: str, _: Names) -> dict[str, str]:
    """Draw the question."""
    return {"question": render(call, "question.html", **await _asked(call, printer))}


async def _show(call: Call, printer: str, refused: str = "", status: int = 200) -> Response:
    known = await call.context.db.read(printers.printers, call.shop.id)
    return page(
        call, "counter.html", status, names=[one.name for one in known], again_s=AGAIN_S, refused=refused,
        **await _asked(call, printer),
    )  # fmt: skip


async def _asked(call: Call, printer: str) -> dict[str, object]:
    found = await call.context.db.read(spool.asked, call.shop.id, now_ms(call))
    mine = [job for job in found if printer in ("", job.printer)]
    job = mine[0] if mine else None
    until = job.changed_ms + ASK_MS if job is not None and job.copy == 1 else 0
    return {"job": job, "more": max(0, len(mine) - 1), "until_ms": until, "printer": printer}
