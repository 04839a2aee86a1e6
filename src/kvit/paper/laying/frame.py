"""A frame around several blocks."""

from __future__ import annotations

from kvit.paper import document as doc
from kvit.paper.laying.page import Page


def frame(page: Page, block: doc.Frame) -> None:
    """Lay out what is inside."""
    for each in block.blocks:
        page.lay(each)
