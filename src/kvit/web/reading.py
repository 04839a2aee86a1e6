"""The correction screen: the paper beside what was read of it, the equations live, saved is confirmed. And its API twin."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec
from starlette.responses import Response

from kvit.access.model import Identity
from kvit.access.service import audit
from kvit.db import Tx
from kvit.paper.languages.stream import play_stream
from kvit.receipt import service as receipts
from kvit.receipt.forms import lessons, service
from kvit.receipt.forms.model import Confirmed, Lesson
from kvit.receipt.model import Kind, Reading
from kvit.receipt.printout import known_profile
from kvit.refusal import Refusal
from kvit.web.door import Call
from kvit.web.forms import draw, played_of
from kvit.web.pages import page, trusted
from kvit.web.reading_data import CheckedReading, ReadingData, checked, confirmed_of
from kvit.web.rights import CORRECT_RECEIPTS, SEE_RECEIPTS
from kvit.web.routes import Table

ReceiptId = Annotated[str, msgspec.Meta(pattern=r"^[a-z2-7]{16}$", description="as a list of receipts tells it")]
LEARN_BYTES_MAX = 65536
"""A longer printout is pictures or a report; no form is learned of it."""
PAYMENTS = ("cash", "card", "mobile", "points", "credit", "other")


def add_reading(table: Table) -> None:
    """Add the screen and the API of corrections."""

    @table.get("/receipts/{id}/correct", needs=CORRECT_RECEIPTS, page=True)
    async def correct_page(call: Call, id: ReceiptId) -> Response | Refusal:  # noqa: A002 - the path's word
        """Show the paper beside what was read of it, to be corrected."""
        known = await _known(call, id)
        if isinstance(known, Refusal):
            return known
        found = await call.context.db.read(receipts.get, call.shop.id, id)
        if isinstance(found, Refusal):
            return found
        raw = await played_of(call.context, call.shop.id, id)
        paper = trusted(await draw(call.context, raw, found.summary.profile, "fragment"))
        start = {"id": id, "csrf": call.csrf, "checked": msgspec.to_builtins(known)}
        return page(
            call, "correct.html", receipt=found.summary, paper=paper, known=known, kinds=list(Kind), payments=PAYMENTS,
            start=msgspec.json.encode(start).decode(),
        )  # fmt: skip

    @table.get("/api/v1/receipts/{id}/reading", needs=SEE_RECEIPTS)
    async def get_reading(call: Call, id: ReceiptId) -> CheckedReading | Refusal:  # noqa: A002
        """Give what was read of a receipt, how sure each field is, its equations, and who confirmed it."""
        return await _known(call, id)

    @table.put("/api/v1/receipts/{id}/reading", needs=CORRECT_RECEIPTS)
    async def put_reading(call: Call, id: ReceiptId, body: ReadingData) -> CheckedReading | Refusal:  # noqa: A002
        """Say how a receipt's data are: confirmed as they are, or corrected.

        They stand over every later reading. Verified is what the equations prove. After two receipts of a form were
        confirmed, what they have in common helps to read the next.
        """
        assert call.user is not None
        confirmed = confirmed_of(body)
        if isinstance(confirmed, Refusal):
            return confirmed
        taught = await _lesson(call, id, confirmed)
        if isinstance(taught, Refusal):
            return taught
        done = await call.context.db.write(confirm, call.user, id, confirmed, taught, call.now_s)
        return done if isinstance(done, Refusal) else await _known(call, id)


def confirm(
    tx: Tx, by: Identity, id_: str, confirmed: Confirmed, taught: Lesson | None, now_s: int
) -> Reading | Refusal:
    """Confirm a receipt, with its row in the audit log."""
    audit(tx, by.shop, by.actor, "receipt.corrected", id_, now_s)
    return service.confirm(tx, by.shop, id_, confirmed, taught, by.actor, now_s)


async def _known(call: Call, id_: str) -> CheckedReading | Refusal:
    found = await call.context.db.read(receipts.get, call.shop.id, id_)
    if isinstance(found, Refusal):
        return found
    correction = await call.context.db.read(service.correction, call.shop.id, id_)
    return correction if isinstance(correction, Refusal) else checked(found.reading or Reading(), correction)


async def _lesson(call: Call, id_: str, confirmed: Confirmed) -> Lesson | Refusal | None:
    """What the paper teaches about its form; away from the event loop, a millisecond or two."""
    played = await call.context.db.read(receipts.played, call.shop.id, id_)
    found = await call.context.db.read(receipts.get, call.shop.id, id_)
    if isinstance(played, Refusal) or isinstance(found, Refusal):
        return Refusal("receipt.unknown")
    raw = b"".join(played)
    if len(raw) > LEARN_BYTES_MAX:
        return None
    profile = found.summary.profile

    def work() -> Lesson | None:
        return lessons.lesson(play_stream(raw, known_profile(profile)).sheet, confirmed)

    return await asyncio.to_thread(work)
