"""The words of the queue: a message, the states it can be in, how a try ended.

A message is ordered in the transaction of the fact it tells of, and is from then on never lost and never made twice:
the orderer's key names it for ever. How often it *arrives* is another thing. Between our last byte and the other side's
answer a cable can break, and then nobody knows. What follows is decided by the kind, in `AGAIN_WHEN_UNKNOWN`:

* a mail, a push and a webhook go out again under the same name (``Message-ID``, ``Topic``, ``webhook-id``), by which
the other side can know the second from the first; * a text message has no such name, costs money and wakes people: it
stays ``unknown`` and only a person sends it again.

    waiting ──take──► sending ──► done │ refused │ dry
       ▲                 │
       └── later, away ──┤         (surely not taken; after its time is over: expired)
                         └──────► unknown (text messages alone)

The address is delivery data: it is wiped with the words when a message has ended, at the latest after `ADDRESS_MS`.
Everything here is a value; nothing opens anything.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

import msgspec

DAY_MS: Final = 24 * 3_600_000
ADDRESS_MS: Final = 3 * DAY_MS
"""The longest an address is kept for a delivery. Nothing is tried behind it, whatever was asked for."""
KEY_CHARS_MAX: Final = 200
CONTENT_BYTES_MAX: Final = 64 << 10
"""A mail with a receipt in it has a few kilobytes, an event a few hundred bytes."""


class Kind(enum.StrEnum):
    """By which way."""

    MAIL = "mail"
    SMS = "sms"
    PUSH = "push"
    HOOK = "hook"


WIDTH: Final[dict[str, int]] = {Kind.MAIL: 2, Kind.SMS: 4, Kind.PUSH: 8, Kind.HOOK: 4}
"""How many of one lane are on their way at once: of a webhook's receiver, more would be a flood."""


HOOKS_AT_ONCE: Final = 20
"""Of all webhooks together: receivers that sleep must leave room for the code somebody waits for."""


class State(enum.StrEnum):
    """Where a message is."""

    WAITING = "waiting"
    SENDING = "sending"
    DONE = "done"
    """The other side took it: the mail server, the SMS company, the push service, the webhook's receiver."""
    DRY = "dry"
    """Sent nowhere, on purpose: the settings say that text messages are only shown."""
    REFUSED = "refused"
    """It never will be taken."""
    UNKNOWN = "unknown"
    """The other side may have taken it, or not."""
    EXPIRED = "expired"
    """Its time was over before anybody took it."""
    DROPPED = "dropped"
    """Taken back: a person, an erasure, a receiver that is no more."""


OPEN: Final = frozenset({State.WAITING, State.SENDING})
AGAIN_WHEN_UNKNOWN: Final = frozenset({Kind.MAIL, Kind.PUSH, Kind.HOOK})


SHUT_WHEN_UNKNOWN: Final = frozenset({Kind.MAIL, Kind.SMS, Kind.HOOK})
"""Where there is one other side for the whole lane. Pushes go to many services: one that is silent says nothing of the
others."""


class Verdict(enum.StrEnum):
    """How one try ended."""

    DONE = "done"
    DRY = "dry"
    LATER = "later"
    """Surely not taken: this one, now."""
    AWAY = "away"
    """Surely not taken, nor would the next be: the way as a whole is shut for now."""
    CLOSED = "closed"
    """Like `AWAY`, and only a person mends it: the account, the sender's number, the certificate."""
    REFUSED = "refused"
    """Surely not taken, and never will be."""
    GONE = "gone"
    """Refused since the address is no more: whoever keeps it may forget it."""
    UNKNOWN = "unknown"
    """Nobody knows."""


SHUT: Final = frozenset({Verdict.AWAY, Verdict.CLOSED})
"""Verdicts on a whole way."""


@dataclass(frozen=True, slots=True)
class Count:
    """One more under a heading that takes at most so many a day; ``most`` 0: counted, never refused."""

    heading: str
    """``sms``, ``to:<keyed hash>``, ``prefix:+7701``: no address in clear."""
    most: int = 0
    refusal: str = "notify.too_many"


@dataclass(frozen=True, slots=True)
class Message:
    """Something to be sent, its address and words sealed. `kvit.notify.sealing.Sealer` makes them."""

    kind: Kind
    about: str
    """What for, one word: ``code``, ``receipt``, ``reminder``, ``test``, or the name of a webhook's event."""
    made_ms: int
    not_after_ms: int
    """Never sent after that."""
    fingerprint: bytes
    """A keyed hash of all that was asked for: the same key with other words is a conflict."""
    target: bytes = b""
    """The sealed address; empty for a webhook, whose `endpoint` knows it."""
    content: bytes = b""
    """The sealed words; of a webhook the JSON as it is, which names nobody."""
    slot: bytes = b""
    """A keyed hash of the address: to count by, and for an erasure to find."""
    hint: str = ""
    """What staff see of the address: ``…78``."""
    endpoint: str = ""
    urgent: bool = False
    """A person waits with the phone in the hand: goes before everything else of its way."""
    parts: int = 0
    """How many text messages it is paid as."""
    counts: tuple[Count, ...] = ()

    @property
    def lane(self) -> str:
        """Messages of one lane wait for one another, those of two never do."""
        return f"hook:{self.endpoint}" if self.kind is Kind.HOOK else self.kind.value


class Letter(msgspec.Struct, frozen=True):
    """The words of a message: what is sealed into ``content``."""

    text: str
    subject: str = ""
    html: str = ""
    url: str = ""
    """Of a push: what opens when it is tapped."""


class Notice(msgspec.Struct, frozen=True):
    """A message as pages show it: without words and address."""

    n: int
    id: str
    kind: Kind
    about: str
    endpoint: str
    hint: str
    state: State
    tries: int
    reason: str
    provider: str
    provider_id: str
    """The other side's name for it."""
    parts: int
    made_ms: int
    not_after_ms: int
    due_ms: int
    changed_ms: int


class Due(msgspec.Struct, frozen=True):
    """A message whose turn it is; its try is counted already."""

    n: int
    shop: str
    id: str
    kind: Kind
    about: str
    lane: str
    endpoint: str
    event: str
    """Of a webhook: what it tells of, by its name for ever."""
    target: bytes
    content: bytes
    tries: int
    made_ms: int
    not_after_ms: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended, told to the queue. ``reason`` is a word or two and holds nothing of address or words."""

    verdict: Verdict
    reason: str = ""
    provider: str = ""
    provider_id: str = ""
    wait_s: float = 0.0
    """The other side said when to come again."""
