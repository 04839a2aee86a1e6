"""Passwords: which are taken, how they are kept, how they are weighed.

Kept as argon2id (RFC 9106, the second recommended setting: 64 MiB, 3 passes). One weighing takes about a tenth of a
second and 64 MiB, so the caller does it in a thread, at most `AT_ONCE` together, and never inside a transaction: there
it would hold up every till's receipts.

Which are taken (NIST SP 800-63B): length is what counts, `MINIMUM` characters of any script; no rule of signs and
capitals; refused are those that are tried first: common words with ornaments, walks over the keyboard, runs and
repetitions, the user's own name. The list is a rule on words, since nearly all of the passwords known from leaks that
have twelve characters are made so.

A password is brought to NFKC first: the same Korean typed on two systems comes as different code points.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from importlib import resources

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from kvit.refusal import Refusal

MINIMUM = 12
MAXIMUM = 200
"""Characters. Hashing takes any length; the bound keeps a megabyte out of the form."""

TYPED_LIMIT = 4 * MAXIMUM
"""Code points as they are typed: a Korean syllable may come as three that NFKC makes one."""

AT_ONCE = 2
"""Weighings at a time: 128 MiB on a small machine, and the other core stays free for the tills."""

SALT_BYTES = 16

DIFFERENT = 5
"""Fewer different characters than this are a repetition, whatever their order."""

LEET = str.maketrans("013457@$!", "oleastasi")
ROWS = (
    "1234567890",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,./",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "1q2w3e4r5t6y7u8i9o0p",
    "qazwsxedcrfvtgbyhnujmikolp",
    "йцукенгшщзхъфывапролджэячсмитьбю",
    "ㅂㅈㄷㄱㅅㅛㅕㅑㅐㅔㅁㄴㅇㄹㅎㅗㅓㅏㅣㅋㅌㅊㅍㅠㅜㅡ",
    "abcdefghijklmnopqrstuvwxyz",
    "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
)
"""Walks over keyboards and alphabets."""

WALK = 4
"""Characters in a row from a walk that count as one."""


@dataclass(frozen=True, slots=True)
class Hasher:
    """The setting passwords are hashed with. Tests take a cheap one."""

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 4

    def hash(self, password: str, salt: bytes) -> str:
        """Hash a password with `SALT_BYTES` of fresh randomness; gives the PHC text that is kept."""
        assert len(salt) == SALT_BYTES
        return self._argon().hash(_bytes(password), salt=salt)

    def matches(self, kept: str, password: str) -> bool:
        """Weigh a password against what is kept; against the dummy, with the same work, when ``kept`` is empty."""
        try:
            return self._argon().verify(kept or self.dummy(), _bytes(password)) and bool(kept)
        except VerificationError:
            return False
        except InvalidHashError as error:
            raise AssertionError("a password row holds no argon2 hash") from error

    def outdated(self, kept: str) -> bool:
        """Say whether a hash was made with another setting and should be made anew at the next good log-in."""
        return self._argon().check_needs_rehash(kept)

    def dummy(self) -> str:
        """Give a hash of this setting that no password is let in by."""
        return _dummy(self)

    def _argon(self) -> PasswordHasher:
        return PasswordHasher(self.passes, self.memory_kib, self.lanes, type=Type.ID)


@functools.cache
def _dummy(hasher: Hasher) -> str:
    return hasher.hash("nobody's password", bytes(SALT_BYTES))


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def weakness(password: str, names: tuple[str, ...] = ()) -> Refusal | None:
    """Say why a password is not taken: too short, too long, common; None when it is.

    ``names`` are the user's and the shop's, which others would try.
    """
    text = unicodedata.normalize("NFKC", password[: TYPED_LIMIT + 1])
    if len(text) < MINIMUM:
        return Refusal("access.password_short", {"minimum": MINIMUM})
    if len(text) > MAXIMUM or len(password) > TYPED_LIMIT:
        return Refusal("access.password_long", {"maximum": MAXIMUM})
    if _common(text.casefold(), names):
        return Refusal("access.password_common")
    return None


def _common(text: str, names: tuple[str, ...]) -> bool:
    if len(set(text)) < DIFFERENT:
        return True
    rest = _without_walks(text)
    bare = re.sub(r"[\W\d_]", "", rest)
    plain = re.sub(r"[\W\d_]", "", rest.translate(LEET))
    known = common_words() | {re.sub(r"[\W\d_]", "", name.casefold()) for name in names}
    left = min(len(_without_words(bare, known)), len(_without_words(plain, known)))
    return left <= 2 or _repeats(text)


def _without_words(text: str, words: frozenset[str]) -> str:
    """Take the common words out, the longest first; what is left was thought of."""
    for word in sorted(words, key=len, reverse=True):
        if len(word) > 2:
            text = text.replace(word, "")
    return text


def _without_walks(text: str) -> str:
    """Take every stretch of at least `WALK` characters out that follows a row, forwards or backwards."""
    kept, at = [], 0
    while at < len(text):
        length = _walk_at(text, at)
        if length < WALK:
            kept.append(text[at])
            length = 1
        at += length
    return "".join(kept)


def _walk_at(text: str, at: int) -> int:
    best = 0
    for row in ROWS:
        for way in (row, row[::-1]):
            length = 0
            while at + length < len(text) and text[at : at + length + 1] in way:
                length += 1
            best = max(best, length)
    return best


def _repeats(text: str) -> bool:
    """Say whether the text is one short piece again and again."""
    return any(text == (text[:size] * len(text))[: len(text)] for size in range(1, len(text) // 3 + 1))


@functools.cache
def common_words() -> frozenset[str]:
    """Read the words that passwords are first guessed from."""
    file = resources.files("kvit.access") / "common_words.txt"
    lines = file.read_bytes().decode().splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())
