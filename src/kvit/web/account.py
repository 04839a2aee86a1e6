"""One's own account: the password and the authenticator app.

A new app's secret is made when the page is asked for and travels in the form, so that a mistyped digit does not cost a
second scan; it counts only once digits made from it came back together with the password. Whoever loses the phone is
helped by an owner (users' page); an owner alone, by ``kvit access code`` on the machine. Both ways stand on the page.
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated

import msgspec
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from kvit.access import door, staff, totp
from kvit.refusal import Refusal
from kvit.web.door import Call
from kvit.web.pages import page
from kvit.web.problem import Problem, status_of
from kvit.web.qr import qr_svg
from kvit.web.routes import ANY_USER, Table
from kvit.web.sign_in import Typed

SECRET_LETTERS = 32
"""20 bytes in base32."""
GROUP = 4
"""Letters of the secret written together, for who types it by hand."""


class PasswordForm(msgspec.Struct):
    """A user's own new password."""

    csrf: str
    old: Typed
    new: Typed


class AppOnForm(msgspec.Struct):
    """The secret that was shown, the digits the app makes of it, the password."""

    csrf: str
    secret: Annotated[str, msgspec.Meta(pattern=f"^[A-Z2-7]{{{SECRET_LETTERS}}}$")]
    digits: Typed
    password: Typed


class AppOffForm(msgspec.Struct):
    """The password."""

    csrf: str
    password: Typed


def add_account(table: Table) -> None:
    """Add the account's pages."""

    @table.get("/account", needs=ANY_USER, page=True)
    async def account_page(call: Call, done: str = "") -> Response | Refusal:
        """Show one's own account."""
        return await _show(call, done=done)

    @table.post("/account/password", needs=ANY_USER, page=True)
    async def change_password(call: Call, form: PasswordForm) -> Response | Refusal:
        """Change one's own password; all other sessions end."""
        assert call.user is not None
        done = await door.change_password(call.context.door, call.user, form.old, form.new, call.now_s)
        return await _after(call, done, "password")

    @table.get("/account/app", needs=ANY_USER, page=True)
    async def app_page(call: Call) -> Response | Refusal:
        """Show a fresh secret for an authenticator app."""
        return await _show_app(call, call.context.random(totp.SECRET_BYTES))

    @table.post("/account/app", needs=ANY_USER, page=True)
    async def app_on(call: Call, form: AppOnForm) -> Response | Refusal:
        """Switch the authenticator app on."""
        assert call.user is not None
        secret = _secret(form.secret)
        done = await door.second_factor_on(call.context.door, call.user, form.password, secret, form.digits, call.now_s)
        if isinstance(done, Refusal):
            return await _show_app(call, secret, call.say(done.code, **done.values), status_of(done))
        return RedirectResponse("/account?done=app_on", 303)

    @table.post("/account/app-off", needs=ANY_USER, page=True)
    async def app_off(call: Call, form: AppOffForm) -> Response | Refusal:
        """Switch the authenticator app off."""
        assert call.user is not None
        return await _after(
            call, await door.second_factor_off(call.context.door, call.user, form.password, call.now_s), "app_off"
        )


DONE = {
    "password": "web.password_changed",
    "app_on": "web.app_is_on",
    "app_off": "web.app_is_off",
}
"""What the page says was done."""


def _secret(text: str) -> bytes:
    try:
        return base64.b32decode(text)
    except binascii.Error:
        raise Problem(422, "web.not_understood") from None


async def _after(call: Call, done: Refusal | None, what: str) -> Response | Refusal:
    if isinstance(done, Refusal):
        return await _show(call, call.say(done.code, **done.values), status=status_of(done))
    return RedirectResponse(f"/account?done={what}", 303)


async def _show(call: Call, refused: str = "", done: str = "", status: int = 200) -> Response | Refusal:
    assert call.user is not None
    user = await call.context.db.read(staff.own_account, call.user)
    if isinstance(user, Refusal):
        return user
    said = call.say(DONE[done]) if done in DONE else ""
    return page(call, "account.html", status, user=user, refused=refused, said=said)


async def _show_app(call: Call, secret: bytes, refused: str = "", status: int = 200) -> Response | Refusal:
    assert call.user is not None
    user = await call.context.db.read(staff.own_account, call.user)
    if isinstance(user, Refusal):
        return user
    if user.second_factor and not refused:
        return RedirectResponse("/account", 303)
    text = totp.secret_text(secret)
    address = totp.app_address(secret, user.name, call.shop.name)
    code: Markup = qr_svg(address, call.say("web.app_qr"))
    groups = " ".join(text[at : at + GROUP] for at in range(0, len(text), GROUP))
    return page(call, "app.html", status, secret=text, groups=groups, qr=code, refused=refused)
