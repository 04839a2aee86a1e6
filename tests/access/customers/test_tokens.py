"""Station tokens: what is written is read, for one shop, for five minutes, by one key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.access.customers import codes, tokens
from kvit.access.customers.model import ID_BYTES, Wish
from kvit.access.customers.tokens import LIFE_S, StationToken, fresh, shop_mark
from kvit.refusal import Refusal
from tests.access.customers.wallets import KEYS, NOW, OTHERS, refused

any_token = st.builds(
    StationToken,
    st.binary(min_size=ID_BYTES, max_size=ID_BYTES).map(bytes.hex),
    st.sampled_from(Wish),
    st.integers(0, 2**32 - 1),
    st.text(max_size=20).map(lambda text: shop_mark(text.encode("utf-8", "replace").decode())),
)


@given(any_token)
def test_what_is_made_is_read(given: StationToken) -> None:
    assert tokens.read(tokens.make(given, KEYS), KEYS.public) == given


@given(any_token, st.integers(0, 1000), st.sampled_from("ABCxyz019-_.= "))
def test_one_other_letter_anywhere_is_refused(given: StationToken, at: int, letter: str) -> None:
    text = tokens.make(given, KEYS)
    at %= len(text)
    changed = text[:at] + letter + text[at + 1 :]
    assert (changed == text) == isinstance(tokens.read(changed, KEYS.public), StationToken)


@given(st.text(max_size=200))
def test_no_text_harms(text: str) -> None:
    assert isinstance(tokens.read(text, KEYS.public), Refusal)


def test_only_the_key_that_signed_is_believed() -> None:
    text = tokens.make(fresh("ab" * 12, Wish.BOTH, "shop-1", NOW), KEYS)
    assert refused(tokens.read(text, OTHERS.public)) == "token_bad"
    assert refused(tokens.read(text, b"")) == "token_bad"
    assert refused(codes.read("KVIT1." + text, KEYS.public)) == "code_bad"


@pytest.mark.parametrize(
    ("shop", "off", "code"),
    [
        ("shop-1", 0, ""), ("shop-1", LIFE_S - 1, ""), ("shop-1", LIFE_S, "token_old"), ("shop-2", 0, "token_bad"),
        ("shop-1", -LIFE_S - 1, "token_bad"),
    ],
)  # fmt: skip
def test_a_token_counts_at_its_shop_for_its_time(shop: str, off: int, code: str) -> None:
    no = tokens.counts(fresh("ab" * 12, Wish.BOTH, "shop-1", NOW), shop, NOW + off)
    assert (refused(no) if no else "") == code


def test_no_token_lives_longer_than_five_minutes() -> None:
    assert fresh("ab" * 12, Wish.BOTH, "shop-1", NOW, 10**6).ends_at == NOW + LIFE_S == NOW + 300
