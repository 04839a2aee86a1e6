"""A sheet as a standalone SVG picture: text that can be selected, pictures and symbols dot for dot.

One unit is one dot. A run is a ``text`` element forced to its printed width by ``textLength``, so columns stay whatever
font the reader has; a bar code is a path of rectangles, sharp at any size; a picture is an embedded one-bit PNG whose
white is clear. Letters the sender drew himself (``ESC &``) are pictures with their text laid over them unseen.

No script, no style sheet, no reference to anything outside the file. Text passes through ``escape``.
"""

from __future__ import annotations

import base64

import numpy as np

from kvit.paper.fonts import Bits
from kvit.paper.raster import MAX_COLUMNS, hri_runs, picture_dots, rows_of, strip_of, symbol_dots
from kvit.paper.render.escape import escape, language, letters
from kvit.paper.render.png import encode
from kvit.paper.sheet import Box, Picture, Rule, Run, Sheet
from kvit.paper.width import clusters

FONTS = "'Kvit Mono','D2Coding','Noto Sans Mono CJK KR','Noto Sans Thai','Menlo','Consolas',monospace"
INK = ("#000", "#c00")
"""The first and the second colour of a two-colour head."""
_UNSEEN = ' fill-opacity="0"'
"""Text over letters that are drawn as dots: there to be selected."""
ASCENT = 19 / 24
"""Where the baseline lies in a cell, as in the strikes."""


def render(sheet: Sheet, *, margin_dots: int = 0) -> str:
    """Write a sheet as one SVG document. ``margin_dots``: white around it (0 to 256). Never raises."""
    margin = min(max(margin_dots, 0), 256)
    width, height = min(max(sheet.width_dots, 1), MAX_COLUMNS), rows_of(sheet)
    across, down = width + 2 * margin, height + 2 * margin
    tag = language(sheet.language)
    spoken = f' xml:lang="{tag}"' if tag else ""
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}" height="{down}"'
        f' viewBox="{-margin} {-margin} {across} {down}"{spoken}'
        f' font-family="{FONTS}" xml:space="preserve">',
        f'<rect x="{-margin}" y="{-margin}" width="{across}" height="{down}" fill="#fff"/>',
    ]
    for box in sheet.boxes:
        if box.y < height and box.x < width:
            parts += _box(box)
    parts.append("</svg>\n")
    return "\n".join(parts)


def _box(box: Box) -> list[str]:
    if isinstance(box, Run):
        return _run(box)
    if isinstance(box, Rule):
        return [f'<rect x="{box.x}" y="{box.y}" width="{max(box.width, 0)}" height="{max(box.height, 0)}"/>']
    if isinstance(box, Picture):
        return _image(picture_dots(box), box.x, box.y, box.key, INK[box.colour == 1])
    dots = symbol_dots(box)
    parts = [f'<path transform="translate({box.x} {box.y})" d="{path(dots)}"/>'] if dots.any() else []
    for run in hri_runs(box):
        parts += [f'<g transform="{_place(run)}">', *_letters(run, letters(run.text), _UNSEEN), "</g>"]
    return parts


def _image(dots: Bits, x: int, y: int, name: str, ink: str) -> list[str]:
    if not dots.size:
        return []
    title = f"<title>{escape(name)}</title>" if name else ""
    rows, columns = dots.shape
    data = base64.b64encode(encode(dots, ink=ink)).decode()
    return [
        f'<image x="{x}" y="{y}" width="{columns}" height="{rows}" image-rendering="pixelated"'
        f' href="data:image/png;base64,{data}">{title}</image>'
    ]


def _run(run: Run) -> list[str]:
    text = letters(run.text)
    style = run.style
    if not text.strip() and not style.underline and not style.invert:
        return []
    ink = INK[style.colour == 1]
    long, high = (run.width, run.height) if run.direction % 2 == 0 else (run.height, run.width)
    parts = [f'<g transform="{_place(run)}" fill="{ink}">']
    if style.invert:
        parts.append(f'<rect width="{long}" height="{high}"/>')
    if run.glyphs:
        parts += _image(strip_of(run), 0, 0, "", ink)
        parts += _letters(run, text, _UNSEEN)
    else:
        parts += _letters(run, text, ' fill="#fff"' if style.invert else "")
    if style.underline:
        parts.append(f'<rect y="{high - style.underline}" width="{long}" height="{style.underline}"/>')
    return [*parts, "</g>"]


def _place(run: Run) -> str:
    """Move the origin to where the run's content begins, and turn the axes into its direction."""
    right, bottom = run.x + run.width, run.y + run.height
    return (
        f"translate({run.x} {run.y})",
        f"translate({run.x} {bottom}) rotate(-90)",
        f"translate({right} {bottom}) rotate(180)",
        f"translate({right} {run.y}) rotate(90)",
    )[run.direction % 4]


def _letters(run: Run, text: str, paint: str) -> list[str]:
    style = run.style
    wide, high = max(style.width, 1), max(style.height, 1)
    look = paint + (' font-weight="bold"' if style.bold else "") + (' font-style="italic"' if style.italic else "")
    size = f'font-size="{style.cell_height}"{look}'
    base = round(style.cell_height * ASCENT, 2)
    if style.turned:
        return [
            f'<text transform="translate({place * run.advance + style.cell_height * high} 0) rotate(90)'
            f' scale({wide} {high})" y="{base}" {size}>{escape(letter)}</text>'
            for place, letter in enumerate(clusters(text))
            if letter.strip()
        ]
    first = len(text) - len(text.lstrip(" "))
    shown = text.strip(" ")
    if not shown:
        return []
    before = len(clusters(text[:first])) * run.advance
    length = len(clusters(shown)) * run.advance / wide
    return [
        f'<text transform="translate({before} 0) scale({wide} {high})" y="{base}" {size} textLength="{length:g}"'
        f' lengthAdjust="spacingAndGlyphs" direction="ltr" unicode-bidi="bidi-override">{escape(shown)}</text>'
    ]


def path(dots: Bits) -> str:
    """Black dots as rectangles: neighbours in a row are joined, and equal rows are one row of taller rectangles."""
    rows = dots.shape[0]
    changes = np.flatnonzero((dots[1:] != dots[:-1]).any(axis=1)) + 1
    starts = [0, *changes.tolist()]
    found: list[str] = []
    for top, bottom in zip(starts, [*starts[1:], rows], strict=True):
        edges = np.flatnonzero(np.diff(np.pad(dots[top], 1).astype(np.int8))).tolist()
        for left, right in zip(edges[::2], edges[1::2], strict=True):
            found.append(f"M{left} {top}h{right - left}v{bottom - top}h{left - right}z")
    return "".join(found)
