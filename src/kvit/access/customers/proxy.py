"""The station's end of recognising customers: what it may decide by itself, and for how long.

Pure: words go in and out, the caller asks the server. A station knows the server's public key and what is revoked; that
is kept over restarts, as `Kept`. Tokens the server gave are kept in memory alone, by a keyed hash of what was presented,
and are gone with their end: at most `kvit.access.customers.tokens.LIFE_S`.

=============  ================================================  ================================================
presented      the server answers                                the server is away
=============  ================================================  ================================================
member code    a forged or old one is refused without asking;    signature, time and revocations decide; a code
               the server uses it up                             this station saw before is refused
card, tag      the server knows it or does not                   known while a token of it lives, else nobody
=============  ================================================  ================================================

So a code shown offline at two stations within its minute and a half is believed by both: the price of working without a
line. What it costs is that somebody else's receipt lands in the wallet of who showed it first.

The station's clock may be wrong: what the server said the time is counts, by the difference to the clock then.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from kvit.access.customers import cards, codes, tokens
from kvit.access.customers.codes import MemberCode
from kvit.access.customers.keys import KEY_BYTES
from kvit.access.customers.model import Known
from kvit.access.customers.tokens import StationToken
from kvit.refusal import Refusal

TOKENS_MAX = 5000
"""Customers of five minutes; the oldest go first."""
SKEW_MAX_S = 3600
"""A clock further off than this is no clock: then the server's time is not guessed from it."""


class Kept(msgspec.Struct, frozen=True):
    """What a station keeps over a restart: nothing of a person."""

    public: str = ""
    """Hexadecimal digits; empty before the first contact."""
    revoked: dict[str, int] = {}
    skew_s: int = 0
    """How far the server's clock is ahead of this one."""


@dataclass
class Proxy:
    """One station's memory. ``salt`` is random and dies with the process."""

    shop: str
    salt: bytes = field(repr=False)
    kept: Kept = field(default_factory=Kept)
    _tokens: dict[bytes, StationToken] = field(default_factory=dict, repr=False)
    _used: dict[bytes, int] = field(default_factory=dict, repr=False)

    def settle(self, public: str, revoked: Mapping[str, int], server_now: int, now: int) -> Kept | Refusal:
        """Take what the server says of itself; give what is to be kept. Refused: ``token_bad`` (no key)."""
        if not _is_key(public):
            return Refusal("customers.token_bad")
        ahead = server_now - now
        self.kept = Kept(public, dict(revoked), ahead if abs(ahead) <= SKEW_MAX_S else 0)
        self._forget(now)
        return self.kept

    def refuse(self, text: str, now: int) -> Refusal | None:
        """Say no to what needs no question: a forged or old code, one seen before. Without a key everything is asked."""
        if not codes.is_code(text) or not self.kept.public:
            return None
        code = self._code(text, now)
        return code if isinstance(code, Refusal) else None

    def took(self, text: str, kind: str, how: str, token: str, now: int) -> Known | Refusal:
        """Take the server's answer for what was presented. Refused: ``token_bad``, ``token_old``."""
        read = tokens.read(token, bytes.fromhex(self.kept.public))
        if isinstance(read, Refusal):
            return read
        bad = tokens.counts(read, self.shop, self._time(now))
        if bad is not None:
            return bad
        code = self._code(text, now) if codes.is_code(text) else None
        if isinstance(code, MemberCode):
            self._used[code.number] = code.ends_at
        elif code is None:
            self._remember(self._slot(text, kind), read)
        return Known(read.customer, read.wish, how)

    def unknown(self, text: str, kind: str) -> None:
        """The server knows nobody by this any more: forget what was known before."""
        self._tokens.pop(self._slot(text, kind), None)

    def shut(self) -> None:
        """Forget everything: this station is let in no more."""
        self.kept = Kept()
        self._tokens.clear()

    def offline(self, text: str, kind: str, now: int) -> Known | Refusal:
        """Say who it is while the server is away.

        Refused: ``code_bad``, ``code_old``, ``code_used``, ``code_ended``, ``offline`` (nobody it could tell by itself).
        """
        self._forget(now)
        if codes.is_code(text) and self.kept.public:
            code = self._code(text, now)
            if isinstance(code, Refusal):
                return code
            self._used[code.number] = code.ends_at
            return Known(code.customer, code.wish, "code")
        token = self._tokens.get(self._slot(text, kind))
        if token is None or f"customer:{token.customer}" in self.kept.revoked:
            return Refusal("customers.offline")
        return Known(token.customer, token.wish, "token")

    def _code(self, text: str, now: int) -> MemberCode | Refusal:
        code = codes.read(text, bytes.fromhex(self.kept.public))
        if isinstance(code, Refusal):
            return code
        late = codes.in_time(code, self._time(now))
        if late is not None:
            return late
        if code.number in self._used:
            return Refusal("customers.code_used")
        if not {f"customer:{code.customer}", f"device:{code.device}"}.isdisjoint(self.kept.revoked):
            return Refusal("customers.code_ended")
        return code

    def _remember(self, slot: bytes, token: StationToken) -> None:
        self._tokens.pop(slot, None)
        self._tokens[slot] = token
        while len(self._tokens) > TOKENS_MAX:
            del self._tokens[next(iter(self._tokens))]

    def _forget(self, now: int) -> None:
        """Drop what is over. Used codes stay an hour longer: a clock that is set back must not bring one to life."""
        time = self._time(now)
        for slot in [slot for slot, token in self._tokens.items() if token.ends_at <= time]:
            del self._tokens[slot]
        for number in [number for number, ends_at in self._used.items() if ends_at + SKEW_MAX_S <= time]:
            del self._used[number]

    def tidy(self, now: int) -> int:
        """Drop what is over; give how many customers are still remembered."""
        self._forget(now)
        return len(self._tokens)

    def _time(self, now: int) -> int:
        return now + self.kept.skew_s

    def _slot(self, text: str, kind: str) -> bytes:
        sort = cards.card_kind(kind)
        words = f"{sort}\0{cards.clean_card(text, sort)}".encode("utf-8", "surrogatepass")
        return hmac.digest(self.salt, words, hashlib.sha256)


def _is_key(public: str) -> bool:
    try:
        return len(bytes.fromhex(public)) == KEY_BYTES and len(public) == 2 * KEY_BYTES
    except ValueError:
        return False
