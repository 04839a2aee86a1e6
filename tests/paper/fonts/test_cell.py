"""Letters in cells of any size: nothing raises, lines keep touching, strokes are not lost."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper.fonts import glyph, known
from kvit.paper.fonts.cell import fit

CELLS = [
    (12, 24),
    (24, 24),
    (9, 17),
    (18, 17),
    (8, 16),
    (16, 16),
    (10, 20),
    (12, 20),
    (9, 24),
    (16, 32),
    (7, 9),
    (24, 48),
]


@given(letter=st.text(min_size=1, max_size=3), width=st.integers(1, 60), height=st.integers(1, 60))
def test_any_letter_in_any_cell(letter: str, width: int, height: int) -> None:
    bits = glyph(letter, width, height)
    assert bits.shape == (height, width)
    assert bits.dtype == np.bool_


@pytest.mark.parametrize(("width", "height"), CELLS)
def test_letters_differ_in_every_cell(width: int, height: int) -> None:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    assert len({glyph(letter, width, height).tobytes() for letter in letters}) >= len(letters) - 2


@pytest.mark.parametrize(("width", "height"), CELLS)
def test_box_drawing_reaches_the_edges(width: int, height: int) -> None:
    across, down, full = (glyph(letter, width, height) for letter in "─│█")
    assert across.any(axis=0).all()
    assert down.any(axis=1).all()
    assert full.all()


def test_a_narrow_letter_is_centred_in_a_wide_cell() -> None:
    columns = np.flatnonzero(glyph("Я", 24, 24).any(axis=0))
    assert 4 <= columns[0] <= 9
    assert 14 <= columns[-1] <= 19


def test_marks_stand_on_their_letter() -> None:
    plain, marked = glyph("ก", 12, 24), glyph("ก\u0e49", 12, 24)
    assert (marked & plain == plain).all()
    assert marked[:8].sum() > plain[:8].sum()


def test_shrinking_keeps_every_stroke() -> None:
    comb = np.zeros((24, 12), dtype=np.bool_)
    comb[::4] = True
    assert fit(comb, 12, 12).any(axis=1).sum() == 6


def test_a_letter_that_shows_nothing_is_blank() -> None:
    assert known("\u200f")
    assert not glyph("\u200f", 12, 24).any()
    assert (glyph("a\u200d", 12, 24) == glyph("a", 12, 24)).all()


def test_an_unknown_letter_is_a_frame_with_its_number() -> None:
    assert not known("\ue000")
    assert known("ң")
    first, second = glyph("\ue000", 12, 24), glyph("\ue001", 12, 24)
    assert first[1].all()
    assert first[-2].all()
    assert (first != second).any()
