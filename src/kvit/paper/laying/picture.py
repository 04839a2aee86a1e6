"""Pictures and stored logos on the page.

A logo known to lie in the printer is printed by its key; the layout gives it the room of the picture that came with it, or,
where none did, of the outline every look at the paper shows instead (the player's ``MISSING_SIZE``). Elsewhere the picture
is sent along, as often enlarged as the stored one would have been.
"""

from __future__ import annotations

import msgspec

from kvit.paper import document as doc
from kvit.paper import reach
from kvit.paper.laying.page import Page
from kvit.paper.logo import MISSING_SIZE, Logo
from kvit.paper.sheet import Picture


def image(page: Page, block: doc.Image) -> None:
    """A picture, made to fit."""
    if not reach.picture_way(page.profile):
        page.warn("picture.absent")
        return
    made = _dots(page, block)
    if made is not None:
        page.place(made.columns, made.rows, made.bits, page.align_of(block.align))


def logo(page: Page, block: doc.Logo) -> None:
    """A stored logo by its key, else the picture given with it, told where there is none."""
