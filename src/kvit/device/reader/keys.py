"""Key strokes of Linux's input devices: their bytes, and the letters a scanner means by them.

``struct input_event`` of a 64-bit kernel (linux/input.h): two longs of time, type and code of 16 bits, a value of 32. A
keyboard-wedge scanner types as a keyboard of the United States does, whatever layout the till has; so the table is that
one, and no layout of the machine's changes what is read.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

EVENT: Final = struct.Struct("<qqHHi")
SYNC, KEY = 0, 1
"""Types of events."""
REPORT, DROPPED = 0, 3
"""Codes of `SYNC`: a group of events is complete; the kernel has thrown some away."""
RELEASE, PRESS, REPEAT = 0, 1, 2
SHIFTS: Final = frozenset((42, 54))
CONTROLS: Final = frozenset((29, 97))
ALTS: Final = frozenset((56,))
CAPS_LOCK: Final = 58
ENDS: Final = frozenset((15, 28, 96))
"""Tab, Enter, Enter of the number block."""
SILENT: Final = frozenset((69, 70, 125, 126, 127))
"""Num Lock, Scroll Lock, the keys with logos: they type nothing and break nothing."""

_ROWS: Final = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
    (86, "\\", "|"),
)
PLAIN: Final = {first + place: letter for first, row, _ in _ROWS for place, letter in enumerate(row)}
SHIFTED: Final = {first + place: letter for first, _, row in _ROWS for place, letter in enumerate(row)}
NUMBER_BLOCK: Final = {
    71: "7", 72: "8", 73: "9", 75: "4", 76: "5", 77: "6", 79: "1", 80: "2", 81: "3", 82: "0",
}  # fmt: skip
BLOCK_SIGNS: Final = {55: "*", 74: "-", 78: "+", 83: ".", 98: "/"}


class KeyEvent(NamedTuple):
    """One event: its time in seconds (of the clock the device is set to), type, code and value."""

    at_s: float
    type: int
    code: int
    value: int


class EventReader:
    """Cuts bytes of an input device into events, however they come."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[KeyEvent]:
        """Take bytes in; give the events that are complete."""
        self._buffer += data
        whole = len(self._buffer) // EVENT.size * EVENT.size
        events = [
            KeyEvent(seconds + micro / 1e6, kind, code, value)
            for seconds, micro, kind, code, value in EVENT.iter_unpack(bytes(self._buffer[:whole]))
        ]
        del self._buffer[:whole]
        return events


def pack(event: KeyEvent) -> bytes:
    """Write an event; the twin of `EventReader`."""
    seconds, micro = divmod(round(event.at_s * 1_000_000), 1_000_000)
    return EVENT.pack(seconds, micro, event.type, event.code, event.value)


def letter_of(code: int, *, shift: bool, caps: bool) -> str | None:
    """The letter a key types; None for a key that types none we know."""
    if code in NUMBER_BLOCK or code in BLOCK_SIGNS:
        return NUMBER_BLOCK.get(code) or BLOCK_SIGNS[code]
    letter = PLAIN.get(code)
    if letter is None:
        return None
    return SHIFTED[code] if shift != (caps and letter.isalpha()) else letter
