"""Where tills break a name too long for its column: between words, or at the column's very end, in mid-word.

A row that goes on with "ry 450 ml" does not say whether a blank stood before it. Tills that break at the end of the
column fill it: where two names are broken at the same width, and no name is wider, that is how this till breaks.
Where one name alone is broken, the pieces themselves are asked: no word is one consonant long, none begins with a comma,
few have two letters. What stays open is taken for a break between words, unless the shop's form (``receipt.forms``) knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from kvit.receipt.reading.entry import Entry

_SHORT = (
    "de la le el du da do di et en in im am an au or of on to by no ab zu es al as os a e i o u y z w à á ó и в с к о у а"
    " я й на по из за не от до із та ж же ке ve le un"
)
"""Words of one or two letters that do stand alone."""
_SHORT_WORDS = frozenset(_SHORT.split())
_VOWELS = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøùúûüýąęóıőűаеёиоуыэюяіїєәөұү")
_WIDE = 0x2E7F
_REST_LETTERS_MAX = 2


def column_width(goods: Sequence[tuple[Entry, Sequence[Entry]]]) -> int:
    """How many letters the column of names takes where the till breaks names at its end; 0 where it breaks between words.

    ``goods`` are the rows with a sum and a name, each with the rows of its name that follow it.
    """
    longest, beside = 0, 0
    full: dict[str, int] = {}
    joints: dict[tuple[str, str], int] = {}
    for first, rest in goods:
        longest = max(longest, first.cells)
        if first.figures and (not beside or first.figures < beside):
            beside = first.figures
        pieces = [first, *rest]
        for piece, following in pairwise(pieces):
            if piece.name and following.name:
                kept = following.column == first.column + 1
                full[piece.name] = piece.cells
                joint = piece.name + piece.tail, following.name
                joints[joint] = _KEPT_BLANK if kept else evidence(*joint)
    widest = max(full.values(), default=0)
    if not full or min(full.values()) < widest - 1 or widest < longest - 1:
        return 0  # some tills keep the column's last cell free when they break, and fill it when they need not
    filled = [cells for cells in full.values() if cells == widest]
    tight = _TIGHT if beside and widest >= beside - 1 else 0
    tight += _units_glued([first.name for first, _ in goods], joints)
    return widest if len(filled) > 1 or sum(joints.values()) + tight > 0 else 0


_KEPT_BLANK = 3
"""A row that goes on one blank further right begins with the blank the name was broken at."""
_TIGHT = 2
"""The piece reaches to where the figures begin."""


def _units_glued(names: Sequence[str], joints: Iterable[tuple[str, str]]) -> int:
    """A unit in the next row ("48" and "l"): where this till's other names write units without a blank, so did this one."""
    if not any(a[-1].isdigit() and _UNIT.fullmatch(b.split()[0]) for a, b in joints):
        return 0
    style = " ; ".join(names)
    return _GLUED.search(style) is not None and _SPACED.search(style) is None


_UNIT = re.compile(r"[^\W\d_]{1,2}")
_GLUED = re.compile(r"\d[^\W\d_]{1,2}(?!\w)")
_SPACED = re.compile(r"\d [^\W\d_]{1,2}(?!\w)")


def evidence(first: str, rest: str) -> int:
    """What two pieces say for a break in mid-word (positive) or between words (negative)."""
    last, begin = first[-1], rest[0]
    if ord(last) > _WIDE or ord(begin) > _WIDE:
        return 0
    if begin in ",.%" or (last in ",." and begin.isdigit()):
        return 3
    if last.isdigit() and begin.isdigit():
        return 1
    if begin.isupper() and last.islower():
        return -2
    if not (last.isalpha() and begin.isalpha()):
        return 0
    return _no_word(first.split()[-1], 1) + _no_word(rest.split()[0], _REST_LETTERS_MAX)


def _no_word(token: str, letters: int) -> int:
    """Evidence that a token is part of a word: shorter than words are, or without a vowel."""
    small = token.strip(".,;:!()").casefold()
    if not small.isalpha() or token.isupper() or small in _SHORT_WORDS:
        return 0
    return 2 if len(small) <= letters or not _VOWELS & set(small) else 0
