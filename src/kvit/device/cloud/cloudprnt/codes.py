"""Status codes of CloudPRNT: what a printer that polls says of itself, and of a job it was given.

Star CloudPRNT Protocol Guide 2.4, "Printer Status Codes": three or four digits, then a space and words for a log. Only
the first digit is sure to be understood: 2 is well, 4 the printer's trouble, 5 the client's. The code comes URL-encoded
(``200%20OK``). Success is written ``OK``, ``200 OK`` or ``200`` by different firmware. Paper low is 211 in guide 2.4
and 210 in 1.4: all of 21x is read as that.

A confirmation decides what is true of paper, so its table is careful: only what says "well" is printed; only what a
printer says before it prints at all is absent; anything else is unknown and a person is asked.
"""

from __future__ import annotations

import enum
from typing import Final
from urllib.parse import unquote

import msgspec

CODE_TEXT_MAX: Final = 200
"""Letters of a code with its words: more is cut off, it is for a log."""
OK: Final = 200
DIGITS: Final = (3, 4)


class Code(msgspec.Struct, frozen=True):
    """A status code; ``number`` 0 where there was none to read."""

    number: int
    text: str = ""

    @property
    def family(self) -> int:
        """Its first digit: 2, 4, 5; 0 where there is no code."""
        return int(str(self.number)[0])

    @property
    def hundreds(self) -> int:
        """The three digits that say most: of four digits the first three."""
        return int(str(self.number)[:3])

    def __str__(self) -> str:
        return f"{self.number} {self.text}".strip()


class Condition(msgspec.Struct, frozen=True):
    """What a code says of the printer. Fields as in `kvit.device.board.Light`; None: the code says nothing of it."""

    paper: str | None = None
    cover_open: bool | None = None
    error: str = ""
    busy: bool = False


class Ending(enum.StrEnum):
    """What a confirmation says of the attempt it names."""

    PRINTED = "printed"
    ABSENT = "absent"
    """Not a dot of it was printed: the printer could not take it in this form."""
    UNKNOWN = "unknown"


_WELL: Final = Condition(paper="ok", cover_open=False)
_CONDITIONS: Final = {
    21: Condition(paper="near", cover_open=False),
    22: Condition(paper="ok", cover_open=False, busy=True),
    41: Condition(paper="out"),
    42: Condition(cover_open=True),
}
"""By the first two digits; they go before the first one."""
_JAMS: Final = {
    411: Condition(error="paper jam"),
    412: Condition(error="roll position"),
}
"""Of 41x those that are no want of paper."""
_NEVER_TAKEN: Final = frozenset({510, 512, 521})
"""It could not take any type offered, not this version, not this size: said before printing."""
_WHOLE_FIRST: Final = frozenset({511, 520})
"""Not decoded, not come in time: nothing is printed where the type is decoded whole (`kvit.device.cloud.cloudprnt.media`).
"""


def read_code(raw: str) -> Code:
    """Read a code as it came, still URL-encoded or not; never raises."""
    text = unquote(raw[:CODE_TEXT_MAX], errors="replace").strip()
    digits, _, words = text.partition(" ")
    if text.upper() == "OK":
        return Code(OK, "OK")
    if len(digits) in DIGITS and digits.isascii() and digits.isdigit() and digits[0] != "0":
        return Code(int(digits), words.strip())
    return Code(0, text)


def condition(code: Code) -> Condition:
    """Say what a poll's code means for the printer. Never raises."""
    exact = _JAMS.get(code.hundreds) or _CONDITIONS.get(code.hundreds // 10)
    if exact is not None:
        return exact
    return _WELL if code.family == 2 else Condition(error=str(code) or "no status code")


def ending(code: Code, *, whole: bool) -> Ending:
    """Say what a confirmation means. ``whole``: the job went out in a type that is decoded whole before it prints."""
    if code.family == 2:
        return Ending.PRINTED
    absent = code.hundreds in _NEVER_TAKEN or (whole and code.hundreds in _WHOLE_FIRST)
    return Ending.ABSENT if absent else Ending.UNKNOWN
