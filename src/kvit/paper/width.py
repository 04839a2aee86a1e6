"""How many cells a letter takes on a receipt head.

A receipt is a grid of narrow cells (12 dots of font A). Han, kana, Hangul and full-width forms take two of them
(Unicode Standard Annex 11: East Asian Width W and F), combining marks take none: they are struck over the letter
before them (Thai vowels and tones above all). Everything else takes one.

East Asian *ambiguous* letters (Cyrillic, Greek, box drawing) count one here. A Chinese or Korean head prints them in
two cells when they came as a two-byte code: that is known to whoever decoded the bytes, never from the letter alone, so
the player tells it by the run's ``advance`` and not by this file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

SOFT_HYPHEN = "\u00ad"
"""A format letter to Unicode, a plain hyphen to every printer whose code page has it."""

_ASIDE = (
    # Blocks with marks, format letters or wide letters: whatever may be wider or narrower than one cell.
    "[\u0300-\u036f\u0483-\u0489\u0591-\u061c\u064b-\u0670\u06d6-\u074c\u07a6-\u0902\u093a-\u0fff\u102d-\u109d"
    "\u1100-\u115f\u135b-\u139f\u1712-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\u231a\u231b\u2329\u232a"
    "\u23e9-\u23f3\u25fd\u25fe\u2614-\u27bf\u2b1b-\u2b55\u2cef-\u2cf1\u2d7f\u2de0-\ud7ff\uf900-\ufb1f\ufe00-\ufe6f"
    "\ufeff-\uff60\uffe0-\uffe6\ufff9-\ufffb\U00010000-\U0010ffff]"
)


_WIDE_BLOCKS = (
    "\u3001-\u3029\u3041-\u3096\u309b-\u30ff\u3131-\u318e\u4e00-\u9fff\uac00-\ud7a3\uff01-\uff60\uffe0-\uffe6"
)
_UNMARKED = (
    f"[ -~\u00a0-\u02ff\u0400-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u2188\u2190-\u2319"
    f"\u2500-\u25fc\uff61-\uffbe\u3000{_WIDE_BLOCKS}]*"
)
"""What East Asian receipts are written with: letters of one cell and of two, no marks."""
_WIDE = f"[\u3000{_WIDE_BLOCKS}]"
_WIDE_WORD = f"[{_WIDE_BLOCKS}]+"

_pattern = lru_cache(maxsize=4)(re.compile)
"""Made ready at the first letter that is no ASCII: these four take a tenth of what importing a writer takes."""


@lru_cache(maxsize=4096)
def cell_width(letter: str) -> int:
    """Cells of one letter: 0 for a mark that stands on the letter before it, 2 for a wide one, else 1."""
    category = unicodedata.category(letter)
    if category in ("Mn", "Me", "Cf") and letter != SOFT_HYPHEN:
        return 0
    if category == "Cn":  # Python calls letters not yet assigned full-width
        return 1
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1


def is_plain(text: str) -> bool:
    """True when every letter takes exactly one cell, so that ``len`` is the width."""
    return text.isascii() or _pattern(_ASIDE).search(text) is None


def is_unmarked(text: str) -> bool:
    """True when no letter stands on another and none is unheard of, so that ``len`` counts what takes an advance."""
    return text.isascii() or _pattern(_UNMARKED).fullmatch(text) is not None or is_plain(text)


def is_wide(text: str) -> bool:
    """True when every letter is a usual one of two cells, and none a blank."""
    return _pattern(_WIDE_WORD).fullmatch(text) is not None


def cells(text: str) -> int:
    """Cells of a whole text."""
    if text.isascii():
        return len(text)
    if _pattern(_UNMARKED).fullmatch(text):
        return len(text) + len(_pattern(_WIDE).findall(text))
    return len(text) if is_plain(text) else sum(map(cell_width, text))


def letters(text: str) -> int:
    """How many letters take an advance: all but the combining marks."""
    return len(text) if is_unmarked(text) else sum(1 for letter in text if cell_width(letter))


def segments(text: str) -> Iterator[tuple[bool, str]]:
    """Cut a text where its cell width changes: ``(wide, piece)``; marks stay with the letter they stand on."""
    start, wide = 0, False
    for place, letter in enumerate(text):
        width = cell_width(letter)
        if width == 0 or (width == 2) == wide:
            continue
        if place > start:
            yield wide, text[start:place]
        start, wide = place, width == 2
    if start < len(text):
        yield wide, text[start:]


def clusters(text: str) -> list[str]:
    """The letters of a text, each with the marks that stand on it; marks without a letter make a cluster of their own."""
    if is_unmarked(text):
        return list(text)
    found: list[str] = []
    cluster = text[0]
    for letter in text[1:]:
        if cell_width(letter):
            found.append(cluster)
            cluster = letter
        else:
            cluster += letter
    found.append(cluster)
    return found
