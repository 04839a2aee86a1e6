"""``GS ( Q``: lines and rectangles of page mode, drawn with solid or broken strokes; the sheet keeps them as rules.

Operands are two corners in the paper's own dots within the page area, the colour, the style (m1) and the thickness (m2:
1 thin, 2 middle, 3 thick; doubled strokes count as thick). Broken strokes are kept as solid ones.
"""

from __future__ import annotations

from kvit.escpos.command import Command
from kvit.paper.languages.escpos.state import Printer, Verb
from kvit.paper.sheet import Rule

THICKNESS = {1: 1, 2: 2, 3: 3, 4: 3, 5: 4, 6: 5}
"""Dots of a stroke by ``m2``."""


def draw(printer: Printer, command: Command) -> None:
    """Fn 48 a line, fn 49 a rectangle; slanted lines are refused, as the manual refuses them."""
    raw = command.raw
    if printer.page is None or len(raw) < 17:
        return
    x1, y1, x2, y2 = (raw[at] | raw[at + 1] << 8 for at in (6, 8, 10, 12))
    left, right, top, foot = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
    thick = THICKNESS.get(raw[16], 1)
    if raw[5] == 0x31:
        _stroke(printer, command, left, top, right - left, thick)
        _stroke(printer, command, left, max(foot - thick, top), right - left, thick)
        _stroke(printer, command, left, top, thick, foot - top)
        _stroke(printer, command, max(right - thick, left), top, thick, foot - top)
    elif raw[5] == 0x30 and (x1 == x2 or y1 == y2):
        _stroke(printer, command, left, top, max(right - left, thick), max(foot - top, thick))
    else:
        printer.problem("operand.range", command, name=command.name, value=raw[5])


def _stroke(printer: Printer, command: Command, x: int, y: int, width: int, height: int) -> None:
    if width > 0 and height > 0:
        printer.boxes.append(Rule(x, y, width, height, command.offset, command.end))


VERBS: dict[str, Verb] = {"GS ( Q": draw}
