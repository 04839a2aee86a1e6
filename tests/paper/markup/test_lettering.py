"""The text of a column to spans: marks, escapes, and nothing a printer would obey."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper.document import Content, Span
from kvit.paper.markup.lettering import content_of


def span(text: str, **look: Any) -> Span:
    return Span(text, **look)


READ: list[tuple[str, Content]] = [
    ("", ""),
    ("plain", "plain"),
    ("a~~b", "a  b"),
    ("~", " "),
    ("_a_b", [span("a", underline=2), span("b")]),
    ('"a"b', [span("a", bold=True), span("b")]),
    ("`a`b", [span("a", invert=True), span("b")]),
    ("^a^b", [span("a", width=2), span("b")]),
    ("^^a", [span("a", height=2)]),
    ("^^^a", [span("a", width=2, height=2)]),
    ("^^^^a", [span("a", width=3, height=3)]),
    ("^^^^^a", [span("a", width=4, height=4)]),
    ("^^^^^^a", [span("a", width=5, height=5)]),
    ("^^^^^^^a", [span("a", width=6, height=6)]),
    ("^" * 20 + "a", [span("a", width=6, height=6)]),
    ("^^a^b^c", [span("a", height=2), span("b", width=2), span("c")]),
    ("^^^^^^^a^^^^^^^^b", [span("a", width=6, height=6), span("b")]),
    ('_"`^a', [span("a", bold=True, underline=2, invert=True, width=2)]),
    ("__a", "a"),
    ("_", ""),
    (r"\_\"\`\^\~\\\|\{\}\-\=", '_"`^~\\|{}-='),
    (r"a\nb", "a\nb"),
    (r"a\n", "a"),
    (r"a\n\n", "a\n"),
    (r"\n", ""),
    (r"_a\n_", [span("a", underline=2)]),
    (r"\x41\x7a", "Az"),
    (r"\xe9", "é"),
    (r"\xZZa", "a"),
    (r"\x4", ""),
    (r"\x", ""),
    (r"a\qb", "ab"),
    ("a\\", "a"),
    (r"\x5f", "_"),
    (r"\x4_a", [span("a", underline=2)]),
]


@pytest.mark.parametrize(("written", "content"), READ, ids=[written or "nothing" for written, _ in READ])
def test_marks_and_escapes(written: str, content: Content) -> None:
    assert content_of(written) == content


CONTROLS = [
    ("a\x1b@b", "a@b"),
    (r"a\x1b@b", "a@b"),
    (r"\x10\x04\x01", ""),
    ("\x00\x07\x7f", ""),
    (r"\x7F\x0a", ""),
    ("a\tb", "ab"),
    (r"\\x1b", r"\x1b"),
    ("\\\x1bn", ""),
    (r"^\x01^a", [Span("a", height=2)]),
]


@pytest.mark.parametrize(("written", "content"), CONTROLS, ids=[repr(written) for written, _ in CONTROLS])
def test_control_letters_are_taken_out_first(written: str, content: Content) -> None:
    assert content_of(written) == content


@given(st.text())
def test_no_text_holds_a_control_letter(written: str) -> None:
    content = content_of(written)
    text = content if isinstance(content, str) else "".join(each.text for each in content)
    assert not [letter for letter in text if (letter < " " and letter != "\n") or letter == "\x7f"]


def test_one_line_ends_at_the_first_feed() -> None:
    assert content_of(r"_a\nb_c", one_line=True) == [Span("a", underline=2)]
    assert content_of(r"ab\\n", one_line=True) == "ab\\n"
