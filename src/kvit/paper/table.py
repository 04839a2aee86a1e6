"""Tables: how wide columns are, and how cells become lines.

Widths are whole cells of font A. Fixed columns have theirs, columns without width or weight are as wide as their widest
cell, columns with a weight share what is left, by largest remainders. Where fixed and automatic columns take more than
there is, the widest automatic one gives way first, then the widest of all, until each has at least one cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

from kvit.paper.document import Column
from kvit.paper.typeset import Pieces, Typesetter, lines, width_of

Cell = list[Pieces]
"""The lines a cell's own text makes."""


def widths_of(columns: list[Column], rows: list[list[Cell]], room: int, gap: int, cell: int) -> list[int] | None:
    """Cells of each column, ``room`` cells in all with gaps; None when there is not even one cell for each."""
    free = room - gap * (len(columns) - 1)
    if free < len(columns):
        return None
    widths = [_wish(column, number, rows, cell) for number, column in enumerate(columns)]
    weights = [0 if column.width else column.weight for column in columns]
    least = sum(1 for weight in weights if weight)
    while sum(widths) + least > free:
        narrow = [n for n, column in enumerate(columns) if widths[n] > 1 and not column.width]
        widest = max(narrow or range(len(widths)), key=lambda n: widths[n])
        widths[widest] -= 1
    for number, share in enumerate(_shares(free - sum(widths), weights)):
        widths[number] += share
    return widths


def _wish(column: Column, number: int, rows: list[list[Cell]], cell: int) -> int:
    if column.width:
        return column.width
    if column.weight:
        return 0
    widest = max((width_of(line) for row in rows if number < len(row) for line in row[number]), default=0)
    return max(-(-widest // cell), 1)


def _shares(free: int, weights: list[int]) -> list[int]:
    """Divide cells by weight, at least one each, the remainders to the largest fractions, from the left."""
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    spare = free - sum(1 for weight in weights if weight)
    shares = [spare * weight // total + (weight > 0) for weight in weights]
    order = sorted((n for n, w in enumerate(weights) if w), key=lambda n: -(spare * weights[n] % total))
    for number in order[: free - sum(shares)]:
        shares[number] += 1
    return shares


def rows_of(
    rows: list[list[Cell]], columns: list[Column], widths: list[int], cell: int, setter: Typesetter
) -> Iterator[list[list[Pieces]]]:
    """Each row as lines, each line as the pieces of every column (empty where a cell has ended)."""
    for row in rows:
        broken = [
            [line for paragraph in held for line in lines(paragraph, width * cell, column.wrap, setter)]
            for held, width, column in zip(row, widths, columns, strict=False)
        ]
        yield [list(line) for line in zip_longest(*broken, fillvalue=())]
