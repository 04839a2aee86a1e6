"""HTTP Digest (RFC 7616), the server's half: the login a printer's page offers beside its URL. Pure.

The printer sends a first request without a login, is told 401 with a challenge, and sends it again with an answer: a hash
over name, password, method, target and our nonce. The password never travels, nor can an answer be used twice: a nonce is
ours (signed), young, and its count only rises. MD5 is what every such printer speaks; SHA-256 is offered to those that are
set so, one at a time, because old clients give up on a challenge they do not know.

The word in the URL's path is the first key, and this the second. Left out: ``auth-int``, ``userhash``, answers without
``qop`` (RFC 2069), sessions (``-sess``).
"""

from __future__ import annotations

import hashlib
import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

REALM: Final = "kvit"
HASHES: Final = {"MD5": "md5", "SHA-256": "sha256"}
NONCE_S: Final = 300.0
"""A nonce older than this is told to be stale; the printer takes a new one by itself."""
NONCES_MAX: Final = 2_000
"""Nonces in use that are remembered with their count, some 300 kB; one that is forgotten takes all older ones with it."""
HEADER_MAX: Final = 4_096
_PART: Final = re.compile(r'\s*([A-Za-z]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))\s*(?:,|$)')
_COUNT: Final = re.compile(r"[0-9a-fA-F]{8}")


@dataclass(frozen=True, slots=True)
class Login:
    """What the printer's page was given. ``algorithm`` is one of `HASHES`."""

    user: str
    password: str = field(repr=False)
    algorithm: str = "MD5"


@dataclass(frozen=True, slots=True)
class Refused:
    """No: the header to answer with 401. ``stale``: the answer was right, the nonce was old."""

    challenge: str
    stale: bool = False


class Gate:
    """Makes challenges and looks at answers; one for all printers. ``secret`` is 32 random bytes of this process."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self._counts: OrderedDict[str, int] = OrderedDict()
        self._made = 0
        self._floor_s = 0.0
        """Nonces made up to here are stale: the count of one of them is not known any more."""

    def check(self, login: Login, header: str, method: str, target: str, now_s: float) -> Refused | None:
        """Look at an ``Authorization`` header; None: it is the printer. ``now_s``: monotonic seconds."""
        parts = _parts(header)
        if parts is None or not self._answers(login, parts, method, target):
            return self._refused(login, now_s, stale=False)
        if not self._fresh(parts["nonce"], int(parts["nc"], 16), now_s):
            return self._refused(login, now_s, stale=True)
        return None

    def _refused(self, login: Login, now_s: float, *, stale: bool) -> Refused:
        old = ", stale=true" if stale else ""
        told = f'Digest realm="{REALM}", qop="auth", algorithm={login.algorithm}, nonce="{self._nonce(now_s)}"{old}'
        return Refused(told, stale)

    def _answers(self, login: Login, parts: dict[str, str], method: str, target: str) -> bool:
        """Say whether the hash is right; the same work for a wrong name."""
        given = dict.fromkeys(("username", "realm", "nonce", "uri", "qop", "nc", "cnonce", "response"), "") | parts
        algorithm = parts.get("algorithm", "MD5").upper()
        sound = (
            algorithm == login.algorithm
            and given["realm"] == REALM
            and given["qop"] == "auth"
            and given["uri"] == target
            and _COUNT.fullmatch(given["nc"]) is not None
        )
        wanted = answer(login, given["nonce"], given["nc"], given["cnonce"], method, target)
        right = hmac.compare_digest(wanted.encode(), given["response"].lower().encode())
        named = hmac.compare_digest(login.user.encode(), given["username"].encode())
        return sound and right and named

    def _nonce(self, now_s: float) -> str:
        self._made += 1
        head = int(now_s * 1000).to_bytes(8, "big") + self._made.to_bytes(6, "big")
        return urlsafe_b64encode(head + self._sign(head)).decode("ascii").rstrip("=")

    def _sign(self, head: bytes) -> bytes:
        return hmac.digest(self._secret, b"nonce" + head, "sha256")[:16]

    def _fresh(self, nonce: str, count: int, now_s: float) -> bool:
        """Say whether a nonce is ours and young, and its count has risen; remember the count."""
        made_s = self._made_s(nonce)
        if made_s is None or not 0 <= now_s - made_s <= NONCE_S or count <= self._counts.get(nonce, 0):
            return False
        if made_s <= self._floor_s and nonce not in self._counts:
            return False
        self._counts[nonce] = count
        self._counts.move_to_end(nonce)
        while len(self._counts) > NONCES_MAX:
            forgotten, _ = self._counts.popitem(last=False)
            self._floor_s = max(self._floor_s, self._made_s(forgotten) or 0.0)
        return True

    def _made_s(self, nonce: str) -> float | None:
        try:
            raw = urlsafe_b64decode(nonce + "=" * (-len(nonce) % 4))
        except ValueError:
            return None
        head, sign = raw[:14], raw[14:]
        if len(head) < 14 or not hmac.compare_digest(self._sign(head), sign):
            return None
        return int.from_bytes(head[:8], "big") / 1000


def answer(login: Login, nonce: str, count: str, cnonce: str, method: str, target: str, realm: str = REALM) -> str:
    """Work out ``response``; both halves need it."""
    secret = _hash(login.algorithm, f"{login.user}:{realm}:{login.password}")
    asked = _hash(login.algorithm, f"{method}:{target}")
    return _hash(login.algorithm, f"{secret}:{nonce}:{count}:{cnonce}:auth:{asked}")


def authorization(login: Login, challenge: str, cnonce: str, method: str, target: str) -> str:
    """Answer a challenge as a printer does: the header ``Authorization``; empty where there is nothing to answer."""
    parts = _parts(challenge)
    if parts is None or "nonce" not in parts:
        return ""
    response = answer(login, parts["nonce"], "00000001", cnonce, method, target)
    return (
        f'Digest username="{login.user}", realm="{REALM}", nonce="{parts["nonce"]}", uri="{target}", '
        f'algorithm={login.algorithm}, qop=auth, nc=00000001, cnonce="{cnonce}", response="{response}"'
    )


def _hash(algorithm: str, text: str) -> str:
    return hashlib.new(HASHES[algorithm], text.encode(), usedforsecurity=False).hexdigest()


def _parts(header: str) -> dict[str, str] | None:
    """Take a header apart; None where it is no Digest."""
    scheme, _, rest = header[:HEADER_MAX].partition(" ")
    if scheme.lower() != "digest":
        return None
    return {name.lower(): quoted or plain for name, quoted, plain in _PART.findall(rest)}
