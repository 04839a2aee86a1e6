"""Right to left: letters joined by their neighbours, lines in the order they are seen in."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper.builder import Builder
from kvit.paper.document import Column
from kvit.paper.layout import lay_out
from kvit.paper.rtl import is_right_to_left, mirrored, shaped, visual
from kvit.paper.sheet import Picture
from tests.paper.printing import PRINTER, printer, runs


def seen(text: str) -> str:
    order = visual(text, is_right_to_left(text))
    return "".join(mirrored(text[place]) if leftward else text[place] for place, leftward in order)


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("abc", "abc"),
        ("שלום", "םולש"),
        ("שלום abc", "abc םולש"),
        ("abc שלום def", "abc םולש def"),
        ("שלום 12.50 ₪", "₪ 12.50 םולש"),
        ("מחיר: 1,234", "1,234 :ריחמ"),
        ("(אב)", "(בא)"),
        ("a (אב) b", "a (בא) b"),
        ("אב 5%", "5% בא"),
        ("total 5 אב", "total 5 בא"),
        ("١٢٣ אב", "בא ١٢٣"),
        ("אב 1-2", "1-2 בא"),
        ("אב  ", "  בא"),
    ],
)
def test_order(written: str, shown: str) -> None:
    assert seen(written) == shown


@pytest.mark.parametrize(
    ("word", "forms"),
    [
        ("ب", ["isolated"]),
        ("بب", ["initial", "final"]),
        ("ببب", ["initial", "medial", "final"]),
        ("ابا", ["isolated", "initial", "final"]),
        ("بَب", ["initial", "", "final"]),
        ("لا", ["isolated"]),
        ("بلا", ["initial", "final"]),
        ("aب", ["", "isolated"]),
    ],
)
def test_joining(word: str, forms: list[str]) -> None:
    assert [unicodedata.decomposition(letter).partition(" ")[0].strip("<>") for letter in shaped(word)] == forms


@given(st.text("אבجدabc 12.,()+-%\u0301", max_size=20))
def test_an_order_loses_no_letter(text: str) -> None:
    assert sorted(place for place, _ in visual(text, right_to_left=True)) == list(range(len(text)))


@given(st.text("абвabc ,()", max_size=20))
def test_what_runs_to_the_right_stays_as_it_is(text: str) -> None:
    assert seen(text) == text


def test_a_page_with_the_forms_prints_them() -> None:
    arabic = printer(code_pages={0: "cp437", 22: "cp864"})
    (run,) = runs(lay_out(Builder().text("لا 5").document(), arabic))
    assert run.text == "5 ﻻ"


def test_arabic_a_head_has_not_is_drawn_as_one() -> None:
    sheet = lay_out(Builder().text("السلام").document(), printer(code_pages={0: "cp437"}))
    assert all(isinstance(box, Picture) for box in sheet.boxes)
    assert [problem.code for problem in sheet.problems] == ["letters.drawn"]


def test_columns_keep_their_order() -> None:
    sheet = lay_out(Builder().table([Column(width=10), Column(width=8)], [["שלום", "12"]]).document(), PRINTER)
    assert [(run.x // 12, run.text) for run in runs(sheet)] == [(0, "םולש"), (11, "12")]


def test_a_lone_mark_does_not_join_the_letter_it_comes_to_stand_beside() -> None:
    thai = printer(code_pages={0: "cp874", 1: "cp862"})
    sheet = lay_out(Builder().text("\u0e49ב").document(), thai)
    assert [(run.x, run.text) for run in runs(sheet)] == [(552, "ב \u0e49")]


def test_a_line_runs_as_its_paragraph_does() -> None:
    narrow = printer(width_dots=16 * 12)
    written = "letters beside שלום is a word; שלום"
    lines = [run.text for run in runs(lay_out(Builder().text(written).document(), narrow))]
    assert lines == ["letters beside", "םולש is a word;", "םולש"]
    lines = [run.text for run in runs(lay_out(Builder().text("שלום שלום שלום abc שלום").document(), narrow))]
    assert lines == ["םולש םולש םולש", "םולש abc"]
