"""Text on its way into a page: nothing but letters, nothing that ends a tag."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper.render.escape import escape, is_clean, language, letters, quiet_json

TAKEN_OUT = [
    "\x00",
    "\x07",
    "\x1b",
    "\x7f",
    "\x85",
    "\u202e",
    "\u2066",
    "\u200b",
    "\ufeff",
    "\u2028",
    "\U000e0041",
    "\ud800",
]


@pytest.mark.parametrize("letter", TAKEN_OUT)
def test_taken_out(letter: str) -> None:
    assert letters(f"a{letter}b") == "a b"


@given(st.text(max_size=20))
def test_clean_lines_are_those_that_stay(text: str) -> None:
    lines = text.split("\n")
    assert is_clean(text) == all(letters(line) == line for line in lines)


@pytest.mark.parametrize("letter", TAKEN_OUT)
def test_what_is_taken_out_is_not_clean(letter: str) -> None:
    assert not is_clean(f"Итого\n{letter}")


def test_what_python_would_print_and_we_take_out_is_not_clean() -> None:
    odd = [chr(code) for code in range(0x110000) if chr(code).isprintable() and letters(chr(code)) != chr(code)]
    assert len(odd) > 200
    assert not any(is_clean(f"합계 {letter}") for letter in odd)


@pytest.mark.parametrize("text", ["Итого ₸", "합계", "谢谢", "ขอบคุณที่", "شكرا", "𠀀😀", "─│█", "a b"])
def test_letters_stay(text: str) -> None:
    assert letters(text) == text


@given(st.text(st.characters()))
def test_nothing_dangerous_is_left(text: str) -> None:
    out = escape(text)
    assert not set(out) & set("<>\"'")
    assert all(unicodedata.category(letter) not in ("Cc", "Cs") for letter in out)
    assert all(unicodedata.bidirectional(letter) not in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI")
               for letter in out)  # fmt: skip
    assert len(letters(text)) == len(text)


@pytest.mark.parametrize(
    ("tag", "kept"), [("ko", True), ("zh-Hant-TW", True), ("", False), ('en" x="', False), ("k", False)]
)
def test_language_tags(tag: str, kept: bool) -> None:
    assert language(tag) == (tag if kept else "")


@given(st.text())
def test_quiet_json_is_the_same_document(text: str) -> None:
    quiet = quiet_json(json.dumps(text, ensure_ascii=False).encode()).decode()
    assert json.loads(quiet) == text
    assert all(unicodedata.category(letter) != "Cc" and letter not in "\u202e\u2066\u2028" for letter in quiet)
