"""The API's webhooks: the same acts as on the page, for programs."""

from __future__ import annotations

import datetime
from typing import Annotated

import msgspec

from kvit.notify import endpoints as hooks
from kvit.notify import service as notify
from kvit.notify.events import EVENTS
from kvit.notify.hooks.model import Endpoint, Standing
from kvit.notify.model import Notice, State
from kvit.notify.store import Wanted
from kvit.refusal import Refusal
from kvit.web import hook_acts
from kvit.web.api_rows import moment
from kvit.web.door import Call
from kvit.web.hook_acts import Fresh
from kvit.web.jobs import now_ms
from kvit.web.rights import CHANGE_WEBHOOKS
from kvit.web.routes import Table
from kvit.web.webhooks import Before, EndpointId, MessageId

Limit = Annotated[int, msgspec.Meta(ge=1, le=notify.PAGE_LIMIT)]
EventNames = Annotated[list[str], msgspec.Meta(max_length=50)]


class HookRow(msgspec.Struct):
    """A webhook; ``events`` empty: all. ``state``: ``on``, ``off`` by a person, ``failed`` since it took nothing for
    days."""

    id: str
    name: str
    url: str
    events: list[str]
    state: Standing
    made: datetime.datetime
    changed: datetime.datetime
    two_secrets_until: datetime.datetime | None
    """While its secret is being changed: until when calls are signed with both."""


class HookList(msgspec.Struct):
    """The shop's webhooks."""

    webhooks: list[HookRow]


class NewHook(msgspec.Struct, forbid_unknown_fields=True):
    """A webhook to be."""

    url: Annotated[str, msgspec.Meta(max_length=2048)]
    name: Annotated[str, msgspec.Meta(max_length=256)]
    events: EventNames = msgspec.field(default_factory=list)


class MadeHook(msgspec.Struct):
    """The webhook, and its secret, told this once."""

    webhook: HookRow
    secret: str


class ChangedHook(msgspec.Struct, forbid_unknown_fields=True):
    """Its name and the events it wants; its address stays."""

    name: Annotated[str, msgspec.Meta(max_length=256)]
    events: EventNames


class Switched(msgspec.Struct, forbid_unknown_fields=True):
    """Whether it is on."""

    on: bool


class DeliveryRow(msgspec.Struct):
    """One event on its way to one webhook."""

    id: str
    n: int
    event: str
    state: State
    tries: int
    reason: str
    made: datetime.datetime
    changed: datetime.datetime


class DeliveryList(msgspec.Struct):
    """Deliveries, newest first; ``next`` is the ``before`` of the page behind them, null at the end."""

    deliveries: list[DeliveryRow]
    next: int | None


class Replayed(msgspec.Struct):
    """How many events are sent again."""

    count: int


class EventRow(msgspec.Struct):
    """A kind of event, and the fields of its ``data`` beside ``shop``."""

    name: str
    when: str
    fields: dict[str, str]


class EventList(msgspec.Struct):
    """All kinds of events."""

    events: list[EventRow]


def add_api_webhooks(table: Table) -> None:
    """Add the routes."""
    _add_managing(table)
    _add_deliveries(table)

    @table.get("/api/v1/webhook-events", needs=CHANGE_WEBHOOKS)
    async def list_webhook_events(call: Call) -> EventList:
        """List the kinds of events a webhook can hear of."""
        return EventList([EventRow(one.name, one.when, dict(one.fields)) for one in EVENTS.values()])

    @table.get("/api/v1/webhooks", needs=CHANGE_WEBHOOKS)
    async def list_webhooks(call: Call) -> HookList:
        """List the shop's webhooks."""
        found = await call.context.db.read(hooks.every, call.shop.id)
        return HookList([hook_row(call, one) for one in found])

    @table.get("/api/v1/webhooks/{hook}", needs=CHANGE_WEBHOOKS)
    async def get_webhook(call: Call, hook: EndpointId) -> HookRow | Refusal:
        """Give one webhook."""
        found = await call.context.db.read(hooks.get, call.shop.id, hook)
        return found if isinstance(found, Refusal) else hook_row(call, found)


def _add_managing(table: Table) -> None:
    @table.post("/api/v1/webhooks", needs=CHANGE_WEBHOOKS)
    async def post_webhook(call: Call, body: NewHook) -> MadeHook | Refusal:
        """Add a webhook; its secret is told this once."""
        assert call.user is not None
        given = hooks.checked(body.url, body.name, body.events, plain=call.context.hooks_house)
        if isinstance(given, Refusal):
            return given
        url, name, heard = given
        fresh = Fresh(call.context)
        made = await call.context.db.write(hook_acts.add, call.user, fresh, url, name, heard, now_ms(call))
        return made if isinstance(made, Refusal) else MadeHook(hook_row(call, made), fresh.text)

    @table.put("/api/v1/webhooks/{hook}", needs=CHANGE_WEBHOOKS)
    async def put_webhook(call: Call, hook: EndpointId, body: ChangedHook) -> HookRow | Refusal:
        """Give a webhook another name and other events."""
        assert call.user is not None
        given = hooks.checked("https://example.com", body.name, body.events, plain=False)
        if isinstance(given, Refusal):
            return given
        done = await call.context.db.write(hook_acts.change, call.user, hook, given[1], given[2], now_ms(call))
        return done if isinstance(done, Refusal) else hook_row(call, done)

    @table.delete("/api/v1/webhooks/{hook}", needs=CHANGE_WEBHOOKS)
    async def delete_webhook(call: Call, hook: EndpointId) -> HookRow | Refusal:
        """Forget a webhook, and what waits for it."""
        assert call.user is not None
        done = await call.context.db.write(hook_acts.remove, call.user, hook, now_ms(call))
        return done if isinstance(done, Refusal) else hook_row(call, done)

    @table.post("/api/v1/webhooks/{hook}/secret", needs=CHANGE_WEBHOOKS)
    async def post_webhook_secret(call: Call, hook: EndpointId) -> MadeHook | Refusal:
        """Make a new secret, told this once; calls are signed with both for a day."""
        assert call.user is not None
        fresh = Fresh(call.context)
        done = await call.context.db.write(hook_acts.rotate, call.user, hook, fresh, now_ms(call))
        return done if isinstance(done, Refusal) else MadeHook(hook_row(call, done), fresh.text)

    @table.post("/api/v1/webhooks/{hook}/state", needs=CHANGE_WEBHOOKS)
    async def post_webhook_state(call: Call, hook: EndpointId, body: Switched) -> HookRow | Refusal:
        """Switch a webhook on or off; what waited is kept to be played again."""
        assert call.user is not None
        done = await call.context.db.write(hook_acts.switch, call.user, hook, body.on, now_ms(call))
        return done if isinstance(done, Refusal) else hook_row(call, done)

    @table.post("/api/v1/webhooks/{hook}/test", needs=CHANGE_WEBHOOKS)
    async def post_webhook_test(call: Call, hook: EndpointId) -> DeliveryRow | Refusal:
        """Send a webhook a test."""
        made = await call.context.db.write(hooks.test, call.shop.id, hook, now_ms(call))
        return made if isinstance(made, Refusal) else delivery_row(call, made)


def _add_deliveries(table: Table) -> None:
    @table.get("/api/v1/webhooks/{hook}/deliveries", needs=CHANGE_WEBHOOKS)
    async def list_deliveries(
        call: Call, hook: EndpointId, state: State | None = None, before: Before = 1 << 62, limit: Limit = 50
    ) -> DeliveryList | Refusal:
        """List what a webhook was told, newest first."""
        found = await call.context.db.read(hooks.get, call.shop.id, hook)
        if isinstance(found, Refusal):
            return found
        wanted = Wanted(state=state, endpoint=hook)
        rows = await call.context.db.read(notify.page, call.shop.id, wanted, before, limit)
        return DeliveryList([delivery_row(call, one) for one in rows], rows[-1].n if len(rows) == limit else None)

    @table.post("/api/v1/webhooks/{hook}/replay", needs=CHANGE_WEBHOOKS)
    async def post_webhook_replay(call: Call, hook: EndpointId) -> Replayed | Refusal:
        """Send a webhook every event it missed and that is still kept, at most 1,000 at once."""
        assert call.user is not None
        done = await call.context.db.write(hook_acts.replay_missed, call.user, hook, now_ms(call))
        return done if isinstance(done, Refusal) else Replayed(done)

    @table.post("/api/v1/webhook-deliveries/{message}/replay", needs=CHANGE_WEBHOOKS)
    async def post_delivery_replay(call: Call, message: MessageId) -> DeliveryRow | Refusal:
        """Send one event again, under its own id."""
        assert call.user is not None
        done = await call.context.db.write(hook_acts.replay, call.user, message, now_ms(call))
        return done if isinstance(done, Refusal) else delivery_row(call, done)


def hook_row(call: Call, one: Endpoint) -> HookRow:
    """Give a webhook as programs see it."""
    both = one.before_until_ms > now_ms(call)
    return HookRow(
        one.id, one.name, one.url, list(one.events), one.state, moment(call.shop, one.made_ms),
        moment(call.shop, one.changed_ms), moment(call.shop, one.before_until_ms) if both else None,
    )  # fmt: skip


def delivery_row(call: Call, one: Notice) -> DeliveryRow:
    """Give a delivery as programs see it."""
    return DeliveryRow(
        one.id, one.n, one.about, one.state, one.tries, one.reason, moment(call.shop, one.made_ms),
        moment(call.shop, one.changed_ms),
    )  # fmt: skip
