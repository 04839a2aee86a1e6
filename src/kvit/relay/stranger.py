"""Strangers on a print port: a browser, a health check, a scanner.

Raw print ports take any bytes, so the first ones decide, before anything reaches the printer. An HTTP request is a known
method, a blank, a target without blanks, and ``HTTP/1``; its answer is a sentence a person can read in a browser. A TLS
hello is closed without a word. A receipt that begins with a capital G is no request: the moment its bytes stop being the
beginning of one, they go on their way, and they are never held longer than the pump's `HOLD_S`.
"""

from __future__ import annotations

import re
from typing import Final

METHODS: Final = (b"GET", b"POST", b"PUT", b"HEAD", b"DELETE", b"OPTIONS", b"PATCH", b"CONNECT", b"TRACE", b"PRI")
FIRST_BYTES_MAX: Final = 8192
"""A request line longer than this is refused by every web server too."""

_WHOLE: Final = re.compile(rb"(?:%s) [^ \r\n\x00-\x1f]{1,8000} HTTP/[0-9]" % b"|".join(METHODS))
_BEGIN: Final = re.compile(rb"(?:%s) [^ \r\n\x00-\x1f]{0,8000}(?: H?T?T?P?/?)?\Z" % b"|".join(METHODS))
_TLS: Final = re.compile(rb"\x16\x03[\x00-\x04]..\x01", re.DOTALL)

_PAGE: Final = (
    "This is a raw print port of Kvit, not a web page: bytes sent here go to a receipt printer. "
    "Your request was not printed. The receipts are on Kvit's own web address.\n"
)
HTTP_ANSWER: Final = (
    "HTTP/1.1 421 Misdirected Request\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n"
    f"Content-Length: {len(_PAGE)}\r\n"
    "Cache-Control: no-store\r\n"
    "Connection: close\r\n\r\n"
    f"{_PAGE}"
).encode("ascii")


def recognise(first: bytes) -> str | None:
    """Say who the first bytes come from: ``till``, ``http``, ``tls``; None when more bytes are needed to know."""
    if _WHOLE.match(first):
        return "http"
    if first[:1] == b"\x16":
        if _TLS.match(first):
            return "tls"
        return None if len(first) < 6 and _may_be_tls(first) else "till"
    if len(first) < FIRST_BYTES_MAX and (_BEGIN.match(first) or _may_be_method(first)):
        return None
    return "till"


def _may_be_method(first: bytes) -> bool:
    return len(first) < 8 and any(method.startswith(first) for method in METHODS)


def _may_be_tls(first: bytes) -> bool:
    return b"\x16\x03".startswith(first[:2]) and (len(first) < 3 or first[2] <= 4)
