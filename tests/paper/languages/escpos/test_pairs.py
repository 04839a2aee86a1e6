"""The short road for ASCII and whole pairs lays what the long road lays."""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.escpos import Parser, Profile
from kvit.paper.languages.escpos import play, text
from kvit.paper.sheet import Sheet
from tests.paper.printing import PRINTER, places, printed, printer

PROFILES = {
    system: printer(multibyte=type(PRINTER.multibyte)(system=system, power_on=True), width_dots=width)
    for system, width in (("cp949", 384), ("gb18030", 576), ("big5", 384))
}
LETTERS = [b"A 1", b"  ", b"\n", b"\n", b"\x88\x62", b"\xc7", *(
    each.encode(codec)
    for each, codec in (("합계", "cp949"), ("Итого", "cp949"), ("中文小票", "gb18030"), ("小計\u3000", "big5"))
)]  # fmt: skip
ORDERS = [
    b"\x1d!\x11", b"\x1d!\x01", b"\x1d!\x70", b"\x1d!\x00", b"\x1ba\x01", b"\x1ba\x02", b"\x1b \x0c", b"\x1b \x00",
    b"\x1cS\x02\x03", b"\x1c!\x0c", b"\x1c-\x01", b"\x1bV\x01", b"\x1bV\x00", b"\x1b{\x01", b"\x1bR\x0d", b"\x1b\\\xf0\xff",
    b"\x1b$\x00\x00", b"\x1c.", b"\x1c&", b"\x1bL", b"\x1bT\x01", b"\x1bS", b"\x1d\x0c", b"\x1b@", b"\x1b%\x01",
    b"\x1b&\x03AA\x01\xff\xff\xff",
]  # fmt: skip
STREAMS = st.lists(st.one_of(st.sampled_from(LETTERS), st.sampled_from(LETTERS + ORDERS)), max_size=24).map(b"".join)


@given(STREAMS, st.sampled_from([*PROFILES]))
def test_short_and_long_road_are_twins(data: bytes, system: str) -> None:
    short = printed(data, PROFILES[system])
    with mock.patch.object(text, "put_whole", return_value=False):
        assert short == printed(data, PROFILES[system])


@pytest.mark.parametrize("system", PROFILES)
def test_the_short_road_is_taken(system: str) -> None:
    with mock.patch.object(text, "write") as long:
        printed("一 1,850\n小票\n".encode({"cp949": "cp949"}.get(system, system), "replace"), PROFILES[system])
    assert not long.called


def _in_pieces(profile: Profile, *pieces: bytes) -> Sheet:
    parser = Parser(profile)
    return play([command for piece in pieces for command in parser.feed(piece)] + parser.close(), profile)


def test_a_lead_byte_of_an_earlier_line_waits_no_longer() -> None:
    sheet = _in_pieces(PROFILES["cp949"], b"a\xb0\nb", b"c\n")
    assert "".join(letter for _, y, letter in places(sheet) if y) == "bc"
