"""A push's words are sealed for the one browser they go to: the push service carries what it can not read (RFC 8291,
8188).

The browser gave the page a subscription: an address at its push service, a public key of P-256 (``p256dh``) and 16
secret bytes (``auth``). For each push a key pair of its own is made; both sides come to one secret (ECDH), from which
HKDF makes a key and a nonce. What goes out is ``aes128gcm``: salt, record size, our public key, then one record, padded
by one delimiter. `opened` is the twin, for tests and for nobody else: only the browser has that key.
"""

from __future__ import annotations

import base64
import binascii
import struct
from dataclasses import dataclass
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CURVE: Final = ec.SECP256R1()
POINT_BYTES: Final = 65
AUTH_BYTES: Final = 16
SALT_BYTES: Final = 16
RECORD_BYTES: Final = 4096
"""RFC 8291, 4: one record, and push services take 4,096 bytes in all."""
WORDS_BYTES_MAX: Final = 3000
"""What is left for words, with room for the head and for padding."""
_HEAD: Final = struct.Struct(">16sIB")
_LAST: Final = b"\x02"


class _Keys(msgspec.Struct):
    p256dh: str
    auth: str


class _Given(msgspec.Struct):
    endpoint: str
    keys: _Keys


@dataclass(frozen=True, slots=True)
class Subscription:
    """A browser that wants pushes."""

    endpoint: str
    point: bytes
    auth: bytes


def read_subscription(text: str) -> Subscription | None:
    """Read what a browser gave the page (``JSON.stringify(subscription)``); None where it is none."""
    try:
        given = msgspec.json.decode(text, type=_Given)
        point, auth = from_base64url(given.keys.p256dh), from_base64url(given.keys.auth)
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
    except (msgspec.DecodeError, UnicodeError, ValueError):
        return None
    return Subscription(given.endpoint, point, auth) if len(auth) == AUTH_BYTES and len(point) == POINT_BYTES else None


def seal(words: bytes, to: Subscription, own: ec.EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """Seal words; ``own`` is a fresh private key, ``salt`` fresh chance."""
    assert len(words) <= WORDS_BYTES_MAX
    mine = public_point(own)
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, to.point)
    key, nonce = _key_and_nonce(own.exchange(ec.ECDH(), theirs), to.auth, salt, to.point, mine)
    head = _HEAD.pack(salt, RECORD_BYTES, len(mine)) + mine
    return head + AESGCM(key).encrypt(nonce, words + _LAST, None)


def opened(body: bytes, browser: ec.EllipticCurvePrivateKey, auth: bytes) -> bytes | None:
    """Open what was sealed for a browser, as the browser does; None where it is not for it."""
    try:
        salt, _, size = _HEAD.unpack_from(body)
        point = body[_HEAD.size : _HEAD.size + size]
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, point)
        shared = browser.exchange(ec.ECDH(), theirs)
        key, nonce = _key_and_nonce(shared, auth, salt, public_point(browser), point)
        padded = AESGCM(key).decrypt(nonce, body[_HEAD.size + size :], None)
    except (InvalidTag, ValueError, struct.error):
        return None
    words, delimiter, _ = padded.rpartition(_LAST)
    return words if delimiter else None


def _key_and_nonce(shared: bytes, auth: bytes, salt: bytes, browser: bytes, sender: bytes) -> tuple[bytes, bytes]:
    """RFC 8291, 3.4."""
    secret = _hkdf(shared, auth, b"WebPush: info\0" + browser + sender, 32)
    return (
        _hkdf(secret, salt, b"Content-Encoding: aes128gcm\0", 16),
        _hkdf(secret, salt, b"Content-Encoding: nonce\0", 12),
    )


def _hkdf(material: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(material)


def public_point(key: ec.EllipticCurvePrivateKey) -> bytes:
    """A key's public point, not compressed."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def base64url(raw: bytes) -> str:
    """Write bytes as RFC 4648, 5, without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def from_base64url(text: str) -> bytes:
    """Read such bytes; ValueError where they are none."""
    plain = text.rstrip("=")
    if not plain.isascii() or set(plain) & set("+/"):
        raise ValueError("not base64url")
    try:
        return base64.b64decode(plain.replace("-", "+").replace("_", "/") + "=" * (-len(plain) % 4), validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error
