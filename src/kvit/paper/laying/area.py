"""Areas: parts at fixed places, in any of four directions, printed at once.

Every part is laid out as a page of its own, as wide as its lines are long, and turned into its place. A head with page
mode prints letters and symbols there itself; the sheet says so by an event ``page`` before the boxes. Where a head has no
page mode, can not stand at every dot, or has letters or pictures to be drawn, the whole area is one picture. A head that
takes no picture either prints the parts one below the other (``area.absent``).

Boxes that leave their part are left out (``area.cut``). Heights past `PAGE_MM_MAX` are drawn: page memories end near there.
"""

from __future__ import annotations

from copy import copy

from kvit.paper import document as doc
from kvit.paper import ink, reach
from kvit.paper.laying.page import Page
from kvit.paper.sheet import Box, Rule, Run, Sheet, Symbol

PAGE_MM_MAX = 117
"""The smallest page memory in Epson's tables of heads for 80 mm."""
MM_PER_INCH = 25.4
FIRST_BASELINE = 21
"""Where a fresh page stands: 2D symbols told to hang from there hang from the edge."""

PAGED = ("escpos", "epos")
"""Languages whose writers write pages."""
OTHER_ESC_W = ("elgin", "bematech", "daruma", "diebold", "zkc")
"""Dialects to which ``ESC W`` is another command."""

Rectangle = tuple[int, int, int, int]
"""x, y, width, height in dots of the area."""


def area(page: Page, block: doc.Area) -> None:
    """The parts where they belong."""
    if not (reach.picture_way(page.profile) or _has_pages(page)):
        page.warn("area.absent")
        for part in sorted(block.parts, key=lambda each: (each.y, each.x)):
            for each in part.blocks:
                page.lay(each)
            page.close()
        return
    _, down = _units(page, block)
    height = page.motion_y.reach(max(round(block.height * down), 1))
    boxes: list[Box] = []
    for part in block.parts:
        boxes += _placed(page, part, _rectangle(page, block, part, height))
    if _prints(page, boxes, height):
        _as_page(page, boxes, height)
    else:
        _as_picture(page, boxes, height)


def _units(page: Page, block: doc.Area) -> tuple[float, float]:
    """Dots of one unit across and down."""
    if block.unit == "mm":
        return page.profile.dpi / MM_PER_INCH, page.profile.dpi / MM_PER_INCH
    return page.setter.cell, page.spacing


def _rectangle(page: Page, block: doc.Area, part: doc.Part, height: int) -> Rectangle:
    """A part's place, cut off where the area ends."""
    across, down = _units(page, block)
    x, y = min(round(part.x * across), page.room - 1), min(round(part.y * down), height - 1)
    wide = round(part.width * across) or page.room
    high = round(part.height * down) or height
    return page.left + x, y, max(min(wide, page.room - x), 1), max(min(high, height - y), 1)


def _placed(page: Page, part: doc.Part, rectangle: Rectangle) -> list[Box]:
    """The boxes of a part in the area's coordinates."""
    _, _, width, height = rectangle
    long, thick = (height, width) if part.direction & 1 else (width, height)
    inner = page.within(long)
    for block in part.blocks:
        inner.lay(block)
    inner.close()
    made: list[Box] = []
    for box in inner.boxes:
        if box.x < 0 or box.x + box.width > long or box.y + box.height > thick:
            page.warn("area.cut")
        elif not isinstance(box, Rule):
            made.append(turned(box, rectangle, part.direction))
    return made


def turned(box: Box, rectangle: Rectangle, direction: int) -> Box:
    """A box laid out along a direction, moved into its rectangle."""
    assert not isinstance(box, Rule)
    left, top, width, height = rectangle
    along, across, long, thick = box.x, box.y, box.width, box.height
    box = copy(box)
    if direction == 0:
        box.x, box.y = left + along, top + across
    elif direction == 1:
        box.x, box.y, box.width, box.height = left + across, top + height - along - long, thick, long
    elif direction == 2:
        box.x, box.y = left + width - along - long, top + height - across - thick
    else:
        box.x, box.y, box.width, box.height = left + width - across - thick, top + along, thick, long
    box.direction = (box.direction + direction) % 4 if box.direction else direction
    return box


def _has_pages(page: Page) -> bool:
    """True when the head has page mode and stands at every dot in it."""
    profile = page.profile
    if profile.language not in PAGED or not profile.has("page_mode") or profile.dialect in OTHER_ESC_W:
        return False
    if profile.has("no_absolute_after_text"):
        return False
    return not (page.motion_x.per_inch % page.motion_x.dpi or page.motion_y.per_inch % page.motion_y.dpi)


def _prints(page: Page, boxes: list[Box], height: int) -> bool:
    """True when page mode prints all of it."""
    if not _has_pages(page) or page.frames or height * MM_PER_INCH > PAGE_MM_MAX * page.profile.dpi:
        return False
    return all(
        (isinstance(box, Run) and not box.style.turned)
        or (isinstance(box, Symbol) and not box.direction and box.y != FIRST_BASELINE)
        for box in boxes
    )


def _as_page(page: Page, boxes: list[Box], height: int) -> None:
    if boxes:
        page.event("page", height=height)
        for box in boxes:
            box.y += page.y
            page.add(box)
    page.y += height
    page.stop = page.y


def _as_picture(page: Page, boxes: list[Box], height: int) -> None:
    from kvit.paper.raster import draw

    wide = page.room
    for box in boxes:
        box.x -= page.left
    dots = draw(Sheet(wide, page.profile.dpi, height, boxes, [], [])).page[:height]
    page.picture(page.left, dots.shape[1], height, ink.packed(dots))
