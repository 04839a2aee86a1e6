"""Symbols on the page: printed by the head where it knows them, drawn where not."""

from __future__ import annotations

from kvit.paper import document as doc
from kvit.paper import ink, reach
from kvit.paper import symbol as symbols
from kvit.paper.laying.page import Page
from kvit.paper.sizing import symbol_of

QUIET_MODULES = 4
"""White above and below a symbol, which a QR code needs to be found."""


def code(page: Page, block: doc.Code) -> None:
    """A symbol with white around it, as wide as there is room."""
    made = symbol_of(block, page.profile, page.room, page.block)
    if made.fault:
        page.warn(made.fault, kind=block.kind)
        return
    quiet = 0 if page.frames else made.module * QUIET_MODULES
    if page.sheet.boxes:
        page.feed(quiet)
    if reach.is_native(made, page.profile) and not page.frames:
        made.x, made.y = page.shift(block.align, made.width), page.y
        page.add(made)
        page.y += made.height
        page.stop = page.y
    elif not reach.picture_way(page.profile):
        page.warn("picture.absent")
    else:
        import numpy as np

        page.warn("symbol.drawn", kind=block.kind)
        dots = symbols.draw(made)
        if not dots.size:
            page.warn("symbol.undrawable", kind=block.kind)
            return
        if page.frames:
            dots = np.pad(dots, ((made.module * QUIET_MODULES,) * 2, (0, 0)))
        page.place(dots.shape[1], dots.shape[0], ink.packed(dots), block.align)
    page.feed(quiet)
