"""A receipt's page for staff: the paper, what was read, what the printer did, its forms, its public links."""

from __future__ import annotations

import hashlib
from typing import Annotated

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.receipt import service
from kvit.receipt.links import RANDOM_BYTES, make_token
from kvit.receipt.store import Link, Receipt
from kvit.refusal import Refusal
from kvit.web import acts
from kvit.web.door import Call
from kvit.web.forms import KINDS, draw, form_of, raw_of
from kvit.web.happenings import phrases
from kvit.web.pages import page, trusted
from kvit.web.problem import Problem
from kvit.web.qr import qr_svg
from kvit.web.rights import FORGET_RECEIPTS, LINK_RECEIPTS, SEE_RECEIPTS
from kvit.web.routes import Table

FormName = Annotated[str, msgspec.Meta(max_length=40)]
HASH_LETTERS = 16
"""Of a link's hash: enough to tell a receipt's links apart in a form, too little to say anything."""


class PlainForm(msgspec.Struct):
    """A form with nothing but its token."""

    csrf: str


class RevokeForm(msgspec.Struct):
    """Which link is to end."""

    csrf: str
    link: Annotated[str, msgspec.Meta(max_length=HASH_LETTERS)]


def add_receipts(table: Table) -> None:
    """Add the routes of one receipt."""

    @table.get("/receipts/{name}", needs=SEE_RECEIPTS, page=True)
    async def receipt_page(call: Call, name: FormName, download: bool = False) -> Response | Refusal:
        """Show a receipt, or give it in the form the ending names."""
        id_, dot, ending = name.partition(".")
        if dot and ending not in KINDS:
            raise Problem(404, "web.not_found")
        found = await call.context.db.read(service.get, call.shop.id, id_)
        if isinstance(found, Refusal):
            return found
        if dot:
            return await _form(call, found, ending, download)
        return await show(call, found)

    @table.post("/receipts/{name}/link", needs=LINK_RECEIPTS, page=True)
    async def make_receipt_link(call: Call, name: FormName, form: PlainForm) -> Response | Refusal:
        """Make a public link and show it, this once."""
        found = await call.context.db.read(service.get, call.shop.id, name)
        if isinstance(found, Refusal):
            return found
        url = await new_link(call, name)
        return url if isinstance(url, Refusal) else await show(call, found, url)

    @table.post("/receipts/{name}/revoke", needs=LINK_RECEIPTS, page=True)
    async def revoke_receipt_link(call: Call, name: FormName, form: RevokeForm) -> Response | Refusal:
        """End a public link."""
        assert call.user is not None
        db = call.context.db
        links = await db.read(service.links, call.shop.id, name)
        hashes = [link.hash for link in links if short_hash(link) == form.link]
        done = await db.write(acts.revoke_link, call.user, name, hashes, call.now_s)
        return done if isinstance(done, Refusal) else RedirectResponse(f"/receipts/{name}", 303)

    @table.post("/receipts/{name}/forget", needs=FORGET_RECEIPTS, page=True)
    async def forget_receipt(call: Call, name: FormName, form: PlainForm) -> Response | Refusal:
        """Erase a receipt and its links."""
        assert call.user is not None
        done = await call.context.db.write(acts.forget, call.user, name, call.now_s)
        return done if isinstance(done, Refusal) else RedirectResponse("/live", 303)


async def new_link(call: Call, id_: str, lifetime_s: int | None = None) -> str | Refusal:
    """Make a link for as long as the shop has set, or so long; give its whole address, which nobody can be told again."""
    lifetime_s = lifetime_s or call.context.link_s
    token = make_token(call.context.random(RANDOM_BYTES))
    assert call.user is not None
    made = await call.context.db.write(acts.make_link, call.user, id_, token, call.now_s, lifetime_s)
    return made if isinstance(made, Refusal) else f"{call.context.public_url.rstrip('/')}/r/{token}"


async def show(call: Call, found: Receipt, url: str = "") -> Response:
    """Show a receipt's page, with a new link where one was made."""
    db, shop, id_ = call.context.db, call.shop.id, found.summary.id
    raw = await raw_of(call.context, shop, id_)
    paper = trusted(await draw(call.context, raw, found.summary.profile, "fragment"))
    links = await db.read(service.links, shop, id_)
    code = qr_svg(url, call.say("web.link_qr")) if url else None
    return page(
        call, "staff_receipt.html", receipt=found.summary, reading=found.reading, text=found.text, paper=paper, url=url,
        happened=phrases(call, found.summary.happenings),
        qr=code, links=[(short_hash(link), link, _state(link, call.now_s)) for link in links],
    )  # fmt: skip


def short_hash(link: Link) -> str:
    """Name a link in a form."""
    return link.hash.hex()[:HASH_LETTERS]


def _state(link: Link, now_s: int) -> str:
    if link.revoked_at_s is not None:
        return "revoked"
    return "expired" if link.expires_at_s <= now_s else "living"


async def _form(call: Call, found: Receipt, ending: str, download: bool) -> Response:
    """Give a form; a picture the browser has already is not drawn again."""
    tag = f'"{hashlib.sha256(f"{found.summary.id}.{found.summary.version}.{ending}".encode()).hexdigest()[:20]}"'
    kept = {"etag": tag, "cache-control": "private, no-cache"}
    if call.request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=kept)
    answer = await form_of(call.context, call.shop.id, found, ending, download=download)
    answer.headers.update(kept)
    return answer
