"""The wire words: single bytes that mean something to a receipt printer, each with what the device does.

Names are those of ASCII, which Epson's reference uses too. Seen from a printer that speaks ESC/POS; where other families
differ it is said.
"""

from __future__ import annotations

from typing import Final

NUL: Final = 0x00
"""Ignored between commands; ends tab stops and old-form bar codes."""
SOH: Final = 0x01
STX: Final = 0x02
"""Ignored. Bematech: frames a packet, with `ETX`."""
ETX: Final = 0x03
EOT: Final = 0x04
"""Behind DLE: the status question, answered at once."""
ENQ: Final = 0x05
"""Behind DLE: recover from an error. Alone it asks a Bematech, Daruma or Diebold for status."""
ACK: Final = 0x06
NAK: Final = 0x15
BEL: Final = 0x07
"""Ignored. Daruma beeps, Star opens the drawer."""
BS: Final = 0x08
"""Ignored by receipt printers; moves back on displays and dot-matrix printers."""
HT: Final = 0x09
"""To the next tab stop; ignored when none is left on the line."""
LF: Final = 0x0A
"""Print what is buffered and feed one line."""
VT: Final = 0x0B
"""Vertical tab on dot-matrix and Star printers; on displays (HOM) the cursor goes home."""
FF: Final = 0x0C
"""Page mode: print the page and leave. Label and slip printers: eject. Displays (CLR): clear."""
CR: Final = 0x0D
"""Ignored or as LF by a switch on the printer; CR LF and LF CR are one line break."""
SO: Final = 0x0E
"""Double width for the line: dot-matrix, Star, Brazilian families."""
SI: Final = 0x0F
"""Condensed on dot-matrix and Brazilian printers; upside-down on Star."""
DLE: Final = 0x10
"""Prefix of realtime commands: executed on arrival, whatever stands in the queue."""
DC1: Final = 0x11
"""XON on the back channel; select the printer (dot matrix)."""
DC2: Final = 0x12
"""Condensed off (dot matrix); prefix of a few private commands of mini-printers."""
DC3: Final = 0x13
"""XOFF on the back channel; deselect the printer (dot matrix)."""
DC4: Final = 0x14
"""Behind DLE: pulse, power off, buzzer, clear. Alone: end of double width (dot matrix)."""
CAN: Final = 0x18
"""Page mode: clear the area. Dot matrix: cancel the line."""
EM: Final = 0x19
SUB: Final = 0x1A
ESC: Final = 0x1B
"""Prefix: text, position, mechanism."""
FS: Final = 0x1C
"""Prefix: multibyte text, stored pictures, options. Star: second drawer."""
GS: Final = 0x1D
"""Prefix: sizes, graphics, bar codes, cut, status."""
RS: Final = 0x1E
"""Ignored; ends bar codes on Star."""
US: Final = 0x1F
"""Prefix of customer displays; private set-up commands of the Chinese platform begin 1F 1B 1F."""
SP: Final = 0x20
"""The first printable byte."""
DEL: Final = 0x7F
"""Printable on ESC/POS; cancels a letter on dot-matrix and Brazilian printers."""

NAMES: Final = (
    "NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR", "SO", "SI",
    "DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US", "SP",
)  # fmt: skip
"""The name of each byte 00 to 20 as manuals write it."""


def spell(code: int) -> str:
    """Write one byte as manuals do: ``LF``, ``@``, ``81h``."""
    if code < len(NAMES):
        return NAMES[code]
    return chr(code) if code < DEL else f"{code:02X}h"
