"""What a country's shops are used to: currency, marks in numbers, languages, clock, paper.

A table for the countries Kvit is made for; for any other, the Unicode CLDR (through Babel) says the currency, the
language and the marks, and the paper is 80 mm. Marks are those of the country's own first language.

What the table decided and CLDR would not: the clock shows 24 hours everywhere but in the United States, since that is
what tills print; Kazakhstan has been one time zone since March 2024; a country of several zones has none here, so that
nobody's Z report closes by the clock of another city (``time_zones`` lists them to choose from).
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale

PAPER_MM = 80
"""The roll of most tills. China's are mostly 58."""


@dataclass(frozen=True, slots=True)
class Country:
    """A country's habits. Every value is a default: the shop's own setting goes first."""

    code: str
    """ISO 3166-1, two capital letters."""
    currency: str
    """ISO 4217; empty where a territory has none."""
    languages: tuple[str, ...]
    """ISO 639-1, the first is the default; those Kvit does not speak are listed too."""
    time_zones: tuple[str, ...]
    """IANA names; one where the whole country keeps one time."""
    paper_mm: int
    hours: int
    """12 or 24: how the clock is shown."""
    decimal_mark: str
    group_mark: str
    """A no-break space (U+00A0) where the country groups by a space."""
    date_order: str
    """``dmy``, ``mdy`` or ``ymd``: how its tills write a date in numbers."""

    @property
    def time_zone(self) -> str:
        """The country's one time zone, or empty where it has several."""
        return self.time_zones[0] if len(self.time_zones) == 1 else ""


LANGUAGES_OF: dict[str, tuple[str, ...]] = {"KZ": ("kk", "ru"), "CN": ("zh",), "KG": ("ky", "ru")}
ZONES_OF: dict[str, tuple[str, ...]] = {
    "KZ": ("Asia/Almaty",),
    "CN": ("Asia/Shanghai",),
    "DE": ("Europe/Berlin",),
    "GB": ("Europe/London",),
}
PAPER_OF = {"CN": 58}
HOURS_OF = {"US": 12}


@functools.cache
def country(code: str) -> Country:
    """Give a country by its two letters. A code that is none is a ValueError."""
    from babel.core import get_global
    from babel.languages import get_official_languages
    from babel.numbers import get_decimal_symbol, get_group_symbol, get_territory_currencies

    if code not in get_global("territory_zones"):
        raise ValueError(f"{code!r} is not a country code")
    languages = LANGUAGES_OF.get(code) or get_official_languages(code, de_facto=True) or ("en",)
    currencies = get_territory_currencies(code)
    home = _home(languages[0], code)
    return Country(
        code=code,
        currency=currencies[0] if currencies else "",
        languages=languages,
        time_zones=ZONES_OF.get(code) or tuple(get_global("territory_zones")[code]),
        paper_mm=PAPER_OF.get(code, PAPER_MM),
        hours=HOURS_OF.get(code, 24),
        decimal_mark=get_decimal_symbol(home),
        group_mark=get_group_symbol(home).replace("\u202f", "\u00a0"),
        date_order="".join(
            dict.fromkeys(letter for letter in home.date_formats["short"].pattern.lower() if letter in "dmy")
        ),
    )


def _home(language: str, code: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    for name in (f"{language}_{code}", language):
        try:
            return Locale.parse(name)
        except UnknownLocaleError:
            continue
    return Locale.parse("en_001")
