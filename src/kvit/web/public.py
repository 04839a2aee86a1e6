"""The public site: one receipt behind its link, and a page that says where one is. The wallet is `kvit.web.wallet`.

Reading writes nothing. An unknown link, an old one, a revoked one and one that can be no link get the same page after the
same look into the data base. It may also be a receipt that is on its way (a station makes links before its line to the
server is up again), so that page looks again by itself, by a header and not by a script, until told not to. Every address
has 60 tries a minute; when all addresses together miss too often, the log hears of it and a counter goes up.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.receipt import service
from kvit.receipt.links import TOKEN_LETTERS, is_token
from kvit.receipt.store import Receipt
from kvit.receipt.wallet import service as wallet
from kvit.refusal import Refusal
from kvit.web import wallet_acts
from kvit.web.context import Context
from kvit.web.door import Call
from kvit.web.forms import PUBLIC_KINDS, draw, form_of, raw_of
from kvit.web.limit import LINKS_A_MINUTE, RateLimit
from kvit.web.pages import page, trusted
from kvit.web.problem import Problem
from kvit.web.public_language import remember_language
from kvit.web.receipts import PlainForm
from kvit.web.routes import PUBLIC, Table
from kvit.web.wallet import add_wallet
from kvit.web.wallet_door import device_opened, fresh_device, shown_of, with_guest

NO_TOKEN = "1" * TOKEN_LETTERS
"""Looked up when what was asked for can be no link, so that it takes as long."""
LOOK_AGAIN_S = 20
"""A quarter of an address's bucket for four phones that wait at one counter."""
Word = Annotated[str, msgspec.Meta(max_length=40)]


def public_table(context: Context) -> Table:
    """Give the public site's routes."""
    table = Table()
    _add_link(table, _Door(context))
    add_wallet(table)

    @table.get("/", needs=PUBLIC, page=True)
    async def front(call: Call) -> Response:
        """Say what this place is."""
        return remember_language(call, page(call, "front.html"))

    @table.get("/healthz", needs=PUBLIC)
    async def healthz(call: Call) -> Response:
        """Say that the site answers."""
        return Response("ok\n", media_type="text/plain")

    return table


def _add_link(table: Table, door: _Door) -> None:
    @table.get("/r/{token}", needs=PUBLIC, page=True)
    async def receipt(call: Call, token: str, look: bool = True, kept: Word = "") -> Response:
        """Show the receipt of a link, or give it in the form its ending names."""
        name, dot, ending = token.partition(".")
        found = await door.open(call, name)
        if found is None or (dot and ending not in PUBLIC_KINDS):
            return _waiting(call, look)
        shop, opened = found
        if dot:
            return await form_of(call.context, shop, opened, ending, download=True)
        if "lang" in call.request.query_params:
            return remember_language(call, RedirectResponse(f"/r/{name}", 303))
        if call.request.method == "GET":
            await call.context.station.opened(shop, opened.summary.id, call.customer)
        return await _receipt_page(call, shop, name, opened, kept)

    @table.post("/r/{token}/keep", needs=PUBLIC, page=True)
    async def keep_receipt(call: Call, token: str, form: PlainForm) -> Response | Refusal:
        """Keep the receipt of a link in this device's wallet, which begins with the first one."""
        shop, found = await door.must_open(call, token)
        fresh = None if call.visitor is not None else fresh_device(call)
        done = await call.context.db.write(wallet_acts.keep, call.customer, fresh, shop, found.summary.id, call.now_s)
        if isinstance(done, Refusal):
            return done
        await call.context.station.opened(shop, found.summary.id, fresh.customer if fresh else call.customer)
        return device_opened(call, RedirectResponse(f"/wallet/r/{found.summary.id}?said=kept", 303), fresh)

    @table.post("/r/{token}/renew", needs=PUBLIC, page=True)
    async def renew_link(call: Call, token: str, form: PlainForm) -> Response | Refusal:
        """Let a link live longer, as who holds it asks."""
        await door.must_open(call, token)
        done = await call.context.db.write(wallet.renew, token, call.now_s, call.context.link_s)
        return done if isinstance(done, Refusal) else RedirectResponse(f"/r/{token}?kept=longer", 303)


async def _receipt_page(call: Call, shop: str, token: str, found: Receipt, kept: str) -> Response:
    raw = await raw_of(call.context, shop, found.summary.id)
    paper = trusted(await draw(call.context, raw, found.summary.profile, "fragment"))
    shared = await call.context.db.read(wallet.is_share, token)
    mine = False
    if call.customer:
        known = await call.context.db.read(wallet.get, call.customer, found.summary.id)
        mine = not isinstance(known, Refusal)
    made = page(
        call, "receipt.html", receipt=found.summary, reading=found.reading, paper=paper, path=f"/r/{token}", mine=mine,
        shared=shared, longer=kept == "longer", show=shown_of(call, shop),
    )  # fmt: skip
    return with_guest(call, made)


def _waiting(call: Call, look: bool) -> Response:
    """The one page for everything that opens nothing now."""
    made = page(call, "waiting.html", 404, look=look, seconds=LOOK_AGAIN_S)
    if look:
        made.headers["refresh"] = str(LOOK_AGAIN_S)
    return remember_language(call, made)


class _Door:
    """Opens links, and counts those that open nothing."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._limit = RateLimit(LINKS_A_MINUTE)
        self._alarm = context.alarm
        self._figures = context.figures

    async def open(self, call: Call, token: str) -> tuple[str, Receipt] | None:
        now_s = self._context.monotonic()
        if not self._limit.allows(call.address, now_s):
            self._figures.link_limited.inc()
            raise Problem(429, "web.too_many")
        asked = token if is_token(token) else NO_TOKEN
        found = await self._context.db.read(service.by_link, asked, call.now_s)
        if isinstance(found, Refusal) or asked != token:
            self._miss(now_s)
            return None
        return found

    async def must_open(self, call: Call, token: str) -> tuple[str, Receipt]:
        found = await self.open(call, token)
        if found is None:
            raise Problem(404, "web.no_receipt")
        return found

    def _miss(self, now_s: float) -> None:
        self._figures.link_misses.inc()
        if self._alarm.missed(now_s):
            self._figures.link_alarms.inc()
            self._context.log("web.links_guessed", {})
