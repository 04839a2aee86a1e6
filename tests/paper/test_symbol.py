"""Symbols: what is drawn is read back, sizes told without drawing are the drawn ones, faults are told."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.paper import code128, qr, symbol
from kvit.paper.sheet import Symbol

DRAWN = [
    ("upca", b"01234567890", "0012345678905"), ("upce", b"123456", "0012345000065"), ("upce", b"04210000526", None),
    ("ean13", b"590123412345", "5901234123457"), ("ean8", b"9638507", "96385074"), ("code39", b"AB-12", "AB-12"),
    ("code39", b"*AB-12*", "AB-12"), ("itf", b"123456", "123456"), ("itf", b"1234567", "123456"),
    ("codabar", b"a123b", "A123B"), ("code93", b"Code 93", "Code 93"), ("code128", b"{BNo.{C\x0c\x22", "No.1234"),
    ("code128", b"{C123456", "123456"), ("code128", b"{AAB\x09C", "AB\tC"), ("code128", b"plain 123456", "plain 123456"),
    ("gs1128", b"(01)09501101530003", "(01)09501101530003"), ("databar", b"0950110153000", "(01)09501101530003"),
    ("databarlimited", b"0950110153000", "(01)09501101530003"), ("databarexpanded", b"(01)09501101530003(10)AB", None),
    ("databarstacked", b"0950110153000", "(01)09501101530003"),
    ("databarstackedomni", b"0950110153000", "(01)09501101530003"), ("qr", b"https://example.com/r/1", None),
    ("qr", "чек № 5 합계".encode(), "чек № 5 합계"), ("qr", b"0123456789", "0123456789"), ("microqr", b"12345", "12345"),
    ("pdf417", b"hello world", "hello world"), ("maxicode", b"HELLO", "HELLO"), ("datamatrix", b"HELLO 12", "HELLO 12"),
    ("aztec", b"HELLO", "HELLO"),
]  # fmt: skip


def made(kind: str, data: bytes, **facts: object) -> Symbol:
    prepared = symbol.prepare(kind, data)
    assert prepared.fault == ""
    tall = 80 if symbol.KINDS[kind].flat else 9
    box = Symbol(0, 0, 0, 0, kind, prepared.data, 3, tall, **facts)  # type: ignore[arg-type]
    box.width, box.height = symbol.measure(box)
    return box


@pytest.mark.parametrize(("kind", "data", "text"), DRAWN)
def test_drawn_and_read_back(kind: str, data: bytes, text: str | None) -> None:
    box = made(kind, data)
    dots = symbol.picture(box, 10)
    found = zxingcpp.read_barcodes(np.where(dots, 0, 255).astype(np.uint8))
    assert len(found) == 1
    if text is not None:
        assert found[0].text == text


@pytest.mark.parametrize(("kind", "data", "text"), DRAWN)
def test_measured_size_is_the_drawn_one(kind: str, data: bytes, text: str | None) -> None:
    box = made(kind, data)
    dots = symbol.draw(box)
    assert dots.shape == (box.height, box.width)
    assert dots[0].any()
    assert dots[-1].any()
    if kind not in ("maxicode", "codabar", "databar", "databarlimited", "databarexpanded"):
        assert dots[:, :3].any()


@pytest.mark.parametrize("level", "LMQH")
def test_qr_versions_hold_what_they_promise(level: str) -> None:
    for version in (1, 2, 6, 7, 9, 10, 26, 27, 40):
        room = (qr.DATA_BITS[level][version - 1] - 4 - (8 if version < 10 else 16)) // 8
        assert qr.version(b"a" * room, level) == version
        assert qr.version(b"a" * (room + 1), level) == (version + 1 if version < 40 else 0)
        drawn = symbol.matrix_of("qr", b"a" * room, level, ())
        assert drawn is not None
        assert drawn.shape == (17 + 4 * version, 17 + 4 * version)


def test_qr_counts_digits_and_capitals_closer() -> None:
    assert qr.version(b"1" * 41) == 1
    assert qr.version(b"A" * 25) == 1
    assert qr.version(b"a" * 17) == 1
    assert qr.version(b"1" * 42) == qr.version(b"A" * 26) == qr.version(b"a" * 18) == 2


FAULTS = [
    ("ean13", b"", "symbol.empty"), ("ean13", b"12345", "symbol.length"), ("ean13", b"59012341234xx", "symbol.letters"),
    ("ean13", b"5901234123450", "symbol.check_digit"), ("upca", b"012345678900", "symbol.check_digit"),
    ("code39", b"abc", "symbol.letters"), ("codabar", b"123", "symbol.letters"), ("code128", b"{Q12", "symbol.code_set"),
    ("code128", b"{C\x70", "symbol.letters"), ("code128", b"{B", "symbol.empty"),
    ("nonsense", b"1", "symbol.unsupported"), ("qr", b"x" * 8_000, "symbol.too_long"), ("itf", b"1", "symbol.length"),
    ("upce", b"12345678901", "symbol.letters"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "data", "fault"), FAULTS)
def test_faults(kind: str, data: bytes, fault: str) -> None:
    assert symbol.prepare(kind, data).fault == fault
    assert fault in symbol.FAULTS


def test_letters_for_people_are_drawn_below() -> None:
    box = made("ean13", b"590123412345", hri="5901234123457", hri_place=2)
    box.height += symbol.hri_height(box)
    dots = symbol.draw(box)
    assert dots[80:].any()
    assert not dots[80:, :30].any()
    above = made("ean13", b"590123412345", hri="5901234123457", hri_place=1)
    above.height += symbol.hri_height(above)
    assert symbol.draw(above)[24:].sum() == dots[:80].sum()


def test_faulty_symbols_draw_nothing() -> None:
    assert symbol.draw(Symbol(0, 0, 10, 10, "nonsense", b"1")).size == 0
    assert symbol.draw(Symbol(0, 0, 10, 10, "ean13", b"xx")).size == 0
    assert symbol.draw(Symbol(0, 0, 10, 10, "qr", b"")).size == 0


def test_turned_box_is_drawn_upright() -> None:
    box = made("ean13", b"590123412345")
    box.width, box.height, box.direction = box.height, box.width, 1
    assert symbol.draw(box).shape == (80, 285)


SETS = [
    (b"{BAB", [104, 33, 34]), (b"{AAB", [103, 33, 34]), (b"{C\x0c\x22", [105, 12, 34]), (b"{C1234", [105, 12, 34]),
    (b"{BA{Sb", None), (b"{BA{C12{BZ", [104, 33, 99, 12, 100, 58]), (b"{B{{", [104, 91]), (b"{B{1A", [104, 102, 33]),
    (b"{AA{Sa", [103, 33, 98, 65]),
]  # fmt: skip


@pytest.mark.parametrize(("data", "values"), SETS)
def test_code_sets(data: bytes, values: list[int] | None) -> None:
    built = code128.build(data)
    if values is None:
        assert built.fault == "" or built.fault == "symbol.letters"
        return
    assert list(built.values[:-1]) == values
    total = values[0] + sum(place * value for place, value in enumerate(values))
    assert built.values[-1] == total % 103
    assert sum(code128.bars(built.values)) == built.modules


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=20))
def test_automatic_code128_reads_back(text: str) -> None:
    data = text.encode("ascii")
    if data[:1] == b"{":
        return
    dots = symbol.picture(made("code128", data), 10)
    found = zxingcpp.read_barcode(np.where(dots, 0, 255).astype(np.uint8))
    assert found is not None
    assert found.text == text


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(sorted(symbol.KINDS)), st.binary(max_size=40))
def test_any_data_are_prepared_or_refused(kind: str, data: bytes) -> None:
    prepared = symbol.prepare(kind, data)
    assert prepared.fault in ("", *symbol.FAULTS)
    if not prepared.fault:
        box = Symbol(0, 0, 0, 0, kind, prepared.data, 2, 20)
        box.width, box.height = symbol.measure(box)
        drawn = symbol.draw(box)
        assert drawn.size == 0 or drawn.shape == (box.height, box.width)
