"""A repertoire: which letters a printer has, where, and how they are sent.

A head has letters in two places: single-byte code pages, chosen by ``ESC t n`` and one narrow cell each, and at most one
set of two-byte letters, read between ``FS &`` and ``FS .`` in square cells. A letter that a page has is sent from the page,
because a Cyrillic or Greek letter out of a Chinese or Korean set is as wide as a syllable; only what no page has is looked
for among the pairs. What neither has can not be sent, and whoever lays out draws it.

Pages nobody published (`kvit.escpos.codepage.grade` unknown) are not used: their letters would be a guess on paper.
Four-byte codes of GB18030 are left out too: they name every letter of Unicode, and heads have dots for none of them.
UTF-8 modes are not used: which letters stand behind them no profile tells.
"""

from __future__ import annotations

from kvit.escpos import codepage, multibyte
from kvit.escpos.profiles import Profile

CODECS = {
    "shift-jis": "cp932", "shift-jis-2004": "cp932", "gb18030": "gb18030", "big5": "big5hkscs", "ksc5601": "euc_kr",
    "cp949": "cp949",
}  # fmt: skip
"""Python's codec to write a system with. ``euc_kr`` is KS X 1001 alone: the 8,822 syllables beyond it are CP949's."""
GRADES = ("codec", "standard", "observed", "inferred", "unknown")
"""How well a page is known, best first: of two pages with the same letters the better known one is used."""
KEPT_TEXTS = 4_096
"""Texts remembered a repertoire: item names come again, and the letters of a language's words are few."""


class Repertoire:
    """The letters of one printer. ``pages``: (number of ``ESC t``, name), the power-on page first."""

    def __init__(self, profile: Profile) -> None:
        self.pages = _pages(profile)
        self.all_pages = (1 << len(self.pages)) - 1
        self.power_on_mask = 1 if self.pages and self.pages[0][0] == profile.code_page else 0
        system = profile.multibyte.system
        self.system = system if system in CODECS else ""
        self.pairs_on = profile.multibyte.power_on and system not in ("none", "open", "")
        self._letters = [codepage.encoding(name) for _, name in self.pages]
        self._masks: dict[str, int] = {}
        self._bytes: dict[tuple[str, int], bytes] = {}
        self._pairs: dict[str, bytes | None] = {}

    def mask(self, text: str) -> int:
        """The pages that have every letter of the text: bit n for ``pages[n]``."""
        known = self._masks.get(text)
        if known is None:
            known = self.all_pages
            for letter in text:
                known &= self._mask_of(letter)
            if len(self._masks) >= KEPT_TEXTS:
                self._masks.clear()
            self._masks[text] = known
        return known

    def _mask_of(self, letter: str) -> int:
        if " " <= letter <= "~":
            return self.all_pages
        return sum(1 << place for place, letters in enumerate(self._letters) if letter in letters)

    def single(self, text: str, page: int) -> bytes:
        """The bytes of a text all of whose letters ``pages[page]`` has."""
        made = self._bytes.get((text, page))
        if made is None:
            letters = self._letters[page]
            made = bytes([ord(letter) if letter <= "~" else letters[letter] for letter in text])
            if len(self._bytes) >= KEPT_TEXTS:
                self._bytes.clear()
            self._bytes[text, page] = made
        return made

    def pair(self, letter: str) -> bytes | None:
        """The two bytes of a letter of the two-byte set, None where it has none."""
        if letter not in self._pairs:
            if len(self._pairs) >= KEPT_TEXTS * 4:
                self._pairs.clear()
            self._pairs[letter] = _pair(self.system, letter) if self.system else None
        return self._pairs[letter]

    def pairs(self, text: str) -> bytes:
        """The bytes of a text all of whose letters are of the two-byte set."""
        return b"".join(self.pair(letter) or b"" for letter in text)


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
