"""What lies in a pack: templates as JSON or as text."""

from __future__ import annotations

import pytest

from kvit.template.packs import content
from kvit.template.packs.manifest import PackError
from tests.template.packs.made import pack

TEXT = b"{requires: items}\n{layout: title; name: Table}\n^^^Table {{table}}^^^\n"


def test_a_template_may_be_written_as_text() -> None:
    found = content.recipes(pack(files={"templates/kitchen.loud.receipt": TEXT}))
    recipe = found["kitchen", "loud"]
    assert (recipe.requires, recipe.layouts[0].name) == (("items",), "Table")


def test_a_text_that_can_not_be_read_is_named_with_its_place() -> None:
    with pytest.raises(PackError, match=r"kitchen\.receipt:2:1"):
        content.recipes(pack(files={"templates/kitchen.receipt": b"a\n=\n"}))
