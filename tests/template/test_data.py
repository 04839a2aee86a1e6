"""What templates are filled with: a contract, and what is missing is told."""

from __future__ import annotations

import pytest

from kvit.template.data import KINDS, SaleData, has, lacking, plain, schema


@pytest.mark.parametrize(
    ("field", "there"),
    [
        ("total", True), ("shop.name", True), ("items", True), ("shop.name.x", False), ("zero", True), ("no", False),
        ("empty", False), ("none", False), ("nothing", False), ("shop", True), ("false", True),
    ],
)  # fmt: skip
def test_what_is_there(field: str, there: bool) -> None:
    data = {"total": 1, "zero": 0, "empty": "", "none": None, "nothing": [], "shop": {"name": "a"}, "items": [1]}
    assert has({**data, "false": False}, field) is there


def test_what_is_lacking_is_named() -> None:
    assert lacking({"total": 1}, ("total", "shop.name", "link")) == ("shop.name", "link")


@pytest.mark.parametrize("business", [*KINDS, "their-own"])
def test_every_business_has_a_schema(business: str) -> None:
    assert schema(business)


def test_nothing_known_is_nothing() -> None:
    assert plain(SaleData()) == {}
