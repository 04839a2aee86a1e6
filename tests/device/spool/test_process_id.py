from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.device.spool.process_id import LAP, process_id


@pytest.mark.parametrize(("count", "power_ons", "made"), [
    (0, 0, b"    "), (1, 0, b"   !"), (94, 0, b"   ~"), (95, 0, b"  ! "), (LAP - 1, 0, b" ~~~"), (0, 1, b"!   "),
    (0, 46, b"N   "), (0, 47, b"    "), (LAP, 0, b"O   "), (LAP, 46, b"}   "), (2 * LAP, 0, b"    "),
])  # fmt: skip
def test_ids(count: int, power_ons: int, made: bytes) -> None:
    assert process_id(count, power_ons) == made


@given(st.integers(0, 10**9), st.integers(0, 10**4), st.integers(1, 2 * LAP - 1), st.integers(0, 10**4))
def test_no_id_comes_again_within_two_laps(count: int, power_ons: int, ahead: int, more: int) -> None:
    one, other = process_id(count, power_ons), process_id(count + ahead, power_ons + more)
    assert one != other
    assert all(0x20 <= byte <= 0x7E for byte in one + other)
    assert len(one) == 4


@given(st.integers(0, 10**9), st.integers(0, 10**4), st.integers(1, 46))
def test_a_reconnect_changes_the_first_byte(count: int, power_ons: int, more: int) -> None:
    assert process_id(count, power_ons)[0] != process_id(count, power_ons + more)[0]
