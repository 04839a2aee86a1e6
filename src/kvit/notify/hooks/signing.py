"""How a webhook is signed, so that its receiver knows that it is from us, unchanged, and not an old one played again.

By the convention of Standard Webhooks 1.0 (https://www.standardwebhooks.com), for which most languages have a library.
Three headers: ``webhook-id`` names the event and stays the same however often it is sent; ``webhook-timestamp`` is when
this try was made, in seconds; ``webhook-signature`` holds one or more signatures with blanks between them, each ``v1,``
and the base64 of HMAC-SHA-256 over ``id.timestamp.body``. While a secret is being changed there are two, by the new one
first.

A secret is ``whsec_`` and the base64 of 32 random bytes; the key is the bytes. `verify` is the twin of `sign`, for
tests and for who builds a receiver.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Final

SECRET_BYTES: Final = 32
PREFIX: Final = "whsec_"
VERSION: Final = "v1"
TOLERANCE_S: Final = 5 * 60
"""How far the clocks of both sides may be apart; what is older may be a recording."""
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"


def secret_text(random: bytes) -> str:
    """Write a secret as its receiver is given it."""
    assert len(random) == SECRET_BYTES
    return PREFIX + base64.b64encode(random).decode()


def secret_bytes(text: str) -> bytes | None:
    """Read a secret; None where it is none."""
    try:
        found = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        return None
    return found if 24 <= len(found) <= 64 else None


def sign(id_: str, now_s: int, body: bytes, secrets: Iterable[bytes]) -> dict[str, str]:
    """Give the headers of one try."""
    signed = b".".join((id_.encode(), str(now_s).encode(), body))
    signatures = (f"{VERSION},{_signature(secret, signed)}" for secret in secrets)
    return {ID: id_, TIMESTAMP: str(now_s), SIGNATURE: " ".join(signatures)}


def verify(headers: Mapping[str, str], body: bytes, secret: bytes, now_s: int) -> bool:
    """Say whether a call is ours and of now; ``headers`` by small name."""
    id_, timestamp = headers.get(ID, ""), headers.get(TIMESTAMP, "")
    if not id_ or not (timestamp.isascii() and timestamp.isdigit()) or abs(int(timestamp) - now_s) > TOLERANCE_S:
        return False
    signed = b".".join((id_.encode(), timestamp.encode(), body))
    wanted = _signature(secret, signed).encode()
    given = [one.partition(",") for one in headers.get(SIGNATURE, "").split(" ")]
    return any(version == VERSION and hmac.compare_digest(wanted, text.encode()) for version, _, text in given)


def _signature(secret: bytes, signed: bytes) -> str:
    return base64.b64encode(hmac.digest(secret, signed, hashlib.sha256)).decode()
