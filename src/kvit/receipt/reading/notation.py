"""Notations: what comma, point and blank mean in the numbers of one receipt.

That can not be told from one number (``1.234`` is one kilogram and a bit, or a thousand won), but it can from a whole
paper: ``Notation`` is the decision, ``notations`` proposes the few that fit, and the reader keeps the one under which
the arithmetic holds.
"""

from __future__ import annotations

import re
from collections import Counter

import msgspec


class Notation(msgspec.Struct, frozen=True):
    """What the marks mean on this receipt: decimal mark, group mark (may be empty), digits behind the decimal mark."""

    mark: str
    group: str
    decimals: int


NOTATIONS = (
    Notation(".", ",", 2),
    Notation(",", ".", 2),
    Notation(",", " ", 2),
    Notation(".", " ", 2),
    Notation(".", "'", 2),
    Notation("-", "", 2),
    Notation("", ",", 0),
    Notation("", ".", 0),
    Notation("", " ", 0),
    Notation(".", ",", 3),
)
"""All that were met on receipts, the commoner first; ``12-50`` is an old Russian habit, three decimals the Gulf's."""


_SHAPE = re.compile(
    r"\d(?<![\w.,'’/:]\d)(?<!\d-\d)(?:\d{0,2}([,. '’])\d{3}(?:\1\d{3})*|\d*)"
    r"(?:([.,])\d{3}(?!\d)|([.,])\d\d(?!\d)|(-)\d\d(?= *$))?(?![\d%/:]|[.,]\d)",
    re.MULTILINE,
)
"""A number: its group mark, its decimal mark before three digits, before two, its dash. It begins with the digit and
looks back from there, since that is found fast."""
_PLAIN = re.compile(
    r"\d(?<![^\s¥\\₩*=−-].)(?<![^\s¥\\₩*=][-−].)\d{1,6}(?:原|円|元| ?тг| ?₸)?(?: ?[A-Z※](?!\w))?[ \t]*$",
    re.MULTILINE,
)
"""A whole number at a row's end, a minus before it or none."""
_DINAR = re.compile(r"D\b(?:(?<=\bK.)|(?<=\bB.)|(?<=\bJ.)|(?<=\b(?:KW|BH|JO|TN|IQ|LY).))")
_RIAL = re.compile(r"OMR\b(?<!\w...)")
_BELOW_ONE = re.compile(r"0\.(?<![^ \n]0\.)\d{3} *$", re.MULTILINE)
"""Signs of money with three decimals: its name, or a sum at a row's end that can be nothing else."""
COINS_SEEN = 30
"""Ten times the numbers with two decimals from which a paper's money has coins; one without coins has one or two (a
weight, a rate)."""


def notations(paper: str) -> list[Notation]:
    """Return the notations worth trying on these (normal) lines, the likeliest first (at most three)."""
    tally = [0] * len(NOTATIONS)
    if _has_thousandths(paper):
        tally[9] += 200
    for marks, count in Counter(_SHAPE.findall(paper)).items():
        for index, weight in _spoken_for(marks):
            tally[index] += weight * count
    whole = 3 * len(_PLAIN.findall(paper))
    tally[6] += whole
    for rare, common in ((2, 1), (3, 0), (4, 0)):
        if tally[rare]:  # its rarer group mark was seen: the plain amounts speak for it as well
            tally[rare] += 2 * tally[common]
    if tally[8]:
        tally[8] += 2 * whole
    coins = max(tally[:6])
    if coins >= COINS_SEEN and coins > max(tally[6:9]):
        tally[6:9] = (0, 0, 0)  # a paper full of coins is not read without them: 12 pieces are no sum
    ranked = sorted(range(len(NOTATIONS)), key=lambda index: -tally[index])
    return [NOTATIONS[index] for index in ranked if tally[index] > 0][:3] or [NOTATIONS[0]]


def _has_thousandths(paper: str) -> bool:
    if _DINAR.search(paper) or ("OMR" in paper and _RIAL.search(paper)):
        return True
    return "0." in paper and _BELOW_ONE.search(paper) is not None


_SPEAKS = {
    (",", "."): ((0, 10),), ("", "."): ((0, 10),), (".", ","): ((1, 10),), ("", ","): ((1, 10),),
    (" ", ","): ((2, 10), (1, 10)), (" ", "."): ((3, 10), (0, 10)), ("'", "."): ((4, 10), (0, 10)),
    ("’", "."): ((4, 10), (0, 10)), (",", ""): ((6, 10),), (".", ""): ((7, 10), (9, 9)), (" ", ""): ((8, 10),),
}  # fmt: skip
"""Group mark seen and decimal mark seen -> rows of NOTATIONS it speaks for, with weights in tenths (weights print three
decimals too)."""
_THREE = {(",", "."): ((9, 20),), ("", "."): ((9, 9),)}
_DASHED = ((5, 10),)


def _spoken_for(marks: tuple[str, str, str, str]) -> tuple[tuple[int, int], ...]:
    group, three, two, dash = marks
    if dash:
        return _DASHED
    return _THREE.get((group, three), ()) if three else _SPEAKS.get((group, two), ())
