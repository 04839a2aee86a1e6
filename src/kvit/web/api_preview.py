"""The API's preview: a draft's paper in every width at once, as pictures played from the printer's own bytes.

One call for an editor: it fills the draft once, and makes for each paper what its printer would get. ``hash`` is of these
bytes; ``POST /api/v1/print`` with the same draft and ``expect_hash`` prints them and nothing else. A draft that can not be
filled is no failed request: ``fault`` says in which layout (from 0) and why, and an editor shows it there.
"""

from __future__ import annotations

import asyncio
import base64
from typing import Annotated

import msgspec

from kvit.device.adapters.adapter import adapter_of
from kvit.device.press import PNG, Pressed, Wanted
from kvit.device.spool.model import Form, Payload
from kvit.paper.sheet import Problem
from kvit.paper.warning import sentences_of
from kvit.refusal import Refusal
from kvit.template.fill import Filled, FillWanted
from kvit.template.library import model as library
from kvit.template.library import service
from kvit.template.library.model import LAYOUTS_MAX, Integrated, Layout
from kvit.web.api_render import BODY_BYTES_MAX, Data, Paper, Recipe, address_of, where_of
from kvit.web.api_templates import Variant, Word, key_of
from kvit.web.door import Call
from kvit.web.rights import SEE_TEMPLATES
from kvit.web.routes import Table

MARK = "#"
"""Before a layout's number, as its name while it is filled: a fault names it."""
PAPERS = (80, 58)
PAPERS_MAX = 4


class PreviewWanted(msgspec.Struct, forbid_unknown_fields=True):
    """A draft to look at. ``printer``: one of the shop's; it takes the place of the paper of its width."""

    business: Word
    layouts: Annotated[list[Layout], msgspec.Meta(max_length=LAYOUTS_MAX)]
    data: Data
    variant: Variant = ""
    printer: Annotated[str, msgspec.Meta(max_length=64)] = ""
    papers: Annotated[list[Paper], msgspec.Meta(max_length=PAPERS_MAX)] = []
    """None: 80 and 58."""


class Fault(msgspec.Struct):
    """Why there is no paper, or what it lacks. ``layout``: from 0; -1: it is in none of the draft's own."""

    layout: int
    says: str


class SheetOut(msgspec.Struct):
    """One paper. ``png``: base 64."""

    paper: int
    printer: str
    png: str
    hash: str
    """SHA-256 of the bytes the printer gets."""
    warnings: list[str]
    remarks: list[Fault]
    """Warnings whose layout is known."""


class Preview(msgspec.Struct):
    """The papers, or why there are none."""

    sheets: list[SheetOut]
    warnings: list[str]
    missing: list[str]
    """Dynamic values the draft names and nobody gave."""
    fault: Fault | None = None


def add_api_preview(table: Table) -> None:
    """Add the route."""

    @table.post("/api/v1/preview", needs=SEE_TEMPLATES, bytes_max=BODY_BYTES_MAX)
    async def preview(call: Call, body: PreviewWanted) -> Preview | Refusal:
        """Draw a draft on every paper: pictures of the printers' own bytes, each with the hash of these bytes."""
        numbered = [msgspec.structs.replace(each, name=f"{MARK}{at}") for at, each in enumerate(body.layouts)]
        key = key_of(call, body.business, body.variant)
        draft = await call.context.db.read(service.drafted, key, library.Recipe(tuple(numbered)))
        where = where_of(call, Recipe(body.data))
        filled = await call.context.fill(FillWanted(draft.layouts, bytes(body.data), where))
        if isinstance(filled, Refusal):
            return Preview([], [], list(draft.missing), _fault(call, filled))
        return await _drawn(call, body, draft, filled)


async def _drawn(call: Call, body: PreviewWanted, draft: Integrated, filled: Filled) -> Preview | Refusal:
    places = await _places(call, body)
    if isinstance(places, Refusal):
        return places
    payload = Payload(Form.DOCUMENT, "", filled.document)
    pressed = await asyncio.gather(
        *(call.context.delivery.press(Wanted(payload, 1, address, PNG)) for _, _, address in places)
    )
    sheets: list[SheetOut] = []
    for (paper, printer, _), each in zip(places, pressed, strict=True):
        if isinstance(each, Refusal):
            return Preview([], [], list(draft.missing), _fault(call, each))
        sheets.append(_sheet(call, paper, printer, each, filled.origins))
    said = [call.say(each.code, **each.values) for each in filled.warnings]
    return Preview(sheets, said, list(draft.missing))


def _sheet(call: Call, paper: int, printer: str, made: Pressed, origins: tuple[str, ...]) -> SheetOut:
    png = base64.b64encode(made.data).decode()
    loose = [each for each in made.warnings if _layout_of(each, origins) < 0]
    placed: dict[int, list[Problem]] = {}
    for each in made.warnings:
        placed.setdefault(_layout_of(each, origins), []).append(msgspec.structs.replace(each, start=0, end=0))
    remarks = [
        Fault(layout, said)
        for layout, problems in sorted(placed.items())
        if layout >= 0
        for said in sentences_of(problems, call.say)
    ]
    return SheetOut(paper, printer, png, made.played.hex(), sentences_of(loose, call.say), remarks)


def _layout_of(problem: Problem, origins: tuple[str, ...]) -> int:
    """The draft's layout a problem of one block is about, from 0; -1: of none, or of several."""
    one = problem.end - problem.start == 1 and 0 <= problem.start < len(origins)
    return _number(origins[problem.start]) if one else -1


def _number(name: str) -> int:
    return int(name[1:]) if name.startswith(MARK) and name[1:].isdecimal() else -1


async def _places(call: Call, body: PreviewWanted) -> list[tuple[int, str, str]] | Refusal:
    """The papers with their printers and addresses, widest first; the printer's own in the place of its width."""
    found = {paper: (paper, "", await address_of(call, "", paper)) for paper in body.papers or PAPERS}
    if body.printer:
        address = await address_of(call, body.printer, 0)
        adapter = address if isinstance(address, Refusal) else adapter_of(address)
        if isinstance(adapter, Refusal):
            return adapter
        found[adapter.paper_mm] = (adapter.paper_mm, body.printer, address)
    places: list[tuple[int, str, str]] = []
    for paper, printer, given in found.values():
        if isinstance(given, Refusal):
            return given
        places.append((paper, printer, given))
    return sorted(places, reverse=True)


def _fault(call: Call, refusal: Refusal) -> Fault:
    values = dict(refusal.values)
    name = str(values.get("name", ""))
    number = _number(name)
    said = call.say(refusal.code, **{**values, "name": "" if number >= 0 else name})
    reason = str(values.get("reason", ""))
    return Fault(number, f"{said} ({reason})" if reason else said)
