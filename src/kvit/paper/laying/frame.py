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
    ruled = block.look != "none"
    taken = min(block.width, cells) if block.width else cells
    start = (cells - taken) // 2 if block.align == "centre" else cells - taken if block.align == "right" else 0
    if not ruled:
        margins = page.left, page.right
        page.left = page.motion_x.reach(page.left + start * setter.cell)
        page.right = min(page.left + taken * setter.cell, page.right)
        _inside(page, block)
        page.left, page.right = margins
        return
    edge = Edge(page.left, (start, start + taken - 1), WEIGHTS[block.look])
    page.open(edge)
    margins = page.left, page.right
    page.frames.append(edge)
    left, right = page.left + (start + 1) * setter.cell, page.left + (start + taken - 1) * setter.cell
    page.left, page.right = page.stand(left, setter.cell), right
    _inside(page, block)
    page.frames.pop()
    page.left, page.right = margins
    page.hanging = edge


def _inside(page: Page, block: doc.Frame) -> None:
    for each in block.blocks:
        page.lay(each)
    page.close()
