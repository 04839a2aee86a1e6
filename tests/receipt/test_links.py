from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kvit.receipt.links import LETTERS, TOKEN_LETTERS, is_token, make_token, token_hash


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_tokens_are_as_many_as_their_randomness(one: bytes, other: bytes) -> None:
    assert is_token(make_token(one))
    assert (make_token(one) == make_token(other)) == (one == other)
    assert len(token_hash(make_token(one))) == 32


def test_a_token_carries_128_bits_and_keeps_the_address_short() -> None:
    assert len(LETTERS) ** TOKEN_LETTERS >= 1 << 128
    assert len("https://kvit.example/r/" + make_token(b"\xff" * 16)) <= 49


def test_what_is_no_token() -> None:
    for text in ("", "a" * 21, "a" * 23, "0" * 22, "é" * 22):
        assert not is_token(text)
