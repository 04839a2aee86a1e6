"""MaxiCode of parcel carriers: every bit in its place, however damaged the rest, and what is no carrier's data."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp

from kvit.paper import maxicode
from kvit.paper.fonts import Bits

DATA = "152382801\x1d840\x1d001\x1dHELLO"
DAMAGED = (10, 11, 12, 13, 14)
"""Five characters wrong in the middle: all its correction mends."""


def read(grid: Bits) -> list[str]:
    page = np.where(np.pad(maxicode.draw(grid), 20), 0, 255).astype(np.uint8)
    return [found.text for found in zxingcpp.read_barcodes(page)]


def damaged() -> tuple[Bits, dict[int, tuple[int, int]]]:
    grid, places = maxicode.hexagons_of(2, DATA), maxicode._places()
    assert grid is not None
    for character in DAMAGED:
        grid[places[6 * character + 2]] ^= True
    return grid, places


def test_five_wrong_characters_are_mended_and_six_are_not() -> None:
    grid, places = damaged()
    assert read(grid) == [DATA.replace("\x1d", "<GS>")]
    grid[places[6 * 15]] ^= True
    assert read(grid) == []


@pytest.mark.parametrize("bit", range(60))
def test_every_bit_of_the_middle_counts(bit: int) -> None:
    grid, places = damaged()
    grid[places[bit]] ^= True
    assert read(grid) == []


def test_all_bits_have_places_of_their_own() -> None:
    places = maxicode._places()
    assert sorted(places) == list(range(864))
    assert len(set(places.values())) == 864
    assert not set(places.values()) & set(maxicode._always_dark())


ADDRESSES = [
    (2, "1\x1d1\x1d2", ("1", 1, 2, "")), (2, "[)>\x1e01\x1d961\x1d1\x1d2\x1dx", ("1", 1, 2, "[)>\x1e01\x1d96x")),
    (3, "AB 1\x1d1\x1d2\x1dx", ("AB 1", 1, 2, "x")), (2, "A\x1d1\x1d2", None), (3, "ABCDEFG\x1d1\x1d2", None),
    (2, "1234567890\x1d1\x1d2", None), (2, "1\x1d1", None), (2, "x", None),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "data", "wanted"), ADDRESSES)
def test_addresses(mode: int, data: str, wanted: tuple[str, int, int, str] | None) -> None:
    assert maxicode.address_of(mode, data) == (maxicode.Address(*wanted) if wanted else None)


def test_what_does_not_fit_is_none() -> None:
    assert maxicode.hexagons_of(2, "1\x1d1\x1d2\x1d" + "x" * 85) is None
    assert maxicode.hexagons_of(2, "1\x1d1\x1d2\x1dчек") is None
