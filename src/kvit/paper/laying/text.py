"""Text: paragraphs and rules across the paper."""

from __future__ import annotations

from kvit.paper import document as doc
from kvit.paper.laying.page import Page
from kvit.paper.typeset import lines, width_of

RULES = {"single": "─", "double": "═", "dashed": "-"}


def text(page: Page, block: doc.Text) -> None:
    """Paragraphs, broken to lines."""
    page.look(block.content)
    for paragraph in page.setter.paragraphs(block.content):
        for line in lines(paragraph, page.room, block.wrap, page.setter):
            x = page.shift(block.align or page.align, width_of(line))
            page.line([(x, line)], upside_down=block.upside_down)


def line(page: Page, block: doc.Line) -> None:
    """A rule from margin to margin."""
    face = page.setter.face(doc.Span(""))
    stroke = page.setter.pieces(RULES[block.look], face)
    count = page.room // width_of(stroke)
    page.line([(page.left, page.setter.pieces(RULES[block.look] * count, face))])
