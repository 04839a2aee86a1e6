"""Keys of machines: the list, a new one shown this once, and taking one back."""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.access import SCOPES, key, staff
from kvit.access import service as access
from kvit.access.key import Key
from kvit.refusal import Refusal
from kvit.web.door import Call
from kvit.web.pages import page
from kvit.web.problem import status_of
from kvit.web.rights import CHANGE_KEYS
from kvit.web.routes import Table, form_fields

DAY_S = 86400
LIVES_DAYS = (30, 90, 365, 0)
"""How long a key may live; 0 is until it is taken back. The page offers the longest bounded one first."""
SCOPE_FIELD = "scope."
"""A box of the form: ``scope.receipts.read=on``."""

KeyId = Annotated[str, msgspec.Meta(max_length=64)]


class NewKeyForm(msgspec.Struct):
    """A key's name and how long it lives; what it may is in the fields ``scope.…``."""

    csrf: str
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=key.NAME_LIMIT)]
    days: Annotated[int, msgspec.Meta(ge=0, le=3650)]


class KeyForm(msgspec.Struct):
    """The key a button means."""

    csrf: str
    key: KeyId


def add_keys(table: Table) -> None:
    """Add the keys' page."""

    @table.get("/keys", needs=CHANGE_KEYS, page=True)
    async def keys_page(call: Call) -> Response | Refusal:
        """List the keys."""
        return await _show(call)

    @table.post("/keys", needs=CHANGE_KEYS, page=True)
    async def issue_key(call: Call, form: NewKeyForm) -> Response | Refusal:
        """Make a key and show it, this once."""
        assert call.user is not None
        fields = await form_fields(call.request)
        scopes = [name.removeprefix(SCOPE_FIELD) for name in fields if name.startswith(SCOPE_FIELD)]
        if not scopes:
            return await _show(call, refused=call.say("web.key_no_scope"), name=form.name, status=422)
        fresh = key.fresh_key(call.context.random)
        ends = call.now_s + form.days * DAY_S if form.days else None
        made = await call.context.db.write(
            staff.issue_key, call.user, fresh, form.name.strip(), scopes, call.now_s, ends
        )
        if isinstance(made, Refusal):
            return await _show(call, refused=call.say(made.code, **made.values), name=form.name, status=status_of(made))
        return await _show(call, fresh=fresh.text)

    @table.post("/keys/revoke", needs=CHANGE_KEYS, page=True)
    async def revoke_key(call: Call, form: KeyForm) -> Response | Refusal:
        """Take a key back."""
        assert call.user is not None
        done = await call.context.db.write(staff.revoke_key, call.user, form.key, call.now_s)
        if isinstance(done, Refusal):
            return await _show(call, refused=call.say(done.code, **done.values), status=status_of(done))
        return RedirectResponse("/keys", 303)


async def _show(
    call: Call, refused: str = "", name: str = "", fresh: str = "", status: int = 200
) -> Response | Refusal:
    assert call.user is not None
    found = await call.context.db.read(staff.list_keys, call.user)
    if isinstance(found, Refusal):
        return found
    names = await call.context.db.read(access.audit_names, call.user)
    return page(
        call, "keys.html", status, keys=[(one, _state(one, call.now_s)) for one in reversed(found)],
        names={} if isinstance(names, Refusal) else names, scopes=sorted(SCOPES), lives=LIVES_DAYS, refused=refused,
        name=name, fresh=fresh,
    )  # fmt: skip


def _state(one: Key, now_s: int) -> str:
    if one.revoked_at is not None:
        return "revoked"
    return "expired" if one.expires_at is not None and one.expires_at <= now_s else "living"
