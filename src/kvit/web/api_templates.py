"""The API's templates: the integrated template as the source answers it, dynamic values, drafts, versions, events.

Names and shapes of the first three routes are the source's (sources/retail-receipt-printing.ru.txt, 2.2). ``shopId`` may be
left out; another shop's is not here, whoever asks. What prints changes by publishing alone; a draft that somebody else
changed meanwhile is not overwritten (``over``: the hash it was made from).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

import msgspec
from starlette.responses import Response, StreamingResponse

from kvit.access import service as access
from kvit.refusal import Refusal
from kvit.template.fill import FillWanted
from kvit.template.library import acts, service
from kvit.template.library.check import read_objects
from kvit.template.library.model import BASE, DRAFT, Integrated, Key, Layout, Recipe, Template, Version
from kvit.template.text.read import LETTERS_MAX, recipe_of
from kvit.template.text.scan import TextError
from kvit.template.text.write import text_of
from kvit.web.body_limit import NAMED_BYTES_MAX
from kvit.web.door import Call
from kvit.web.jobs import now_ms
from kvit.web.problem import Problem
from kvit.web.rights import CHANGE_TEMPLATES, SEE_TEMPLATES
from kvit.web.routes import Table
from kvit.web.watch import BEAT_S, still_in

UNREADABLE = ("template.layout", "template.syntax", "template.missing_helper")
"""What no data can mend."""

Word = Annotated[str, msgspec.Meta(max_length=64)]
Variant = Annotated[str, msgspec.Meta(max_length=64, description="empty: the main one")]
ShopId = Annotated[str, msgspec.Meta(max_length=64, description="this shop's; may be left out")]
Number = Annotated[int, msgspec.Meta(ge=0, le=1 << 31, description="0: the draft")]
Note = Annotated[str, msgspec.Meta(max_length=400)]
Text = Annotated[
    str, msgspec.Meta(max_length=LETTERS_MAX, description="docs/protocols/receipt-layouts.md, the text form")
]
As = Annotated[Literal["layouts", "text"], msgspec.Meta(description="text: the text form beside them")]
Hash = Annotated[str, msgspec.Meta(max_length=64, description="the draft's hash it was made from")]


class TemplateRow(msgspec.Struct):
    """A template of the shop's own. ``version`` 0: none was published."""

    business: str
    variant: str
    id: int
    version: int
    draft: bool


class TemplateList(msgspec.Struct):
    """What the shop has of its own, and the businesses all shops have."""

    templates: list[TemplateRow]
    base: list[TemplateRow]


class RecipeOut(msgspec.Struct):
    """A version's layouts and required fields, with the hash of both; ``text`` where that form was asked for."""

    layouts: list[Layout]
    requires: list[str]
    hash: str
    text: str | None = None


class NewRecipe(msgspec.Struct, forbid_unknown_fields=True):
    """A draft to be: ``layouts`` and ``requires``, or ``text``, which says both. ``over``: whose place it takes."""

    layouts: list[Layout] = []
    requires: list[str] = []
    text: Text | None = None
    over: Hash = ""


class Converted(msgspec.Struct, forbid_unknown_fields=True):
    """A template in either form."""

    layouts: list[Layout] = []
    requires: list[str] = []
    text: Text | None = None


class TextFault(msgspec.Struct):
    """Why a template could not be turned into its other form. ``line``, ``column``: from 1; 0: in no line of a text."""

    line: int
    column: int
    says: str


class Conversion(msgspec.Struct):
    """Both forms, or why there are not."""

    recipe: RecipeOut | None
    fault: TextFault | None = None


class Saved(msgspec.Struct):
    """The draft's hash."""

    hash: str


class Publishing(msgspec.Struct, forbid_unknown_fields=True):
    """Why, and of which draft."""

    note: Note = ""
    over: Hash = ""


class Return(msgspec.Struct, forbid_unknown_fields=True):
    """Back to a version."""

    version: Annotated[int, msgspec.Meta(ge=1, le=1 << 31)]
    note: Note = ""


class Copying(msgspec.Struct, forbid_unknown_fields=True):
    """What becomes a draft of this template: another business or variant of this shop, or of all shops' library; or of
    another shop of this installation, whose ``key`` with ``templates.write`` shows that its owner agrees.
    """

    business: Word
    variant: Variant = ""
    base: bool = False
    shopId: ShopId = ""  # noqa: N815 - the source's word
    key: Annotated[str, msgspec.Meta(max_length=200, description="of the other shop")] = ""


class Versions(msgspec.Struct):
    """The published versions, newest first."""

    versions: list[Version]


class Difference(msgspec.Struct):
    """What changed, as lines of a unified diff."""

    lines: list[str]


def add_api_templates(table: Table) -> None:
    """Add the templates' routes."""
    _add_asking(table)
    _add_values(table)
    _add_drafts(table)
    _add_text(table)
    _add_versions(table)
    _add_events(table)


def key_of(call: Call, business: str, variant: str, shop_id: str = "") -> Key:
    """The template meant; another shop's is as absent as one that never was."""
    own = call.shop.id
    if shop_id and shop_id != own:
        raise Problem(404, "web.not_found")
    return Key(own, business, variant)


def _add_asking(table: Table) -> None:
    @table.get("/api/v1/templates", needs=SEE_TEMPLATES)
    async def list_templates(call: Call) -> TemplateList:
        """List the shop's own templates and those all shops have."""
        own = await call.context.db.read(service.templates, call.shop.id)
        base = await call.context.db.read(service.templates, BASE)
        return TemplateList([_row(each) for each in own], [_row(each) for each in base])

    @table.get("/api/v1/templates/{business}", needs=SEE_TEMPLATES)
    async def get_template(
        call: Call,
        business: Word,
        variant: Variant = "",
        shopId: ShopId = "",  # noqa: N803 - the source's word
    ) -> Response | Refusal:
        """Give the template that prints, the shop's dynamic values in it.

        As the source answers: `{"business", "shopId", "id", "version", "layouts": [{"name", "content"}]}`, and an ETag.
        """
        found = await call.context.db.read(service.integrated, key_of(call, business, variant, shopId))
        return found if isinstance(found, Refusal) else _tagged(call, found)


def _row(template: Template) -> TemplateRow:
    return TemplateRow(template.key.business, template.key.variant, template.id, template.current, template.has_draft)


def _tagged(call: Call, found: Integrated) -> Response:
    body = msgspec.json.encode(found)
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    kept = {"etag": tag, "cache-control": "private, no-cache, stale-while-revalidate=86400"}
    if call.request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=kept)
    return Response(body, media_type="application/json", headers=kept)


def _add_values(table: Table) -> None:
    @table.get("/api/v1/params/{business}", needs=SEE_TEMPLATES)
    async def get_params(
        call: Call,
        business: Word,
        type: Word = "",  # noqa: A002 - the source's word
        shopId: ShopId = "",  # noqa: N803
    ) -> dict[str, str]:
        """Give the dynamic values of a business (`*`: of all) and a type of layouts."""
        shop = key_of(call, business, "", shopId).shop
        return dict(await call.context.db.read(service.params, shop, business, type))

    @table.put("/api/v1/params/{business}", needs=CHANGE_TEMPLATES)
    async def put_params(
        call: Call,
        business: Word,
        body: dict[str, str],
        type: Word = "",  # noqa: A002 - the source's word
        shopId: ShopId = "",  # noqa: N803
    ) -> dict[str, str] | Refusal:
        """Write the dynamic values of a business (`*`: of all) and a type of layouts; those not named are gone."""
        assert call.user is not None
        key = key_of(call, business, "", shopId)
        return await call.context.db.write(acts.set_params, call.user, key.shop, business, type, body, now_ms(call))


def _add_drafts(table: Table) -> None:
    @table.get("/api/v1/templates/{business}/recipe", needs=SEE_TEMPLATES)
    async def get_recipe(
        call: Call, business: Word, variant: Variant = "", version: Number | None = None, base: bool = False,
        form: As = "layouts",
    ) -> RecipeOut | Refusal:  # fmt: skip
        """Give a version as it was written; `version` 0 is the draft, none the one that prints; `base`: all shops'."""
        key = key_of(call, business, variant)
        key = msgspec.structs.replace(key, shop=BASE) if base else key
        found = await call.context.db.read(service.recipe, key, version)
        return found if isinstance(found, Refusal) else written(found, form)

    @table.put("/api/v1/templates/{business}/draft", needs=CHANGE_TEMPLATES, bytes_max=NAMED_BYTES_MAX)
    async def put_draft(call: Call, business: Word, body: NewRecipe, variant: Variant = "") -> Saved | Refusal:
        """Keep a draft."""
        assert call.user is not None
        draft = await asyncio.to_thread(recipe_given, body.layouts, body.requires, body.text)
        if isinstance(draft, Refusal):
            return draft
        done = await call.context.db.write(
            acts.save_draft,
            call.user,
            key_of(call, business, variant),
            draft,
            read_objects,
            now_ms(call),
            body.over or None,
        )
        return done if isinstance(done, Refusal) else Saved(done)

    @table.delete("/api/v1/templates/{business}/draft", needs=CHANGE_TEMPLATES)
    async def delete_draft(call: Call, business: Word, variant: Variant = "") -> TemplateRow | Refusal:
        """Forget the draft."""
        assert call.user is not None
        done = await call.context.db.write(acts.drop_draft, call.user, key_of(call, business, variant), now_ms(call))
        return done if isinstance(done, Refusal) else _row(done)

    @table.post("/api/v1/templates/{business}/copy", needs=CHANGE_TEMPLATES)
    async def copy_template(call: Call, business: Word, body: Copying, variant: Variant = "") -> Saved | Refusal:
        """Make what another template prints a draft of this one; out of another shop, its pictures come along.

        `shopId` and a `key` of that shop with `templates.write` copy from there; both shops' audit logs say so.
        """
        assert call.user is not None
        target = key_of(call, business, variant)
        giver = call.user
        if body.shopId not in ("", target.shop):
            found = await call.context.db.read(access.check_key, body.key, call.now_s)
            if found is None or found.shop != body.shopId or not found.may(CHANGE_TEMPLATES):
                return Refusal("template.other_shop", {"shop": body.shopId})
            giver = found
        source = Key(BASE if body.base else giver.shop, body.business, body.variant)
        done = await call.context.db.write(acts.copy, call.user, giver, source, target, now_ms(call))
        return done if isinstance(done, Refusal) else Saved(done)


def written(recipe: Recipe, form: str) -> RecipeOut | Refusal:
    """Give a recipe, as text too where that is wanted; a layout no text can say is refused."""
    try:
        text = text_of(recipe) if form == "text" else None
    except TextError as error:
        return error.refusal()
    return RecipeOut(list(recipe.layouts), list(recipe.requires), service.sha256_of(recipe), text)


def recipe_given(layouts: list[Layout], requires: list[str], text: str | None) -> Recipe | Refusal:
    """Take a recipe in either form; both at once are unclear."""
    if text is None:
        return Recipe(tuple(layouts), tuple(requires))
    if layouts or requires:
        return Refusal("template.text", {"line": 0, "column": 0, "problem": "layouts and a text at once"})
    try:
        return recipe_of(text)
    except TextError as error:
        return error.refusal()


def _add_text(table: Table) -> None:
    @table.post("/api/v1/template-text", needs=SEE_TEMPLATES, bytes_max=NAMED_BYTES_MAX)
    async def convert_template(call: Call, body: Converted) -> Conversion:
        """Turn layouts into text or text into layouts, for an editor; nothing is kept.

        What can not be turned is no failed request: `fault` says why, and where in the text.
        """
        found = await asyncio.to_thread(recipe_given, body.layouts, body.requires, body.text)
        made = found if isinstance(found, Refusal) else await asyncio.to_thread(written, found, "text")
        if isinstance(made, Refusal):
            line, column = (int(made.values[name]) for name in ("line", "column"))
            return Conversion(None, TextFault(line, column, call.say(made.code, **made.values)))
        return Conversion(made)


async def sound(call: Call, key: Key, over: str) -> str | Refusal | None:
    """Say what is wrong with a draft that is to print: a template that can not be read prints nothing, ever.

    Give the hash of the draft that was looked at, to be published and no other; None where there is none.
    """
    draft = await call.context.db.read(service.recipe, key, DRAFT)
    if isinstance(draft, Refusal):
        return over or None
    found = await call.context.db.read(service.drafted, key, draft)
    filled = await call.context.fill(FillWanted(found.layouts, b"{}"))
    if isinstance(filled, Refusal) and filled.code in UNREADABLE:
        return filled
    return over or service.sha256_of(draft)


def _add_versions(table: Table) -> None:
    @table.post("/api/v1/templates/{business}/publish", needs=CHANGE_TEMPLATES)
    async def publish_template(
        call: Call, business: Word, body: Publishing, variant: Variant = ""
    ) -> Version | Refusal:
        """Let the draft print from now on; one that can not be read is refused."""
        assert call.user is not None
        key = key_of(call, business, variant)
        over = await sound(call, key, body.over)
        if isinstance(over, Refusal):
            return over
        return await call.context.db.write(acts.publish, call.user, key, body.note, now_ms(call), over)

    @table.post("/api/v1/templates/{business}/rollback", needs=CHANGE_TEMPLATES)
    async def roll_back_template(call: Call, business: Word, body: Return, variant: Variant = "") -> Version | Refusal:
        """Let an old version print again; it becomes the newest one."""
        assert call.user is not None
        key = key_of(call, business, variant)
        return await call.context.db.write(acts.roll_back, call.user, key, body.version, body.note, now_ms(call))

    @table.get("/api/v1/templates/{business}/versions", needs=SEE_TEMPLATES)
    async def list_versions(call: Call, business: Word, variant: Variant = "") -> Versions | Refusal:
        """List the published versions, newest first: who, when, why."""
        found = await call.context.db.read(service.history, key_of(call, business, variant))
        return found if isinstance(found, Refusal) else Versions(found)

    @table.get("/api/v1/templates/{business}/difference", needs=SEE_TEMPLATES)
    async def get_difference(
        call: Call, business: Word, old: Number, new: Number = DRAFT, variant: Variant = ""
    ) -> Difference | Refusal:
        """Say what changed from one version to another."""
        found = await call.context.db.read(service.difference, key_of(call, business, variant), old, new)
        return found if isinstance(found, Refusal) else Difference(found)


def _add_events(table: Table) -> None:
    @table.get("/api/v1/template-events", needs=SEE_TEMPLATES, stream=True)
    async def template_events(call: Call) -> Response:
        """Tell the business of every template or dynamic value that changed, for as long as the caller listens."""
        return StreamingResponse(_events(call), media_type="text/event-stream", headers={"x-accel-buffering": "no"})


async def _events(call: Call) -> AsyncIterator[str]:
    with call.context.db.listen(service.TOPIC) as heard:
        yield "retry: 2000\n\n"
        while True:
            try:
                business = await asyncio.wait_for(_next(heard), BEAT_S)
            except TimeoutError:
                if not await still_in(call):
                    return
                yield ": still here\n\n"
                continue
            if business is None:
                return
            yield f"event: template\ndata: {msgspec.json.encode({'business': business or '*'}).decode()}\n\n"


async def _next(heard: Any) -> str | None:
    return await anext(heard, None)
