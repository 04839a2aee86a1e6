"""Public links: who has the link sees the receipt.

A token is 128 random bits written with 22 letters that nobody mixes up when reading aloud (no ``0 O I l``), so that
``https://kvit.example/r/`` and a token stay below 49 letters, which a small QR code on a 58 mm roll still holds.

Kept is the SHA-256 of the token alone. A secret key would add nothing: 128 random bits can not be searched, so the hash
tells a thief of the data base nothing, while a key kept elsewhere would have to be restored with every backup or all
links given to customers would die. The hash also makes the comparison safe: what an attacker can time is the search for
a hash he can not steer.
"""

from __future__ import annotations

import hashlib

LETTERS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
RANDOM_BYTES = 16
TOKEN_LETTERS = 22
"""58 ** 22 is a little more than 2 ** 128."""
LIFETIME_S = 90 * 24 * 3600
"""What a shop may set otherwise (`kvit.receipt.settings`). Who holds a link may renew it, keep or download the receipt."""


def make_token(random: bytes) -> str:
    """Write 16 random bytes (``secrets.token_bytes``) as a token."""
    assert len(random) == RANDOM_BYTES
    number, letters = int.from_bytes(random, "big"), []
    for _ in range(TOKEN_LETTERS):
        number, place = divmod(number, len(LETTERS))
        letters.append(LETTERS[place])
    return "".join(reversed(letters))


def is_token(text: str) -> bool:
    """Say whether a text can be a token at all."""
    return len(text) == TOKEN_LETTERS and all(letter in LETTERS for letter in text)


def token_hash(token: str) -> bytes:
    """Return what is kept of a token: 32 bytes."""
    return hashlib.sha256(token.encode()).digest()
