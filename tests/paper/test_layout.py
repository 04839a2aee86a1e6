"""Layout: where things stand on papers of three widths, and what is told when a head can not."""

from __future__ import annotations

import pytest

from kvit.escpos import Profile, load_profile
from kvit.paper import code128
from kvit.paper.builder import Builder, span
from kvit.paper.document import Column, Document
from kvit.paper.languages.escpos_write import write
from kvit.paper.layout import lay_out, on_paper
from kvit.paper.render import text as as_text
from kvit.paper.sheet import Picture, Sheet, Symbol
from kvit.paper.typeset import clean_text
from tests.paper.printing import PRINTER, places, printed, printer, runs

CHINESE = load_profile("xprinter")


def shown(document: Document, profile: Profile = PRINTER) -> list[str]:
    """The lines of text on the paper."""
    return as_text.render(printed(write(lay_out(document, profile), profile), profile)).splitlines()


def codes(sheet: Sheet) -> list[str]:
    return [problem.code for problem in sheet.problems]


@pytest.mark.parametrize(("paper_mm", "columns"), [(58, 32), (80, 48), (112, 69)])
def test_one_document_on_three_papers(paper_mm: int, columns: int) -> None:
    document = Builder().line("dashed").pair("Latte", "4.50").text("Thanks", align="right").document()
    lines = shown(document, on_paper(PRINTER, paper_mm))
    assert lines[0] == "-" * columns
    assert lines[1] == "Latte" + "4.50".rjust(columns - 5)
    assert lines[2] == "Thanks".rjust(columns)


def test_columns_by_width_weight_and_content() -> None:
    columns = [Column(weight=2), Column(width=6, align="right"), Column(weight=1, align="centre"), Column()]
    document = Builder().table(columns, [["left", "6", "mid", "auto"], ["a b " * 9, "1", "m", "x"]]).document()
    sheet = lay_out(document, on_paper(PRINTER, 58))
    assert [text for _, _, text in places(sheet)] == [
        "left" + " " * 14 + "6" + " " * 3 + "mid" + " " * 3 + "auto",
        "a b a b a b" + " " * 7 + "1" + " " * 4 + "m" + " " * 4 + "x",
        "a b a b a b",
        "a b a b a b",
    ]


@pytest.mark.parametrize(
    ("wrap", "lines"),
    [
        ("word", ["one two", "three", "four"]),
        ("character", ["one two th", "ree four"]),
        ("ellipsis", ["one two t…"]),
    ],
)
def test_wrapping(wrap: str, lines: list[str]) -> None:
    document = Builder().table([Column(width=10, wrap=wrap)], [["one two three four"]])  # type: ignore[arg-type]
    if wrap == "word":
        document = Builder().table([Column(width=8)], [["one two three four"]])
    assert shown(document.document()) == lines


def test_wide_letters_break_anywhere_and_count_two() -> None:
    sheet = lay_out(Builder().table([Column(width=6)], [["特级初榨橄榄油"]]).document(), CHINESE)
    assert places(sheet) == [(0, 0, "特级初"), (0, 30, "榨橄榄"), (0, 60, "油")]


@pytest.mark.parametrize(
    ("text", "columns", "lines"),
    [
        ("拿铁咖啡（大杯）", 14, ["拿铁咖啡（大", "杯）"]),
        ("拿铁咖啡（大杯）", 10, ["拿铁咖啡", "（大杯）"]),
        ("大份，外带，加热", 4, ["大", "份，", "外", "带，", "加热"]),
        ("阿a拿铁)b", 6, ["阿a拿", "铁)b"]),
        ("。。。。", 4, ["。。", "。。"]),
    ],
)
def test_marks_that_close_begin_no_line_and_marks_that_open_end_none(text: str, columns: int, lines: list[str]) -> None:
    for content in (text, span(text, bold=True)):
        sheet = lay_out(Builder().table([Column(width=columns)], [[content]]).document(), CHINESE)
        rows: dict[int, str] = {}
        for _, y, part in places(sheet):
            rows[y] = rows.get(y, "") + part
        assert list(rows.values()) == lines


def test_cyrillic_is_narrow_from_a_page_even_where_a_wide_set_has_it() -> None:
    (run,) = runs(lay_out(Builder().text("Итого").document(), CHINESE))
    assert (run.advance, run.width) == (12, 60)


def test_a_bordered_table_joins() -> None:
    document = Builder().table([Column(), Column()], [["a", "b"], ["c", "d"]], border=True, heads=1).document()
    assert shown(document) == ["┌─┬─┐", "│a│b│", "├─┼─┤", "│c│d│", "└─┴─┘"]
    assert [run.y for run in runs(lay_out(document, PRINTER)) if run.x == 0] == [0, 24, 48, 72, 96]


def test_letters_the_head_lacks_are_pictures_and_told() -> None:
    sheet = lay_out(Builder().pair("우유", "1.89").document(), PRINTER)
    assert [type(box).__name__ for box in sheet.boxes] == ["Picture", "Picture", "Run"]
    assert sheet.problems[0].values == {"text": "우유"}
    big = lay_out(Builder().text("우유", width=2, height=2).document(), PRINTER)
    (picture,) = big.boxes
    assert isinstance(picture, Picture)
    assert (picture.columns, picture.rows) == (96, 48)


def test_a_head_without_pictures_prints_question_marks_and_says_so() -> None:
    bare = printer(features=PRINTER.features - {"raster", "graphics", "bit_image"})
    sheet = lay_out(Builder().text("우유 x").document(), bare)
    assert "".join(run.text for run in runs(sheet)) == "???? x"
    assert codes(sheet) == ["letters.lost"]


def test_what_the_head_has_not_is_told() -> None:
    document = Builder().text(span("a", italic=True, colour="red", font="C")).cut().pulse().beep().document()
    bare = printer(features=frozenset({"raster"}), dialect="sunmi")
    absent = ["cut.absent", "pulse.absent", "beep.absent"]
    assert codes(lay_out(document, bare)) == ["look.absent", "look.absent", "look.absent", *absent]


def test_right_to_left_is_printed_in_the_order_it_is_seen_in_and_on_the_right() -> None:
    sheet = lay_out(Builder().text("שלום (12.50) abc").document(), PRINTER)
    assert [(run.x, run.text) for run in runs(sheet)] == [(576 - 16 * 12, "abc (12.50) םולש")]
    assert codes(sheet) == []


def test_cut_is_never_doubled_and_falls_back() -> None:
    document = Builder().text("a").cut().feed(2).cut(full=True).cut().text("b").cut(full=True).document()
    assert [event.values["full"] for event in lay_out(document, PRINTER).events] == [0, 1]
    partial = printer(features=PRINTER.features - {"cut_full"})
    assert [event.values["full"] for event in lay_out(document, partial).events] == [0, 0]


def test_symbols_fit_or_are_told() -> None:
    document = Builder().code("qr", "x" * 300, module=16).code("ean13", "978020137962").document()
    small = lay_out(document, on_paper(PRINTER, 58))
    first, second = small.boxes
    assert isinstance(first, Symbol)
    assert isinstance(second, Symbol)
    assert first.width <= 384
    assert second.data == b"9780201379624"


@pytest.mark.parametrize(
    ("kind", "data", "code"),
    [
        ("ean13", "9780201379625", "symbol.check_digit"), ("ean13", "12", "symbol.length"), ("itf", "a", "symbol.letters"),
        ("code39", "ж", "symbol.letters"), ("runes", "a", "symbol.unsupported"), ("qr", "x" * 3000, "symbol.too_long"),
        ("code39", "A" * 60, "symbol.too_wide"),
    ],
)  # fmt: skip
def test_symbols_that_are_none(kind: str, data: str, code: str) -> None:
    sheet = lay_out(Builder().code(kind, data).document(), PRINTER)
    assert codes(sheet) == [code]
    assert sheet.boxes == []


def test_a_symbol_the_head_lacks_is_drawn() -> None:
    sheet = lay_out(Builder().code("qr", "hello").document(), printer(symbologies=()))
    assert codes(sheet) == ["symbol.drawn"]
    assert isinstance(sheet.boxes[0], Picture)


def test_upside_down_stands_on_the_right() -> None:
    (run,) = runs(lay_out(Builder().text("ab", upside_down=True).document(), PRINTER))
    assert (run.x, run.direction) == (576 - 24, 2)


@pytest.mark.parametrize(
    ("text", "clean"),
    [("e\u0301", "é"), ("a\x1bp\0b", "apb"), ("\u202eabc\u202c", "abc"), ("a\tb", "a b"), ("\ud800\x7f\x9b", "")],
)  # fmt: skip
def test_text_is_composed_and_holds_no_orders(text: str, clean: str) -> None:
    assert clean_text(text) == clean


@pytest.mark.parametrize("data", [b"ABC-abc", b"12345678", b"No{1234567", b"a1", b"\x01A\x02b", b"123"])
def test_code_128_data_get_brace_orders_that_read_back(data: bytes) -> None:
    plain = code128.build_automatic(data)
    assert code128.build(code128.braced(data)) == plain


def test_a_profile_on_another_paper_is_one_record() -> None:
    known = load_profile("TM-T88V")
    assert on_paper(known, known.paper_mm) is known
    narrow = on_paper(known, 58)
    assert (narrow.paper_mm, narrow.width_dots < known.width_dots) == (58, True)
    assert on_paper(known, 58) is narrow
    assert on_paper(known, 112) is not narrow
