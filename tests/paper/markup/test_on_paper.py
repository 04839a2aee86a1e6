"""ReceiptLine on every printer: what a document of tables, boxes and short rules asks of layout, writers and players."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.escpos import Profile, load_profile, profile_names
from kvit.paper.languages import registry
from kvit.paper.layout import lay_out, on_paper
from kvit.paper.markup.receiptline import read
from kvit.paper.sheet import Sheet
from tests.paper.languages.test_escpos_write import seen
from tests.paper.markup.grid import grid
from tests.paper.printing import printer, runs


def written(name: str) -> bool:
    profile = load_profile(name)
    try:
        registry.language_of(profile)
    except registry.NoWriterError:
        return False
    return profile.language == "escpos"


PROFILES = [name for name in profile_names() if written(name)]
PLAIN = printer(width_dots=20 * 12)
"""Twenty columns."""


def laid(text: str, profile: Profile = PLAIN) -> Sheet:
    return lay_out(read(text), profile)


LINES = st.sampled_from([
    "{width:* 4 8}", "{width:3,0,*}", "{width:12 12}", "{width:20}", "{width:auto}", "{width:*,1,2,3,4,5,6,7,8,9,1,2,3,4}",
    "{border:line}", "{border:2}", "{border:none}", "{align:left}", "{align:right}", "{text:nowrap}", "{text:wrap}",
    "-", "=",
    "Tea | ^2|^^^1.00", "|a\\nb|`~c~`|_d_", "합계 | 合计|Итого", "^^^^^^^WIDE|x", "| {code:12;option:code39}",
    "{code:x;option:qrcode}", "",
    "a very long text that has to go over several lines|b", "ไทย ที่|é",
])  # fmt: skip


@given(st.lists(LINES, max_size=10).map("\n".join), st.sampled_from(PROFILES), st.sampled_from([58, 80, 112]))
def test_what_is_written_plays_to_the_sheet_it_was_written_from(text: str, name: str, paper_mm: int) -> None:
    profile = on_paper(load_profile(name), paper_mm)
    sheet = laid(text, profile)
    assert all(box.x >= 0 and box.x + box.width <= profile.width_dots for box in sheet.boxes)
    assert seen(registry.play(registry.write(sheet, profile), profile)) == seen(sheet)


SHOWN: list[tuple[str, list[str]]] = [
    ("{width:1 3;border:line}\n|^Boiled|a", ["      +-+---+", "      | |a  |", "      +-+---+"]),
    ("{width:3 4;align:right}\na|b\n-", ["              a b", "            --------"]),
    (
        "{width:5 6;border:line}\n|a|b\n-\n{width:14}\n|c",
        ["   +-----+------+", "   |  a  |b     |", "  ++-----+------++", "  |c             |", "  +--------------+"],
    ),
    ("{width:5;border:line;align:left}\na\n{width:5 5}\nb|c", ["+-----+", "|  a  |", "|    b|c    |", "+-----+-----+"]),
    (
        "{border:line;width:4}\na\n{border:none}\n{border:line}\nb",
        ["       +----+", "       |  a |", "       +----+", "       +----+", "       |  b |", "       +----+"],
    ),
    (
        "{width:1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,9}\na|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|a|",
        ["a a a a a a a a a a"],
    ),
    ("{text:nowrap}\n|this is more than twenty|", ["this is more than tw"]),
    ("{width:7}\n|spaces  end", ["      spaces", "       end"]),
    ("{width:6}\n|spaces  end", ["       spaces", "         end"]),
    ("{width:*,*,*}\n|a|b|c", ["   a      b   c"]),
]
"""At twenty columns, as the reference program writes them."""


@pytest.mark.parametrize(("text", "lines"), SHOWN, ids=[text[:40].replace("\n", "/") for text, _ in SHOWN])
def test_where_everything_stands(text: str, lines: list[str]) -> None:
    assert grid(laid(text)) == lines


def test_letters_too_wide_for_their_column_make_no_lines() -> None:
    """Twenty-one wide letters in a column of one cell: one line, and nothing on it but its neighbour."""
    sheet = laid("{width:1 3}\n|^Boiled salted peanuts|a")
    assert [run.text for run in runs(sheet)] == ["a"]
    assert sheet.height_dots == PLAIN.line_spacing


def test_an_empty_row_is_a_line() -> None:
    assert laid("a\n\nb").height_dots == 3 * PLAIN.line_spacing
    assert laid("{width:3 3}\n|\n^^^^^^^x|").height_dots == 2 * PLAIN.line_spacing
