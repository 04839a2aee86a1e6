"""The audit log as staff read it: who did what, newest first, and whether its chain holds.

The log holds ids. The names of people and keys are looked up for the page and stand nowhere else, so the log stays as it
is when somebody is renamed or leaves. A log of up to ``PROVED_ROWS`` is proved whole with every page; a longer one when
somebody asks.
"""

from __future__ import annotations

import json
from typing import Annotated

import msgspec
from starlette.responses import Response

from kvit.access import service as access
from kvit.access.audit import Broken, Entry
from kvit.i18n import codes
from kvit.refusal import Refusal
from kvit.web.door import Call
from kvit.web.pages import page
from kvit.web.rights import SEE_AUDIT
from kvit.web.routes import Table

ROWS = 50
PROVED_ROWS = 20_000
"""Some tenths of a second of work."""

Before = Annotated[int, msgspec.Meta(ge=1, le=1 << 62)]


class Row(msgspec.Struct):
    """A row in words."""

    n: int
    at_ms: int
    who: str
    act: str
    subject: str
    detail: str


def add_audit(table: Table) -> None:
    """Add the log's page."""

    @table.get("/audit", needs=SEE_AUDIT, page=True)
    async def audit_page(call: Call, before: Before = 1 << 62, prove: bool = False) -> Response | Refusal:
        """Show what was done, the newest first."""
        assert call.user is not None
        db, user = call.context.db, call.user
        found = await db.read(access.read_audit, user, before, ROWS + 1)
        names = await db.read(access.audit_names, user)
        if isinstance(found, Refusal):
            return found
        if isinstance(names, Refusal):
            return names
        length = await db.read(access.audit_length, user)
        proof = await db.read(access.verify_audit, user.shop) if prove or length <= PROVED_ROWS else None
        rows = [_row(call, entry, names) for entry in found[:ROWS]]
        return page(
            call, "audit.html", rows=rows, length=length, next=rows[-1].n if len(found) > ROWS else 0, proof=proof,
            broken=proof.n if isinstance(proof, Broken) else 0,
        )  # fmt: skip


def _row(call: Call, entry: Entry, names: dict[str, str]) -> Row:
    return Row(
        entry.n, entry.at * 1000, _who(call, entry.actor, names), _act(call, entry.act), _subject(entry, names),
        _detail(call, entry.detail),
    )  # fmt: skip


def _who(call: Call, actor: str, names: dict[str, str]) -> str:
    if actor == access.CONSOLE:
        return call.say("web.audit_console")
    return names.get(actor, actor) or call.say("web.audit_nobody")


def _act(call: Call, act: str) -> str:
    """An act in words; one that a newer Kvit wrote stands as it is."""
    code = f"web.act_{act.replace('.', '_')}"
    return call.say(code) if code in codes() else act


def _subject(entry: Entry, names: dict[str, str]) -> str:
    """What it was done to; empty where that is who did it."""
    for actor in (f"user:{entry.subject}", f"key:{entry.subject}"):
        if actor in names:
            return "" if actor == entry.actor else names[actor]
    return "" if f"user:{entry.subject}" == entry.actor else entry.subject


def _detail(call: Call, text: str) -> str:
    words = []
    for name, value in json.loads(text or "{}").items():
        code = f"web.role_{value}"
        words.append(call.say(code) if name == "role" and code in codes() else str(value))
    return ", ".join(words)
