"""The sheet as dots, told by letter pictures.

Most pictures use a small letter of the sender's own (a flag of 4x3 dots, lop-sided in every direction), so that they stay
readable; the real letters are tested in tests/paper/fonts.
"""

from typing import Any

import numpy as np
import pytest
import zxingcpp
from hypothesis import given

from kvit.paper import raster
from kvit.paper.raster import MAX_ROWS, draw, lean, rows_of
from kvit.paper.sheet import Box, Event, Picture, Rule, Run, Sheet, Style, Symbol
from kvit.paper.symbol import measure
from tests.paper.letterpicture import drawn, seen
from tests.paper.sheets import SHEETS

FLAG = bytes([0b1111_0000, 0b1100_0000, 0b1000_0000])


def flags(text: str = "F", direction: int = 0, at: tuple[int, int] = (0, 0), spacing: int = 0, **style: Any) -> Run:
    worn = Style(cell_width=4, cell_height=3, **style)
    advance = (4 + spacing) * worn.width
    wide, high = advance * len(text), 3 * worn.height
    if worn.turned:
        advance, high = 3 * worn.height, 4 * worn.width
        wide = advance * len(text)
    if direction % 2:
        wide, high = high, wide
    return Run(at[0], at[1], wide, high, text, advance, worn, direction=direction, glyphs={"F": FLAG})


def page(*boxes: Box, width: int = 8, height: int = 0) -> str:
    return seen(draw(Sheet(width_dots=width, height_dots=height, boxes=list(boxes))).page)


LOOKS = {
    "plain": (flags(), """
        ####....
        ##......
        #.......
    """),
    "two with spacing": (flags("FF", spacing=1), """
        ####.###
        ##...##.
        #....#..
    """),
    "twice as wide": (flags(width=2), """
        ########
        ####....
        ##......
    """),
    "twice as high": (flags(height=2), """
        ####....
        ####....
        ##......
        ##......
        #.......
        #.......
    """),
    "bold": (flags(bold=True), """
        ####....
        ###.....
        ##......
    """),
    "underlined by one": (flags(underline=1), """
        ####....
        ##......
        ####....
    """),
    "underlined by two": (flags(underline=2), """
        ####....
        ####....
        ####....
    """),
    "inverted": (flags(invert=True), """
        ........
        ..##....
        .###....
    """),
    "each letter turned": (flags("FF", turned=True), """
        ######..
        .##.##..
        ..#..#..
        ..#..#..
    """),
    "bottom to top": (flags("FF", direction=1), """
        #.......
        #.......
        ##......
        ###.....
        #.......
        #.......
        ##......
        ###.....
    """),
    "upside down": (flags("F", direction=2), """
        ...#....
        ..##....
        ####....
    """),
    "top to bottom": (flags("F", direction=3), """
        ###.....
        .##.....
        ..#.....
        ..#.....
    """),
    "off the left and upper edge": (flags(at=(-1, -1)), """
        #.......
        ........
    """),
    "off the right edge": (flags(at=(6, 0)), """
        ......##
        ......##
        ......#.
    """),
}  # fmt: skip


@pytest.mark.parametrize("name", LOOKS)
def test_looks(name: str) -> None:
    run, picture = LOOKS[name]
    assert page(run) == drawn(picture)


@pytest.mark.parametrize("wide", range(1, 9))
@pytest.mark.parametrize("high", range(1, 9))
def test_every_size_is_whole_dots(wide: int, high: int) -> None:
    small = draw(Sheet(width_dots=4, boxes=[flags()])).page
    large = draw(Sheet(width_dots=4 * wide, boxes=[flags(width=wide, height=high)])).page
    assert (large == small.repeat(high, axis=0).repeat(wide, axis=1)).all()


def test_a_real_letter_in_font_c() -> None:
    run = Run(0, 0, 8, 16, "Ж", 8, Style(font="C", cell_width=8, cell_height=16))
    assert page(run) == drawn("""
        ........
        ........
        ........
        ........
        .#..#..#
        .#..#..#
        ..#.#.#.
        ..#.#.#.
        ...###..
        ...###..
        ..#.#.#.
        ..#.#.#.
        .#..#..#
        .#..#..#
        ........
        ........
    """)


def test_burning_only_adds() -> None:
    assert page(flags(), flags(invert=True)) == drawn("""
        ####....
        ####....
        ####....
    """)


def corner(width: int, height: int, x: int = 0, direction: int = 0, scale_x: int = 1, scale_y: int = 1) -> Picture:
    bits = bytes([0b1110_0000, 0b1000_0000])
    return Picture(x, 0, width, height, 3, 2, bits, scale_x, scale_y, direction=direction)


PICTURES = {
    "plain": (corner(3, 2), """
        ###.....
        #.......
    """),
    "double width": (corner(6, 2, scale_x=2), """
        ######..
        ##......
    """),
    "quadruple": (corner(6, 4, scale_x=2, scale_y=2), """
        ######..
        ######..
        ##......
        ##......
    """),
    "bottom to top": (corner(2, 3, direction=1), """
        #.......
        #.......
        ##......
    """),
    "upside down": (corner(3, 2, direction=2), """
        ..#.....
        ###.....
    """),
    "top to bottom": (corner(2, 3, x=1, direction=3), """
        .##.....
        ..#.....
        ..#.....
    """),
    "fewer bits than told": (Picture(0, 0, 3, 3, columns=3, rows=3, bits=b"\xe0"), """
        ###.....
        ........
        ........
    """),
    "missing": (Picture(0, 0, 6, 3, columns=0, rows=0, bits=b"", key="nv:1", missing=True), """
        ######..
        #....#..
        ######..
    """),
}  # fmt: skip


@pytest.mark.parametrize("name", PICTURES)
def test_pictures(name: str) -> None:
    picture, expected = PICTURES[name]
    assert page(picture) == drawn(expected)


def test_a_missing_logo_says_its_key() -> None:
    frames = [Picture(0, 0, 100, 40, columns=0, rows=0, bits=b"", key=key, missing=True) for key in ("nv:1", "nv:2")]
    one, other = (draw(Sheet(width_dots=100, boxes=[frame])).page for frame in frames)
    assert (one != other).any()


def test_rules_and_cut_marks() -> None:
    sheet = Sheet(width_dots=20, height_dots=3, boxes=[Rule(2, 1, 4, 1)], events=[Event("cut", 2)])
    assert seen(draw(sheet, cut_marks=True).page) == drawn("""
        ....................
        ..####..............
        ########........####
    """)


def test_italic_leans_to_the_right() -> None:
    upright = np.zeros((8, 5), dtype=np.bool_)
    upright[:, 2] = True
    assert seen(lean(upright)) == drawn("""
        ...#.
        ..#..
        ..#..
        ..#..
        ..#..
        .#...
        .#...
        .#...
    """)


def test_marks_take_no_advance() -> None:
    thai = "ที่กี้"
    run = Run(0, 0, 24, 24, thai, 12, Style())
    assert draw(Sheet(width_dots=24, boxes=[run])).page[:, 12:].any()


def test_unknown_letters_are_counted_and_framed() -> None:
    run = Run(0, 0, 36, 24, "a\ue000\ue000", 12, Style())
    result = draw(Sheet(width_dots=36, boxes=[run]))
    assert dict(result.unknown) == {"\ue000": 2}
    assert result.page[1, 12:].all()


@pytest.mark.parametrize("width", [384, 512, 576, 832])
def test_the_page_is_as_wide_as_the_head_and_as_long_as_the_roll(width: int) -> None:
    assert draw(Sheet(width_dots=width, height_dots=77)).page.shape == (77, width)


def test_remembered_cells_are_bounded() -> None:
    large = Style(width=8, height=8)
    text = "".join(map(chr, range(0xAC00, 0xAC00 + 600)))
    runs: list[Box] = [Run(0, 0, 192, 192, letter, 192, large) for letter in text]
    first = draw(Sheet(width_dots=192, boxes=runs)).page
    assert raster._KEPT.held_bytes <= raster.KEPT_BYTES
    held = sum(cell.nbytes for face in raster._KEPT.faces.values() for cell in face.values())
    assert held <= raster.KEPT_BYTES
    assert (draw(Sheet(width_dots=192, boxes=runs)).page == first).all()


def test_the_page_ends_somewhere() -> None:
    bomb = Sheet(width_dots=8, height_dots=10**9, boxes=[Rule(0, 10**9, 10**9, 10**9), flags(at=(0, 10**8))])
    assert rows_of(bomb) == MAX_ROWS
    assert draw(bomb).page.shape == (MAX_ROWS, 8)


SYMBOLS = {
    "qr": (b"https://kvit.example/r/abcdef", "QRCode"),
    "ean13": (b"4006381333931", "EAN13"),
    "code39": (b"KVIT 42", "Code39"),
    "pdf417": (b"a receipt", "PDF417"),
    "datamatrix": (b"a receipt", "DataMatrix"),
}


@pytest.mark.parametrize("direction", range(4))
@pytest.mark.parametrize("kind", SYMBOLS)
def test_symbols_are_read_back(kind: str, direction: int) -> None:
    data, _ = SYMBOLS[kind]
    symbol = Symbol(40, 40, 0, 0, kind, data, module=3, bar_height=80 if kind[0] in "ec" else 9, direction=direction)
    long, high = measure(symbol)
    symbol.width, symbol.height = (high, long) if direction % 2 else (long, high)
    dots = draw(Sheet(width_dots=576, height_dots=symbol.y + symbol.height + 40, boxes=[symbol])).page
    found = zxingcpp.read_barcodes(np.where(dots, 0, 255).astype(np.uint8))
    assert [bytes(code.bytes) for code in found] == [data]


def test_a_symbol_that_can_not_be_drawn_is_a_frame() -> None:
    for symbol in (
        Symbol(0, 0, 60, 30, "ean13", b"nonsense", fault="symbol.letters"),
        Symbol(0, 0, 60, 30, "no such kind", b"x"),
    ):
        dots = draw(Sheet(width_dots=60, boxes=[symbol])).page
        assert dots[[0, -1]].all()


@given(SHEETS)
def test_any_sheet_can_be_drawn(sheet: Sheet) -> None:
    dots = draw(sheet, cut_marks=True).page
    assert dots.shape == (rows_of(sheet), max(sheet.width_dots, 1))
