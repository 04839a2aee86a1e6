"""What a stream means to the person at the till: letters and looks, symbols, pictures, cuts and pulses in their order.

Blank letters and how far the paper was fed are left out, and so is how a line was cut into runs: two programs may write the
same receipt in different commands. ``begins`` tells where each line begins, for receipts with the same measures.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

import numpy as np

from kvit.paper.sheet import Event, Picture, Run, Sheet, Style, Symbol
from kvit.paper.width import clusters

Look = tuple[Any, ...]
Said = tuple[Any, ...]
"""("letters", text, look), ("symbol", kind, data …), ("picture", dots), ("cut", full), ("pulse", pin)."""


def look_of(style: Style) -> Look:
    """What of a style a person sees, named where it is not the usual."""
    named = {
        "bold": style.bold, "underline": style.underline, "italic": style.italic, "invert": style.invert,
        "font": "" if style.font == "A" else style.font, "turned": style.turned, "colour": style.colour,
    }  # fmt: skip
    size = () if style.width == style.height == 1 else ((style.width, style.height),)
    return (*(name if value is True else (name, value) for name, value in named.items() if value), *size)


def meaning(sheet: Sheet) -> list[Said]:
    """The sheet in the order it was printed."""
    things: list[tuple[int, Said]] = [(box.start, _of_run(box)) for box in sheet.boxes if isinstance(box, Run)]
    things += [(box.start, _of_symbol(box)) for box in sheet.boxes if isinstance(box, Symbol)]
    things += [(box.start, _of_picture(box)) for box in sheet.boxes if isinstance(box, Picture)]
    things += [(each.start, _of_event(each)) for each in sheet.events if each.kind not in ("reset", "display")]
    return _joined([said for _, said in sorted(things, key=lambda each: each[0])])


def letters_of(sheet: Sheet) -> str:
    """Every letter that is not blank, in order."""
    return "".join(said[1] for said in meaning(sheet) if said[0] == "letters")


def begins(sheet: Sheet) -> list[tuple[str, int]]:
    """The first letter of every line and the dot across where it begins."""
    found = []
    rows = [box for box in sheet.boxes if isinstance(box, Run) and box.text.strip()]
    for _, row in groupby(rows, key=lambda run: run.y + run.height - run.height // 8):
        first = min(row, key=lambda run: run.x)
        blank = len(first.text) - len(first.text.lstrip())
        found.append((first.text.lstrip()[0], first.x + blank * first.advance))
    return found


def _of_run(run: Run) -> Said:
    return "letters", "".join(each for each in clusters(run.text) if each.strip()), look_of(run.style)


def _of_symbol(box: Symbol) -> Said:
    return (
        "symbol",
        box.kind,
        box.data,
        box.module,
        box.bar_height,
        box.level,
        box.hri if box.hri_place else "",
        box.fault,
    )


def _of_picture(box: Picture) -> Said:
    rows = [np.packbits(row).tobytes().rstrip(b"\0") for row in dots_of(box)]
    return "picture", [row for row in rows if row]


def dots_of(box: Picture) -> Any:
    """Rows by columns of 0 and 1, stretched as on paper."""
    packed = np.frombuffer(box.bits, np.uint8).reshape(box.rows, -1)
    dots = np.unpackbits(packed, axis=1, count=box.columns)
    return dots.repeat(box.scale_y, axis=0).repeat(box.scale_x, axis=1)


def _of_event(event: Event) -> Said:
    values = event.values
    if event.kind == "cut":
        return "cut", values.get("full")
    if event.kind == "pulse":
        return "pulse", values.get("pin")
    return (event.kind,)


def _joined(said: list[Said]) -> list[Said]:
    """Letters of one look that follow each other are one; strips of one picture are one."""
    made: list[Said] = []
    for kind, group in groupby(said, key=lambda each: (each[0], each[2] if each[0] == "letters" else None)):
        held = list(group)
        if kind[0] == "letters":
            text = "".join(each[1] for each in held)
            made += [("letters", text, kind[1])] if text else []
        elif kind[0] == "picture":
            made.append(("picture", [row for each in held for row in each[1]]))
        else:
            made += held
    return made
