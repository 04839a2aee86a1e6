"""Key strokes become codes: what a scanner types, told from what a person types.

A scanner types a letter every 1 to 30 ms, a person hardly two within 60 ms. So a code is a run of keys that follow each
other within ``gap_s``, of at least `CHARS_MIN` letters, up to Enter or Tab; a longer pause throws away what stood
before it. Where a scanner sends no Enter, the pause ends the code, until an Enter was seen once (as in
`kvit.device.reader.framing`).

Letters a keyboard of the United States has not are typed as Alt and numbers of the number block; control characters as
Ctrl and a letter. A key that means nothing to us becomes a NUL, so that the code is refused and not read with a letter
missing.
"""

from __future__ import annotations

from typing import Final

from kvit.device.reader import keys
from kvit.device.reader.keys import KeyEvent
from kvit.device.reader.model import VALUE_CHARS_MAX

GAP_S: Final = 0.05
CHARS_MIN: Final = 3
"""A person's elbow presses two keys at a time; the shortest code in use (a till's own number) has three digits."""
UNKNOWN: Final = "\0"
ALT_DIGITS_MAX: Final = 7


class Wedge:
    """One keyboard."""

    def __init__(self, gap_s: float = GAP_S) -> None:
        self._gap_s = gap_s
        self._held: set[int] = set()
        self._caps = False
        self._text = ""
        self._last_s = 0.0
        self._alt_digits = ""
        self._torn = False
        self._ends_seen = False

    @property
    def is_waiting(self) -> bool:
        """Whether there are letters whose end has not come."""
        return bool(self._text)

    def feed(self, event: KeyEvent) -> str | None:
        """Take an event in; give the code that ended, if one did."""
        if event.type == keys.SYNC:
            self._sync(event.code)
            return None
        if event.type != keys.KEY or self._torn or event.value == keys.REPEAT:
            return None
        if event.value == keys.RELEASE:
            return self._release(event)
        return self._press(event)

    def flush(self) -> str | None:
        """Say that no key came for ``gap_s``; give the code that ended by that, if it did."""
        text, self._text = self._text, ""
        return text if not self._ends_seen and len(text) >= CHARS_MIN else None

    def _sync(self, code: int) -> None:
        """The kernel threw events away: what is between, and what stood before, is no code."""
        if code == keys.DROPPED:
            self._text, self._torn = "", True
            self._held.clear()
        elif code == keys.REPORT:
            self._torn = False

    def _release(self, event: KeyEvent) -> str | None:
        self._held.discard(event.code)
        if event.code in keys.ALTS and self._alt_digits:
            digits, self._alt_digits = self._alt_digits, ""
            return self._type(_by_number(digits), event.at_s)
        return None

    def _press(self, event: KeyEvent) -> str | None:
        code = event.code
        self._held.add(code)
        if code == keys.CAPS_LOCK:
            self._caps = not self._caps
        if code in _MODIFIERS or code in keys.SILENT:
            return None
        if self._held & keys.ALTS:
            self._alt_digits = (self._alt_digits + keys.NUMBER_BLOCK.get(code, "x"))[: ALT_DIGITS_MAX + 1]
            return None
        if code in keys.ENDS:
            return self._end(event.at_s)
        letter = keys.letter_of(code, shift=bool(self._held & keys.SHIFTS), caps=self._caps) or UNKNOWN
        if self._held & keys.CONTROLS:
            letter = chr(ord(letter.upper()) & 0x1F)
        return self._end(event.at_s) if letter in "\r\n\t" else self._type(letter, event.at_s)

    def _type(self, letter: str, at_s: float) -> str | None:
        before = self.flush() if self._text and at_s - self._last_s > self._gap_s else None
        self._last_s = at_s
        self._text = (self._text + letter)[: VALUE_CHARS_MAX + 1]
        return before

    def _end(self, at_s: float) -> str | None:
        text, self._text = self._text, ""
        if at_s - self._last_s > self._gap_s or len(text) < CHARS_MIN:
            return None
        self._ends_seen = True
        return text


_MODIFIERS: Final = keys.SHIFTS | keys.CONTROLS | keys.ALTS | {keys.CAPS_LOCK}


def _by_number(digits: str) -> str:
    """The letter of an Alt number: with a leading 0 of Windows' set, below 256 of the PC's, above of Unicode."""
    if not digits.isdigit() or len(digits) > ALT_DIGITS_MAX:
        return UNKNOWN
    number = int(digits)
    if number > 0x10FFFF or 0xD800 <= number < 0xE000:
        return UNKNOWN
    if number < 32:
        return chr(number)
    if number < 256:
        return bytes((number,)).decode("cp1252" if digits.startswith("0") else "cp437", "replace")
    return chr(number)
