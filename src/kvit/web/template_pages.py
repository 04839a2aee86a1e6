"""The templates' pages: which templates print, their drafts, who changed what when and why, and the way back.

All works by forms, without script. What prints is always a published version; the picture on a template's page is made
from the bytes a plain printer would get, with the data of the built-in sample.
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.access import service as access
from kvit.device.press import PNG, Wanted
from kvit.device.spool.model import Form, Payload
from kvit.refusal import Refusal
from kvit.template.fill import FillWanted
from kvit.template.library import acts, service
from kvit.template.library.model import BASE, DRAFT, Key, Template
from kvit.template.palette import specimens
from kvit.web.api_render import Recipe, address_of, where_of
from kvit.web.api_templates import Hash, Note, Number, Variant, Word, key_of, sound
from kvit.web.door import Call
from kvit.web.editor import business_name
from kvit.web.jobs import now_ms
from kvit.web.pages import page
from kvit.web.problem import Problem, status_of
from kvit.web.rights import CHANGE_TEMPLATES, SEE_TEMPLATES
from kvit.web.routes import Table

Width = Annotated[int, msgspec.Meta(ge=58, le=112)]
Source = Annotated[str, msgspec.Meta(max_length=140, description="shop or base, business, variant, with blanks")]


class TemplateForm(msgspec.Struct):
    """A button."""

    csrf: str
    variant: Variant = ""


class PublishForm(msgspec.Struct):
    """Why, and of which draft."""

    csrf: str
    variant: Variant = ""
    note: Note = ""
    over: Hash = ""


class ReturnForm(msgspec.Struct):
    """Back to a version."""

    csrf: str
    version: Annotated[int, msgspec.Meta(ge=1, le=1 << 31)]
    variant: Variant = ""
    note: Note = ""


class CopyForm(msgspec.Struct):
    """What becomes this template's draft."""

    csrf: str
    source: Source
    variant: Variant = ""


class Shelf(msgspec.Struct, frozen=True):
    """A template as the list shows it: the shop's own, the base's, or the one over the other."""

    business: str
    variant: str
    own: Template | None
    base: Template | None


def add_template_pages(table: Table) -> None:
    """Add the pages."""
    _add_looking(table)
    _add_changing(table)


def _add_looking(table: Table) -> None:
    @table.get("/templates", needs=SEE_TEMPLATES, page=True)
    async def templates_page(call: Call) -> Response:
        """List the templates: whose version prints, and what is being worked on."""
        return page(call, "templates.html", shelves=await shelves(call), name_of=lambda one: business_name(call, one))

    @table.get("/new-template", needs=CHANGE_TEMPLATES, page=True)
    async def new_template(call: Call, business: Word, variant: Variant = "") -> Response:
        """Lead to the editor of a template there is not yet."""
        key_of(call, business, variant)
        return RedirectResponse(_place("/editor", business, variant), 303)

    @table.get("/templates/{business}", needs=SEE_TEMPLATES, page=True)
    async def template_page(
        call: Call, business: Word, variant: Variant = "", old: Number | None = None, new: Number | None = None,
        published: Number | None = None,
    ) -> Response | Refusal:  # fmt: skip
        """Show a template: what prints, its draft, its past, and what changed between two versions."""
        done = call.say("editor.published", version=published) if published else ""
        return await _show(call, business, variant, (old, new), done=done)

    @table.get("/templates/{business}/paper", needs=SEE_TEMPLATES, page=True)
    async def template_paper(
        call: Call, business: Word, variant: Variant = "", width: Width = 80
    ) -> Response | Refusal:
        """Draw what prints now, with the sample's data."""
        found = await call.context.db.read(service.integrated, key_of(call, business, variant))
        if isinstance(found, Refusal):
            return found
        data = msgspec.json.encode(specimens(business)["usual"])
        filled = await call.context.fill(FillWanted(found.layouts, data, where_of(call, Recipe(msgspec.Raw(data)))))
        address = await address_of(call, "", width)
        if isinstance(filled, Refusal) or isinstance(address, Refusal):
            raise Problem(503, "web.picture_failed")
        payload = Payload(Form.DOCUMENT, "", filled.document)
        pressed = await call.context.delivery.press(Wanted(payload, 1, address, PNG))
        return pressed if isinstance(pressed, Refusal) else Response(pressed.data, media_type=PNG)


def _add_changing(table: Table) -> None:
    @table.post("/templates/{business}/publish", needs=CHANGE_TEMPLATES, page=True)
    async def publish_form(call: Call, business: Word, form: PublishForm) -> Response | Refusal:
        """Let the draft print."""
        assert call.user is not None
        key = key_of(call, business, form.variant)
        over = await sound(call, key, form.over)
        if isinstance(over, Refusal):
            return await _after(call, business, form.variant, over)
        done = await call.context.db.write(acts.publish, call.user, key, form.note, now_ms(call), over)
        return await _after(call, business, form.variant, done)

    @table.post("/templates/{business}/rollback", needs=CHANGE_TEMPLATES, page=True)
    async def rollback_form(call: Call, business: Word, form: ReturnForm) -> Response | Refusal:
        """Let an old version print again."""
        assert call.user is not None
        key = key_of(call, business, form.variant)
        done = await call.context.db.write(acts.roll_back, call.user, key, form.version, form.note, now_ms(call))
        return await _after(call, business, form.variant, done)

    @table.post("/templates/{business}/drop", needs=CHANGE_TEMPLATES, page=True)
    async def drop_form(call: Call, business: Word, form: TemplateForm) -> Response | Refusal:
        """Forget the draft."""
        assert call.user is not None
        key = key_of(call, business, form.variant)
        return await _after(
            call, business, form.variant, await call.context.db.write(acts.drop_draft, call.user, key, now_ms(call))
        )

    @table.post("/templates/{business}/copy", needs=CHANGE_TEMPLATES, page=True)
    async def copy_form(call: Call, business: Word, form: CopyForm) -> Response | Refusal:
        """Make what another template prints a draft of this one, and open it."""
        assert call.user is not None
        target = key_of(call, business, form.variant)
        whose, of, variant = [*form.source.split(" "), "", ""][:3]
        source = Key(BASE if whose == "base" else target.shop, of, variant)
        done = await call.context.db.write(acts.copy, call.user, call.user, source, target, now_ms(call))
        if isinstance(done, Refusal):
            return await _after(call, business, form.variant, done)
        return RedirectResponse(_place("/editor", business, form.variant), 303)


async def shelves(call: Call) -> list[Shelf]:
    """Give all templates there are, the shop's own over the base's, the best known first."""
    own = await call.context.db.read(service.templates, call.shop.id)
    base = await call.context.db.read(service.templates, BASE)
    known = {(each.key.business, each.key.variant): each for each in base}
    mine = {(each.key.business, each.key.variant): each for each in own}
    order = {name: at for at, name in enumerate(("shopping", "refund", "delivery", "kitchen", "queue"))}
    places = sorted(known.keys() | mine.keys(), key=lambda each: (order.get(each[0], len(order)), each))
    return [Shelf(*place, mine.get(place), known.get(place)) for place in places]


def _place(before: str, business: str, variant: str) -> str:
    return f"{before}/{business}" + (f"?variant={variant}" if variant else "")


async def _after(call: Call, business: str, variant: str, done: object) -> Response | Refusal:
    if isinstance(done, Refusal):
        return await _show(call, business, variant, (None, None), call.say(done.code, **done.values), status_of(done))
    return RedirectResponse(_place("/templates", business, variant), 303)


async def _show(
    call: Call, business: str, variant: str, versions: tuple[int | None, int | None], refused: str = "",
    status: int = 200, done: str = "",
) -> Response | Refusal:  # fmt: skip
    key = key_of(call, business, variant)
    shelf = next((each for each in await shelves(call) if (each.business, each.variant) == (business, variant)), None)
    if shelf is None:
        return Refusal("template.unknown", {"business": business, "variant": variant or "-"})
    past = await call.context.db.read(service.history, key)
    draft = await call.context.db.read(service.recipe, key, DRAFT)
    names = await call.context.db.read(access.names, key.shop)
    return page(
        call, "template.html", status, shelf=shelf, name=business_name(call, business), refused=refused, done=done,
        past=[] if isinstance(past, Refusal) else past, names=names, drafted=not isinstance(draft, Refusal),
        over="" if isinstance(draft, Refusal) else service.sha256_of(draft), query=f"?variant={variant}" if variant else "",
        versions=versions, lines=await _lines(call, key, versions), sources=[
            each for each in await shelves(call) if (each.business, each.variant) != (business, variant) and each.base
        ],
    )  # fmt: skip


async def _lines(call: Call, key: Key, versions: tuple[int | None, int | None]) -> list[str] | None:
    old, new = versions
    if old is None:
        return None
    found = await call.context.db.read(service.difference, key, old, DRAFT if new is None else new)
    return [] if isinstance(found, Refusal) else found
