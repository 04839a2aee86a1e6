"""Learn what the profile leaves open: which code pages the printer's ``ESC t`` numbers mean, and which pairs it reads.

The numbers of ``ESC t`` are vendors' data and collide (46 is Cyrillic here and Hebrew there), so a relay behind an
unknown till sees bytes without meaning. But a printer has one table, not a number each: the learner collects words with
bytes from 80 up by number and asks `evidence` which vendor's *whole table* explains all numbers best. A number on which
the winning table fails badly while another page reads well is taken from that page alone. Pairs of bytes are judged the
same way: text before any ``FS &`` or ``FS .`` is read both as single letters and as pairs of each system, and the
likelier reading tells whether the printer wakes up in multibyte mode.

Feed it commands as they pass, ask `Learner.guess` when wanted (after a printout); a person confirms once. Memory is
bounded: `WORD_LIMIT` words a number, `TOTAL_LIMIT` in all. Nothing is random, the same bytes give the same guess.

What bytes can not tell stays open: pages that read all the seen words alike are the same to us (and to the reader).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import pairwise

import msgspec

from kvit.escpos.command import Command
from kvit.escpos.evidence import HIGH, PROFILE, Evidence, Words, tables
from kvit.escpos.profiles import Profile, load

WORD_LIMIT = 120
"""Words kept a number and mode: by then the letters have told all they can."""
TOTAL_LIMIT = 300
"""Words kept a mode over all numbers, so that a guess on a hostile stream still takes about a second."""
WORD_BYTES = 32
"""A longer run of letters is cut: what says nothing in 32 bytes says nothing."""

CHART_STEPS = 6
"""So many neighbours in a word that follow each other in the code: alphabets on test slips, not words."""

PAIRS_MARGIN = 6.0
"""By how much (natural logarithm) pairs must beat single bytes before power-on multibyte is believed."""

FLUENT, FLUENT_SHARE, FLUENT_LETTERS = -3.3, 0.7, 24
"""A page reads fluently above this mean weight of a letter; asked only of words mostly above 7F, and enough of them.
Right pages give -2.6 to -3.5, wrong ones -3.8 and worse; what lies between is asked of every table."""

PAIRS_SURE = 0.9
"""Confidence in a system under which every word reads as well as under any other."""

SYSTEMS = ("gb18030", "big5", "shift-jis", "ksc5601", "utf-8")
"""Candidates, in the order a tie is broken."""

START, ON, OFF = "start", "on", "off"
"""How pairs stood when the text came: as after power-on, after ``FS &``, after ``FS .``."""

SWITCHES = frozenset(("ESC t", "ESC GS t", "FS &", "FS .", "FS C", "ESC @"))
LINE_ENDS = frozenset(("LF", "CR", "HT", "FF", "ESC d", "ESC J", "GS V"))
TAIL_BYTES = 12
"""So much of a word's beginning is kept when it goes on behind a command."""

LINE_BYTES = 64
"""Texts up to this length are remembered cut: a printed line."""

_WORDS = re.compile(rb"[\x30-\x39\x40-\xff]+")
_REPEATED = re.compile(rb"([\x80-\xff]{1,2}?)\1{3,}")
"""More than three of the same are a line drawn across the paper and tell nothing new."""
_ASCII_TAIL = re.compile(rb"[A-Za-z]{1,12}\Z")


class Guess(msgspec.Struct, frozen=True):
    """What the learner would say now. ``confidence`` 0..1; ``letters`` how many bytes above 7F it is built on."""

    pages: dict[int, str]
    """Page by number, only for numbers whose bytes were seen."""
    table: str
    """The vendor's table (or the model's) that explains the bytes best."""
    system: str | None
    """The multibyte system, None when no pairs were seen."""
    power_on: bool
    """True when pairs came without ``FS &``."""
    confidence: float
    certainty: dict[int, float]
    """Confidence by number."""
    letters: int


class Learner:
    """Collects evidence from commands; ``profile`` gives the first guess and what is not open."""

    def __init__(self, profile: Profile | None = None) -> None:
        self._profile = profile or load("unknown")
        self._words: dict[str, Words] = {START: {}, ON: {}, OFF: {}}
        self._kept = {START: 0, ON: 0, OFF: 0}
        self._letters = 0
        self._number = self._profile.code_page
        self._mode = START
        self._before = b""
        """The text before on the same line, whose last word may go on."""
        self._japanese = False
        """``FS C`` chose Shift-JIS; and below: text came while it was so."""
        self._said_japanese = False
        self._star = False
        """``ESC GS t`` came, which only Star's printers know."""

    def see_all(self, commands: Iterable[Command]) -> None:
        """Take the commands of a printout as the parser gives them; all but text and its switches is passed over."""
        for command in commands:
            name = command.name
            if name == "text":
                raw = command.raw
                if raw.isascii():
                    self._before = raw
                else:
                    self.text(raw)
            elif name in LINE_ENDS:
                self._before = b""
            elif name in SWITCHES:
                self._switch(name, command.raw)

    def see(self, command: Command) -> None:
        """The same of one command."""
        self.see_all((command,))

    def _switch(self, name: str, raw: bytes) -> None:
        if name in ("ESC t", "ESC GS t"):
            self._number = raw[-1]
            self._star |= name == "ESC GS t"
        elif name in ("FS &", "FS ."):
            if not self._japanese:  # a printer set to Shift-JIS finds lead bytes by itself and ignores both
                self._mode = ON if name == "FS &" else OFF
        elif name == "FS C":
            self._japanese = raw[2] % 0x30 in (1, 2)
            self._mode = ON if self._japanese else self._mode
        else:
            self._mode, self._number, self._before, self._japanese = START, self._profile.code_page, b"", False

    def select(self, number: int | None = None, mode: str | None = None) -> None:
        """Say which number is selected and how pairs stand (`START`, `ON`, `OFF`), for callers without commands."""
        self._number = self._number if number is None else number
        self._mode = self._mode if mode is None else mode

    def text(self, data: bytes) -> None:
        """Take text bytes printed under the present number; a word may go on from the text before."""
        before, self._before = self._before, data
        if data.isascii():
            return
        self._said_japanese |= self._japanese
        if before:
            tail = _ASCII_TAIL.search(before[-TAIL_BYTES:])
            data = tail.group() + data if tail else data
        pieces, letters = _line(data) if len(data) <= LINE_BYTES else _pieces(data)
        self._letters += letters
        if not pieces:
            return
        mode, words = self._mode, self._words[self._mode]
        kept = words.get(self._number)
        if kept is None:
            kept = words[self._number] = {}
        for piece in pieces:
            if piece in kept:
                kept[piece] += 1
            elif len(kept) < WORD_LIMIT and self._kept[mode] < TOTAL_LIMIT:
                kept[piece] = 1
                self._kept[mode] += 1
        if not kept:
            del words[self._number]

    @property
    def letters(self) -> int:
        """How many bytes above 7F were seen."""
        return self._letters

    def guess(self) -> Guess:
        """Say what the bytes seen so far make likeliest, and how sure that is."""
        reading = self.read()
        single = self._evidence(OFF) if reading.power_on else self._evidence(START, OFF)
        certainty = {number: single.certainty(number, page, reading.table) for number, page in reading.pages.items()}
        told = [certainty[number] for number in certainty if single.words[number]]
        if reading.system:
            told.append(PAIRS_SURE * self._evidence(START, ON).agreement(reading.system, SYSTEMS, reading.pages))
        confidence = min(told, default=0.0)
        return msgspec.structs.replace(reading, certainty=certainty, confidence=confidence)

    def read(self) -> Guess:
        """Give the guess without saying how sure it is, which is what costs most."""
        single = self._evidence(START, OFF)
        if not self._words[ON] and self._is_fluent(single):
            own = {number: self._own_pages()[number] for number in single.words}
            return Guess(own, PROFILE, None, False, 0.0, {}, self._letters)
        table, pages = _read(single)
        system: str | None = "shift-jis"
        if not self._said_japanese:
            system = self._evidence(ON).best_system(SYSTEMS, pages)[0] if self._words[ON] else None
        power_on = False
        woken = self._wakes_in_pairs(single if not self._words[OFF] else self._evidence(START), pages)
        if woken:
            system, power_on = system or woken, True
            table, pages = _read(self._evidence(OFF))
        return Guess(pages, table, system, power_on, 0.0, {}, self._letters)

    def _is_fluent(self, single: Evidence) -> bool:
        """Say whether the profile's own pages read so well that no other need be asked: alphabets other than Latin."""
        for number, words in single.words.items():
            if not words:
                continue
            letters = b"".join(words)
            high = len(letters) - len(letters.translate(None, HIGH))
            page = self._own_pages().get(number, "unknown")
            if high < FLUENT_SHARE * len(letters) or high < FLUENT_LETTERS:
                return False
            if single.page(number, page) < FLUENT * single.length(number):
                return False
        return single.has_words()

    def _evidence(self, *modes: str) -> Evidence:
        words: Words = {}
        for mode in modes:
            for number, seen in self._words[mode].items():
                words[number] = _together(words[number], seen) if number in words else seen
        return Evidence(words, self._own_pages())

    def _own_pages(self) -> dict[int, str]:
        """The profile's table; Star's, once its command came to a profile that leaves the table open."""
        return tables()["starprnt"] if self._star and self._profile.learn else self._profile.code_pages

    def _wakes_in_pairs(self, start: Evidence, pages: dict[int, str]) -> str | None:
        """The system whose pairs read best what came after power-on; None when nothing came or single bytes do as well."""
        if not start.has_words():
            return None
        system, weight = start.best_system(SYSTEMS, pages)
        single = sum(start.page(number, pages[number]) for number in start.words)
        return system if weight > single + PAIRS_MARGIN else None


def _together(first: Mapping[bytes, int], second: Mapping[bytes, int]) -> dict[bytes, int]:
    """Words seen in two modes, with how often."""
    return {**first, **{word: first.get(word, 0) + count for word, count in second.items()}}


def _pieces(data: bytes) -> tuple[tuple[bytes, ...], int]:
    """Cut text into words worth weighing, and count its bytes above 7F."""
    pieces: list[bytes] = []
    for word in _WORDS.findall(data):
        if not word.isascii():
            word = _REPEATED.sub(rb"\1\1\1", word)
            cut = (word[start : start + WORD_BYTES] for start in range(0, len(word), WORD_BYTES))
            pieces += [piece for piece in cut if not piece.isascii() and not _is_chart(piece)]
    return tuple(pieces), len(data) - len(data.translate(None, HIGH))


_line = lru_cache(maxsize=4096)(_pieces)
"""Lines of receipts come back: the shop's name, ``TOTAL``, the farewell."""


def _is_chart(piece: bytes) -> bool:
    """Say whether it is a row of a printed character table: byte values going up by one, which no language does."""
    return sum(after - before == 1 for before, after in pairwise(piece)) >= CHART_STEPS


def _read(evidence: Evidence) -> tuple[str, dict[int, str]]:
    """Find the best table and with it the page of each number seen."""
    table = evidence.best_table()
    numbers = evidence.numbers(table)
    return table, {number: evidence.best_page(number, numbers.get(number)) for number in evidence.words}


def apply(profile: Profile, guess: Guess) -> Profile:
    """Lay a guess over a profile: its numbers, and its multibyte system where the profile's is open.

    The same guess over the same profile is the same record: what is worked out from a profile is kept by its identity.
    """
    changed = tuple(item for item in guess.pages.items() if profile.code_pages.get(item[0]) != item[1])
    system = guess.system if profile.multibyte.system == "open" else None
    if not changed and not system:
        return profile
    key = (id(profile), changed, system, guess.power_on)
    kept = _APPLIED.get(key)
    if kept is None or kept[0] is not profile:
        if len(_APPLIED) >= APPLIED_MAX:
            _APPLIED.clear()
        kept = _APPLIED[key] = profile, _applied(profile, dict(changed), system, power_on=guess.power_on)
    return kept[1]


APPLIED_MAX = 256
"""Guesses remembered with their profiles: tills of one shop use few pages, hostile streams any."""
_APPLIED: dict[tuple[object, ...], tuple[Profile, Profile]] = {}


def _applied(profile: Profile, pages: dict[int, str], system: str | None, *, power_on: bool) -> Profile:
    multibyte = profile.multibyte
    if system:
        multibyte = msgspec.structs.replace(multibyte, system=system, power_on=power_on)
    return msgspec.structs.replace(profile, code_pages=profile.code_pages | pages, multibyte=multibyte)


def as_file(profile: Profile, guess: Guess) -> str:
    """Write the guess as a profile file (TOML) that inherits ``profile``: what is kept once a person has confirmed.

    Saved as ``NAME.toml`` in the shop's folder, ``load(NAME, folder)`` gives the profile with nothing left to learn.
    """
    learned = apply(profile, guess)
    system = learned.multibyte.system if learned.multibyte.system != "open" else "none"
    lines = [
        f'inherits = "{profile.name}"',
        "learn = false",
        f'notes = "learned from {guess.letters} letters, table {guess.table}, confirmed by a person"',
        "",
        "[code_pages]",
        *(f'{number} = "{page}"' for number, page in sorted(learned.code_pages.items())),
        "",
        "[multibyte]",
        f'system = "{system}"',
        f"power_on = {str(learned.multibyte.power_on).lower()}",
    ]
    return "\n".join(lines) + "\n"


def is_open(profile: Profile) -> bool:
    """Say whether there is anything to learn for this profile."""
    return profile.learn or profile.multibyte.system == "open"


def learn(profile: Profile, commands: Iterable[Command]) -> Profile:
    """Read a whole printout and give the profile with what it taught; a profile with nothing open comes back as it is."""
    if not is_open(profile):
        return profile
    learner = Learner(profile)
    learner.see_all(commands)
    return apply(profile, learner.read()) if learner.letters else profile
