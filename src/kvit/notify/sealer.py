"""What whoever orders a message holds: it checks, counts and seals.

    message = sealer.sms("+821012345678", text, about="code", minutes=5, urgent=True)
    if not isinstance(message, Refusal):
        await db.write(notify.send, shop, message, key="code:…")

``key`` names the order for ever: the same fact told twice is one message. The clock of a message begins here, so make
it when it is ordered. Refusals: ``notify.address`` (no mailbox, no number, no subscription), ``notify.too_long``,
``notify.not_set_up``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from kvit.notify.addresses import MAILBOX, PHONE
from kvit.notify.model import ADDRESS_MS, CONTENT_BYTES_MAX, Count, Kind, Letter, Message
from kvit.notify.sealing import HINT_CHARS, Seal
from kvit.notify.segments import Rule, measure
from kvit.refusal import Refusal

PREFIX_CHARS: Final = 5
"""``+7701``, ``+8210``, ``+2526``: country and the first of the network; pumping goes to expensive prefixes."""
MINUTES_MAX: Final = ADDRESS_MS // 60_000
CODE: Final = "code"
"""Messages about that go before all others, by whatever way: somebody waits for it."""
SUBJECT_CHARS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class Limits:
    """How many a day; 0: not limited."""

    sms_to_one: int = 10
    """To one number: codes and receipts together."""
    sms: int = 1_000
    """In all, for one shop: what a stolen page could cost at most."""
    mail_to_one: int = 50
    mail: int = 20_000
    push_to_one: int = 100


@dataclass(frozen=True, slots=True)
class Sealer:
    """Makes messages."""

    seal: Seal
    clock: Callable[[], float]
    """Wall clock, seconds since 1970."""
    limits: Limits = Limits()
    rule: Rule = Rule.WORLD
    """By whose rule text messages are counted (`kvit.notify.segments`)."""
    ways: frozenset[Kind] = frozenset(Kind)
    """What is set up: nothing else can be ordered."""

    def mail(
        self, to: str, subject: str, text: str, *, html: str = "", about: str, minutes: int = MINUTES_MAX
    ) -> Message | Refusal:
        """A mail; ``html`` is shown instead of ``text`` where the reader can."""
        subject = " ".join(subject.split())
        if not MAILBOX.fullmatch(to) or ".." in to or to.startswith(".") or ".@" in to:
            return Refusal("notify.address")
        counts = [Count("mail", self.limits.mail)]
        letter = Letter(text, subject[:SUBJECT_CHARS_MAX], html)
        name, _, host = to.partition("@")
        hint = f"{name[:1]}…@{host}"
        return self._made(Kind.MAIL, to, letter, about, minutes, counts, self.limits.mail_to_one, hint=hint)

    def sms(
        self, to: str, text: str, *, about: str, minutes: int = MINUTES_MAX, urgent: bool = False
    ) -> Message | Refusal:
        """A text message to a number in E.164."""
        length = measure(text, self.rule)
        if not PHONE.fullmatch(to):
            return Refusal("notify.address")
        if not length.fits or not length.text.strip():
            return Refusal("notify.too_long", {"used": length.used})
        counts = [Count("sms", self.limits.sms), Count(f"prefix:{to[:PREFIX_CHARS]}")]
        return self._made(
            Kind.SMS, to, Letter(length.text), about, minutes, counts, self.limits.sms_to_one,
            hint="…" + to[-HINT_CHARS:], urgent=urgent, parts=length.parts,
        )  # fmt: skip

    def push(
        self, subscription: str, title: str, text: str, *, url: str = "", about: str, minutes: int = MINUTES_MAX
    ) -> Message | Refusal:
        """A push to a browser; ``subscription`` is what it gave the page, as JSON."""
        letter = Letter(text, title[:SUBJECT_CHARS_MAX], url=url)
        if not 0 < len(subscription) <= 4_096:
            return Refusal("notify.address")
        return self._made(Kind.PUSH, subscription, letter, about, minutes, [], self.limits.push_to_one)

    def _made(
        self, kind: Kind, to: str, letter: Letter, about: str, minutes: int, counts: list[Count], to_one: int, *,
        hint: str = "", urgent: bool = False, parts: int = 0,
    ) -> Message | Refusal:  # fmt: skip
        assert 0 < minutes <= MINUTES_MAX
        if kind not in self.ways:
            return Refusal("notify.not_set_up")
        words = msgspec.json.encode(letter)
        if len(words) > CONTENT_BYTES_MAX:
            return Refusal("notify.too_long", {"used": len(words)})
        now_ms = int(self.clock() * 1000)
        slot = self.slot(kind, to)
        one = Count(f"{kind.value}:{slot.hex()}", to_one, "notify.too_many_to_one")
        return Message(
            kind, about, now_ms, now_ms + minutes * 60_000, self.seal.hash(kind.value, about, to, words),
            target=self.seal.close(to.encode(), f"to.{kind.value}"), content=self.seal.close(words, f"words.{kind.value}"),
            slot=slot, hint=hint, urgent=urgent or about == CODE, parts=parts, counts=(one, *counts),
        )  # fmt: skip

    def slot(self, kind: Kind, to: str) -> bytes:
        """The keyed hash of an address: what an erasure looks for (`kvit.notify.service.forget`)."""
        folded = to.lower() if kind is Kind.MAIL else to
        return self.seal.hash("slot", kind.value, folded)
