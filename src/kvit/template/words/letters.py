"""``pad column upper lower join default``: texts by the cell, as a receipt head prints them.

Widths are cells (`kvit.paper.width`): a Han letter takes two, a mark none, so columns stay columns in every script.
"""

from __future__ import annotations

from typing import Any

from kvit.paper.width import cells, clusters
from kvit.template.handlebars.block import Call, Helper
from kvit.template.handlebars.values import SafeString, is_true, write
from kvit.template.words.exact import whole

WIDTH_MAX = 255
"""Cells: four times the widest paper."""
ITEMS_MAX = 10_000
"""Of a list that is joined."""


def pad(call: Call, value: Any = None, width: Any = 0) -> str:
    """``{{pad text 10 align="right" fill="."}}``: filled up to a width; a longer text stays whole."""
    return _padded(call, _text(value), whole(width, 0, WIDTH_MAX))


def column(call: Call, value: Any = None, width: Any = 0) -> str:
    """``{{column text 10 align="right"}}``: exactly so wide; what has no room is cut, between letters."""
    room = whole(width, 0, WIDTH_MAX)
    return _padded(call, cut(_text(value).replace("\n", " "), room), room)


def cut(text: str, width: int) -> str:
    """Give as many letters from the beginning as fit into a width."""
    if cells(text) <= width:
        return text
    kept, used = [], 0
    for cluster in clusters(text[: 8 * width + 8]):
        used += cells(cluster)
        if used > width:
            break
        kept.append(cluster)
    return "".join(kept)


def _padded(call: Call, text: str, width: int) -> str:
    room = max(0, width - cells(text))
    fill = write(call.hash.get("fill", " "))
    if cells(fill) != 1 or len(fill) != 1:
        raise ValueError("fill is one letter of one cell")
    align = call.hash.get("align", "left")
    if align == "left":
        return text + fill * room
    if align == "right":
        return fill * room + text
    if align in ("center", "centre"):
        return fill * (room // 2) + text + fill * (room - room // 2)
    raise ValueError("align is left, right or center")


def _text(value: Any) -> str:
    """Letters that may be cut and changed; a symbol in a text may not."""
    if isinstance(value, SafeString):
        raise ValueError("a text is wanted")
    return write(value)


def upper(call: Call, value: Any = None) -> str:
    """Capital letters."""
    return _text(value).upper()


def lower(call: Call, value: Any = None) -> str:
    """Small letters."""
    return _text(value).lower()


def join(call: Call, values: Any = None, between: Any = ", ") -> str:
    """``{{join list ", "}}``: a list as one text; nothing for what is no list."""
    if not isinstance(values, list | tuple):
        return ""
    if len(values) > ITEMS_MAX:
        raise ValueError(f"a list of more than {ITEMS_MAX}")
    call.scope.run.steps -= len(values)
    return write(between).join([write(each) for each in values])


def default(call: Call, *values: Any) -> Any:
    """``{{default nick name "Guest"}}``: the first that is not empty."""
    return next((value for value in values if is_true(value) or (value == 0 and value is not False)), None)


WORDS: dict[str, Helper] = {
    "pad": pad,
    "column": column,
    "upper": upper,
    "lower": lower,
    "join": join,
    "default": default,
}
