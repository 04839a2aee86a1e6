"""The fields an editor offers: where each stands in the data, and the placeholder that writes it as people expect. Pure.

Read out of the data contract (`kvit.template.data`), so a field that comes there is offered here. A field of a list
(``items``) is offered where that list is gone through. The example is what the built-in sample has there.
"""

from __future__ import annotations

import types
import typing
from typing import Any, Final

import msgspec

from kvit.template.builtin import recipes, samples
from kvit.template.data import KINDS, Part, SaleData
from kvit.template.library.integrate import DYNAMIC
from kvit.template.library.model import Recipe

Kind = typing.Literal["text", "money", "quantity", "rate", "number", "moment"]

MONEY: Final = frozenset(
    {"price", "total", "discount", "subtotal", "change", "amount", "salesTotal", "refundsTotal", "cashIn", "cashOut"}
    | {"cashInDrawer"}
)
NUMBERS: Final = frozenset({"points", "sales", "refunds"})
MOMENTS: Final = frozenset({"time", "opened", "closed", "deliverAt"})
WRITTEN: Final[dict[str, str]] = {
    "text": "{{%s}}",
    "money": "{{#if %s}}{{money %s currency=@root.currency}}{{/if}}",
    "quantity": "{{#if %s}}{{quantity %s}}{{/if}}",
    "rate": "{{#if %s}}{{percent %s}}{{/if}}",
    "number": "{{#if %s}}{{number %s}}{{/if}}",
    "moment": "{{#if %s}}{{datetime %s}}{{/if}}",
}
"""How a field of a kind is written; what may be absent is asked for first."""
EXAMPLE_LETTERS_MAX: Final = 40


class Field(msgspec.Struct, frozen=True):
    """One field. ``list``: the list it is of, empty for the receipt's own."""

    path: str
    list: str
    kind: Kind
    insert: str
    example: str


def fields(business: str) -> list[Field]:
    """Give what may stand on a paper of a business, in the contract's order."""
    sample = samples().get(business) or samples()["shopping"]
    return _fields(KINDS.get(business, SaleData), "", "", sample)


def _fields(part: type[Part], before: str, of_list: str, sample: Any) -> list[Field]:
    found: list[Field] = []
    hints = typing.get_type_hints(part)
    for each in msgspec.structs.fields(part):
        name, example = each.encode_name, sample.get(each.encode_name) if isinstance(sample, dict) else None
        inner, repeated = _inner(hints[each.name])
        if inner is None:
            found.append(_field(before + name, of_list, _kind(name, hints[each.name]), example))
        elif repeated:
            found += _fields(inner, "", name, example[0] if isinstance(example, list) and example else {})
        else:
            found += _fields(inner, f"{before}{name}.", of_list, example)
    return found


def _inner(hint: Any) -> tuple[type[Part] | None, bool]:
    """The part a field holds, and whether many of them."""
    if isinstance(hint, type) and issubclass(hint, Part):
        return hint, False
    of = typing.get_args(hint)
    if typing.get_origin(hint) is tuple and isinstance(of[0], type) and issubclass(of[0], Part):
        return of[0], True
    return None, False


def _kind(name: str, hint: Any) -> Kind:
    whole = hint is int or (typing.get_origin(hint) is types.UnionType and int in typing.get_args(hint))
    if not whole:
        return "moment" if name in MOMENTS else "text"
    if name in MONEY:
        return "money"
    if name in NUMBERS:
        return "number"
    assert name in ("quantity", "rate"), f"nobody said how {name} is written"
    return "quantity" if name == "quantity" else "rate"


def _field(path: str, of_list: str, kind: Kind, example: Any) -> Field:
    shown = "" if example is None else str(example)[:EXAMPLE_LETTERS_MAX]
    return Field(path, of_list, kind, WRITTEN[kind].replace("%s", path), shown)


def words_of(*of: Recipe) -> list[str]:
    """Give the names of dynamic values (``{{$name}}``) that recipes hold, sorted."""
    return sorted({name for recipe in of for layout in recipe.layouts for name in DYNAMIC.findall(layout.content)})


def specimens(business: str) -> dict[str, dict[str, Any]]:
    """Give data to look at a template with: ``usual``, ``long`` (many items, large sums), ``bare`` (the required)."""
    usual = samples().get(business) or samples()["shopping"]
    return {"usual": usual, "long": _long(usual), "bare": _bare(business, usual)}


def _long(usual: dict[str, Any]) -> dict[str, Any]:
    def grown(name: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {key: grown(key, each) for key, each in value.items()}
        if isinstance(value, list):
            return [grown(name, each) for each in value * (6 if name == "items" else 1)]
        if isinstance(value, int) and name in MONEY:
            return value * 1_000
        return f"{value}, {value.lower()}" if name == "name" and isinstance(value, str) else value

    found: dict[str, Any] = grown("", usual)
    return found


def _bare(business: str, usual: dict[str, Any]) -> dict[str, Any]:
    recipe = recipes().get((business, "")) or Recipe()
    names = {field.partition(".")[0] for field in recipe.requires} | {"currency"}
    return {name: value for name, value in usual.items() if name in names}
