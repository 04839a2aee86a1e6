"""Pictures and stored logos on the page.

A logo known to lie in the printer is printed by its key; the layout gives it the room of the picture that came with it, or,
where none did, of the outline that every look at such paper shows. Elsewhere the picture is sent along, enlarged as the
stored one would have been. In a frame it is always sent, since a head can not print a stroke beside a stored logo, and in
an area too, where ``FS p`` does not work.
"""

from __future__ import annotations

from kvit.paper import document as doc
from kvit.paper import reach
from kvit.paper.laying.page import Page
from kvit.paper.logo import MISSING_SIZE, Logo, enlarged
from kvit.paper.sheet import Picture


def image(page: Page, block: doc.Image) -> None:
    """A picture, made to fit."""
    if not reach.picture_way(page.profile):
        page.warn("picture.absent")
        return
    made = _dots(page, block)
    if made is not None:
        page.place(made.columns, made.rows, made.bits, block.align)


def logo(page: Page, block: doc.Logo) -> None:
    """A stored logo by its key, else the picture given with it."""
    held = reach.holds_logo(page.profile, block.key) and not (page.frames or page.is_part)
    if not held and block.image is None:
        page.warn("logo.unknown", key=block.key)
        return
    if not held and not reach.picture_way(page.profile):
        page.warn("picture.absent")
        return
    made = _dots(page, block.image, block.width) if block.image is not None else _unseen(page, block.width)
    if made is None:
        return
    if held:
        _by_key(page, block, made)
    else:
        made = enlarged(made, block.width, block.height)
        page.place(made.columns, made.rows, made.bits, block.align)


def _dots(page: Page, block: doc.Image, times: int = 1) -> Logo | None:
    """The dots of a picture that may be ``times`` wider on paper; None, and a warning, where there are none."""
    from kvit.paper import photo

    tall = page.profile.needle_dots if reach.picture_way(page.profile) == "needles" else 1
    try:
        return photo.dots_of(block.data, page.room // times, block.percent, block.tone, tall)
    except photo.PictureError as error:
        page.warn(error.code, **error.values)
        return None


def _unseen(page: Page, times: int) -> Logo:
    """A logo whose dots nobody here knows, as large as its outline."""
    columns, rows = MISSING_SIZE
    return Logo(min(columns, page.room // times), rows, b"")


def _by_key(page: Page, block: doc.Logo, made: Logo) -> None:
    width, height = made.columns * block.width, made.rows * block.height
    x = page.shift(block.align, width)
    page.add(
        Picture(x, page.y, width, height, made.columns, made.rows, made.bits, block.width, block.height, page.block,
                page.block + 1, key=block.key, missing=not made.bits)
    )  # fmt: skip
    page.y += height
    page.stop = page.y
