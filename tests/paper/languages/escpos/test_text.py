"""Letters on the line: places, sizes, styles, wrapping, reading of bytes."""

from __future__ import annotations

import pytest

from kvit.escpos import Parser
from kvit.paper.languages.escpos import play
from kvit.paper.sheet import Run
from tests.paper.printing import PRINTER, places, printed, printer, problems, read, runs

PLACES = {
    "one line": (b"Hi\n", [(0, 0, "Hi")]),
    "two lines": (b"a\nb\n", [(0, 0, "a"), (0, 30, "b")]),
    "CR LF is one break": (b"a\r\nb\r\n", [(0, 0, "a"), (0, 30, "b")]),
    "double size": (b"a\x1d!\x11b\n", [(0, 21, "a"), (12, 0, "b")]),
    "a tall line feeds its height": (b"\x1d!\x01a\nb\n", [(0, 0, "a"), (0, 48, "b")]),
    "centre": (b"\x1ba\x01ab\n", [(276, 0, "ab")]),
    "right": (b"\x1ba\x02ab\n", [(552, 0, "ab")]),
    "align in mid-line is ignored": (b"a\x1ba\x01b\n", [(0, 0, "a"), (12, 0, "b")]),
    "absolute": (b"a\x1b$\x64\x00b\n", [(0, 0, "a"), (100, 0, "b")]),
    "absolute outside is ignored": (b"a\x1b$\xff\x7fb\n", [(0, 0, "a"), (12, 0, "b")]),
    "relative forth and back": (b"a\x1b\\\x0a\x00b\x1b\\\xf6\xffc\n", [(0, 0, "a"), (22, 0, "b"), (24, 0, "c")]),
    "tab": (b"a\tb\n", [(0, 0, "a"), (96, 0, "b")]),
    "own tabs": (b"\x1bD\x04\x0a\x00a\tb\tc\td\n", [(0, 0, "a"), (48, 0, "b"), (120, 0, "c"), (132, 0, "d")]),
    "no tabs": (b"\x1bD\x00a\tb\n", [(0, 0, "a"), (12, 0, "b")]),
    "margin and width": (b"\x1dL\x18\x00\x1dW\x78\x00\x1ba\x01a\n", [(78, 0, "a")]),
    "spacing": (b"\x1b \x05ab\n", [(0, 0, "ab")]),
    "line spacing": (b"\x1b3\x32a\nb\n\x1b2c\nd", [(0, 0, "a"), (0, 50, "b"), (0, 100, "c"), (0, 130, "d")]),
    "never closer than high": (b"\x1b3\x00a\nb\n", [(0, 0, "a"), (0, 24, "b")]),
    "feed dots": (b"a\x1bJ\x64b\n", [(0, 0, "a"), (0, 100, "b")]),
    "feed lines": (b"a\x1bd\x03b\n", [(0, 0, "a"), (0, 90, "b")]),
    "motion units": (b"\x1dP\x00\x65a\x1bJ\x0ab\n", [(0, 0, "a"), (0, 24, "b")]),
    "upside down": (b"\x1b{\x01ab\n", [(552, 0, "ab")]),
    "reset drops the open line": (b"a\x1b@b\n", [(0, 0, "b")]),
    "end without feed": (b"a", [(0, 0, "a")]),
    "font B": (b"\x1bM\x01ab\n", [(0, 0, "ab")]),
    "turned": (b"\x1bV\x01ab\n", [(0, 0, "ab")]),
}


@pytest.mark.parametrize("name", PLACES)
def test_places(name: str) -> None:
    data, wanted = PLACES[name]
    assert places(printed(data)) == wanted


@pytest.mark.parametrize("name", PLACES)
def test_places_byte_by_byte(name: str) -> None:
    data, wanted = PLACES[name]
    parser, commands = Parser(PRINTER), []
    for byte in data:
        commands += parser.feed(bytes([byte]))
    assert places(play(commands + parser.close(), PRINTER)) == wanted


def test_wraps_letter_by_letter() -> None:
    sheet = printed(b"x" * 50 + b"\ny\n")
    assert places(sheet) == [(0, 0, "x" * 48), (0, 30, "xx"), (0, 60, "y")]


def test_a_full_line_is_one_line() -> None:
    assert places(printed(b"x" * 48 + b"\ny\n")) == [(0, 0, "x" * 48), (0, 30, "y")]


def test_a_letter_wider_than_the_area_is_printed_alone() -> None:
    sheet = printed(b"\x1dW\x0c\x00\x1d!\x77ab\n")
    assert [run.text for run in runs(sheet)] == ["a", "b"]


STYLES: dict[str, tuple[bytes, dict[str, object]]] = {
    "ESC !": (b"\x1b!\xb9a\n", {"font": "B", "bold": True, "height": 2, "width": 2, "underline": 1}),
    "last writer wins": (b"\x1b!\x38\x1d!\x00\x1bE\x00a\n", {"bold": False, "height": 1, "width": 1}),
    "ESC ! again": (b"\x1d!\x33\x1bE\x01\x1b!\x00a\n", {"bold": False, "height": 1, "width": 1}),
    "invert": (b"\x1dB\x01a\n", {"invert": True}),
    "underline 2": (b"\x1b-\x32a\n", {"underline": 2}),
    "double strike": (b"\x1bG\x01a\n", {"bold": True}),
    "colour": (b"\x1br\x01a\n", {"colour": 1}),
    "italic": (b"\x1b4a\n", {"italic": True}),
    "turned": (b"\x1bV\x01a\n", {"turned": True}),
    "sizes to 8": (b"\x1d!\x77a\n", {"width": 8, "height": 8}),
    "after reset": (b"\x1d!\x77\x1bE\x01\x1bM\x01\x1b@a\n", {"width": 1, "bold": False, "font": "A"}),
}


@pytest.mark.parametrize("name", STYLES)
def test_styles(name: str) -> None:
    data, wanted = STYLES[name]
    style = runs(printed(data))[0].style
    assert {key: getattr(style, key) for key in wanted} == wanted


def test_equal_styles_are_one_record() -> None:
    first, second, third = runs(printed(b"a\x1bE\x01b\x1bE\x00c\n"))
    assert first.style is third.style
    assert second.style is not first.style


MEASURES = {
    "font A": (b"ab\n", (12, 24, 24)),
    "font B": (b"\x1bM\x01ab\n", (9, 18, 17)),
    "spacing doubles with width": (b"\x1b \x05\x1d!\x10ab\n", (34, 68, 24)),
    "3 by 2": (b"\x1d!\x21ab\n", (36, 72, 48)),
    "turned": (b"\x1bV\x01ab\n", (24, 48, 12)),
}


@pytest.mark.parametrize("name", MEASURES)
def test_measures(name: str) -> None:
    data, wanted = MEASURES[name]
    run = runs(printed(data))[0]
    assert (run.advance, run.width, run.height) == wanted


KOREAN = printer(multibyte=type(PRINTER.multibyte)(system="cp949", power_on=True))
CHINESE = printer(multibyte=type(PRINTER.multibyte)(system="gb18030", power_on=True))


def test_two_byte_letters_are_wide() -> None:
    sheet = printed("한글 a\n".encode("cp949"), KOREAN)
    assert [(run.x, run.text, run.advance) for run in runs(sheet)] == [(0, "한글", 24), (48, " a", 12)]


def test_pairs_need_the_mode() -> None:
    off = printer(multibyte=type(PRINTER.multibyte)(system="cp949", power_on=False))
    assert runs(printed("한".encode("cp949") + b"\n", off))[0].advance == 12
    assert read(b"\x1c&" + "한".encode("cp949") + b"\n", off) == "한\n"
    assert read(b"\x1c&\x1c." + b"\x82\n", off) == "é\n"


def test_accents_pair_up_on_a_chinese_printer() -> None:
    assert (
        read("éé".encode("cp850") + b"\n", CHINESE) == "\x82\x82".encode("latin-1").decode("gb18030", "replace") + "\n"
    )


def test_a_pair_split_between_commands_is_one_letter() -> None:
    parser = Parser(KOREAN)
    first, second = "한".encode("cp949")[:1], "한글".encode("cp949")[1:]
    commands = parser.feed(b"a" + first) + parser.feed(second + b"\n") + parser.close()
    sheet = play(commands, KOREAN)
    assert "".join(run.text for run in runs(sheet)) == "a한글"


def test_a_lead_byte_before_a_control_is_a_letter_of_its_own() -> None:
    assert read(b"a\xb0\nb\n", KOREAN).splitlines()[1] == "b"


def test_utf8() -> None:
    sheet = printed(b"\x1c(C\x02\x00\x30\x02" + "Щи 漢 ñ\n".encode())
    assert "".join(run.text for run in runs(sheet)) == "Щи 漢 ñ"
    assert [run.advance for run in runs(sheet)] == [12, 24, 12]


def test_international_set() -> None:
    assert read(b"\x1bR\x02[\\]\n") == "ÄÖÜ\n"
    assert read(b"\x1bR\x02\x1bR\x00[\\]\n") == "[\\]\n"


def test_code_pages_by_number() -> None:
    assert read(b"\x1bt\x11\x8f\xe0\xa8\xa2\xa5\xe2\n") == "Привет\n"
    assert problems(printed(b"\x1bt\xc8a\n")) == ["code_page.unknown"]


def test_thai_marks_take_no_cell() -> None:
    sheet = printed(b"\x1bt\x15" + "ที่".encode("tis-620") + b"a\n")
    last = runs(sheet)[-1]
    assert last.x + last.width == 24


def test_own_letters() -> None:
    glyph = b"\x1b&\x03\x41\x41\x02\xff\xff\xff\x80\x00\x01"
    first, second = runs(printed(glyph + b"\x1b%\x01AB\n"))
    assert first.text == "A"
    assert first.glyphs is not None
    rows = first.glyphs["A"]
    assert len(rows) == 2 * 24
    assert rows[0] == 0b11000000
    assert rows[2] == 0b10000000
    assert rows[46] == 0b11000000
    assert second.text == "B"
    assert second.glyphs is None


def test_own_letters_only_while_switched_on() -> None:
    glyph = b"\x1b&\x03\x41\x41\x01\xff\xff\xff"
    assert runs(printed(glyph + b"A\x1b%\x01\x1b?\x41A\n"))[0].glyphs is None


def test_spans_tell_the_bytes() -> None:
    data = b"\x1bE\x01Hello\n"
    run = runs(printed(data))[0]
    assert data[run.start : run.end] == b"Hello"


def test_mixed_heights_share_a_baseline() -> None:
    sheet = printed(b"a\x1d!\x22b\x1bM\x01\x1d!\x00c\n")
    feet = {run.y + run.height - run.height // 8 for run in runs(sheet)}
    assert len(feet) == 1


def test_counter() -> None:
    data = b"\x1dC0\x03\x01\x1dC1\x05\x00\x07\x00\x01\x01\x1dC2\x05\x00\x1dc\n\x1dc\n\x1dc\n\x1dc\n"
    assert read(data).split() == ["005", "006", "007", "005"]


def test_runs_never_leave_the_area() -> None:
    sheet = printed(b"\x1dL\x32\x00\x1dW\x96\x00" + b"abcdefgh " * 20 + b"\n")
    assert all(box.x >= 50 and box.x + box.width <= 200 for box in sheet.boxes if isinstance(box, Run))
