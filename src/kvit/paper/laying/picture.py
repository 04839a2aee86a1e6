"""Pictures and stored logos on the page."""

from __future__ import annotations

from kvit.paper import document as doc
from kvit.paper import reach
from kvit.paper.laying.page import Page


def image(page: Page, block: doc.Image) -> None:
    """A picture, made to fit."""
    from kvit.paper import photo

    if not reach.picture_way(page.profile):
        page.warn("picture.absent")
        return
    try:
        made = photo.dots_of(block.data, page.room, block.percent, block.tone)
    except photo.PictureError:
        page.warn("picture.unreadable")
        return
    page.place(made.columns, made.rows, made.bits, block.align)


def logo(page: Page, block: doc.Logo) -> None:
    """A stored logo: the picture given with it, told where there is none."""
    if block.image is None:
        page.warn("logo.unknown", key=block.key)
        return
    page.lay(block.image)
