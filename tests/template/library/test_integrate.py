"""A shop's template put together: whose layouts count, in which order, and what a dynamic value can not do."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.template.library.check import read_objects, wrong_params, wrong_recipe
from kvit.template.library.integrate import NOTHING, expanded, filled, merged, values_for
from kvit.template.library.model import CONTENT_LETTERS_MAX, NONE, SHARED, Layout, Recipe


def layout(type_: str, weight: int = 0, content: str = "[{}]", name: str = "") -> Layout:
    return Layout(type_, name or type_, content, weight)


BASE = Recipe((layout("header", 1), layout("items", 2, SHARED), layout("payment", 3)), ("total",))


@pytest.mark.parametrize(
    ("own", "base", "names"),
    [
        (None, None, []),
        (None, BASE, ["header", "items", "payment"]),
        (BASE, None, ["header", "items", "payment"]),
        (Recipe((layout("header", 9, name="mine"),)), BASE, ["items", "payment", "mine"]),
        (Recipe((layout("logo", 0), layout("header", 1, name="a"), layout("header", 1, name="b"))), BASE,
         ["logo", "a", "b", "items", "payment"]),
    ],
)  # fmt: skip
def test_a_shops_layouts_of_a_type_replace_the_bases(own: Recipe | None, base: Recipe | None, names: list[str]) -> None:
    shared = Recipe((layout("items"),))
    assert [each.name for each in expanded(merged(own, base), shared)] == names


def test_shared_layouts_stand_at_the_place_of_the_one_that_names_them() -> None:
    shared = Recipe((layout("items", 5, name="two"), layout("items", 1, name="one"), layout("payment", 0, name="no")))
    assert [each.name for each in expanded(BASE, shared)] == ["header", "one", "two", "payment"]
    assert [each.name for each in expanded(BASE, Recipe())] == ["header", "payment"]


def test_nothing_of_a_type_is_wanted() -> None:
    own = Recipe((layout("payment", 0, NONE),))
    assert [each.name for each in expanded(merged(own, BASE), Recipe((layout("items"),)))] == ["header", "items"]


def test_the_nearest_value_holds() -> None:
    base = {("*", ""): {"a": "1", "b": "1", "c": "1", "d": "1", "e": "1"}}
    shop = {
        ("*", ""): {"b": "2", "c": "2", "d": "2", "e": "2"}, ("*", "header"): {"c": "3", "d": "3", "e": "3"},
        ("shopping", ""): {"d": "4", "e": "4"}, ("shopping", "header"): {"e": "5"}, ("refund", ""): {"a": "no"},
    }  # fmt: skip
    assert values_for((base, shop), "shopping", "header") == {"a": "1", "b": "2", "c": "3", "d": "4", "e": "5"}


def test_only_dollar_names_are_filled_and_only_in_strings() -> None:
    content = '[{"content":"{{$logo}} {{ $phone }} {{mobile}}","contentType":"text","width":45}]'
    missing: set[str] = set()
    got = json.loads(filled(content, {"logo": "a"}, missing))
    assert got == [{"content": "a {{!}} {{mobile}}", "contentType": "text", "width": 45}]
    assert missing == {"phone"}


@given(st.text(max_size=40))
def test_whatever_a_value_holds_the_json_stays_what_it_was(value: str) -> None:
    content = '[{"content":"Tel. {{$phone}}!","contentType":"text"}]'
    assert json.loads(filled(content, {"phone": value}, set())) == [
        {"content": f"Tel. {value or NOTHING}!", "contentType": "text"}
    ]


@pytest.mark.parametrize("value", ["{{name}}", "a {{", "end\\", "end{", "{begin", "\0"])
def test_a_value_that_would_be_a_placeholder_is_refused(value: str) -> None:
    assert wrong_params({"phone": value}) is not None


def test_good_values_pass() -> None:
    assert wrong_params({"phone": "+7 (727) 123", "slogan": 'He said "{hi}" \\ bye\n'}) is None


@pytest.mark.parametrize(
    "recipe",
    [
        Recipe((layout("1header"),)),
        Recipe((layout("header", 1 << 40),)),
        Recipe((layout("header", 0, "x" * (CONTENT_LETTERS_MAX + 1)),)),
        Recipe((layout("header", 0, "bad"),)),
        Recipe((), ("a..b",)),
        Recipe(tuple(layout("header") for _ in range(201))),
    ],
)
def test_a_recipe_that_can_not_be_is_refused(recipe: Recipe) -> None:
    assert wrong_recipe(recipe, lambda content: "bad" if content == "bad" else "") is not None


def test_what_is_shared_is_not_read_as_json() -> None:
    assert wrong_recipe(Recipe((layout("items", 0, SHARED),)), lambda content: "read") is None


@pytest.mark.parametrize(
    ("content", "good"),
    [
        ('[{"content":"a"}]', True), ('[[{"content":"a"}],[{"content":"b"}]]', True), (NONE, True), ("[{}, []]", False),
        ("[1]", False), ("[[1]]", False), ("{}", False), ("[", False), ("[" * 100_000, False),
    ],
)  # fmt: skip
def test_a_draft_is_objects_at_least(content: str, good: bool) -> None:
    assert (read_objects(content) == "") == good
