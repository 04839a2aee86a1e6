"""Station tokens: the server's word on who a customer is, which a station may believe while the server is away.

A token names a customer's id, the wish, the shop it was given to and its end, and nothing of a person. It lives `LIFE_S` at
most, and the station that holds it forgets it then. `make` and `read` are twins.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass

from kvit.access.customers.keys import SIGNATURE_BYTES, Keys, verify
from kvit.access.customers.model import ID_BYTES, Wish
from kvit.refusal import Refusal

LIFE_S = 300
SHOP_BYTES = 16

_SIGNED_FOR = b"kvit station token 1\0"
_PAYLOAD = struct.Struct(f">{ID_BYTES}sBI{SHOP_BYTES}s")
_WISHES = (Wish.UNSAID, Wish.PAPER, Wish.ELECTRONIC, Wish.BOTH)


@dataclass(frozen=True, slots=True)
class StationToken:
    """What a token says."""

    customer: str
    wish: Wish
    ends_at: int
    shop: bytes
    """Tells the shop from others."""


def shop_mark(shop: str) -> bytes:
    """Give what stands for a shop in a token."""
    return hashlib.sha256(f"kvit shop\0{shop}".encode()).digest()[:SHOP_BYTES]


def fresh(customer: str, wish: Wish, shop: str, now: int, life_s: int = LIFE_S) -> StationToken:
    """Give a token for a shop from now on."""
    return StationToken(customer, wish, now + min(life_s, LIFE_S), shop_mark(shop))


def make(token: StationToken, keys: Keys) -> str:
    """Write and sign a token."""
    payload = _PAYLOAD.pack(bytes.fromhex(token.customer), _WISHES.index(token.wish), token.ends_at, token.shop)
    return base64.urlsafe_b64encode(payload + keys.sign(_SIGNED_FOR + payload)).rstrip(b"=").decode()


def read(text: str, public: bytes) -> StationToken | Refusal:
    """Read a token. Refused: ``token_bad`` (no token of ours, or not signed by our key)."""
    if len(text) != _CHARS or not text.isascii():
        return Refusal("customers.token_bad")
    try:
        signed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error:
        return Refusal("customers.token_bad")
    payload, signature = signed[: _PAYLOAD.size], signed[_PAYLOAD.size :]
    if base64.urlsafe_b64encode(signed).rstrip(b"=").decode() != text:
        return Refusal("customers.token_bad")
    if not verify(public, signature, _SIGNED_FOR + payload):
        return Refusal("customers.token_bad")
    customer, wish, ends_at, shop = _PAYLOAD.unpack(payload)
    return StationToken(customer.hex(), _WISHES[wish] if wish < len(_WISHES) else Wish.UNSAID, ends_at, shop)


_CHARS = -(-(_PAYLOAD.size + SIGNATURE_BYTES) * 8 // 6)


def counts(token: StationToken, shop: str, now: int) -> Refusal | None:
    """Say whether a token counts at a shop now. Refused: ``token_bad`` (another shop's, or longer than any lives),
    ``token_old``.
    """
    if token.shop != shop_mark(shop) or token.ends_at > now + 2 * LIFE_S:
        return Refusal("customers.token_bad")
    return None if now < token.ends_at else Refusal("customers.token_old")
