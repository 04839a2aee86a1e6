from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.device.reader.identity import Recent, identify
from kvit.device.reader.letters import ENCODINGS, letters
from kvit.device.reader.model import VALUE_CHARS_MAX, Identity, Kind, Scan
from kvit.device.reader.symbology import NAMES, told
from kvit.refusal import Refusal

GOOD = [
    (Scan("4006381333931"), Kind.CODE, "", "4006381333931"),
    (Scan("]E04006381333931"), Kind.BARCODE, "ean", "4006381333931"),
    (Scan("]Q1https://r.example.com/t/ABC"), Kind.QR, "qr", "https://r.example.com/t/ABC"),
    (Scan("]Q3010460\x1d21AB"), Kind.QR, "gs1-qr", "010460\x1d21AB"),
    (Scan("]d2010460\x1d21AB"), Kind.BARCODE, "gs1-datamatrix", "010460\x1d21AB"),
    (Scan("]C1010460"), Kind.BARCODE, "gs1-128", "010460"),
    (Scan("]C0ABC"), Kind.BARCODE, "code128", "ABC"),
    (Scan("  padded  "), Kind.CODE, "", "padded"),
    (Scan("]y9 no such"), Kind.CODE, "", "]y9 no such"),
    (Scan("]Q"), Kind.CODE, "", "]Q"),
    (Scan("회원 ①"), Kind.CODE, "", "회원 ①"),
    (Scan("e\u0301"), Kind.CODE, "", "é"),
    (Scan("04A1B2C3", Kind.CARD, "uid"), Kind.CARD, "uid", "04A1B2C3"),
    (Scan("]Q1not an optical one", Kind.NFC, "text"), Kind.NFC, "text", "]Q1not an optical one"),
    (Scan("]L0" + "x" * VALUE_CHARS_MAX), Kind.BARCODE, "pdf417", "x" * VALUE_CHARS_MAX),
]
BAD = [
    (Scan(""), "device.reading_empty"),
    (Scan("   "), "device.reading_empty"),
    (Scan("]Q1"), "device.reading_empty"),
    (Scan("x" * (VALUE_CHARS_MAX + 1)), "device.reading_long"),
    (Scan("]Q1" + "x" * (VALUE_CHARS_MAX + 1)), "device.reading_long"),
    (Scan(" " * 5000 + "x"), "device.reading_empty"),
    (Scan("A\x00B"), "device.reading_control"),
    (Scan("A\x1b[2J"), "device.reading_control"),
    (Scan("A\x1dB"), "device.reading_control"),
    (Scan("]C0A\x1dB"), "device.reading_control"),
    (Scan("A\nB", Kind.NFC, "text"), "device.reading_control"),
    (Scan("A\u202eB"), "device.reading_control"),
    (Scan("A\u200bB"), "device.reading_control"),
    (Scan("A\u2028B"), "device.reading_control"),
    (Scan("A\ud800B"), "device.reading_control"),
]


@pytest.mark.parametrize(("scan", "kind", "symbology", "value"), GOOD)
def test_good(scan: Scan, kind: Kind, symbology: str, value: str) -> None:
    assert identify(scan, "counter", 7) == Identity(kind, value, symbology, "counter", 7)


@pytest.mark.parametrize(("scan", "code"), BAD)
def test_bad(scan: Scan, code: str) -> None:
    refused = identify(scan, "counter", 7)
    assert isinstance(refused, Refusal)
    assert refused.code == code


def test_nothing_personal_in_a_log() -> None:
    assert "TOKEN" not in repr(Identity(Kind.QR, "TOKEN", "qr", "counter", 7)) + repr(Scan("TOKEN"))


@given(st.text(max_size=60), st.sampled_from(list(Kind)))
def test_any_text_is_an_identity_or_a_refusal(text: str, kind: Kind) -> None:
    found = identify(Scan(text, kind), "counter", 7)
    if isinstance(found, Identity):
        assert 0 < len(found.value) <= VALUE_CHARS_MAX
        assert found.value.replace("\x1d", "").isprintable() or not found.value.isascii()


@given(st.sampled_from(sorted(NAMES)), st.sampled_from("0123456789abcdef"), st.text("ABC123-", min_size=1))
def test_an_identifier_is_taken_off_whole(letter: str, modifier: str, code: str) -> None:
    said = told(f"]{letter}{modifier}{code}")
    assert said.rest == code
    assert said.symbology


def test_the_same_code_again() -> None:
    recent = Recent()

    def read(value: str, now: float, reader: str = "counter") -> bool:
        return recent.is_new(Identity(Kind.QR, value, "qr", reader, 0), now)

    assert [read("A", 0.0), read("A", 1.9), read("A", 3.8), read("A", 5.8)] == [True, False, False, True]
    assert read("B", 5.9)
    assert read("A", 6.0, "other counter")
    assert all(read(str(number), 100.0) for number in range(1000))
    assert len(recent._last) <= 64


@pytest.mark.parametrize(
    ("code", "encoding", "text"),
    [
        (b"ABC", "latin-1", "ABC"),
        ("회원".encode(), "latin-1", "회원"),
        ("회원".encode("cp949"), "cp949", "회원"),
        ("會員".encode("gb18030"), "gb18030", "會員"),
        ("чек".encode("cp1251"), "cp1251", "чек"),
        (b"caf\xe9", "latin-1", "café"),
        (b"\xef\xbb\xbfABC", "latin-1", "ABC"),
        (b"\xff\xff", "shift_jis", "\ufffd\ufffd"),
    ],
)
def test_letters(code: bytes, encoding: str, text: str) -> None:
    assert letters(code, encoding) == text


@given(st.binary(max_size=40), st.sampled_from(ENCODINGS))
def test_any_bytes_are_letters(code: bytes, encoding: str) -> None:
    letters(code, encoding)
