"""The API's one call for clients that print themselves, and the one that prints here: a template, data, a printer.

``POST /api/v1/render`` is what an application on a phone, a till or a page needs: it names a template (or brings layouts),
the data and what kind of printer it has, and gets the printer's bytes (or a service's text, or a list of calls, or a
picture), with a hash and what could not be had as asked. ``POST /api/v1/print`` makes a job of the same. What is looked at
is what is printed: a picture is the printer's own bytes played back, and ``hash`` names these bytes in both.

Where no variant is named, the one that needs most data and has all of it is taken; the minimal one needs none.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import Annotated, Any, Literal

import msgspec

from kvit import __version__
from kvit.device.press import PNG, Pressed, Wanted
from kvit.device.printers import service as printers
from kvit.device.spool import service as spool
from kvit.device.spool.model import COPIES_MAX, Form, Kind, Made, Payload
from kvit.device.spool.order import NAME_MAX, order
from kvit.i18n import codes, country, say
from kvit.paper.warning import sentences_of
from kvit.refusal import Refusal
from kvit.template.data import lacking
from kvit.template.fill import DATA_BYTES_MAX, Filled, FillWanted, Where
from kvit.template.library import model as library
from kvit.template.library import service
from kvit.template.library.model import LAYOUTS_MAX, Integrated, Layout, Piece
from kvit.web import job_acts
from kvit.web.api_jobs import Priority, Title, Within, handed
from kvit.web.api_rows import Handed
from kvit.web.api_templates import ShopId, Variant, Word, key_of
from kvit.web.door import Call
from kvit.web.jobs import PLAIN, PrinterName, now_ms
from kvit.web.rights import PRINT_JOBS, SEE_TEMPLATES
from kvit.web.routes import Table

BODY_BYTES_MAX = DATA_BYTES_MAX + (1 << 20)
TEXTS = ("text/", "application/json")
TITLE_NUMBER_MAX = 40
"""Letters of a receipt's number in a title."""

Paper = Annotated[int, msgspec.Meta(ge=0, le=112, description="58, 80 or 112 mm; 0: the printer's")]
Copies = Annotated[int, msgspec.Meta(ge=1, le=COPIES_MAX)]
Printing = Annotated[
    str, msgspec.Meta(max_length=400, description="a printer of the shop, an adapter or profile, or a whole address")
]
Data = Annotated[msgspec.Raw, msgspec.Meta(description="docs/howto/templates.md", extra_json_schema={"type": "object"})]


class Recipe(msgspec.Struct, forbid_unknown_fields=True):
    """What is to be filled: a business' template of the shop, a ``draft`` of it, or ``layouts`` brought along."""

    data: Data
    business: Word = ""
    variant: Variant | None = None
    layouts: Annotated[list[Piece], msgspec.Meta(max_length=LAYOUTS_MAX)] = []
    draft: Annotated[list[Layout], msgspec.Meta(max_length=LAYOUTS_MAX)] = []
    """Layouts as a draft of ``business`` has them: shared ones and the shop's words come in by themselves."""
    shopId: ShopId = ""  # noqa: N815 - the source's word
    language: Annotated[str, msgspec.Meta(max_length=8)] = ""
    currency: Annotated[str, msgspec.Meta(max_length=3)] = ""


class RenderWanted(Recipe, forbid_unknown_fields=True):
    """A paper to be made. ``printer``: a printer of the shop, ``sunmi``, ``sprt58`` …, or an address with its options."""

    printer: Printing = ""
    paper: Paper = 0
    copies: Copies = 1
    form: Literal["bytes", "hex", "png", "document"] = "bytes"


class PrintWanted(Recipe, forbid_unknown_fields=True):
    """A paper to be printed here."""

    printer: PrinterName = ""
    kind: Kind = Kind.RECEIPT
    title: Title = ""
    copies: Copies = 1
    priority: Priority = 5
    within_s: Within | None = None
    expect_hash: Annotated[str, msgspec.Meta(max_length=64)] = ""
    """Of a picture somebody looked at: another paper than that one is refused and not printed."""


class Used(msgspec.Struct):
    """The template that was taken."""

    business: str
    variant: str
    id: int
    version: int


class Rendered(msgspec.Struct):
    """A paper. ``data``: base 64 of bytes, hexadecimal, or the text itself where the printer takes text."""

    data: str
    encoding: Literal["base64", "hex", "text"]
    media_type: str
    bytes: int
    hash: str
    """SHA-256 of the bytes the printer gets, whatever form was asked for."""
    copies: int
    """How often to send them, or to tell the service to print them; 1 where the bytes hold all copies."""
    warnings: list[str]
    template: Used | None


def add_api_render(table: Table) -> None:
    """Add the two routes."""

    @table.post("/api/v1/render", needs=SEE_TEMPLATES, bytes_max=BODY_BYTES_MAX)
    async def render(call: Call, body: RenderWanted) -> Rendered | Refusal:
        """Make a paper of a template and data for a printer: its bytes, hexadecimal, text, calls or picture."""
        used, filled = await _filled(call, body)
        if isinstance(filled, Refusal):
            return filled
        address = await address_of(call, body.printer, body.paper)
        if isinstance(address, Refusal):
            return address
        return await _rendered(call, body, filled, address, used)

    @table.post("/api/v1/print", needs=PRINT_JOBS, bytes_max=BODY_BYTES_MAX)
    async def print_template(call: Call, body: PrintWanted, idempotency_key: str) -> Handed | Refusal:
        """Print a template filled with data; the document is kept with the job, a reprint never asks again."""
        assert call.user is not None
        used, filled = await _filled(call, body)
        if isinstance(filled, Refusal):
            return filled
        wrong = await _other_paper(call, body, filled, idempotency_key)
        if wrong is not None:
            return wrong
        deadline = None if body.within_s is None else now_ms(call) + body.within_s * 1000
        made = order(
            idempotency_key, body.printer, filled.document, body.kind, title=body.title, copies=body.copies,
            priority=body.priority, deadline_ms=deadline, asked=msgspec.json.encode(body),
        )  # fmt: skip
        if isinstance(made, Refusal):
            return made
        made = replace(made, made=_made(body, used), title=made.title or _title(call, body))
        done = await call.context.db.write(job_acts.hand_in, call.user, made, now_ms(call))
        return done if isinstance(done, Refusal) else await handed(call, done)


def _made(body: PrintWanted, used: Used | None) -> Made:
    """What a job keeps of its template: so much is needed to say later what printed."""
    if used is not None:
        return Made(used.business, used.variant, used.id, used.version, __version__)
    return Made(body.business, body.variant or "", 0, library.DRAFT, __version__) if body.draft else Made()


def _title(call: Call, body: PrintWanted) -> str:
    """What lists show of a job nobody gave a title: its paper's name and its number, in the shop's language."""
    if not body.business:
        return ""
    language = call.shop.language
    name = f"editor.business_{body.business.replace('-', '_')}"
    called = say(language, name) if name in codes() else body.business
    data = msgspec.json.decode(body.data)
    number = data.get("number") if isinstance(data, dict) else None
    shown = "".join(each for each in str(number or "") if each.isprintable())[:TITLE_NUMBER_MAX]
    return f"{called} {shown}".strip()[:NAME_MAX]


async def _other_paper(call: Call, body: PrintWanted, filled: Filled, key: str) -> Refusal | None:
    """Say no where the printer would get other bytes than those whose hash is expected; a known key has its old answer."""
    shop = call.shop.id
    if not body.expect_hash or not isinstance(await call.context.db.read(spool.series, shop, key), Refusal):
        return None
    address = await address_of(call, body.printer, 0)
    if isinstance(address, Refusal):
        return address
    pressed = await call.context.delivery.press(Wanted(Payload(Form.DOCUMENT, "", filled.document), 1, address))
    if isinstance(pressed, Refusal):
        return pressed
    return None if pressed.sha256.hex() == body.expect_hash else Refusal("template.other_paper")


async def _filled(call: Call, body: Recipe) -> tuple[Used | None, Filled | Refusal]:
    used: Used | None = None
    layouts = tuple(body.layouts)
    if body.draft:
        key = key_of(call, body.business, body.variant or "", body.shopId)
        layouts = (await call.context.db.read(service.drafted, key, library.Recipe(tuple(body.draft)))).layouts
    elif not layouts:
        template = await chosen(call, body)
        if isinstance(template, Refusal):
            return None, template
        used = Used(template.business, template.variant, template.id, template.version)
        layouts = template.layouts
    return used, await call.context.fill(FillWanted(layouts, bytes(body.data), where_of(call, body)))


def where_of(call: Call, body: Recipe) -> Where:
    """The shop's habits, or what the caller says otherwise."""
    shop = call.shop
    home = country(shop.country)
    return Where(
        body.language or shop.language,
        shop.country,
        body.currency or home.currency,
        shop.time_zone or home.time_zone or "",
    )


async def chosen(call: Call, body: Recipe) -> Integrated | Refusal:
    """The template that prints: the named variant, or the richest one whose fields are there."""
    key = key_of(call, body.business, body.variant or "", body.shopId)
    if body.variant is not None:
        return await call.context.db.read(service.integrated, key)
    found = await call.context.db.read(service.choices, key.shop, key.business)
    try:
        data: Any = msgspec.json.decode(body.data)
    except (msgspec.DecodeError, RecursionError):
        data = {}
    data = data if isinstance(data, dict) else {}
    good = [each for each in found if not lacking(data, each.requires)]
    if good:
        return good[0]
    if not found:
        return Refusal("template.unknown", {"business": body.business[:64], "variant": "-"})
    missing = lacking(data, found[-1].requires)
    return Refusal("template.lacking", {"business": body.business[:64], "fields": ", ".join(missing)[:200]})


async def address_of(call: Call, printer: str, paper: int) -> str | Refusal:
    """The address a paper is made for: a printer of the shop, else an adapter's name, else an address."""
    found = await call.context.db.read(printers.printer, call.shop.id, printer) if printer else None
    address = printer or PLAIN
    if found is not None and not isinstance(found, Refusal):
        address = found.address
    elif ".toml" in printer:  # a profile of the shop's own is a file, and which files there are is nobody's business
        return Refusal("device.adapter_profile", {"name": printer[:80], "nearest": "-"})
    elif printer and "://" not in printer:
        name, mark, options = printer.partition("?")
        address = f"{name}+file:///dev/null{mark}{options}"
    if paper:
        address += f"{'&' if '?' in address else '?'}paper={paper}"
    return address


async def _rendered(
    call: Call, body: RenderWanted, filled: Filled, address: str, used: Used | None
) -> Rendered | Refusal:
    joined = f"{address}{'&' if '?' in address else '?'}copies={body.copies}" if body.copies > 1 else address
    payload = Payload(Form.DOCUMENT, "", filled.document)
    pressed = await call.context.delivery.press(Wanted(payload, 1, joined))
    if isinstance(pressed, Refusal):
        return pressed
    shown = await call.context.delivery.press(Wanted(payload, 1, joined, PNG)) if body.form == "png" else pressed
    if isinstance(shown, Refusal):
        return shown
    warnings = [call.say(each.code, **each.values) for each in filled.warnings]
    warnings += sentences_of(pressed.warnings, call.say)
    data, encoding, media_type = _encoded(body.form, filled, shown)
    return Rendered(data, encoding, media_type, len(pressed.data), pressed.sha256.hex(), pressed.copies, warnings, used)


def _encoded(form: str, filled: Filled, shown: Pressed) -> tuple[str, Literal["base64", "hex", "text"], str]:
    if form == "document":
        return filled.document.decode(), "text", "application/json"
    if form == "hex":
        return shown.data.hex(), "hex", shown.media_type
    if shown.media_type.startswith(TEXTS):
        return shown.data.decode("utf-8", "replace"), "text", shown.media_type
    return base64.b64encode(shown.data).decode(), "base64", shown.media_type
