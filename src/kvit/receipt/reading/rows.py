"""Rows: the lines of a sheet as the eye takes them, left to right, top to bottom.

Letters of different size on one printed line share a baseline, so runs are put together by their lower edge. A row keeps
what a photograph loses: exact columns, size and weight. Frames drawn with letters and leaders of dots become blanks.
"""

from __future__ import annotations

import re

import msgspec

from kvit.paper.sheet import Run, Sheet
from kvit.receipt.reading.amount import normal

_LETTERS_APART = re.compile(r"(?:\S ){2,}\S(?= {2}|$)")
_DIGIT = re.compile(r"[0-9]")
_LETTER = re.compile(r"[^\W_]")
_LEADERS = re.compile(r"(?<=\s)[.·…_]{2,}(?=[\s\d=*+-])|\.{3,}|[·…]{2,}|_{3,}|(?<= )(?:\. ){2,}\.?")
_FRAME = "|│║┃¦"
_FRAMES = re.compile(rf"[{_FRAME}]")
_RULE_EDGES = frozenset("-=_*~.─━═·+#┌└├╔╚╠┏┗┣▀▄█ⅼ")
CELL_DOTS = 12
"""A narrow cell of font A, in which columns are counted."""


class Row(msgspec.Struct, gc=False):
    """One line of print. ``column`` and ``width`` count narrow cells of font A; ``size`` is the greatest magnification."""

    text: str
    column: int
    width: int
    size: int
    bold: bool
    y: int
    rule: bool
    """No letter and no digit: a line drawn with dashes, dots or stars."""
    digits: bool
    """A digit stands in it; most rows of a header have none and are not searched for sums."""


def rows(sheet: Sheet, limit: int = 2000) -> list[Row]:
    """Return the first ``limit`` rows of upright text in reading order; blank ones are left out."""
    lines: dict[int, list[Run]] = {}
    for box in sheet.boxes:
        if type(box) is Run and box.direction == 0 and box.text:
            bottom = box.y + box.height
            if bottom in lines:
                lines[bottom].append(box)
            else:
                lines[bottom] = [box]
    made: list[Row] = []
    whole = sheet.width_dots // CELL_DOTS
    cut = False
    for bottom in sorted(lines)[:limit]:
        row = _row(bottom, lines[bottom])
        if cut and _REST.match(row.text) and made[-1].text[-1:] in _CUT_LETTERS:
            row = _row(made[-1].y, [*lines[made[-1].y], *_moved(lines[bottom], whole * CELL_DOTS)])
            made.pop()
        if row.text:
            made.append(row)
        cut = max(run.x + run.width for run in lines[bottom]) // CELL_DOTS == whole
    return made


_REST = re.compile(r"-?[\d.,]{1,8}$")
"""What is left of a sum whose row was one column too long for the paper: the printer goes on in the next."""
_CUT_LETTERS = frozenset("0123456789.,-")


def _moved(runs: list[Run], width_dots: int) -> list[Run]:
    """The runs of a row's rest, as if the paper were wide enough."""
    return [msgspec.structs.replace(run, x=run.x + width_dots) for run in runs]


def _row(bottom: int, runs: list[Run]) -> Row:
    if len(runs) == 1:
        run = runs[0]
        raw, left, right, style = run.text, run.x, run.x + run.width, run.style
        size, bold = style.width * style.height, style.bold
    else:
        raw, left, right = _joined(runs)
        size = max(run.style.width * run.style.height for run in runs)
        bold = any(run.style.bold for run in runs)
    text = normal(raw).strip()
    rule = text[:1] in _RULE_EDGES and _LETTER.search(text) is None
    if not rule:
        text = _plain(text)
    digits = _DIGIT.search(text) is not None
    column = left // CELL_DOTS + len(raw) - len(raw.lstrip())
    width = right // CELL_DOTS - column - (len(raw) - len(raw.rstrip()))
    return Row(text, column, width, size, bold, bottom, rule, digits)


def _joined(runs: list[Run]) -> tuple[str, int, int]:
    """Runs side by side as one text, the room between them as blanks: (text, left, right)."""
    runs.sort(key=lambda run: run.x)
    parts: list[str] = []
    right = runs[0].x
    for run in runs:
        gap = run.x - right
        if gap > CELL_DOTS // 2:
            parts.append(" " * max(1, round(gap / CELL_DOTS)))
        parts.append(run.text)
        right = run.x + run.width
    return "".join(parts), runs[0].x, right


def _plain(text: str) -> str:
    """Without frames and leaders; ``T O T A L`` closed up; places in the row stay the same but for that."""
    if _FRAMES.search(text):
        text = _FRAMES.sub("  ", text).strip()
    if ".." in text or "__" in text or "··" in text or "…" in text or ". ." in text:
        text = _LEADERS.sub(lambda match: " " * len(match[0]), text).strip()
    if text[1:2] == " " and text[3:4] == " ":
        text = _LETTERS_APART.sub(_close, text)
    return text


def _close(match: re.Match[str]) -> str:
    """Close up ``T O T A L``, but leave numbers and single words in peace."""
    text = match.group()
    return text.replace(" ", "") if not any(letter.isdigit() for letter in text) else text
