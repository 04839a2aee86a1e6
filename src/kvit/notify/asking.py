"""What an HTTP exchange that brought no answer, or only a status, means for a message. Pure.

The line that matters is between "surely not taken" and "nobody knows": only behind the first may a text message go out
again.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import Any, Final

import msgspec

from kvit.net import Failed, Reply, Trouble
from kvit.notify.model import Outcome, Verdict

WAIT_MAX_S: Final = 24 * 3600.0
"""Whoever says "come again in a year" is not believed."""
ID_CHARS_MAX: Final = 128


def not_answered(failed: Failed) -> Outcome:
    """No answer: surely not taken where no byte left us."""
    if failed.sent:
        return Outcome(Verdict.UNKNOWN, failed.trouble.value)
    shut = failed.trouble in (Trouble.ADDRESS, Trouble.TLS)
    return Outcome(Verdict.CLOSED if shut else Verdict.AWAY, failed.trouble.value)


def by_status(reply: Reply, now_s: float) -> Outcome:
    """Say what a status means where there is no other word of theirs to read (RFC 9110, 15; RFC 6585, 4).

    401, 403, 404: the account or the address; other 4xx: this message. 5xx, and a 2xx nobody can read: nobody knows.
    """
    reason = f"http {reply.status}"
    if reply.status == 429:
        return Outcome(Verdict.AWAY, reason, wait_s=retry_after_s(reply, now_s))
    if reply.status in (401, 403, 404, 405, 407) or 300 <= reply.status < 400:
        return Outcome(Verdict.CLOSED, reason)
    if 400 <= reply.status < 500:
        return Outcome(Verdict.REFUSED, reason)
    return Outcome(Verdict.UNKNOWN, "answer" if reply.status < 300 else reason)


def retry_after_s(reply: Reply, now_s: float) -> float:
    """When to come again (RFC 9110, 10.2.3); 0: not said."""
    told = reply.headers.get("retry-after", "").strip()
    if told.isascii() and told.isdigit():
        return min(float(told[:9]), WAIT_MAX_S)
    try:
        return min(max(parsedate_to_datetime(told).timestamp() - now_s, 0.0), WAIT_MAX_S)
    except (ValueError, TypeError, OverflowError):
        return 0.0


def fields_of(reply: Reply) -> dict[str, Any] | None:
    """Give the object somebody answered with; None for anything else: a page of a proxy, half an answer."""
    try:
        found = msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def name_of(value: object) -> str:
    """Their name for a message, a word or a number; empty where it is neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    plain = isinstance(value, str) and value.isascii() and value.isprintable() and " " not in value
    return value if plain and isinstance(value, str) and len(value) <= ID_CHARS_MAX else ""


def inside(fields: object, path: str) -> object:
    """Follow ``a.b.0.c`` into what was answered; None where it leads nowhere."""
    for step in path.split("."):
        if isinstance(fields, dict):
            fields = fields.get(step)
        elif isinstance(fields, list) and step.isdigit() and int(step) < len(fields):
            fields = fields[int(step)]
        else:
            return None
    return fields
