"""One call of a webhook: what is posted, and what its receiver's answer means.

Any 2xx within the deadline means that it has the event; the body of its answer is not looked at, and not kept. 410
means that it wants no more, and is taken at its word (Standard Webhooks 1.0). Everything else, no answer too, is tried
again: to hear of one event twice costs a receiver one look at ``webhook-id``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from kvit.net import Ask, Failed, Reply
from kvit.notify.asking import not_answered, retry_after_s
from kvit.notify.hooks.signing import sign
from kvit.notify.model import Outcome, Verdict

NAME: Final = "hook"


def call(url: str, event: str, body: bytes, secrets: Sequence[bytes], now_s: int, *, house: bool) -> Ask:
    """Make the request."""
    headers = {"Content-Type": "application/json", **sign(event, now_s, body, secrets)}
    return Ask(url, body, headers, plain=house, house=house)


def read(reply: Reply | Failed, now_s: float) -> Outcome:
    """Say what the answer means."""
    if isinstance(reply, Failed):
        found = not_answered(reply)
        shut = Verdict.CLOSED if found.verdict is Verdict.CLOSED else Verdict.AWAY
        return Outcome(Verdict.UNKNOWN if reply.sent else shut, found.reason, NAME)
    reason = f"http {reply.status}"
    if 200 <= reply.status < 300:
        return Outcome(Verdict.DONE, reason, NAME)
    if reply.status == 410:
        return Outcome(Verdict.GONE, reason, NAME)
    return Outcome(Verdict.AWAY, reason, NAME, wait_s=retry_after_s(reply, now_s))
