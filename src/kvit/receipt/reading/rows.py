"""Rows: the lines of a sheet as the eye takes them, left to right, top to bottom.

Letters of different size on one printed line share a baseline, so runs are put together by their lower edge. A row keeps
what a photograph loses: exact columns, size and weight. Frames drawn with letters and leaders of dots become blanks.
"""

from __future__ import annotations

import re

import msgspec

from kvit.paper.sheet import Run, Sheet
from kvit.receipt.reading.amount import FULL_WIDTH, normal

_LETTERS_APART = re.compile(r"(?:\S ){2,}\S(?= {2}|$)")
_DIGIT = re.compile(r"[0-9]")
_LETTER = re.compile(r"[^\W_]")
_LEADERS = re.compile(r"(?<=\s)[.·…_]{2,}(?=[\s\d=*+-])|\.{3,}|[·…]{2,}|_{3,}|(?<= )(?:\. ){2,}\.?")
_FRAME = "|│║┃¦"
_FRAMES = re.compile(rf"[{_FRAME}]")
_ODD = re.compile(f"[{_FRAME}·…{''.join(map(chr, FULL_WIDTH))}]")
"""What is no letter of ASCII and must be looked at: most rows have none of it."""
_RULE_EDGES = frozenset("-=_*~.─━═·+#┌└├╔╚╠┏┗┣▀▄█ⅼ")
LETTERS_MAX = 512
"""Letters of a row that are looked at: the widest paper has 92 of the smallest, overprinted a few times."""
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
        runs = lines[bottom]
        row = _row(bottom, runs)
        if cut and _REST.match(row.text) and _ONE_SUM.search(f" {made[-1].text}{row.text}"):
            row = _row(made[-1].y, [*lines[made[-1].y], *_moved(runs, whole * CELL_DOTS)])
            made.pop()
        cut = False
        if row.text:
            made.append(row)
            right = runs[0].x + runs[0].width if len(runs) == 1 else max([run.x + run.width for run in runs])
            cut = right // CELL_DOTS == whole
    return made


_REST = re.compile(r"-?[\d.,]{1,8}$")
"""What is left of a sum whose row was one column too long for the paper: the printer goes on in the next."""
_ONE_SUM = re.compile(r"[^\d.,](?:\d{1,3}(?:[., ]\d{3})+|\d+)(?:[.,]\d\d\d?)?$")
"""What both together must end in: a number somebody would write. ("15.56" and the "30" of a name below are none.)"""


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
        size = max([run.style.width * run.style.height for run in runs])
        bold = any(run.style.bold for run in runs)
    text = raw.strip()
    column, width = left // CELL_DOTS, right // CELL_DOTS - left // CELL_DOTS
    if len(text) != len(raw):
        before = len(raw) - len(raw.lstrip())
        column += before
        width -= len(raw) - len(text) if text else 2 * before
    text = text[:LETTERS_MAX]
    if "\n" in text:
        text = text.replace("\n", " ")  # a letter like any other in a run, but rows are told apart by it
    odd = not text.isascii() and _ODD.search(text) is not None
    if odd:
        text = normal(text)
    rule = (text[:1] in _RULE_EDGES and _LETTER.search(text) is None) or (text[:3] == text[-3:] and _is_drawn(text))
    if not rule:
        text = _plain(text, odd)
    return Row(text, column, width, size, bold, bottom, rule, _DIGIT.search(text) is not None)


def _is_drawn(text: str) -> bool:
    """One letter over and over: a line drawn with the letters of a table the printer was not in."""
    return len(text) >= DRAWN_LETTERS_MIN and text.count(text[0]) == len(text) and not text[0].isdigit()


DRAWN_LETTERS_MIN = 12


def _joined(runs: list[Run]) -> tuple[str, int, int]:
    """Runs side by side as one text, the room between them as blanks: (text, left, right)."""
    runs.sort(key=lambda run: run.x)
    parts: list[str] = []
    right, advance = runs[0].x, 0
    for run in runs:
        gap = run.x - right
        if gap > CELL_DOTS // 2:
            parts.append(" " * max(1, round(gap / CELL_DOTS)))
        elif run.text[0].isdigit() and run.advance == advance and parts and parts[-1][-1].isalnum():
            parts.append(" ")  # a column of figures that begins where the name before it fills its own
        parts.append(run.text)
        right, advance = run.x + run.width, run.advance
    return "".join(parts), runs[0].x, right


def _plain(text: str, odd: bool) -> str:
    """Without frames and leaders; ``T O T A L`` closed up; places in the row stay the same but for that."""
    if odd or "|" in text:
        text = _FRAMES.sub("  ", text).strip()
    if odd or ".." in text or "__" in text or ". ." in text:
        text = _LEADERS.sub(_blanks, text).strip()
    if text[1:2] == " " and text[3:4] == " ":
        text = _LETTERS_APART.sub(_close, text)
    return text


def _blanks(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _close(match: re.Match[str]) -> str:
    """Close up ``T O T A L``, but leave numbers and single words in peace."""
    text = match.group()
    return text.replace(" ", "") if not any(letter.isdigit() for letter in text) else text
