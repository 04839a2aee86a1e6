"""The two sites: ``public_app`` for who has a link, ``staff_app`` for who works here. Each is an ASGI application.

They are apart on purpose: each has its own listener, its own security headers, and the public one has no route that
knows a session. Every request passes the guard (limits, headers), finds its row in the table of routes, is let in by the
door, and answers; whatever goes wrong leaves as one shape, as a page for people and as problem details for programs.
"""

from __future__ import annotations

from typing import Any, Protocol

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route as StarletteRoute
from starlette.types import ASGIApp

from kvit.i18n import codes
from kvit.refusal import Refusal
from kvit.web import static_files
from kvit.web.account import add_account
from kvit.web.api import add_api
from kvit.web.api_customers import add_api_customers
from kvit.web.api_data import add_api_data
from kvit.web.api_identify import add_api_identify
from kvit.web.api_jobs import add_api_jobs
from kvit.web.api_offline import add_api_offline
from kvit.web.api_pictures import add_api_pictures
from kvit.web.api_preview import add_api_preview
from kvit.web.api_printers import add_api_printers
from kvit.web.api_push import add_api_push
from kvit.web.api_render import add_api_render
from kvit.web.api_scripts import add_api_scripts
from kvit.web.api_station import add_api_station
from kvit.web.api_templates import add_api_templates
from kvit.web.api_webhooks import add_api_webhooks
from kvit.web.audit import add_audit
from kvit.web.context import Context
from kvit.web.counter import add_counter, counter_parts
from kvit.web.customers import add_customers
from kvit.web.door import VISIT_COOKIE, Call, check, cookie, enter, set_cookie
from kvit.web.editor import add_editor
from kvit.web.exports import add_exports
from kvit.web.guard import FAULT, FAULT_TITLE, PUBLIC_HEADERS, STAFF_HEADERS, Guard
from kvit.web.jobs import add_jobs, job_parts, jobs_parts
from kvit.web.keys import add_keys
from kvit.web.live import add_live
from kvit.web.notices import add_notices
from kvit.web.overview import add_overview
from kvit.web.pages import page
from kvit.web.printers import add_printers, printer_parts, printers_parts
from kvit.web.problem import Problem, place_of, problem_id, problem_response, status_of
from kvit.web.public import public_table
from kvit.web.public_limits import PublicLimits
from kvit.web.readers import add_readers, readers_parts
from kvit.web.reading import add_reading
from kvit.web.receipts import add_receipts
from kvit.web.relay import add_relay
from kvit.web.routes import Route, Table, call_handler
from kvit.web.shop_pages import add_shop_pages
from kvit.web.sign_in import add_sign_in
from kvit.web.station import add_station, display_parts, station_parts
from kvit.web.station_api import add_api_tills
from kvit.web.stations import add_stations
from kvit.web.template_pages import add_template_pages
from kvit.web.template_values import add_template_values
from kvit.web.terminal import add_terminal
from kvit.web.users import add_users
from kvit.web.watch import Parts, add_watch
from kvit.web.webhooks import add_webhooks

PAGES: dict[str, Parts] = {
    "counter": counter_parts, "job": job_parts, "jobs": jobs_parts, "printer": printer_parts, "printers": printers_parts,
    "readers": readers_parts, "station": station_parts, "display": display_parts,
}  # fmt: skip
"""What changes by itself, by page."""
HTTP_CODES = {404: "web.not_found", 405: "web.not_found", 413: "web.too_long"}


def public_app(context: Context) -> ASGIApp:
    """Build the public site."""
    return _site(context, public_table(context), PUBLIC_HEADERS, staff=False)


def staff_table(context: Context) -> Table:
    """Give the staff site's routes."""
    table = Table()
    add_sign_in(table)
    add_shop_pages(table)
    add_live(table)
    add_receipts(table)
    add_reading(table)
    add_counter(table)
    add_station(table)
    add_jobs(table)
    add_printers(table)
    add_readers(table)
    add_watch(table, PAGES)
    add_template_pages(table)
    add_template_values(table)
    add_editor(table)
    add_terminal(table)
    add_relay(table)
    add_customers(table)
    add_users(table)
    add_keys(table)
    add_audit(table)
    add_webhooks(table)
    add_notices(table)
    add_api_webhooks(table)
    add_account(table)
    add_api_jobs(table)
    add_api_printers(table)
    add_api_templates(table)
    add_api_pictures(table)
    add_api_render(table)
    add_api_offline(table)
    add_api_customers(table)
    add_api_data(table)
    add_api_identify(table)
    add_api_preview(table)
    add_api_scripts(table)
    add_api_station(table)
    add_api_push(table)
    add_api_tills(table)
    add_stations(table)
    add_overview(table)
    add_exports(table)
    add_api(table)
    return table


def staff_app(context: Context) -> ASGIApp:
    """Build the staff site; what jobs did is counted from here on."""
    context.figures.jobs.since_ms = context.figures.jobs.since_ms or int(context.clock() * 1000)
    return _site(context, staff_table(context), STAFF_HEADERS, staff=True)


def _site(context: Context, table: Table, headers: dict[str, str], *, staff: bool) -> ASGIApp:
    site = "staff" if staff else "public"
    answer = _Answer(context, staff, context.figures.seconds.labels(site))
    routes = table.starlette(answer.route)
    static = StarletteRoute("/static/{version}/{name}", static_files.serve, methods=["GET"])
    handlers: Any = {Problem: answer.problem, HTTPException: answer.http, Exception: answer.fault}
    inner = Starlette(routes=[*routes, static], exception_handlers=handlers)
    inner.router.redirect_slashes = False
    return Guard(inner, context, headers, table.limits())


class Observes(Protocol):
    """Takes the seconds an answer took."""

    def observe(self, amount: float) -> None:
        """Count one."""


class _Answer:
    """Makes the answers of one site."""

    def __init__(self, context: Context, staff: bool, seconds: Observes) -> None:
        self._context = context
        self._staff = staff
        self._seconds = seconds
        self._limits = None if staff else PublicLimits()

    async def route(self, route: Route, request: Request) -> Response:
        """Let a caller in, run the handler, make a response of what it gave."""
        request.state.route = route
        began_s = self._context.monotonic()
        call = await enter(request, self._context, staff=self._staff)
        request.state.call = call
        if self._limits is not None:
            self._limits.count(call, route)
        await check(call, route)
        response = self._response(call, route, await call_handler(route, call, request))
        self._seconds.observe(self._context.monotonic() - began_s)
        return self._with_visit(call, route, response)

    def _response(self, call: Call, route: Route, given: Any) -> Response:
        if isinstance(given, Response):
            return given
        if isinstance(given, Refusal):
            return self._no(call, route, status_of(given), given.code, "", given.values)
        return Response(msgspec.json.encode(given), media_type="application/json")

    def _with_visit(self, call: Call, route: Route, response: Response) -> Response:
        """Who has no session gets the cookie its form's token is bound to."""
        if self._staff and route.page and call.user is None and not cookie(call.request, VISIT_COOKIE):
            set_cookie(call.request, response, VISIT_COOKIE, call.visit)
        return response

    async def problem(self, request: Request, error: Exception) -> Response:
        """Answer a ``Problem``."""
        assert isinstance(error, Problem)
        call = await self._call(request)
        route: Route | None = getattr(request.state, "route", None)
        if error.status == 401 and route is not None and route.page and request.method == "GET":
            return RedirectResponse("/sign-in" if self._staff else "/wallet", 303)
        return self._no(call, route, error.status, error.code, error.detail, {})

    async def http(self, request: Request, error: Exception) -> Response:
        """Answer what Starlette itself refuses: no such path, no such method."""
        assert isinstance(error, HTTPException)
        call, code = await self._call(request), HTTP_CODES.get(error.status_code, "")
        response = self._no(call, None, error.status_code, code, "", {})
        for name, value in (error.headers or {}).items():
            response.headers[name] = value
        return response

    async def fault(self, request: Request, error: Exception) -> Response:
        """Answer a fault of ours; the guard, which hears of it next, writes it to the log under the same id."""
        id_ = request.scope[FAULT] = problem_id()
        call: Call | None = getattr(request.state, "call", None)
        route: Route | None = getattr(request.state, "route", None)
        if call is not None and route is not None and route.page:
            return page(call, "problem.html", 500, title=call.say("web.fault"), id=id_, status=500, staff=self._staff)
        return problem_response(500, "web.fault", FAULT_TITLE, "", id_)

    async def _call(self, request: Request) -> Call:
        known: Call | None = getattr(request.state, "call", None)
        return known or await enter(request, self._context, staff=self._staff)

    def _no(
        self, call: Call, route: Route | None, status: int, code: str, detail: str, values: dict[str, str | int]
    ) -> Response:
        id_ = problem_id()
        title = call.say(code, **values) if code in codes() else call.say("web.no")
        if status != 404:
            self._context.log(
                "web.refused", {"id": id_, "status": status, "code": code, "path": place_of(call.request.url.path)}
            )
        people = route.page if route is not None else "text/html" in call.request.headers.get("accept", "")
        if people:
            return page(call, "problem.html", status, title=title, id=id_, status=status, staff=self._staff)
        return problem_response(status, code, title, detail, id_)
