"""Likeness: how much a word looks like a word of some language people write receipts in.

Letter-pair statistics from the small prose samples in ``languages.toml`` (written for this purpose). A word's score is
the natural logarithm of its probability in the language that likes it best; letters no language of ours knows, symbols
among letters, capitals after small letters and bytes without a letter cost what they should, and lines of one repeated
drawing character cost little, because receipts are full of them.

Scores of the same bytes under different readings can be compared; of different bytes they can not.
Wide letters (Han, kana, Hangul) have too many pairs to count: for them single letters count, and letters the sample
lacks are told common from rare by the national standard's first and second level, which were sorted that way.
"""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from collections import Counter
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise

WIDE_LANGUAGES = ("zh_hans", "zh_hant", "ja", "ko")
EDGE = " "

PAIR_SHARE = 0.7
"""Weight of the letter pair against the single letter, where the sample knows the pair's first letter."""

STRANGE = math.log(1e-6)
"""A letter the language does not have."""
BORROWED = math.log(1e-4)
"""A plain Latin letter in a language written otherwise, or one the sample lacks."""
ASKED = 8
"""Languages asked about a word: those that know most of its letters."""
SIGN_AT_EDGE = math.log(3e-3)
SIGN_INSIDE = math.log(5e-5)
"""Quotation marks, currency, degree signs: at a word's edge, inside a word."""
DRAWING = math.log(3e-3)
DRAWING_ON = math.log(0.3)
DRAWING_CHANGE = math.log(1e-4)
DRAWING_INSIDE = math.log(1e-5)
"""Frames and blocks: the first, going on as before, a change of shape, among letters."""
NOTHING = math.log(1e-8)
"""A byte the page has no letter for: nobody sends that on purpose."""
LATE_CAPITAL = math.log(0.01)
TRIPLED = math.log(1e-4)
"""The same letter a third time running: no word has it, every drawn line under a wrong page does."""
TURN = math.log(1e-4)
"""Going over to Greek or Cyrillic letters two cells wide: rare, and not to be had for a stray letter."""
QUOTES = frozenset("«»„“”‘’‚‹›–—…·¿¡ºª´`")
"""Signs that lean on a letter; a currency or a degree leans on a digit."""

SIGNS = frozenset("«»„“”‘’‚‹›–—…•·°№€£¥₽₸₩₪₫¢§©®™±×÷½¼¾²³¹¿¡ºª´`¨¸~´˙")


_ALPHABETS = re.compile("[\u0391-\u03c9]{3,}|[\u0401-\u0451]{3,}")
"""Words of the alphabets East Asian standards have two cells wide, long enough to be words."""


class Language:
    """Counts of one language: letters and pairs, small letters only, `EDGE` standing for a word's ends."""

    def __init__(self, name: str, text: str, letters: str = "") -> None:
        self.name = name
        plain = "".join(letter if letter.isalpha() or is_mark(letter) else EDGE for letter in normal(text).lower())
        words = plain.split()
        self._single: Counter[str] = Counter("".join(words) + normal(letters))
        self._total = sum(self._single.values())
        marked = [EDGE + word + EDGE for word in words]
        self._pairs: Counter[tuple[str, str]] = Counter(pair for word in marked for pair in pairwise(word))
        self._first: Counter[str] = Counter(letter for word in marked for letter in word[:-1])
        self.letters = frozenset(self._single)
        self.steps = Steps(self)

    def letter(self, letter: str) -> float:
        """The probability of a letter anywhere; 0 for one the language lacks."""
        return self._single[letter] / self._total

    def pair(self, before: str, letter: str) -> float:
        """The probability of a letter (or the word's end) after another."""
        single = self.letter(letter) if letter != EDGE else 0.15
        first = self._first[before]
        if not first:
            return single
        return PAIR_SHARE * self._pairs[before, letter] / first + (1 - PAIR_SHARE) * single


def is_mark(letter: str) -> bool:
    """Say whether it is a mark that stands on a letter (Thai vowels and tones, Vietnamese tones)."""
    return unicodedata.category(letter) in ("Mn", "Mc")


def is_drawing(letter: str) -> bool:
    """Say whether frames and rules are made of it: lines, blocks, geometric shapes."""
    return "\u2500" <= letter <= "\u25ff" or "\U0001fb00" <= letter <= "\U0001fbff"


def normal(text: str) -> str:
    """Bring spellings together: tones joined to their vowels, Arabic shapes to their letters."""
    if text.isascii():
        return text
    joined = "".join(unicodedata.normalize("NFKC", c) if "\ufb50" <= c <= "\ufeff" else c for c in text)
    return unicodedata.normalize("NFC", joined)


@lru_cache(maxsize=1)
def languages() -> dict[str, Language]:
    """Every language by its code, counted once."""
    samples = tomllib.loads((files("kvit.escpos") / "languages.toml").read_text("utf-8"))
    return {name: Language(name, row["text"], row.get("letters", "")) for name, row in samples.items()}


@lru_cache(maxsize=1)
def _speakers() -> dict[str, tuple[str, ...]]:
    """Which narrow languages have a letter, always in the same order, so that the same bytes give the same guess."""
    found: dict[str, list[str]] = {}
    for name, language in languages().items():
        if name not in WIDE_LANGUAGES:
            for letter in language.letters:
                found.setdefault(letter, []).append(name)
    return {letter: tuple(names) for letter, names in found.items()}


@lru_cache(maxsize=65536)
def narrow(text: str) -> float:
    """Score a word of one-byte letters: the best language's logarithm of its probability."""
    word = normal(text)
    speakers = _speakers()
    votes = Counter([name for letter in word.lower() if not letter.isascii() for name in speakers.get(letter, ())])
    asked = [name for name, _ in votes.most_common(ASKED)] or ["de", "fr"]
    steps, signs = _steps(word)
    return signs + max([sum(map(languages()[name].steps.__getitem__, steps)) for name in asked])


def _steps(word: str) -> tuple[list[str], float]:
    """Take a word apart: each letter with the small one before it (or `EDGE`), and what no language has a say in."""
    steps: list[str] = []
    score, before, small_seen = 0.0, EDGE, False
    for place, letter in enumerate(word):
        if letter.isalpha() or is_mark(letter):
            small = letter.lower()[:1]
            steps.append(before + letter)
            if small_seen and letter != letter.lower():
                score += LATE_CAPITAL
            if word[place - 2 : place] == letter * 2:
                score += TRIPLED
            small_seen = small_seen or (letter == small and letter != letter.upper())
            before = small
        else:
            if not letter.isascii():
                score += _sign(word, place)
            before, small_seen = EDGE, False
    if before != EDGE:
        steps.append(before + EDGE)
    return steps, score


class Steps(dict[str, float]):
    """The logarithm of each step's chance in a language, worked out when first asked."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def __missing__(self, step: str) -> float:
        if len(self) >= STEPS_MAX:
            self.clear()
        found = self[step] = self._chance(step[0], step[1])
        return found

    def _chance(self, before: str, letter: str) -> float:
        language = self._language
        if letter == EDGE:
            return math.log(max(language.pair(before, EDGE), 1e-3))
        small = letter.lower()[:1]
        chance = language.pair(before, small)
        if chance > 0:
            return math.log(chance)
        return BORROWED if letter.isascii() or language.letter(small) else STRANGE


STEPS_MAX = 20_000
"""Steps kept a language: an alphabet has some thousand, hostile streams any."""


def _sign(word: str, place: int) -> float:
    """Score what is no letter by where it stands."""
    letter = word[place]
    if letter == "\ufffd" or unicodedata.category(letter).startswith("C"):
        return NOTHING
    around = word[max(0, place - 1) : place] + word[place + 1 : place + 2]
    inside = len(around) == 2 and all(c.isalpha() for c in around)
    if is_drawing(letter):
        if any(c.isalpha() for c in around):
            return DRAWING_INSIDE
        if place == 0:
            return DRAWING
        return DRAWING_ON if word[place - 1] == letter else DRAWING_CHANGE
    if letter in SIGNS or letter == "\xa0":
        leans = letter not in QUOTES and any(c.isalpha() for c in around)
        return SIGN_INSIDE if inside or leans else SIGN_AT_EDGE
    return 2 * SIGN_AT_EDGE if not inside else SIGN_INSIDE


@lru_cache(maxsize=65536)
def wide(text: str) -> float:
    """Score letters read from pairs of bytes: the best language's logarithm of their probability.

    The national standards hold Greek and Cyrillic too: words in them are read as words, or Russian among Hangul would
    look like rarer signs than the Han letters another standard has at the same bytes.
    """
    foreign = sum(TURN + narrow(word) for word in _ALPHABETS.findall(text))
    rest = [_wide_letter(letter) for letter in _ALPHABETS.sub("", text)]
    return foreign + (max(map(sum, zip(*rest, strict=True))) if rest else 0.0)


@lru_cache(maxsize=65536)
def _wide_letter(letter: str) -> tuple[float, ...]:
    """A letter's logarithm in each of the languages written so."""
    return tuple(_wide_chance(letter, name) for name in WIDE_LANGUAGES)


def _wide_chance(letter: str, name: str) -> float:
    sampled = languages()[name].letter(letter)
    return math.log(0.7 * sampled + 0.3 * _level(letter, name))


_LEVELS: dict[str, tuple[str, bytes, bytes, float, float]] = {
    "zh_hans": ("gb2312", b"\xb0", b"\xd7", 1 / 3755, 0.08 / 3008),
    "zh_hant": ("big5", b"\xa4", b"\xc6", 1 / 5401, 0.08 / 7652),
    "ja": ("euc_jp", b"\xb0", b"\xcf", 0.5 / 2965, 0.05 / 3390),
    "ko": ("euc_kr", b"\xb0", b"\xc8", 1 / 2350, 1e-7),
}
"""By language: the codec of the standard, first and last row of its first level, a letter's share in level one, two."""

RARE = 1e-8
"""A wide letter outside the language's standard."""


def _level(letter: str, name: str) -> float:
    if "\u3000" <= letter <= "\u303f" or "\uff01" <= letter <= "\uff5e":
        return 2e-3
    if "\u3041" <= letter <= "\u30fe":
        return 5e-3 if name == "ja" else RARE
    codec, first, last, common, second = _LEVELS[name]
    try:
        row = letter.encode(codec)[:1]
    except UnicodeEncodeError:
        return RARE
    if letter.isalpha() and ord(letter) >= 0x3400:
        if first <= row <= last:
            return common
        return second
    return 1e-5
