"""Tables: how wide columns are.

Widths are whole cells of font A. Fixed columns have theirs, columns without width or weight are as wide as their widest
cell, columns with a weight share what is left, by largest remainders. Where fixed and automatic columns take more than
there is, the widest automatic one gives way first, then the widest of all, until each has at least one cell.
"""

from __future__ import annotations

from kvit.paper.document import Column
from kvit.paper.typeset import Pieces, width_of

Cell = list[Pieces]
"""The lines a cell's own text makes."""


def widths_of(columns: list[Column], rows: list[list[Cell]], room: int, gap: int, cell: int) -> list[int] | None:
    """Cells of each column, ``room`` cells in all with gaps; None when there is not even one cell for each."""
    return shared(columns, [_wish(column, number, rows, cell) for number, column in enumerate(columns)], room, gap)


def shared(columns: list[Column], wishes: list[int], room: int, gap: int) -> list[int] | None:
    """The same from what each column would like (0 for those with a weight)."""
    free = room - gap * (len(columns) - 1)
    if free < len(columns):
        return None
    widths = list(wishes)
    weights = [0 if column.width else column.weight for column in columns]
    least = sum(1 for weight in weights if weight)
    while sum(widths) + least > free:
        narrow = [n for n, column in enumerate(columns) if widths[n] > 1 and not column.width]
        widest = max(narrow or range(len(widths)), key=lambda n: (widths[n], n))
        widths[widest] -= 1
    if least:
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
    """Divide cells by weight, at least one each, the remainders to the largest fractions, from the right."""
    total = sum(weights)
    if not total:
        return [0] * len(weights)
    spare = free - sum(1 for weight in weights if weight)
    shares = [spare * weight // total + (weight > 0) for weight in weights]
    order = sorted((n for n, w in enumerate(weights) if w), key=lambda n: (-(spare * weights[n] % total), -n))
    for number in order[: free - sum(shares)]:
        shares[number] += 1
    return shares
