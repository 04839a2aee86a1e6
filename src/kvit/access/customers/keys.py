"""The secrets of this room: one file beside the data base, never in it.

* ``hash``: HMAC-SHA-256. A plain hash of a phone would be no secret: all mobile numbers of a country are hashed in a
  minute.
* ``seal``: AES-256-GCM. What must be read again (a phone to send a code to) is sealed for one purpose and one owner: a
  sealed text moved to another row does not open.
* ``sign``: Ed25519. Member codes and station tokens; a station verifies with the public half alone and can make none.

Who has the data base without this file has no phone, no name, no card. Who loses the file loses the same: it must be in
the backup, apart from the data base's (docs/howto/customers.md).
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kvit.access.session import Randomness

KEY_BYTES = 32
NONCE_BYTES = 12
SIGNATURE_BYTES = 64
VERSION = b"\x01"
"""The first byte of a sealed text; a later way of sealing has another."""


class _File(msgspec.Struct, forbid_unknown_fields=True):
    """What stands in the key file: hexadecimal digits."""

    hash: str
    seal: str
    sign: str


@dataclass(frozen=True, slots=True)
class Keys:
    """The three keys. Its ``repr`` shows none."""

    _hash: bytes = field(repr=False)
    _seal: bytes = field(repr=False)
    _sign: bytes = field(repr=False)

    def __post_init__(self) -> None:
        assert {len(self._hash), len(self._seal), len(self._sign)} == {KEY_BYTES}

    def hash(self, purpose: str, text: str) -> bytes:
        """Give the 32 bytes a text is found by."""
        words = f"{purpose}\0{text}".encode("utf-8", "surrogatepass")
        return hmac.digest(self._hash, words, hashlib.sha256)

    def seal(self, purpose: str, owner: str, text: str, randomness: Randomness) -> bytes:
        """Seal a text for a purpose and an owner."""
        nonce = randomness(NONCE_BYTES)
        return VERSION + nonce + AESGCM(self._seal).encrypt(nonce, text.encode(), _for(purpose, owner))

    def unseal(self, purpose: str, owner: str, sealed: bytes) -> str | None:
        """Open a sealed text; None when it was sealed by other keys, for something else, or was tampered with."""
        if sealed[:1] != VERSION or len(sealed) <= 1 + NONCE_BYTES:
            return None
        nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
        try:
            return AESGCM(self._seal).decrypt(nonce, rest, _for(purpose, owner)).decode()
        except InvalidTag:
            return None

    def sign(self, data: bytes) -> bytes:
        """Sign; the data begins with what it is, so that no signature fits two things."""
        return Ed25519PrivateKey.from_private_bytes(self._sign).sign(data)

    @property
    def public(self) -> bytes:
        """The 32 bytes that verify; stations have them."""
        key = Ed25519PrivateKey.from_private_bytes(self._sign).public_key()
        return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)

    @property
    def fingerprint(self) -> bytes:
        """Tells these keys from others and tells nothing else."""
        return hashlib.sha256(b"kvit customer keys\0" + self._hash + self._seal + self._sign).digest()


def _for(purpose: str, owner: str) -> bytes:
    return f"kvit\0{purpose}\0{owner}".encode()


def make(randomness: Randomness) -> Keys:
    """Make new keys."""
    return Keys(randomness(KEY_BYTES), randomness(KEY_BYTES), randomness(KEY_BYTES))


def write(keys: Keys) -> bytes:
    """Write the keys as their file has them. The twin of `read`."""
    file = _File(keys._hash.hex(), keys._seal.hex(), keys._sign.hex())
    return msgspec.json.format(msgspec.json.encode(file)) + b"\n"


def read(data: bytes) -> Keys | None:
    """Read a key file; None when it is none."""
    try:
        file = msgspec.json.decode(data, type=_File)
        three = (bytes.fromhex(file.hash), bytes.fromhex(file.seal), bytes.fromhex(file.sign))
    except (msgspec.DecodeError, ValueError):
        return None
    return Keys(*three) if {len(one) for one in three} == {KEY_BYTES} else None


def verify(public: bytes, signature: bytes, data: bytes) -> bool:
    """Say whether who has the other half of a public key signed the data."""
    if len(public) != KEY_BYTES or len(signature) != SIGNATURE_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True
