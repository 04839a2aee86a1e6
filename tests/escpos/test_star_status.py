"""Star's automatic status: its bits, its hex form, and that reading is the way back from writing."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.escpos.star_status import StarStatus, length_of, read, read_text, write, write_text
from kvit.wire import WireError

STATUSES = st.from_type(StarStatus).map(lambda each: msgspec.structs.replace(each, finished=abs(each.finished) % 32))


@pytest.mark.parametrize(
    ("header", "length"), [(0x23, 9), (0x21, 8), (0x0F, 7), (0x2F, 15), (0x22, 0), (0x31, 0), (0xA3, 0)]
)
def test_the_first_byte_counts(header: int, length: int) -> None:
    assert length_of(header) == length


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("23 6 0 0 0 0 0 0 0 ", StarStatus()),
        ("23 6 28 0 0 0 0 0 0", StarStatus(offline=True, cover_open=True)),
        ("23 6 8 0 0 c 0 0 0", StarStatus(offline=True, paper_end=True, paper_near_end=True)),
        ("23 6 0 0 0 2 0 0 0", StarStatus(paper_near_end=True)),
        ("23 6 8 8 0 0 0 0 0", StarStatus(offline=True, cutter_error=True)),
        ("23 6 4 0 0 0 0 2 0", StarStatus(drawer_switch=True, finished=1)),
        ("f 6 0 0 0 8 0", StarStatus(paper_end=True)),
    ],
)
def test_the_hex_form_of_polls(text: str, expected: StarStatus) -> None:
    assert read_text(text) == expected


@pytest.mark.parametrize(
    "text", ["", "zz", "23 6", "23 6 100 0 0 0 0 0 0", "10 0 0 0 0 0 0 0 0", "-1 0 0 0 0 0", "２３ 6"]
)
def test_what_is_no_status(text: str) -> None:
    with pytest.raises(WireError):
        read_text(text)


@given(STATUSES)
def test_reading_is_the_way_back(status: StarStatus) -> None:
    assert read(write(status)) == status
    assert read_text(write_text(status)) == status
    assert read(write(status) + b"\0\0") == status
    assert len(write(status)) == length_of(write(status)[0])


def test_the_worst_error_is_named() -> None:
    assert StarStatus().error == ""
    assert StarStatus(cutter_error=True, fatal_error=True).error == "fatal_error"
