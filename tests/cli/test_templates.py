"""``kvit templates`` against the shop's own verbs: out, in, copied, and from one form to the other."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from kvit.app import control
from kvit.app.template_verbs import TemplateVerbs
from kvit.shop import ShopSettings
from kvit.template import builtin
from kvit.template.library import service
from kvit.template.library.model import Integrated, Key, Recipe
from kvit.template.text.file import file_of
from tests.cli.running import good, refused
from tests.receipt.printouts import SHOP
from tests.web.house import House, open_house
from tests.web.templating import templating

SHOPS = {SHOP: ShopSettings(id=SHOP), "shop-2": ShopSettings(id="shop-2")}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    with open_house(tmp_path) as house:
        templating(house)
        object.__setattr__(house.context, "shops", SHOPS.get)
        verbs = TemplateVerbs(house.context).verbs()

        async def run(verb: control.Verb, told: dict[str, Any]) -> dict[str, Any]:
            return await verb(told)

        def ask(folder: Path, verb: str, **values: object) -> dict[str, Any]:
            told = json.loads(json.dumps({"verb": verb, **values}))  # as the socket carries it
            answer: dict[str, Any] = json.loads(json.dumps(asyncio.run(run(verbs[verb], told))))
            return answer

        monkeypatch.setattr(control, "ask", ask)
        yield house


def test_out_as_text_in_again_and_it_prints(shop: House, tmp_path: Path) -> None:
    file = tmp_path / "kitchen.receipt"
    good("templates", "show", "kitchen", "-o", file)
    file.write_text(file.read_text("utf-8") + "Hot!\n", "utf-8")
    assert "draft" in good("templates", "keep", "kitchen", file).decode()
    assert "Version 1" in good("templates", "keep", "kitchen", file, "--publish", "--note", "hot").decode()
    prints = shop.db.read_now(service.integrated, Key(SHOP, "kitchen"))
    assert isinstance(prints, Integrated)
    assert "Hot!" in prints.layouts[-1].content
    listed = json.loads(good("templates", "list", "--json"))
    assert {"business": "kitchen", "variant": "", "own": True, "version": 1, "draft": False} in listed
    assert b"kitchen" in good("templates", "list")


def test_a_text_that_can_not_be_read_is_told_with_its_place(shop: House, tmp_path: Path) -> None:
    file = tmp_path / "kitchen.receipt"
    file.write_text("a\n=\n")
    assert "line 2, column 1" in refused("templates", "keep", "kitchen", file)
    assert refused("templates", "keep", "kitchen", tmp_path / "none.json")
    assert refused("templates", "show", "nothing-there")


def test_a_template_goes_from_shop_to_shop(shop: House, tmp_path: Path) -> None:
    file = tmp_path / "kitchen.receipt"
    file.write_text("Ours\n")
    good("templates", "keep", "kitchen", file, "--publish")
    good("templates", "copy", "kitchen", "--from", SHOP, "--shop", "shop-2")
    draft = shop.db.read_now(service.recipe, Key("shop-2", "kitchen"), 0)
    assert isinstance(draft, Recipe)
    assert "Ours" in draft.layouts[0].content
    assert refused("templates", "copy", "kitchen", "--from", "nobody", "--shop", "shop-2")


@pytest.mark.parametrize("name", ["shopping", "label"])
def test_json_and_text_turn_into_each_other(name: str, tmp_path: Path) -> None:
    recipe = builtin.recipes()[name, ""]
    (tmp_path / "a.json").write_text(file_of(recipe), "utf-8")
    good("templates", "convert", tmp_path / "a.json", "-o", tmp_path / "a.receipt")
    back = good("templates", "convert", tmp_path / "a.receipt")
    assert builtin.read(back).requires == recipe.requires
    again = tmp_path / "b.json"
    again.write_bytes(back)
    assert good("templates", "convert", again) == (tmp_path / "a.receipt").read_bytes()
    assert msgspec.json.decode(back)["layouts"][0]["type"] == recipe.layouts[0].type
