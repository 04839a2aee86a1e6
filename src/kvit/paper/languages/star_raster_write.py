"""The writer for heads that print rows of dots and nothing else (Star TSP100 before its third form): all is drawn.

Letters, symbols and pictures are drawn as every preview draws them, and go row by row as ``b nL nH d`` up to the last black
dot; rows without one are passed by ``ESC * r Y n``. A cut is a page's end with its kind set before it (``ESC * r F n``,
``ESC FF NUL``), a drawer is ``ESC * r D n``. The document itself ends without a cut: it has its own.

Tall sheets are drawn in bands, so that a journal of any length needs one band's memory. The player puts the rows on its
paper as pictures: the same dots at the same places, no letters. Source: as `escpos.star_raster`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from kvit.escpos.profiles import Profile
from kvit.paper.sheet import Event, Sheet
from kvit.paper.star_reach import RASTER

if TYPE_CHECKING:
    from kvit.paper.fonts import Bits

BEGIN = b"\x1b*rR\x1b*rA\x1b*rP0\x00\x1b*rE1\x00"
"""Fresh, into the mode, one page without an end, no cut behind the document."""
END = b"\x1b*rB"
BAND_ROWS = 2_048
PASS_MAX = 9_999
"""Rows of one ``ESC * r Y``."""
CUTS = {(True, True): b"9", (False, True): b"13", (True, False): b"8", (False, False): b"12"}
"""``ESC * r F`` n by full and fed to the blade."""


def write(sheet: Sheet, profile: Profile) -> bytes:
    """The bytes of a sheet, all drawn. Raises ValueError for another's sheet."""
    if profile.language != RASTER:
        raise ValueError(f"{profile.name} does not take rows of dots but {profile.language}")
    out: list[bytes] = [BEGIN]
    y = 0
    fed = not profile.has("no_cut_feed")
    for event in sheet.events:
        out.append(_rows(sheet, y, event.y))
        y = max(y, event.y)
        out.append(_event(event, fed))
    out.append(_rows(sheet, y, sheet.height_dots))
    return b"".join([*out, END])


def _event(event: Event, fed: bool) -> bytes:
    if event.kind == "cut":
        return b"\x1b*rF%b\x00\x1b\x0c\x00" % CUTS[bool(event.values["full"]), fed]
    if event.kind == "pulse":
        return b"\x1b*rD%d\x00" % (2 if event.values["pin"] == 5 else 1)
    return b""


def _rows(sheet: Sheet, top: int, bottom: int) -> bytes:
    """The rows of a part of the paper."""
    import numpy as np

    made: list[bytes] = []
    passed = 0
    for start in range(top, bottom, BAND_ROWS):
        dots = np.packbits(_band(sheet, start, min(bottom, start + BAND_ROWS)), axis=1)
        for row in dots:
            data = row.tobytes().rstrip(b"\0")
            if not data:
                passed += 1
                continue
            made += [_pass(passed), b"b", len(data).to_bytes(2, "little"), data]
            passed = 0
    return b"".join([*made, _pass(passed)])


def _pass(rows: int) -> bytes:
    made = b""
    while rows > 0:
        made += b"\x1b*rY%d\x00" % min(rows, PASS_MAX)
        rows -= PASS_MAX
    return made


def _band(sheet: Sheet, top: int, bottom: int) -> Bits:
    """The dots between two heights: rows x columns, True = black."""
    from kvit.paper.raster import draw

    boxes = [
        msgspec.structs.replace(box, y=box.y - top)
        for box in sheet.boxes
        if box.y < bottom and box.y + box.height > top
    ]
    return draw(Sheet(sheet.width_dots, sheet.dpi, bottom - top, list(boxes))).page[: bottom - top]
