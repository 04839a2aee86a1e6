"""The shapes: tab stops, counters, glyphs, stored pictures, ESC/P rasters."""

from __future__ import annotations

import pytest

from kvit.escpos.shapes import ALPHABETS, SHAPES, glyph_records, image_records
from tests.escpos.feeding import every_way


def test_glyphs_are_walked_letter_by_letter() -> None:
    assert list(glyph_records(3, b"\x02abcdef\x00\x01xyz")) == [(2, b"abcdef"), (0, b""), (1, b"xyz")]
    assert list(glyph_records(3, b"\x02abc")) == []


def test_stored_pictures_are_walked_one_by_one() -> None:
    dots = bytes(range(16))
    assert list(image_records(b"\x01\x00\x02\x00" + dots + b"\x00\x00\x00\x00")) == [(1, 2, dots), (0, 0, b"")]
    assert list(image_records(b"\x01\x00\x02\x00" + dots[:9])) == []


@pytest.mark.parametrize(
    ("data", "raw", "cut"),
    [
        (b"\x1dC;1;9;1;1;5;X", b"\x1dC;1;9;1;1;5;", None),
        (b"\x1dC;1;X", b"\x1dC;1;", None),
        (b"\x1dC;;;;;;1", b"\x1dC;;;;;;", None),
    ],
)
def test_counters_end_at_the_fifth_semicolon_or_at_a_foreign_byte(data: bytes, raw: bytes, cut: None) -> None:
    assert every_way(data)[0].raw == raw


def test_escp_rasters_are_as_long_as_their_rows() -> None:
    plain = b"\x1b.\x00\x14\x14\x02\x0c\x00" + b"\x1b@\n\x00"
    packed = b"\x1b.\x01\x14\x14\x02\x0c\x00" + b"\x00\x1b" + b"\xfe@"
    commands = every_way(plain + packed + b"A", "escp")
    assert [command.raw for command in commands] == [plain, packed, b"A"]
    assert commands[0].fields["d"] == b"\x1b@\n\x00"


def test_escp_letters_have_three_widths_each() -> None:
    letters = b"\x1b&\x00AB" + b"\x01\x02\x01" + b"\x1b@\n\x00\x00\x00" + b"\x00\x00\x00"
    assert [command.raw for command in every_way(letters + b"Z", "escp")] == [letters, b"Z"]


def test_alphabets_take_what_the_manual_lists() -> None:
    assert ALPHABETS["code39"].fullmatch(b"AZ09 $%*+-./")
    assert not ALPHABETS["code39"].fullmatch(b"a")
    assert ALPHABETS["codabar"].fullmatch(b"A12-34:5/6.7+8$B")
    assert not ALPHABETS["digits"].fullmatch(b"12A")


def test_every_shape_has_one_way_to_its_end() -> None:
    for shape in SHAPES.values():
        assert (shape.span is None) != (shape.chain is None)
