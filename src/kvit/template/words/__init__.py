"""The helpers every receipt template has: sums, dates, cells, plurals, comparing, counting, symbols, sentences.

All are nothing without an argument, and so are given to an engine as ``verbs``: ``{{date at}}`` writes a date,
``{{date}}`` is what the data call so. `words(place)` gives them for a shop's language, country, currency and time zone.
Each gives back a value; none prints, opens or asks anything. They are the same for paper and pages, but for the
symbols, which need an output that has room for them (`kvit.template.content`).
"""

from __future__ import annotations

from kvit.template.handlebars.block import Helper
from kvit.template.words import amounts, arithmetic, compare, letters, moments, phrases, symbols
from kvit.template.words.place import Place

__all__ = ["Place", "words"]


def words(place: Place) -> dict[str, Helper]:
    """Give all helpers by name."""
    return {
        **amounts.words(place),
        **moments.words(place),
        **phrases.words(place),
        **letters.WORDS,
        **compare.WORDS,
        **arithmetic.WORDS,
        **symbols.WORDS,
    }
