"""The readers' settings: the ``[reader.NAME]`` tables of kvit.toml.

    [reader.counter]
    address = "serial:///dev/ttyACM0"

    [reader.cards]
    address = "nfc://ACR122U"

Types only; an address that can not be is found by `kvit.app.sense`.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from kvit.config import NAMED
from kvit.device.reader import framing, wedge
from kvit.device.reader.framing import Framing

End = Literal["auto", "cr", "lf", "crlf", "tab", "etx", "gap"]
Encoding = Literal["latin-1", "cp949", "gb18030", "shift_jis", "big5", "cp1251", "cp1252", "cp866"]
GapMs = Annotated[int, msgspec.Meta(ge=0, le=5000)]
Around = Annotated[str, msgspec.Meta(max_length=32)]
READERS_MAX = 64
"""At one machine; a shop has as many as counters."""


class ReaderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One reader."""

    address: str
    """``serial:///dev/ttyACM0?baud=9600``, ``keyboard:///dev/input/by-id/…``, ``nfc://`` (docs/protocols/readers.md)."""
    end: End = "auto"
    """What the scanner sends behind a code; on wires only."""
    prefix: Around = ""
    """What it sends before each code, to be taken off."""
    suffix: Around = ""
    """What it sends behind each code, instead of ``end``."""
    gap_ms: GapMs = 0
    """The pause that ends a code, and tells a scanner from a person; 0: 100 on wires, 50 on keyboards."""
    encoding: Encoding = "latin-1"
    """Of codes that are not UTF-8."""
    line: Annotated[str, msgspec.Meta(max_length=64)] = ""
    """The line whose customers it reads; empty where there is one line alone."""
    grab: bool = True
    """Keyboards: what is scanned types nowhere else. False where a person types on the same keyboard."""

    @property
    def framing(self) -> Framing:
        """How codes are cut out of a wire's bytes."""
        gap_s = self.gap_ms / 1000 if self.gap_ms else framing.GAP_S
        return Framing(self.end, self.prefix.encode(), self.suffix.encode(), gap_s)

    @property
    def wedge_gap_s(self) -> float:
        """The pause between a keyboard's keys that ends a code."""
        return self.gap_ms / 1000 if self.gap_ms else wedge.GAP_S


class ReadersSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The ``[reader]`` table: nothing but the readers by name."""

    named: dict[str, ReaderSettings] = msgspec.field(default_factory=dict, name=NAMED)
