"""Symbols out as commands and back: the bytes the manual asks for, and the same symbol from every head that knows it."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.escpos import load_profile, profile_names
from kvit.paper import code128, reach
from kvit.paper.document import Code, Document
from kvit.paper.languages.escpos_symbol import SymbolWriter
from kvit.paper.languages.escpos_write import write
from kvit.paper.layout import lay_out
from kvit.paper.sheet import Sheet, Symbol
from kvit.paper.sizing import symbol_of
from kvit.paper.symbology import LINEAR
from tests.paper.printing import printed, printer, symbols
from tests.paper.symbologies import DATA, DRAWS, EVERY, KNOWS, codes

PROFILES = {name: load_profile(name) for name in profile_names() if reach.is_written(load_profile(name))}
HEADS = {"knows all": KNOWS, "knows none": DRAWS, "narrow": printer(symbologies=KNOWS.symbologies, width_dots=384)}


def marks(sheet: Sheet) -> list[tuple[Any, ...]]:
    """All of a sheet's symbols that can be told."""
    return [
        (box.kind, box.data, box.x, box.y, box.width, box.height, box.module, box.bar_height, box.level, box.options,
         box.hri, box.hri_place)
        for box in symbols(sheet)
    ]  # fmt: skip


def proven(code: list[Code], profile: Any) -> Sheet:
    sheet = lay_out(Document(code), profile)  # type: ignore[arg-type]
    back = printed(write(sheet, profile), profile)
    assert marks(back) == marks(sheet)
    assert back.height_dots == sheet.height_dots
    assert [each.code for each in back.problems] == []
    return sheet


@pytest.mark.parametrize("kind", DATA)
@settings(max_examples=15, deadline=None)
@given(st.data())
def test_every_kind_comes_back(kind: str, data: st.DataObject) -> None:
    wanted = data.draw(st.lists(codes(kind), min_size=1, max_size=2))
    for head in HEADS.values():
        proven(wanted, head)


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_prints_every_kind(name: str) -> None:
    profile = PROFILES[name]
    sheet = proven([Code(kind, data) for kind, (data, _) in EVERY.items()], profile)
    told = [(each.code, each.values["kind"]) for each in sheet.problems if each.code != "picture.absent"]
    assert {code for code, _ in told} <= {"symbol.drawn", "symbol.fine", "symbol.bare", "symbol.too_wide"}
    if reach.picture_way(profile):
        drawn = {kind for code, kind in told if code == "symbol.drawn"}
        wide = {kind for code, kind in told if code == "symbol.too_wide"}
        assert drawn | wide | {box.kind for box in symbols(sheet)} == set(EVERY)


def test_settings_in_force_are_not_said_again() -> None:
    data = write(lay_out(Document([Code("qr", "a"), Code("qr", "b"), Code("ean8", "9638507")] * 2), KNOWS), KNOWS)
    assert data.count(b"\x1d(k\x03\x001C") == data.count(b"\x1d(k\x04\x001A") == 1
    assert data.count(b"\x1dh") == data.count(b"\x1dw") == 1


def test_one_family_after_another_kind_of_it() -> None:
    proven([Code("qr", "a"), Code("microqr", "1"), Code("qr", "b", level="H")], KNOWS)
    proven([Code("pdf417", "a", level="5", columns=3), Code("pdf417", "a", truncated=True)], KNOWS)
    proven([Code("databarstacked", "0950110153000"), Code("databarexpandedstacked", "(10)A", columns=2)], KNOWS)


LOWER = {**{kind: EVERY[kind][0] for kind in EVERY}, "upce": "01234565"}


@pytest.mark.parametrize("linear", LINEAR)
def test_composite_symbols_come_back(linear: str) -> None:
    code = Code("composite", f"{LOWER[linear]}|(21)A-1", linear=linear)
    sheet = lay_out(Document([code]), KNOWS)
    back = printed(write(sheet, KNOWS), KNOWS)
    assert marks(back) == marks(sheet)
    assert [each.code for each in back.problems] == ["symbol.partly"]
    assert [each.code for each in lay_out(Document([code]), DRAWS).problems] == ["symbol.unsupported"]


def sent(code: Code) -> bytes:
    made = symbol_of(code, KNOWS, 576, 0)
    assert made.fault == ""
    return SymbolWriter(KNOWS).write(made)


def function(cn: int, fn: int, *operands: int, data: bytes = b"") -> bytes:
    body = bytes([cn, fn, *operands]) + data
    return b"\x1d(k" + len(body).to_bytes(2, "little") + body


BYTES = [
    (Code("ean13", "590123412345", height=60), b"\x1dh\x3c\x1dw\x02\x1dH\x02\x1dk\x43\x0d5901234123457"),
    (Code("upce", "123456", letters="none"), b"\x1dh\x50\x1dw\x02\x1dk\x42\x0c012345000065"),
    (Code("code128", "No.123456", letters="none"), b"\x1dh\x50\x1dw\x02\x1dk\x49\x0a{BNo.{C\x0c\x22\x38"),
    (Code("gs1128", "(10)A(21)1", letters="none"), b"\x1dh\x50\x1dw\x02\x1dk\x4a\x0c(10)A{1(21)1"),
    (Code("databar", "0950110153000", letters="none"), b"\x1dh\x50\x1dw\x02\x1dk\x4b\x0d0950110153000"),
    (Code("qr", "чек", module=4), function(49, 65, 50, 0) + function(49, 67, 4) + function(49, 69, 49)
     + function(49, 80, 48, data="чек".encode()) + function(49, 81, 48)),
    (Code("microqr", "1", module=4), function(49, 65, 51, 0) + function(49, 67, 4) + function(49, 69, 48)
     + function(49, 80, 48, data=b"1") + function(49, 81, 48)),
    (Code("pdf417", "a", level="3", columns=2), function(48, 65, 2) + function(48, 67, 2) + function(48, 68, 3)
     + function(48, 69, 48, 51) + function(48, 80, 48, data=b"a") + function(48, 81, 48)),
    (Code("maxicode", "A", mode=5), function(50, 65, 53) + function(50, 80, 48, data=b"A") + function(50, 81, 48)),
    (Code("databarstackedomni", "0950110153000"),
     function(51, 67, 2) + function(51, 80, 48, 73, data=b"0950110153000") + function(51, 81, 48)),
    (Code("databarexpandedstacked", "(10)A", columns=2), function(51, 67, 2) + function(51, 71, 204, 0)
     + function(51, 80, 48, 76, data=b"(10)A") + function(51, 81, 48)),
    (Code("aztec", "a", module=4), function(53, 66, 49, 0) + function(53, 67, 4) + function(53, 69, 23)
     + function(53, 80, 48, data=b"a") + function(53, 81, 48)),
    (Code("datamatrix", "a", module=4, rows=12, columns=26), function(54, 66, 49, 12, 26) + function(54, 67, 4)
     + function(54, 80, 48, data=b"a") + function(54, 81, 48)),
    (Code("composite", "590123412345|(10)A", linear="ean13"), function(52, 67, 2)
     + function(52, 80, 48, 48, 66, data=b"590123412345") + function(52, 80, 48, 49, 65, data=b"(10)A")
     + function(52, 81, 48)),
]  # fmt: skip


@pytest.mark.parametrize(("code", "wanted"), BYTES, ids=lambda value: value.kind if isinstance(value, Code) else "")
def test_bytes_are_those_of_the_manual(code: Code, wanted: bytes) -> None:
    assert sent(code) == wanted


def test_older_heads_get_data_up_to_nul() -> None:
    older = printer(features=KNOWS.features - {"barcode_b"})
    made = symbol_of(Code("ean13", "590123412345", letters="none"), older, 576, 0)
    assert SymbolWriter(older).write(made).endswith(b"\x1dk\x025901234123457\x00")
    assert not reach.is_native(symbol_of(Code("code128", "a"), older, 576, 0), older)


NOT_SENT = [
    Code("ean13", "590123412345+12"), Code("maxicode", "чек"), Code("rmqr", "a"), Code("code39", "A", module=7),
    Code("micropdf417", "a"), Code("databarexpanded", "(10)A{("), Code("databarexpandedstacked", "(10)A*"),
]  # fmt: skip


@pytest.mark.parametrize("code", NOT_SENT, ids=lambda code: code.kind)
def test_what_no_command_says_is_drawn(code: Code) -> None:
    assert not reach.is_native(symbol_of(code, KNOWS, 576, 0), KNOWS)


@pytest.mark.parametrize("facts", [{"dialect": "bixolon"}, {"unproven": frozenset({"symbologies"})}])
def test_rare_kinds_are_sent_only_where_they_are_known(facts: dict[str, Any]) -> None:
    head = printer(symbologies=KNOWS.symbologies, **facts)
    for kind in ("aztec", "datamatrix", "maxicode", "microqr", "databarstacked"):
        assert not reach.is_native(symbol_of(Code(kind, EVERY[kind][0]), head, 576, 0), head)
    assert reach.is_native(symbol_of(Code("qr", "a"), head, 576, 0), head)


def test_live_bytes_are_never_sent() -> None:
    obeying = printer(quirks=frozenset({"obeys_realtime_in_payload"}))
    for code in (Code("code128", "1604"), Code("qr", "x" * 1037), Code("qr", "\x10\x04")):
        sheet = lay_out(Document([code]), obeying)
        assert b"\x10\x04" not in write(sheet, obeying)


@given(st.text(st.characters(min_codepoint=0, max_codepoint=127), min_size=1, max_size=30))
def test_code128_says_its_letters(text: str) -> None:
    data = text.encode("ascii")
    wanted = "".join(letter if letter.isprintable() else " " for letter in text)
    assert code128.build(code128.braced(data)).letters == wanted


def test_symbols_of_a_sheet_keep_their_order() -> None:
    sheet = proven([Code("qr", "a"), Code("ean8", "9638507"), Code("aztec", "b")], KNOWS)
    assert [box.kind for box in sheet.boxes if isinstance(box, Symbol)] == ["qr", "ean8", "aztec"]
