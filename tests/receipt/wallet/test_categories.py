from __future__ import annotations

import tomllib
from importlib import resources

import pytest

from kvit.receipt.model import Line, Reading
from kvit.receipt.wallet.categories import guess, rule_title
from kvit.receipt.wallet.model import Category

CASES = (
    ("Corner Cafe", ("Latte", "Muffin"), Category.EATING),
    ("Rathaus-Apotheke", ("Schokolade", "Ibuprofen 400"), Category.HEALTH),
    ("이마트 성수점", ("우유 1L", "두부"), Category.FOOD),
    ("강남약국", ("비타민C",), Category.HEALTH),
    ("Продукты 24", ("Хлеб", "Молоко 3,2%"), Category.FOOD),
    ("АЗС №12", ("АИ-95",), Category.TRANSPORT),
    ("书店", ("图书",), Category.LEISURE),
    ("Дәріхана", ("Дәрумен",), Category.HEALTH),
    ("XYZ Ltd", ("Thing", "Other thing"), Category.OTHER),
    ("", (), Category.OTHER),
    ("Smith & Sons", ("USB cable 2 m", "Charger"), Category.TECH),
    ("Barbara Novak", (), Category.OTHER),
)


@pytest.mark.parametrize(("title", "names", "wanted"), CASES)
def test_a_guess(title: str, names: tuple[str, ...], wanted: Category) -> None:
    assert guess(title, Reading(items=tuple(Line(name) for name in names))) is wanted


def test_no_reading_is_no_trouble() -> None:
    assert guess("Pizzeria Roma", None) is Category.EATING


def test_a_rule_forgets_the_number_of_the_branch() -> None:
    assert rule_title("CORNER Cafe #12 ") == rule_title("Corner  Cafe №7") == "corner cafe"
    assert rule_title("") == ""


def test_the_table_names_every_category_but_the_last() -> None:
    text = resources.files("kvit.receipt.wallet").joinpath("categories.toml").read_text("utf-8")
    table = tomllib.loads(text)
    assert list(table) == [one.value for one in Category if one is not Category.OTHER]
    for name, languages in table.items():
        assert {"en", "ru", "kk", "ko", "zh"} <= set(languages), name
        for spoken in languages.values():
            assert all(word == word.lower() and len(word) >= 1 for word in spoken), name
