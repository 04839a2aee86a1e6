"""The template editor's page: what it begins with. The work is done by its modules (``static/editor*.js``) over the API.

Everything the modules need comes with the page, so that the first picture needs one request. Without script the page is a
form with the template's text, which keeps a draft just as well; its picture is on the template's page.
"""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.device.adapters.adapter import adapter_of
from kvit.device.printers import service as printers
from kvit.receipt import service as receipts
from kvit.receipt.model import Kind
from kvit.receipt.store import Filter, Summary
from kvit.refusal import Refusal
from kvit.template.form import problem
from kvit.template.library import acts, service
from kvit.template.library.check import WORD
from kvit.template.library.model import NONE, SHARED, Recipe
from kvit.template.palette import fields, specimens, words_of
from kvit.template.pictures import service as pictures
from kvit.web.api_data import OURS
from kvit.web.api_templates import Hash, Variant, Word, key_of
from kvit.web.body_limit import NAMED_BYTES_MAX
from kvit.web.door import Call
from kvit.web.jobs import now_ms
from kvit.web.pages import page
from kvit.web.problem import Problem, status_of
from kvit.web.rights import CHANGE_TEMPLATES, PRINT_JOBS, SEE_RECEIPTS
from kvit.web.routes import Table

NAMED = frozenset(
    ("shopping", "refund", "delivery", "kitchen", "queue", "shift-x", "shift-z", "label", "test", "shared")
)
"""Businesses whose names people know; any other is called what it is called."""
RECIPE_LETTERS_MAX = 400_000
"""What all layouts of a template may have, and what writing them as JSON adds."""
RECEIPTS_SHOWN = 12
"""A menu, no archive."""


class RecipeForm(msgspec.Struct):
    """The whole draft as text."""

    csrf: str
    recipe: Annotated[str, msgspec.Meta(max_length=RECIPE_LETTERS_MAX)]
    over: Hash = ""
    variant: Variant = ""


def add_editor(table: Table) -> None:
    """Add the page."""

    @table.get("/editor/{business}", needs=CHANGE_TEMPLATES, page=True)
    async def editor_page(call: Call, business: Word, variant: Variant = "") -> Response:
        """Show the editor."""
        return await _show(call, business, variant)

    @table.post("/editor/{business}", needs=CHANGE_TEMPLATES, page=True, bytes_max=NAMED_BYTES_MAX)
    async def editor_form(call: Call, business: Word, form: RecipeForm) -> Response:
        """Keep the draft that was typed as text."""
        assert call.user is not None
        try:
            recipe = msgspec.json.decode(form.recipe, type=Recipe)
        except (msgspec.DecodeError, RecursionError) as error:
            return await _show(call, business, form.variant, str(error), form.recipe, 422)
        key = key_of(call, business, form.variant)
        over = form.over or None
        done = await call.context.db.write(acts.save_draft, call.user, key, recipe, readable, now_ms(call), over)
        if isinstance(done, Refusal):
            said = call.say(done.code, **done.values)
            return await _show(call, business, form.variant, said, form.recipe, status_of(done))
        return RedirectResponse(f"/templates/{business}" + (f"?variant={form.variant}" if form.variant else ""), 303)


def readable(content: str) -> str:
    """Say what is wrong with a layout that is to print; what stands for nothing or for another is right."""
    return "" if content in (NONE, SHARED) else problem(content)


def business_name(call: Call, business: str) -> str:
    """What people call a business."""
    return call.say(f"editor.business_{business.replace('-', '_')}") if business in NAMED else business


async def _show(
    call: Call, business: str, variant: str, refused: str = "", typed: str | None = None, status: int = 200
) -> Response:
    if not WORD.fullmatch(business) or (variant and not WORD.fullmatch(variant)):
        raise Problem(404, "web.not_found")
    key = key_of(call, business, variant)
    recipe, base, shared, over = await call.context.db.read(service.sources, key)
    ordered = Recipe(tuple(sorted(recipe.layouts, key=lambda each: each.sort_weight)), recipe.requires)
    text = msgspec.json.format(msgspec.json.encode(ordered), indent=1).decode() if typed is None else typed
    start = {
        "business": business, "variant": variant, "shop": call.shop.id, "csrf": call.csrf, "over": over,
        "recipe": ordered, "baseTypes": sorted({each.type for each in base.layouts}),
        "shared": [each for each in shared.layouts if business != "shared"], "specimens": specimens(business),
        "palette": fields(business), "words": words_of(recipe, shared), "printers": await _printers(call),
        "pictures": await call.context.db.read(pictures.pictures, call.shop.id),
    }  # fmt: skip
    return page(
        call, "editor.html", status, start=msgspec.json.encode(start).decode(), business=business, variant=variant,
        name=business_name(call, business), recipe=text, over=over, refused=refused, types=_types(recipe, shared),
        receipts=await _receipts(call, business),
    )  # fmt: skip


async def _printers(call: Call) -> list[dict[str, Any]]:
    if not call.may(PRINT_JOBS):
        return []
    found = []
    for each in await call.context.db.read(printers.printers, call.shop.id):
        adapter = adapter_of(each.address)
        if not isinstance(adapter, Refusal):
            found.append({"name": each.name, "paper": adapter.paper_mm})
    return found


async def _receipts(call: Call, business: str) -> list[Summary]:
    """The newest receipts whose data may be looked at on this paper."""
    if business not in OURS or not call.may(SEE_RECEIPTS):
        return []
    wanted = Filter(kind=Kind.REFUND if business == "refund" else Kind.SALE)
    found = await call.context.db.read(receipts.list_page, call.shop.id, wanted, "", RECEIPTS_SHOWN)
    return [] if isinstance(found, Refusal) else list(found.receipts)


def _types(*recipes: Recipe) -> list[str]:
    known = ["logo", "header", "title", "items", "payment", "marketing", "footer"]
    return list(dict.fromkeys([*known, *(each.type for recipe in recipes for each in recipe.layouts)]))
