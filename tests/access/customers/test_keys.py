"""Keys: sealed texts open where they belong and nowhere else; the file is its keys' twin."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.access.customers import keys
from tests.access.customers.wallets import KEYS, OTHERS

randomness = random.Random(5).randbytes


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=100))
def test_what_is_sealed_opens(text: str) -> None:
    sealed = KEYS.seal("phone", "a", text, randomness)
    assert KEYS.unseal("phone", "a", sealed) == text
    assert KEYS.unseal("phone", "b", sealed) is None
    assert KEYS.unseal("mail", "a", sealed) is None
    assert OTHERS.unseal("phone", "a", sealed) is None


@given(st.integers(0, 200), st.integers(1, 255))
def test_a_changed_byte_does_not_open(at: int, by: int) -> None:
    sealed = bytearray(KEYS.seal("phone", "a", "+821012345678", randomness))
    sealed[at % len(sealed)] ^= by
    assert KEYS.unseal("phone", "a", bytes(sealed)) is None


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + bytes(12), b"\x02" + bytes(40)])
def test_what_was_never_sealed_does_not_open(sealed: bytes) -> None:
    assert KEYS.unseal("phone", "a", sealed) is None


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert KEYS.seal("phone", "a", "x", randomness) != KEYS.seal("phone", "a", "x", randomness)


def test_hashes_are_of_a_purpose_and_a_key() -> None:
    assert KEYS.hash("phone", "1") == KEYS.hash("phone", "1")
    assert (
        len({KEYS.hash("phone", "1"), KEYS.hash("card", "1"), OTHERS.hash("phone", "1"), KEYS.hash("phone", "2")}) == 4
    )


def test_the_file_is_the_keys_twin() -> None:
    assert keys.read(keys.write(KEYS)) == KEYS
    assert keys.read(keys.write(OTHERS)) != KEYS
    assert KEYS.fingerprint != OTHERS.fingerprint


@pytest.mark.parametrize(
    "data", [b"", b"{}", b"[]", b"\xff", b'{"hash":"00","seal":"00","sign":"00"}', b'{"hash":"zz","seal":"","sign":""}']
)
def test_what_is_no_key_file_is_none(data: bytes) -> None:
    assert keys.read(data) is None


def test_nothing_shows_a_key() -> None:
    shown = repr(KEYS) + str(KEYS)
    assert KEYS._hash.hex() not in shown
    assert str(KEYS._hash) not in shown
    assert "=" not in shown


def test_a_signature_is_of_one_key_and_one_text() -> None:
    signature = KEYS.sign(b"a text")
    assert keys.verify(KEYS.public, signature, b"a text")
    assert not keys.verify(KEYS.public, signature, b"a Text")
    assert not keys.verify(OTHERS.public, signature, b"a text")
    assert not keys.verify(KEYS.public, signature[:-1], b"a text")
    assert not keys.verify(bytes(32), bytes(64), b"a text")
