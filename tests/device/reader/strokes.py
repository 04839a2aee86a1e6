"""Key strokes as a kernel sends them, from words: the twin of what `kvit.device.reader.wedge` reads."""

from __future__ import annotations

from kvit.device.reader import keys
from kvit.device.reader.keys import KEY, PLAIN, PRESS, RELEASE, SHIFTED, SYNC, KeyEvent

SHIFT, CTRL, ALT, ENTER, TAB, CAPS, F1 = 42, 29, 56, 28, 15, 58, 59
BLOCK = {digit: code for code, digit in keys.NUMBER_BLOCK.items()}


class Typist:
    """Types with a pause of ``step_s`` between keys."""

    def __init__(self, step_s: float = 0.004, at_s: float = 1000.0) -> None:
        self.step_s, self.at_s = step_s, at_s
        self.events: list[KeyEvent] = []

    def key(self, code: int, *held: int) -> Typist:
        self.at_s += self.step_s
        for each in held:
            self._event(each, PRESS)
        self._event(code, PRESS)
        self._event(code, RELEASE)
        for each in reversed(held):
            self._event(each, RELEASE)
        return self

    def text(self, text: str) -> Typist:
        for letter in text:
            if letter in PLAIN.values():
                self.key(code_of(PLAIN, letter))
            elif letter in SHIFTED.values():
                self.key(code_of(SHIFTED, letter), SHIFT)
            elif letter < " ":
                self.key(code_of(PLAIN, chr(ord(letter) | 0x40).lower()), CTRL)
            else:
                self.number(str(ord(letter)))
        return self

    def number(self, digits: str) -> Typist:
        self.at_s += self.step_s
        self._event(ALT, PRESS)
        for digit in digits:
            self._event(BLOCK[digit], PRESS)
            self._event(BLOCK[digit], RELEASE)
        self._event(ALT, RELEASE)
        return self

    def pause(self, seconds: float) -> Typist:
        self.at_s += seconds
        return self

    def sync(self, code: int) -> Typist:
        self.events.append(KeyEvent(self.at_s, SYNC, code, 0))
        return self

    @property
    def data(self) -> bytes:
        return b"".join(map(keys.pack, self.events))

    def _event(self, code: int, value: int) -> None:
        self.events.append(KeyEvent(self.at_s, 4, 4, code))  # the scan code, as real keyboards send it ahead
        self.events.append(KeyEvent(self.at_s, KEY, code, value))
        self.events.append(KeyEvent(self.at_s, SYNC, keys.REPORT, 0))


def code_of(table: dict[int, str], letter: str) -> int:
    return next(code for code, each in table.items() if each == letter)
