"""Pictures: each command's bits, scale and place, told as letter pictures."""

from __future__ import annotations

import pytest

from kvit.paper import image
from kvit.paper.logo import Logo, Logos
from kvit.paper.sheet import Picture
from tests.paper.printing import PRINTER, pictures, places, printed, printer, problems

CROSS = "#......#\n.#....#.\n..#..#..\n...##...\n...##...\n..#..#..\n.#....#.\n#......#"
ROWS = bytes((0x81, 0x42, 0x24, 0x18, 0x18, 0x24, 0x42, 0x81))


def seen(picture: Picture) -> str:
    return image.to_letters(picture.bits, picture.columns, picture.rows)


@pytest.mark.parametrize(("m", "scale"), [(0, (1, 1)), (1, (2, 1)), (2, (1, 2)), (3, (2, 2)), (0x33, (2, 2))])
def test_raster(m: int, scale: tuple[int, int]) -> None:
    sheet = printed(b"\x1dv0" + bytes([m]) + b"\x01\x00\x08\x00" + ROWS + b"a\n")
    picture = pictures(sheet)[0]
    assert seen(picture) == CROSS
    assert (picture.scale_x, picture.scale_y) == scale
    assert (picture.width, picture.height) == (8 * scale[0], 8 * scale[1])
    assert places(sheet) == [(0, picture.height, "a")]


MODES = [(0, 2, 3), (1, 1, 3)]


@pytest.mark.parametrize(("m", "scale_x", "scale_y"), MODES)
def test_eight_dot_columns(m: int, scale_x: int, scale_y: int) -> None:
    picture = pictures(printed(b"\x1b*" + bytes([m]) + b"\x08\x00" + ROWS + b"\n"))[0]
    assert seen(picture) == CROSS
    assert (picture.width, picture.height) == (8 * scale_x, 8 * scale_y)


@pytest.mark.parametrize(("m", "scale_x"), [(32, 2), (33, 1), (38, 1), (39, 1), (40, 1)])
def test_twenty_four_dot_columns(m: int, scale_x: int) -> None:
    data = b"\x80\x00\x01" + b"\x00\xff\x00"
    picture = pictures(printed(b"\x1b*" + bytes([m]) + b"\x02\x00" + data + b"\n"))[0]
    wanted = ["#."] + [".."] * 7 + [".#"] * 8 + [".."] * 7 + ["#."]
    assert seen(picture).split("\n") == wanted
    assert (picture.width, picture.height) == (2 * scale_x, 24)


def test_columns_stand_on_the_line_among_text() -> None:
    sheet = printed(b"ab\x1b*\x21\x02\x00" + b"\xff" * 6 + b"c\n")
    assert [(box.x, box.y) for box in sheet.boxes] == [(0, 0), (24, 0), (26, 0)]


def test_columns_are_cut_at_the_edge() -> None:
    sheet = printed(b"x" * 47 + b"\x1b*\x21\x64\x00" + b"\xff" * 300 + b"\n")
    assert pictures(sheet)[0].columns == 12


def graphics(function: int, data: bytes, big: bool = False) -> bytes:
    size = len(data) + 2
    head = b"\x1d8L" + size.to_bytes(4, "little") if big else b"\x1d(L" + size.to_bytes(2, "little")
    return head + bytes((0x30, function)) + data


@pytest.mark.parametrize("big", [False, True])
def test_stored_raster_is_printed_once(big: bool) -> None:
    store = graphics(112, b"\x30\x02\x01\x31\x08\x00\x08\x00" + ROWS, big)
    sheet = printed(store + graphics(50, b"") + graphics(50, b"") + b"a\n")
    assert [seen(picture) for picture in pictures(sheet)] == [CROSS]
    assert pictures(sheet)[0].width == 16
    assert places(sheet) == [(0, 8, "a")]


def test_stored_columns() -> None:
    sheet = printed(graphics(113, b"\x30\x01\x01\x31\x08\x00\x08\x00" + ROWS) + graphics(2, b""))
    assert seen(pictures(sheet)[0]) == CROSS


def test_two_colours_lie_over_each_other() -> None:
    planes = b"".join(graphics(112, b"\x30\x01\x01" + colour + b"\x08\x00\x08\x00" + ROWS) for colour in (b"1", b"2"))
    sheet = printed(planes + graphics(50, b"") + b"a\n")
    assert [(picture.y, picture.colour) for picture in pictures(sheet)] == [(0, 0), (0, 1)]
    assert places(sheet) == [(0, 8, "a")]


@pytest.mark.parametrize(("define", "show", "key"), [(67, 69, "nv:65/66"), (83, 85, "dl:65/66")])
def test_keys(define: int, show: int, key: str) -> None:
    data = graphics(define, b"\x30AB\x01\x08\x00\x08\x001" + ROWS) + graphics(show, b"AB\x02\x02")
    picture = pictures(printed(data))[0]
    assert (seen(picture), picture.key, picture.width) == (CROSS, key, 16)


def test_keys_by_columns_and_forgetting() -> None:
    define = graphics(68, b"\x30AB\x01\x08\x00\x08\x001" + ROWS)
    assert seen(pictures(printed(define + graphics(69, b"AB\x01\x01")))[0]) == CROSS
    gone = printed(define + graphics(66, b"AB") + graphics(69, b"AB\x01\x01"))
    assert pictures(gone)[0].missing


def test_old_nv_pictures() -> None:
    sheet = printed(b"\x1cq\x01\x01\x00\x01\x00" + ROWS + b"\x1cp\x01\x03")
    picture = pictures(sheet)[0]
    assert (seen(picture), picture.key, picture.width) == (CROSS, "nv:1", 16)


def test_nv_pictures_outlive_reset() -> None:
    assert not pictures(printed(b"\x1cq\x01\x01\x00\x01\x00" + ROWS + b"\x1b@\x1cp\x01\x00"))[0].missing


def test_download_picture_does_not() -> None:
    define = b"\x1d*\x01\x01" + ROWS
    assert seen(pictures(printed(define + b"\x1d/\x00\n"))[0]) == CROSS
    assert problems(printed(define + b"\x1b@\x1d/\x00\n")) == ["logo.unknown"]


def test_variable_height() -> None:
    assert seen(pictures(printed(b"\x1dQ0\x00\x08\x00\x01\x00" + ROWS))[0]) == CROSS


def bmp(top_down: bool = False, palette: bytes = b"\0\0\0\0\xff\xff\xff\0") -> bytes:
    inverted = [bytes([row ^ 0xFF]) + b"\0\0\0" for row in ROWS]
    body = b"".join(inverted if top_down else reversed(inverted))
    head = b"BM" + (62 + len(body)).to_bytes(4, "little") + bytes(4) + (62).to_bytes(4, "little")
    height = (-8 if top_down else 8).to_bytes(4, "little", signed=True)
    return (
        head
        + (40).to_bytes(4, "little")
        + (8).to_bytes(4, "little")
        + height
        + b"\1\0\1\0"
        + bytes(24)
        + palette
        + body
    )


@pytest.mark.parametrize("top_down", [False, True])
def test_bitmap(top_down: bool) -> None:
    data = b"\x1dD0\x43\x30AB\x01\x31" + bmp(top_down) + graphics(69, b"AB\x01\x01")
    assert seen(pictures(printed(data))[0]) == CROSS


def test_unreadable_bitmap() -> None:
    bad = bytearray(bmp())
    bad[28] = 24
    assert problems(printed(b"\x1dD0\x43\x30AB\x01\x31" + bytes(bad))) == ["image.unreadable"]


def test_unknown_logo_is_an_outline_and_the_library_helps() -> None:
    picture = pictures(printed(b"\x1cp\x01\x00"))[0]
    assert picture.missing
    assert picture.key == "nv:1"
    known = Logos({"nv:1": Logo(8, 8, ROWS)})
    assert seen(pictures(printed(b"\x1cp\x01\x00", logos=known))[0]) == CROSS


def test_pictures_are_aligned_and_clipped() -> None:
    centred = pictures(printed(b"\x1ba\x01\x1dv0\x00\x01\x00\x08\x00" + ROWS))[0]
    assert centred.x == 284
    wide = pictures(printed(b"\x1dv0\x00\x50\x00\x01\x00" + b"\xff" * 80))[0]
    assert (wide.columns, len(wide.bits)) == (576, 72)


def test_in_mid_line_the_line_goes_first() -> None:
    sheet = printed(b"ab\x1dv0\x00\x01\x00\x08\x00" + ROWS + b"c\n")
    assert pictures(sheet)[0].y == 24
    assert problems(sheet) == ["line.not_at_start"]


def test_pieces_are_joined() -> None:
    rows = 2_000
    sheet = printed(b"\x1dv0\x00\x40\x00" + rows.to_bytes(2, "little") + b"\xaa" * (64 * rows) + b"a\n")
    picture = pictures(sheet)[0]
    assert (picture.columns, picture.rows) == (512, rows)
    assert picture.bits == b"\xaa" * (64 * rows)
    assert places(sheet) == [(0, rows, "a")]


def test_a_bomb_is_cut() -> None:
    sheet = printed(b"\x1dv0\x00\xff\xff\xff\xff" + b"\xff" * 100_000)
    assert "image.too_large" in problems(sheet) or "payload.cut_short" in problems(sheet)
    assert sum(len(picture.bits) for picture in pictures(sheet)) <= image.MAX_BYTES


def test_quirks_of_a_real_printer() -> None:
    odd = printer(quirks=frozenset({"lf_eaten_after_raster", "no_triple_rows"}))
    sheet = printed(b"\x1dv0\x00\x01\x00\x08\x00" + ROWS + b"\na\n", odd)
    assert places(sheet) == [(0, 8, "a")]
    assert pictures(printed(b"\x1b*\x01\x08\x00" + ROWS + b"\n", odd))[0].height == 8
    assert PRINTER.quirks == frozenset()
