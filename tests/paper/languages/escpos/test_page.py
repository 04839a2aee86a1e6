"""Page mode: areas, four directions, what stays and what goes."""

from __future__ import annotations

import pytest

from kvit.paper.sheet import Picture, Rule, Run
from tests.paper.printing import pictures, places, printed, problems, read, runs, symbols

AREA = b"\x1bW" + bytes((10, 0, 20, 0, 200, 0, 100, 0))


def test_nothing_comes_out_before_it_is_printed() -> None:
    assert places(printed(b"\x1bLab\n\x1bSc\n")) == [(0, 0, "c")]
    assert "page.dropped" in problems(printed(b"\x1bLab\x1bSc\n"))


def test_form_feed_prints_and_leaves() -> None:
    assert places(printed(b"\x1bL" + AREA + b"ab\ncd\x0cz\n")) == [(10, 20, "ab"), (10, 50, "cd"), (0, 120, "z")]


def test_escape_form_feed_prints_and_stays() -> None:
    assert places(printed(b"\x1bL" + AREA + b"ab\x1b\x0c\x1b\x0c\x1bSz\n")) == [
        (10, 20, "ab"), (10, 140, "ab"), (0, 240, "z")
    ]  # fmt: skip


DIRECTIONS = [
    (0, (10, 20, 24, 24)),
    (1, (10, 96, 24, 24)),
    (2, (186, 96, 24, 24)),
    (3, (186, 20, 24, 24)),
]
"""Two letters at the start of the area 200 x 100 at (10, 20)."""


@pytest.mark.parametrize(("direction", "box"), DIRECTIONS)
def test_directions(direction: int, box: tuple[int, int, int, int]) -> None:
    run = runs(printed(b"\x1bL" + AREA + b"\x1bT" + bytes([direction]) + b"ab\x0c"))[0]
    assert (run.x, run.y, run.width, run.height) == box
    assert run.direction == direction


@pytest.mark.parametrize(("direction", "second"), [(0, (10, 50)), (1, (40, 96)), (2, (186, 66)), (3, (156, 20))])
def test_lines_follow_the_direction(direction: int, second: tuple[int, int]) -> None:
    run = runs(printed(b"\x1bL" + AREA + b"\x1bT" + bytes([direction]) + b"ab\ncd\x0c"))[1]
    assert (run.x, run.y) == second


def test_a_line_wraps_at_the_end_of_the_area() -> None:
    sheet = printed(b"\x1bL" + b"\x1bW" + bytes((0, 0, 0, 0, 24, 0, 100, 0)) + b"abcd\x0c")
    assert places(sheet) == [(0, 0, "ab"), (0, 30, "cd")]
    sideways = printed(b"\x1bL" + b"\x1bW" + bytes((0, 0, 0, 0, 100, 0, 36, 0)) + b"\x1bT\x01abcd\x0c")
    assert [run.text for run in runs(sideways)] == ["abc", "d"]


def test_vertical_positions_are_baselines() -> None:
    data = b"\x1bL" + AREA + b"\x1d$\x32\x00a\x1d\\\x0a\x00b\x1d\\\xf6\xffc\x0c"
    assert places(printed(data)) == [(10, 49, "a"), (22, 59, "b"), (34, 49, "c")]


def test_vertical_positions_mean_nothing_in_standard_mode() -> None:
    assert places(printed(b"\x1d$\x32\x00a\n")) == [(0, 0, "a")]


def test_can_empties_the_present_area_only() -> None:
    other = b"\x1bW" + bytes((10, 0, 200, 0, 200, 0, 100, 0))
    assert [run.text for run in runs(printed(b"\x1bL" + AREA + b"ab" + other + b"cd\x18\x0c"))] == ["ab"]


def test_pictures_stand_on_the_baseline_and_codes_hang() -> None:
    picture = b"\x1d(L\x0b\x00\x30\x70\x30\x01\x01\x31\x08\x00\x01\x00\xff\x1d(L\x02\x00\x30\x32"
    shown = pictures(printed(b"\x1bL" + AREA + b"\x1d$\x32\x00" + picture + b"\x0c"))[0]
    assert (shown.x, shown.y, shown.height) == (10, 20 + 50 - 1, 1)
    code = b"\x1d(k\x05\x001P0ab\x1d(k\x03\x001Q0"
    assert symbols(printed(b"\x1bL" + AREA + code + b"\x0c"))[0].y == 20
    assert symbols(printed(b"\x1bL" + AREA + b"\x1d$\x1e\x00" + code + b"\x0c"))[0].y == 50


def test_turned_pictures_exchange_their_sides() -> None:
    shown = pictures(printed(b"\x1bL" + AREA + b"\x1bT\x01\x1d$\x20\x00\x1b*\x21\x02\x00" + b"\xff" * 6 + b"\x0c"))[0]
    assert (shown.width, shown.height, shown.columns, shown.rows) == (24, 2, 2, 24)
    assert isinstance(shown, Picture)


def test_spacings_are_kept_apart() -> None:
    data = b"\x1b3\x64\x1b \x05\x1bL" + AREA + b"a\nb\x0cc\nd\n"
    assert places(printed(data)) == [(10, 20, "a"), (10, 50, "b"), (0, 120, "c"), (0, 220, "d")]


def test_direction_is_kept_the_area_is_not() -> None:
    sheet = printed(b"\x1bL" + AREA + b"\x1bT\x02a\x0c\x1bLb\x0c")
    assert [run.direction for run in runs(sheet)] == [2, 2]
    assert runs(sheet)[1].x == 576 - 12


def test_alignment_means_nothing_on_a_page() -> None:
    assert places(printed(b"\x1bL" + AREA + b"\x1ba\x01ab\x0c")) == [(10, 20, "ab")]
    bars = b"\x1dw\x02\x1dh\x20\x1d$\x32\x00\x1dk\x02400638133393\x00\x0c"
    assert [each.x for each in symbols(printed(b"\x1ba\x02\x1bL" + AREA + bars))] == [10]


def test_what_lies_outside_is_dropped() -> None:
    assert runs(printed(b"\x1bL" + AREA + b"\n\n\n\n\n\nab\x0c")) == []


def test_an_open_page_at_the_end_is_shown() -> None:
    sheet = printed(b"\x1bL" + AREA + b"ab")
    assert places(sheet) == [(10, 20, "ab")]
    assert "page.unprinted" in problems(sheet)


def test_reset_drops_the_page() -> None:
    assert places(printed(b"\x1bLab\x1b@c\n")) == [(0, 0, "c")]


def test_bad_area_is_refused() -> None:
    assert problems(printed(b"\x1bL\x1bW" + bytes(8) + b"\x0c")) == ["page.area"]


def test_lines_and_rectangles() -> None:
    line = b"\x1d(Q\x0c\x00\x30" + bytes((0, 0, 10, 0, 100, 0, 10, 0)) + b"\x01\x01\x02"
    frame = b"\x1d(Q\x0c\x00\x31" + bytes((0, 0, 0, 0, 50, 0, 40, 0)) + b"\x01\x01\x01"
    rules = [box for box in printed(b"\x1bL" + AREA + line + frame + b"\x0c").boxes if isinstance(box, Rule)]
    assert (rules[0].x, rules[0].y, rules[0].width, rules[0].height) == (10, 30, 100, 2)
    assert len(rules) == 5


def test_text_of_all_directions_can_be_read() -> None:
    for direction in range(4):
        written = read(b"\x1bL" + AREA + b"\x1bT" + bytes([direction]) + b"first\nsecond\x0c")
        assert [line.strip() for line in written.splitlines()] == ["first", "second"], direction


def test_every_box_lies_on_its_area() -> None:
    for direction in range(4):
        sheet = printed(b"\x1bL" + AREA + b"\x1bT" + bytes([direction]) + b"abc def\nghi\x0c")
        for box in sheet.boxes:
            assert isinstance(box, Run)
            assert box.x >= 10
            assert box.x + box.width <= 210
            assert box.y >= 20
            assert box.y + box.height <= 120
