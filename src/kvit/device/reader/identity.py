"""A scan becomes an identity: its AIM identifier taken off, blanks around it gone, nothing in it that could do harm.

The same code at the same reader within `AGAIN_S` is one identity: a scanner left on a code reads it again and again,
and each time begins the time anew.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from kvit.device.reader.model import OPTICAL, VALUE_CHARS_MAX, Identity, Kind, Scan
from kvit.device.reader.symbology import Told, is_gs1, told
from kvit.refusal import Refusal

AGAIN_S: Final = 2.0
RECENT_MAX: Final = 64
"""Codes of the last two seconds; nobody reads thirty a second."""
SEPARATOR: Final = "\x1d"
_HARMFUL: Final = frozenset(("Cc", "Cs", "Co", "Cn", "Zl", "Zp"))
"""Control characters, halves of surrogates, private and unassigned letters, line and paragraph ends."""
_INVISIBLE: Final = frozenset(
    map(chr, (*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x206A), 0xFEFF))
)
"""Letters nobody sees that turn or hide others."""


def identify(scan: Scan, reader: str, at_ms: int) -> Identity | Refusal:
    """Make an identity of a scan; a `Refusal` of ``device.reading_*`` where it can be none."""
    text = scan.text[: VALUE_CHARS_MAX + 8]
    said = told(text) if scan.kind in OPTICAL else Told(scan.kind, scan.symbology, text)
    kind = scan.kind if said.kind is Kind.CODE else said.kind
    value = unicodedata.normalize("NFC", said.rest.strip(" "))
    if not value or value.isspace():
        return Refusal("device.reading_empty", {"reader": reader})
    if len(value) > VALUE_CHARS_MAX or len(scan.text) > len(text):
        return Refusal("device.reading_long", {"reader": reader, "max": VALUE_CHARS_MAX})
    plain = value.replace(SEPARATOR, "") if is_gs1(said.symbology) else value
    if any(unicodedata.category(letter) in _HARMFUL or letter in _INVISIBLE for letter in plain):
        return Refusal("device.reading_control", {"reader": reader})
    return Identity(kind, value, said.symbology or scan.symbology, reader, at_ms)


class Recent:
    """What was read in the last moments; times are monotonic seconds."""

    def __init__(self) -> None:
        self._last: dict[tuple[str, str, str], float] = {}

    def is_new(self, identity: Identity, now: float) -> bool:
        """Say whether it is no repetition, and remember it."""
        for key in [key for key, at in self._last.items() if now - at >= AGAIN_S]:
            del self._last[key]
        key = (identity.reader, identity.kind, identity.value)
        new = key not in self._last
        self._last[key] = now
        if len(self._last) > RECENT_MAX:
            del self._last[min(self._last, key=self._last.__getitem__)]
        return new
