"""Who we are, told to a push service: a signed token (VAPID, RFC 8292; JWT, RFC 7519; ES256, RFC 7518).

The key pair lies in the data folder; its public half is given to the browser when it subscribes, and only pushes signed
with it reach that browser. A new key means that every browser must subscribe anew: so it is part of the backup.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

import msgspec
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from kvit.notify.push.sealing import CURVE, base64url, public_point

LIFE_S: Final = 12 * 3600
"""RFC 8292, 2: a day at most; the clocks of both sides may differ."""


def fresh_key() -> ec.EllipticCurvePrivateKey:
    """Make a key pair."""
    return ec.generate_private_key(CURVE)


def key_text(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Write a private key as its file holds it (PKCS 8, PEM)."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def read_key(text: bytes) -> ec.EllipticCurvePrivateKey | None:
    """Read such a file; None where it is no key of the curve."""
    try:
        key = serialization.load_pem_private_key(text, None)
    except (ValueError, TypeError):
        return None
    right = isinstance(key, ec.EllipticCurvePrivateKey) and key.curve.name == CURVE.name
    return key if right and isinstance(key, ec.EllipticCurvePrivateKey) else None


def public_text(key: ec.EllipticCurvePrivateKey) -> str:
    """The public half, as a browser's ``applicationServerKey`` wants it."""
    return base64url(public_point(key))


def authorization(key: ec.EllipticCurvePrivateKey, endpoint: str, contact: str, now_s: int) -> str:
    """The header that says who pushes."""
    place = urlsplit(endpoint)
    claims = {"aud": f"{place.scheme}://{place.netloc}", "exp": now_s + LIFE_S, "sub": contact}
    head = base64url(msgspec.json.encode({"typ": "JWT", "alg": "ES256"}))
    signed = f"{head}.{base64url(msgspec.json.encode(claims))}"
    r, s = decode_dss_signature(key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
    token = f"{signed}.{base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    return f"vapid t={token}, k={public_text(key)}"
