"""A document's symbols: data checked more strictly than a head does, and as large as there is room for."""

from __future__ import annotations

from typing import Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.paper.document import Code, Document
from kvit.paper.layout import lay_out
from kvit.paper.sheet import Picture, Symbol
from kvit.paper.sizing import symbol_of
from kvit.paper.symbology import KINDS
from tests.paper.printing import PRINTER, printer
from tests.paper.symbologies import DRAWS, EVERY, KNOWS, codes


def made(code: Code, room: int = 576, beyond: int = 0) -> Symbol:
    return symbol_of(code, PRINTER, room, 0, beyond)


DATA = [
    (Code("ean13", "590123412345"), b"5901234123457"), (Code("ean13", "5901234123457"), b"5901234123457"),
    (Code("ean13", "590123412345 12"), b"5901234123457+12"), (Code("ean8", "9638507+54321"), b"96385074+54321"),
    (Code("upce", "01234505"), b"01234505"), (Code("upce", "01200000345"), b"01234505"),
    (Code("code39", "CODE39", check="add"), b"CODE39W"), (Code("code39", "CODE39W", check="verify"), b"CODE39W"),
    (Code("itf", "0950110153000", check="add"), b"09501101530003"), (Code("codabar", "123"), b"A123A"),
    (Code("codabar", "c123d"), b"C123D"), (Code("databar", "(01)0950110153000"), b"09501101530003"),
    (Code("gs1128", "(01)0950110153000(10)A"), b"(01)09501101530003(10)A"), (Code("qr", "чек"), "чек".encode()),
    (Code("code128", "A1234"), b"{BA{C\x0c\x22"),
    (Code("composite", "9638507|(10)A", linear="ean8"), b"96385074|(10)A"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "data"), DATA, ids=lambda value: value.kind if isinstance(value, Code) else "")
def test_check_digits_and_guards_are_added(code: Code, data: bytes) -> None:
    found = made(code)
    assert (found.fault, found.data) == ("", data)


FAULTS: list[tuple[Code, str, dict[str, Any]]] = [
    (Code("ean13", "5901234123450"), "symbol.check_digit", {"expected": "7"}),
    (Code("ean13", "5901234123450 12"), "symbol.check_digit", {"expected": "7"}),
    (Code("upca", "012345678900"), "symbol.check_digit", {"expected": "5"}),
    (Code("upce", "01234506"), "symbol.check_digit", {"expected": "5"}),
    (Code("databar", "09501101530004"), "symbol.check_digit", {"expected": "3"}),
    (Code("code39", "CODE39X", check="verify"), "symbol.check_digit", {"expected": "W"}),
    (Code("itf", "09501101530004", check="verify"), "symbol.check_digit", {"expected": "3"}),
    (Code("gs1128", "(01)09501101530004"), "symbol.check_digit", {"ai": "01"}),
    (Code("databarexpanded", "(02)09501101530004(37)1"), "symbol.check_digit", {"ai": "02"}),
    (Code("gs1128", "no elements"), "symbol.elements", {"ai": "no e"}), (Code("itf", "123"), "symbol.length", {}),
    (Code("ean13", "123"), "symbol.length", {}), (Code("ean13", "590123412345 1"), "symbol.length", {}),
    (Code("code39", "abc"), "symbol.letters", {}), (Code("code128", "чек"), "symbol.letters", {}),
    (Code("codabar", "A123"), "symbol.letters", {}), (Code("databarlimited", "9950110153000"), "symbol.letters", {}),
    (Code("nonsense", "1"), "symbol.unsupported", {}),
    (Code("qr", "1", level="3"), "symbol.option", {"option": "level"}),
    (Code("pdf417", "1", level="L"), "symbol.option", {"option": "level"}),
    (Code("aztec", "1", level="99%"), "symbol.option", {"option": "level"}),
    (Code("micropdf417", "1", columns=5), "symbol.option", {"option": "columns"}),
    (Code("pdf417", "1", rows=2), "symbol.option", {"option": "rows"}),
    (Code("composite", "1|(10)A", linear="qr"), "symbol.option", {"option": "linear"}),
    (Code("composite", "9638507", linear="ean8"), "symbol.length", {}),
    (Code("composite", "9638500|(10)A", linear="ean8"), "", {}), (Code("microqr", "x" * 40), "symbol.too_long", {}),
    (Code("qr", "x" * 3_000), "symbol.too_long", {}),
    (Code("datamatrix", "x" * 99, rows=8, columns=18), "symbol.too_long", {}),
    (Code("maxicode", "no carrier", mode=2), "symbol.letters", {}),
    (Code("maxicode", "1\x1d1\x1d1\x1d" + "x" * 90, mode=3), "symbol.too_long", {}),
    (Code("code128", "x" * 80), "symbol.too_wide", {"width": 915, "room": 576}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "fault", "values"), FAULTS, ids=lambda value: str(value)[:40])
def test_faults_tell_their_values(code: Code, fault: str, values: dict[str, Any]) -> None:
    found = made(code)
    assert found.fault == fault
    if fault:
        assert found.options == {"kind": code.kind, **values}
        sheet = lay_out(Document([code]), PRINTER)
        assert [(each.code, each.values) for each in sheet.problems] == [(fault, found.options)]
        assert sheet.boxes == []


SIZES = [
    (Code("ean13", "590123412345"), 576, 2), (Code("ean13", "590123412345", module=6), 576, 5),
    (Code("ean13", "590123412345"), 120, 1), (Code("qr", "чек"), 576, 5), (Code("qr", "чек"), 110, 3),
    (Code("qr", "чек", module=1), 576, 2), (Code("qr", "чек"), 70, 2), (Code("maxicode", "A", module=9), 576, 1),
]  # fmt: skip


@pytest.mark.parametrize(("code", "room", "module"), SIZES)
def test_a_symbol_too_wide_gets_a_smaller_module(code: Code, room: int, module: int) -> None:
    assert made(code, room).module == module


def test_white_may_lie_beyond_the_margins() -> None:
    assert made(Code("upca", "01234567890", module=4), 384).module == 3
    assert made(Code("upca", "01234567890", module=4), 384, beyond=40).module == 4


def test_wide_pdf417_takes_fewer_columns() -> None:
    text = "https://example.org/" + "x" * 300
    wide, narrow = made(Code("pdf417", text)), made(Code("pdf417", text), 300)
    assert (wide.options, narrow.module, narrow.options) == ({}, 2, {"columns": 4})
    assert narrow.width <= 300 - 2 * 2 * KINDS["pdf417"].quiet


def test_pdf417_that_needs_more_columns_than_there_is_room_for_is_refused() -> None:
    assert made(Code("pdf417", "123456", level="8"), 200).fault == "symbol.too_wide"
    assert made(Code("pdf417", "123456", level="8"), 360).fault == ""


def test_letters_for_people_stay_on_the_paper() -> None:
    wide = made(Code("code93", "123456789", letters="below"), 250)
    assert (wide.module, wide.hri) == (1, "123456789")
    assert made(Code("gs1128", "(00)00312345678900001"), 200).hri == ""


def test_aztec_is_compact_where_that_is_enough() -> None:
    assert made(Code("aztec", "x")).options == {"compact": 1}
    assert made(Code("aztec", "x" * 200)).options == {"compact": 0}
    assert made(Code("aztec", "x", compact=False)).options == {"compact": 0}


def test_last_resorts_are_told() -> None:
    narrow = printer(width_dots=120, paper_mm=15)
    for code in (Code("ean13", "590123412345"), Code("qr", "https://example.org/receipts/0123456789abcdef/2026")):
        assert "symbol.fine" in [each.code for each in lay_out(Document([code]), narrow).problems]


@pytest.mark.parametrize(("letters", "told"), [("below", True), ("none", False)])
def test_letters_there_is_no_room_for_are_told(letters: Literal["below", "none"], told: bool) -> None:
    code = Code("gs1128", "(00)00312345678900001", letters=letters)
    problems = lay_out(Document([code]), printer(width_dots=200)).problems
    assert [str(each.values["text"])[:21] for each in problems if each.code == "symbol.bare"] == [code.data] * told


@pytest.mark.parametrize("kind", EVERY)
@settings(max_examples=8, deadline=None)
@given(st.data())
def test_a_symbol_and_its_white_lie_within_the_paper(kind: str, data: st.DataObject) -> None:
    code = data.draw(codes(kind))
    for head in (KNOWS, DRAWS):
        sheet = lay_out(Document([code], left=2, right=3), head)
        for box in sheet.boxes:
            assert box.x >= 24
            assert box.x + box.width < 576 - 36 + (8 if isinstance(box, Picture) else 1)
