"""A shop's template put together: its own layouts over the base's, shared ones in their place, dynamic values in. Pure.

Within a content only strings of its JSON are filled, never the JSON's own text, so a value with quotes or line ends stays
what it is. ``{{$name}}`` is filled here, ``{{name}}`` is left for the data of the sale.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from kvit.template.library.model import BASE, EVERY, NONE, SHARED, Layout, Recipe

DYNAMIC: Final = re.compile(r"\{\{\s*\$([A-Za-z_][A-Za-z0-9_]{0,63})\s*\}\}")
NOTHING: Final = "{{!}}"
"""In the place of a value nobody gave: an empty comment, so that a line of nothing else is left out and not left empty."""
DEPTH_MAX: Final = 32
"""Of a content's JSON; content objects in content objects end long before."""

Params = Mapping[tuple[str, str], Mapping[str, str]]
"""Dynamic values of one shop, by business and type."""


def merged(own: Recipe | None, base: Recipe | None) -> Recipe:
    """The shop's recipe over the base's: of each type the shop has, its layouts alone count."""
    if own is None or base is None:
        return own or base or Recipe()
    types = {layout.type for layout in own.layouts}
    layouts = [*own.layouts, *(layout for layout in base.layouts if layout.type not in types)]
    return Recipe(tuple(layouts), tuple(dict.fromkeys((*own.requires, *base.requires))))


def expanded(recipe: Recipe, shared: Recipe) -> list[Layout]:
    """The layouts in the order of their weights, each shared one replaced by all of its type, at its own place.

    Those that only say that nothing of their type is wanted are gone.
    """
    by_type: dict[str, list[Layout]] = {}
    for layout in sorted(shared.layouts, key=lambda each: each.sort_weight):
        by_type.setdefault(layout.type, []).append(layout)
    ordered = sorted(recipe.layouts, key=lambda each: each.sort_weight)
    found = [one for each in ordered for one in (by_type.get(each.type, []) if each.content == SHARED else [each])]
    return [each for each in found if each.content != NONE]


def values_for(params: Iterable[Params], business: str, type_: str) -> dict[str, str]:
    """Dynamic values that hold at a place: the nearer to it, the stronger; ``params`` are base first, shop last."""
    found: dict[str, str] = {}
    for shop in params:
        for place in ((EVERY, BASE), (EVERY, type_), (business, BASE), (business, type_)):
            found.update(shop.get(place, {}))
    return found


def filled(content: str, values: Mapping[str, str], missing: set[str]) -> str:
    """A content with its dynamic values; names nobody gave are added to ``missing``, and `NOTHING` stands there."""
    if not DYNAMIC.search(content):
        return content

    def fill(found: re.Match[str]) -> str:
        if found[1] not in values:
            missing.add(found[1])
        return values.get(found[1]) or NOTHING

    return msgspec.json.encode(_filled(msgspec.json.decode(content), fill, DEPTH_MAX)).decode()


def _filled(value: Any, fill: Any, depth: int) -> Any:
    if isinstance(value, str):
        return DYNAMIC.sub(fill, value)
    if depth and isinstance(value, list):
        return [_filled(each, fill, depth - 1) for each in value]
    if depth and isinstance(value, dict):
        return {key: _filled(each, fill, depth - 1) for key, each in value.items()}
    return value
