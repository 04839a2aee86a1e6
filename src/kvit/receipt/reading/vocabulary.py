"""The words that say what a row is: loaded once from ``words.toml``, looked up by their compressed form.

Compressed means: small letters, no blanks, no punctuation at the edges. Short words (four letters and fewer) must be the
whole label, since "bar" is German for cash and English for soap.
"""

from __future__ import annotations

import functools
import re
import tomllib
from importlib import resources

EDGE = " :.;,=*#-–—_/\\|<>()[]{}\"'«»№+~≡@?"
SHORT = 4
_FILLER = re.compile(
    r"(?:[\s:.;,=*#()\[\]%/&+≡№?-]|\d|eur|usd|gbp|krw|kzt|rub|pln|jpy|cny|uah|chf|sek|czk|kwd|euro|zł|kč|грн|руб|тг|тенге|kd|kr|fr|"
    r"₸|₽|€|£|¥|₩|₴|\$|incl|inkl|inc|ttc|сом|原|원|円|元|[a-zа-я](?![^\W\d_])|税込|税|the|due|amount|inclvat|inclgst|"
    r"com|con|iva|items?|art|toinclude|vat|gst|tax)*$",
    re.IGNORECASE,
)


@functools.cache
def words() -> dict[str, str]:
    """Return compressed word -> what it tells (the table's key in ``words.toml``)."""
    text = resources.files(__package__).joinpath("words.toml").read_text("utf-8")
    found: dict[str, str] = {}
    for tells, languages in tomllib.loads(text).items():
        for spoken in languages.values():
            for word in spoken:
                found.setdefault(compressed(word), tells)
    return found


@functools.cache
def _beginnings() -> dict[str, tuple[int, ...]]:
    """First letter -> the lengths of the words that begin with it, the longest first."""
    lengths: dict[str, set[int]] = {}
    for word in words():
        lengths.setdefault(word[:1], set()).add(len(word))
    return {letter: tuple(sorted(found, reverse=True)) for letter, found in lengths.items()}


def compressed(text: str) -> str:
    """Small letters, no blanks, no punctuation at the edges."""
    return "".join(text.casefold().split()).strip(EDGE) if text else text


@functools.lru_cache(maxsize=4096)
def tells(label: str) -> str:
    """Return what a label says (``total``, ``tax`` …), empty when nothing; more words may follow."""
    return _tells(label, strict=False)


@functools.lru_cache(maxsize=4096)
def tells_alone(label: str) -> str:
    """The same, but nothing except filler (digits, currency, brackets) may follow the word.

    For rows above the total, where goods stand that may be called "Total cereal" or "Card game".
    """
    return _tells(label, strict=True)


def _tells(label: str, *, strict: bool) -> str:
    whole = compressed(label)
    if not whole:
        return ""
    known = words()
    if "?" in whole:
        whole = _restored(whole)
    if whole in known:
        return known[whole]
    for length in _beginnings().get(whole[0], ()):
        if length < len(whole):
            found = known.get(whole[:length])
            if found is not None and _may_end(whole, length, strict=strict):
                return found
    return ""


def _restored(whole: str) -> str:
    """A word some letters of which the printer lacked ("п?дсумок"), as it was meant; as it stands where none fits."""
    for word in _longest_first():
        part = whole[: len(word)]
        if len(part) == len(word) and 0 < part.count("?") * HOLES_SHARE <= len(word) and all(map(_same, part, word)):
            return word + whole[len(word) :]
    return whole


HOLES_SHARE = 3
"""At most one letter in so many may be missing."""


def _same(printed: str, meant: str) -> bool:
    return printed in ("?", meant)


@functools.cache
def _longest_first() -> tuple[str, ...]:
    return tuple(sorted([word for word in words() if len(word) > SHORT], key=len, reverse=True))


def _may_end(whole: str, length: int, *, strict: bool) -> bool:
    rest = whole[length:]
    wide = ord(whole[length - 1]) > 0x2E7F
    if _FILLER.match(rest) is not None and (not rest[0].isalpha() or wide or length > 2):
        return True
    if strict or (length <= SHORT and not wide):
        return False
    return not rest[0].isalpha() or wide or length > 2 * SHORT


@functools.cache
def numerals() -> frozenset[str]:
    """Return the digits words begin with ("2ª via")."""
    return frozenset(word[0] for word in words() if word[:1].isdigit())


PARTS_MAX = 5


@functools.lru_cache(maxsize=4096)
def tells_inside(label: str, wanted: tuple[str, ...]) -> str:
    """Return what the end of a label says ("Member discount"), if it is one of ``wanted``."""
    parts = label.replace("/", " ").split()
    for start in range(1, min(len(parts), PARTS_MAX)):
        said = tells_alone(" ".join(parts[start:]))
        if said in wanted:
            return said
    return ""
