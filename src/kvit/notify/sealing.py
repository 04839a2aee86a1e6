"""Address and words are sealed before they reach the data base.

A thief of the data base has neither: they are AES-256-GCM under a key that lies in the data folder and nowhere else
(``notify.key``, made by `kvit.app.notifying`). Besides the seal there are keyed hashes (HMAC-SHA-256): of the address,
to count by and to be found by an erasure; of everything asked for, so that a key used twice for two things is noticed.
Both keys come out of the one file by HMAC with a word for each use.

`Sealer` is what whoever orders a message holds: ``sealer.sms("+821012345678", text, about="code", …)`` gives a
`kvit.notify.model.Message` for `kvit.notify.service.send`, or a `Refusal` where such an address can not be. It also
knows the limits of the settings, which go into the message as headings to be counted. Chance and clock come in as
arguments.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
HINT_CHARS: Final = 2
"""Enough for staff to say "the one that ends in 78", too few to call."""


class Seal:
    """Seals bytes and opens them again."""

    def __init__(self, key: bytes, random: Callable[[int], bytes]) -> None:
        """``key`` is the file's 32 bytes; ``random`` gives so many random bytes."""
        assert len(key) == KEY_BYTES
        self._cipher = AESGCM(_derived(key, b"seal"))
        self._hashing = _derived(key, b"hash")
        self._random = random

    def close(self, clear: bytes, use: str) -> bytes:
        """Seal bytes for one use; they open for that use alone."""
        nonce = self._random(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, clear, use.encode())

    def open(self, sealed: bytes, use: str) -> bytes | None:
        """Open what was sealed; None where it was by another key, for another use, or was changed."""
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], use.encode())
        except (InvalidTag, ValueError):
            return None

    def hash(self, *parts: str | bytes) -> bytes:
        """A keyed hash of several parts; no part can pass for two."""
        told = msgspec.json.encode([part if isinstance(part, str) else part.hex() for part in parts])
        return hmac.digest(self._hashing, told, hashlib.sha256)


def _derived(key: bytes, use: bytes) -> bytes:
    return hmac.digest(key, b"kvit.notify." + use, hashlib.sha256)
