"""Letters by other letters: known words, nothing changed that need not be, nothing made that can not be printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper.spelling import FINALS, INITIALS, MEDIALS, SYLLABLES, spelled


def in_gbk(letter: str) -> bool:
    """What a Chinese service prints."""
    try:
        return len(letter.encode("gbk")) <= 2
    except UnicodeEncodeError:
        return False


WORDS = {
    "서울우유": "seouluyu",
    "한국": "hanguk",
    "부산": "busan",
    "떡볶이": "tteokboki",
    "Дәмді нан": "Дамди нан",
    "Қазақ үй": "Казак уй",
    "8 250 ₸": "8 250 тг",
    "«Zażółć»": '"Zazólc"',
    "宫保鸡丁 Хлеб": "宫保鸡丁 Хлеб",
    "plain ASCII": "plain ASCII",
}


@pytest.mark.parametrize(("text", "written"), WORDS.items())
def test_known_words(text: str, written: str) -> None:
    made, changed = spelled(text, in_gbk)
    assert made == written
    assert not any(in_gbk(letter) for letter in changed)
    assert bool(changed) == (made != text)


def test_all_syllables_are_told_by_latin_letters() -> None:
    assert len(INITIALS) * len(MEDIALS) * len(FINALS) == len(SYLLABLES)
    made, changed = spelled("".join(map(chr, SYLLABLES)), str.isascii)
    assert made.isascii()
    assert made.isalpha()
    assert len(changed) == len(SYLLABLES)


@given(st.text())
def test_what_is_had_stays_and_what_is_made_is_had(text: str) -> None:
    made, changed = spelled(text, in_gbk)
    assert all(letter in text or letter.isascii() or in_gbk(letter) for letter in made)
    assert not any(letter in made for letter in changed)
    if all(letter.isascii() or in_gbk(letter) for letter in text):
        assert (made, changed) == (text, "")


def test_what_has_no_spelling_is_left() -> None:
    assert spelled("ไทย שלום", in_gbk) == ("ไทย שלום", "")
