"""One-time codes: six digits sent to a phone or a mail address, to be typed where they were asked for.

A code lives `LIFE_S`, may be tried `TRIES` times, belongs to the one device that asked and is kept as a keyed hash bound to
all of that. Chance of guessing one: 5 in a million, of a phone's five codes a day 25. A new code of the same phone voids
the old one.

Whether a phone is a customer's or nobody's makes no difference before the right digits came: the same rows are written, the
same message goes out, the same answer is given.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kvit.access.customers.keys import Keys
from kvit.access.session import Randomness

LIFE_S = 300
TRIES = 5
DIGITS = 6
PHONE, MAIL = "phone", "mail"
ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class Wanted:
    """Somebody wants a code. The contact is in its one form; ``repr`` shows nothing of a person."""

    kind: str
    """``phone`` or ``mail``."""
    contact: str = field(repr=False)
    bound: bytes = field(repr=False)
    """32 bytes that the asking browser alone has: the hash of its device's token, or of its visit's."""
    address: str = field(repr=False)
    """The network address it came from."""


@dataclass(frozen=True, slots=True)
class Started:
    """A code is to be sent; the digits are nowhere else."""

    id: str
    digits: str = field(repr=False)
    ends_at: int


@dataclass(frozen=True, slots=True)
class Attempt:
    """A counted try, and whether the digits were right."""

    proof: str
    kind: str
    hash: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    right: bool
    left: int
    """Tries that are left."""


def fresh_digits(randomness: Randomness) -> str:
    """Make six digits; 64 random bits make none likelier than another in any way that counts."""
    return f"{int.from_bytes(randomness(8), 'big') % 10**DIGITS:0{DIGITS}}"


def clean_digits(typed: str) -> str:
    """Give the bare digits of what was typed, also of Arabic or full-width ones; empty where it can be no code."""
    bare = "".join(letter for letter in typed[:40] if letter not in " -\t\u00a0")
    return "".join(str(int(letter)) for letter in bare) if len(bare) == DIGITS and bare.isdecimal() else ""


def digits_hash(keys: Keys, proof: str, bound: bytes, digits: str) -> bytes:
    """Give what a code is kept as: of no use to any other proof or device."""
    return keys.hash("proof", f"{proof}\0{bound.hex()}\0{digits}")
