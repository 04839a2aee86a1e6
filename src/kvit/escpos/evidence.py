"""Evidence: words seen under each ``ESC t`` number, weighed against pages, whole number tables and multibyte systems.

A page's weight is the sum of its words' likeness; a table's weight is that of its pages over all numbers seen. A table
that does not name a number loses `SILENT` there: less than by a wrong page, more than by a right one. The profile's own
table starts `PRIOR` ahead, so that a single odd letter does not move a printer to another vendor.

Rules and frames are no words: what is drawn says nothing about letters. They are kept apart and may only break a tie
between tables (`DRAWING_HELPS`); where nothing else came, the profile's own page stands.

All figures are natural logarithms of probabilities of the same bytes, hence comparable. Each is worked out once.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import TypeVar

from kvit.escpos import codepage, likeness
from kvit.escpos.multibyte import Decoder, split
from kvit.escpos.profiles import load, names, number_tables

Said = TypeVar("Said")
Words = dict[int, dict[bytes, int]]
"""How often each word was seen, by number."""

SILENT = 6.0
PRIOR = 3.0
OVERRULE = 10.0
"""By how much a page must beat the winning table's to be believed against it for one number."""
HOPELESS = -7.5
"""A letter's mean weight below which none of the vendors' pages fits, and every page is tried."""
PLAUSIBLE = -3.8
"""A letter's mean weight above which a page may stand in for one a table names but nobody published."""
NAMELESS = (None, "unknown", "user")
"""What a table says that knows nothing of a number."""
TRIED_WORDS = 30
"""Words on which every page is tried then: enough to tell, few enough for hostile streams."""
LEFT_OVER = -7.0
"""What a byte above 7F costs that fits no pair: somebody who sends pairs sends nothing else."""
DRAWING_HELPS = 2.0
"""What a table gains that draws all rules seen: less than `PRIOR`, so that rules never outweigh the profile's table."""
RULE_LENGTH, PATTERN_LENGTH = 3, 6
"""The same byte this often in a row, or two bytes in turn over this many: drawn."""
SHORT_LENGTH = 4
"""So few bytes are taken for drawing as soon as the profile's own page draws them: corners and shades side by side."""
MUCH_BETTER = 6.0
"""By how much another system must read a word better before the word speaks against the one chosen."""
NEEDLESS = -9.0
"""What a byte above 7F costs that would print plain ASCII: nobody writes that so, whatever the page repeats there."""

MEMORY_WORDS = 2048
"""Words remembered a page: more than a shop's goods have."""

HIGH = bytes(range(0x80, 0x100))
HIGH_BUT_KANA = bytes((*range(0x80, 0xA1), *range(0xE0, 0x100)))
PROFILE = "profile"
"""The name under which the profile's own table stands among the vendors'."""


class Evidence:
    """Weighs one set of words; ``own`` is the profile's table."""

    def __init__(self, words: Words, own: dict[int, str]) -> None:
        self.words: Words = {number: {} for number in words}
        self._rules: Words = {number: {} for number in words}
        for number, seen in words.items():
            self._sort_out(number, seen, own.get(number, "unknown"))
        self._told: dict[int, list[tuple[bytes, float]]] = {}
        self._own = own
        self._pages: dict[tuple[int, str], float] = {}
        self._weights: dict[str, float] = {}

    def _sort_out(self, number: int, seen: Mapping[bytes, int], page: str) -> None:
        """Put rules apart from words, and take frames off the words they stand against."""
        rules, words, cores = self._rules[number], self.words[number], _cores(page)
        left: list[bytes] = []
        for data, count in seen.items():
            core = cores[data]
            if core:
                words[core] = words.get(core, 0) + count
            elif core is None:
                rules[data] = count
            else:
                left.append(data)
        sides = bytes(set(b"".join(rules).translate(None, _undrawn(page)))) if rules else b""
        if sides:
            words.clear()
            left = [data for data in seen if data not in rules]
        for data in left:
            bare = _unframed(data, sides, page)
            if bare.isascii():
                rules[data] = rules.get(data, 0) + seen[data]
            else:
                words[bare] = words.get(bare, 0) + seen[data]

    def numbers(self, name: str) -> dict[int, str]:
        """A table by its name: the profile's own, a vendor's, a model's."""
        return self._own if name == PROFILE else tables()[name]

    def page(self, number: int, page: str) -> float:
        """The weight of a page for the words of a number."""
        key = (number, page)
        found = self._pages.get(key)
        if found is None:
            scores = _scores(page)
            found = self._pages[key] = sum([times * scores[data] for data, times in self._weighed(number)])
        return found

    def length(self, number: int) -> float:
        """How many letters the words of a number have, met again counting less."""
        return sum([times * len(data) for data, times in self._weighed(number)])

    def _weighed(self, number: int) -> list[tuple[bytes, float]]:
        """The words of a number with what each counts."""
        told = self._told.get(number)
        if told is None:
            words = self.words[number].items()
            told = self._told[number] = [(data, 1.0 if count == 1 else weight(count)) for data, count in words]
        return told

    def table(self, name: str) -> float:
        """The weight of a table for all words."""
        if name not in self._weights:
            numbers = self.numbers(name)
            prior = PRIOR if name == PROFILE else 0.0
            letters = sum(self._place(number, numbers.get(number)) for number, words in self.words.items() if words)
            self._weights[name] = prior + letters + DRAWING_HELPS * self._drawn_share(numbers)
        return self._weights[name]

    def _drawn_share(self, numbers: dict[int, str]) -> float:
        """Which part of the numbers that have rules this table draws."""
        ruled = [number for number, rules in self._rules.items() if rules]
        if not ruled:
            return 0.0
        return sum(self.draws(number, numbers.get(number, "unknown")) for number in ruled) / len(ruled)

    def draws(self, number: int, page: str) -> bool:
        """Say whether a page has lines and blocks wherever rules and frames were seen under the number."""
        return all(_draws(data, page) for data in self._rules[number] if len(data) >= RULE_LENGTH)

    def _place(self, number: int, page: str | None) -> float:
        if page is None or not _is_published(page):
            return max(self.page(number, other) for other in named(number)) - SILENT
        return self.page(number, page)

    def best_table(self) -> str:
        """The table that explains the words best; of equals the first, so the profile's before the vendors'."""
        seen = tuple(number for number in self.words if self.words[number] or self._rules[number])
        return max((PROFILE, *_different(seen)), key=self.table) if seen else PROFILE

    def best_page(self, number: int, given: str | None) -> str:
        """Believe the table's page unless another reads far better; the profile's own where there is nothing to read."""
        if not self.words[number]:
            return self._own.get(number) or given or named(number)[0]
        best = max(named(number), key=lambda page: self.page(number, page))
        if self.page(number, best) < HOPELESS * sum(map(len, self.words[number])):
            best = self._any_page(number, best)
        if given is None or not _is_published(given):
            return best if given in NAMELESS or self._is_plausible(number, best) else given
        return best if self.page(number, best) > self.page(number, given) + OVERRULE else given

    def _is_plausible(self, number: int, page: str) -> bool:
        return self.page(number, page) > PLAUSIBLE * self.length(number)

    def _any_page(self, number: int, best: str) -> str:
        tried = list(self.words[number])[:TRIED_WORDS]
        return max([best, *published()], key=lambda page: sum(map(_scores(page).__getitem__, tried)))

    def has_words(self) -> bool:
        """Say whether there is more than rules and frames."""
        return any(self.words.values())

    def certainty(self, number: int, page: str, table: str) -> float:
        """Compare with the best table that reads this number's words otherwise: 0 a coin's toss, 1 sure."""
        mine, score = self.table(table), self.page(number, page)
        margin = 2.0 * sum(self.words[number].values())
        for name in (PROFILE, *tables()):
            other = self.numbers(name).get(number, "unknown")
            if _is_published(other) and not self._same(number, page, other):
                margin = min(margin, max(mine - self.table(name), score - self.page(number, other)))
        return max(0.0, 1 - math.exp(-margin / 4))

    def _same(self, number: int, page: str, other: str) -> bool:
        if page == other:
            return True
        return all(codepage.decode(data, page) == codepage.decode(data, other) for data in self.words[number])

    def best_system(self, systems: tuple[str, ...], pages: dict[int, str]) -> tuple[str, float]:
        """The system under which all words read best as pairs (rules, when there are no words), of equals the first; and
        its weight."""
        totals = [0.0] * len(systems)
        for number, words in (self.words if self.has_words() else self._rules).items():
            page = pages.get(number, "cp437")
            scores = list(map(_paired(systems, page).__getitem__, words))
            for place, count in enumerate(words.values()):
                if count != 1:
                    scores[place] = tuple([weight(count) * score for score in scores[place]])
            if scores:
                totals = [total + sum(each) for total, each in zip(totals, zip(*scores, strict=True), strict=True)]
        most = max(totals)
        return systems[totals.index(most)], most

    def agreement(self, system: str, others: Iterable[str], pages: dict[int, str]) -> float:
        """Which part of the words no other system reads much better: 1 for one language, less for a mixture."""
        agreed = total = 0.0
        for number, words in (self.words if self.has_words() else self._rules).items():
            page = pages.get(number, "cp437")
            for data, count in words.items():
                best = max(paired(data, other, page) for other in others)
                agreed += weight(count) * (paired(data, system, page) > best - MUCH_BETTER)
                total += weight(count)
        return agreed / total if total else 0.0


@lru_cache(maxsize=8192)
def is_drawn(data: bytes) -> bool:
    """Say whether it is a rule, a frame's edge or side, or one byte alone, which says as little: no ASCII letter, and
    mostly one byte again and again, or two in turn."""
    if any(byte < 0x80 and chr(byte).isalpha() for byte in data):
        return False
    high = bytes(byte for byte in data if byte >= 0x80)
    if len(set(high)) == 1:
        return True
    if len(set(high)) == 2 and len(high) >= PATTERN_LENGTH:
        return True
    again = sum(before == after for before, after in pairwise(high))
    return 2 * again >= len(high) - 1 and any(bytes([byte]) * RULE_LENGTH in high for byte in set(high))


class Memory(dict[bytes, Said]):
    """What a function said of each word; all is forgotten at `MEMORY_WORDS`, so that hostile streams take no room."""

    def __init__(self, act: Callable[[bytes], Said]) -> None:
        self._act = act

    def __missing__(self, data: bytes) -> Said:
        if len(self) >= MEMORY_WORDS:
            self.clear()
        said = self[data] = self._act(data)
        return said


@lru_cache(maxsize=128)
def _cores(page: str) -> Memory[bytes | None]:
    """Words without what the page draws around them, empty where ASCII is left; None for a rule."""
    return Memory(lambda data: None if _is_rule(data, page) else _core(data, page))


def _core(data: bytes, page: str) -> bytes:
    core = _unframed(data, b"", page)
    return b"" if core.isascii() else core


@lru_cache(maxsize=128)
def _scores(page: str) -> Memory[float]:
    """Words as likely as they are under the page."""
    return Memory(lambda data: word(data, page))


@lru_cache(maxsize=128)
def _paired(systems: tuple[str, ...], page: str) -> Memory[tuple[float, ...]]:
    """Words as likely as they are read as pairs, by system."""
    return Memory(lambda data: tuple([paired(data, system, page) for system in systems]))


def _is_rule(data: bytes, page: str) -> bool:
    return is_drawn(data) or (len(data) <= SHORT_LENGTH and min(data) >= 0x80 and _draws(data, page))


@lru_cache(maxsize=8192)
def _unframed(data: bytes, sides: bytes, page: str) -> bytes:
    """Take from a word the lines and blocks of the page before and behind it: a rule, what ``sides`` has seen alone, or
    the same on both ends. A word the page would draw from end to end stays whole: it may be written in another."""
    size = len(data)
    before = next((place for place in range(size) if not _draws_byte(data[place], page)), size)
    behind = next((place for place in range(size) if not _draws_byte(data[size - 1 - place], page)), size)
    if before == size:
        return data
    alike = set(data[:before]) == set(data[size - behind :])
    first = before if alike or _is_edge(data[:before], sides) else 0
    last = behind if alike or _is_edge(data[size - behind :], sides) else 0
    return data[first : size - last]


def _is_edge(edge: bytes, sides: bytes) -> bool:
    return not edge.translate(None, sides) or (len(edge) >= RULE_LENGTH and is_drawn(edge))


def _draws_byte(byte: int, page: str) -> bool:
    return byte >= 0x80 and likeness.is_drawing(codepage.table(page)[byte - 0x80])


@lru_cache(maxsize=128)
def _undrawn(page: str) -> bytes:
    """The bytes the page draws nothing for, which no frame is made of."""
    return bytes([byte for byte in range(0x100) if not _draws_byte(byte, page)])


@lru_cache(maxsize=8192)
def _draws(data: bytes, page: str) -> bool:
    text = codepage.decode(data, page)
    return all(likeness.is_drawing(letter) for letter in text if not letter.isascii())


@lru_cache(maxsize=256)
def weight(count: int) -> float:
    """A word met again is weaker evidence than a new one."""
    return 1 + math.log2(count) / 2


def word(data: bytes, page: str) -> float:
    """The likeness of one word under a page."""
    text = codepage.decode(data, page)
    needless = len(text.encode("ascii", "ignore")) - len(data.translate(None, HIGH))
    return likeness.narrow(text) + needless * NEEDLESS


@lru_cache(maxsize=8192)
def paired(data: bytes, system: str, page: str) -> float:
    """The likeness of one word read as pairs, what is left over read in the page."""
    score = LEFT_OVER * _left_over(system, data)
    for text, cells in _decoder(system, page).read(data):
        score += likeness.wide(text) if cells == 2 else likeness.narrow(text)
    return score


@lru_cache(maxsize=256)
def _decoder(system: str, page: str) -> Decoder:
    """A reader of pairs, used whole texts at a time, so that nothing stays in it."""
    return Decoder(system, True, page)


def _left_over(system: str, data: bytes) -> int:
    """Count the bytes above 7F outside pairs; Shift-JIS has its katakana there and they are none."""
    single = b"".join([run for is_pair, run in split(system, data) if not is_pair])
    if single.isascii():
        return 0
    return len(single) - len(single.translate(None, HIGH_BUT_KANA if system == "shift-jis" else HIGH))


@lru_cache(maxsize=1)
def tables() -> dict[str, dict[int, str]]:
    """Every table known: the vendors' by name, then the models' that differ from those before."""
    found = {"epson": number_tables()["epson"]} | number_tables()
    for name in names():
        pages = load(name).code_pages
        if pages not in found.values():
            found[name] = pages
    return found


@lru_cache(maxsize=512)
def _different(numbers: tuple[int, ...]) -> tuple[str, ...]:
    """The tables that say something of their own about these numbers: of tables that agree there, the first."""
    found: dict[tuple[str | None, ...], str] = {}
    for name, table in tables().items():
        found.setdefault(tuple(table.get(number) for number in numbers), name)
    return tuple(found.values())


@lru_cache(maxsize=256)
def _is_published(page: str) -> bool:
    return codepage.grade(page) != "unknown"


@lru_cache(maxsize=256)
def named(number: int) -> list[str]:
    """The pages any table has at a number, the commonest first; all pages when none names it."""
    found = Counter(table[number] for table in tables().values() if number in table)
    known = [page for page, _ in found.most_common() if _is_published(page)]
    return known or list(published())


@lru_cache(maxsize=1)
def published() -> tuple[str, ...]:
    """Every published page; those of standards come first and win ties against look-alikes read off printers. A page
    without letters above 7F explains nothing and is none of them."""
    return tuple(page for page in codepage.names() if _is_published(page) and codepage.table(page).strip(codepage.HOLE))
