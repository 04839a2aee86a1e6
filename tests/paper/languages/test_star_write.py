"""The Star writer against the player: what is written plays to the sheet it was written from, on every Star profile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.escpos import Parser, Profile, load_profile, profile_names
from kvit.escpos.repertoire import repertoire_of
from kvit.paper import document as doc
from kvit.paper import star_reach
from kvit.paper import symbol as symbols
from kvit.paper.builder import Builder, span
from kvit.paper.languages.escpos.player import Player
from kvit.paper.languages.escpos_play import play
from kvit.paper.languages.page_plan import PagePlan
from kvit.paper.languages.star_write import write
from kvit.paper.layout import lay_out, on_paper
from kvit.paper.sheet import Event, Picture, Run, Sheet, Style, Symbol
from tests.paper.languages.test_escpos_write import ALL_SCRIPTS, DOT, documents, seen, words

STAR = [name for name in profile_names() if load_profile(name).language in star_reach.LANGUAGES]
PRINTER = load_profile("starprnt")
LINE = load_profile("star")


def proven(document: doc.Document, profile: Profile) -> bytes:
    sheet = lay_out(document, profile)
    data = write(sheet, profile)
    back = play(data, profile)
    assert [(each.code, each.values) for each in back.problems] == []
    assert seen(back) == seen(sheet)
    return data


def test_all_star_models_are_written() -> None:
    assert {
        "star",
        "starprnt",
        "TSP650II",
        "TSP700II",
        "TSP800II",
        "mcPrint",
        "mPOP",
        "SM-L200",
        "TSP100IV",
        "star-chinese",
        "star-taiwan",
        "star-korean",
    } <= set(STAR)


@settings(max_examples=120, deadline=None)
@given(documents, st.sampled_from(STAR))
def test_what_is_written_plays_to_the_sheet_it_was_written_from(document: doc.Document, name: str) -> None:
    proven(document, load_profile(name))


FIVE = (
    Builder()
    .text("초록마트 Зелёный қазына 绿色市场 Corner shop", align="centre", bold=True, width=2, height=2)
    .pair("우유 1L", "3.78")
    .pair("Қымыз сүті, ещё", "2.49")
    .pair(span("柠檬洗洁精", underline=1), "1.99")
    .text("upside", upside_down=True)
    .image(DOT)
    .code("qr", "https://example.org/чек")
    .code("ean13", "978020137962")
    .feed(9)
    .beep(2)
    .cut()
    .pulse()
    .document()
)


@pytest.mark.parametrize("name", STAR)
def test_five_languages_lose_no_letter(name: str) -> None:
    profile = load_profile(name)
    proven(FIVE, profile)
    proven(FIVE, on_paper(profile, 58))
    assert not [each for each in lay_out(FIVE, profile).problems if each.code == "letters.lost"]


@pytest.mark.parametrize("name", STAR)
def test_frames_join_on_every_head(name: str) -> None:
    proven(ALL_SCRIPTS, load_profile(name))


def test_a_small_receipt_byte_by_byte() -> None:
    document = (
        Builder().text("A", align="centre", bold=True).pair("Чек", "1.00").text("B", height=2).cut().pulse(5).document()
    )
    assert proven(document, PRINTER) == (
        b"\x1b@\x1bz\x01\x1bR\x00"  # fresh, 4 mm, plain letters
        b"\x1b\x1da\x01\x1bEA\n"  # centred, bold
        b"\x1bF\x1b\x1dt\x0a\x97\xa5\xaa" + b" " * 41 + b"1.00\n"  # plain, page 866; a full line lies as any other
        b"\x1b\x1da\x00\x1bi\x01\x00B\x1bI\x30"  # left, twice as high, 48 steps of 1/8 mm
        b"\x1bd\x03\x1a"  # to the blade, partial; second drawer
    )  # fmt: skip


def test_a_long_gap_is_jumped_over_a_short_one_is_spaces() -> None:
    data = proven(
        Builder().text("A", align="centre").pair("Subtotal", "6.43").pair("x" * 33, "6.43").document(), PRINTER
    )
    assert data.endswith(b"\x1b\x1da\x00Subtotal\x1b\x1dA\x10\x026.43\n" + b"x" * 33 + b" " * 11 + b"6.43\n")


def test_gaps_that_show_are_not_jumped_over() -> None:
    for look in ({"underline": 1}, {"invert": True}):
        assert b"\x1b\x1dA" not in proven(Builder().text(span("a" + " " * 20 + "b", **look)).document(), PRINTER)


def test_letters_of_two_looks_on_one_line_have_their_place() -> None:
    document = Builder().pair("a", span("b", bold=True)).document()
    assert proven(document, PRINTER).endswith(b"a\x1b\x1dA\x34\x02\x1bEb\n")


def test_pictures_go_as_each_mode_takes_them() -> None:
    document = doc.Document([doc.Image(b"P4\n16 48\n" + b"\xaa\x55" * 48, align="left", tone="line")])
    assert proven(document, PRINTER).endswith(b"\x1b\x1dS\x01\x02\x00\x30\x00\x00" + b"\xaa\x55" * 48)
    strip = b"\x1bk\x02\x00" + b"\xaa\x55" * 24
    assert proven(document, LINE).endswith(strip + b"\x1b0\n" + strip + b"\n")


def test_close_lines_change_the_feed_once() -> None:
    table = doc.Table([doc.Column(), doc.Column()], [["a", "b"]] * 9, border="single")
    data = proven(doc.Document([table, doc.Text("after")]), LINE)
    assert (data.count(b"\x1b0"), data.count(b"\x1bz\x01")) == (1, 2)


@pytest.mark.parametrize(
    ("on_ms", "off_ms", "told"),
    [(200, 200, b"\x07"), (120, 240, b"\x1b\x07\x0c\x18\x07"), (2, 510, b"\x1b\x07\x01\x33\x07")],
)
def test_the_drawer_s_times(on_ms: int, off_ms: int, told: bytes) -> None:
    assert proven(doc.Document([doc.Pulse(2, on_ms, off_ms)]), PRINTER).endswith(told)


@pytest.mark.parametrize(
    ("kind", "data", "sent"),
    [
        ("upca", "01234567890", b"\x1bb\x01\x02\x01\x50" b"012345678905\x1e"),
        ("upce", "01234543", b"\x1bb\x00\x02\x01\x50" b"01234000005\x1e"),
        ("ean8", "9638507", b"\x1bb\x02\x02\x01\x50" b"96385074\x1e"),
        ("ean13", "978020137962", b"\x1bb\x03\x02\x01\x50" b"9780201379624\x1e"),
        ("code39", "ABC-123", b"\x1bb\x04\x02\x07\x50ABC-123\x1e"),
        ("itf", "12345678", b"\x1bb\x05\x02\x07\x50" b"12345678\x1e"),
        ("code128", "No-12%", b"\x1bb\x06\x02\x01\x50%7No-12%0\x1e"),
        ("code128", "12345678", b"\x1bb\x06\x02\x01\x50%812345678\x1e"),
        ("code93", "ABC123", b"\x1bb\x07\x02\x01\x50ABC123\x1e"),
        ("codabar", "A1234B", b"\x1bb\x08\x02\x07\x50A1234B\x1e"),
        ("databar", "0950110153000", b"\x1bb\x0a\x02\x01\x50" b"0950110153000\x1e"),
        ("databarlimited", "0950110153000", b"\x1bb\x0c\x02\x01\x50" b"0950110153000\x1e"),
    ],
)  # fmt: skip
def test_bar_codes_of_the_head(kind: str, data: str, sent: bytes) -> None:
    assert sent in proven(doc.Document([doc.Code(kind, data, align="left")]), PRINTER)


@pytest.mark.parametrize(("columns", "rows", "shape"), [(0, 0, b"\x01\x00\x03"), (5, 10, b"\x01\x0a\x05")])
def test_the_shape_of_pdf417(columns: int, rows: int, shape: bytes) -> None:
    code = doc.Code("pdf417", "hello world", level="3", columns=columns, rows=rows)
    assert b"\x1b\x1dxS0" + shape in proven(doc.Document([code]), PRINTER)


@pytest.mark.parametrize("short", ["01234505", "01234514", "01234523", "01234531", "01234543", "01234558", "01234596"])
def test_upc_e_comes_back_from_its_twelve_digits(short: str) -> None:
    digits = short[:7]
    made = symbols.prepare("upce", digits.encode())
    assert made.fault == ""
    (box,) = play(proven(doc.Document([doc.Code("upce", digits)]), PRINTER), PRINTER).boxes
    assert isinstance(box, Symbol)
    assert box.data == made.data


@pytest.mark.parametrize(
    "code",
    [
        doc.Code("code39", "AB", letters="above"),
        doc.Code("code39", "AB", module=5),
        doc.Code("qr", "x", module=9),
        doc.Code("datamatrix", "x"),
        doc.Code("code93", "a%b"),
    ],
)
def test_what_the_head_has_not_is_drawn(code: doc.Code) -> None:
    sheet = lay_out(doc.Document([code]), PRINTER)
    assert [each.code for each in sheet.problems] == ["symbol.drawn"]
    assert isinstance(sheet.boxes[0], Picture)
    proven(doc.Document([code]), PRINTER)


@pytest.mark.parametrize("data", [b"{AA\x1eB", b"{BAB{C\x0c", b"AB", b"{Ba{Sb", b"{B\x80", b"{C\x7f"])
def test_code_128_beyond_star_s_writing_is_no_symbol_of_the_head(data: bytes) -> None:
    assert star_reach.code128_of(data) == b""


@given(st.binary(max_size=12).map(lambda tail: b"{B" + tail))
def test_code_128_comes_back_as_it_went(data: bytes) -> None:
    sent = star_reach.code128_of(data)
    assert not sent or star_reach.braced(sent) == data
    assert b"\x1e" not in sent


HOSTILE = (
    "\x07\x1a\x1c\x19\x1bp\x00\x19\xfa\x1b\x07\x05\x05\x1b\x1dS\x01\x1e\x1bd\x02\x1b\x1d\x19\x12\x01\x09\x00\x0f\x18"
)


@given(words)
def test_data_is_never_a_command(text: str) -> None:
    data = proven(Builder().pair(text + HOSTILE, HOSTILE).text(HOSTILE).document(), PRINTER)
    names = {each.name for each in Parser(PRINTER).feed(data)}
    machine = {"BEL", "FS", "SUB", "EM", "ESC BEL", "ESC d", "ESC GS EM DC2", "ESC p", "CAN", "unknown", "SI"}
    assert names.isdisjoint(machine)


@pytest.mark.parametrize("kind", ["code39", "code93", "code128", "qr", "pdf417"])
def test_data_of_symbols_is_never_a_command(kind: str) -> None:
    document = doc.Document([doc.Code(kind, "A\x1e\x07\x1a\x1c\x1bd\x02")])
    commands = Parser(PRINTER).feed(proven(document, PRINTER))
    assert {each.name for each in commands}.isdisjoint({"BEL", "FS", "SUB", "ESC d", "unknown"})


@pytest.mark.parametrize("name", ["star", "starprnt", "TSP100IV", "star-japanese"])
@pytest.mark.parametrize("text", ["a\x07\x1bd\x02b", "ж\x07\x1bd\x02ё", "\x07ж\x9b", "\x07\x1a"])
def test_a_sheet_of_raw_control_letters_is_stripped_once_more(text: str, name: str) -> None:
    profile = load_profile(name)
    sheet = Sheet(576, height_dots=32, boxes=[Run(0, 0, 72, 24, text, 12, Style())])
    names = {each.name for each in Parser(profile).feed(write(sheet, profile))}
    assert names <= {"ESC @", "ESC z", "ESC R", "ESC $", "ESC GS )", "ESC GS t", "text", "LF"}


def test_a_mark_from_another_page_than_its_letter_is_sent_by_itself() -> None:
    run = Run(0, 0, 24, 24, "ב\u0e49x", 12, Style())
    assert b"\x1b\x1dt" in write(Sheet(576, height_dots=32, boxes=[run]), PRINTER)


def test_a_letter_of_no_page_within_others_is_left_out() -> None:
    run = Run(0, 0, 36, 24, "é한x", 12, Style())
    assert [part for part, _ in PagePlan(repertoire_of(PRINTER), [run]).of(run)] == ["éx"]


def test_a_head_of_all_letters_is_told_to_read_utf8_and_whose_han_to_print() -> None:
    head = load_profile("TSP100IV")
    korean = proven(Builder().text("우유 한 잔 漢字 сүт é").document(), head)
    assert korean.startswith(
        b"\x1b@\x1bz\x01\x1bR\x00\x1b\x1d)U\x02\x000\x01\x1b\x1d)U\x02\x00@\x00\x1b\x1d)U\x05\x00A\x04\x02\x03\x01"
    )
    assert "우유 한 잔 漢字 сүт é".encode() in korean
    assert korean.endswith(b"\x1b\x1d)U\x02\x000\x00")
    assert b"\x1b\x1d)U\x05\x00A\x02\x03\x01\x04" in proven(Builder().text("绿色市场").document(), head)
    assert "é сүт".encode() in proven(Builder().text("é сүт").document(), head)
    assert not lay_out(FIVE, head).problems


@pytest.mark.parametrize("name", ["star", "starprnt", "star-japanese"])
def test_fed_whole_or_byte_by_byte_or_with_a_tail(name: str) -> None:
    profile = load_profile(name)
    sheet = lay_out(FIVE, profile)
    data = write(sheet, profile)
    parser, player = Parser(profile), Player(profile)
    for byte in data:
        player.feed(parser.feed(bytes([byte])))
    player.feed(parser.close())
    assert seen(player.close()) == seen(sheet)
    tailed = play(data + b"\x1b", profile)
    assert seen(tailed) == seen(sheet)


def test_a_stranger_s_sheet_and_a_stranger_s_printer_are_refused() -> None:
    with pytest.raises(ValueError, match="escpos"):
        write(Sheet(576), load_profile("TM-T88V"))
    with pytest.raises(ValueError, match="symbol"):
        write(Sheet(576, boxes=[Symbol(0, 0, 10, 10, "maxicode", b"x")]), PRINTER)
    with pytest.raises(ValueError, match="side"):
        write(Sheet(576, boxes=[Run(0, 0, 12, 24, "x", 12, Style(), direction=1)]), PRINTER)
    with pytest.raises(ValueError, match="page"):
        write(Sheet(576, events=[Event("page", 0, values={"height": 30})]), PRINTER)


def test_a_stored_logo_goes_by_its_number() -> None:
    sheet = Sheet(576, height_dots=200, boxes=[Picture(0, 0, 100, 200, 50, 100, b"", 2, 2, key="nv:3")])
    assert b"\x1b\x1cp\x03\x03" in write(sheet, PRINTER)


def test_nothing_is_said_twice() -> None:
    lines = Builder()
    for number in range(20):
        lines.text(f"line {number}", align="centre", bold=True)
    data = write(lay_out(lines.document(), PRINTER), PRINTER)
    assert (data.count(b"\x1b\x1da"), data.count(b"\x1bE")) == (1, 1)


MEANT: dict[str, list[doc.Block]] = {
    "text": [doc.Text("hello")],
    "line2": [doc.Text("one"), doc.Text("two")],
    "bold": [doc.Text([doc.Span("a"), doc.Span("b", bold=True), doc.Span("c")])],
    "underline": [doc.Text([doc.Span("u", underline=1)])],
    "invert": [doc.Text([doc.Span("i", invert=True)])],
    "fontB": [doc.Text([doc.Span("small", font="B")]), doc.Text("normal")],
    "cp866": [doc.Text("Привет")],
    "cp1251": [doc.Text("Привет")],
    "cut": [doc.Text("x"), doc.Feed(4), doc.Cut(full=True)],
    "cutpartial": [doc.Text("x"), doc.Feed(4), doc.Cut()],
    "qr": [doc.Code("qr", "https://example.com", align="left", module=6, level="M")],
    "qr_q8": [doc.Code("qr", "ABC", align="left", module=8, level="Q")],
    "barcode_upca": [doc.Code("upca", "012345678905", align="left", module=4)],
    "barcode_ean13": [doc.Code("ean13", "9780201379624", align="left", module=4)],
    "barcode_ean8": [doc.Code("ean8", "96385074", align="left", module=4)],
    "barcode_code93": [doc.Code("code93", "ABC123", align="left", module=4)],
    "barcode_gs1-databar-omni": [doc.Code("databar", "0950110153000", align="left", module=4)],
}  # fmt: skip
"""Documents that mean what the other encoder was asked for; it writes letters below,
n3 of 3 (modules of 4 dots) and a height of 80."""


def _meaning(sheet: Sheet) -> list[object]:
    """Letters with their looks, symbols, events: what both must agree on; places differ, as it pads with spaces."""
    found: list[object] = []
    for box in sheet.boxes:
        if isinstance(box, Run) and box.text.strip():
            found.append((box.text.strip(), box.style))
        if isinstance(box, Symbol):
            found.append((box.kind, box.data, box.module, box.bar_height, box.hri, box.level, box.width, box.height))
    return found + [(each.kind, each.values) for each in sheet.events if each.kind != "reset"]


@pytest.mark.parametrize("language", ["star-prnt", "star-line"])
@pytest.mark.parametrize("name", sorted(MEANT))
def test_another_encoder_s_bytes_mean_the_same(shared: Path, name: str, language: str) -> None:
    profile = PRINTER if language == "star-prnt" else LINE
    text = (shared / "escpos" / "encoder-oracle" / "oracle-4.0.1.json").read_text("utf-8")
    (case,) = [
        each for each in json.loads(text) if (each["name"], each["language"], each["columns"]) == (name, language, 48)
    ]
    theirs = play(bytes.fromhex(case["bytes"]), profile)
    ours = play(proven(doc.Document(MEANT[name]), profile), profile)
    assert _meaning(ours) == _meaning(theirs)
