"""Devices: what opens a wallet is a random token in a cookie, and its hash in the data base.

As with sessions of staff the token is 256 bits and SHA-256 keeps it well enough. Other than those it lives long: who keeps
receipts without an account has nothing but this cookie. A year and a month after its last use it is over; browsers forget
cookies no later.
"""

from __future__ import annotations

import hashlib
import unicodedata

from kvit.access.session import Randomness, fresh_token, looks_like_token

COOKIE = "kvit-wallet"

IDLE_S = 400 * 24 * 3600
"""As long as a receipt's link, and as long as browsers keep a cookie."""

TOUCH_S = 24 * 3600
"""How old "last seen" may get before it is written again."""

LABEL_LIMIT = 60

DEVICES_LIMIT = 20
"""Of one customer; the longest unused goes first."""


def fresh_device_token(randomness: Randomness) -> str:
    """Make a device's token: 43 letters of base64url."""
    return fresh_token(randomness)


def is_device_token(text: str) -> bool:
    """Say whether a text can be such a token, before the data base is asked."""
    return looks_like_token(text)


def device_hash(token: str) -> bytes:
    """Give the 32 bytes a device is found by."""
    return hashlib.sha256(b"kvit wallet device\0" + token.encode("utf-8", "surrogatepass")).digest()


def alive(seen_at: int, now: int) -> bool:
    """Say whether a device still opens its wallet."""
    return now - seen_at < IDLE_S


def clean_label(text: str) -> str:
    """Give a device's or card's label: one short line."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text[:500]).split())[:LABEL_LIMIT]


NAME_LIMIT = 40


def clean_name(text: str) -> str:
    """Give a person's name as it may be shown anywhere: one line, nothing that turns or hides letters."""
    composed = unicodedata.normalize("NFC", text[:500])
    seen = (letter if letter.isprintable() and unicodedata.category(letter) != "Cf" else " " for letter in composed)
    return " ".join("".join(seen).split())[:NAME_LIMIT].strip()
