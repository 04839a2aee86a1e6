"""Bits: rows and columns, packed and unpacked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kvit.paper import image

CROSS = "#..\n.#.\n..#"
SIZES = st.integers(1, 40)


@given(SIZES, SIZES, st.data())
def test_pack_and_unpack(columns: int, rows: int, data: st.DataObject) -> None:
    dots = [[data.draw(st.integers(0, 1)) for _ in range(columns)] for _ in range(rows)]
    assert image.unpack(image.pack(dots), columns, rows) == dots


@given(SIZES, st.integers(1, 6), st.data())
def test_columns_to_rows(columns: int, lanes: int, data: st.DataObject) -> None:
    raw = data.draw(st.binary(min_size=columns * lanes, max_size=columns * lanes))
    rows = image.unpack(image.columns_to_rows(raw, columns, lanes), columns, lanes * 8)
    for column in range(columns):
        for row in range(lanes * 8):
            assert rows[row][column] == raw[column * lanes + row // 8] >> (7 - row % 8) & 1


def test_missing_columns_are_white() -> None:
    assert image.columns_to_rows(b"\xff", 16, 1) == b"\x80\x00" * 8


def test_letters() -> None:
    bits, columns, rows = image.from_letters(CROSS)
    assert bits == b"\x80\x40\x20"
    assert image.to_letters(bits, columns, rows) == CROSS


def test_clip_masks_what_is_cut() -> None:
    assert image.clip(b"\xff\xff" * 2, 16, 2, 3) == (b"\xe0\xe0", 3)
    assert image.clip(b"\xff\xff", 16, 1, 20) == (b"\xff\xff", 16)


def test_fit_fills_and_cuts() -> None:
    assert image.fit(b"\xff\xff", 8, 2, 16, 3) == b"\xff\x00\xff\x00\x00\x00"
    assert image.fit(b"\xff\xff", 16, 1, 4, 1) == b"\xf0"


def test_complete() -> None:
    assert image.complete(b"\xff", 8, 2) == b"\xff\x00"
    assert image.complete(b"\xff\xff\xff", 8, 2) == b"\xff\xff"


def test_run_lengths() -> None:
    assert image.unpack_runs(b"\xfe\xaa\x01\x01\x02", 5) == b"\xaa\xaa\xaa\x01\x02"
    assert image.unpack_runs(b"\x81\xff" * 100, 10) == b"\xff" * 10
    assert image.unpack_runs(b"\x05", 10) == b""
