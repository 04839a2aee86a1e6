"""Keys of machines: ``kvit_<id>_<secret>``, shown once, kept as a hash, revocable, with scopes and an optional end.

The fixed beginning lets programs that look for leaked secrets find it; the id finds the row without hashing all of
them; the secret is 256 bits, so SHA-256 keeps it well enough and fast enough to be asked on each request.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from kvit.access.session import Randomness

SECRET_BYTES = 32
ID_BYTES = 9
NAME_LIMIT = 64

_KEY = re.compile(r"kvit_([A-Za-z0-9]{12})_([A-Za-z0-9_-]{43})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as lists show it; the secret is nowhere."""

    id: str
    name: str
    scopes: tuple[str, ...]
    made_by: str
    made_at: int
    expires_at: int | None
    revoked_at: int | None


@dataclass(frozen=True, slots=True)
class FreshKey:
    """A key at the one moment its text exists."""

    id: str
    text: str


def fresh_key(randomness: Randomness) -> FreshKey:
    """Make a key. Its id has letters and digits only, so that the text can be taken apart at its low lines."""
    raw = base64.b64encode(randomness(ID_BYTES), altchars=b"zZ").decode()
    secret = base64.urlsafe_b64encode(randomness(SECRET_BYTES)).rstrip(b"=").decode()
    return FreshKey(raw, f"kvit_{raw}_{secret}")


def key_id(text: str) -> str:
    """Give the id in a key's text; empty when the text can be none."""
    found = _KEY.fullmatch(text)
    return found[1] if found else ""


def key_hash(text: str) -> bytes:
    """Give the 32 bytes a key is kept as."""
    return hashlib.sha256(b"kvit key\0" + text.encode("utf-8", "surrogatepass")).digest()


def matches(kept: bytes, text: str) -> bool:
    """Compare without telling by time where they differ."""
    return hmac.compare_digest(kept, key_hash(text))
