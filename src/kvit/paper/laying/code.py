"""Symbols on the page: printed by the head where it knows them, drawn where not, always with white around."""

from __future__ import annotations

from kvit.paper import document as doc
from kvit.paper import ink, reach
from kvit.paper import symbol as symbols
from kvit.paper.laying.page import Page
from kvit.paper.payload import Fault, payload_of
from kvit.paper.sheet import Symbol
from kvit.paper.sizing import symbol_of
from kvit.paper.symbology import KINDS

ABOVE_BARS = 4
"""Modules of white above and below a bar code, so that no letters touch it."""
TENTHS_PER_INCH = 254
SENT_ONLY = ("composite",)
"""Half of it can not be drawn here."""


def code(page: Page, block: doc.Code) -> None:
    """A symbol with white around it, as wide as there is room."""
    beyond = _white_beyond(page)
    made = symbol_of(block, page.profile, page.room, page.block, beyond)
    if made.fault:
        page.warn(made.fault, **made.options)
        return
    known = KINDS[made.kind]
    native = not page.frames and reach.is_native(made, page.profile)
    if not native and made.kind in SENT_ONLY:
        page.warn("symbol.unsupported", kind=made.kind)
        return
    if not native and not reach.picture_way(page.profile):
        page.warn("picture.absent")
        return
    _tell(page, block, made)
    side = max(made.module * known.quiet - beyond, 0)
    white = made.module * (ABOVE_BARS if known.flat else known.quiet)
    if page.frames:
        _draw(page, made, block.align, side, white)
        return
    if page.boxes:
        page.feed(white)
    if native:
        _print(page, made, block.align, side)
    else:
        _draw(page, made, block.align, side)
    page.feed(white)


def _tell(page: Page, block: doc.Code, made: Symbol) -> None:
    """What the symbol is without, for want of room."""
    known = KINDS[made.kind]
    if made.module < known.smallest:
        page.warn("symbol.fine", kind=block.kind)
    if known.flat and block.letters != "none" and not made.hri:
        found = payload_of(block, known)
        if not isinstance(found, Fault) and found.hri:
            page.warn("symbol.bare", kind=block.kind, text=found.hri)


def _white_beyond(page: Page) -> int:
    """Dots at each side where nothing can stand: margins, and the paper the head does not reach."""
    if page.frames:
        return 0
    profile = page.profile
    paper = profile.paper_mm * profile.dpi * 10 // TENTHS_PER_INCH - profile.width_dots
    left, right = page.left, profile.width_dots - page.right
    return (paper // 2 if paper > 0 else 0) + (left if left < right else right)


def _print(page: Page, made: Symbol, align: str, side: int) -> None:
    """Let the head make it."""
    made.x, made.y = _place(page, align, made.width, side), page.y
    page.add(made)
    page.y += made.height
    page.stop = page.y


def _place(page: Page, align: str, width: int, side: int) -> int:
    """Where a symbol begins, its white within the margins."""
    if align == "centre" or width + 2 * side > page.room:
        return page.shift("centre", width)
    return page.stand(page.left + side if align == "left" else page.right - side - width, width)


def _draw(page: Page, made: Symbol, align: str, side: int, above: int = 0) -> None:
    """Send it as a picture, the white at its sides included; inside frames also that above and below."""
    import numpy as np

    page.warn("symbol.drawn", kind=made.kind)
    dots = symbols.draw(made)
    if not dots.size:
        page.warn("symbol.undrawable", kind=made.kind)
        return
    side = min(side, max((page.room - made.width) // 2, 0))
    dots = np.pad(dots, ((above, above), (side, side)))
    page.place(dots.shape[1], dots.shape[0], ink.packed(dots), align)
