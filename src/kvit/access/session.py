"""Sessions: a random token in a cookie, its hash in the data base.

The token is 256 bits; whoever reads the data base finds hashes and can not log in with them. SHA-256 without salt is
right for a token (there is nothing to guess), as it would be wrong for a password. A session is new at each log-in, so
one that was planted in a browser beforehand stays worthless, and it ends: unused for `IDLE_S`, in any case after
`LIFE_S`.

The cookie (RFC 6265bis): ``HttpOnly``, ``SameSite=Lax``, ``Path=/``; over TLS ``Secure`` with the prefix ``__Host-``. On
plain loopback, where browsers take no such cookie, the bare name.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie

Randomness = Callable[[int], bytes]
"""Gives that many random bytes; `secrets.token_bytes` in the product."""

TOKEN_BYTES = 32
TOKEN_LETTERS = 43

IDLE_S = 2 * 3600
"""A till's screen left alone over a long break; the live page keeps its session in use."""

LIFE_S = 16 * 3600
"""One long working day; the next one begins with the password."""

TOUCH_S = 60
"""How old "last used" may get before it is written again: not every page costs a write."""

COOKIE = "kvit-session"


def fresh_token(randomness: Randomness) -> str:
    """Make a session's token: 43 letters of base64url."""
    return base64.urlsafe_b64encode(randomness(TOKEN_BYTES)).rstrip(b"=").decode()


def token_hash(token: str) -> bytes:
    """Give the 32 bytes a token is kept as."""
    return hashlib.sha256(b"kvit session\0" + token.encode("utf-8", "surrogatepass")).digest()


def looks_like_token(token: str) -> bool:
    """Say whether a text can be a token at all, before the data base is asked."""
    return len(token) == TOKEN_LETTERS and token.isascii()


def alive(made_at: int, seen_at: int, now: int) -> bool:
    """Say whether a session still counts."""
    return now - seen_at < IDLE_S and now - made_at < LIFE_S


def needs_touch(seen_at: int, now: int) -> bool:
    """Say whether it is time to write down again that the session is used."""
    return now - seen_at >= TOUCH_S


def cookie_name(secure: bool) -> str:
    """Give the cookie's name; ``secure`` says that the page came over TLS."""
    return f"__Host-{COOKIE}" if secure else COOKIE


def set_cookie(token: str, secure: bool) -> str:
    """Write the Set-Cookie header that hands a session over; an empty token takes it away."""
    life = LIFE_S if token else 0
    tail = "; Secure" if secure else ""
    return f"{cookie_name(secure)}={token}; Path=/; Max-Age={life}; HttpOnly; SameSite=Lax{tail}"


def read_cookie(header: str, secure: bool) -> str:
    """Find the token in a Cookie header; empty when there is none that can be one."""
    try:
        found = SimpleCookie(header).get(cookie_name(secure))
    except CookieError:
        return ""
    token = found.value if found is not None else ""
    return token if looks_like_token(token) else ""
