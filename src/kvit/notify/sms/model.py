"""The words all companies that send text messages have in common. Each has a file of its own; the table is `services`.

A company is two functions: a question out of a text, an outcome out of an answer. None of them lets us name a message
so that the second of two would be known as such: an answer that was lost leaves `Verdict.UNKNOWN`, and the queue does
not ask again.

Their field names come from published documents and public clients. None was ever asked for real: docs/howto/notify.md
says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kvit.net import Ask, Reply
from kvit.notify.model import Outcome
from kvit.notify.segments import Rule

KOREA: Final = "82"
ONE_DIGIT: Final = frozenset("17")
_TENS: Final = ("20", "27", "30-34", "36", "39-41", "43-49", "51-58", "60-66", "81-82", "84", "86", "90-95", "98")
TWO_DIGITS: Final = frozenset(
    str(code) for each in _TENS for code in range(int(each.split("-")[0]), int(each.split("-")[-1]) + 1)
)
"""Country codes of E.164; all others have three digits."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who sends, and as whom."""

    sender: str = ""
    user: str = ""
    key: str = ""
    secret: str = ""
    service: str = ""
    url: str = ""
    """Another address than the company's own."""
    house: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text message to one number."""

    id: str
    """Ours; where a company has room for it, so that a person finds the message there."""
    to: str
    """E.164."""
    text: str
    long: bool = False
    """Korea: an LMS."""


@dataclass(frozen=True, slots=True)
class Moment:
    """The clock and the chance a question needs."""

    now_s: float
    nonce: str
    """32 hexadecimal digits, fresh."""


@dataclass(frozen=True, slots=True)
class Service:
    """One company."""

    name: str
    url: str
    rule: Rule
    make: Callable[[Account, Text, Moment], Ask | None]
    """None: it does not send to that country."""
    read: Callable[[Reply, float], Outcome]
    """Takes the clock, too: an answer may say when to come again."""


def address(account: Account, service_url: str, path: str) -> str:
    """The address of a question: the company's, or the one in the settings."""
    return (account.url or service_url).rstrip("/") + path


def parted(number: str) -> tuple[str, str]:
    """Part a number in E.164 into country code and the rest."""
    digits = number.removeprefix("+")
    size = 1 if digits[0] in ONE_DIGIT else 2 if digits[:2] in TWO_DIGITS else 3
    return digits[:size], digits[size:]


def as_dialled(number: str) -> str:
    """A Korean number as it is dialled in Korea: ``01012345678``."""
    country, rest = parted(number)
    assert country == KOREA
    return f"0{rest}"


def sender_digits(sender: str) -> str:
    """The sender's number without what people write between digits."""
    return "".join(letter for letter in sender if letter.isdigit())
