"""Member codes: what is written is read, and nothing else is believed."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.access.customers import codes
from kvit.access.customers.codes import MemberCode
from kvit.access.customers.model import DEVICE_ID_BYTES, ID_BYTES, Wish
from kvit.refusal import Refusal
from tests.access.customers.wallets import KEYS, NOW, OTHERS, refused

ALPHANUMERIC = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")
"""What a QR code holds in its alphanumeric mode (ISO/IEC 18004, table 5)."""
MOST_OF_VERSION_7_M = 178

any_code = st.builds(
    MemberCode,
    st.binary(min_size=ID_BYTES, max_size=ID_BYTES).map(bytes.hex),
    st.binary(min_size=DEVICE_ID_BYTES, max_size=DEVICE_ID_BYTES).map(bytes.hex),
    st.integers(0, 2**32 - 1),
    st.sampled_from(Wish),
    st.binary(min_size=codes.NUMBER_BYTES, max_size=codes.NUMBER_BYTES),
)


def code(at: int = NOW) -> MemberCode:
    return codes.fresh("ab" * ID_BYTES, "cd" * DEVICE_ID_BYTES, Wish.BOTH, codes.window(at), random.Random(3).randbytes)


@given(any_code)
def test_what_is_made_is_read(given: MemberCode) -> None:
    text = codes.make(given, KEYS)
    assert len(text) == codes.CODE_CHARS <= MOST_OF_VERSION_7_M
    assert set(text) <= ALPHANUMERIC
    assert codes.is_code(text)
    assert codes.read(text, KEYS.public) == given
    assert codes.read(text.lower(), KEYS.public) == given


@given(any_code, st.integers(0, codes.CODE_CHARS - 1), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567.= "))
def test_one_other_letter_anywhere_is_refused(given: MemberCode, at: int, letter: str) -> None:
    text = codes.make(given, KEYS)
    changed = text[:at] + letter + text[at + 1 :]
    assert (changed == text) == isinstance(codes.read(changed, KEYS.public), MemberCode)


@given(st.text(max_size=400))
def test_no_text_harms(text: str) -> None:
    assert isinstance(codes.read(text, KEYS.public), Refusal)
    assert isinstance(codes.read("KVIT1." + text, KEYS.public), Refusal)


def test_only_the_key_that_signed_is_believed() -> None:
    text = codes.make(code(), KEYS)
    assert refused(codes.read(text, OTHERS.public)) == "code_bad"
    assert refused(codes.read(text, b"")) == "code_bad"
    assert refused(codes.read(text + "A", KEYS.public)) == "code_bad"
    assert refused(codes.read(text[:-1], KEYS.public)) == "code_bad"


def test_a_signature_of_something_else_is_no_code() -> None:
    """The same bytes signed as another thing (a station token) do not pass."""
    text = codes.make(code(), KEYS)
    raw = codes._signed(text)
    payload = raw[:-64]
    import base64

    forged = (
        codes.BEGIN + base64.b32encode(payload + KEYS.sign(b"kvit station token 1\0" + payload)).rstrip(b"=").decode()
    )
    assert len(forged) == len(text)
    assert refused(codes.read(forged, KEYS.public)) == "code_bad"


@pytest.mark.parametrize(
    ("off", "good"),
    [
        (-31, False),
        (-30, True),
        (0, True),
        (29, True),
        (30, True),
        (59, True),
        (60, False),
        (3600, False),
        (-3600, False),
    ],
)
def test_a_code_counts_one_window_around_its_own(off: int, good: bool) -> None:
    starts = codes.window(NOW)
    assert (codes.in_time(code(NOW), starts + off) is None) == good


def test_windows_lie_side_by_side() -> None:
    assert codes.window(NOW) <= NOW < codes.window(NOW) + codes.WINDOW_S
    assert codes.window(codes.window(NOW)) == codes.window(NOW)
