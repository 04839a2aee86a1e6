"""Bar codes and 2D symbols: every command form comes out as a symbol of the right kind, size and place."""

from __future__ import annotations

import pytest

from kvit.paper.sheet import Symbol
from tests.paper.printing import places, printed, printer, problems, symbols
from tests.paper.symbologies import paper_of, read

FORM_A = [
    (0, b"01234567890", "upca", b"012345678905"), (1, b"123456", "upce", b"01234565"),
    (2, b"590123412345", "ean13", b"5901234123457"), (3, b"9638507", "ean8", b"96385074"),
    (4, b"AB-12", "code39", b"AB-12"), (5, b"1234", "itf", b"1234"), (6, b"A123B", "codabar", b"A123B"),
]  # fmt: skip
FORM_B = [
    *((65 + m, data, kind, made) for m, data, kind, made in FORM_A), (72, b"Code 93", "code93", b"Code 93"),
    (73, b"{BNo.{C\x0c\x22", "code128", b"{BNo.{C\x0c\x22"), (74, b"(01)09501101530003", "gs1128", b"(01)09501101530003"),
    (75, b"0950110153000", "databar", b"09501101530003"), (76, b"0950110153000", "databartruncated", b"09501101530003"),
    (77, b"0950110153000", "databarlimited", b"09501101530003"), (78, b"(01)09501101530003", "databarexpanded", None),
    (79, b"No. 123456", "code128", b"No. 123456"),
]  # fmt: skip


@pytest.mark.parametrize(("m", "data", "kind", "made"), FORM_A)
def test_form_a(m: int, data: bytes, kind: str, made: bytes) -> None:
    sheet = printed(b"\x1dk" + bytes([m]) + data + b"\0a\n")
    assert [(box.kind, box.data) for box in symbols(sheet)] == [(kind, made)]
    assert places(sheet) == [(0, 162, "a")]
    assert sheet.problems == []


@pytest.mark.parametrize(("m", "data", "kind", "made"), FORM_B)
def test_form_b(m: int, data: bytes, kind: str, made: bytes | None) -> None:
    sheet = printed(b"\x1dw\x02\x1dk" + bytes([m, len(data)]) + data + b"a\n")
    assert [(box.kind, box.data) for box in symbols(sheet)] == [(kind, made or data)]


def test_settings() -> None:
    sheet = printed(b"\x1dw\x02\x1dh\x50\x1dH\x02\x1df\x01\x1ba\x01\x1dk\x02590123412345\0a\n")
    box = symbols(sheet)[0]
    assert (box.module, box.bar_height, box.hri, box.hri_place) == (2, 80, "5901234123457", 2)
    assert (box.x, box.y, box.width, box.height) == ((576 - 190) // 2, 0, 190, 80 + 17)
    assert places(sheet)[0][1] == 97


def test_letters_above_and_below() -> None:
    assert symbols(printed(b"\x1dH\x03\x1dk\x02590123412345\0"))[0].height == 162 + 48


def test_settings_forgotten_by_a_clone() -> None:
    odd = printer(quirks=frozenset({"barcode_settings_reset"}))
    first, second = symbols(printed(b"\x1dh\x50\x1dk\x039638507\0\x1dk\x039638507\0", odd))
    assert (first.bar_height, second.bar_height) == (80, 162)


REFUSED = [
    (b"\x1dk\x02123\0", "symbol.length"), (b"\x1dk\x49\x03abc", None), (b"\x1dk\x49\x02{X", "symbol.code_set"),
    (b"\x1dk\x45\x03a\xff\xff", "symbol.letters"), (b"\x1dw\x06\x1dk\x49\x3c{B" + b"x" * 58, "symbol.too_wide"),
    (b"\x1d(k\x03\x001Q0", "symbol.empty"), (b"\x1dk\x46\x011", "symbol.length"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "code"), REFUSED)
def test_refused_symbols_leave_no_mark(data: bytes, code: str | None) -> None:
    sheet = printed(data)
    if code is None:
        assert symbols(sheet)[0].kind == "code128"
        return
    assert symbols(sheet) == []
    assert code in problems(sheet)


def test_a_wrong_check_digit_is_an_outline() -> None:
    sheet = printed(b"\x1dk\x025901234123450\0")
    assert symbols(sheet)[0].fault == "symbol.check_digit"
    assert problems(sheet) == ["symbol.check_digit"]


@pytest.mark.parametrize("data", [b"\x1dk\x4e\x07(77)abc", b"\x1d(k\x0b\x003P0\x4c(77)abc\x1d(k\x03\x003Q0"])
def test_element_strings_nobody_knows_are_an_outline(data: bytes) -> None:
    sheet = printed(data)
    assert [(box.fault, box.data) for box in symbols(sheet)] == [("symbol.elements", b"(77)abc")]
    assert problems(sheet) == ["symbol.elements"]


def qr(data: bytes, *, level: int = 0x31, module: int = 4) -> bytes:
    size = (len(data) + 3).to_bytes(2, "little")
    return (
        b"\x1d(k\x04\x001A2\x00" + b"\x1d(k\x03\x001C" + bytes([module]) + b"\x1d(k\x03\x001E" + bytes([level])
        + b"\x1d(k" + size + b"1P0" + data + b"\x1d(k\x03\x001Q0"
    )  # fmt: skip


@pytest.mark.parametrize("level", [0, 1, 2, 3])
def test_qr(level: int) -> None:
    box = symbols(printed(qr(b"https://example.com/r/1", level=0x30 + level, module=5)))[0]
    assert (box.kind, box.data, box.level) == ("qr", b"https://example.com/r/1", "LMQH"[level])
    assert box.width == box.height == 5 * {0: 25, 1: 25, 2: 29, 3: 33}[level] or box.width % 5 == 0


def test_qr_data_survive_until_reset() -> None:
    again = b"\x1d(k\x03\x001Q0"
    assert len(symbols(printed(qr(b"abc") + again))) == 2
    assert len(symbols(printed(qr(b"abc") + b"\x1b@" + again))) == 1


def test_a_real_printers_geometry() -> None:
    """EAN-13 and QR as a calibrated 58 mm printer puts them: the paper moves by the symbol and its letters, no more."""
    narrow = printer(width_dots=384)
    data = (
        b"\x1ba\x01EAN13 A\n\x1dH\x02\x1dhP\x1dw\x02\x1dk\x02590123412345\0\x1bd\x01B\n" + qr(b"NETUM-QR-TEST") + b"c\n"
    )
    sheet = printed(data, narrow)
    first, second = symbols(sheet)
    assert (first.x, first.y, first.width, first.height) == (97, 30, 190, 104)
    assert (second.width, second.height) == (84, 84)
    assert [place[1] for place in places(sheet)] == [0, 164, 194 + 84]


OTHERS = [
    (b"\x1d(k\x03\x000A\x03\x1d(k\x03\x000D\x04\x1d(k\x04\x000E0\x32\x1d(k\x08\x000P0hello\x1d(k\x03\x000Q0", "pdf417"),
    (b"\x1d(k\x08\x002P0HELLO\x1d(k\x03\x002Q0", "maxicode"), (b"\x1d(k\x08\x005P0HELLO\x1d(k\x03\x005Q0", "aztec"),
    (b"\x1d(k\x08\x006P0HELLO\x1d(k\x03\x006Q0", "datamatrix"),
    (b"\x1d(k\x11\x003P0\x480950110153000\x1d(k\x03\x003Q0", "databarstacked"),
    (b"\x1d(k\x11\x003P0\x490950110153000\x1d(k\x03\x003Q0", "databarstackedomni"),
    (b"\x1d(k\x04\x001A\x33\x00\x1d(k\x08\x001P012345\x1d(k\x03\x001Q0", "microqr"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "kind"), OTHERS)
def test_other_families(data: bytes, kind: str) -> None:
    sheet = printed(data)
    assert [box.kind for box in symbols(sheet)] == [kind]
    assert symbols(sheet)[0].fault == ""
    assert symbols(sheet)[0].height > 20


def test_composite_is_its_bar_code_and_an_outline() -> None:
    upper, lower = b"\x1d(k\x0a\x004P01A(10)A", b"\x1d(k\x11\x004P00B590123412345"
    sheet = printed(lower + upper + b"\x1d(k\x03\x004Q0")
    assert problems(sheet) == ["symbol.partly"]
    (box,) = symbols(sheet)
    assert (box.kind, box.data, box.options) == ("composite", b"5901234123457|(10)A", {"linear": "ean13"})
    assert read(paper_of(sheet)) == ["5901234123457"]
    assert box.height > 80


def test_half_a_composite_is_an_outline_with_its_data() -> None:
    sheet = printed(b"\x1d(k\x0b\x004P0\x30AB12345\x1d(k\x03\x004Q0")
    assert "symbol.undrawable" in problems(sheet)
    assert b"12345" in symbols(sheet)[0].data


PRIVATE = [
    (b"\x1do\x00\x05\x00\x02\x1dk\x0bMA,https://e.com\0", None, "M", 5),
    (b"\x1dZ\x02\x1bZ\x00M\x06\x0d\x00https://e.com", None, "M", 6),
    (b"\x1dx\x04\x1dk\x0b\x00\x01https://e.com\0", "rongta", "M", 4),
    (b"\x1b\x81\x0f\x00\x05Mhttps://e.com", "daruma", "M", 5),
    (b"\x1dkQ\x02\x08\x00\x01\x0d\x00https://e.com", "bematech", "Q", 4),
    (b"\x1b\x1dyS1\x01\x1b\x1dyS2\x06\x1b\x1dyD1\x00\x0d\x00https://e.com\x1b\x1dyP", "star", "M", 6),
]  # fmt: skip


@pytest.mark.parametrize(("data", "dialect", "level", "module"), PRIVATE)
def test_private_forms_of_qr(data: bytes, dialect: str | None, level: str, module: int) -> None:
    sheet = printed(data, printer(dialect=dialect))
    boxes = [box for box in sheet.boxes if isinstance(box, Symbol)]
    assert [(box.kind, box.data, box.level, box.module) for box in boxes] == [("qr", b"https://e.com", level, module)]
