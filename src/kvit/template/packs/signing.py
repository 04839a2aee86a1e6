"""Who may say what a pack is: Ed25519 signatures over a manifest's bytes, by keys the shop trusts. Pure.

What is signed begins with a word of its own (`PACK`, `KEYS`), so that a signature for one can not be shown for the other.
Trust is a list of keys and how many of them must have signed; a new list is taken when enough keys of the **old** list
signed it and its number is higher, so that a stolen key can be taken out and an old list does not come back. The private
key is asked for once, by ``kvit pack sign``, and is nowhere kept.
"""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kvit.template.packs.manifest import Fault, PackError

PACK: Final = b"kvit pack 1\0"
KEYS: Final = b"kvit keys 1\0"
KEY_BYTES: Final = 32
SIGNATURES_MAX: Final = 16
"""More keys than any maker of packs has."""


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One signature. Bytes are base64 in JSON."""

    key: str
    """`key_id` of who signed."""
    signature: bytes


class Trust(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whose signatures count: public keys (32 bytes each), how many must agree, and the list's own number."""

    keys: tuple[bytes, ...]
    threshold: int = 1
    number: int = 1

    def by_id(self) -> dict[str, bytes]:
        """The keys by their ids."""
        return {key_id(key): key for key in self.keys}


class NewKeys(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new list of keys on its way: the JSON of a `Trust` as it was signed, and the old keys' signatures over it."""

    trust: bytes
    signatures: tuple[Signature, ...]


def key_id(public: bytes) -> str:
    """What a public key is called: 16 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(public).hexdigest()[:16]


def public_of(private: bytes) -> bytes:
    """The public key of a private one (32 bytes each)."""
    return Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def sign(private: bytes, message: bytes, kind: bytes = PACK) -> Signature:
    """Sign a manifest's bytes (or, with `KEYS`, a list of keys)."""
    key = Ed25519PrivateKey.from_private_bytes(private)
    return Signature(key_id(public_of(private)), key.sign(kind + message))


def check(message: bytes, signatures: tuple[Signature, ...], trust: Trust, kind: bytes = PACK) -> None:
    """See that enough trusted keys signed, each counted once. Raises `PackError`."""
    if len(signatures) > SIGNATURES_MAX:
        raise PackError(Fault.SIGNATURE, f"{len(signatures)} signatures")
    known = trust.by_id()
    good = {each.key for each in signatures if each.key in known and _is_good(known[each.key], each, kind + message)}
    if len(good) < max(1, trust.threshold):
        raise PackError(Fault.SIGNATURE, f"{len(good)} of {trust.threshold}")


def _is_good(public: bytes, given: Signature, message: bytes) -> bool:
    if len(public) != KEY_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(given.signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def renewed(old: Trust, raw: bytes, signatures: tuple[Signature, ...]) -> Trust:
    """The list of keys after a new one (JSON of `Trust`) was handed in. Raises `PackError`."""
    check(raw, signatures, old, KEYS)
    try:
        new = msgspec.json.decode(raw, type=Trust)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise PackError(Fault.SIGNATURE, str(error)) from None
    if new.number <= old.number or not 1 <= new.threshold <= len(set(new.keys)):
        raise PackError(Fault.SIGNATURE, f"number {new.number}, threshold {new.threshold}")
    return new
