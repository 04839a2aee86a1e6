"""A sheet as letters on the grid of its paper, the way ReceiptLine writes text.

A letter stands at its cell; one twice as wide as usual has a space behind it, and a letter that takes two cells on paper
takes two here; rules are ``+ - |``. Pictures and codes leave nothing, as there, and spaces at a line's end are cut off.
"""

from __future__ import annotations

from itertools import groupby
from math import floor

from kvit.paper.sheet import Run, Sheet
from kvit.paper.width import clusters

CELL_DOTS = 12
STROKES = {"─": "-", "═": "-", "│": "|", "║": "|"}
CORNERS = "┌┐└┘├┤┬┴┼"


def grid(sheet: Sheet) -> list[str]:
    """The lines that have letters, from the top."""
    runs = [box for box in sheet.boxes if isinstance(box, Run)]
    lines = (_line(list(row)) for _, row in groupby(runs, key=_baseline))
    return [line for line in lines if line]


def _baseline(run: Run) -> int:
    return run.y + run.height - run.height // 8


def _line(runs: list[Run]) -> str:
    made, taken = "", 0
    for run in sorted(runs, key=lambda each: each.x):
        for number, letter in enumerate(clusters(run.text)):
            column = floor((run.x + number * run.advance) / CELL_DOTS + 0.5)
            made += " " * (column - taken) + _ascii(letter)
            taken = column + run.advance // (CELL_DOTS * run.style.width)
    return made.rstrip()


def _ascii(letter: str) -> str:
    return "+" if letter in CORNERS else STROKES.get(letter, letter)
