"""Blocks on the page: rules that join, frames, spanning cells, areas, copies; no letter of four scripts is lost."""

from __future__ import annotations

from typing import Literal

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.escpos import Profile, load_profile, profile_names
from kvit.paper import reach
from kvit.paper.breaking import filled, lines
from kvit.paper.builder import Builder, part, span
from kvit.paper.document import Align, Border, Cell, Column, Document, Frame, Text
from kvit.paper.languages.escpos_write import write
from kvit.paper.languages.registry import compose
from kvit.paper.layout import lay_out
from kvit.paper.render import text as as_text
from kvit.paper.sheet import Picture, Run, Sheet
from kvit.paper.typeset import cells_of, setter_of
from tests.paper.printing import PRINTER, printed, printer, runs

WRITTEN = [name for name in profile_names() if reach.is_written(load_profile(name))]
NARROW = printer(width_dots=240)


def shown(document: Document, profile: Profile = NARROW) -> list[str]:
    return as_text.render(printed(write(lay_out(document, profile), profile), profile)).splitlines()


def codes(sheet: Sheet) -> list[str]:
    return [problem.code for problem in sheet.problems]


def table(rows: list[list[str]], widths: list[int], border: Border = "single") -> Builder:
    return Builder().table([Column(width=width) for width in widths], rows, border=border)


def test_tables_one_below_the_other_join() -> None:
    document = (
        table([["a", "b"]], [4, 4]).table([Column(width=2), Column(width=6)], [["c", "d"]], border=True).document()
    )
    assert shown(document) == ["┌────┬────┐", "│a   │b   │", "├──┬─┴────┤", "│c │d     │", "└──┴──────┘"]


def test_a_frame_joins_the_table_below_it() -> None:
    document = (
        Builder().frame(Builder().pair("a", "b")).table([Column(weight=1)] * 2, [["c", "d"]], border=True).document()
    )
    assert shown(document) == [
        "┌" + "─" * 18 + "┐", "│a" + " " * 16 + "b│", "├────────┬─────────┤", "│c       │d        │",
        "└────────┴─────────┘",
    ]  # fmt: skip


def test_what_stands_between_keeps_them_apart() -> None:
    document = table([["a"]], [3]).text("x").table([Column(width=3)], [["b"]], border=True).document()
    assert shown(document) == ["┌───┐", "│a  │", "└───┘", "x", "┌───┐", "│b  │", "└───┘"]


def test_rules_know_cells_of_several_columns() -> None:
    columns = [Column(width=3), Column(width=3), Column(width=3)]
    rows: list[list[str | Cell]] = [
        ["a", "b", "c"],
        [Cell("wide", columns=2, align="right"), "d"],
        [Cell("all", columns=3, align="centre")],
    ]
    document = Builder().table(columns, rows, border="double", ruled=True).document()
    assert shown(document) == [
        "╔═══╦═══╦═══╗", "║a  ║b  ║c  ║", "╠═══╩═══╬═══╣", "║   wide║d  ║", "╠═══════╩═══╣", "║    all    ║",
        "╚═══════════╝",
    ]  # fmt: skip


def test_heads_are_ruled_off_without_a_border_too() -> None:
    document = Builder().table([Column(width=3), Column(width=3)], [["a", "b"], ["c", "d"]], heads=1).document()
    assert shown(document) == ["a   b", "───────", "c   d"]


def test_cells_behind_the_last_column_are_told() -> None:
    sheet = lay_out(table([["a", "b", "c"]], [3, 3], "none").document(), PRINTER)
    assert codes(sheet) == ["table.cells"]


def test_frames_in_frames_and_letters_in_them() -> None:
    inner = Builder().text("가").feed()
    document = Builder().frame(Builder().frame(inner, "double").text("x")).document()
    assert shown(document, printer(width_dots=144, **has_korean())) == [
        "┌──────────┐", "│╔════════╗│", "│║가      ║│", "│║        ║│", "│╚════════╝│", "│x         │", "└──────────┘",
    ]  # fmt: skip


def has_korean() -> dict[str, object]:
    return {"multibyte": load_profile("epson-korean").multibyte}


def test_no_room_for_a_frame_is_told() -> None:
    sheet = lay_out(Builder().frame(Builder().text("a")).document(), printer(width_dots=40))
    assert codes(sheet) == ["frame.narrow"]
    assert [run.text for run in runs(sheet)] == ["a"]


def test_frames_end_somewhere() -> None:
    frame = Frame([Text("x")])
    for _ in range(5):
        frame = Frame([frame])
    with pytest.raises(ValueError, match="deep"):
        Frame([frame])


def test_areas_are_pages_where_the_head_has_them_and_pictures_where_not() -> None:
    parts = [part(Builder().text("a"), 2, 1, 10, 2), part(Builder().text("up"), 20, 0, 2, 4, 1)]
    document = Builder().text("x").area(parts, 4).text("y").document()
    sheet = lay_out(document, PRINTER)
    assert [(run.x, run.y, run.text, run.direction) for run in runs(sheet)] == [
        (0, 0, "x", 0), (24, 60, "a", 0), (240, 126, "up", 1), (0, 150, "y", 0),
    ]  # fmt: skip
    without = printer(features=PRINTER.features - {"page_mode"})
    assert [type(box).__name__ for box in lay_out(document, without).boxes] == ["Run", "Picture", "Run"]
    bare = printer(features=frozenset())
    assert codes(lay_out(document, bare)) == ["area.absent"]


def test_what_leaves_its_part_is_left_out_and_told() -> None:
    sheet = lay_out(Builder().area([part(Builder().text("a").text("b"), 0, 0, 5, 1)], 3).document(), PRINTER)
    assert [run.text for run in runs(sheet)] == ["a"]
    assert codes(sheet) == ["area.cut"]


def test_copies_each_end_in_their_cut() -> None:
    sheet = lay_out(Builder(copies=3).text("a").cut().document(), PRINTER)
    assert [run.text for run in runs(sheet)] == ["a"] * 3
    assert [event.y for event in sheet.events] == [30, 60, 90]


def test_a_document_s_alignment_is_for_text_that_does_not_say() -> None:
    sheet = lay_out(Builder(align="right").text("ab").text("cd", align="left").document(), PRINTER)
    assert [run.x for run in runs(sheet)] == [576 - 24, 0]


def test_turned_letters_lie_on_their_side() -> None:
    (run,) = runs(lay_out(Builder().text(span("ab", turned=True, width=2)).document(), PRINTER))
    assert (run.advance, run.height) == (24, 24)


def test_half_wide_han_letters_of_the_katakana_page_are_not_used() -> None:
    assert all(isinstance(box, Picture) for box in lay_out(Builder().text("日月").document(), PRINTER).boxes)


@pytest.mark.parametrize("system", ["jis", "shift-jis", "gb18030", "big5", "ksc5601", "cp949"])
def test_two_byte_systems_come_back(system: str) -> None:
    multibyte = msgspec.structs.replace(PRINTER.multibyte, system=system, power_on=False)
    profile = printer(multibyte=multibyte, code_pages={0: "cp437"})
    text = "한국어 A" if system in ("ksc5601", "cp949") else "日本 A"
    assert shown(Builder().text(text).text("plain").document(), profile) == [text, "plain"]
    assert codes(lay_out(Builder().text(text).document(), profile)) == []


LETTERS = "abc XYZ 019 .,-жёқҢәіңғүұөһЙ가힣뷁값中文价谢日本エ價"


def held(sheet: Sheet) -> str:
    """Every letter a sheet shows: its runs', and those drawn."""
    drawn = [each.values for each in sheet.problems if each.code == "letters.drawn"]
    words = [str(value) for values in drawn for value in values.values()]
    return "".join([run.text for run in sheet.boxes if isinstance(run, Run)] + words)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(LETTERS, max_size=30), min_size=1, max_size=3), st.sampled_from(WRITTEN), st.booleans())
def test_no_letter_of_four_scripts_is_lost_on_any_printer(texts: list[str], name: str, large: bool) -> None:
    made = Builder()
    for text in texts:
        made.text(text, height=2 if large else 1).pair(text, "1.00").frame(Builder().text(text))
    profile = load_profile(name)
    sheet = lay_out(made.document(), profile)
    drawable = bool(reach.picture_way(profile)) or reach.has_columns(profile)
    assert ("letters.lost" in codes(sheet)) <= (not drawable)
    if drawable:
        assert set("".join(texts)) <= set(held(sheet)) | {" "}


def test_kazakh_of_four_scripts_on_a_chinese_head() -> None:
    document = Builder().text("우유 Молоко Сүт қаймақ 牛奶").document()
    sheet = lay_out(document, load_profile("xprinter"))
    assert set("우유Молок牛奶Сүтқайм") <= set(held(sheet))
    assert "letters.lost" not in codes(sheet)


@settings(max_examples=200)
@given(st.text("ab 中d가,(。」「", max_size=30), st.integers(2, 12), st.sampled_from(["word", "character", "ellipsis"]))
def test_both_ways_to_break_lines_agree(text: str, columns: int, wrap: str) -> None:
    setter = setter_of(load_profile("epson-korean"))
    plain = setter.plain(text.strip(" ") or "a")
    found = filled(plain, columns, wrap, setter)  # type: ignore[arg-type]
    pieces = lines(setter.cut(plain, setter.plain_face), columns * setter.cell, wrap, setter)  # type: ignore[arg-type]
    assert all(cells_of(line) <= columns for line in found)
    theirs = ["".join(piece.text for piece in line).rstrip(" ") for line in pieces]
    assert [line[0].rstrip(" ") for line in found] == theirs


def test_aligned_by_row() -> None:
    aligns: list[Align] = ["left", "centre", "right"]
    rows = [[Cell("x", align=align) for align in aligns]]
    assert shown(Builder().table([Column(width=5)] * 3, rows, gap=0).document()) == ["x      x      x"]


def test_heads_whose_box_letters_are_wide_and_that_take_no_pictures_get_ascii() -> None:
    pairs = printer(code_pages={}, features=frozenset(), **has_korean())
    document = Builder().table([Column(width=2), Column(width=2)], [["a", "b"]], border=True).line().document()
    assert shown(document, pairs) == ["+--+--+", "|a |b |", "+--+--+", "-" * 48]


@pytest.mark.parametrize("align", ["left", "centre", "right"])
@pytest.mark.parametrize("width", [1, 3, 9])
@pytest.mark.parametrize("look", ["none", "single"])
@pytest.mark.parametrize("name", ["SP2000", "TM-T88V", "epson-korean", "starprnt"])
def test_large_letters_in_a_narrow_frame_stay_on_the_paper(
    name: str, look: Literal["none", "single"], width: int, align: Align
) -> None:
    big = Text([span("ab c", width=8, height=8)])
    sheet = compose(Document([Frame([big], look, width, align)]), load_profile(name))
    assert all(0 <= box.x <= box.x + box.width <= sheet.width_dots for box in sheet.boxes)
