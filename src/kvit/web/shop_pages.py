"""The start page of staff, the settings as they are in force, figures for machines, and that the site lives."""

from __future__ import annotations

import datetime
from ipaddress import ip_address

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.responses import RedirectResponse, Response

from kvit.device.printers import service as printers
from kvit.device.spool import tally
from kvit.i18n.language import match
from kvit.notify import service as notify
from kvit.receipt import service
from kvit.receipt.store import Filter
from kvit.web.context import LOOPBACK
from kvit.web.door import LANGUAGE_AGE_S, LANGUAGE_COOKIE, Call, set_cookie
from kvit.web.job_figures import PRINTERS_MAX, SETTLED_MS
from kvit.web.live import DAY, wanted_of
from kvit.web.pages import page, time_zone
from kvit.web.problem import Problem
from kvit.web.rights import SEE_SETTINGS
from kvit.web.routes import ANY_USER, PUBLIC, Table

METRICS_NETWORKS = LOOPBACK
"""Who may read the figures without signing in: a Prometheus on the same machine."""
DAYS_SHOWN = 7


def add_shop_pages(table: Table) -> None:
    """Add the start page, the settings, the figures."""

    @table.get("/", needs=PUBLIC, page=True)
    async def door(call: Call) -> Response:
        """Lead to where the work is."""
        return RedirectResponse("/live" if call.user else "/sign-in", 303)

    @table.get("/admin", needs=ANY_USER, page=True)
    async def admin(call: Call) -> Response:
        """Show the day at a glance, and where to go."""
        today = datetime.datetime.fromtimestamp(call.context.clock(), time_zone(call.shop)).date()
        days = [(day, await _count(call, day)) for day in (today - DAY * back for back in range(DAYS_SHOWN))]
        lines = await call.context.relay.lines()
        most = max(1, *(sum(kinds.values()) for _, kinds in days))
        return page(
            call, "admin.html", days=days, today=days[0][1], lines=lines, most=most, guessed=_guessed(call),
            printers=await _printers(call),
        )  # fmt: skip

    @table.get("/settings", needs=SEE_SETTINGS, page=True)
    async def settings(call: Call) -> Response:
        """Show the settings in force and where each comes from."""
        return page(call, "settings.html", rows=call.context.settings)

    @table.get("/language", needs=PUBLIC, page=True)
    async def language(call: Call, to: str = "") -> Response:
        """Keep the language somebody chose, and go back."""
        response = RedirectResponse(to if _own(to) else "/", 303)
        if match(call.request.query_params.get("lang")):
            set_cookie(call.request, response, LANGUAGE_COOKIE, call.language, LANGUAGE_AGE_S)
        return response

    @table.get("/metrics", needs=PUBLIC, page=True)
    async def metrics(call: Call) -> Response:
        """Give the figures in Prometheus' text form."""
        try:
            near = any(ip_address(call.address) in network for network in METRICS_NETWORKS)
        except ValueError:
            near = False
        if not near and not call.may(SEE_SETTINGS):
            raise Problem(404, "web.not_found")
        await _count_jobs(call)
        await _count_notices(call)
        return Response(generate_latest(call.context.figures.registry), media_type=CONTENT_TYPE_LATEST)

    @table.get("/healthz", needs=PUBLIC, page=True)
    async def healthz(call: Call) -> Response:
        """Say that the site answers and the data base too."""
        await call.context.db.read(service.list_page, call.shop.id, Filter(), "", 1)
        return Response("ok\n", media_type="text/plain")


async def _printers(call: Call) -> tuple[int, int]:
    """How many printers are in no trouble, and how many there are."""
    names = {each.name for each in await call.context.db.read(printers.printers, call.shop.id)}
    troubled = {light.printer for light in call.context.delivery.board.lights() if light.trouble}
    return len(names - troubled), len(names)


async def _count_jobs(call: Call) -> None:
    """Bring the figures of printing up to now."""
    context, figures = call.context, call.context.figures.jobs
    now_ms = int(context.clock() * 1000)
    names = [each.name for each in await context.db.read(printers.printers, context.shop.id)]
    lights = {light.printer: light for light in context.delivery.board.lights()}
    figures.stands(names, await context.db.read(tally.queues, context.shop.id), lights, now_ms)
    until_ms = now_ms - SETTLED_MS
    while figures.since_ms < until_ms:
        since_ms = figures.since_ms
        lines = await context.db.read(tally.happened, context.shop.id, since_ms, until_ms)
        whole = len(lines) < tally.LINES_MAX or lines[-1].at_ms == since_ms
        end_ms = until_ms if whole else lines[-1].at_ms
        if figures.since_ms == since_ms:  # else another scrape counted them meanwhile
            figures.since_ms = end_ms
            figures.count([line for line in lines if line.at_ms < end_ms], set(names[:PRINTERS_MAX]))


async def _count_notices(call: Call) -> None:
    """Bring the figures of messages up to now."""
    context = call.context
    now_ms = int(context.clock() * 1000)
    found = await context.db.read(notify.standing, now_ms, context.prefix_alarm)
    shut = [lane for lane, *_ in found.shut]
    context.figures.notices.stand(found.counts, found.oldest, shut, len(found.prefixes), now_ms)


def _guessed(call: Call) -> tuple[int, int] | None:
    """Since when (wall clock, milliseconds) links are being guessed, and how often."""
    context = call.context
    rings = context.alarm.ringing(context.monotonic())
    if rings is None:
        return None
    return int((context.clock() - (context.monotonic() - rings[0])) * 1000), rings[1]


async def _count(call: Call, day: datetime.date) -> dict[str, int]:
    wanted = wanted_of(call, "", "", None, day)
    return await call.context.db.read(service.counts, call.shop.id, wanted.from_ms or 0, wanted.until_ms or 0)


def _own(path: str) -> bool:
    """A path of this site and nothing that a browser would take for another one's."""
    return path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
