"""Spelling: letters a printer has not, by letters it may have.

For printers that take no picture of a letter. Better read than a question mark: Hangul by the Revised Romanization of
Korean (Ministry of Culture, 2000; syllable by syllable, without the changes between them), Kazakh and other Cyrillic
letters by the Russian letter they came from, accented letters by their base, a few signs by their usual stand-in.

``spelled(text, has)`` asks ``has`` for every letter and for every spelling, so nothing is changed that can be printed, and
nothing is spelled with letters that can not. What has no spelling stays for whoever lays out to deal with.

Left out: Thai, Arabic, Hebrew and Indian scripts, for which a machine's spelling would be guesswork.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

INITIALS = ["g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "", "j", "jj", "ch", "k", "t", "p", "h"]
MEDIALS = [
    "a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo", "u", "wo", "we", "wi", "yu", "eu", "ui",
    "i",
]  # fmt: skip
FINALS = [
    "", "k", "k", "k", "n", "n", "n", "t", "l", "k", "m", "p", "t", "t", "p", "l", "m", "p", "p", "t", "t", "ng", "t", "t",
    "k", "t", "p", "t",
]  # fmt: skip
"""Latin letters of the parts of a syllable, in Unicode's order."""
SYLLABLES = range(0xAC00, 0xD7A4)

SIGNS = dict(
    zip(
        "әғқңөұүһіӘҒҚҢӨҰҮҺІїєґўЇЄҐЎ", "агкноуухиАГКНОУУХИиегуИЕГУ", strict=True
    )  # Kazakh, Ukrainian and Belarusian letters by Russian ones
) | {
    "₸": "тг", "₽": "руб", "₩": "W", "€": "EUR", "£": "GBP", "¥": "Y", "«": '"', "»": '"', "„": '"', "‹": "'", "›": "'",
    "ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "Æ": "AE", "Œ": "OE", "Ø": "O", "Ł": "L", "Đ": "D",
    "©": "(c)", "®": "(r)", "™": "(tm)", "•": "*", "–": "-", "‑": "-", "\u00a0": " ", "\u202f": " ",
}  # fmt: skip


def spelled(text: str, has: Callable[[str], bool]) -> tuple[str, str]:
    """The text with what ``has`` denies spelled by letters it grants, and the letters that were spelled, once each."""
    if text.isascii():
        return text, ""
    made: list[str] = []
    changed: dict[str, None] = {}
    for letter in text:
        spelling = letter if letter.isascii() or has(letter) else _spelling(letter)
        if spelling != letter and all(each.isascii() or has(each) for each in spelling):
            changed[letter] = None
            letter = spelling
        made.append(letter)
    return "".join(made), "".join(changed)


def _spelling(letter: str) -> str:
    """One letter by others; itself where there is no way."""
    if ord(letter) in SYLLABLES:
        return _syllable(ord(letter) - SYLLABLES.start)
    if letter in SIGNS:
        return SIGNS[letter]
    base = unicodedata.normalize("NFKD", letter)
    return "".join(each for each in base if not unicodedata.combining(each)) or letter


def _syllable(number: int) -> str:
    """The parts of a syllable: 19 beginnings, 21 vowels, 28 ends."""
    initial, rest = divmod(number, len(MEDIALS) * len(FINALS))
    medial, final = divmod(rest, len(FINALS))
    return INITIALS[initial] + MEDIALS[medial] + FINALS[final]
