"""The incremental reader: fed whole, byte by byte, in random pieces, with a tail."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.wire import ERROR_BYTES, Wire, WireError, hex_view

T = TypeVar("T")


def drive(reader: Generator[None, None, T], wire: Wire, pieces: list[bytes]) -> T:
    """Step a reader, feeding one piece each time it waits, then the end."""
    todo = list(pieces)
    while True:
        try:
            next(reader)
        except StopIteration as done:
            value: T = done.value
            return value
        if todo:
            wire.feed(todo.pop(0))
        else:
            wire.end()


def record(wire: Wire) -> Generator[None, None, tuple[bytes, bytes, bytes]]:
    head = yield from wire.read_exact(2)
    line = yield from wire.read_until(b"\r\n", 20)
    body = yield from wire.read_exact(head[1])
    return head, line, body


STREAM = b"A\x03hello\r\nxyz"
PARTS = (b"A\x03", b"hello\r\n", b"xyz")


@pytest.mark.parametrize(
    "pieces",
    [[STREAM], [bytes([byte]) for byte in STREAM], [STREAM[:8], STREAM[8:]], [STREAM + b"tail"]],
    ids=["whole", "bytes", "split mark", "tail"],
)
def test_any_pieces_read_the_same(pieces: list[bytes]) -> None:
    wire = Wire()
    assert drive(record(wire), wire, pieces) == PARTS
    assert wire.offset == len(STREAM)
    assert wire.waiting == len(b"".join(pieces)) - len(STREAM)


@given(st.lists(st.binary(max_size=6), max_size=12), st.binary(min_size=1, max_size=3), st.integers(1, 40))
def test_read_until_agrees_with_find(pieces: list[bytes], mark: bytes, limit: int) -> None:
    whole = b"".join(pieces)
    found = whole[:limit].find(mark)
    wire = Wire()
    if found < 0:
        with pytest.raises(WireError) as caught:
            drive(wire.read_until(mark, limit), wire, pieces)
        assert caught.value.offset == 0
    else:
        assert drive(wire.read_until(mark, limit), wire, pieces) == whole[: found + len(mark)]


def test_an_early_end_says_where() -> None:
    wire = Wire()
    with pytest.raises(WireError, match=r"ended after 1 of 2 bytes \(at byte 0\): 41") as caught:
        drive(wire.read_exact(2), wire, [b"A"])
    assert (caught.value.data, caught.value.offset) == (b"A", 0)


def test_the_error_counts_from_the_start_of_the_stream_and_keeps_a_limit() -> None:
    wire = Wire()
    wire.feed(b"1234" + b"z" * 500)
    assert drive(wire.read_exact(4), wire, []) == b"1234"
    error = wire.error("no")
    assert (error.offset, len(error.data), str(error).startswith("no (at byte 4)")) == (4, ERROR_BYTES, True)


def test_peek_some_and_end() -> None:
    wire = Wire()
    assert drive(wire.peek(3), wire, [b"ab", b"cd"]) == b"abc"
    assert wire.offset == 0
    assert drive(wire.read_some(10), wire, []) == b"abcd"
    assert drive(wire.at_end(), wire, [b""]) is True
    assert drive(wire.read_some(10), wire, []) == b""


def test_hex_view_shows_offset_hex_and_letters() -> None:
    assert hex_view(b"\x1b@Kvit \xea\xb0\x80\n0123456", 0x100) == (
        "00000100  1b 40 4b 76 69 74 20 ea  b0 80 0a 30 31 32 33 34  |.@Kvit ....01234|\n"
        "00000110  35 36                                             |56|"
    )


def test_hex_view_leaves_out_the_middle() -> None:
    lines = hex_view(bytes(range(256)) * 4, rows=4).splitlines()
    assert [line[:8] for line in lines] == ["00000000", "00000010", " " * 8, "000003e0", "000003f0"]
    assert lines[2].strip() == "... 960 bytes left out ..."
    assert hex_view(b"") == ""


@given(st.binary(max_size=600), st.integers(2, 9))
def test_hex_view_is_bounded_and_printable(data: bytes, rows: int) -> None:
    view = hex_view(data, rows=rows)
    assert len(view.splitlines()) <= rows + 1
    assert all(0x20 <= ord(letter) < 0x7F or letter == "\n" for letter in view)
