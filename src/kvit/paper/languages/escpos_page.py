"""Page mode out: letters and symbols at any place, in four directions, printed at once.

One area as large as the page (``ESC W``); the direction changes by ``ESC T``, which counts places from another corner each
time. Every run has its place: ``ESC $`` along the line, ``GS $`` to its baseline. Bar codes stand on the baseline, 2D
symbols hang from it (ePOS-Print XML, ``position``; Epson's reference, ``ESC T``, ``GS $``).
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from kvit.escpos.motion import across, down
from kvit.escpos.profiles import Profile
from kvit.paper.languages.escpos_letters import Letters
from kvit.paper.sheet import Box, Picture, Rule, Run, Symbol
from kvit.paper.symbol import KINDS

PRINT_AND_LEAVE = b"\x0c"

Ground = tuple[int, int, int]
"""Width of the page, where it begins down the roll, its height."""


def opened(profile: Profile, height: int) -> bytes:
    """``ESC L`` and ``ESC W``: a page as wide as the paper."""
    sides = 0, 0, across(profile).units(profile.width_dots), down(profile).units(height)
    return b"\x1bL\x1bW" + b"".join(side.to_bytes(2, "little") for side in sides)


def write(
    boxes: list[Box], ground: Ground, letters: Letters, symbol: Callable[[Symbol], None], profile: Profile
) -> None:
    """The boxes at their places. Raises ValueError for a box no page takes."""
    out = letters.out
    if letters.style.turned:
        letters.look(msgspec.structs.replace(letters.style, turned=False), 0)
    direction, x, baseline = -1, 0, -1
    for box in boxes:
        if isinstance(box, (Rule, Picture)):
            raise ValueError(f"no {type(box).__name__.lower()} is written to a page")
        if box.direction != direction:
            direction, x, baseline = box.direction, 0, -1
            out.append(b"\x1bT%c" % direction)
        along, top, thick, long = own(box, ground)
        wanted = baseline_of(box, top, thick)
        if wanted != baseline:
            out.append(b"\x1d$" + _units(profile, wanted, across_lines=True, direction=direction))
            baseline = wanted
        if along != x:
            out.append(b"\x1b$" + _units(profile, along, across_lines=False, direction=direction))
        if isinstance(box, Run):
            letters.write(box)
            x = along + long
        else:
            symbol(box)
            x = baseline = -1  # where a symbol leaves the head is not relied on


def own(box: Run | Symbol, ground: Ground) -> tuple[int, int, int, int]:
    """A box's place along the line and across the lines, its thickness across and its length along."""
    width, begins, height = ground
    x, y = box.x, box.y - begins
    if box.direction == 0:
        return x, y, box.height, box.width
    if box.direction == 1:
        return height - y - box.height, x, box.width, box.height
    if box.direction == 2:
        return width - x - box.width, height - y - box.height, box.height, box.width
    return y, width - x - box.width, box.width, box.height


def baseline_of(box: Run | Symbol, top: int, thick: int) -> int:
    """The line a box stands on or, for 2D symbols, hangs from."""
    if isinstance(box, Run):
        return top + thick - thick // 8
    return top + thick if KINDS[box.kind].flat else top


def _units(profile: Profile, dots: int, *, across_lines: bool, direction: int) -> bytes:
    """A place in the units of its axis: the paper's vertical ones where it is counted along the roll."""
    along_roll = across_lines != bool(direction & 1)
    return (down if along_roll else across)(profile).units(dots).to_bytes(2, "little")
