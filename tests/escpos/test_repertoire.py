"""Which letters a printer has, where, and the bytes of each; and how far a head can be told to move."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.escpos import codepage, load_profile, multibyte
from kvit.escpos.motion import Motion
from kvit.escpos.repertoire import KEPT_LETTERS, repertoire_of


def test_the_power_on_page_comes_first_and_guesses_last() -> None:
    pages = repertoire_of(load_profile("xprinter")).pages
    assert pages[0] == (0, "cp437")
    grades = [codepage.grade(name) for _, name in pages[1:]]
    assert grades == sorted(grades, key=["codec", "standard", "observed", "inferred"].index)


@pytest.mark.parametrize(("text", "page"), [("Привет", "cp866"), ("Ω", "cp437"), ("naïve", "cp437")])
def test_the_best_known_page_that_has_the_letters(text: str, page: str) -> None:
    repertoire = repertoire_of(load_profile("xprinter"))
    mask = repertoire.mask(text)
    place = (mask & -mask).bit_length() - 1
    assert repertoire.pages[place][1] == page
    assert codepage.decode(repertoire.single(text, place), page) == text


@pytest.mark.parametrize("name", ["xprinter", "epson-korean", "epson-japanese", "epson-taiwan"])
@given(text=st.text(st.sampled_from("가힣한中文日本語特级あア漢字國")))
def test_pairs_read_back(name: str, text: str) -> None:
    profile = load_profile(name)
    repertoire = repertoire_of(profile)
    known = "".join(letter for letter in text if repertoire.pair(letter))
    assert multibyte.decode(profile.multibyte.system, repertoire.pairs(known)) == known


def test_what_no_head_has_dots_for_is_no_pair() -> None:
    assert repertoire_of(load_profile("xprinter")).pair("한") is None
    assert repertoire_of(load_profile("epson")).pair("中") is None


@given(st.integers(0, 5000), st.sampled_from([(203, 203), (203, 406), (180, 360), (160, 144), (160, 85)]))
def test_reach_is_a_place_at_or_behind(dots: int, axis: tuple[int, int]) -> None:
    motion = Motion(*axis)
    reached = motion.reach(dots)
    assert motion.dots(motion.units(dots)) == reached == motion.reach(reached)
    assert abs(reached - dots) <= motion.dpi // motion.per_inch + 1
    whole = motion.whole(255)
    assert whole <= 255
    assert motion.dots(whole) + motion.dots(7) == motion.dots(whole + 7)


def test_what_is_remembered_of_letters_is_bounded() -> None:
    repertoire = repertoire_of(load_profile("xprinter"))
    for code in range(0x4E00, 0x4E00 + KEPT_LETTERS + 10):
        repertoire.way(chr(code), 2)
    assert len(repertoire.masks) <= KEPT_LETTERS
    assert repertoire.way("ж", 1) == "n"


def test_a_head_of_unicode_has_one_page_and_draws_what_wants_joining() -> None:
    repertoire = repertoire_of(load_profile("sunmi"))
    assert [repertoire.way(letter, cells) for letter, cells in (("ж", 1), ("한", 2), ("中", 2), ("ب", 1))] == list(
        "nwwd"
    )
    assert repertoire.single("Қ한", 0) == "Қ한".encode()
