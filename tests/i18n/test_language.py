"""Which language a person reads."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.i18n import LANGUAGE_NAMES, LANGUAGES, choose, from_environment, match
from kvit.i18n.language import accepted


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("ko-KR", "ko"),
        ("zh-Hans-CN", "zh"),
        ("zh_TW", "zh"),
        ("KK", "kk"),
        ("ru_KZ.UTF-8", "ru"),
        ("kaz", "kk"),
        ("uk", None),
        ("de-DE", None),
        ("*", None),
        ("", None),
        (None, None),
    ],
)
def test_match(tag: str | None, language: str | None) -> None:
    assert match(tag) == language


@pytest.mark.parametrize(
    ("header", "languages"),
    [
        ("", []),
        ("ko", ["ko"]),
        ("de-DE,de;q=0.9,kk;q=0.5,ru;q=0.8", ["ru", "kk"]),
        ("ru;q=0, en;q=0.1", ["en"]),
        ("en-GB, en;q=0.3, ru;q=0.5", ["en", "ru"]),
        ("ru;q=nan, kk;q=5, zh;q=-1, ko;q=0.2", ["ko"]),
        ("fr, *;q=0.1", []),
    ],
)
def test_accept_language(header: str, languages: list[str]) -> None:
    assert accepted(header) == languages


def test_the_order_of_choice() -> None:
    assert choose("kk", "ru", "ko", "zh") == "kk"
    assert choose("xx", "ru", "ko", "zh") == "ru"
    assert choose(None, None, "de,ko;q=0.1", "zh") == "ko"
    assert choose(None, None, "de", "zh") == "zh"
    assert choose() == "en"


@given(st.text(), st.text(), st.text(), st.text())
def test_nonsense_gives_a_language(a: str, b: str, c: str, d: str) -> None:
    assert choose(a, b, c, d) in LANGUAGES


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({}, "en"),
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "", "LC_MESSAGES": "ru_RU"}, "ru"),
        ({"LC_ALL": "ru_RU", "KVIT_LANG": "kk"}, "kk"),
    ],
)
def test_the_terminal(environ: dict[str, str], language: str) -> None:
    assert from_environment(environ) == language


def test_every_language_has_its_name() -> None:
    assert tuple(LANGUAGE_NAMES) == LANGUAGES
