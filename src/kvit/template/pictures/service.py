"""A shop's own pictures: uploaded once, named by their hash, in the data base with everything else.

A template names one as ``picture:`` and 64 hexadecimal digits. The same picture uploaded twice is one. Refusals:
``template.picture_kind`` (no picture, or too large), ``template.picture`` (there is none of that name).
"""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec

from kvit.db import Tx
from kvit.refusal import Refusal
from kvit.template.pictures.kinds import BYTES_MAX, kind_of

SCHEME: Final = "picture:"
PICTURES_MAX: Final = 500
"""Of one shop: logos and seals, not a catalogue."""
NAME_LETTERS_MAX: Final = 80


class Picture(msgspec.Struct, frozen=True):
    """One of the shop's pictures, without its bytes."""

    address: str
    name: str
    kind: str
    bytes: int
    at_ms: int


def keep(tx: Tx, shop: str, data: bytes, name: str, by: str, now_ms: int) -> Picture | Refusal:
    """Keep a picture; give what templates call it."""
    kind = kind_of(data)
    if not kind or "\0" in name:
        return Refusal("template.picture_kind", {"limit": BYTES_MAX >> 20})
    sha256 = hashlib.sha256(data).digest()
    count = tx.one("SELECT count(*) FROM template_picture WHERE shop = $1 AND sha256 <> $2", shop, sha256)
    if count is not None and count[0] >= PICTURES_MAX:
        return Refusal("template.pictures_full", {"limit": PICTURES_MAX})
    row = tx.one(
        "INSERT INTO template_picture (shop, sha256, kind, name, body, at, by_user) VALUES ($1, $2, $3, $4, $5, $6, $7)"
        " ON CONFLICT (shop, sha256) DO UPDATE SET name = excluded.name RETURNING at",
        shop, sha256, kind, name[:NAME_LETTERS_MAX], data, now_ms, by,
    )  # fmt: skip
    assert row is not None
    return Picture(SCHEME + sha256.hex(), name[:NAME_LETTERS_MAX], kind, len(data), int(row[0]))


def pictures(tx: Tx, shop: str) -> list[Picture]:
    """Give the shop's pictures, newest first."""
    rows = tx.all(
        "SELECT sha256, name, kind, length(body), at FROM template_picture WHERE shop = $1 ORDER BY at DESC, sha256",
        shop,
    )
    return [Picture(SCHEME + bytes(sha256).hex(), name, kind, size, at) for sha256, name, kind, size, at in rows]


def picture(tx: Tx, shop: str, address: str) -> bytes | Refusal:
    """Give a picture's bytes by what templates call it."""
    digits = address.removeprefix(SCHEME)
    try:
        sha256 = bytes.fromhex(digits)
    except ValueError:
        sha256 = b""
    row = tx.one("SELECT body FROM template_picture WHERE shop = $1 AND sha256 = $2", shop, sha256)
    return Refusal("template.picture", {"address": address[:200]}) if row is None else bytes(row[0])
