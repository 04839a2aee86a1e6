"""Who is at the door: the session cookie, the token every write must carry, and the check of rights.

The rules are those of ``kvit.access.csrf`` and ``kvit.access.session``; this file carries cookies and headers to them.
Before anybody has signed in, a random cookie stands in for the session, so that the sign-in form has a token of its own.
Nothing changes on GET.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from kvit.access import csrf, session
from kvit.access import service as access
from kvit.access.customers import devices
from kvit.access.customers import service as customers
from kvit.access.customers.model import Customer, Device
from kvit.access.model import Identity
from kvit.i18n import choose, say
from kvit.shop import ShopSettings
from kvit.web.context import Context
from kvit.web.of_shop import of_shop
from kvit.web.problem import Problem
from kvit.web.routes import ANY_USER, CUSTOMER, PUBLIC, WRITES, Route, form_fields

VISIT_COOKIE = "kvit-visit"
GUEST_COOKIE = "kvit-guest"
"""The visit's on the public site: cookies know no ports, and both sites may run on one host."""
LANGUAGE_COOKIE = "kvit-language"
LANGUAGE_AGE_S = 365 * 24 * 3600
COOKIE_LETTERS_MAX = 200


@dataclass
class Call:
    """A request with what is known of its sender."""

    request: Request
    context: Context
    language: str
    user: Identity | None
    token: str
    """The session's secret, empty without one."""
    visit: str
    """The visit's random value, for who has no session."""
    visitor: tuple[Customer, Device] | None = None
    """On the public site: whose wallet the device opens."""
    staff: bool = True
    """Which of the two sites is called."""

    @property
    def shop(self) -> ShopSettings:
        """The shop whose rows this caller sees: that of who is logged in, for others the installation's own."""
        return self.context.shop

    @property
    def site_url(self) -> str:
        """What this site's addresses begin with."""
        return self.context.staff_url if self.staff else self.context.public_url.rstrip("/")

    @property
    def customer(self) -> str:
        """The id of the customer whose wallet the device opens, empty without one."""
        return "" if self.visitor is None else self.visitor[0].id

    @property
    def address(self) -> str:
        """The caller's address, as the proxy tells it where there is one."""
        return self.request.client.host if self.request.client else ""

    @property
    def csrf(self) -> str:
        """The token this caller's writes must carry."""
        return csrf.form_token(self.token or self.visit)

    @property
    def now_s(self) -> int:
        """Wall clock in whole seconds."""
        return int(self.context.clock())

    def say(self, code: str, **values: str | int) -> str:
        """Give a sentence in the caller's language."""
        return say(self.language, code, **values)

    def may(self, needs: str) -> bool:
        """Say whether the caller has a right."""
        if needs == PUBLIC:
            return True
        if needs == CUSTOMER:
            return self.visitor is not None
        return self.user is not None and (needs == ANY_USER or self.user.may(needs))


def secure(request: Request) -> bool:
    """Say whether the caller came by https (as the proxy tells it)."""
    return request.url.scheme == "https"


def cookie_name(request: Request, name: str) -> str:
    """``__Host-`` binds a cookie to this very host; browsers allow it over https only."""
    return f"__Host-{name}" if secure(request) else name


def cookie(request: Request, name: str) -> str:
    """Give one of our cookies, empty when it is not there or absurd."""
    value = request.cookies.get(cookie_name(request, name), "")
    return value if len(value) <= COOKIE_LETTERS_MAX else ""


def set_cookie(request: Request, response: Response, name: str, value: str, age_s: int | None = None) -> None:
    """Set one of our cookies; an empty value takes it away."""
    response.set_cookie(
        cookie_name(request, name), value, max_age=age_s if value else 0, path="/", secure=secure(request), httponly=True,
        samesite="lax",
    )  # fmt: skip


async def enter(request: Request, context: Context, *, staff: bool) -> Call:
    """Find out who calls. On the public site staff are not known, and customers by their device alone."""
    language = choose(
        request.query_params.get("lang"), cookie(request, LANGUAGE_COOKIE), request.headers.get("accept-language"),
        context.shop.language,
    )  # fmt: skip
    call = Call(request, context, language, None, "", "", staff=staff)
    if staff:
        bearer = _bearer(request)
        if bearer:
            call.user = await context.db.read(access.check_key, bearer, call.now_s)
            return _at_home(call)
        call.token = session.read_cookie(request.headers.get("cookie", ""), secure(request))
        call.visit = cookie(request, VISIT_COOKIE) or session.fresh_token(context.random)
        if call.token:
            call.user = await context.db.read(access.who, call.token, call.now_s)
        if call.user is None:
            call.token = ""
        elif session.needs_touch(call.user.seen_at, call.now_s):
            await context.db.write(access.keep_alive, call.user, call.now_s)
        return _at_home(call)
    call.visit = cookie(request, GUEST_COOKIE) or session.fresh_token(context.random)
    given = cookie(request, devices.COOKIE)
    if devices.is_device_token(given):
        hash_ = devices.device_hash(given)
        call.visitor = await context.db.read(customers.visitor, hash_, call.now_s)
        if call.visitor is not None:
            call.token = given
            if call.now_s - call.visitor[1].seen_at >= devices.TOUCH_S:
                await context.db.write(customers.keep_alive, hash_, call.now_s)
    return call


def _at_home(call: Call) -> Call:
    """Give a caller of another shop than the installation's that shop's world; one of a shop that is gone is nobody."""
    if call.user is not None and call.user.shop != call.context.shop.id:
        shop = call.context.shops(call.user.shop)
        if shop is None:
            call.user, call.token = None, ""
        else:
            call.context = of_shop(call.context, shop)
    return call


def _bearer(request: Request) -> str:
    """The key a program came with."""
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" and len(key) <= COOKIE_LETTERS_MAX else ""


async def check(call: Call, route: Route) -> None:
    """Let a call in, or raise ``Problem``: 401 who are you, 403 not you, 403 not from our page.

    A program that came with a key is no browser: no foreign page can make it call, so it needs no token. Where a program
    proves itself in the body, nobody else's cookie is looked at.
    """
    if route.by_machine:
        call.user, call.token = None, ""
        return
    if call.user is None and route.needs != PUBLIC and _bearer(call.request):  # a key that is none, ended or taken back
        raise Problem(401, "web.sign_in_first")
    if route.method in WRITES and not (call.user is not None and not call.user.user_id):
        await _check_write(call, route)
    if not call.may(route.needs):
        if route.needs == CUSTOMER:
            raise Problem(401, "web.no_wallet")
        if call.user is None:
            raise Problem(401, "web.sign_in_first")
        raise Problem(403, "web.not_allowed")


async def _check_write(call: Call, route: Route) -> None:
    request = call.request
    origins = request.headers.getlist("origin")
    if len(origins) > 1:
        raise Problem(403, "access.foreign_origin")
    origin = origins[0] if origins else None
    ours = {f"{request.url.scheme}://{request.headers.get('host', '')}", call.site_url}
    given = request.headers.get("x-csrf-token", "")
    site = request.headers.get("sec-fetch-site")
    if not call.staff and origin == "null" and site is not None:
        origin = None  # the public site's pages send no referrer, so browsers hide where their forms come from
    refusal = csrf.check_origin(request.method, origin, site, ours)
    if refusal is not None:
        raise Problem(403, refusal.code)
    if not given and route.form_type is not None:
        given = (await form_fields(request)).get("csrf", "")
    if not hmac.compare_digest(given.encode(), call.csrf.encode()):
        raise Problem(403, "access.stale_form")
