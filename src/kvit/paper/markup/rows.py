"""Rows of ReceiptLine put together: neighbours with the same columns are one table, a box is opened, ruled and closed.

The specification knows no table: every line is a row of its own, and a vertical border is a state that rows stand in.

* The rule above is printed with the first row, the rule below when the border ends, at a cut, or at the end of the text.
* A rule within a box joins the row above and the row below, whatever columns each has; without one between, rows of other
  columns follow each other unruled.
* Before the first row of a box a rule is nothing, for the rule above comes anyway; so is a second rule in a row.
* A cut in a box closes it and opens it again with the next row.

Left out: a picture or a code in a box stands between two parts of the box with no upright rules beside it, as there.
"""

from __future__ import annotations

import msgspec

from kvit.paper.document import Align, Block, Cell, Column, Content, Cut, Feed, Line, Table, Text, Wrap
from kvit.paper.markup.properties import STAR, Standing

Placed = tuple[Content, Align]
"""What a cell says and where in its column it stands."""


class Shape(msgspec.Struct, frozen=True):
    """What neighbouring rows must have in common to be one table."""

    widths: tuple[int, ...]
    gap: int
    ruled: bool
    align: Align
    wrap: Wrap


class Rows:
    """Collects rows; ``blocks`` grows as tables are closed."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._shape: Shape | None = None
        self._rows: list[list[Placed]] = []
        self._rules: list[int] = []
        self._boxed = self._rule_next = self._open_top = False

    def row(self, cells: list[Placed], standing: Standing) -> None:
        """A line of text: its cells under the columns in force."""
        widths = standing.widths or (STAR,) * len(cells)
        cells = [*cells, *[("", "centre")] * (len(widths) - len(cells))]  # type: ignore[list-item]
        kept = [(cell, width) for cell, width in zip(cells, widths, strict=False) if width]
        shape = Shape(tuple(width for _, width in kept), standing.gap, standing.ruled, standing.align, standing.wrap)
        if not kept or (shape.widths == (STAR,) and not shape.ruled):
            self.close()
            content, align = kept[0][0] if kept else ("", "left")
            self.blocks.append(Text(content, align, shape.wrap))
            return
        if shape.ruled:
            self._box(shape)
        elif shape != self._shape:
            self.close()
        self._shape = shape
        self._rows.append([cell for cell, _ in kept])

    def rule(self, standing: Standing) -> None:
        """A line of hyphens."""
        if standing.ruled:
            self._rule_next = self._boxed
            return
        self.close()
        nowhere = standing.widths and not any(standing.widths)
        self.blocks.append(Text("") if nowhere else Line(width=standing.room, align=standing.align))

    def cut(self) -> None:
        """A line of equals signs."""
        self.close()
        self.blocks.append(Cut())

    def other(self, block: Block) -> None:
        """Something that is no text: the table above stays open towards it."""
        self._flush(open_bottom=self._boxed)
        self.blocks.append(block)

    def close(self) -> None:
        """End the box or the table in hand."""
        if self._boxed and self._shape is None:
            self.blocks.append(Line())
        self._flush(open_bottom=False)
        self._boxed = self._rule_next = False

    def _box(self, shape: Shape) -> None:
        """Make ready for a row in a box."""
        if self._boxed and self._shape == shape:
            self._rules += [len(self._rows)] if self._rule_next else []
        else:
            unruled = self._boxed and not self._rule_next
            self._flush(open_bottom=unruled)
            self._open_top = unruled
            self._part_boxes()
        self._boxed, self._rule_next = True, False

    def _part_boxes(self) -> None:
        """Boxes one after another have rules of their own: something between keeps a layout from joining them."""
        above = self.blocks[-1] if self.blocks else None
        if not self._boxed and isinstance(above, Table) and above.border != "none":
            self.blocks.append(Feed(0))

    def _flush(self, *, open_bottom: bool) -> None:
        shape, self._shape = self._shape, None
        if shape is None:
            return
        columns = [
            Column(width=max(width, 0), weight=int(width == STAR), align=align, wrap=shape.wrap)
            for width, (_, align) in zip(shape.widths, self._rows[0], strict=True)
        ]
        self.blocks.append(
            Table(
                columns,
                [[_cell(placed, column) for placed, column in zip(row, columns, strict=True)] for row in self._rows],
                gap=shape.gap,
                border="single" if shape.ruled else "none",
                rules=self._rules,
                align=shape.align,
                surplus="drop",
                open_top=self._open_top,
                open_bottom=open_bottom,
            )
        )
        self._rows, self._rules, self._open_top = [], [], False


def _cell(placed: Placed, column: Column) -> Content | Cell:
    content, align = placed
    return content if align == column.align else Cell(content, align=align)
