"""PNG: an independent reader sees the very dots of the raster."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kvit.paper.raster import draw
from kvit.paper.render import png
from kvit.paper.sheet import Event, Rule, Run, Sheet, Style
from tests.paper.sheets import SHEETS


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@given(SHEETS)
def test_pillow_sees_the_raster(sheet: Sheet) -> None:
    image = opened(png.render(sheet))
    assert image.mode == "1"
    assert (~np.asarray(image) == draw(sheet).page).all()


@given(SHEETS, st.integers(-1, 5), st.integers(-1, 20))
def test_scale_and_margin(sheet: Sheet, scale: int, margin: int) -> None:
    image = opened(png.render(sheet, scale=scale, margin_dots=margin))
    rows, columns = draw(sheet).page.shape
    times, around = max(scale, 1), 2 * max(margin, 0)
    assert image.size == ((columns + around) * times, (rows + around) * times)


@pytest.mark.parametrize("width", [1, 7, 8, 9, 384, 512, 576, 832])
def test_every_width(width: int) -> None:
    sheet = Sheet(width_dots=width, height_dots=3, boxes=[Rule(0, 1, width, 1)])
    assert (np.asarray(opened(png.render(sheet))) == np.array([[True], [False], [True]])).all()


def test_chunks_carry_nothing_but_the_picture() -> None:
    data = png.render(Sheet(width_dots=8, height_dots=8, dpi=203))
    names, place = [], 8
    while place < len(data):
        length, name = struct.unpack_from(">L4s", data, place)
        assert struct.unpack_from(">L", data, place + 8 + length)[0] == zlib.crc32(data[place + 4 : place + 8 + length])
        names.append(name)
        place += 12 + length
    assert names == [b"IHDR", b"pHYs", b"IDAT", b"IEND"]
    assert opened(data).info["dpi"] == pytest.approx((203, 203), abs=0.1)


def test_same_sheet_same_bytes() -> None:
    sheet = Sheet(width_dots=384, boxes=[Run(0, 0, 48, 24, "한글", 24, Style())])
    assert png.render(sheet) == png.render(sheet)


def test_a_coloured_picture_has_a_clear_ground() -> None:
    dots = np.array([[True, False]])
    image = opened(png.encode(dots, ink="#c00")).convert("RGBA")
    assert image.getpixel((0, 0)) == (0xCC, 0, 0, 255)
    assert image.getpixel((1, 0)) == (255, 255, 255, 0)


@pytest.mark.parametrize(
    ("scale", "dots", "expected"),
    [(1, 9, 1), (0, 9, 1), (99, 9, 8), (8, 832 * 32_768, 2), (8, 4096 * 32_768, 1), (3, 576 * 1200, 3)],
)
def test_the_scale_keeps_the_picture_in_bounds(scale: int, dots: int, expected: int) -> None:
    assert png.fitting(scale, dots) == expected


def test_cut_marks_only_when_asked() -> None:
    sheet = Sheet(width_dots=8, height_dots=2, events=[Event("cut", 1)])
    assert np.asarray(opened(png.render(sheet))).all()
    assert not np.asarray(opened(png.render(sheet, cut_marks=True))).all()
