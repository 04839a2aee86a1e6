"""Tables and pairs: rows of cells, with rules that join.

Rows of a bordered table stand close, so that upright rules join.
"""

from __future__ import annotations

from kvit.paper import document as doc
from kvit.paper.laying.page import Page, Place
from kvit.paper.table import Cell, rows_of, widths_of
from kvit.paper.typeset import Pieces, width_of


def pair(page: Page, block: doc.Pair) -> None:
    """Left and right: a table of two columns."""
    columns = [doc.Column(weight=1, wrap=block.wrap), doc.Column(align="right")]
    table(page, doc.Table(columns, [[block.left, block.right]]))


def table(page: Page, block: doc.Table) -> None:
    """Rows of cells, with rules where asked for."""
    rows = [[each.content if isinstance(each, doc.Cell) else each for each in row] for row in block.rows]
    for row in rows:
        for content in row:
            page.look(content)
    bordered = block.border != "none"
    cell = page.setter.cell
    cells: list[list[Cell]] = [[page.setter.paragraphs(content) for content in row] for row in rows]
    columns, gap = list(block.columns), block.gap
    room = page.room // cell - (len(columns) + 1 if bordered else 0)
    widths = widths_of(columns, cells, room, 0 if bordered else gap, cell)
    if widths is None:
        page.warn("table.narrow", columns=len(columns))
        widths, columns, gap = widths_of([doc.Column(weight=1)], cells, room, 0, cell) or [1], columns[:1], 0
        cells = [[each] for row in cells for each in row]
    rule = _Border(page, widths) if bordered and len(widths) == len(block.columns) else None
    for number, broken in enumerate(rows_of(cells, columns, widths, cell, page.setter)):
        if rule and (number == 0 or number == block.heads):
            rule.across("┌┬┐" if number == 0 else "├┼┤")
        for line in broken:
            places = _columns(page, line, columns, widths, 1 if rule else gap, 1 if rule else 0)
            page.line(places + rule.uprights(line) if rule else places, close=rule is not None)
    if rule:
        rule.across("└┴┘")


def _columns(
    page: Page, line: list[Pieces], columns: list[doc.Column], widths: list[int], gap: int, edge: int
) -> list[Place]:
    """One line of a row: each cell's pieces at their place."""
    cell = page.setter.cell
    places: list[Place] = []
    at = edge * cell
    for column, width, pieces in zip(columns, widths, line, strict=False):
        if width_of(pieces) > width * cell:
            page.warn("table.narrow", columns=len(columns))
        elif pieces:
            places.append((page.shift(column.align, width_of(pieces), at, width * cell), pieces))
        at += (width + gap) * cell
    return places


class _Border:
    """Rules around and between the columns of a table."""

    def __init__(self, page: Page, widths: list[int]) -> None:
        self._page, self._widths = page, widths
        self._cell = page.setter.cell

    def across(self, corners: str) -> None:
        """A level rule with its corners and crossings."""
        left, middle, right = corners[0], corners[1], corners[2]
        text = left + middle.join("─" * width for width in self._widths) + right
        pieces = self._page.setter.pieces(text, self._page.setter.face(doc.Span("")))
        self._page.line([(self._page.left, pieces)], close=True)

    def uprights(self, line: list[Pieces]) -> list[Place]:
        """The upright rules of one line, as high as the line."""
        tall = max((piece.style.height for pieces in line for piece in pieces), default=1)
        stroke = self._page.setter.pieces("│", self._page.setter.face(doc.Span("", height=tall)))
        places: list[Place] = []
        at = self._page.left
        for width in [*self._widths, 0]:
            places.append((self._page.stand(at, width_of(stroke)), stroke))
            at += (width + 1) * self._cell
        return places
