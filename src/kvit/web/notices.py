"""Notices: what was sent to people, how each message stands, and what is wrong with the ways. Never an address in
clear.

Of a waiting message two letters or digits of the address are shown, of one that has ended nothing. What a message said
is shown for text messages of a dry run alone: they went nowhere, and somebody tries the shop out.
"""

from __future__ import annotations

import datetime
from typing import Annotated

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.notify import service as notify
from kvit.notify.model import Kind, Letter, Notice, State
from kvit.notify.store import Wanted
from kvit.refusal import Refusal
from kvit.web import hook_acts
from kvit.web.api_rows import moment
from kvit.web.door import Call
from kvit.web.jobs import now_ms
from kvit.web.pages import page
from kvit.web.problem import status_of
from kvit.web.rights import CHANGE_NOTICES, SEE_NOTICES
from kvit.web.routes import Table

ROWS = 50
ABOUTS = ("code", "receipt", "reminder")
"""What messages are for, by the words their orderers use (`kvit.notify.model.Message.about`)."""
PEOPLE = (Kind.MAIL, Kind.SMS, Kind.PUSH)

MessageId = Annotated[str, msgspec.Meta(max_length=64)]
Before = Annotated[int, msgspec.Meta(ge=1, le=1 << 62)]
Limit = Annotated[int, msgspec.Meta(ge=1, le=notify.PAGE_LIMIT)]


class NoticeForm(msgspec.Struct):
    """The message a button means."""

    csrf: str
    message: MessageId


class NoticeRow(msgspec.Struct):
    """A message: its way, what it is for, how it stands. ``to`` is what may be seen of the address."""

    id: str
    n: int
    kind: Kind
    about: str
    to: str
    state: State
    tries: int
    reason: str
    provider: str
    provider_id: str
    parts: int
    made: datetime.datetime
    changed: datetime.datetime


class NoticeList(msgspec.Struct):
    """Messages, newest first; ``next`` is the ``before`` of the page behind them, null at the end."""

    notices: list[NoticeRow]
    next: int | None


def notice_row(call: Call, one: Notice) -> NoticeRow:
    """Give a message as programs see it."""
    return NoticeRow(
        one.id, one.n, one.kind, one.about, one.hint, one.state, one.tries, one.reason, one.provider, one.provider_id,
        one.parts, moment(call.shop, one.made_ms), moment(call.shop, one.changed_ms),
    )  # fmt: skip


def add_notices(table: Table) -> None:
    """Add the page and its twins for programs."""

    @table.get("/notices", needs=SEE_NOTICES, page=True)
    async def notices_page(
        call: Call, kind: Kind | None = None, state: State | None = None, before: Before = 1 << 62
    ) -> Response:
        """List messages, newest first."""
        return await _show(call, kind, state, before)

    @table.post("/notices/again", needs=CHANGE_NOTICES, page=True)
    async def notice_again(call: Call, form: NoticeForm) -> Response:
        """Send a message nobody knows about again."""
        assert call.user is not None
        return await _after(call, await call.context.db.write(hook_acts.again, call.user, form.message, now_ms(call)))

    @table.post("/notices/drop", needs=CHANGE_NOTICES, page=True)
    async def notice_drop(call: Call, form: NoticeForm) -> Response:
        """Take a message back."""
        assert call.user is not None
        return await _after(call, await call.context.db.write(hook_acts.drop, call.user, form.message, now_ms(call)))

    @table.get("/api/v1/notices", needs=SEE_NOTICES)
    async def list_notices(
        call: Call, kind: Kind | None = None, state: State | None = None, before: Before = 1 << 62, limit: Limit = 50
    ) -> NoticeList:
        """List messages, newest first: never an address, never what they said."""
        rows = await call.context.db.read(notify.page, call.shop.id, Wanted(kind, state), before, limit)
        return NoticeList([notice_row(call, one) for one in rows], rows[-1].n if len(rows) == limit else None)

    @table.post("/api/v1/notices/{id}/again", needs=CHANGE_NOTICES)
    async def post_notice_again(call: Call, id: MessageId) -> NoticeRow | Refusal:  # noqa: A002 - the path's word
        """Send a message nobody knows about again."""
        assert call.user is not None
        done = await call.context.db.write(hook_acts.again, call.user, id, now_ms(call))
        return done if isinstance(done, Refusal) else notice_row(call, done)

    @table.delete("/api/v1/notices/{id}", needs=CHANGE_NOTICES)
    async def delete_notice(call: Call, id: MessageId) -> NoticeRow | Refusal:  # noqa: A002 - the path's word
        """Take back a message that waits, or settle one nobody knows about."""
        assert call.user is not None
        done = await call.context.db.write(hook_acts.drop, call.user, id, now_ms(call))
        return done if isinstance(done, Refusal) else notice_row(call, done)


async def _after(call: Call, done: Notice | Refusal) -> Response:
    if isinstance(done, Refusal):
        said = call.say(done.code, **done.values)
        return await _show(call, None, None, 1 << 62, refused=said, status=status_of(done))
    return RedirectResponse("/notices", 303)


async def _show(
    call: Call, kind: Kind | None, state: State | None, before: int, refused: str = "", status: int = 200
) -> Response:
    db, shop = call.context.db, call.shop.id
    rows = await db.read(notify.page, shop, Wanted(kind, state, people=True), before, ROWS + 1)
    standing = await db.read(notify.standing, now_ms(call), call.context.prefix_alarm)
    shown = {row.id: await _words(call, row.id) for row in rows[:ROWS] if row.state is State.DRY}
    shut = [lane for lane in standing.shut if not lane[0].startswith("hook:")]
    return page(
        call, "notices.html", status, rows=rows[:ROWS], next=rows[ROWS - 1].n if len(rows) > ROWS else 0, kind=kind,
        abouts=ABOUTS, state=state, kinds=PEOPLE, states=list(State), shut=shut, shown=shown, refused=refused,
        prefixes=[(heading.partition(":")[2], count) for of, heading, count in standing.prefixes if of == shop],
    )  # fmt: skip


async def _words(call: Call, id_: str) -> str:
    """What a text message of a dry run said; empty where it is wiped."""
    found = await call.context.db.read(notify.words, call.shop.id, id_)
    if isinstance(found, Refusal):
        return ""
    kind, sealed = found
    words = call.context.sealer.seal.open(sealed, f"words.{kind}")
    return "" if words is None else msgspec.json.decode(words, type=Letter).text
