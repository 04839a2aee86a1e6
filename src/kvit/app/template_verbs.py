"""Templates for the command line: the shop's side of ``kvit templates``.

The same acts as the API's, in the name of the machine's console, which is at home in every shop of this installation.
Answers are plain; an expected no is ``{"refusal": code, "values": {…}}``.
"""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec

from kvit.app.control import Verb
from kvit.app.printing import refused
from kvit.refusal import Refusal
from kvit.template.fill import FillWanted
from kvit.template.library import acts, service
from kvit.template.library.check import read_objects
from kvit.template.library.model import BASE, DRAFT, Key
from kvit.template.text.file import file_of, recipe_in
from kvit.template.text.scan import TextError
from kvit.template.text.write import text_of
from kvit.web import job_acts
from kvit.web.api_templates import UNREADABLE
from kvit.web.context import Context

Said = dict[str, Any]


class TemplateVerbs:
    """The verbs, over what the windows have, too."""

    def __init__(self, context: Context) -> None:
        """Take the windows' world."""
        self._context, self._db = context, context.db

    def verbs(self) -> dict[str, Verb]:
        """Give them by name."""
        return {
            "template_list": self.listed,
            "template_show": self.show,
            "template_keep": self.keep,
            "template_publish": self.publish,
            "template_copy": self.copy,
        }

    async def listed(self, request: Said) -> Said:
        """List the shop's own templates, and those all shops have."""
        rows = []
        for shop in (self._shop(request), BASE):
            for each in await self._db.read(service.templates, shop):
                name = each.key
                rows.append({
                    "business": name.business, "variant": name.variant, "own": shop != BASE, "version": each.current,
                    "draft": each.has_draft,
                })  # fmt: skip
        return {"templates": rows}

    async def show(self, request: Said) -> Said:
        """Give a recipe (``version``; none: what prints, the shop's own or else Kvit's) ``as`` text or json."""
        key, version = self._key(request), request.get("version")
        found = await self._db.read(service.recipe, key, version)
        if isinstance(found, Refusal) and found.code == "template.unknown" and version is None:
            found = await self._db.read(service.recipe, msgspec.structs.replace(key, shop=BASE), None)
        if isinstance(found, Refusal):
            return refused(found)
        try:
            return {"text": text_of(found) if request.get("as") == "text" else file_of(found)}
        except TextError as error:
            return refused(error.refusal())

    async def keep(self, request: Said) -> Said:
        """Keep a file's ``text`` as the draft; ``as`` says what it holds."""
        made = await asyncio.to_thread(recipe_in, str(request.get("text", "")), str(request.get("as", "")))
        if isinstance(made, Refusal):
            return refused(made)
        key = self._key(request)
        who, now_ms = job_acts.who(key.shop), self._now_ms()
        done = await self._db.write(acts.save_draft, who, key, made, read_objects, now_ms, None)
        return refused(done) if isinstance(done, Refusal) else {"hash": done}

    async def publish(self, request: Said) -> Said:
        """Let the draft print; one that can not be read is refused."""
        key = self._key(request)
        draft = await self._db.read(service.recipe, key, DRAFT)
        if isinstance(draft, Refusal):
            return refused(draft)
        joined = await self._db.read(service.drafted, key, draft)
        filled = await self._context.fill(FillWanted(joined.layouts, b"{}"))
        if isinstance(filled, Refusal) and filled.code in UNREADABLE:
            return refused(filled)
        over, note = service.sha256_of(draft), str(request.get("note", ""))
        done = await self._db.write(acts.publish, job_acts.who(key.shop), key, note, self._now_ms(), over)
        return refused(done) if isinstance(done, Refusal) else {"version": done.version}

    async def copy(self, request: Said) -> Said:
        """Make what the shop ``from`` prints a draft of this shop, with its pictures."""
        target = self._key(request)
        source = msgspec.structs.replace(target, shop=str(request.get("from", "")))
        if self._context.shops(source.shop) is None:
            return refused(Refusal("template.unknown", {"business": source.business, "variant": source.shop[:64]}))
        who, giver = job_acts.who(target.shop), job_acts.who(source.shop)
        done = await self._db.write(acts.copy, who, giver, source, target, self._now_ms())
        return refused(done) if isinstance(done, Refusal) else {"hash": done}

    def _shop(self, request: Said) -> str:
        given = str(request.get("shop", ""))
        found = self._context.shops(given) if given else self._context.shop
        if found is None:
            raise ValueError(f"there is no shop {given[:64]}")
        return found.id

    def _key(self, request: Said) -> Key:
        return Key(self._shop(request), str(request.get("business", "")), str(request.get("variant", "")))

    def _now_ms(self) -> int:
        return int(self._context.clock() * 1000)
