"""What a receipt was about, guessed from its words: one table of words, one sum of hits.

What a shop calls itself says more than one thing it sells (a pharmacy sells chocolate, too), so a hit in the title counts
``TITLE_WEIGHT``, one in an item's name counts one. The highest sum wins, the table's order breaks a tie, no hit at all is
``other``. It is a guess: a customer's word about a receipt stands over it, and a correction becomes a rule for what comes
next from the same place.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterable
from importlib import resources

from kvit.receipt.model import Reading
from kvit.receipt.wallet.model import Category
from kvit.receipt.words import fold

TITLE_WEIGHT = 4
ITEMS_LOOKED_AT = 200
NAME_LETTERS = 80
_PIECES = re.compile("[\u0e00-\u0e7f\u1100-\u11ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")


def guess(title: str, reading: Reading | None) -> Category:
    """Guess a receipt's category."""
    names = [line.name for line in reading.items[:ITEMS_LOOKED_AT]] if reading is not None else []
    sums = dict.fromkeys(_table(), 0)
    for category, pattern in _table().items():
        sums[category] += TITLE_WEIGHT * _hits(pattern, [title]) + _hits(pattern, names)
    best = max(sums, key=lambda category: sums[category])
    return best if sums[best] else Category.OTHER


def rule_title(title: str) -> str:
    """Give what a customer's rule remembers of a title: branches and counters end in numbers that change."""
    folded = fold(title, NAME_LETTERS)
    return " ".join(re.sub(r"[\d#№]+", " ", folded).split())


def _hits(pattern: re.Pattern[str], texts: Iterable[str]) -> int:
    return sum(pattern.search(fold(text, NAME_LETTERS) + " ") is not None for text in texts)


@functools.cache
def _table() -> dict[Category, re.Pattern[str]]:
    text = resources.files(__package__).joinpath("categories.toml").read_text("utf-8")
    return {Category(name): _pattern(languages) for name, languages in tomllib.loads(text).items()}


def _pattern(languages: dict[str, list[str]]) -> re.Pattern[str]:
    spoken = {fold(word, NAME_LETTERS) for words in languages.values() for word in words}
    pieces = "|".join(sorted(re.escape(word) for word in spoken if _PIECES.search(word)))
    begun = "|".join(sorted(re.escape(word) for word in spoken if not _PIECES.search(word)))
    return re.compile(rf"{pieces}|(?<![^\W_])(?:{begun})")
