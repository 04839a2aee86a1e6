from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.receipt.words import fts5_query, index_words, query_terms, tsquery

CUT = (
    ("Hello, World 12", "hello world 12"),
    ("아메리카노", "아메 메리 리카 카노 노"),
    ("Қазақша чек №7", "қазақша чек 7"),
    ("牛奶500ml", "牛奶 奶 500ml"),
    ("ＡＢＣ", "abc"),
    ("", ""),
)


@pytest.mark.parametrize(("text", "words"), CUT)
def test_words_of_a_receipt(text: str, words: str) -> None:
    assert index_words(text) == words


def test_terms_of_a_question() -> None:
    assert query_terms("Milk 리카노") == [["milk"], ["리카", "카노"]]
    terms = [["milk"], ["리카", "카노"]]
    assert fts5_query(terms, [None, None]) == '"milk" * AND "리카" + "카노" *'
    assert fts5_query(terms, [["milk", "milky"], ["카노"]]) == '("milk" OR "milky") AND ("리카" + "카노")'
    assert tsquery([["milk"], ["리카", "카노"]]) == "('milk':*) & ('리카' <-> '카노':*)"


@given(st.text(max_size=400))
def test_nothing_of_a_query_language_comes_through(text: str) -> None:
    for term in query_terms(text):
        assert all(word.isalnum() for word in term)


def test_limits_hold_after_normalisation() -> None:
    assert len(index_words("ﷺ" * 100_000)) <= 2 * 32_768
    assert len(query_terms("ab " * 500)) <= 12
