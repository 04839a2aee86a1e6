"""Webhooks: who hears of events, how each stands, what it was told; add, test, new secret, switch, play again,
remove."""

from __future__ import annotations

from typing import Annotated

import msgspec
from starlette.responses import RedirectResponse, Response

from kvit.notify import endpoints as hooks
from kvit.notify import service as notify
from kvit.notify.events import EVENTS
from kvit.notify.hooks.model import NAME_CHARS_MAX
from kvit.notify.store import Wanted
from kvit.refusal import Refusal
from kvit.web import hook_acts
from kvit.web.door import Call
from kvit.web.hook_acts import Fresh
from kvit.web.jobs import now_ms
from kvit.web.pages import page
from kvit.web.problem import status_of
from kvit.web.rights import CHANGE_WEBHOOKS
from kvit.web.routes import Table, form_fields

ROWS = 50
WANTED = sorted(set(EVENTS) - {"webhook.test"})
"""What can be ticked: a test is always sent."""
EVENT_FIELD = "event."
"""A box of the form: ``event.receipt.stored=on``."""

EndpointId = Annotated[str, msgspec.Meta(max_length=64)]
MessageId = Annotated[str, msgspec.Meta(max_length=64)]
Before = Annotated[int, msgspec.Meta(ge=1, le=1 << 62)]


class NewHookForm(msgspec.Struct):
    """Where events go; which, is in the fields ``event.…`` (none: all of them)."""

    csrf: str
    url: Annotated[str, msgspec.Meta(max_length=2048)]
    name: Annotated[str, msgspec.Meta(max_length=4 * NAME_CHARS_MAX)]


class HookForm(msgspec.Struct):
    """The webhook a button means."""

    csrf: str
    hook: EndpointId


class ReplayForm(msgspec.Struct):
    """The delivery that is sent again."""

    csrf: str
    message: MessageId


def add_webhooks(table: Table) -> None:
    """Add the page."""
    _add_buttons(table)

    @table.get("/webhooks", needs=CHANGE_WEBHOOKS, page=True)
    async def webhooks_page(call: Call) -> Response:
        """List the webhooks."""
        return await _show(call)

    @table.get("/webhooks/{hook}", needs=CHANGE_WEBHOOKS, page=True)
    async def webhook_page(call: Call, hook: EndpointId, before: Before = 1 << 62) -> Response | Refusal:
        """Show one webhook and what it was told."""
        return await _show_one(call, hook, before=before)

    @table.post("/webhooks", needs=CHANGE_WEBHOOKS, page=True)
    async def add_webhook(call: Call, form: NewHookForm) -> Response:
        """Add a webhook and show its secret, this once."""
        assert call.user is not None
        wanted = await _events(call)
        given = hooks.checked(form.url, form.name, wanted, plain=call.context.hooks_house)
        made: object = given
        fresh = Fresh(call.context)
        if not isinstance(given, Refusal):
            url, name, heard = given
            made = await call.context.db.write(hook_acts.add, call.user, fresh, url, name, heard, now_ms(call))
        if isinstance(made, Refusal):
            said = call.say(made.code, **made.values)
            return await _show(call, said, url=form.url, name=form.name, wanted=wanted, status=status_of(made))
        return await _show(call, secret=fresh.text)


def _add_buttons(table: Table) -> None:
    @table.post("/webhooks/{hook}/secret", needs=CHANGE_WEBHOOKS, page=True)
    async def rotate_webhook(call: Call, hook: EndpointId, form: HookForm) -> Response | Refusal:
        """Make a new secret and show it, this once; the one before holds for a day."""
        assert call.user is not None
        fresh = Fresh(call.context)
        done = await call.context.db.write(hook_acts.rotate, call.user, hook, fresh, now_ms(call))
        return done if isinstance(done, Refusal) else await _show_one(call, hook, secret=fresh.text)

    @table.post("/webhooks/{hook}/test", needs=CHANGE_WEBHOOKS, page=True)
    async def test_webhook(call: Call, hook: EndpointId, form: HookForm) -> Response | Refusal:
        """Send a test."""
        done = await call.context.db.write(hooks.test, call.shop.id, hook, now_ms(call))
        return await _shown(call, hook, done)

    @table.post("/webhooks/{hook}/on", needs=CHANGE_WEBHOOKS, page=True)
    async def switch_webhook_on(call: Call, hook: EndpointId, form: HookForm) -> Response | Refusal:
        """Switch a webhook on."""
        assert call.user is not None
        return await _shown(
            call, hook, await call.context.db.write(hook_acts.switch, call.user, hook, True, now_ms(call))
        )

    @table.post("/webhooks/{hook}/off", needs=CHANGE_WEBHOOKS, page=True)
    async def switch_webhook_off(call: Call, hook: EndpointId, form: HookForm) -> Response | Refusal:
        """Switch a webhook off."""
        assert call.user is not None
        return await _shown(
            call, hook, await call.context.db.write(hook_acts.switch, call.user, hook, False, now_ms(call))
        )

    @table.post("/webhooks/{hook}/change", needs=CHANGE_WEBHOOKS, page=True)
    async def change_webhook(call: Call, hook: EndpointId, form: NewHookForm) -> Response | Refusal:
        """Give a webhook another name and other events; its address stays."""
        assert call.user is not None
        given = hooks.checked(form.url, form.name, await _events(call), plain=call.context.hooks_house)
        if isinstance(given, Refusal):
            return await _shown(call, hook, given)
        _, name, heard = given
        return await _shown(
            call, hook, await call.context.db.write(hook_acts.change, call.user, hook, name, heard, now_ms(call))
        )

    @table.post("/webhooks/{hook}/replay", needs=CHANGE_WEBHOOKS, page=True)
    async def replay_webhook(call: Call, hook: EndpointId, form: HookForm) -> Response | Refusal:
        """Send a webhook all it missed."""
        assert call.user is not None
        return await _shown(
            call, hook, await call.context.db.write(hook_acts.replay_missed, call.user, hook, now_ms(call))
        )

    @table.post("/webhooks/{hook}/again", needs=CHANGE_WEBHOOKS, page=True)
    async def replay_delivery(call: Call, hook: EndpointId, form: ReplayForm) -> Response | Refusal:
        """Send one event again."""
        assert call.user is not None
        return await _shown(
            call, hook, await call.context.db.write(hook_acts.replay, call.user, form.message, now_ms(call))
        )

    @table.post("/webhooks/{hook}/remove", needs=CHANGE_WEBHOOKS, page=True)
    async def remove_webhook(call: Call, hook: EndpointId, form: HookForm) -> Response | Refusal:
        """Forget a webhook, and what waits for it."""
        assert call.user is not None
        done = await call.context.db.write(hook_acts.remove, call.user, hook, now_ms(call))
        return done if isinstance(done, Refusal) else RedirectResponse("/webhooks", 303)


async def _events(call: Call) -> list[str]:
    fields = await form_fields(call.request)
    return [name.removeprefix(EVENT_FIELD) for name in fields if name.startswith(EVENT_FIELD)]


async def _shown(call: Call, hook: str, done: object) -> Response | Refusal:
    """Lead back to the webhook, or show it with the sentence why not."""
    if isinstance(done, Refusal):
        return await _show_one(call, hook, refused=call.say(done.code, **done.values), status=status_of(done))
    return RedirectResponse(f"/webhooks/{hook}", 303)


async def _show(
    call: Call, refused: str = "", *, url: str = "", name: str = "", wanted: list[str] | None = None, secret: str = "",
    status: int = 200,
) -> Response:  # fmt: skip
    db, shop = call.context.db, call.shop.id
    found = await db.read(hooks.every, shop)
    standing = await db.read(hooks.standing, shop, now_ms(call))
    return page(
        call, "webhooks.html", status, hooks=found, standing=standing, events=WANTED, refused=refused, url=url,
        name=name, wanted=wanted or [], secret=secret, house=call.context.hooks_house,
    )  # fmt: skip


async def _show_one(
    call: Call, hook: str, *, refused: str = "", secret: str = "", before: int = 1 << 62, status: int = 200
) -> Response | Refusal:
    db, shop = call.context.db, call.shop.id
    found = await db.read(hooks.get, shop, hook)
    if isinstance(found, Refusal):
        return found
    rows = await db.read(notify.page, shop, Wanted(endpoint=hook), before, ROWS + 1)
    standing = await db.read(hooks.standing, shop, now_ms(call))
    return page(
        call, "webhook.html", status, hook=found, stands=standing.get(hook), rows=rows[:ROWS],
        next=rows[ROWS - 1].n if len(rows) > ROWS else 0, events=WANTED, refused=refused, secret=secret,
    )  # fmt: skip
