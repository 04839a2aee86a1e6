"""Rules: level lines of box-drawing letters that join the uprights above and below them.

An `Edge` is one side of a bordered thing: where its uprights stand, in cells, and how far it reaches. The level rule
between two of them has at every cell the letter whose arms go where strokes go: ``┬`` where an upright begins, ``┼`` where
one crosses. Code page 437 has all of them, single and double, and the joints of one with the other.

Left out: joints with arms of two weights on one axis; there is no such letter, the heavier arm wins.
"""

from __future__ import annotations

import msgspec

WEIGHTS = {"single": 1, "double": 2}
LEVEL = " ─═"
UPRIGHT = " │║"
CROSSINGS = {
    # arms: up, down, left, right; then single, level double, upright double, all double
    "0101": "┌╒╓╔", "0110": "┐╕╖╗", "1001": "└╘╙╚", "1010": "┘╛╜╝", "1101": "├╞╟╠", "1110": "┤╡╢╣", "0111": "┬╤╥╦",
    "1011": "┴╧╨╩", "1111": "┼╪╫╬", "1100": "││║║", "0011": "─═─═", "1000": "││║║", "0100": "││║║", "0010": "─═─═",
    "0001": "─═─═", "0000": "    ",
}  # fmt: skip

ASCII = str.maketrans(dict.fromkeys("".join(CROSSINGS.values()).replace(" ", ""), "+") | {
    "─": "-", "═": "=", "│": "|", "║": "|",
})  # fmt: skip
"""For heads that have these letters only as wide ones."""


class Edge(msgspec.Struct, frozen=True):
    """Uprights by cell, one weight for all; ``left`` in dots says where cell 0 begins. The outermost are its ends."""

    left: int
    uprights: tuple[int, ...]
    weight: int

    @property
    def start(self) -> int:
        """The first cell it covers."""
        return self.uprights[0]

    @property
    def end(self) -> int:
        """The last cell it covers."""
        return self.uprights[-1]


def level(above: Edge | None, below: Edge | None, weight: int = 0) -> str:
    """The rule between two edges of the same ``left``, from cell 0 on; nothing where neither reaches."""
    edges = [edge for edge in (above, below) if edge is not None]
    stroke = max(weight, *(edge.weight for edge in edges))
    last = max(edge.end for edge in edges)
    ups = frozenset(above.uprights) if above else frozenset()
    downs = frozenset(below.uprights) if below else frozenset()
    made: list[str] = []
    for cell in range(last + 1):
        up, down = cell in ups, cell in downs
        before = any(edge.start < cell <= edge.end for edge in edges)
        behind = any(edge.start <= cell < edge.end for edge in edges)
        if not (up or down):
            made.append(LEVEL[stroke] if before else " ")
            continue
        upright = max(above.weight if above and up else 0, below.weight if below and down else 0)
        arms = f"{int(up)}{int(down)}{int(before)}{int(behind)}"
        made.append(CROSSINGS[arms][(stroke == WEIGHTS["double"]) + 2 * (upright == WEIGHTS["double"])])
    return "".join(made)
