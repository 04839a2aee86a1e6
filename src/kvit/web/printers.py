"""The printers' pages: how each one stands, what it can prove, its last truth; test print, hold, add, remove, stand-in.

Printers of kvit.toml are shown and can be tested and held; everything else about them stands in the file, and the page says
so. A printer is not renamed: its jobs are known by its name; remove it and add it anew.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.device.adapters import address as addresses
from kvit.device.printers import service as printers
from kvit.device.printers.model import Origin
from kvit.device.spool import service as spool
from kvit.device.spool.store import Filter
from kvit.refusal import Refusal
from kvit.web import job_acts
from kvit.web.door import Call
from kvit.web.jobs import now_ms
from kvit.web.pages import page, render
from kvit.web.problem import status_of
from kvit.web.qr import qr_svg
from kvit.web.rights import MANAGE_PRINTERS, PRINT_JOBS, SEE_JOBS
from kvit.web.routes import Table
from kvit.web.standing import call_url, every, one, trial_print
from kvit.web.watch import Names, touched

JOBS_SHOWN = 20
CALLERS = {"cloudprnt": "starprnt", "sdp": "epos", "sunmipull": "sunmi"}
"""Printers that call in, and what they are written in until their address says otherwise."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Text = Annotated[str, msgspec.Meta(max_length=400)]


class PlainForm(msgspec.Struct):
    """A button."""

    csrf: str


class HoldForm(msgspec.Struct):
    """Stop, or go on."""

    csrf: str
    held: bool


class StandInForm(msgspec.Struct):
    """The printer that takes over; empty: none."""

    csrf: str
    other: Annotated[str, msgspec.Meta(max_length=64)] = ""


class AddForm(msgspec.Struct):
    """A printer we reach."""

    csrf: str
    name: Name
    address: Text


class CallerForm(msgspec.Struct):
    """A printer that calls in: its kind, and the id it says of itself, if known."""

    csrf: str
    name: Name
    kind: Annotated[str, msgspec.Meta(pattern=f"^({'|'.join(CALLERS)})$")]
    id: Annotated[str, msgspec.Meta(max_length=64)] = ""
    paper: Annotated[str, msgspec.Meta(pattern="^(58|80|112)?$")] = ""


def add_printers(table: Table) -> None:
    """Add the printers' pages."""
    _add_looking(table)
    _add_doing(table)
    _add_adding(table)


def _add_looking(table: Table) -> None:
    @table.get("/printers", needs=SEE_JOBS, page=True)
    async def printers_page(call: Call) -> Response:
        """Show all printers as they stand."""
        return page(call, "printers.html", standing=await every(call.context))

    @table.get("/printers/{name}", needs=SEE_JOBS, page=True)
    async def printer_page(call: Call, name: Name) -> Response | Refusal:
        """Show one printer and what it did lately."""
        return await show(call, name)


def _add_doing(table: Table) -> None:
    @table.post("/printers/{name}/test", needs=PRINT_JOBS, page=True)
    async def test_printer_form(call: Call, name: Name, form: PlainForm) -> Response | Refusal:
        """Print a test paper, and show how it ends."""
        assert call.user is not None
        made = await trial_print(call.context, call.user, call.language, name)
        if isinstance(made, Refusal):
            return await show(call, name, call.say(made.code, **made.values), status_of(made))
        return RedirectResponse(f"/jobs/{made.id}", 303)

    @table.post("/printers/{name}/hold", needs=MANAGE_PRINTERS, page=True)
    async def hold_printer_form(call: Call, name: Name, form: HoldForm) -> Response | Refusal:
        """Stop a printer, or let it go on."""
        assert call.user is not None
        return await _after(
            call, name, await call.context.db.write(job_acts.hold, call.user, name, form.held, now_ms(call))
        )

    @table.post("/printers/{name}/probe", needs=MANAGE_PRINTERS, page=True)
    async def probe_printer_form(call: Call, name: Name, form: PlainForm) -> Response | Refusal:
        """Ask a printer who it is and what it can prove."""
        return await _after(call, name, await call.context.delivery.probe(name))

    @table.post("/printers/{name}/stand-in", needs=MANAGE_PRINTERS, page=True)
    async def stand_in_form(call: Call, name: Name, form: StandInForm) -> Response | Refusal:
        """Say who takes a printer's jobs while it can not."""
        assert call.user is not None
        return await _after(
            call, name, await call.context.db.write(job_acts.stand_in, call.user, name, form.other, now_ms(call))
        )

    @table.post("/printers/{name}/remove", needs=MANAGE_PRINTERS, page=True)
    async def remove_printer_form(call: Call, name: Name, form: PlainForm) -> Response | Refusal:
        """Forget a printer; its jobs stay."""
        assert call.user is not None
        done = await call.context.db.write(job_acts.remove, call.user, name, now_ms(call))
        if isinstance(done, Refusal):
            return await show(call, name, call.say(done.code, **done.values), status_of(done))
        return RedirectResponse("/printers", 303)

    @table.post("/printers/{name}/word", needs=MANAGE_PRINTERS, page=True)
    async def fresh_word_form(call: Call, name: Name, form: PlainForm) -> Response | Refusal:
        """Give a printer that calls in a new address, shown this once."""
        assert call.user is not None
        url = await call_url(call.context, call.user, name)
        if isinstance(url, Refusal):
            return await show(call, name, call.say(url.code, **url.values), status_of(url))
        return await show(call, name, url=url)


def _add_adding(table: Table) -> None:
    @table.get("/add-printer", needs=MANAGE_PRINTERS, page=True)
    async def add_printer_page(call: Call, address: Text = "") -> Response:
        """Ask where the new printer is."""
        return _add_page(call, {"address": address})

    @table.post("/add-printer", needs=MANAGE_PRINTERS, page=True)
    async def add_printer_form(call: Call, form: AddForm) -> Response:
        """Add a printer we reach; who drives it asks it what it can prove, and its page says so."""
        assert call.user is not None
        made = await call.context.db.write(job_acts.add, call.user, form.name.strip(), form.address, now_ms(call))
        if isinstance(made, Refusal):
            given = {"name": form.name, "address": form.address}
            return _add_page(call, given, call.say(made.code, **made.values), status_of(made))
        return RedirectResponse(f"/printers/{made.name}", 303)

    @table.post("/add-printer/calling", needs=MANAGE_PRINTERS, page=True)
    async def add_caller_form(call: Call, form: CallerForm) -> Response | Refusal:
        """Add a printer that calls in; show its address, this once."""
        assert call.user is not None
        text = caller_address(form.kind, form.id, form.paper)
        made = await call.context.db.write(job_acts.add, call.user, form.name.strip(), text, now_ms(call))
        if isinstance(made, Refusal):
            given = {"caller": form.name, "id": form.id, "kind": form.kind}
            return _add_page(call, given, call.say(made.code, **made.values), status_of(made))
        url = await call_url(call.context, call.user, made.name)
        return url if isinstance(url, Refusal) else await show(call, made.name, url=url)

    @table.post("/add-printer/find", needs=MANAGE_PRINTERS, page=True)
    async def find_printers_form(call: Call, form: PlainForm) -> Response:
        """Look for printers that could be added."""
        return _add_page(call, {}, found=await call.context.delivery.find())


def caller_address(kind: str, id_: str, paper: str) -> str:
    """Write the address of a printer that calls in."""
    return f"{CALLERS[kind]}+{kind}://{id_.strip()}{f'?paper={paper}' if paper else ''}"


def _add_page(call: Call, given: dict[str, str], refused: str = "", status: int = 200, found: Any = None) -> Response:
    return page(call, "add_printer.html", status, given=given, refused=refused, found=found, callers=list(CALLERS))


async def _after(call: Call, name: str, done: object) -> Response | Refusal:
    if isinstance(done, Refusal):
        return await show(call, name, call.say(done.code, **done.values), status_of(done))
    return RedirectResponse(f"/printers/{name}", 303)


async def printers_parts(call: Call, _: str, names: Names) -> dict[str, str]:
    """Draw the parts of the list."""
    return {
        f"printer-{each.printer.name}": render(call, "printer_state.html", each=each)
        for each in (await every(call.context, names) if names else ())
    }


async def printer_parts(call: Call, name: str, names: Names) -> dict[str, str]:
    """Draw the parts of one printer's page."""
    if not touched(names, name):
        return {}
    values = await _values(call, name)
    if isinstance(values, Refusal):
        return {}
    drawn = {"printer-jobs": render(call, "job_list.html", **values)}
    return drawn | {f"printer-{name}": render(call, "printer_state.html", **values)}


async def show(call: Call, name: str, refused: str = "", status: int = 200, url: str = "") -> Response | Refusal:
    """Show a printer's page, with its new address where it has one."""
    values = await _values(call, name)
    if isinstance(values, Refusal):
        return values
    code = qr_svg(url, call.say("printing.url_qr")) if url else None
    return page(call, "printer.html", status, refused=refused, url=url, qr=code, **values)


async def _values(call: Call, name: str) -> dict[str, Any] | Refusal:
    each = await one(call.context, name)
    if isinstance(each, Refusal):
        return each
    shop = call.shop.id
    jobs = await call.context.db.read(spool.search, shop, Filter(printer=name), None, JOBS_SHOWN)
    others = [known.name for known in await call.context.db.read(printers.printers, shop) if known.name != name]
    parsed = addresses.parse(each.printer.address)
    kind = "" if isinstance(parsed, Refusal) else parsed.transport.kind
    return {
        "each": each, "calls_in": job_acts.calls_in(each.printer), "jobs": jobs, "others": others,
        "filtered": False, "kind": kind, "in_file": each.printer.origin is Origin.FILE,
    }  # fmt: skip
