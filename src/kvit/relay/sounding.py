"""Soundings: the line's own questions to a printer nobody prints on, so that withheld tills see its real trouble. Pure.

Four questions of the moment, as many as a printer takes before it must be waited for, once a second at most; a printer that
answered none of three is asked no more. Their answers are never a till's: `sift` takes them out of what the printer says.
"""

from __future__ import annotations

from typing import Final

QUESTIONS: Final = b"\x10\x04\x01\x10\x04\x02\x10\x04\x03\x10\x04\x04"
EVERY_S: Final = 1.0
MISSED_MAX: Final = 3


class Soundings:
    """Of one line."""

    def __init__(self) -> None:
        self.owed = 0
        """Answers still to come."""
        self._asked_s = -EVERY_S
        self._missed = 0

    def due(self, now_s: float) -> bool:
        """Whether the printer may be asked now."""
        return now_s - self._asked_s >= EVERY_S and self._missed < MISSED_MAX

    def asked(self, now_s: float) -> bytes:
        """Give what to ask."""
        self._asked_s, self.owed = now_s, 4
        self._missed += 1
        return QUESTIONS

    def anew(self) -> None:
        """Another connection: nothing is to come on it."""
        self.owed = self._missed = 0

    def sift(self, data: bytes) -> tuple[bytes, bytes]:
        """Part what the printer says: answers to soundings, and the rest."""
        mine, rest = bytearray(), bytearray()
        for byte in data:
            is_mine = self.owed > 0 and byte & 0x93 == 0x12
            (mine if is_mine else rest).append(byte)
            self.owed -= is_mine
        if mine:
            self._missed = 0
        return bytes(mine), bytes(rest)
