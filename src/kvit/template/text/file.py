"""A template as a file: ``NAME.receipt`` is text (`kvit.template.text.read`), anything else JSON as the built-in ones."""

from __future__ import annotations

from typing import Any, Final

import msgspec

from kvit.refusal import Refusal
from kvit.template.builtin import read
from kvit.template.library.model import Recipe
from kvit.template.text.read import recipe_of
from kvit.template.text.scan import TextError

ENDING: Final = ".receipt"
"""Of a file that holds text."""


def recipe_in(text: str, form: str) -> Recipe | Refusal:
    """Read a file: ``text`` (ReceiptLine with Handlebars), else JSON as the built-in templates are written."""
    try:
        return recipe_of(text) if form == "text" else read(text.encode())
    except TextError as error:
        return error.refusal()
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError) as error:
        return Refusal("template.recipe", {"layout": 0, "problem": str(error)[:200]})


def file_of(recipe: Recipe) -> str:
    """Write a recipe as the built-in templates are written, the twin of `kvit.template.builtin.read`."""
    layouts = [
        {"type": each.type, "name": each.name, "sortWeight": each.sort_weight, "content": _written(each.content)}
        for each in recipe.layouts
    ]
    return msgspec.json.format(
        msgspec.json.encode({"requires": recipe.requires, "layouts": layouts}), indent=1
    ).decode()


def _written(content: str) -> Any:
    try:
        return msgspec.json.decode(content)
    except msgspec.DecodeError:
        return content
