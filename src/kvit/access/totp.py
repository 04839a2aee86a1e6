"""The six digits of an authenticator app: HOTP (RFC 4226) over 30-second steps (RFC 6238), HMAC-SHA-1 as all apps take it.

A step's digits count once: the caller keeps the last step that was taken (`check` gives it) and no digits up to it pass
again. One step before and after is taken too, for clocks that are off.
"""

from __future__ import annotations

import base64
import hmac
from urllib.parse import quote

STEP_S = 30
DIGITS = 6
SKEW = 1
"""Steps before and after that are taken."""

SECRET_BYTES = 20
"""RFC 4226 recommends 160 bits."""


def digits_at(secret: bytes, step: int, digits: int = DIGITS, algorithm: str = "sha1") -> str:
    """Give the digits of a step (seconds since 1970 through 30)."""
    digest = hmac.digest(secret, step.to_bytes(8, "big"), algorithm)
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFF_FFFF
    return str(number % 10**digits).zfill(digits)


def check(secret: bytes, typed: str, now: int, last_step: int) -> int | None:
    """Weigh typed digits; give the step they belong to, which must be above ``last_step``, or None.

    Every step in reach is computed, so the time does not tell which was right.
    """
    given = "".join(typed[:20].split()).encode("utf-8", "surrogatepass")
    found = None
    for step in range(max(0, now // STEP_S - SKEW), now // STEP_S + SKEW + 1):
        if hmac.compare_digest(digits_at(secret, step).encode(), given) and step > last_step:
            found = step
    return found


def secret_text(secret: bytes) -> str:
    """Write a secret as apps take it by hand: base32 without padding."""
    return base64.b32encode(secret).decode().rstrip("=")


def app_address(secret: bytes, name: str, issuer: str) -> str:
    """Write the ``otpauth`` address an app reads from a QR code."""
    label = quote(f"{issuer}:{name}", safe="")
    return f"otpauth://totp/{label}?secret={secret_text(secret)}&issuer={quote(issuer, safe='')}"
