"""The public site: one receipt behind its link, and a page that says where one is.

Nobody is known here and nothing is written. An unknown link, an old one, a revoked one and one that can be no link get
the same page after the same look into the data base. Every address has 60 tries a minute; when all addresses together
miss too often, the log hears of it and a counter goes up.
"""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from kvit.receipt import service
from kvit.receipt.links import TOKEN_LETTERS, is_token
from kvit.receipt.store import Receipt
from kvit.refusal import Refusal
from kvit.web.context import Context
from kvit.web.door import LANGUAGE_AGE_S as AGE_S
from kvit.web.door import LANGUAGE_COOKIE, Call, set_cookie
from kvit.web.forms import PUBLIC_KINDS, draw, form_of, raw_of
from kvit.web.limit import LINKS_A_MINUTE, RateLimit
from kvit.web.pages import page, trusted
from kvit.web.problem import Problem
from kvit.web.routes import PUBLIC, Table

NO_TOKEN = "1" * TOKEN_LETTERS
"""Looked up when what was asked for can be no link, so that it takes as long."""


def public_table(context: Context) -> Table:
    """Give the public site's routes."""
    table = Table()
    door = _Door(context)

    @table.get("/", needs=PUBLIC, page=True)
    async def front(call: Call) -> Response:
        """Say what this place is."""
        return _remember(call, page(call, "front.html"))

    @table.get("/r/{token}", needs=PUBLIC, page=True)
    async def receipt(call: Call, token: str) -> Response:
        """Show the receipt of a link, or give it in the form its ending names."""
        name, dot, ending = token.partition(".")
        if dot and ending not in PUBLIC_KINDS:
            raise Problem(404, "web.no_receipt")
        shop, found = await door.open(call, name)
        if dot:
            return await form_of(context, shop, found, ending, download=True)
        if "lang" in call.request.query_params:
            return _remember(call, RedirectResponse(f"/r/{name}", 303))
        return await _receipt_page(call, shop, name, found)

    @table.get("/healthz", needs=PUBLIC)
    async def healthz(call: Call) -> Response:
        """Say that the site answers."""
        return Response("ok\n", media_type="text/plain")

    return table


async def _receipt_page(call: Call, shop: str, token: str, found: Receipt) -> Response:
    raw = await raw_of(call.context, shop, found.summary.id)
    paper = trusted(await draw(call.context, raw, found.summary.profile, "fragment"))
    return page(call, "receipt.html", receipt=found.summary, reading=found.reading, paper=paper, path=f"/r/{token}")


def _remember(call: Call, response: Response) -> Response:
    """Keep a language somebody chose."""
    if "lang" in call.request.query_params:
        set_cookie(call.request, response, LANGUAGE_COOKIE, call.language, AGE_S)
    return response


class _Door:
    """Opens links, and counts those that open nothing."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._limit = RateLimit(LINKS_A_MINUTE)
        self._alarm = context.alarm
        self._figures = context.figures

    async def open(self, call: Call, token: str) -> tuple[str, Receipt]:
        now_s = self._context.monotonic()
        if not self._limit.allows(call.address, now_s):
            self._figures.link_limited.inc()
            raise Problem(429, "web.too_many")
        asked = token if is_token(token) else NO_TOKEN
        found = await self._context.db.read(service.by_link, asked, call.now_s)
        if isinstance(found, Refusal) or asked != token:
            self._miss(now_s)
            raise Problem(404, "web.no_receipt")
        return found

    def _miss(self, now_s: float) -> None:
        self._figures.link_misses.inc()
        if self._alarm.missed(now_s):
            self._figures.link_alarms.inc()
            self._context.log("web.links_guessed", {})
