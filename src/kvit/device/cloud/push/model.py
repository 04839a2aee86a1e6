"""The words all services that push have in common.

Each service has numbers of its own; here is what they amount to. What matters is the line between "surely not taken" and
"nobody knows": only behind the first may a paper be handed over again. Nothing here opens anything.
"""

from __future__ import annotations

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from kvit.device.adapters.clouds import Account, Moment, Paper, Request
from kvit.net import Reply

ORDER_CHARS_MAX: Final = 128
"""Of a service's own name for an order; the longest seen has 40."""
REASON_CHARS_MAX: Final = 80


class Took(enum.StrEnum):
    """What became of a paper handed to a service."""

    TAKEN = "taken"
    """It has it, and prints it when the printer can."""
    PRINTED = "printed"
    """It is on paper already."""
    PRESENT = "present"
    """It had one under this key before."""
    STALE = "stale"
    """Surely not taken: the token has run out. With a new one it may be asked again."""
    BUSY = "busy"
    """Surely not taken: too many questions, later."""
    AWAY = "away"
    """Surely not taken: the printer is off line, or nobody could be asked at all."""
    CLOSED = "closed"
    """Surely not taken, nor will any other be: the account or the printer's number is wrong. A person mends that."""
    REFUSED = "refused"
    """Surely not taken: this paper never will be."""
    UNSURE = "unsure"
    """Nobody knows."""


class Went(enum.StrEnum):
    """Where an order is."""

    PRINTED = "printed"
    WAITING = "waiting"
    """It is not on paper yet."""
    GONE = "gone"
    """It was taken out of the service's queue: it will not be printed."""
    LOST = "lost"
    """The service knows no such order, now; it proves nothing."""
    UNSURE = "unsure"
    """No answer that can be read."""


class Recover(enum.StrEnum):
    """What can be done when nobody knows whether a paper was taken."""

    NOTHING = "nothing"
    ASK = "ask"
    """Ask for the order by our own key."""
    AGAIN = "again"
    """Hand it over again under the same key: the service takes a key once, by its documentation."""


class Answer(msgspec.Struct, frozen=True):
    """A service's answer to a paper. ``order`` names it there; ``reason`` is for people and holds nothing of the paper."""

    took: Took
    order: str = ""
    reason: str = ""


class Progress(msgspec.Struct, frozen=True):
    """A service's answer to "is it printed?". ``reason``: ``paper away error`` or empty, where it said why not yet."""

    went: Went
    reason: str = ""
    order: str = ""
    """Where it was found by our key: the service's own name for it."""


class Standing(msgspec.Struct, frozen=True):
    """How the printer stands, in the words of `kvit.device.board.Light`."""

    link: str = "unknown"
    paper: str = "unknown"
    error: str = ""

    @property
    def trouble(self) -> str:
        """Why nothing would be printed now: ``away paper error``; empty: nothing known against it."""
        if self.link == "down":
            return "away"
        return "paper" if self.paper == "out" else "error" if self.error else ""


@dataclass(frozen=True, slots=True)
class Call:
    """Whom to ask, as whom: the printer's path at the service, the account, the moment."""

    path: str
    account: Account
    moment: Moment


Printing = Callable[[Call, Paper], Request]
About = Callable[[Call, str], Request]
"""A question about an order."""
Asked = Callable[[Call], Request]
"""A question about the printer."""
UNREAD: Final = Answer(Took.UNSURE, reason="answer")
"""It answered, and nobody can read it."""


@dataclass(frozen=True, slots=True)
class Service:
    """One service: questions out, answers in. What it has no question for is None."""

    name: str
    submit: Printing
    submitted: Callable[[Reply, Call], Answer]
    about: About | None = None
    """Where is this order?"""
    went: Callable[[Reply], Progress] | None = None
    stand: Asked | None = None
    """How is the printer?"""
    stood: Callable[[Reply], Standing] | None = None
    find: About | None = None
    """Where is the order with our key?"""
    found: Callable[[Reply, str], Progress] | None = None
    recover: Recover = Recover.NOTHING
    drop: About | None = None
    """Take this one order back."""
    clear: Asked | None = None
    """Empty the printer's whole queue there, other programs' orders too: for a person, never done by itself."""
    done: Callable[[Reply], bool] | None = None
    """Whether ``drop`` or ``clear`` was done."""
    nonce: Callable[[bytes], str] = bytes.hex
    """Chance as this service wants it."""
    token: bool = False
    """It wants a token that is fetched (`kvit.device.cloud.push.tokens`)."""
    house: bool = False
    """It stands in the shop's own network."""
    work_s: float = 0.0
    """It answers when the paper is out, which takes so long at most."""


def fields_of(reply: Reply) -> dict[str, Any] | None:
    """Give the object a service answered with; None for anything else: a page of a proxy, half an answer."""
    if not 200 <= reply.status < 300:
        return None
    try:
        found = msgspec.json.decode(reply.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def by_status(reply: Reply) -> Answer:
    """Say what an HTTP status means where there is no answer of the service to read (RFC 9110, 15; RFC 6585, 4).

    4xx: the request was turned away. 5xx: it may have come through to whoever prints. 2xx with an unread body likewise.
    """
    reason = f"http {reply.status}"
    if reply.status == 429:
        return Answer(Took.BUSY, reason=reason)
    if reply.status == 413:
        return Answer(Took.REFUSED, reason=reason)
    if 300 <= reply.status < 500:
        return Answer(Took.CLOSED, reason=reason)
    return UNREAD if reply.status < 300 else Answer(Took.UNSURE, reason=reason)


def coded(reply: Reply, key: str, codes: dict[int, Took], accepted: Callable[[dict[str, Any]], Answer]) -> Answer:
    """Read an answer that has its verdict as a number under ``key``. A number nobody documented refuses this paper."""
    fields = fields_of(reply)
    if fields is None:
        return by_status(reply)
    code = number(fields.get(key))
    if code is None:
        return UNREAD
    took = codes.get(code, Took.REFUSED)
    return accepted(fields) if took is Took.TAKEN else Answer(took, reason=f"code {code}")


def taken(order: object) -> Answer:
    """It has the paper under this name; a name nobody can ask for is none."""
    name = order_of(order)
    return Answer(Took.TAKEN, name) if name else UNREAD


def order_of(value: object) -> str:
    """A service's name for an order, a word or a number; empty where it is neither."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    plain = isinstance(value, str) and value.isascii() and value.isprintable() and " " not in value
    return value if plain and isinstance(value, str) and len(value) <= ORDER_CHARS_MAX else ""


def number(value: object) -> int | None:
    """A number, however it is written: services send 0, "0" and "-3"."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and len(value) <= 12 and value.removeprefix("-").isdigit() and value.isascii():
        return int(value)
    return None
