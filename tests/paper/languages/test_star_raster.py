"""Heads of rows only: everything drawn, and the very dots back on the played paper."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from kvit.escpos import Parser, load_profile
from kvit.paper import document as doc
from kvit.paper import raster
from kvit.paper.builder import Builder
from kvit.paper.languages.escpos.player import Player
from kvit.paper.languages.escpos_play import play
from kvit.paper.languages.star_raster_write import BAND_ROWS, write
from kvit.paper.layout import lay_out
from kvit.paper.sheet import Picture, Rule, Run, Sheet
from tests.paper.languages.test_escpos_write import ALL_SCRIPTS, documents
from tests.paper.printing import pictures, printed, printer

HEAD = load_profile("star-raster")


def looks(sheet: Sheet) -> tuple[Any, ...]:
    """The dots of a sheet, and what the machine did where."""
    page = raster.draw(sheet).page[: sheet.height_dots]
    return page.shape, page.tobytes(), [(each.kind, each.y, each.values) for each in sheet.events], sheet.height_dots


def proven(document: doc.Document) -> bytes:
    sheet = lay_out(document, HEAD)
    data = write(sheet, HEAD)
    back = play(data, HEAD)
    assert back.problems == []
    assert looks(back) == looks(sheet)
    return data


@settings(max_examples=60, deadline=None)
@given(documents)
def test_what_is_written_plays_to_the_same_dots(document: doc.Document) -> None:
    proven(document)


def test_nothing_is_given_up() -> None:
    proven(ALL_SCRIPTS)
    proven(doc.Document([doc.Code(kind, "A1") for kind in ("datamatrix", "aztec", "code39", "code93")]))
    assert [each.code for each in lay_out(ALL_SCRIPTS, HEAD).problems] == []


def test_a_tiny_sheet_byte_by_byte() -> None:
    sheet = Sheet(16, height_dots=9, boxes=[Rule(0, 1, 16, 1), Rule(0, 2, 8, 1), Rule(8, 4, 1, 1)])
    assert write(sheet, HEAD) == (
        b"\x1b*rR\x1b*rA\x1b*rP0\x00\x1b*rE1\x00"
        b"\x1b*rY1\x00" b"b\x02\x00\xff\xff" b"b\x01\x00\xff" b"\x1b*rY1\x00" b"b\x02\x00\x00\x80" b"\x1b*rY4\x00"
        b"\x1b*rB"
    )  # fmt: skip


def test_cuts_and_drawers() -> None:
    data = proven(Builder().text("a").cut(full=True).pulse().text("b").cut().pulse(5).document())
    assert data.count(b"\x1b*rF9\x00\x1b\x0c\x00\x1b*rD1\x00") == 1
    assert data.endswith(b"\x1b*rF13\x00\x1b\x0c\x00\x1b*rD2\x00\x1b*rB")


def test_what_lies_over_the_edge_of_a_band_is_whole() -> None:
    sheet = Sheet(
        576, height_dots=3 * BAND_ROWS, boxes=[Rule(0, BAND_ROWS - 5, 20, 10), Rule(8, 2 * BAND_ROWS + 1, 8, 3)]
    )
    assert looks(play(write(sheet, HEAD), HEAD)) == looks(sheet)


def test_a_long_journal_has_every_line() -> None:
    lines = Builder()
    for number in range(1_200):
        lines.text(f"line {number}")
    sheet = lay_out(lines.document(), HEAD)
    back = play(write(sheet, HEAD), HEAD)
    assert back.height_dots == sheet.height_dots == 36_000
    assert len(pictures(back)) >= 1_200


def test_data_is_never_a_command() -> None:
    data = proven(Builder().text("\x1b*rD1\x00\x07\x1b\x0c\x00b\x01\x00\xff").code("qr", "\x1b*rD3\x00").document())
    assert {each.name for each in Parser(HEAD).feed(data)} <= {
        "ESC * r R", "ESC * r A", "ESC * r", "b", "ESC * r B", "ESC FF",
    }  # fmt: skip
    assert not [each for each in play(data, HEAD).events if each.kind == "pulse"]


def test_fed_byte_by_byte() -> None:
    sheet = lay_out(ALL_SCRIPTS, HEAD)
    parser, player = Parser(HEAD), Player(HEAD)
    for byte in write(sheet, HEAD):
        player.feed(parser.feed(bytes([byte])))
    player.feed(parser.close())
    assert looks(player.close()) == looks(sheet)


def test_strangers_are_refused() -> None:
    with pytest.raises(ValueError, match="starprnt"):
        write(Sheet(576), load_profile("starprnt"))


# What others write

ROW = b"b\x02\x00\xff\x0f"


@pytest.mark.parametrize(
    ("data", "cuts"),
    [
        (b"\x1b*rA" + ROW + b"\x1b*rB", [0]),
        (b"\x1b*rA\x1b*rE1\x00" + ROW + b"\x1b*rB", []),
        (b"\x1b*rA\x1b*rE9\x00" + ROW + b"\x1b\x0c\x04\x1b*rB", [1]),
        (b"\x1b*rA\x1b*rF8\x00" + ROW + b"\x1b\x0c\x00" + ROW + b"\x1b\x0c\x00\x1b*rB", [1, 1]),
        (b"\x1b*rA\x1b*rE9\x00\x1b*rE0\x00" + ROW + b"\x1b*rB", [0]),
        (b"\x1b*rA\x1b*rE9\x00\x1b*rA" + ROW + b"\x1b*rB", [0]),
        (b"\x1b*rA\x1b*rB", []),
    ],
)
def test_how_documents_and_pages_end(data: bytes, cuts: list[int]) -> None:
    assert [each.values["full"] for each in printed(data, printer(dialect="star")).events] == cuts


def test_rows_passed_are_white() -> None:
    sheet = printed(b"\x1b*rA" + ROW * 2 + b"\x1b*rY40\x00" + ROW + b"\x1b*rB", printer(dialect="star"))
    assert [(box.y, box.rows) for box in pictures(sheet)] == [(0, 2), (42, 1)]


def test_rows_at_hand_are_shown_when_the_stream_ends() -> None:
    sheet = printed(b"\x1b*rA" + ROW * 3, printer(dialect="star"))
    assert [(box.y, box.rows) for box in pictures(sheet)] == [(0, 3)]
    assert (sheet.height_dots, sheet.events) == (3, [])


def test_more_rows_than_a_picture_has_go_on_below(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kvit.paper.image.MAX_ROWS", 4)
    sheet = printed(b"\x1b*rA" + ROW * 8 + b"\x1b*rB", printer(dialect="star"))
    assert [(box.y, box.rows) for box in pictures(sheet)] == [(0, 4), (4, 4)]
    assert [each.kind for each in sheet.events] == ["cut"]


def test_rows_dropped_and_settings_of_noise() -> None:
    sheet = printed(
        b"\x1b*rA" + ROW + b"\x1b*rC\x1b*rYx\x00\x1b*rY999999999999\x00\x1b*rD7\x00\x1b*rB", printer(dialect="star")
    )
    assert sheet.boxes == []
    assert sheet.events == []


def test_both_drawers_at_once() -> None:
    sheet = printed(b"\x1b*rA\x1b*rD3\x00\x1b*rB", printer(dialect="star"))
    assert [each.values["pin"] for each in sheet.events] == [2, 5]


def test_letters_of_the_sheet_are_pictures_on_the_paper() -> None:
    back = play(write(lay_out(Builder().text("A").document(), HEAD), HEAD), HEAD)
    assert any(isinstance(box, Picture) for box in back.boxes)
    assert not any(isinstance(box, Run) for box in back.boxes)
