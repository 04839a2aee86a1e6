"""Member codes: what a customer's phone shows to be recognised, as a QR code that changes every `WINDOW_S`.

``KVIT1.`` and base32 of 33 signed bytes and the signature: capitals and digits alone, so that a QR code stays in its dense
alphanumeric mode (version 7 at level M) and a scanner that types like a keyboard mistakes nothing. Signed are:

    customer 12   device 8   starts_at 4   wish 1   number 8        (big endian)

A phone fetches a batch ahead, one code for each window to come, and so shows good codes without a network. A code counts
from one window before its own to one after it, since the clocks of phone and till differ. Whoever photographs one has at
most that long, and only until it was used: the random number is written down at the first use and refused afterwards.

A station verifies with the public key alone and learns an id that says nothing and the wish. `make` and `read` are twins.
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass

from kvit.access.customers.keys import SIGNATURE_BYTES, Keys, verify
from kvit.access.customers.model import DEVICE_ID_BYTES, ID_BYTES, Wish
from kvit.access.session import Randomness
from kvit.refusal import Refusal

BEGIN = "KVIT1."
WINDOW_S = 30
BATCH_MAX = 240
"""Codes fetched ahead: two hours, a way to the shop and back without a network."""
CODE_CHARS = 162
NUMBER_BYTES = 8

_SIGNED_FOR = b"kvit member code 1\0"
_PAYLOAD = struct.Struct(f">{ID_BYTES}s{DEVICE_ID_BYTES}sIB{NUMBER_BYTES}s")
_WISHES = (Wish.UNSAID, Wish.PAPER, Wish.ELECTRONIC, Wish.BOTH)
"""By their number in a code; new ones are added at the end."""


@dataclass(frozen=True, slots=True)
class MemberCode:
    """What a code says."""

    customer: str
    device: str
    starts_at: int
    """Where its own window begins."""
    wish: Wish
    number: bytes
    """Random: what makes it single-use."""

    @property
    def opens_at(self) -> int:
        """From when it counts, for a clock that runs behind."""
        return self.starts_at - WINDOW_S

    @property
    def ends_at(self) -> int:
        """From when it counts no more, for a clock that runs ahead."""
        return self.starts_at + 2 * WINDOW_S


def window(at: int) -> int:
    """Give where the window begins in which a moment lies."""
    return at - at % WINDOW_S


def fresh(customer: str, device: str, wish: Wish, starts_at: int, randomness: Randomness) -> MemberCode:
    """Give the code of a device for one window."""
    return MemberCode(customer, device, starts_at, wish, randomness(NUMBER_BYTES))


def make(code: MemberCode, keys: Keys) -> str:
    """Write and sign a code."""
    payload = _PAYLOAD.pack(
        bytes.fromhex(code.customer), bytes.fromhex(code.device), code.starts_at, _WISHES.index(code.wish), code.number
    )
    signed = payload + keys.sign(_SIGNED_FOR + payload)
    return BEGIN + base64.b32encode(signed).rstrip(b"=").decode()


def is_code(text: str) -> bool:
    """Say whether a text means to be a member code."""
    return text[: len(BEGIN)].upper() == BEGIN


def read(text: str, public: bytes) -> MemberCode | Refusal:
    """Read a code whoever shows it. Small letters count as capitals.

    Refused: ``code_bad`` (no code of ours, or not signed by our key).
    """
    signed = _signed(text)
    payload, signature = signed[: _PAYLOAD.size], signed[_PAYLOAD.size :]
    if len(signature) != SIGNATURE_BYTES or not verify(public, signature, _SIGNED_FOR + payload):
        return Refusal("customers.code_bad")
    customer, device, starts_at, wish, number = _PAYLOAD.unpack(payload)
    known = _WISHES[wish] if wish < len(_WISHES) else Wish.UNSAID
    return MemberCode(customer.hex(), device.hex(), starts_at, known, number)


def in_time(code: MemberCode, now: int) -> Refusal | None:
    """Say whether a code counts at a moment. Refused: ``code_old`` (over, or not yet begun)."""
    return None if code.opens_at <= now < code.ends_at else Refusal("customers.code_old")


def _signed(text: str) -> bytes:
    """The bytes of a code's text; none where it is written in any other way than `make` would."""
    if len(text) != CODE_CHARS or not text.isascii() or not is_code(text):
        return b""
    letters = text[len(BEGIN) :].upper()
    try:
        signed = base64.b32decode(letters + "=" * (-len(letters) % 8))
    except binascii.Error:
        return b""
    return signed if base64.b32encode(signed).rstrip(b"=").decode() == letters else b""
