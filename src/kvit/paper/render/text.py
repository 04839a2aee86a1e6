"""A sheet as plain text, its columns kept.

One column is one cell of font A; what stands at dot x stands in column x / cell. A receipt of 576 dots becomes lines of
at most 48 columns, so that prices stand under prices in any monospaced font.

A letter on paper may take more columns than on a screen: double width, font sizes, a Cyrillic letter out of a Korean
font. Such text is not s p a c e d but kept as words, so that it can be searched; each phrase (words with one space
between) stands where its dots were: left at the left edge, right at the right edge or behind another phrase, centred
otherwise. The other way round, font B packs more letters into a line than it has columns: then a phrase moves right
until it fits, with a space between, and no letter is lost.

Lines are told by the foot of their letters. Paper fed beyond the line becomes empty lines, at most MAX_BLANK of them.
What is not letters becomes a line of its own in brackets (``[qr] https://…``, ``[logo nv:1]``, ``[image 384x120]``);
letters printed with a bar code are a line under it. ``marks=False`` leaves brackets out. Text
running up, down or backwards on the paper becomes lines of its own, in printing order, at the top of its block.

What is no letter (controls of 7 and 8 bits, bidirectional overrides) is a space: terminals obey such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

import msgspec

from kvit.paper.render import escape
from kvit.paper.sheet import Picture, Rule, Run, Sheet, Symbol
from kvit.paper.symbol import prepare
from kvit.paper.width import cells, is_plain, is_unmarked, is_wide, letters

CELL_DOTS = 12
"""A column: one cell of font A."""

MAX_BLANK = 4
"""Empty lines in a row: enough to see a gap, few enough to keep a receipt on one page."""
LINE_DOTS = 30
"""One line of the usual spacing; empty paper is counted in these."""
MAX_STRIP_GAP = 12
"""Strips of one picture follow each other within this many dots (24-dot strips are often fed 30)."""

_WORD = re.compile(r"\S+")

Line = tuple[int, int, str]
"""Foot and top in dots, letters."""


class Phrase(msgspec.Struct):
    """Words with one space between, on their way to a line; ``left`` and ``right`` are dots on paper."""

    left: int
    right: int
    text: str


def render(sheet: Sheet, marks: bool = True) -> str:
    """The whole sheet as lines; ends with a line feed unless it is empty."""
    lines: list[str] = []
    floor = 0
    for foot, top, line in _lines(sheet, marks):
        gap = top - floor
        if gap >= LINE_DOTS and lines:
            lines.extend([""] * min(gap // LINE_DOTS, MAX_BLANK))
        if foot > floor:
            floor = foot
        lines.append(line)
    if not lines:
        return ""
    whole = "\n".join(lines)
    if not escape.is_clean(whole) or whole.count("\n") >= len(lines):
        whole = "\n".join([escape.letters(line) for line in lines])
    return whole + "\n"


def _lines(sheet: Sheet, marks: bool) -> list[Line]:
    """Every line from the top of the roll down."""
    cell = CELL_DOTS
    rows: dict[int, list[Run]] = {}
    others: list[Run | Picture | Symbol] = []
    last = -1
    row: list[Run] = []
    for box in sheet.boxes:
        if type(box) is Run and box.direction == 0:
            baseline = box.y + box.height - box.height // 8
            if baseline != last:
                last = baseline
                row = rows.setdefault(baseline, [])
            row.append(box)
        elif not isinstance(box, Rule):
            others.append(box)
    found: list[Line] = []
    for baseline, runs in rows.items():
        run = runs[0]
        if len(runs) == 1 and run.advance == cell and run.style.cell_width == cell:
            column = run.x // cell
            text = run.text.rstrip()
            found.append((run.y + run.height, run.y, " " * column + text if column else text))
        else:
            tall = run.height if len(runs) == 1 else max([run.height for run in runs])
            foot = baseline + tall // 8
            found.append((foot, foot - tall, _compose(runs, sheet.width_dots)))
    found.extend(_others(others, sheet.width_dots, marks))
    found.sort(key=itemgetter(0))
    return found


def _compose(runs: list[Run], width_dots: int) -> str:
    """One line of several runs, or of letters that do not sit on the grid."""
    joined = _side_by_side(runs, width_dots)
    if joined is not None:
        return joined
    runs.sort(key=_by_x)
    natural = _natural(runs)
    if natural is not None:
        return natural
    cell = CELL_DOTS
    line = ""
    for run in runs:
        column = run.x // cell
        if run.advance != cell or run.x % cell or run.glyphs or column < len(line) or not is_plain(run.text):
            return _place(_phrases(runs), width_dots)
        line = line.ljust(column) + run.text
    return line.rstrip()


def _side_by_side(runs: list[Run], width_dots: int) -> str | None:
    """A line of ASCII and letters twice as wide with no room between the runs, most lines of Korea and China; None for
    others. It is what `_natural` gives on the grid of columns, and elsewhere one phrase."""
    place = left = runs[0].x
    line, wides, pitch = "", "", 0
    for run in runs:
        text, advance = run.text, run.advance
        if run.x != place or run.glyphs:
            return None
        place += advance * len(text)
        if text.isascii():
            advance *= 2
        elif line[-2:] == "  ":
            return None
        else:
            wides += text
        if advance != pitch:
            if pitch:
                return None
            pitch = advance
        line += text
    if not line.isprintable() or (wides and not is_wide(wides)):
        return None
    if pitch == 2 * CELL_DOTS and left % CELL_DOTS == 0:
        return (" " * (left // CELL_DOTS) + line).rstrip()
    if "  " in line or line[:1] == " " or line[-1:] == " ":
        return None
    return " " * _column(Phrase(left, place, line), len(line) + len(wides), 0, width_dots) + line


def _natural(runs: list[Run]) -> str | None:
    """A line whose letters take as many columns on a screen as on paper, ASCII and Han, Hangul, kana; None for others.

    It is what phrases put into columns would be: those keep single spaces and stand where their dots were. Two or three
    blanks before a wide word are one space there, so such a line is none.
    """
    line, width, filled = "", 0, 0
    for run in runs:
        text = run.text
        column, odd = divmod(run.x, CELL_DOTS)
        if odd or column < width or run.glyphs:
            return None
        if run.advance == CELL_DOTS and text.isascii() and text.isprintable():
            end = column + len(text)
            blanks = len(text) - len(text.rstrip())
            filled = end - blanks if blanks < len(text) else filled
        elif run.advance == 2 * CELL_DOTS and not (filled and 1 < column - filled < 4) and is_wide(text):
            end = filled = column + 2 * len(text)
        else:
            return None
        line += " " * (column - width) + text
        width = end
    return line.rstrip()


def _by_x(run: Run) -> int:
    return run.x


def _phrases(runs: list[Run]) -> list[Phrase]:
    """The words of a row from left to right, those with at most one space between joined to phrases."""
    phrases: list[Phrase] = []
    for run in runs:
        plain = is_unmarked(run.text)
        for word in _WORD.finditer(run.text):
            before, length = word.start(), word.end() - word.start()
            if not plain:
                before, length = letters(run.text[:before]), letters(word.group())
            left = run.x + before * run.advance
            _join(phrases, Phrase(left, left + length * run.advance, word.group()), run.advance)
    return phrases


def _join(phrases: list[Phrase], word: Phrase, advance: int) -> None:
    last = phrases[-1] if phrases else None
    gap = word.left - last.right if last is not None else 0
    if last is None or gap > advance * 1.5:
        phrases.append(word)
        return
    last.text += f" {word.text}" if gap > advance // 3 else word.text
    last.right = max(last.right, word.right)


def _place(phrases: list[Phrase], width_dots: int) -> str:
    """Put phrases into columns: each near where its dots were, none over another."""
    line, taken = "", 0
    for number, phrase in enumerate(phrases):
        width = cells(phrase.text)
        column = max(_column(phrase, width, number, width_dots), taken + 1 if taken else 0)
        line += " " * (column - taken) + phrase.text
        taken = column + width
    return line


def _column(phrase: Phrase, width: int, number: int, width_dots: int) -> int:
    first, end = round(phrase.left / CELL_DOTS), round(phrase.right / CELL_DOTS)
    spare = end - first - width
    if first == 0 or spare == 0 or (spare < 0 and width_dots - phrase.right > CELL_DOTS):
        return first
    if number or width_dots - phrase.right <= CELL_DOTS:
        return max(end - width, 0)
    return first + spare // 2


def _others(boxes: list[Run | Picture | Symbol], width_dots: int, marks: bool) -> Iterator[Line]:
    """Pictures, symbols and turned letters; neighbours of one kind that belong together make one line."""
    for turned, group in groupby(boxes, key=lambda box: (type(box), box.direction)):
        kind, direction = turned
        members = list(group)
        if kind is Run:
            yield from _turned([box for box in members if isinstance(box, Run)], direction, width_dots)
        elif kind is Picture and marks:
            yield from _pictures([box for box in members if isinstance(box, Picture)])
        elif kind is Symbol:
            for box in members:
                if isinstance(box, Symbol):
                    yield from _symbol(box, marks)


def _turned(runs: list[Run], direction: int, width_dots: int) -> Iterator[Line]:
    """Letters lying on their side or on their head, read the way they were printed, at the top of their block."""
    top, floor = min(run.y for run in runs), max(run.y + run.height for run in runs)
    along_dots = width_dots if direction == 2 else floor - top
    rows: dict[int, list[Run]] = {}
    for run in runs:
        along, baseline = _unturned(run, direction, width_dots, top, floor)
        length = run.width if direction == 2 else run.height
        flat = Run(along, 0, length, CELL_DOTS, run.text, run.advance, run.style)
        rows.setdefault(baseline, []).append(flat)
    for flats in rows.values():
        yield floor, top, _compose(flats, along_dots)


def _unturned(run: Run, direction: int, width_dots: int, top: int, floor: int) -> tuple[int, int]:
    """Where a turned run begins along its own direction, and its baseline across it."""
    if direction == 2:
        return width_dots - run.x - run.width, run.y + run.height // 8
    if direction == 3:
        return run.y - top, run.x + run.width // 8
    return floor - run.y - run.height, run.x + run.width - run.width // 8


def _pictures(pictures: list[Picture]) -> Iterator[Line]:
    """Strips printed one under the other are one picture; a logo is told by its key."""
    while pictures:
        first = pictures.pop(0)
        right, foot = first.x + first.width, first.y + first.height
        while pictures and not first.key and not pictures[0].key and pictures[0].y <= foot + MAX_STRIP_GAP:
            strip = pictures.pop(0)
            right, foot = max(right, strip.x + strip.width), max(foot, strip.y + strip.height)
        name = f"logo {first.key}" if first.key else f"image {right - first.x}x{foot - first.y}"
        yield foot, first.y, " " * (first.x // CELL_DOTS) + f"[{name}]"


def _symbol(symbol: Symbol, marks: bool) -> Iterator[Line]:
    """The data of a symbol, and the letters printed above and below a bar code."""
    foot, indent = symbol.y + symbol.height, " " * (symbol.x // CELL_DOTS)
    if symbol.hri and symbol.hri_place & 1:
        yield symbol.y + 1, symbol.y, indent + symbol.hri
    if marks:
        yield foot - 1, symbol.y, f"{indent}[{symbol.kind}] {_meant(symbol)}"
    if symbol.hri and symbol.hri_place & 2:
        yield foot, symbol.y, indent + symbol.hri


def _meant(symbol: Symbol) -> str:
    """What a reader would read: Code 128 without the orders that choose its code sets."""
    if symbol.kind == "code128" and not symbol.hri:
        return prepare(symbol.kind, symbol.data).hri or _printable(symbol.data)
    return symbol.hri or _printable(symbol.data)


def _printable(data: bytes) -> str:
    text = data.decode("utf-8", "replace")
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else "\u00b7" for letter in text)
