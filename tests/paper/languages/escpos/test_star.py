"""Star's own commands on paper: what line mode and StarPRNT do otherwise than Epson's."""

from __future__ import annotations

import pytest

from kvit.paper import code128
from tests.paper.printing import pictures, places, printed, printer, problems, runs, symbols

STAR = printer(dialect="star")


@pytest.mark.parametrize(
    ("data", "kind", "stored", "module", "hri"),
    [
        (b"\x1bb321\x50590123412345\x1e", "ean13", b"5901234123457", 2, "5901234123457"),
        (b"\x1bb\x03\x01\x03\x50590123412345\x1e", "ean13", b"5901234123457", 4, ""),
        (b"\x1bb\x00\x02\x02\x5001234000005\x1e", "upce", b"01234543", 3, "01234543"),
        (b"\x1bb\x04\x02\x01\x50ABC-1\x1e", "code39", b"ABC-1", 2, "ABC-1"),
        (b"\x1bb\x04\x02\x08\x50ABC-1\x1e", "code39", b"ABC-1", 3, "ABC-1"),
        (b"\x1bb\x05\x02\x02\x5012345678\x1e", "itf", b"12345678", 4, "12345678"),
        (b"\x1bb\x05\x02\x08\x5012345678\x1e", "itf", b"12345678", 3, "12345678"),
        (b"\x1bb\x06\x02\x01\x50%7No-12%0\x1e", "code128", b"{BNo-12%", 2, "No-12%"),
        (b"\x1bb\x06\x02\x01\x50%8123456\x1e", "code128", b"{C\x0c\x22\x38", 2, "123456"),
        (b"\x1bb\x06\x02\x01\x50No-12\x1e", "code128", b"No-12", 2, "No-12"),
        (b"\x1bb\x06\x02\x01\x50%7a%1b\x1e", "code128", b"{Ba{1b", 2, "ab"),
        (b"\x1bb\x08\x02\x07\x50A123B\x1e", "codabar", b"A123B", 2, "A123B"),
        (b"\x1bb\x0c\x02\x01\x500950110153000\x1e", "databarlimited", b"09501101530003", 2, "(01)09501101530003"),
    ],
)
def test_bar_codes(data: bytes, kind: str, stored: bytes, module: int, hri: str) -> None:
    (box,) = symbols(printed(data, STAR))
    assert (box.kind, box.data, box.module, box.bar_height, box.hri) == (kind, stored, module, 0x50, hri)
    assert box.hri_place == (2 if hri else 0)


def test_control_letters_of_code_128() -> None:
    (box,) = symbols(printed(b"\x1bb\x06\x01\x01\x50%6A%MB\x1e", STAR))
    assert box.data == b"{AA\x0dB"
    assert code128.build(box.data).fault == ""


@pytest.mark.parametrize(
    "data", [b"\x1bb\x63\x02\x02\x50123\x1e", b"\x1bb\x03\x07\x02\x50123\x1e", b"\x1bb\x03\x02\x00\x50123\x1e"]
)
def test_bar_codes_out_of_range_print_nothing(data: bytes) -> None:
    sheet = printed(data + b"x\n", STAR)
    assert problems(sheet) == ["symbol.unsupported"]
    assert places(sheet) == [(0, 0, "x")]


@pytest.mark.parametrize(("letters", "y"), [(1, 110), (2, 134), (3, 80), (4, 104)])
def test_where_the_next_line_comes(letters: int, y: int) -> None:
    sheet = printed(b"\x1bb\x04%c\x01\x50A\x1e\nx\n" % letters, STAR)
    assert places(sheet) == [(0, y, "x")]


def test_letters_behind_an_unfed_bar_code_keep_their_own_feed() -> None:
    sheet = printed(b"\x1bb\x04\x03\x01\x50A\x1ex\ny\n", STAR)
    assert [text for _, _, text in places(sheet)] == ["x", "y"]
    assert len({y for _, y, _ in places(sheet)}) == 2


def test_strips_of_24_rows_stand_in_the_line() -> None:
    row = b"\xff\x00"
    sheet = printed(b"\x1b0" + (b"\x1bk\x02\x00" + row * 24 + b"\n") * 2, STAR)
    assert [(box.x, box.y, box.columns, box.rows) for box in pictures(sheet)] == [(0, 0, 16, 24), (0, 24, 16, 24)]


def test_one_thickness_of_line_under_letters() -> None:
    sheet = printed(b"\x1b-\x01a\x1b-\x02b\x1b-1c\x1b-0d\n", STAR)
    assert [run.style.underline for run in runs(sheet)] == [1, 0, 1, 0]


def test_the_buzzer_sounds_as_often_as_asked() -> None:
    sheet = printed(b"\x1b\x1d\x19\x11\x01\x0a\x0a\x1b\x1d\x19\x12\x01\x03\x00", STAR)
    assert [(each.kind, each.values) for each in sheet.events] == [("beep", {"times": 3})]


def test_only_the_first_drawer_has_times() -> None:
    sheet = printed(b"\x1b\x07\x05\x06\x07\x1a\x19\x1c", STAR)
    pulses = [(each.values["pin"], each.values["on_ms"], each.values["off_ms"]) for each in sheet.events]
    assert pulses == [(2, 50, 60), (5, 200, 200), (5, 200, 200), (2, 50, 60)]


def test_a_cut_shows_no_paper_up_to_the_blade() -> None:
    assert [printed(b"a\n\x1bd%c" % n, STAR).height_dots for n in (0, 1, 2, 3)] == [30] * 4


@pytest.mark.parametrize("on", [b"\x1b\x1d)U\x02\x000\x01", b"\x1b\x1dt\x80"])
def test_utf_8_as_others_switch_it_on(on: bytes) -> None:
    sheet = printed(on + "сүт 우유\n".encode(), STAR)
    assert [(run.x, run.text) for run in runs(sheet)] == [(0, "сүт "), (48, "우유")]


@pytest.mark.parametrize(
    "off",
    [
        b"\x1b\x1d)U\x02\x000\x01\x1b\x1d)U\x02\x000\x00\x1b\x1dt\x0a",
        b"\x1b\x1dt\x80\x1b\x1dt\x0a",
        b"\x1b\x1dt\x80\x1b@\x1b\x1dt\x0a",
    ],
)
def test_utf_8_off_again(off: bytes) -> None:
    assert [
        run.text
        for run in runs(printed(off + "чек\n".encode("cp866"), printer(dialect="star", code_pages={10: "cp866"})))
    ] == ["чек"]


def test_pdf417_by_rows_and_columns() -> None:
    settings = b"\x1b\x1dxS0\x01\x0a\x05\x1b\x1dxS2\x02\x1b\x1dxS3\x04\x1b\x1dxS1\x03"
    (box,) = symbols(printed(settings + b"\x1b\x1dxD\x05\x00hello\x1b\x1dxP", STAR))
    assert (box.kind, box.data, box.module, box.bar_height, box.level) == ("pdf417", b"hello", 2, 8, "3")
    assert box.options == {"columns": 5, "rows": 10}
    assert box.width == (17 * (5 + 4) + 1) * 2
