"""Coming in and going out: the first code, signing in, signing out.

While no account exists, every way leads to the page that asks for the one-time code the machine showed on its console;
who has it makes the owner's account. Later ``kvit access code`` on the machine opens that page again for half an hour.
What is wrong is said on the same page, with what was typed but never a password.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from kvit.access import door, service, session
from kvit.refusal import Refusal
from kvit.web.door import VISIT_COOKIE, Call, secure, set_cookie
from kvit.web.pages import page
from kvit.web.problem import status_of
from kvit.web.receipts import PlainForm
from kvit.web.routes import ANY_USER, PUBLIC, Table

Typed = Annotated[str, msgspec.Meta(max_length=300)]


class FirstForm(msgspec.Struct):
    """The owner's account."""

    csrf: str
    code: Typed
    name: Typed
    password: Typed
    shop: Typed = ""


class SignInForm(msgspec.Struct):
    """Name, password and, where the user has one, the digits of the authenticator app."""

    csrf: str
    name: Typed
    password: Typed
    digits: Typed = ""
    shop: Typed = ""


def add_sign_in(table: Table) -> None:
    """Add the ways in and out."""

    @table.get("/first", needs=PUBLIC, page=True)
    async def first_page(call: Call, shop: Typed = "") -> Response:
        """Ask for the one-time code: of a new shop, or of one where nobody could get in any more."""
        if not _several(call) and not await call.context.db.read(service.awaits_code, call.shop.id, call.now_s):
            return RedirectResponse("/sign-in", 303)
        return page(call, "first.html", name="", code="", refused="", typed=shop, several=_several(call))

    @table.post("/first", needs=PUBLIC, page=True)
    async def make_owner(call: Call, form: FirstForm) -> Response:
        """Make the owner's account with the code, and sign in."""
        way, known = _way(call, form.shop)
        code = form.code if known else ""
        entered = await door.claim(way, code, form.name, form.password, call.address, call.now_s)
        if isinstance(entered, Refusal):
            said = call.say(entered.code, **entered.values)
            return page(
                call, "first.html", status_of(entered), name=form.name, code=form.code, refused=said, typed=form.shop,
                several=_several(call),
            )  # fmt: skip
        return _entered(call.request, entered)

    @table.get("/sign-in", needs=PUBLIC, page=True)
    async def sign_in_page(call: Call, shop: Typed = "") -> Response:
        """Ask for name and password."""
        if not _several(call) and not await _is_set_up(call):
            return RedirectResponse("/first", 303)
        return page(call, "sign_in.html", name="", refused="", second=False, typed=shop, several=_several(call))

    @table.post("/sign-in", needs=PUBLIC, page=True)
    async def sign_in(call: Call, form: SignInForm) -> Response:
        """Sign in."""
        way, known = _way(call, form.shop)
        name = form.name if known else ""  # nobody's: the same work and the same answer as for an unknown name
        entered = await door.log_in(way, name, form.password, call.address, call.now_s, form.digits, call.token)
        if isinstance(entered, Refusal):
            said, second = call.say(entered.code, **entered.values), "second_factor" in entered.code
            return page(
                call, "sign_in.html", status_of(entered), name=form.name, refused=said, second=second, typed=form.shop,
                several=_several(call),
            )  # fmt: skip
        return _entered(call.request, entered)

    @table.post("/sign-out", needs=ANY_USER, page=True)
    async def sign_out(call: Call, form: PlainForm) -> Response:
        """End the session."""
        assert call.user is not None
        await call.context.db.write(service.log_out, call.user, call.now_s)
        response = RedirectResponse("/sign-in", 303)
        response.headers.append("set-cookie", session.set_cookie("", secure(call.request)))
        return response


def _several(call: Call) -> bool:
    """Say whether people are asked for their shop."""
    return len(call.context.shop_ids()) > 1


def _way(call: Call, typed: str) -> tuple[door.Door, bool]:
    """Give the way into the shop that was typed (none: the installation's own), and whether there is such a shop."""
    own, wanted = call.context.door, typed.strip().lower()
    if not wanted:
        return own, True
    shop = call.context.shops(wanted)
    return (own, False) if shop is None else (replace(own, shop=shop.id), True)


async def _is_set_up(call: Call) -> bool:
    return await call.context.db.read(service.is_set_up, call.shop.id)


def _entered(request: Request, entered: door.Entered) -> Response:
    response = RedirectResponse("/live", 303)
    response.headers.append("set-cookie", session.set_cookie(entered.token, secure(request)))
    set_cookie(request, response, VISIT_COOKIE, "")
    return response
