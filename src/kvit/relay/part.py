"""What a boundary keeps: the printout in progress, and what the printouts of a till have in common. Pure."""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Final

from kvit.relay.totals import Totals

HEADER_LINES_MAX: Final = 12
"""A header of more lines than this would be a receipt."""
LEARNED_LINES: Final = 32
"""Different first and last lines remembered."""
PAUSES: Final = 256
"""Pauses remembered for the p99."""


@dataclass(slots=True)
class Part:
    """What is being printed now."""

    start: int
    began_s: float
    early: bool
    last_s: float = 0.0
    marked: bool = False
    kicked: bool = False
    """A drawer pulse without a printout it could belong to: the drawer was opened without a sale."""
    worth: bool = False
    """There is more in it than questions and a reset."""
    inited: bool = False
    lines: int = 0
    first_line: bytes = b""
    last_line: bytes = b""
    totals: Totals = field(default_factory=Totals)
    pauses: list[float] = field(default_factory=list)

    def line(self, line: bytes, words: bytes) -> None:
        """Take a printed line, and the same without the blanks around it."""
        self.lines += 1
        self.totals.line(line)
        self.first_line = self.first_line or words
        self.last_line = words

    @property
    def header_only(self) -> bool:
        """Only lines of an early header so far."""
        return self.early and self.lines <= HEADER_LINES_MAX and not self.totals.found


@dataclass(slots=True)
class Learned:
    """What the printouts of a till have in common."""

    headers: Counter[bytes] = field(default_factory=Counter)
    footers: Counter[bytes] = field(default_factory=Counter)
    pauses: deque[float] = field(default_factory=lambda: deque(maxlen=PAUSES))

    def take(self, part: Part) -> None:
        """Learn from a printout whose end is sure."""
        for lines, line in ((self.headers, part.first_line), (self.footers, part.last_line)):
            if line:
                lines[line] += 1
            if len(lines) > LEARNED_LINES:
                del lines[min(lines, key=lambda known: lines[known])]
        self.pauses.extend(part.pauses)

    @property
    def pause_s(self) -> float:
        """The p99 of pauses inside printouts."""
        return sorted(self.pauses)[int(len(self.pauses) * 0.99)] if self.pauses else 0.0
