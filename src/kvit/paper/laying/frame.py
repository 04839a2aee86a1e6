"""A frame around several blocks: uprights beside every line inside, rules that join those above and below.

Lines inside stand close, so that the uprights join; empty lines are lines of uprights. Symbols are drawn, because a head
that prints one itself can not print a stroke beside it. Where there is no room for a letter inside, the blocks come
without their frame (``frame.narrow``).
"""

from __future__ import annotations

from kvit.paper import document as doc
from kvit.paper.laying.page import Page
from kvit.paper.laying.rule import WEIGHTS, Edge

CELLS_MIN = 4
"""Two uprights and a wide letter."""


def frame(page: Page, block: doc.Frame) -> None:
    """A frame and what is inside."""
    setter = page.setter
    cells = page.room // setter.cell
    if cells < CELLS_MIN:
        page.close()
        page.warn("frame.narrow")
        _inside(page, block)
        return
    edge = Edge(page.left, (0, cells - 1), WEIGHTS[block.look])
    page.open(edge)
    margins = page.left, page.right
    page.frames.append(edge)
    page.left, page.right = page.stand(page.left + setter.cell, setter.cell), page.left + (cells - 1) * setter.cell
    _inside(page, block)
    page.frames.pop()
    page.left, page.right = margins
    page.hanging = edge


def _inside(page: Page, block: doc.Frame) -> None:
    for each in block.blocks:
        page.lay(each)
    page.close()
