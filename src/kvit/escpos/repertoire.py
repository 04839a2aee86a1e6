"""A repertoire: which letters a printer has, where, and how they are sent.

A head has letters in two places: single-byte code pages, chosen by ``ESC t n`` and one narrow cell each, and at most one
set of two-byte letters, read between ``FS &`` and ``FS .`` in square cells. A letter that a page has is sent from the page,
because a Cyrillic or Greek letter out of a Chinese or Korean set is as wide as a syllable; only what no page has is looked
for among the pairs. What neither has can not be sent, and whoever lays out draws it.

A head whose own fonts hold the letters of Unicode (feature ``unicode``) is told once to read UTF-8 and then takes every
letter as it is; it stands here as a head of one page called ``utf-8``, wide letters among them.

Pages nobody published (`kvit.escpos.codepage.grade` unknown) are not used: their letters would be a guess on paper.
Four-byte codes of GB18030 are left out too: they name every letter of Unicode, and heads have dots for none of them.
Heads that only understand the order for UTF-8 (feature ``utf8``) are not told it: which letters stand behind it no
profile says.
"""

from __future__ import annotations

import re
from codecs import charmap_build, charmap_encode
from functools import reduce
from operator import and_
from unicodedata import east_asian_width

from kvit.escpos import codepage, multibyte
from kvit.escpos.profiles import Profile

CODECS = {
    "shift-jis": "cp932", "shift-jis-2004": "cp932", "jis": "euc_jp", "gb18030": "gb18030", "big5": "big5hkscs",
    "ksc5601": "euc_kr", "cp949": "cp949",
}  # fmt: skip
"""Python's codec to write a system with. ``euc_kr`` is KS X 1001 alone: the 8,822 syllables beyond it are CP949's; the
seven-bit pairs of JIS are those of EUC less 80h."""
LOW = bytes(byte & 0x7F for byte in range(256))
GRADES = ("codec", "standard", "observed", "inferred", "unknown")
"""How well a page is known, best first: of two pages with the same letters the better known one is used."""
KEPT_LETTERS = 16_384
"""Letters remembered with their places: more than any one shop has."""
UTF8 = "utf-8"
UNICODE = (
    "[\u00a1-\u024f\u0370-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u23ff\u2500-\u27bf"
    "\u3000-\u3029\u3030-\u3098\u309b-\u30ff\u3131-\u318e\u3200-\u33ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uffee]"
)
"""What a head with ``unicode`` is trusted with: Latin, Greek, Cyrillic, signs, and the letters of East Asia. Scripts that
want joining, reordering or marks are drawn. A pattern, made ready when such a head meets its first letter."""


class Masks(dict[str, int]):
    """By letter the pages that have it: bit n for ``pages[n]``; found out once each.

    Wide letters come from no page: the few Han letters of the katakana page are half as wide as all others.
    """

    def __init__(self, letters: list[dict[str, int]], every: int) -> None:
        self._letters, self._every = letters, every

    def __missing__(self, letter: str) -> int:
        if len(self) >= KEPT_LETTERS:
            self.clear()
        if " " <= letter <= "~":
            mask = self._every
        elif not self._letters:
            mask = int(re.match(UNICODE, letter) is not None and self._every)
        elif east_asian_width(letter) in "WF":
            mask = 0
        else:
            mask = sum(1 << place for place, letters in enumerate(self._letters) if letter in letters)
        self[letter] = mask
        return mask


class Repertoire:
    """The letters of one printer. ``pages``: (number of ``ESC t``, name), the power-on page first."""

    def __init__(self, profile: Profile) -> None:
        self.unicode = profile.has("unicode")
        self.pages = ((0, UTF8),) if self.unicode else _pages(profile)
        self.all_pages = (1 << max(len(self.pages), 1)) - 1
        self.power_on_mask = int(bool(self.pages) and self.pages[0][0] == profile.code_page and not self.unicode)
        system = profile.multibyte.system
        self.system = system if system in CODECS and not self.unicode else ""
        self.pairs_on = profile.multibyte.power_on and system not in ("none", "open", "")
        known = [] if self.unicode else [codepage.encoding(name) for _, name in self.pages]
        self.masks = Masks(known if self.unicode else known or [{}], self.all_pages)
        self._tables = [] if self.unicode else [charmap_build(_singles(name)) for _, name in self.pages]
        self._pairs: dict[str, bytes | None] = {}

    def mask(self, text: str) -> int:
        """The pages that have every letter of the text: bit n for ``pages[n]``."""
        return reduce(and_, map(self.masks.__getitem__, text), self.all_pages)

    def way(self, letter: str, cells: int) -> str:
        """How a letter goes: ``n`` from a page, ``w`` or ``v`` as a pair (elsewhere 2 cells or 1), ``d`` or ``D`` drawn."""
        wide = cells == 2
        if self.masks[letter]:
            return "w" if wide else "n"
        if self.pair(letter):
            return "w" if wide else "v"
        return "D" if wide else "d"

    def single(self, text: str, page: int) -> bytes:
        """The bytes of a text all of whose letters ``pages[page]`` has."""
        if self.unicode:
            return text.encode()
        return charmap_encode(text, "strict", self._tables[page])[0]

    def pair(self, letter: str) -> bytes | None:
        """The two bytes of a letter of the two-byte set, None where it has none."""
        if letter not in self._pairs:
            if len(self._pairs) >= KEPT_LETTERS:
                self._pairs.clear()
            self._pairs[letter] = _pair(self.system, letter) if self.system else None
        return self._pairs[letter]

    def pairs(self, text: str) -> bytes:
        """The bytes of a text all of whose letters are of the two-byte set."""
        made = text.encode(CODECS[self.system])
        return made.translate(LOW) if self.system == "jis" else made


def _singles(name: str) -> str:
    """The 256 letters of a page for `charmap_build`; of a letter standing twice only the first place counts."""
    letters = codepage.decoding(name)
    first = {letter: place for place, letter in reversed(list(enumerate(letters)))}
    return "".join(
        letter if first[letter] == place and letter != codepage.HOLE else "\ufffe"
        for place, letter in enumerate(letters)
    )


def _pages(profile: Profile) -> tuple[tuple[int, str], ...]:
    """Every page with published letters once: the power-on page, then the best known ones, then by number."""

    def rank(page: tuple[int, str]) -> tuple[bool, int, int]:
        return page[0] != profile.code_page, GRADES.index(codepage.grade(page[1])), page[0]

    order = sorted(profile.code_pages.items(), key=rank)
    if "esc_t_ignored" in profile.quirks:
        order = order[:1]
    found: dict[str, int] = {}
    for number, name in order:
        page = codepage.canonical(name)
        if codepage.grade(page) != "unknown":
            found.setdefault(page, number)
    return tuple((number, name) for name, number in found.items())


def _pair(system: str, letter: str) -> bytes | None:
    try:
        made = letter.encode(CODECS[system])
    except UnicodeEncodeError:
        return None
    made = made.translate(LOW) if system == "jis" and min(made) > 0xA0 else made
    return made if len(made) == 2 and multibyte.decode(system, made) == letter else None


_MADE: dict[int, tuple[Profile, Repertoire]] = {}
_MADE_MAX = 64
"""Profiles in use at once; `kvit.escpos.profiles.load` gives the same record for the same name."""


def repertoire_of(profile: Profile) -> Repertoire:
    """The repertoire of a profile; one is shared by all receipts of a profile record."""
    known = _MADE.get(id(profile))
    if known is None or known[0] is not profile:
        if len(_MADE) >= _MADE_MAX:
            _MADE.clear()
        known = _MADE[id(profile)] = (profile, Repertoire(profile))
    return known[1]
