"""The languages a sheet is written in: one row each, its modules loaded when first needed.

``compose(document, profile)`` lays out what the profile's ``language`` can say, ``write(sheet, profile)`` makes the bytes,
``play(data, profile)`` is the way back, so a look at a print is a look at the very bytes. Modules named here have
``write(sheet, profile) -> bytes`` and ``play(data, profile) -> Sheet``; the two may lie apart. A printer in whose
language nothing is written is refused.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

import msgspec

from kvit.escpos.profiles import Profile
from kvit.paper import reach
from kvit.paper.document import Document
from kvit.paper.languages.tame import Manner, tamed
from kvit.paper.layout import lay_out
from kvit.paper.sheet import Problem, Sheet

HERE = "kvit.paper.languages"
BYTES = "application/octet-stream"
TEXT = "text/plain; charset=utf-8"


class Language(msgspec.Struct, frozen=True):
    """One language. Modules by name under this folder."""

    name: str
    writer: str
    player: str
    media_type: str = BYTES
    tags: bool = False
    """Letters and tags: its module has a `kvit.paper.languages.tame.Manner` called ``MANNER``."""

    @property
    def commands(self) -> bool:
        """Whether its bytes are commands as `kvit.escpos.Parser` reads them."""
        return self.player == f"{HERE}.escpos_play"


def _language(name: str, module: str, media_type: str = BYTES, *, player: str = "", tags: bool = False) -> Language:
    return Language(name, f"{HERE}.{module}", f"{HERE}.{player or module}", media_type, tags)


LANGUAGES: dict[str, Language] = {
    each.name: each
    for each in (
        _language("escpos", "escpos_write", player="escpos_play"),
        _language("star-line", "star_write", "application/vnd.star.line", player="escpos_play"),
        _language("epos", "epos_write", "text/xml; charset=utf-8", player="epos_play"),
        _language("star-raster", "star_raster_write", "application/vnd.star.raster", player="escpos_play"),
        _language("starprnt", "star_write", "application/vnd.star.starprnt", player="escpos_play"),
        _language("aclas", "aclas", player="escpos_play"),
        _language("365wifi", "wifi365", TEXT, tags=True),
        _language("feie", "feie", TEXT, tags=True),
        _language("wangpos", "wangpos", "application/json", tags=True),
        _language("xpyun", "xpyun", TEXT, tags=True),
        _language("yilianyun", "yilianyun", TEXT, tags=True),
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


def compose(document: Document, profile: Profile) -> Sheet:
    """A document laid out for that profile as its language can say it; what could not be had is among the problems.

    Copies of a document are left out where the language counts them for a whole job (`Language.tags`). Raises
    `NoWriterError`.
    """
    row = language_of(profile)
    if not row.tags:
        return lay_out(document, profile)
    return compose_tame(document, profile, import_module(row.writer).MANNER)


def compose_tame(document: Document, profile: Profile, manner: Manner) -> Sheet:
    """A document laid out for a printer of letters and tags that is no row of the table."""
    made = tamed(document, profile, manner)
    sheet = lay_out(made.document, profile)
    problems = [*made.problems, *(_moved(each, made.origins) for each in sheet.problems)]
    sheet.problems = sorted(problems, key=lambda each: each.start)
    return sheet


def _moved(problem: Problem, origins: list[int]) -> Problem:
    """The problem with the number its block has in the document as it was given."""
    number = origins[problem.start]
    return msgspec.structs.replace(problem, start=number, end=number + 1)


def write(sheet: Sheet, profile: Profile) -> bytes:
    """A sheet laid out for that profile, in its language. Raises `NoWriterError`, ValueError for another's sheet."""
    return cast("bytes", import_module(language_of(profile).writer).write(sheet, profile))


def bytes_max(profile: Profile) -> int:
    """The longest content every account of the service takes; 0 where no limit is known. Raises `NoWriterError`."""
    row = language_of(profile)
    return cast("int", import_module(row.writer).MANNER.bytes_max) if row.tags else 0


def play(data: bytes, profile: Profile) -> Sheet:
    """What the printer makes of such bytes. Raises `NoWriterError`."""
    return cast("Sheet", import_module(language_of(profile).player).play(data, profile))
