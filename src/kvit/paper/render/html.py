"""A sheet as HTML: real text in reading order that keeps the columns of the paper.

The output is a fragment (``fragment``) or a page of its own (``render``). Lines are paragraphs; every run is a ``bdi``
as many columns wide as it was printed, so a letter from another font can not move the next column; gaps are spaces, and
dots that make no whole column are an empty ``span``. Pictures are one-bit PNGs with a text alternative; a symbol is a
``figure`` with its data as text under it; a cut is an ``hr``. Nothing is claimed that a printer does not know:
there are no headings and no tables.

All looks are classes of ``receipt.css`` (``STYLESHEET``), which names ``kvit-mono.woff2`` (``FONT``) beside itself.
No script, no style attribute, no reference to any other place. The policy it needs, and no more:

    default-src 'none'; style-src 'self'; font-src 'self'; img-src data:

A page without a stylesheet address carries the style sheet in a ``style`` element (with ``nonce`` when given), for
files that are opened from a disk.

Untrusted text is text nodes only, after ``escape``; attributes are numbers, classes from the closed list above, and
``alt``, ``lang`` and ``title`` text, escaped.

Left out: text that runs up or down the paper is set upright in a line of its own; of overlapping text the later goes to
the next line; a turned letter (``ESC V``) stands upright.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from kvit.i18n import say
from kvit.paper.fonts import Bits
from kvit.paper.raster import MAX_ROWS, picture_dots, strip_of, symbol_dots
from kvit.paper.render.escape import escape, language, letters
from kvit.paper.render.png import encode
from kvit.paper.sheet import Box, Picture, Rule, Run, Sheet, Style, Symbol

STYLESHEET = Path(__file__).with_name("receipt.css")
FONT = Path(__file__).parents[1] / "fonts" / "kvit-mono.woff2"
COLUMN = 12
"""Dots of one column of the page: the narrow cell of font A."""
LIMITS = {
    "c": (1, 120),
    "o": (1, 120),
    "v": (1, 80),
    "w": (2, 8),
    "h": (2, 8),
    "a": (5, 32),
    "b": (7, 48),
    "s": (1, 32),
}
"""The numbered classes the style sheet has; a number past the end takes the nearer end."""
GAP_UNIT = 3
"""Dots of one step of the class ``v``."""
SAME_LINE = 4
"""Letters whose feet are at most so many dots apart stand on one line."""
MAX_RUNS_OF_LINE = 256
"""More pieces on one line than any receipt has; the rest goes to lines below, so that looking for overlaps is quick."""
MAX_DATA_LETTERS = 2048
"""Letters of a symbol's data shown; the largest QR code holds 2,953 bytes."""


def render(sheet: Sheet, *, title: str = "", stylesheet: str = "", nonce: str = "") -> str:
    """Write a page of its own.

    ``title``: for the browser's window; ``stylesheet``: the address ``receipt.css`` is served at, empty to carry it in
    the page; ``nonce``: of the content security policy, for a carried style sheet. Never raises.
    """
    tag = language(sheet.language)
    if stylesheet:
        style = f'<link rel="stylesheet" href="{escape(stylesheet)}">'
    else:
        style = f"<style{f' nonce={chr(34)}{escape(nonce)}{chr(34)}' if nonce else ''}>\n{carried_style()}</style>"
    return (
        f'<!doctype html>\n<html{f" lang={chr(34)}{tag}{chr(34)}" if tag else ""}>\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n<meta name="referrer" content="no-referrer">\n'
        f"<title>{escape(title) or 'Kvit'}</title>\n{style}\n</head>\n<body>\n<main>\n{fragment(sheet)}</main>\n"
        "</body>\n</html>\n"
    )


@cache
def carried_style() -> str:
    """The style sheet for a page that carries it: without the font file, which has no address there.

    Letters of the reader's own font are then made half an em wide, as those of the page font are.
    """
    text = STYLESHEET.read_text("utf-8")
    start = text.index("@font-face")
    return f"{text[:start]}{text[text.index('}', start) + 2 :]}.receipt {{ font-size-adjust: ch-width 0.5 }}\n"


def fragment(sheet: Sheet) -> str:
    """Write the receipt as one ``article`` to be put into a page that links the style sheet. Never raises."""
    tag = language(sheet.language)
    spoken = f' lang="{tag}"' if tag else ""
    columns = _numbered("c", -(-sheet.width_dots // COLUMN))
    parts = [f'<article class="receipt {columns}"{spoken}>\n']
    bottom = 0
    for top, foot, html in sorted(_rows(sheet), key=lambda row: row[0]):
        gap = _numbered("v", (top - bottom) // GAP_UNIT) if top - bottom >= GAP_UNIT else ""
        parts.append(html.replace(_GAP, f" {gap}" if gap else "", 1))
        bottom = max(bottom, foot)
    parts.append("</article>\n")
    return "".join(parts)


_GAP = "\x00"
"""Stands in a row's first class attribute where the gap above goes: the letter can not come from data."""


def _numbered(letter: str, number: int) -> str:
    low, high = LIMITS[letter]
    return f"{letter}{min(max(number, low), high)}"


def _rows(sheet: Sheet) -> Iterator[tuple[int, int, str]]:
    """Every row of the page as (top, foot, html), not yet in order."""
    runs: list[Run] = []
    pictures: list[Picture] = []
    for box in sheet.boxes:
        if box.y >= MAX_ROWS:
            continue
        if isinstance(box, Run):
            runs.append(box)
        elif isinstance(box, Picture):
            pictures.append(box)
        else:
            yield box.y, box.y + box.height, _alone(box, sheet.language)
    for line in _lines(runs):
        yield min(run.y for run in line), max(run.y + run.height for run in line), _line(line, sheet.width_dots)
    for band in _bands(pictures):
        yield band[0].y, band[-1].y + band[-1].height, _picture(band, sheet.language)
    for event in sheet.events:
        if event.kind == "cut":
            yield event.y, event.y, '<hr class="cut">\n'


# Lines


def _lines(runs: Iterable[Run]) -> list[list[Run]]:
    """Runs on one foot are one line; what would lie on printed text begins a line of its own."""
    found: list[list[Run]] = []
    open_lines: dict[int, list[Run]] = {}
    for run in runs:
        if run.direction % 2 or not letters(run.text).strip():
            if run.direction % 2:
                found.append([run])
            continue
        foot = run.y + run.height
        line = next(
            (open_lines[near] for near in range(foot - SAME_LINE, foot + SAME_LINE + 1) if near in open_lines), None
        )
        if line is not None and line[0].direction == run.direction and not _covered(line, run):
            line.append(run)
        elif line is None or not _struck_again(line, run):
            open_lines[foot] = [run]
            found.append(open_lines[foot])
    return found


def _covered(line: list[Run], run: Run) -> bool:
    if len(line) >= MAX_RUNS_OF_LINE:
        return True
    return any(run.x < other.x + other.width and other.x < run.x + run.width for other in line)


def _struck_again(line: list[Run], run: Run) -> bool:
    """The same text at the same place twice is how old tills print bold."""
    return len(line) < MAX_RUNS_OF_LINE and any(
        (other.x, other.y, other.text) == (run.x, run.y, run.text) for other in line
    )


def _line(line: list[Run], width_dots: int) -> str:
    """One paragraph: the runs in reading order, gaps between them."""
    turned = line[0].direction == 2
    at = [(width_dots - run.x - run.width if turned else run.x, run) for run in line]
    at.sort(key=lambda place: place[0])
    parts = [f'<p class="line{_GAP}{" d2" if turned else ""}">']
    cursor = 0
    for x, run in at if line[0].direction % 2 == 0 else [(0, line[0])]:
        spaces, dots = divmod(max(x - cursor, 0), COLUMN)
        parts.append(" " * min(spaces, LIMITS["c"][1]))
        if dots:
            parts.append(f'<span class="gap g{dots}"></span>')
        html, taken = _run(run)
        parts.append(html)
        cursor = max(x, cursor) + taken
    return "".join([*parts, "</p>\n"])


def _run(run: Run) -> tuple[str, int]:
    """One run as HTML, and the dots of its width that whole columns take."""
    text, style = letters(run.text), run.style
    long = run.width if run.direction % 2 == 0 else run.height
    columns = min(max(long // COLUMN, 1), LIMITS["c"][1])
    if run.glyphs:
        return _img(strip_of(run), text, columns), columns * COLUMN
    plain = style == _PLAIN and text.isascii() and run.advance == COLUMN
    names = "" if plain else f' class="c{columns}{_looks(style)}"'
    face = _face(run)
    inner = f'<span class="face{face}">{escape(text)}</span>' if face else escape(text)
    return f"<bdi{names}>{inner}</bdi>", columns * COLUMN


_PLAIN = Style()


def _looks(style: Style) -> str:
    looks = {
        "bold": style.bold, "italic": style.italic, "under": style.underline, "invert": style.invert,
        "red": style.colour == 1,
    }  # fmt: skip
    return "".join(f" {name}" for name, worn in looks.items() if worn)


def _face(run: Run) -> str:
    """Classes for a cell that is not 12x24 at size 1 without spacing."""
    style = run.style
    wide = 2 if run.advance >= 2 * style.cell_width * style.width else 1
    between = run.advance // max(style.width, 1) - wide * style.cell_width
    numbers = (
        ("w", style.width, 1), ("h", style.height, 1), ("a", style.cell_width, 12), ("b", style.cell_height, 24),
        ("s", between, 0),
    )  # fmt: skip
    return "".join(f" {_numbered(name, number)}" for name, number, usual in numbers if number > 0 and number != usual)


# What is not text


def _bands(pictures: Iterable[Picture]) -> list[list[Picture]]:
    """Pictures sent in bands (``ESC *`` line by line) are one picture."""
    found: list[list[Picture]] = []
    for picture in pictures:
        last = found[-1][-1] if found else None
        if (
            last is not None
            and not (last.missing or picture.missing)
            and last.direction == picture.direction == 0
            and (last.x, last.width, last.y + last.height) == (picture.x, picture.width, picture.y)
        ):
            found[-1].append(picture)
        else:
            found.append([picture])
    return found


def _picture(band: list[Picture], spoken: str) -> str:
    first = band[0]
    if first.missing:
        width = _numbered("c", first.width // COLUMN)
        what = escape(say(spoken, "paper.logo", key=first.key))
        return f'<p class="frame{_GAP} {width}{_indent(first)}"><bdi>{what}</bdi></p>\n'
    dots = [picture_dots(picture) for picture in band]
    whole = dots[0] if len(dots) == 1 else np.concatenate([part for part in dots if part.shape[1] == dots[0].shape[1]])
    if not whole.size:
        return ""
    name = say(spoken, "paper.logo", key=first.key) if first.key else say(spoken, "paper.picture")
    return f'<div class="figure{_GAP}{_indent(first)}">{_img(whole, name, -(-first.width // COLUMN))}</div>\n'


def _indent(box: Box) -> str:
    columns = box.x // COLUMN
    return f" {_numbered('o', columns)}" if columns > 0 else ""


def _img(dots: Bits, alt: str, columns: int) -> str:
    if not dots.size:
        return ""
    data = base64.b64encode(encode(dots)).decode()
    rows, wide = dots.shape
    return (
        f'<img class="{_numbered("c", columns)}" width="{wide}" height="{rows}" alt="{escape(alt)}"'
        f' src="data:image/png;base64,{data}">'
    )


def _alone(box: Rule | Symbol, spoken: str) -> str:
    if isinstance(box, Rule):
        return f'<hr class="rule{_GAP}">\n' if box.width > box.height else ""
    text = escape(box.data.decode("utf-8", "replace")[:MAX_DATA_LETTERS])
    caption = escape(box.hri) or text
    if box.fault:
        width = _numbered("c", box.width // COLUMN)
        what = escape(say(spoken, "paper.symbol_fault", kind=box.kind))
        return f'<p class="frame{_GAP} {width}{_indent(box)}"><bdi>{what}</bdi> <bdi>{text}</bdi></p>\n'
    alt = f"{box.kind}: {box.data.decode('utf-8', 'replace')[:MAX_DATA_LETTERS]}"
    image = _img(symbol_dots(_without_letters(box)), alt, -(-box.width // COLUMN))
    return f'<figure class="figure{_GAP}{_indent(box)}">{image}<figcaption><bdi>{caption}</bdi></figcaption></figure>\n'


def _without_letters(symbol: Symbol) -> Symbol:
    """The bars alone: the letters printed with them are text on a page."""
    if not symbol.hri or symbol.direction % 2:
        return symbol
    lines = (symbol.hri_place & 3).bit_count()
    height = max(symbol.height - lines * symbol.hri_style.cell_height * symbol.hri_style.height, 1)
    return replace(symbol, hri="", height=height)
