"""The languages a sheet is written in: one row each, its modules loaded when first needed.

``write(sheet, profile)`` looks the profile's ``language`` up; ``play(data, profile)`` is the way back, so a look at a
print is a look at the very bytes. Modules named here have ``write(sheet, profile) -> bytes`` and
``play(data, profile) -> Sheet``; the two may lie apart. A printer in whose language nothing is written is refused.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

import msgspec

from kvit.escpos.profiles import Profile
from kvit.paper import reach
from kvit.paper.sheet import Sheet

HERE = "kvit.paper.languages"


class Language(msgspec.Struct, frozen=True):
    """One language. Modules by name under this folder."""

    name: str
    writer: str
    player: str
    media_type: str = "application/octet-stream"


def _language(name: str, module: str, media_type: str = "application/octet-stream", player: str = "") -> Language:
    return Language(name, f"{HERE}.{module}", f"{HERE}.{player or module}", media_type)


LANGUAGES: dict[str, Language] = {
    each.name: each
    for each in (
        _language("escpos", "escpos_write", player="escpos_play"),
    )
}  # fmt: skip


class NoWriterError(LookupError):
    """Nothing is written for this printer; ``known`` are the languages there are."""

    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.known = tuple(LANGUAGES)
        super().__init__(f"no adapter for {profile.name} ({profile.language}); there are {', '.join(self.known)}")


def language_of(profile: Profile) -> Language:
    """The row of a profile. Raises `NoWriterError`."""
    known = LANGUAGES.get(profile.language)
    if known is None or (profile.language == "escpos" and not reach.is_written(profile)):
        raise NoWriterError(profile)
    return known


def write(sheet: Sheet, profile: Profile) -> bytes:
    """A sheet laid out for that profile, in its language. Raises `NoWriterError`, ValueError for another's sheet."""
    return cast("bytes", import_module(language_of(profile).writer).write(sheet, profile))


def play(data: bytes, profile: Profile) -> Sheet:
    """What the printer makes of such bytes. Raises `NoWriterError`."""
    return cast("Sheet", import_module(language_of(profile).player).play(data, profile))
