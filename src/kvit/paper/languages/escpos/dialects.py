"""What command names mean, family by family.

Epson's table is the base. A family that uses the same names for other things lays its own table over it; most of its rows
are old verbs behind a new spelling, so a family is mostly data. Names are those of ``kvit.escpos.dialects``.

Where the profile leaves the dialect open, the parser changes its grammar at the first bytes that give a family away; the
same commands change the table here, so parser and player turn at the same place.
"""

from __future__ import annotations

from functools import lru_cache

from kvit.escpos.command import Command
from kvit.escpos.grammar_private import GIVEAWAYS
from kvit.escpos.profiles import Profile
from kvit.paper.languages.escpos import (
    barcode,
    brazil,
    drawing,
    escp,
    mechanism,
    page,
    picture,
    position,
    star,
    style,
    sunmi,
)
from kvit.paper.languages.escpos.state import Printer, Verb, reread

EPSON: dict[str, Verb] = {
    **mechanism.VERBS, **style.VERBS, **position.VERBS, **picture.VERBS, **barcode.VERBS, **page.VERBS, **drawing.VERBS,
    **sunmi.VERBS,
}  # fmt: skip
"""The base, and the harmless additions of its imitators."""

TABLES: dict[str, dict[str, Verb]] = {
    "epson": EPSON,
    "star": EPSON | star.LINE,
    "starprnt": EPSON | star.LINE,
    "star-raster": EPSON | star.LINE,
    "bematech": EPSON | brazil.COMMON | brazil.BEMATECH,
    "daruma": EPSON | brazil.COMMON | brazil.DARUMA,
    "diebold": EPSON | brazil.COMMON | brazil.DIEBOLD,
    "elgin": EPSON | brazil.ELGIN,
    "rongta": EPSON | {"GS k": barcode.rongta_qr},
    "zkc": EPSON | brazil.ZKC,
    "aclas": EPSON | {"ESC q": mechanism.pulse, "ESC C": mechanism.ignore},
    "escp": escp.ESCP,
}
"""A dialect not in here (xprinter, sprt, sunmi, bixolon, citizen) means what Epson means."""

NUMBERS = {"star": "star", "star-raster": "star"}
"""Families whose code pages have numbers of their own, by the vendor's table."""

HINTS = {row.name for row in GIVEAWAYS if row.hint}
"""Names of commands that may give a family away."""


def verbs_of(profile: Profile | None) -> dict[str, Verb]:
    """The table for a profile; an open dialect starts as Epson's and turns at the first giveaway."""
    dialect = None if profile is None or profile.dialect in (None, "open") else profile.dialect
    return _table(dialect)


@lru_cache(maxsize=32)
def _table(dialect: str | None) -> dict[str, Verb]:
    if dialect is None:
        return EPSON | dict.fromkeys(HINTS, _turn) | LANGUAGE
    return TABLES.get(dialect, EPSON) | LANGUAGE


def _turn(printer: Printer, command: Command) -> None:
    """Go over to the family a command gives away, if it does, and play the command as its first."""
    family = _given_away(command)
    if family is None:
        EPSON[command.name](printer, command)
        return
    _use(printer, family)
    verb = printer.verbs.get(command.name, mechanism.ignore)
    verb(printer, command)


def _given_away(command: Command) -> str | None:
    """The family whose command this is; the same name may be Epson's own with other operands."""
    for row in GIVEAWAYS:
        if row.name == command.name and row.hint and _fits(row.layout, command.raw):
            return row.hint
    return None


def _fits(layout: str, raw: bytes) -> bool:
    """Whether the bytes are those of a giveaway: its first operand, where the layout limits it, and its length."""
    if not layout:
        return len(raw) == 2 or raw[1:2] in (b"\x1d", b"*")
    low, limited, high = layout.split()[0].partition("=")[2].partition("..")
    return not limited or (len(raw) > 2 and int(low, 16) <= raw[2] <= int(high, 16))


def _use(printer: Printer, dialect: str) -> None:
    printer.base_verbs = _table(dialect)
    printer.verbs = printer.base_verbs
    if dialect in NUMBERS:
        printer.machine = printer.machine.renumbered(NUMBERS[dialect])
        reread(printer)


def _switch_language(printer: Printer, command: Command) -> None:
    """``GS F9h 20h / 35h n`` of Bematech and Elgin: 0 the native language, 1 ESC/POS; ``GS F9h 1Fh`` goes back."""
    before = printer.settings.get("language", "epson")
    now = "epson" if printer.verbs.get("GS k") is not brazil.bematech_codes else "bematech"
    if command.raw[2] == 0x1F:
        _use(printer, before)
    else:
        _use(printer, "epson" if command.raw[3] & 1 else "bematech")
    printer.settings["language"] = now


LANGUAGE: dict[str, Verb] = {
    "GS F9h 20h": _switch_language, "GS F9h 35h": _switch_language, "GS F9h 1Fh": _switch_language,
    "GS F9h": mechanism.ignore,
}  # fmt: skip
