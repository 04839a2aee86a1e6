"""The notation of operands: what a line of it reads and writes."""

from __future__ import annotations

import pytest

from kvit.escpos.command import Fields
from kvit.escpos.layout import Layout, parse_layout

CASES: list[tuple[str, str, Fields]] = [
    ("n", "41", {"n": 0x41}),
    ("n:2", "3412", {"n": 0x1234}),
    ("v:i2", "feff", {"v": -2}),
    ("p:4", "04030201", {"p": 0x01020304}),
    ("m=00..06|41 n", "4101", {"m": 0x41, "n": 1}),
    ("n d[n]", "026162", {"n": 2, "d": b"ab"}),
    ("n:2 d[3*n]", "0100616263", {"n": 1, "d": b"abc"}),
    ("x y d[8*x*y]", "0101" + "61" * 8, {"x": 1, "y": 1, "d": b"a" * 8}),
    ("size:4 d[size-2]", "040000006162", {"size": 4, "d": b"ab"}),
    ("size:4 d[size-6]", "01000000", {"size": 1, "d": b""}),
    ("d[3]", "616263", {"d": b"abc"}),
    ("d~00", "616200", {"d": b"ab"}),
    ("d~1E", "61621e", {"d": b"ab"}),
    ("d~00:digits", "313200", {"d": b"12"}),
    ("n d[n]:digits", "023132", {"n": 2, "d": b"12"}),
    ("p:2{cn=31 fn d*}", "04003150616a", {"p": 4, "cn": 0x31, "fn": 0x50, "d": b"aj"}),
    ("n?", "", {}),
    ("n?", "01", {"n": 1}),
]


@pytest.mark.parametrize(("text", "raw", "fields"), CASES)
def test_reading_and_writing_are_twins(text: str, raw: str, fields: Fields) -> None:
    layout = Layout(b"\x1bX", text)
    whole = b"\x1bX" + bytes.fromhex(raw)
    assert layout.read(whole) == fields
    assert text == "size:4 d[size-6]" or layout.write(fields) == whole


CUT: list[tuple[str, str, Fields]] = [
    ("d~00", "6162", {"d": b"ab", "cut": 1}),
    ("n d[n]", "056162", {"n": 5, "d": b"ab", "cut": 1}),
    ("p:4{m d*}", "ff0000003161", {"p": 255, "m": 0x31, "d": b"a", "cut": 1}),
]


@pytest.mark.parametrize(("text", "raw", "fields"), CUT)
def test_what_ended_before_its_time_says_so_and_is_written_back(text: str, raw: str, fields: Fields) -> None:
    layout = Layout(b"", text)
    assert layout.read(bytes.fromhex(raw)) == fields
    assert layout.write(fields) == bytes.fromhex(raw)
    with pytest.raises(ValueError):
        layout.write({**fields, "cut": 0} if text != "d~00" else {"d": b"a\0"})


@pytest.mark.parametrize(
    ("text", "raw"), [("m=01 n", "0201"), ("p:2{cn=31}", "010032"), ("p:2{a b}", "010031"), ("n", "")]
)
def test_other_bytes_do_not_fit(text: str, raw: str) -> None:
    assert Layout(b"", text).read(bytes.fromhex(raw)) is None


def test_paths_are_the_prefix_and_the_fixed_bytes_behind_it() -> None:
    assert list(Layout(b"\x1dk", "m=00..02|41 n").paths()) == [b"\x1dk\0", b"\x1dk\1", b"\x1dk\2", b"\x1dkA"]
    assert list(Layout(b"\x1b@", "").paths()) == [b"\x1b@"]


@pytest.mark.parametrize("text", ["n:3", "d[", "@nothing", "n!"])
def test_a_line_that_is_no_notation_is_our_bug(text: str) -> None:
    with pytest.raises((AssertionError, KeyError)):
        parse_layout(text)
