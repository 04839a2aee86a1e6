"""ReceiptLine to documents: what each line becomes, what is left out and told, that nothing raises."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kvit.escpos import load_profile
from kvit.paper import document as doc
from kvit.paper.document import (
    Cell,
    Code,
    Column,
    Cut,
    Feed,
    Frame,
    Image,
    Line,
    Span,
    Table,
    Text,
    parse,
    print_document,
)
from kvit.paper.languages import registry
from kvit.paper.layout import lay_out
from kvit.paper.markup import receiptline
from kvit.paper.markup.receiptline import LINES_MAX, Remark, read, reading

EPSON = load_profile("epson")
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAIAQAAAADsdIMmAAAAEElEQVR4nGNgYGD4z4ABAABB/wH/eD6v5gAAAABJRU5ErkJggg=="
)
STAR = Column(weight=1, wrap="character")


def star(align: doc.Align) -> Column:
    return Column(weight=1, align=align, wrap="character")


def test_a_line_of_one_column_is_text() -> None:
    assert read("a").blocks == [Text("a", "centre", "character")]
    assert read("|a\n\n_b|").blocks == [
        Text("a", "left", "character"),
        Text("", "centre", "character"),
        Text([Span("b", underline=2)], "right", "character"),
    ]


def test_neighbours_with_the_same_columns_are_one_table() -> None:
    (table, text, other) = read("a | b\nc | d\ne\nf | g | h").blocks
    assert isinstance(table, Table)
    assert table.columns == [star("left"), star("right")]
    assert table.rows == [["a", "b"], ["c", "d"]]
    assert isinstance(text, Text)
    assert isinstance(other, Table)
    assert len(other.columns) == 3


def test_a_cell_stands_where_its_own_bars_draw_it() -> None:
    (table,) = read("a | b\n|c|d|").blocks
    assert isinstance(table, Table)
    assert table.rows[1] == [Cell("c", align="centre"), Cell("d", align="centre")]


def test_columns_are_filled_up_or_left_out_by_the_widths_in_force() -> None:
    (table,) = read("{width: 3 0 4}\n|a|b|c|d\n|e").blocks
    assert isinstance(table, Table)
    assert [column.width for column in table.columns] == [3, 4]
    assert table.rows == [["a", "c"], [Cell("e", align="left"), ""]]


def test_rules_and_cuts() -> None:
    assert read("-\n=\n===").blocks == [Line(align="centre"), Cut(), Cut()]
    assert read("{width:12 12;align:right}\n-").blocks == [Line(width=25, align="right")]


def boxes(text: str) -> list[tuple[object, ...]]:
    """Each table as (rows, rules, open above, open below), other blocks by name."""
    return [
        (len(each.rows), each.rules, each.open_top, each.open_bottom)
        if isinstance(each, Table)
        else (type(each).__name__,)
        for each in read(text).blocks
    ]


BOXES = [
    ("a|b\n-\nc|d", [(2, [1], False, False)]),
    ("-\na|b\n-\n-\nc|d\n-", [(2, [1], False, False)]),
    ("a|b\n-\nc|d|e", [(1, [], False, False), (1, [], False, False)]),
    ("a|b\nc|d|e", [(1, [], False, True), (1, [], True, False)]),
    ("a\n=\nb", [(1, [], False, False), ("Cut",), (1, [], False, False)]),
    ("a\n{code:1}\nb", [(1, [], False, True), ("Code",), (1, [], True, False)]),
    ("a\n{border:none}\nb", [(1, [], False, False), ("Text",)]),
    ("a\n{border:none}\n{border:line}\nb", [(1, [], False, False), ("Feed",), (1, [], False, False)]),
    ("a\n{code:1}", [(1, [], False, True), ("Code",), ("Line",)]),
    ("-", []),
    ("=", [("Cut",)]),
]


@pytest.mark.parametrize(("text", "found"), BOXES, ids=[text.replace("\n", "/") for text, _ in BOXES])
def test_boxes_are_opened_ruled_and_closed(text: str, found: list[tuple[object, ...]]) -> None:
    assert boxes("{border:line}\n" + text) == found


CODES = [
    ("{code:1234}", Code("code128", "1234", "centre", 2, 72, letters="none")),
    ("{code:201234567890;option:ean,hri,3,100}", Code("ean13", "201234567890", "centre", 3, 100, letters="below")),
    ("|{code:1234567;option:jan} |", Code("ean8", "1234567", "left", 2, 72, letters="none")),
    ("{code:01234567890;option:upc}", Code("upca", "01234567890", "centre", 2, 72, letters="none")),
    ("{code:01234565;option:upc}", Code("upce", "01234565", "centre", 2, 72, letters="none")),
    ("| {code:a b;option:qrcode 5 q}", Code("qr", "a b", "right", 5, level="Q")),
]


@pytest.mark.parametrize(("line", "code"), CODES, ids=[line for line, _ in CODES])
def test_codes(line: str, code: Code) -> None:
    assert read(line).blocks == [code]


def test_a_code_stands_where_the_columns_stand() -> None:
    frame = Frame([Code("code128", "1", "right", 2, 72, letters="none")], "none", 25, "left")
    assert read("{width:12 12;align:left}\n| {code:1}").blocks == [frame]


def test_a_picture() -> None:
    written = base64.b64encode(PNG).decode()
    assert read(f"|{{image:{written}}}").blocks == [Image(PNG, "left")]
    assert read(f"{{image:{written[:20]} {written[20:].rstrip('=')}}}").blocks == [Image(PNG, "centre")]


REMARKS = [
    ("{command:\\x1b@}", "markup.command"),
    ("{x:\\x1bp}", "markup.command"),
    ("a{b", "markup.braces"),
    ("a|{b|c", "markup.braces"),
    ("{a:b}|c", "markup.beside"),
    ("{nonsense}", "markup.member"),
    ("{image:=}", "markup.picture"),
    ("{image:A}", "markup.picture"),
    ("{code:\\q}", "markup.code"),
    ("{code:%s}" % ("1" * 8_000), "markup.code"),
]


@pytest.mark.parametrize(("line", "code"), REMARKS, ids=[line[:20] for line, _ in REMARKS])
def test_what_is_left_out_is_told(line: str, code: str) -> None:
    found = reading(f"a\n{line}\nb")
    assert [(each.code, each.line) for each in found.remarks] == [(code, 2)]
    assert found.document.blocks == read("a\nb").blocks


def test_a_remark_shows_the_letters_in_question() -> None:
    assert reading("{a:b;oops}").remarks == [Remark("markup.member", 1, "oops")]


@pytest.mark.parametrize("feed", ["\n", "\r", "\r\n"])
def test_lines_end_in_three_ways(feed: str) -> None:
    assert read(f"\ufeffa{feed}b").blocks == read("a\nb").blocks


def test_a_text_too_long_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    found = reading("-\n" * (LINES_MAX + 10))
    assert len(found.document.blocks) == LINES_MAX
    assert [each.code for each in found.remarks] == ["markup.long"]
    monkeypatch.setattr(receiptline, "LETTERS_MAX", 3)
    assert reading("a\nb\nc").document == read("a\nb")


@given(st.text('ab|{}\\-=_"`^~ \n:;x1,*é한\x1b\x10', max_size=120))
@example("{border:line}\n|a|b|\n-\nc|{code:1}\n{width:3 *}\nd|e\n=\n")
def test_any_text_is_a_document(text: str) -> None:
    document = read(text)
    assert parse(print_document(document)) == document


INJECTIONS = [
    "te\x1bp\x00\x19\xfaa",
    "te\\x1bp\\x00a",
    "\x10\x14\x01\x00\x08",
    "\\x10\\x14\\x01",
    "\x1b@\x1dV\x00",
    "\\x9b",
    "\x9b",
    "\u202etea",
    "{command:\\x1bp\\x00\\x19\\xfa}",
    "{x:\x1bp}",
    "{_:\x1bp\x00}",
    "a|\x1d\x56\x00|b",
    "_\x1b_p",
    "\\\x1bn",
    "^^^\x07",
    "{code:\\x1bp}",
    "{code:\\x10\\x04;option:qrcode}",
]


@pytest.mark.parametrize("line", INJECTIONS, ids=[ascii(line) for line in INJECTIONS])
def test_text_is_never_a_command(line: str) -> None:
    """Played, the bytes print letters and symbols and do nothing else."""
    sheet = registry.play(registry.write(lay_out(read(line), EPSON), EPSON), EPSON)
    assert [each.kind for each in sheet.events if each.kind != "reset"] == []
    assert not [each for each in sheet.problems if each.code.startswith("command")]


@given(st.lists(st.sampled_from([*INJECTIONS, "|", "{border:line}", "tea", "\\"]), max_size=6).map("".join))
def test_no_mixture_of_text_is_a_command(text: str) -> None:
    sheet = registry.play(registry.write(lay_out(read(text), EPSON), EPSON), EPSON)
    assert [each.kind for each in sheet.events if each.kind not in ("reset", "cut")] == []


def test_nothing_of_ours_reads_a_clock_or_a_file() -> None:
    """The same text is the same document, always."""
    text = Path(__file__).read_text("utf-8")
    assert reading(text) == reading(text)
    assert Feed(0) != Feed(1)
