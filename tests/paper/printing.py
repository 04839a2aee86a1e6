"""Bytes put on paper for tests: parse and play with a printer of round figures (203 units an inch both ways)."""

from __future__ import annotations

import msgspec

from kvit.escpos import Parser, Profile, load_profile
from kvit.paper.languages.escpos import play
from kvit.paper.logo import Logos
from kvit.paper.render import text
from kvit.paper.sheet import Picture, Run, Sheet, Symbol

PRINTER = msgspec.structs.replace(
    load_profile("epson"),
    name="test",
    width_dots=576,
    dpi=203,
    motion_x=203,
    motion_y=203,
    line_spacing=30,
    learn=False,
    quirks=frozenset(),
)


def printer(**facts: object) -> Profile:
    """The test printer with some facts changed."""
    return msgspec.structs.replace(PRINTER, **facts)


def printed(data: bytes, profile: Profile | str | None = None, logos: Logos | None = None) -> Sheet:
    """The sheet some bytes make."""
    known = load_profile(profile) if isinstance(profile, str) else profile or PRINTER
    parser = Parser(known)
    return play([*parser.feed(data), *parser.close()], known, logos)


def read(data: bytes, profile: Profile | str | None = None) -> str:
    """The text some bytes make."""
    return text.render(printed(data, profile))


def runs(sheet: Sheet) -> list[Run]:
    """The letters of a sheet."""
    return [box for box in sheet.boxes if isinstance(box, Run)]


def places(sheet: Sheet) -> list[tuple[int, int, str]]:
    """Where letters stand: ``(x, y, text)``."""
    return [(run.x, run.y, run.text) for run in runs(sheet)]


def pictures(sheet: Sheet) -> list[Picture]:
    """The pictures of a sheet."""
    return [box for box in sheet.boxes if isinstance(box, Picture)]


def symbols(sheet: Sheet) -> list[Symbol]:
    """The symbols of a sheet."""
    return [box for box in sheet.boxes if isinstance(box, Symbol)]


def problems(sheet: Sheet) -> list[str]:
    """The codes of what could not be honoured."""
    return [problem.code for problem in sheet.problems]
