"""One line to its columns: bars, the places they draw text to, what kind of column each is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper.markup.scanner import COLUMNS_MAX, columns_of, split

PLACES = [
    ("a", ["centre"]),
    ("|a|", ["centre"]),
    ("| a |", ["centre"]),
    ("  a  ", ["centre"]),
    ("", ["centre"]),
    ("|", ["centre"]),
    ("|a", ["left"]),
    ("|a |", ["left"]),
    ("a |", ["left"]),
    ("a|", ["right"]),
    ("| a|", ["right"]),
    ("| a", ["right"]),
    ("a|b", ["right", "left"]),
    ("a | b", ["left", "right"]),
    ("a |b", ["left", "left"]),
    ("a| b", ["right", "right"]),
    ("|a|b|", ["centre", "centre"]),
    ("| a | b |", ["centre", "centre"]),
    ("|a |\tb|", ["left", "right"]),
    ("a||b", ["right", "centre", "left"]),
    ("||", ["centre"]),
    ("|||", ["centre", "centre"]),
    ("a||", ["right", "centre"]),
]
"""As the specification's table of alignment has it: a column is drawn to its bar like iron to a magnet."""


@pytest.mark.parametrize(("line", "aligns"), PLACES, ids=[repr(line) for line, _ in PLACES])
def test_text_is_drawn_to_its_bars(line: str, aligns: list[str]) -> None:
    assert [column.align for column in columns_of(line)] == aligns


KINDS = [
    ("text", "text"),
    ("", "text"),
    ("-", "rule"),
    ("---", "rule"),
    (" --- ", "rule"),
    ("|-|", "rule"),
    ("=", "cut"),
    ("=====", "cut"),
    ("-=", "text"),
    (r"\-", "text"),
    (r"\=", "text"),
    ("- -", "text"),
    ("-~", "text"),
    ("{width:*}", "properties"),
    ("{}", "properties"),
    ("| {code:1} |", "properties"),
    (r"{comment:\}}", "properties"),
    (r"{comment:\{\|}", "properties"),
    ("{", "broken"),
    ("}", "broken"),
    ("a{b}", "broken"),
    ("{a}b", "broken"),
    ("{{a}}", "broken"),
    (r"\{a}", "broken"),
    (r"{a\}", "broken"),
    (r"\{a\}", "text"),
    (r"\\{a}", "broken"),
]


@pytest.mark.parametrize(("line", "kind"), KINDS, ids=[line or "nothing" for line, _ in KINDS])
def test_a_column_alone_is_of_one_kind(line: str, kind: str) -> None:
    (column,) = columns_of(line)
    assert column.kind == kind


def test_rules_and_cuts_stand_alone() -> None:
    assert [column.kind for column in columns_of("-|=")] == ["text", "text"]


def test_escaped_bars_are_letters() -> None:
    assert [column.written for column in columns_of(r"a\|b|c\\|d\;e")] == [r"a\|b", r"c\\", r"d\;e"]
    assert [column.written for column in columns_of(r"\a|b")] == [r"\a", "b"]


def test_more_columns_than_a_table_has_are_left_out() -> None:
    assert len(columns_of("|" + "a|" * 500)) == COLUMNS_MAX


@given(st.text("ab|{}\\-= \t;", max_size=40))
def test_any_line_has_a_column(line: str) -> None:
    found = columns_of(line)
    assert found
    assert all(column.written == column.written.strip("\t ") for column in found)


@given(st.text("ab|\\;", max_size=40))
def test_cutting_loses_nothing(text: str) -> None:
    assert "|".join(split(text, "|", 99)) == text


def test_cutting_ends_after_so_many_pieces() -> None:
    assert split("a|b\\||c|d|", "|", 3) == ["a", "b\\|", "c"]
    assert split("a|b", "|", 3) == ["a", "b"]
