"""Aclas in its ESC/POS mode: Epson's bytes with three commands said otherwise.

* The drawer is ``ESC q 0 60 255`` and, for other models of the family, ``ESC C 0 0 0`` behind it; ``ESC p`` opens nothing.
* Letters up to twice as large are ``ESC !``, and ``FS !`` beside it where the head has two-byte letters, which would keep
  their size otherwise; larger ones stay ``GS !``, which nobody tried.
* Cuts are ``GS V 0`` and ``GS V 1``, the paper fed before (the profile's quirk ``no_cut_feed``).

The bytes are those of the Epson writer, command by command, so everything else is as proven there.
Source: the Android driver's public demonstrations, see docs/protocols/adapters.md; unproven on a device.
"""

from __future__ import annotations

import msgspec

from kvit.escpos import Command, Parser
from kvit.escpos.profiles import Profile
from kvit.escpos.repertoire import repertoire_of
from kvit.paper.languages import escpos_write
from kvit.paper.sheet import Sheet

DRAWER = b"\x1bq\x00\x3c\xff\x1bC\x00\x00\x00"
DRAWER_MS = {"on_ms": 120, "off_ms": 510}
"""What those operands say: units of 2 ms."""
DOUBLE = 2
FONT_B, BOLD, HIGH, WIDE, UNDERLINED = 0x01, 0x08, 0x10, 0x20, 0x80
"""Bits of ``ESC !``."""
PAIRS_WIDE, PAIRS_HIGH = 0x04, 0x08
"""Bits of ``FS !``."""


def write(sheet: Sheet, profile: Profile) -> bytes:
    """The bytes of a sheet laid out for this profile."""
    epson = _as_epson(profile)
    parser = Parser(epson)
    head = _Head(bool(repertoire_of(profile).system))
    raw = escpos_write.write(sheet, epson)
    return b"".join(head.said(command) for command in [*parser.feed(raw), *parser.close()])


class _Head:
    """The looks in force, which ``ESC !`` sets all at once."""

    def __init__(self, pairs: bool) -> None:
        self.pairs = pairs
        self.font = self.bold = self.underline = self.pairs_underline = 0

    def said(self, command: Command) -> bytes:
        """The command as this printer knows it."""
        raw = command.raw
        if command.name == "ESC p":
            return DRAWER
        if command.name == "GS !":
            return self._size((raw[2] >> 4) + 1, (raw[2] & 15) + 1) or raw
        if command.name == "ESC M":
            self.font = raw[2]
        elif command.name == "ESC E":
            self.bold = raw[2]
        elif command.name == "ESC -":
            self.underline = raw[2]
        elif command.name == "FS -":
            self.pairs_underline = raw[2]
        return raw

    def _size(self, width: int, height: int) -> bytes:
        """``ESC !`` and ``FS !``; nothing for sizes they do not have."""
        if max(width, height) > DOUBLE:
            return b""
        size = (width == DOUBLE, height == DOUBLE)
        mode = FONT_B * (self.font == 1) + BOLD * bool(self.bold) + UNDERLINED * (self.underline == 1)
        made = b"\x1b!%c" % (mode + WIDE * size[0] + HIGH * size[1])
        if self.underline > 1:
            made += b"\x1b-%c" % self.underline
        if self.font > 1:
            made += b"\x1bM%c" % self.font
        if self.pairs:
            made += b"\x1c!%c" % (PAIRS_WIDE * size[0] + PAIRS_HIGH * size[1])
            made += b"\x1c-%c" % self.pairs_underline if self.pairs_underline else b""
        return made


_EPSON: dict[int, tuple[Profile, Profile]] = {}
_EPSON_MAX = 16


def _as_epson(profile: Profile) -> Profile:
    """The same printer as the Epson writer knows it; one record for each, as its memories go by record."""
    known = _EPSON.get(id(profile))
    if known is None or known[0] is not profile:
        if len(_EPSON) >= _EPSON_MAX:
            _EPSON.clear()
        known = _EPSON[id(profile)] = (profile, msgspec.structs.replace(profile, language="escpos", dialect="epson"))
    return known[1]
