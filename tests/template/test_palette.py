"""The fields an editor offers: all of the contract's, each written so that the built-in sample fills it."""

from __future__ import annotations

import json

import pytest

from kvit.template.builtin import recipes
from kvit.template.data import KINDS
from kvit.template.form import Form
from kvit.template.palette import fields, specimens, words_of
from kvit.template.words import Place


@pytest.mark.parametrize("business", [*KINDS, "unheard-of"])
def test_every_field_can_be_put_in_and_is_filled(business: str) -> None:
    found = fields(business)
    assert len({(each.list, each.path) for each in found}) == len(found)
    for data in specimens(business).values():
        for each in found:
            content = [{"content": each.insert, **({"repeat": each.list} if each.list else {})}]
            Form([("", json.dumps(content))], Place("en", "KZ", "KZT")).fill(data)


def test_how_fields_are_written() -> None:
    found = {(each.list, each.path): each for each in fields("shopping")}
    assert found["", "shop.name"].insert == "{{shop.name}}"
    assert found["", "shop.name"].example == "Corner Café"
    assert found["items", "price"].insert == "{{#if price}}{{money price currency=@root.currency}}{{/if}}"
    assert found["", "time"].kind == "moment"
    assert ("", "items") not in found


@pytest.mark.parametrize("business", [*KINDS])
def test_every_specimen_prints(business: str) -> None:
    recipe = recipes()[business, ""]
    layouts = [(each.name, each.content) for each in recipe.layouts if each.content.startswith("[")]
    for data in specimens(business).values():
        assert Form(layouts, Place("en", "KZ", "KZT")).fill(data).document.blocks


def test_the_shops_words_are_found() -> None:
    assert words_of(recipes()["shopping", ""]) == ["slogan"]
