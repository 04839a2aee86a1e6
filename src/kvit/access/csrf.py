"""No other site may act in a user's name.

Three walls, each of which would do (the cookie's ``SameSite=Lax`` is the first): the browser must say that the request
comes from our own page (``Origin``, RFC 6454; where it is missing, ``Sec-Fetch-Site: same-origin``), and the form must
carry a token bound to the session. The token is an HMAC keyed with the session's token, so nothing is stored and it dies
with the session. Reading (GET, HEAD, OPTIONS) passes and therefore must change nothing.

Requests that come with a key instead of a cookie do not come from a browser and are not asked.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection

from kvit.refusal import Refusal

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def form_token(session_token: str) -> str:
    """Give the token a session's forms carry: 43 letters of base64url."""
    digest = hmac.digest(session_token.encode("utf-8", "surrogatepass"), b"kvit form", hashlib.sha256)
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def check_origin(method: str, origin: str | None, fetch_site: str | None, ours: Collection[str]) -> Refusal | None:
    """Refuse a write that does not come from our own pages; also what a log-in form, which has no session yet, needs.

    ``origin`` and ``fetch_site`` are the headers, None where absent; ``ours`` are the origins this window is reached
    under, such as ``http://127.0.0.1:7003``. A browser that says ``Origin: null`` hides where it comes from: foreign.
    """
    if method in SAFE:
        return None
    if origin is None and fetch_site is None:
        return Refusal("access.no_origin")
    if origin is not None:
        return None if origin in ours else Refusal("access.foreign_origin")
    return None if fetch_site == "same-origin" else Refusal("access.foreign_origin")


def check(
    method: str,
    origin: str | None,
    fetch_site: str | None,
    ours: Collection[str],
    session_token: str,
    given: str | None,
) -> Refusal | None:
    """Refuse a write without a right origin and the session's form token (``given``); None when it may go on."""
    refusal = check_origin(method, origin, fetch_site, ours)
    if refusal is not None or method in SAFE:
        return refusal
    wanted = form_token(session_token).encode()
    if not session_token or not hmac.compare_digest(wanted, (given or "").encode("utf-8", "surrogatepass")):
        return Refusal("access.stale_form")
    return None
