"""Frames: read by count from pieces of any size, refused by their header before anything is waited for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.fiscal.ofd.frame import HEADER_BYTES, SIZE_MAX, Frame, encode, following, read_frame
from kvit.wire import Wire, WireError
from tests.fiscal.ofd.vectors import DEPOSIT, REPLY

FRAMES = st.builds(
    Frame,
    st.integers(0, 0xFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0xFFFFFFFF),
    st.integers(0, 0xFFFF),
    st.binary(),
)


def read(pieces: list[bytes], *, ended: bool = True) -> tuple[list[Frame], int]:
    """Feed pieces; give the frames and how many bytes are left."""
    wire, found = Wire(), []
    reader = read_frame(wire)
    for number, piece in enumerate(pieces):
        wire.feed(piece)
        if ended and number == len(pieces) - 1:
            wire.end()
        while True:
            try:
                next(reader)
            except StopIteration as done:
                found.append(done.value)
                reader = read_frame(wire)
                if not wire.waiting:
                    break
            else:
                break
    return found, wire.waiting


@pytest.mark.parametrize("size", [1, 7, 18, 4096])
def test_a_frame_in_pieces_of_any_size(size: int) -> None:
    stream = DEPOSIT + REPLY
    found, left = read([stream[at : at + size] for at in range(0, len(stream), size)], ended=False)
    assert [(frame.version, frame.device_id, frame.token, frame.number) for frame in found] == [
        (203, 200001, 0x0A0B0C0D, 42), (203, 200001, 0x0A0B0C0E, 42),
    ]  # fmt: skip
    assert b"".join(map(encode, found)) == stream
    assert left == 0


def test_a_tail_stays() -> None:
    assert read([DEPOSIT + b"\xa2\x81\xcb"], ended=False)[1] == 3


@pytest.mark.parametrize(
    ("place", "changed", "reason"),
    [
        (0, b"\x81\xa2", "APPCODE"), (4, (0).to_bytes(4, "little"), "SIZE"), (4, (17).to_bytes(4, "little"), "SIZE"),
        (4, (1 << 31).to_bytes(4, "little"), "SIZE"), (4, (SIZE_MAX + 1).to_bytes(4, "little"), "SIZE"),
    ],
)  # fmt: skip
def test_a_header_that_can_not_be(place: int, changed: bytes, reason: str) -> None:
    header = bytearray(DEPOSIT[:HEADER_BYTES])
    header[place : place + len(changed)] = changed
    with pytest.raises(WireError, match=reason):  # and none of the message was waited for
        read([bytes(header)], ended=False)


@pytest.mark.parametrize("count", [1, 17, 18, len(DEPOSIT) - 1])
def test_a_frame_cut_short(count: int) -> None:
    with pytest.raises(WireError, match="ended after"):
        read([DEPOSIT[:count]])


@given(st.lists(FRAMES, min_size=1, max_size=4), st.integers(1, 40))
def test_twins(frames: list[Frame], size: int) -> None:
    stream = b"".join(map(encode, frames))
    assert read([stream[at : at + size] for at in range(0, len(stream), size)], ended=False) == (frames, 0)


def test_a_token_is_not_shown() -> None:
    assert "168496141" not in repr(Frame(203, 1, 168496141, 2, b"")).lower()


@pytest.mark.parametrize(("number", "wanted"), [(0, 1), (41, 42), (65534, 65535), (65535, 0)])
def test_numbers_go_round(number: int, wanted: int) -> None:
    assert following(number) == wanted
