"""Passwords: which are taken, and that a hash opens to its own password only."""

from __future__ import annotations

import unicodedata

import pytest

from kvit.access.password import MAXIMUM, Hasher, weakness

CHEAP = Hasher(passes=1, memory_kib=8, lanes=1)
SALT = bytes(range(16))

COMMON = (
    "password1234",
    "P@ssw0rd2026!",
    "qwertyuiop123",
    "1q2w3e4r5t6y",
    "123456789012",
    "098765432109",
    "aaaaaaaaaaaa",
    "abcabcabcabc",
    "abcdefghijklm",
    "iloveyou12345",
    "adminadmin12",
    "administrator1",
    "letmein-please"[:7] + "-welcome",
    "йцукенгшщзхъ",
    "пароль123456",
    "비밀번호12345678",
    "qazwsxedcrfv",
    "1qaz2wsx3edc",
    "zxcvbnm,./12",
    "superman!2024",
    "KvitKvitKvit1",
    "0000000000001",
)

GOOD = (
    "correct horse battery staple",
    "tall blue kettle",
    "гречка с луком и борщ",
    "파란 우산을 쓴 고양이 둘",
    "vU7#kq9Zp!xR2",
    "蓝色的雨伞和两只安静的猫儿",
)


@pytest.mark.parametrize("text", COMMON)
def test_what_is_tried_first_is_refused(text: str) -> None:
    refusal = weakness(text)
    assert refusal is not None
    assert refusal.code == ("access.password_common" if len(text) >= 12 else "access.password_short")


@pytest.mark.parametrize("text", GOOD)
def test_what_somebody_thought_of_is_taken(text: str) -> None:
    assert weakness(text) is None


def test_lengths_and_names() -> None:
    short, long = weakness("xK9#mP2$vL5"), weakness("xK9#mP2$vL5 " * 17)
    assert short is not None
    assert (short.code, short.values) == ("access.password_short", {"minimum": 12})
    assert long is not None
    assert (long.code, long.values) == ("access.password_long", {"maximum": MAXIMUM})
    assert weakness("x" * 5000) is not None
    assert weakness("Bartholomeo99") is None
    named = weakness("Bartholomeo99", ("bartholomeo",))
    assert named is not None
    assert named.code == "access.password_common"


def test_a_hash_opens_to_its_password_only() -> None:
    kept = CHEAP.hash("tall blue kettle", SALT)
    assert kept.startswith("$argon2id$")
    assert "kettle" not in kept
    assert CHEAP.matches(kept, "tall blue kettle")
    assert not CHEAP.matches(kept, "tall blue kettl")
    assert not CHEAP.matches("", "tall blue kettle")
    assert not CHEAP.matches("", "nobody's password"), "the dummy's own password must not open"
    assert CHEAP.hash("tall blue kettle", bytes(16)) != kept


def test_one_password_however_it_was_typed() -> None:
    text = "파란 우산을 쓴 고양이"
    kept = CHEAP.hash(unicodedata.normalize("NFD", text), SALT)
    assert CHEAP.matches(kept, unicodedata.normalize("NFC", text))
    assert weakness(unicodedata.normalize("NFD", "가나다라마바사" * 20)) == weakness("가나다라마바사" * 20)


def test_the_setting_of_the_product() -> None:
    kept = Hasher().dummy()
    assert "$m=65536,t=3,p=4$" in kept
    assert Hasher().outdated(CHEAP.hash("x", SALT))
    assert not Hasher().outdated(kept)


def test_a_row_that_holds_no_hash_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        CHEAP.matches("plain text", "x")
