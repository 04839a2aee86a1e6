"""``page`` of ePOS-Print XML out: letters and symbols at any place, in four directions, printed at once.

One ``area`` as large as the page; ``direction`` changes from which corner places are counted; every run and symbol has its
``position``: along the line, and down to its baseline (2D symbols hang from it). All lengths are dots. Source: ePOS-Print
XML User's Manual, ``page``, ``area``, ``direction``, ``position``.
"""

from __future__ import annotations

from collections.abc import Callable

from kvit.paper.languages import epos_names as names
from kvit.paper.languages.escpos_page import baseline_of, own
from kvit.paper.languages.printing_order import Leaf
from kvit.paper.sheet import Picture, Rule, Run, Symbol


def page(leaf: Leaf, width: int, text: Callable[[Run], str], symbol: Callable[[Symbol], str]) -> str:
    """The element of a page. Raises ValueError for a box no page takes."""
    parts = [f'<page><area x="0" y="0" width="{width}" height="{leaf.height}"/>']
    direction = -1
    for box in leaf.boxes:
        if isinstance(box, (Rule, Picture)):
            raise ValueError(f"no {type(box).__name__.lower()} is written to a page")
        if box.direction != direction:
            direction = box.direction
            parts.append(f'<direction dir="{names.DIRECTIONS[direction]}"/>')
        along, top, thick, _ = own(box, (width, leaf.y, leaf.height))
        place = f'<position x="{along}" y="{baseline_of(box, top, thick)}"/>'
        parts.append(place + (text(box) if isinstance(box, Run) else symbol(box)))
    return "".join(parts) + "</page>"
