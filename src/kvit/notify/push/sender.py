"""One push to one browser: sealed, signed, handed to its push service (RFC 8030).

``Topic`` is made of the message's id: a push that was sent twice, since the first answer was lost, replaces itself
while the browser is off line. The browser gets ``{"title", "body", "url", "tag"}``; the tag makes two of one id one on
the screen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from kvit.net import Ask, Asking, Reply
from kvit.net.guard import read_url
from kvit.notify.asking import retry_after_s
from kvit.notify.model import Letter, Outcome, Verdict
from kvit.notify.push import vapid
from kvit.notify.push.sealing import SALT_BYTES, WORDS_BYTES_MAX, read_subscription, seal

NAME: Final = "push"
TEXT_CHARS: Final = 500
"""A screen shows a few lines of it."""


@dataclass(frozen=True, slots=True)
class Pusher:
    """Sends pushes."""

    key: ec.EllipticCurvePrivateKey
    contact: str
    hosts: tuple[str, ...]
    """The push services that may be asked; ``*.example.com`` is any name below."""
    house: bool
    ask: Asking
    clock: Callable[[], float]
    random: Callable[[int], bytes]
    fresh: Callable[[], ec.EllipticCurvePrivateKey] = vapid.fresh_key

    async def send(self, id_: str, to: str, letter: Letter, live_s: int) -> Outcome:
        """Hand one push over; behind ``live_s`` the push service forgets it."""
        subscription = read_subscription(to)
        url = None if subscription is None else read_url(subscription.endpoint, plain=self.house)
        if subscription is None or url is None or url.hostname is None:
            return Outcome(Verdict.GONE, "subscription", NAME)
        if not any(fnmatchcase(url.hostname, host) for host in self.hosts):
            return Outcome(Verdict.GONE, "host", NAME)
        words = words_of(letter, id_)
        headers = {
            "Content-Encoding": "aes128gcm", "Content-Type": "application/octet-stream", "TTL": str(max(0, live_s)),
            "Urgency": "normal", "Topic": id_,
            "Authorization": vapid.authorization(self.key, subscription.endpoint, self.contact, int(self.clock())),
        }  # fmt: skip
        body = seal(words, subscription, self.fresh(), self.random(SALT_BYTES))
        reply = await self.ask(Ask(subscription.endpoint, body, headers, plain=self.house, house=self.house))
        if isinstance(reply, Reply):
            return read(reply, self.clock())
        return Outcome(Verdict.UNKNOWN if reply.sent else Verdict.LATER, reply.trouble.value, NAME)


def words_of(letter: Letter, id_: str) -> bytes:
    """Write what the browser is shown; a text too long is cut between two letters."""
    text = letter.text[:TEXT_CHARS]
    while True:
        words = msgspec.json.encode({"title": letter.subject[:120], "body": text, "url": letter.url, "tag": id_})
        if len(words) <= WORDS_BYTES_MAX or not text:
            return words
        text = text[: len(text) * 3 // 4]


def read(reply: Reply, now_s: float) -> Outcome:
    """Read a push service's answer (RFC 8030, 5; RFC 8292, 4.2). One service's trouble is not another's: never of all
    pushes."""
    reason = f"http {reply.status}"
    if reply.status in (200, 201, 202, 204):
        place = reply.headers.get("location", "").rpartition("/")[2]
        return Outcome(Verdict.DONE, provider=NAME, provider_id=place[:64] if place.isascii() else "")
    if reply.status in (404, 410):
        return Outcome(Verdict.GONE, reason, NAME)
    if reply.status == 429 or reply.status >= 500:
        return Outcome(Verdict.LATER, reason, NAME, wait_s=retry_after_s(reply, now_s))
    return Outcome(Verdict.REFUSED, reason, NAME)
