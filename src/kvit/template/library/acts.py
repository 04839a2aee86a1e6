"""What staff and programs do to templates, each with its row in the audit log, in one transaction.

The row names the business and variant (and the version), never a content or a value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from kvit.access.model import Identity
from kvit.access.service import audit
from kvit.db import Tx
from kvit.refusal import Refusal
from kvit.template.library import service
from kvit.template.library.check import ReadContent
from kvit.template.library.model import Key, Recipe, Template, Version
from kvit.template.pictures import service as pictures
from kvit.template.pictures.service import Picture

PICTURE: Final = re.compile(r"picture:[0-9a-f]{64}")
"""What a content calls one of the shop's pictures."""


def _row(tx: Tx, by: Identity, act: str, key: Key, now_ms: int, version: int | None = None) -> None:
    name = f"{key.business}/{key.variant}" if key.variant else key.business
    audit(tx, by.shop, by.actor, f"template.{act}", name if version is None else f"{name} {version}", now_ms // 1000)


def save_draft(
    tx: Tx, by: Identity, key: Key, draft: Recipe, read_content: ReadContent, now_ms: int, over: str | None
) -> str | Refusal:
    """Keep a draft; give its hash."""
    done = service.save_draft(tx, key, draft, read_content, now_ms, over)
    if not isinstance(done, Refusal):
        _row(tx, by, "drafted", key, now_ms)
    return done


def drop_draft(tx: Tx, by: Identity, key: Key, now_ms: int) -> Template | Refusal:
    """Forget the draft."""
    done = service.drop_draft(tx, key, now_ms)
    if not isinstance(done, Refusal):
        _row(tx, by, "dropped", key, now_ms)
    return done


def publish(tx: Tx, by: Identity, key: Key, note: str, now_ms: int, over: str | None) -> Version | Refusal:
    """Let the draft print."""
    done = service.publish(tx, key, by.actor, note, now_ms, over)
    if not isinstance(done, Refusal):
        _row(tx, by, "published", key, now_ms, done.version)
    return done


def roll_back(tx: Tx, by: Identity, key: Key, version: int, note: str, now_ms: int) -> Version | Refusal:
    """Let an old version print again."""
    done = service.roll_back(tx, key, version, by.actor, note, now_ms)
    if not isinstance(done, Refusal):
        _row(tx, by, "returned", key, now_ms, version)
    return done


def copy(tx: Tx, by: Identity, giver: Identity, source: Key, target: Key, now_ms: int) -> str | Refusal:
    """Make what one template prints a draft of another. ``giver``: who may read the source; of another shop, its log says
    what was given, and the pictures the template names come along.
    """
    if giver.shop != by.shop:
        given = service.recipe(tx, source)
        missed = given if isinstance(given, Refusal) else _with_pictures(tx, by, giver, given, now_ms)
        if missed is not None:
            return missed
    done = service.copy(tx, source, target, now_ms)
    if not isinstance(done, Refusal):
        if giver.shop != by.shop:
            _row(tx, giver, "given", source, now_ms)
        _row(tx, by, "copied", target, now_ms)
    return done


def _with_pictures(tx: Tx, by: Identity, giver: Identity, recipe: Recipe, now_ms: int) -> Refusal | None:
    """Keep the pictures a recipe names in the shop it came to; one the other shop lacks, this one lacks as well."""
    for address in sorted({each for layout in recipe.layouts for each in PICTURE.findall(layout.content)}):
        data = pictures.picture(tx, giver.shop, address)
        if isinstance(data, bytes):
            kept = pictures.keep(tx, by.shop, data, address[:24], by.actor, now_ms)
            if isinstance(kept, Refusal):
                return kept
    return None


def set_params(
    tx: Tx, by: Identity, shop: str, business: str, type_: str, values: Mapping[str, str], now_ms: int
) -> dict[str, str] | Refusal:
    """Write dynamic values."""
    done = service.set_params(tx, shop, business, type_, values, by.actor, now_ms)
    if not isinstance(done, Refusal):
        _row(tx, by, "values", Key(shop, business, type_), now_ms)
    return done


def keep_picture(tx: Tx, by: Identity, data: bytes, name: str, now_ms: int) -> Picture | Refusal:
    """Keep a picture; the row has the beginning of its hash, not what people call it."""
    done = pictures.keep(tx, by.shop, data, name, by.actor, now_ms)
    if not isinstance(done, Refusal):
        audit(tx, by.shop, by.actor, "template.picture", done.address[:24], now_ms // 1000)
    return done
