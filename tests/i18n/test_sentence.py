"""Sentences: the little language of places, and every file that is there."""

from __future__ import annotations

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from kvit.i18n import LANGUAGES, codes, say
from kvit.i18n.sentence import Place, Sentence, fill, parse, rooms, texts

EVERY = [(room, code, table) for room in rooms() for code, table in texts(room)]


def names(sentence: Sentence) -> set[str]:
    return {part.name for part in sentence if isinstance(part, Place)}


@pytest.mark.parametrize(("room", "code", "table"), EVERY, ids=[code for _, code, _ in EVERY])
def test_every_sentence_has_five_languages_and_the_same_places(room: str, code: str, table: dict[str, str]) -> None:
    assert set(table) == set(LANGUAGES), code
    assert code.startswith(f"{room}."), code
    parsed = {language: parse(text) for language, text in table.items()}
    wanted = names(parsed["en"])
    for language, sentence in parsed.items():
        assert names(sentence) == wanted, f"{code} {language}"
        assert table[language].strip() == table[language] != "", f"{code} {language}"
        for part in sentence:
            if isinstance(part, Place) and part.forms:
                words = set(dict(part.forms))
                assert words <= {*Locale.parse(language).plural_form.tags, "other"}, f"{code} {language}"


def test_no_code_is_told_twice() -> None:
    told = [code for _, code, _ in EVERY]
    assert len(told) == len(set(told))
    assert codes() == set(told)


@pytest.mark.parametrize(
    ("text", "values", "language", "expected"),
    [
        ("plain", {}, "en", "plain"),
        ("{a} and {b}", {"a": "{b}", "b": "x"}, "en", "{b} and x"),
        ("{{a}}", {"a": "x"}, "en", "{a}"),
        ("{n|one=# day|other=# days}", {"n": 1}, "en", "1 day"),
        ("{n|one=# day|other=# days}", {"n": 1200}, "en", "1,200 days"),
        ("{n|one=# день|few=# дня|many=# дней|other=# дня}", {"n": 21}, "ru", "21 день"),
        ("{n|one=# день|few=# дня|many=# дней|other=# дня}", {"n": 3}, "ru", "3 дня"),
        ("{n|one=# день|few=# дня|many=# дней|other=# дня}", {"n": 11}, "ru", "11 дней"),
        ("{n|other=#일}", {"n": 5}, "ko", "5일"),
        ("{n}", {"n": 12345}, "ru", "12345"),
        ("{gone}", {}, "en", "{gone}"),
    ],
)
def test_filling(text: str, values: dict[str, str | int], language: str, expected: str) -> None:
    assert fill(parse(text), language, values) == expected


@pytest.mark.parametrize("text", ["{", "}", "{A}", "{a", "{n|one=x}", "{n|one=x|other={y}}", "{ a }"])
def test_a_brace_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"brace|other"):
        parse(text)


@given(st.text(), st.text())
def test_a_value_is_only_ever_text(before: str, value: str) -> None:
    sentence = parse(before.replace("{", "{{").replace("}", "}}") + "{a}")
    assert fill(sentence, "en", {"a": value}) == before + value


def test_what_is_not_there_is_shown() -> None:
    assert say("en", "room.nothing") == "room.nothing"
    assert say("xx", "access.log_in_wrong") == say("en", "access.log_in_wrong")
    assert "30 секунд" in say("ru", "access.too_many_tries", wait_s=30)
    assert "21 секунду" in say("ru", "access.too_many_tries", wait_s=21)
