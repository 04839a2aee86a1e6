"""The relay page: lines between tills and printers as they stand, and the virtual serial pairs."""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.refusal import Refusal
from kvit.web.door import Call
from kvit.web.pages import page
from kvit.web.rights import CHANGE_RELAY, SEE_RELAY
from kvit.web.routes import Table

PairName = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$")]


class PairForm(msgspec.Struct):
    """The pair a button or a form means."""

    csrf: str
    name: PairName


def add_relay(table: Table) -> None:
    """Add the relay page's routes."""

    @table.get("/relay", needs=SEE_RELAY, page=True)
    async def relay_page(call: Call) -> Response:
        """Show lines and pairs."""
        return await _show(call)

    @table.post("/relay/pairs", needs=CHANGE_RELAY, page=True)
    async def create_pair(call: Call, form: PairForm) -> Response:
        """Make a virtual pair."""
        return await _after(call, await call.context.relay.create_pair(form.name))

    @table.post("/relay/pairs/test", needs=CHANGE_RELAY, page=True)
    async def test_pair(call: Call, form: PairForm) -> Response:
        """Send bytes through a pair, both ways."""
        tested = await call.context.relay.test_pair(form.name)
        said = "" if isinstance(tested, Refusal) else call.say("web.pair_works", name=form.name)
        return await _after(call, tested, said)

    @table.post("/relay/pairs/remove", needs=CHANGE_RELAY, page=True)
    async def remove_pair(call: Call, form: PairForm) -> Response:
        """Remove a pair."""
        return await _after(call, await call.context.relay.remove_pair(form.name))


async def _after(call: Call, done: object, said: str = "") -> Response:
    """Go back to the page, which says what was refused or found."""
    if isinstance(done, Refusal):
        return await _show(call, refused=call.say(done.code, **done.values), status=409)
    return await _show(call, said=said) if said else RedirectResponse("/relay", 303)


async def _show(call: Call, said: str = "", refused: str = "", status: int = 200) -> Response:
    lines, pairs = await call.context.relay.lines(), await call.context.relay.pairs()
    may = call.may(CHANGE_RELAY)
    return page(call, "relay.html", status, lines=lines, pairs=pairs, may_change=may, said=said, refused=refused)
