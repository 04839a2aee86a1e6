from __future__ import annotations

import shutil
import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.escpos import codepage
from kvit.escpos.profiles import load, names, number_tables

PUBLISHED = [page for page in codepage.names() if codepage.grade(page) != "unknown"]

SAMPLES = [
    ("cp866", "8F E0 A8 A2 A5 E2", "Привет"),
    ("cp1251", "CF F0 E8 E2 E5 F2", "Привет"),
    ("kz1048", "9E B3", "һі"),
    ("cp437", "82 87 9C", "éç£"),
    ("cp858", "D5", "€"),
    ("cp850", "D5", "ı"),
    ("katakana", "B1 B2 B3", "ｱｲｳ"),
    ("hiragana", "B1 B2 B3", "あいう"),
    ("katakana", "95 96 9C 9D E3 E8 EC F0 F1 F8", "─│╭╮╡♠●╳円〒"),
    ("thai11", "A1 D2", "กา"),
    ("thai18", "CA C7 D1 80", "สวั\ufffd"),
    ("cp928", "C5 F5 F7 A4", "Ευχ\ufffd"),
    ("cp1098", "BD F5 FA", "﷼۱۶"),
    ("cp2001", "80 DC DE", "АĄČ"),
    ("cp3021", "80 BF D5", "Ая№"),
    ("cp3844", "87 91 A9 C4", "čžř─"),
    ("cp3848", "A1 C4 D1 BB", "Àãó\ufffd"),
    ("tcvn3-capitals", "A7 B5 D0", "ĐÀÉ"),
    ("cp772", "8F B5 F0", "ПĄЁ"),
    ("cp774", "B5 D0", "Ąą"),
    ("cp851", "86 A4 D6", "ΆΑα"),
    ("cp853", "86 E4 FB", "ĉĠ�"),
    ("tcvn3", "A8 B8 D0", "ăáé"),
    ("cp3840", "80 E0", "Ар"),
    ("star-katakana", "B1", "ｱ"),
    ("cp1125", "F2 F3", "Ґґ"),
]


@pytest.mark.parametrize(("page", "raw", "text"), SAMPLES)
def test_samples(page: str, raw: str, text: str) -> None:
    assert codepage.decode(bytes.fromhex(raw), page) == text


def test_853_has_the_letters_of_latin_3() -> None:
    latin = {letter for letter in codepage.table("iso8859-3") if letter.isalpha()}
    assert latin <= set(codepage.table("cp853"))


@pytest.mark.parametrize(
    ("page", "standard"), [("katakana", "shift_jis"), ("thai11", "tis_620"), ("cp928", "iso8859-7")]
)
def test_a_page_made_from_a_standard_never_contradicts_it(page: str, standard: str) -> None:
    theirs = bytes(range(0xA1, 0xE0)).decode(standard, "replace")
    ours = codepage.table(page)[0x21:0x60]
    assert all(codepage.HOLE in (one, other) or one == other for one, other in zip(ours, theirs, strict=True))
    assert len(set(ours)) > 50


@pytest.mark.parametrize("page", ["cp3841", "cp3843", "thai42", "khmer", "bixolon-hebrew", "latvian"])
def test_a_page_nobody_published_is_never_guessed(page: str) -> None:
    assert codepage.grade(page) == "unknown"
    assert codepage.decode(b"A\x80\xff", page) == "A\ufffd\ufffd"
    assert codepage.encode("é", page) is None


@pytest.mark.parametrize("page", codepage.names())
def test_every_page_has_128_letters_and_a_grade(page: str) -> None:
    table = codepage.table(page)
    assert len(table) == 128
    assert codepage.grade(page) in ("codec", "standard", "observed", "inferred", "unknown")
    assert (set(table) == {codepage.HOLE}) == (codepage.grade(page) == "unknown" or page == "ascii")


def test_every_page_a_profile_names_exists() -> None:
    tables = [load(name).code_pages for name in names()] + list(number_tables().values())
    for page in {page for table in tables for page in table.values()}:
        assert len(codepage.table(page)) == 128, page


@pytest.mark.parametrize("page", PUBLISHED)
def test_what_is_written_is_read_again(page: str) -> None:
    text = "".join(letter for letter in codepage.table(page) if letter != codepage.HOLE)
    raw = codepage.encode(text, page)
    assert raw is not None
    assert codepage.decode(raw, page) == text


@given(st.binary(), st.sampled_from(codepage.names()), st.sampled_from(sorted(codepage.INTERNATIONAL)))
def test_decoding_never_fails_and_keeps_the_count(data: bytes, page: str, international: int) -> None:
    assert len(codepage.decode(data, page, international)) == len(data)


@pytest.mark.parametrize(
    ("international", "text"),
    [
        (0, "#$@[\\]^`{|}~"),
        (1, "#$à°ç§^`éùè¨"),
        (2, "#$§ÄÖÜ^`äöüß"),
        (8, "#$@[¥]^`{|}~"),
        (13, "#$@[₩]^`{|}~"),
        (16, "#₫@[\\]^`{|}~"),
        (74, "#₹@[\\]^`{|}~"),
        (99, "#$@[\\]^`{|}~"),
    ],
)
def test_international_sets(international: int, text: str) -> None:
    assert codepage.decode(b"#$@[\\]^`{|}~", "cp437", international) == text


@pytest.mark.parametrize(
    ("page", "theirs"), [("cp770", "CP770"), ("cp771", "CP771"), ("cp772", "CP772"), ("cp774", "CP774")]
)
def test_standard_pages_are_glibcs(page: str, theirs: str) -> None:
    if shutil.which("iconv") is None:
        pytest.skip("no iconv here")
    done = subprocess.run(["iconv", "-f", theirs, "-t", "UTF-8"], input=bytes(range(0x80, 0x100)), capture_output=True)
    if done.returncode:
        pytest.skip(f"this iconv lacks {theirs}")
    assert codepage.table(page) == done.stdout.decode()


def test_writing_under_a_set_uses_its_letters() -> None:
    assert codepage.encode("ä{", "cp866", 2) is None
    assert codepage.encode("äß", "cp866", 2) == b"{~"
    assert codepage.encode("Я", "cp437") is None


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("CP866", "cp866"),
        ("windows-1251", "cp1251"),
        ("Windows1252", "cp1252"),
        ("ISO_8859-7", "iso8859-7"),
        ("iso-8859-15", "iso8859-15"),
        ("RK1048", "kz1048"),
        ("PC850", "cp850"),
    ],
)
def test_names_are_understood(said: str, name: str) -> None:
    assert codepage.canonical(said) == name


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(LookupError, match="klingon"):
        codepage.table("klingon")
