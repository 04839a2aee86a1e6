"""The order things come off a head: lines of letters, blocks standing alone, what the machine does between them.

A sheet keeps boxes in printing order, a box each; a head prints lines. Boxes that share a baseline are one line; a drawer's
pulse, a cut or a beep stands before whatever lies below the place the paper stood at. Boxes behind an event ``page`` come
together, since they are printed at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from kvit.paper.sheet import Box, Event, Picture, Rule, Run, Sheet, Symbol

Lettered = Run | Picture
"""What stands on a line: letters, and dots in the place of letters."""
Line = list[Lettered]
Block = Picture | Symbol | Rule
NOWHERE = (-1, 0)
"""No line's baseline."""


class Leaf(NamedTuple):
    """What is printed at once: where it begins down the roll, how tall it is, its boxes."""

    y: int
    height: int
    boxes: list[Box]


Thing = Line | Block | Leaf | Event


def rise(box: Lettered) -> int:
    """How far a box stands above the baseline: letters hang an eighth below it, dots as far as a plain letter."""
    return box.height - box.height // 8 if isinstance(box, Run) else max(box.height - 3, 1)


def measure(line: Line) -> tuple[int, int]:
    """A line's height above the baseline and its whole height, in dots."""
    above = max(rise(box) for box in line)
    return above, above + max(box.height - rise(box) for box in line)


def top_of(line: Line) -> int:
    """Where a line begins down the roll; a line upside down begins where its lowest letter would end."""
    if len(line) == 1:
        return line[0].y
    if line[0].direction == 2:
        return max(box.y + box.height for box in line) - measure(line)[1]
    return min(box.y for box in line)


def in_order(sheet: Sheet, stands_in_line: Callable[[Box], bool]) -> Iterator[Thing]:
    """Lines, blocks, pages and events as they come off the head."""
    boxes, events = sheet.boxes, sheet.events
    begin = first = 0
    for number, event in enumerate(events):
        if event.kind == "page":
            height = int(event.values["height"])
            top = _first_at(boxes, begin, event.y)
            foot = _first_at(boxes, top, event.y + height)
            yield from _between(boxes[begin:top], events[first:number], stands_in_line)
            yield Leaf(event.y, height, boxes[top:foot])
            begin, first = foot, number + 1
    yield from _between(boxes[begin:] if begin else boxes, events[first:] if first else events, stands_in_line)


def _first_at(boxes: list[Box], begin: int, y: int) -> int:
    """The number of the first box at or below ``y``."""
    return next((at for at in range(begin, len(boxes)) if boxes[at].y >= y), len(boxes))


def _between(boxes: list[Box], events: list[Event], stands_in_line: Callable[[Box], bool]) -> Iterator[Thing]:
    coming = iter(events)
    event = next(coming, None)
    for thing in _things(boxes, stands_in_line):
        while event is not None and event.y <= (top_of(thing) if isinstance(thing, list) else thing.y):
            yield event
            event = next(coming, None)
        yield thing
    if event is not None:
        yield event
    yield from coming


def _things(boxes: list[Box], stands_in_line: Callable[[Box], bool]) -> Iterator[Line | Block]:
    line: Line = []
    baseline = NOWHERE
    for box in boxes:
        if isinstance(box, (Run, Picture)) and stands_in_line(box):
            own = _baseline(box)
            if own == baseline:
                line.append(box)
                continue
            if line:
                yield line
            line, baseline = [box], own
            continue
        if line:
            yield line
            line, baseline = [], NOWHERE
        assert not isinstance(box, Run)
        yield box
    if line:
        yield line


def _baseline(box: Lettered) -> tuple[int, int]:
    if box.direction == 2:
        return 2, box.y + box.height - rise(box)
    return box.direction, box.y + rise(box)
