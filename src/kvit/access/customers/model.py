"""The words of the room that knows customers.

A customer's id is random and says nothing about a person: it may stand in logs, chained rows and member codes. A phone, a
mail address, a name and a card's number may not.

Times are whole seconds since 1970 (UTC).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

ID_BYTES = 12
"""Randomness in a customer's id, written as hexadecimal digits."""

DEVICE_ID_BYTES = 8
"""In a device's id: it stands in every member code, where each byte costs."""


class Wish(StrEnum):
    """How a customer wants receipts."""

    UNSAID = "unsaid"
    """Nothing was said: the shop's rule counts."""
    PAPER = "paper"
    ELECTRONIC = "electronic"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Customer:
    """A person who buys."""

    id: str
    made_at: int
    wish: Wish
    proven: bool
    """A phone or a mail address was proven; without one the wallet lives on its device alone."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody was recognised at a till."""

    customer: str
    wish: Wish
    how: str
    """``code``, ``card`` or ``nfc``; ``token`` where a station remembered it."""


@dataclass(frozen=True, slots=True)
class Device:
    """A browser or phone that shows a wallet; its secret is nowhere but in its cookie."""

    id: str
    customer: str
    label: str
    made_at: int
    seen_at: int
    proven_at: int | None
    """When a phone or mail address was proven on this device."""


@dataclass(frozen=True, slots=True)
class Card:
    """A card or tag by which a customer is recognised; its number is kept as a keyed hash alone."""

    id: str
    kind: str
    """``card`` (a printed number) or ``nfc`` (a tag's own number)."""
    label: str
    made_by: str
    made_at: int


@dataclass(frozen=True, slots=True)
class Consent:
    """What a customer agreed to, in which version of its text, and whether that still holds."""

    what: str
    version: str
    given_at: int
    given_by: str
    """``wallet`` or who on the staff wrote it down."""
    withdrawn_at: int | None
