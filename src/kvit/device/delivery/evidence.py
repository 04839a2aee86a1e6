"""Evidence by the cutter's count: how many cuts a paper makes, and what the printer's counter says.

Epson's maintenance counters (``GS g 2``) are said as decimal digits; number 178 counts the cuts ever made. The printer
saves them every two minutes or so, and not when its power is cut, so after a power cut the count may be too low. It is
never too high: a count that rose by exactly a paper's cuts, the last of them behind all its print, says that the paper came
out. A count that rose by less says nothing.
"""

from __future__ import annotations

from typing import Final

from kvit.escpos import Parser, load_profile
from kvit.escpos.status_reader import Answer

CUTS: Final = frozenset({"GS V", "ESC i", "ESC m"})
SILENT: Final = frozenset({"ESC @", "ESC p", "DLE DC4", "ESC d", "ESC J", "LF"})
"""What may stand behind the last cut of a paper that is whole at it."""


def cuts_of(data: bytes) -> int:
    """Count the cuts of a paper; 0 where something is printed behind the last one, or nothing is cut."""
    parser = Parser(load_profile("epson"))
    cuts, open_ = 0, False
    for command in (*parser.feed(data), *parser.close()):
        if command.name in CUTS:
            cuts, open_ = cuts + 1, False
        elif command.name not in SILENT:
            open_ = True
    return 0 if open_ else cuts


def read_counter(answer: Answer) -> int | None:
    """The number in an answer to ``GS g 2``; None where there is none."""
    text = answer.text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 10 else None
