"""The machine: what the player asks of a printer profile, worked out once a profile.

Font cells, motion units, the numbers of ``ESC t`` as ready decoders, the two-byte system, the flags that change what a
command does. Everything here is fixed for the life of a sheet; what commands change is ``state.Printer``.

A code page number the profile does not know reads as the page in force at power-on: a letter shown wrong can be
corrected later, a letter dropped can not.
"""

from __future__ import annotations

from codecs import charmap_decode
from collections.abc import Callable

from kvit.escpos import codepage, multibyte
from kvit.escpos.profiles import Profile, load
from kvit.paper.width import is_plain

Decoder = Callable[[bytes], str]
Whole = Callable[[bytes], tuple[str, int]]
"""Reads text of ASCII and whole pairs (`kvit.escpos.multibyte.whole`)."""

DEFAULT_FONTS = {"A": (12, 24), "B": (9, 17)}
FALLBACK_PAGE = "cp437"
BAR_HEIGHT_DOTS = 162
"""``GS h`` after power-on on Epson models."""


class Machine:
    """One printer model as the player sees it; lengths in dots."""

    def __init__(self, profile: Profile, pages: dict[int, str] | None = None) -> None:
        self.profile = profile
        self.dialect = profile.dialect or "epson"
        self.width_dots = profile.width_dots
        self.dpi = profile.dpi
        self.units = (profile.motion_x or profile.dpi, profile.motion_y or profile.dpi)
        self.fonts = {name: (font.width, font.height) for name, font in profile.fonts.items()} or dict(DEFAULT_FONTS)
        self.fonts.setdefault("A", DEFAULT_FONTS["A"])
        self.line_spacing = profile.line_spacing
        self.quirks = profile.quirks
        self.cr_feeds = "cr_is_lf" in profile.quirks
        system = profile.multibyte.system
        self.multibyte = None if system in ("none", "open", "") else system
        self.multibyte_on = profile.multibyte.power_on and self.multibyte is not None
        self.kanji_height = profile.multibyte.cell_height
        self.kanji_width = profile.multibyte.cell_width
        self.page_number = profile.code_page
        self.international = profile.international
        self.bar_height = BAR_HEIGHT_DOTS
        self._pages = pages or profile.code_pages
        self._renumbered: dict[str, Machine] = {}
        self._decoders: dict[tuple[int, int], Decoder] = {}
        self._plain: dict[int, bool] = {}
        self._wholes: dict[tuple[str, int, int], Whole | None] = {}

    def renumbered(self, family: str) -> Machine:
        """The same machine with another family's numbers for code pages (a family known by its bytes alone)."""
        other = self._renumbered.get(family)
        if other is None:
            other = self._renumbered[family] = Machine(self.profile, load(family).code_pages)
        return other

    def has_page(self, number: int) -> bool:
        """True when the letters of the page ``ESC t number`` selects are known."""
        page = self._pages.get(number)
        return page is not None and codepage.grade(page) != "unknown"

    def page_name(self, number: int) -> str:
        """The page's name; a number the profile does not know keeps the power-on page."""
        return self._pages.get(number) or self._pages.get(self.page_number) or FALLBACK_PAGE

    def decoder(self, number: int, international: int = 0) -> Decoder:
        """Bytes of that page under a country's set to letters, one letter a byte."""
        found = self._decoders.get((number, international))
        if found is None:
            table = codepage.decoding(self.page_name(number), international)
            found = self._decoders[number, international] = _decoder(table)
        return found

    def whole(self, system: str, number: int, international: int) -> Whole | None:
        """What reads text without a letter cut short at once; None where the system has no such reading."""
        key = (system, number, international)
        if key not in self._wholes:
            self._wholes[key] = multibyte.whole(system, self.page_name(number), international)
        return self._wholes[key]

    def has_plain_cells(self, number: int) -> bool:
        """True when every byte of the page takes one cell (no Thai marks, no combining accents)."""
        plain = self._plain.get(number)
        if plain is None:
            plain = self._plain[number] = is_plain(self.decoder(number)(bytes(range(128, 256))))
        return plain


def _decoder(table: str) -> Decoder:
    def decode(raw: bytes) -> str:
        return charmap_decode(raw, "replace", table)[0]

    return decode


_MACHINES: dict[int, Machine] = {}
_MAX_MACHINES = 64
"""Profiles in use at once; `kvit.escpos.profiles.load` gives the same record for the same name."""


def machine_of(profile: Profile | None) -> Machine:
    """The machine of a profile; one record is shared by all sheets."""
    wanted = profile if profile is not None else load()
    machine = _MACHINES.get(id(wanted))
    if machine is None or machine.profile is not wanted:
        if len(_MACHINES) >= _MAX_MACHINES:
            _MACHINES.clear()
        machine = _MACHINES[id(wanted)] = Machine(wanted)
    return machine
