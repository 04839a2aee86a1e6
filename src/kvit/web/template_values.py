"""The shop's own words in templates (``{{$name}}``): its phone, its slogan, an offer; for all papers or some.

The page is one form. Which names there are is read out of the templates, and any other may be added; the nearer place wins
(`kvit.template.library.integrate`).
"""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.refusal import Refusal
from kvit.template.library import acts, service
from kvit.template.library.model import EVERY, PARAM_LETTERS_MAX
from kvit.web.api_templates import Word
from kvit.web.door import Call
from kvit.web.editor import business_name
from kvit.web.jobs import now_ms
from kvit.web.pages import page
from kvit.web.problem import Problem, status_of
from kvit.web.rights import CHANGE_TEMPLATES, SEE_TEMPLATES
from kvit.web.routes import Table, form_fields
from kvit.web.template_pages import shelves

FIELD = "value."
OFTEN = ("phone", "slogan", "offer")
"""Offered before any template names them."""


class ValuesForm(msgspec.Struct):
    """The values stand in the fields ``value.…``; one more may have a name."""

    csrf: str
    business: Word
    type: Word = ""
    name: Word = ""
    value: Annotated[str, msgspec.Meta(max_length=PARAM_LETTERS_MAX)] = ""


def add_template_values(table: Table) -> None:
    """Add the page."""

    @table.get("/template-values", needs=SEE_TEMPLATES, page=True)
    async def values_page(
        call: Call,
        business: Word = EVERY,
        type: Word = "",  # noqa: A002 - the source's word
        saved: bool = False,
    ) -> Response:
        """Show the words of a place."""
        return await _show(call, business, type, saved=saved)

    @table.post("/template-values", needs=CHANGE_TEMPLATES, page=True)
    async def values_form(call: Call, form: ValuesForm) -> Response:
        """Keep them; an emptied one is gone, and the wider place's holds again."""
        assert call.user is not None
        fields = await form_fields(call.request)
        values = {name.removeprefix(FIELD): text for name, text in fields.items() if name.startswith(FIELD)}
        if form.name.strip():
            values[form.name.strip()] = form.value
        values = {name: text.replace("\r\n", "\n") for name, text in values.items() if text}
        shop = call.shop.id
        done = await call.context.db.write(
            acts.set_params, call.user, shop, form.business, form.type, values, now_ms(call)
        )
        if isinstance(done, Refusal):
            said = call.say(done.code, **done.values)
            return await _show(call, form.business, form.type, said, values, status_of(done))
        return RedirectResponse(f"/template-values?business={form.business}&type={form.type}&saved=true", 303)


async def _show(
    call: Call, business: str, type_: str, refused: str = "", typed: dict[str, str] | None = None, status: int = 200,
    saved: bool = False,
) -> Response:  # fmt: skip
    shop = call.shop.id
    found = await call.context.db.read(service.params, shop, business, type_)
    wide = {} if business == EVERY else await call.context.db.read(service.params, shop, EVERY)
    known = list(dict.fromkeys(each.business for each in await shelves(call)))
    if business != EVERY and business not in known:
        raise Problem(404, "web.not_found")
    named = await _named(call, business, known)
    names = {*(OFTEN if business == EVERY else ()), *named, *found, *(typed or ())}
    return page(
        call, "template_values.html", status, business=business, type=type_, values=found if typed is None else typed,
        wide=wide, names=sorted(names), businesses=known, name_of=lambda one: business_name(call, one), refused=refused,
        saved=saved,
    )  # fmt: skip


async def _named(call: Call, business: str, known: list[str]) -> list[str]:
    """The names templates of a business have places for; of all: of any."""
    wanted = known if business == EVERY else [business]
    keys = [(each.business, each.variant) for each in await shelves(call) if each.business in wanted]
    return await call.context.db.read(service.words, call.shop.id, keys)
