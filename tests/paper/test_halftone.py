"""Greys to dots: the fronts give what one by one gives, tones keep their lightness, art and photo are told apart."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from kvit.paper.halftone import SPREADS, black_of, diffuse, is_photo, otsu


def one_by_one(greys: NDArray[Any], tone: str) -> NDArray[Any]:
    """Error diffusion as it is told in books."""
    divisor, shares = SPREADS[tone]
    rows, columns = greys.shape
    field = [[0, 0, *line, 0, 0] for line in greys.tolist()] + [[0] * (columns + 4)] * 2
    field = [list(line) for line in field]
    black = np.zeros((rows, columns), dtype=np.bool_)
    for row in range(rows):
        for column in range(2, columns + 2):
            value = field[row][column]
            error = value if value < 128 else value - 255
            black[row, column - 2] = value < 128
            for along, down, share in shares:
                field[row + down][column + along] += error * share // divisor
    return black


@pytest.mark.parametrize("tone", SPREADS)
@given(st.integers(1, 23), st.integers(1, 23), st.integers(0, 2**32 - 1))
def test_fronts_give_what_one_by_one_gives(tone: str, rows: int, columns: int, seed: int) -> None:
    greys = np.random.default_rng(seed).integers(0, 256, (rows, columns), dtype=np.uint8)
    assert np.array_equal(diffuse(greys, SPREADS[tone]), one_by_one(greys, tone))


@pytest.mark.parametrize("tone", ["floyd-steinberg", "bayer"])
@pytest.mark.parametrize("grey", [32, 64, 128, 192, 224])
def test_a_flat_grey_keeps_its_lightness(tone: str, grey: int) -> None:
    black = black_of(np.full((64, 64), grey, np.uint8), tone)
    assert abs(black.mean() - (255 - grey) / 255) < 0.03


def test_atkinson_keeps_light_areas_clean_and_dark_ones_full() -> None:
    assert black_of(np.full((64, 64), 240, np.uint8), "atkinson").mean() < 15 / 255
    assert black_of(np.full((64, 64), 15, np.uint8), "atkinson").mean() > 240 / 255


def test_otsu_finds_the_cut_between_two_heaps() -> None:
    rng = np.random.default_rng(1)
    heaps = np.concatenate([rng.normal(60, 12, 5_000), rng.normal(170, 12, 2_000)]).clip(0, 255)
    assert 90 < otsu(heaps.astype(np.uint8).reshape(70, 100)) < 140
    assert otsu(np.full((4, 4), 200, np.uint8)) == 128


def art(colour: int = 0) -> Image.Image:
    picture = Image.new("L", (600, 200), 255)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((20, 20, 180, 180), outline=colour, width=6)
    pen.text((220, 60), "Corner Cafe", fill=colour, font_size=60)
    pen.text((220, 140), "since 1987, open till late", fill=colour, font_size=20)
    return picture


def shaded() -> Image.Image:
    return Image.radial_gradient("L").resize((300, 300))


def photo_like() -> Image.Image:
    noise = np.random.default_rng(3).integers(0, 256, (40, 60), dtype=np.uint8)
    return Image.fromarray(noise).resize((480, 320), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(2))


def on_white(picture: Image.Image) -> Image.Image:
    paper = Image.new("L", (1000, 800), 255)
    paper.paste(picture, (40, 40))
    return paper


PICTURES = {
    "black art": (art(), False),
    "coloured art": (art(76), False),
    "grey art": (art(150), False),
    "art made smaller": (art().resize((384, 128), Image.Resampling.LANCZOS), False),
    "small print": (art().resize((200, 67), Image.Resampling.LANCZOS), False),
    "white on black": (art().point(lambda grey: 255 - grey), False),
    "gradient": (Image.linear_gradient("L"), True),
    "shaded ball": (shaded(), True),
    "photo": (photo_like(), True),
    "photo on a white page": (on_white(photo_like()), True),
    "a third tone in an area": (on_white(Image.new("L", (300, 300), 128)).point(lambda grey: grey), False),
    "grey page": (Image.new("L", (50, 50), 128), True),
    "black page": (Image.new("L", (50, 50), 0), False),
    "white page": (Image.new("L", (50, 50), 255), False),
}


@pytest.mark.parametrize("name", PICTURES)
def test_art_and_photo_are_told_apart(name: str) -> None:
    picture, photo = PICTURES[name]
    assert is_photo(np.asarray(picture)) is photo


def test_three_tones_are_a_photo() -> None:
    picture = on_white(Image.new("L", (300, 300), 128))
    ImageDraw.Draw(picture).rectangle((500, 300, 700, 700), fill=0)
    assert is_photo(np.asarray(picture))


def test_auto_is_one_of_the_two() -> None:
    lines, ball = np.asarray(art()), np.asarray(shaded())
    assert np.array_equal(black_of(lines, "auto"), black_of(lines, "line"))
    assert np.array_equal(black_of(ball, "auto"), black_of(ball, "atkinson"))
