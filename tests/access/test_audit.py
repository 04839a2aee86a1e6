"""The chain of the audit log: any tampering is found (the rows in the data base are tried in test_service)."""

from __future__ import annotations

import dataclasses
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.access.audit import START, Broken, Entry, check, detail_text, row_hash

WORDS = st.text(max_size=20)


def chain(length: int, shop: str = "s") -> list[Entry]:
    rows, previous = [], START
    for n in range(1, length + 1):
        made = row_hash(shop, n, 1000 + n, f"user:{n % 3}", "act", "x", "{}", previous)
        rows.append(Entry(shop, n, 1000 + n, f"user:{n % 3}", "act", "x", "{}", previous, made))
        previous = made
    return rows


ROWS = chain(20)


def test_an_honest_chain_holds() -> None:
    assert check([], 0, START) is None
    assert check(ROWS, 20, ROWS[-1].hash) is None


@given(
    st.integers(0, 19),
    st.sampled_from([field.name for field in dataclasses.fields(Entry)]),
    st.integers(),
    WORDS,
    st.binary(min_size=32, max_size=32),
)
def test_any_changed_word_is_found(place: int, field: str, number: int, word: str, raw: bytes) -> None:
    old = getattr(ROWS[place], field)
    new: Any = {int: number, str: word, bytes: raw}[type(old)]
    if new == old:
        return
    rows = list(ROWS)
    rows[place] = dataclasses.replace(rows[place], **{field: new})
    found = check(rows, 20, ROWS[-1].hash)
    assert found is not None
    assert found.n in (place + 1, place + 2)


@given(st.integers(0, 19), st.integers(0, 19))
def test_rows_taken_out_or_moved_are_found(a: int, b: int) -> None:
    gone = [row for place, row in enumerate(ROWS) if place != a]
    assert check(gone, 20, ROWS[-1].hash) is not None
    if a != b:
        moved = list(ROWS)
        moved[a], moved[b] = moved[b], moved[a]
        assert check(moved, 20, ROWS[-1].hash) is not None


def test_a_cut_end_and_a_foreign_chain_are_found() -> None:
    assert check(ROWS[:-1], 20, ROWS[-1].hash) == Broken(20, "end")
    assert check(chain(20, "t"), 20, ROWS[-1].hash) == Broken(21, "end")


def test_two_rows_never_have_the_same_bytes() -> None:
    assert row_hash("s", 1, 1, "a", "bc", "", "{}", START) != row_hash("s", 1, 1, "ab", "c", "", "{}", START)


def test_detail_has_one_form_and_a_limit() -> None:
    assert detail_text({"b": 1, "a": "ё"}) == '{"a":"\\u0451","b":1}'
    with pytest.raises(AssertionError):
        detail_text({"a": "x" * 3000})


def test_the_hashed_bytes_are_these_for_ever() -> None:
    words = b'["\\ud55c",1,1800000000,"user:u1","log_in","u1","{}"]'
    assert (
        row_hash("한", 1, 1_800_000_000, "user:u1", "log_in", "u1", "{}", START) == sha256(bytes(32) + words).digest()
    )
