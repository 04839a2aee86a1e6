"""Cell widths."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper import width

CASES = [
    ("abc", 3), ("Привет", 6), ("한글", 4), ("漢字かな", 8), ("ｱｲｳ", 3), ("ＡＢ", 4), ("ที่", 1), ("é", 1), ("e\u0301", 1),
    ("─│┌", 3), ("₸₩€", 3), ("", 0), ("a\u00adb", 3), ("שלום", 4), ("\u200e", 0),
]  # fmt: skip


@pytest.mark.parametrize(("text", "cells"), CASES)
def test_cells(text: str, cells: int) -> None:
    assert width.cells(text) == cells


def test_plain_text_has_a_cell_a_letter() -> None:
    """The quick look never calls a letter plain that takes no cell or two; checked for every letter there is."""
    wrong = [
        letter
        for letter in map(chr, range(32, sys.maxunicode + 1))
        if width.is_plain(letter) and width.cell_width(letter) != 1
    ]
    assert wrong == []


def test_unmarked_text_has_an_advance_a_letter() -> None:
    every = [chr(code) for code in range(32, sys.maxunicode + 1)]
    assert [letter for letter in every if width.is_unmarked(letter) and not width.cell_width(letter)] == []
    assert [letter for letter in every if width.cells(letter) != width.cell_width(letter)] == []
    assert [letter for letter in every if width.is_wide(letter) and width.cell_width(letter) != 2] == []
    assert width.is_unmarked("합계 5,900원 牛肉面 ｱｲｽ コーヒー №1 €")
    assert not width.is_unmarked("ที่")
    assert width.is_wide("합계金額です")
    assert not width.is_wide("合\u3000計")


def test_usual_letters_are_plain() -> None:
    assert width.is_plain("abc Привет Ελλάδα é ñ ß ─│┌ €₸£ ½ ∙√ ⌠⌡ Қазақ ﾊﾝ Việt")


@given(st.text(max_size=30))
def test_segments_join_to_the_text(text: str) -> None:
    assert "".join(piece for _, piece in width.segments(text)) == text


@given(st.text(max_size=30))
def test_clusters_join_to_the_text(text: str) -> None:
    assert "".join(width.clusters(text)) == text


def test_segments_and_clusters() -> None:
    assert list(width.segments("a한b")) == [(False, "a"), (True, "한"), (False, "b")]
    assert width.clusters("ที่a") == ["ที่", "a"]
    assert width.letters("ที่a") == 2
