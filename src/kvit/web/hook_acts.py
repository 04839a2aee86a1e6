"""What staff and programs do to webhooks and messages, each with its row in the audit log, in one transaction.

A verb here is one of `kvit.notify.endpoints` or `kvit.notify.service` behind its audit row. The row holds ids:
never an address, a secret, or what a message said.
"""

from __future__ import annotations

from kvit.access.model import ID_BYTES, Identity
from kvit.access.service import audit
from kvit.db import Tx
from kvit.notify import endpoints as hooks
from kvit.notify import service as notify
from kvit.notify.hooks.model import Endpoint, Standing
from kvit.notify.hooks.signing import SECRET_BYTES, secret_text
from kvit.notify.model import Notice
from kvit.refusal import Refusal
from kvit.web.context import Context


class Fresh:
    """An endpoint's new secret: as its receiver is told it, this once, and as it is kept."""

    def __init__(self, context: Context) -> None:
        raw = context.random(SECRET_BYTES)
        self.text = secret_text(raw)
        self.sealed = context.sealer.seal.close(raw, hooks.USE)
        self.id = context.random(ID_BYTES).hex()


def add(
    tx: Tx, by: Identity, fresh: Fresh, url: str, name: str, events: tuple[str, ...], now_ms: int
) -> Endpoint | Refusal:
    """Add an endpoint; what it is called and where it lies was looked at (`hooks.checked`)."""
    audit(tx, by.shop, by.actor, "hook.added", fresh.id, now_ms // 1000)
    made = Endpoint(fresh.id, by.shop, url, name, events, Standing.ON, by.actor, now_ms, now_ms)
    return hooks.add(tx, made, fresh.sealed)


def change(tx: Tx, by: Identity, id_: str, name: str, events: tuple[str, ...], now_ms: int) -> Endpoint | Refusal:
    """Give an endpoint another name and other events."""
    audit(tx, by.shop, by.actor, "hook.changed", id_, now_ms // 1000)
    return hooks.change(tx, by.shop, id_, name, events, now_ms)


def rotate(tx: Tx, by: Identity, id_: str, fresh: Fresh, now_ms: int) -> Endpoint | Refusal:
    """Give an endpoint a new secret."""
    audit(tx, by.shop, by.actor, "hook.rotated", id_, now_ms // 1000)
    return hooks.rotate(tx, by.shop, id_, fresh.sealed, now_ms)


def switch(tx: Tx, by: Identity, id_: str, on: bool, now_ms: int) -> Endpoint | Refusal:
    """Switch an endpoint on or off."""
    audit(tx, by.shop, by.actor, "hook.on" if on else "hook.off", id_, now_ms // 1000)
    return hooks.switch(tx, by.shop, id_, on, now_ms)


def remove(tx: Tx, by: Identity, id_: str, now_ms: int) -> Endpoint | Refusal:
    """Forget an endpoint."""
    audit(tx, by.shop, by.actor, "hook.removed", id_, now_ms // 1000)
    return hooks.remove(tx, by.shop, id_, now_ms)


def replay(tx: Tx, by: Identity, message: str, now_ms: int) -> Notice | Refusal:
    """Send one event again."""
    audit(tx, by.shop, by.actor, "hook.replayed", message, now_ms // 1000)
    return hooks.replay(tx, by.shop, message, now_ms)


def replay_missed(tx: Tx, by: Identity, id_: str, now_ms: int) -> int | Refusal:
    """Send an endpoint all it missed."""
    audit(tx, by.shop, by.actor, "hook.replayed", id_, now_ms // 1000)
    return hooks.replay_missed(tx, by.shop, id_, now_ms)


def again(tx: Tx, by: Identity, message: str, now_ms: int) -> Notice | Refusal:
    """Send a message nobody knows about again."""
    audit(tx, by.shop, by.actor, "notice.again", message, now_ms // 1000)
    return notify.again(tx, by.shop, message, now_ms)


def drop(tx: Tx, by: Identity, message: str, now_ms: int) -> Notice | Refusal:
    """Take a message back, or settle one nobody knows about."""
    audit(tx, by.shop, by.actor, "notice.dropped", message, now_ms // 1000)
    return notify.drop(tx, by.shop, message, now_ms)
