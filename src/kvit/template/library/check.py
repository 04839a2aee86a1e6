"""What a recipe, a dynamic value and a name must be before they are kept. Pure.

A dynamic value is put into the template's text, so it may not open a placeholder of its own: one with ``{{`` in it, with
a brace at either end (its neighbour could be another), or with a backslash at its end (which would take away the meaning
of a placeholder behind it) is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from kvit.refusal import Refusal
from kvit.template.library.model import (
    CONTENT_LETTERS_MAX,
    LAYOUTS_MAX,
    NAME_LETTERS_MAX,
    PARAM_LETTERS_MAX,
    PARAMS_MAX,
    REQUIRED_MAX,
    SHARED,
    Key,
    Recipe,
)

WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
"""A business, a variant, a type: they stand in URLs."""
PARAM: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
FIELD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}(?:\.[A-Za-z_][A-Za-z0-9_]{0,63}){0,7}")

ReadContent = Callable[[str], str]
"""Says what is wrong with one layout's content; empty: nothing. `kvit.template.layout` has it."""


def wrong_key(key: Key) -> Refusal | None:
    """Say why a template can not be called so."""
    if WORD.fullmatch(key.business) and (not key.variant or WORD.fullmatch(key.variant)):
        return None
    return Refusal("template.name", {"name": f"{key.business}/{key.variant}"[:80]})


def wrong_recipe(recipe: Recipe, read_content: ReadContent) -> Refusal | None:
    """Say what is wrong with a recipe, the first of it: ``template.recipe`` with the layout's number from 1 and why."""
    if len(recipe.layouts) > LAYOUTS_MAX or len(recipe.requires) > REQUIRED_MAX:
        return Refusal("template.recipe", {"layout": 0, "problem": f"> {LAYOUTS_MAX}"})
    bad = next((field for field in recipe.requires if not FIELD.fullmatch(field)), None)
    if bad is not None:
        return Refusal("template.recipe", {"layout": 0, "problem": bad[:80]})
    for number, layout in enumerate(recipe.layouts, 1):
        problem = _wrong_layout(layout.type, layout.name, layout.content, layout.sort_weight)
        if not problem and layout.content != SHARED:
            problem = read_content(layout.content)
        if problem:
            return Refusal("template.recipe", {"layout": number, "problem": problem})
    return None


def _wrong_layout(type_: str, name: str, content: str, weight: int) -> str:
    if not WORD.fullmatch(type_):
        return f"type: {type_[:40]}"
    if len(name) > NAME_LETTERS_MAX or len(content) > CONTENT_LETTERS_MAX or not abs(weight) < 1 << 31:
        return "too long"
    return "\\0" if "\0" in name + content else ""


def wrong_params(values: Mapping[str, str]) -> Refusal | None:
    """Say what is wrong with dynamic values: ``template.param`` with the name of the first bad one."""
    if len(values) > PARAMS_MAX:
        return Refusal("template.param", {"name": "", "limit": PARAMS_MAX})
    for name, value in values.items():
        if not PARAM.fullmatch(name) or len(value) > PARAM_LETTERS_MAX or "\0" in value:
            return Refusal("template.param", {"name": name[:64], "limit": PARAM_LETTERS_MAX})
        if "{{" in value or value.startswith("{") or value.endswith(("\\", "{")):
            return Refusal("template.param_braces", {"name": name})
    return None


def read_objects(content: str) -> str:
    """Say why a content is no JSON list of objects, or of lists of them; empty where it is. The least it must be."""
    try:
        found = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError) as error:
        return str(error)
    if isinstance(found, list) and (
        _objects(found) or all(isinstance(each, list) and _objects(each) for each in found)
    ):
        return ""
    return "a list of objects is wanted, or a list of such lists"


def _objects(found: list[object]) -> bool:
    return all(isinstance(each, dict) for each in found)
