"""The text view: columns kept, nothing lost."""

from __future__ import annotations

from itertools import groupby

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper.render import RENDERERS, text
from kvit.paper.sheet import Run, Sheet, Style
from kvit.paper.width import cells
from tests.paper.printing import PRINTER, printed, printer, read, runs
from tests.paper.sheets import SHEETS

KOREAN = printer(multibyte=type(PRINTER.multibyte)(system="cp949", power_on=True))

CASES = {
    "plain": (b"Milk                        1.89\n", "Milk                        1.89\n"),
    "margin": (b"\x1dL\x18\x00abc\n", "  abc\n"),
    "centre": (b"\x1ba\x01SHOP\n", " " * 22 + "SHOP\n"),
    "columns by position": (b"Milk\x1b$\xf8\x011.89\n", "Milk" + " " * 38 + "1.89\n"),
    "columns by tabs": (b"a\tb\tc\n", "a       b       c\n"),
    "right to left order of sending": (b"\x1b$\x78\x00b\x1b$\x00\x00a\n", "a         b\n"),
    "styles join": (b"a\x1bE\x01b\x1bE\x00c\n", "abc\n"),
    "empty lines": (b"a\n\n\nb\n", "a\n\n\nb\n"),
    "a long feed is a few empty lines": (b"a\n\x1bd\x32b\n", "a\n\n\n\n\nb\n"),
    "nothing": (b"\n\n", ""),
    "double width keeps words": (b"\x1d!\x11TOTAL PAID\n", "TOTAL PAID\n"),
    "double width keeps columns": (
        b"Milk" + b" " * 40 + b"1.89\n\x1d!\x10TOTAL" + b" " * 14 + b"12.00\n",
        "Milk" + " " * 40 + "1.89\nTOTAL" + " " * 38 + "12.00\n",
    ),
    "double width centred": (b"\x1ba\x01\x1d!\x11SHOP\n", " " * 22 + "SHOP\n"),
    "double width at the right": (b"\x1ba\x02\x1d!\x1112.00\n", " " * 43 + "12.00\n"),
    "font B loses nothing": (b"\x1bM\x01" + b"0123456789" * 6 + b"\n", "0123456789" * 6 + "\n"),
    "font B columns": (b"\x1bM\x01Milk" + b" " * 56 + b"1.89\n", "Milk" + " " * 40 + "1.89\n"),
    "qr": (b"\x1d(k\x05\x001P0ab\x1d(k\x03\x001Q0", "[qr] ab\n"),
    "logo": (b"\x1cp\x01\x00", "[logo nv:1]\n"),
    "strips are one picture": ((b"\x1b*\x21\x08\x00" + b"\xff" * 24 + b"\n") * 3, "[image 8x84]\n"),
    "bar code with letters": (
        b"\x1dH\x02\x1dw\x02\x1dk\x02590123412345\0", "[ean13] 5901234123457\n5901234123457\n"
    ),
    "code 128 without its orders": (b"\x1dk\x49\x08{BAb{C\x0c\x22", "[code128] Ab1234\n"),
    "upside down": (b"\x1b{\x01ab\ncd\n", "ab\ncd\n"),
    "inverted spaces stay": (b"\x1dB\x01 a \x1dB\x00b\n", " a b\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_cases(name: str) -> None:
    data, wanted = CASES[name]
    assert read(data) == wanted


def test_wide_letters_take_two_columns() -> None:
    assert read("한글    1.89\nab      2.00\n".encode("cp949"), KOREAN) == "한글    1.89\nab      2.00\n"


def test_narrow_letters_in_wide_cells_stay_words() -> None:
    """A Cyrillic letter out of a Korean font is two columns wide on paper and one on a screen."""
    line = "Хлеб белый".encode("cp949") + b" " * 20 + b"1.89\n" + b"-" * 41 + b"\n"
    first, _ = read(line, KOREAN).splitlines()
    assert first.startswith("Хлеб белый  ")
    assert first.endswith(" 1.89")
    assert len(first) == 19 + 20 + 4


def test_marks_can_be_left_out() -> None:
    sheet = printed(b"a\n\x1d(k\x05\x001P0ab\x1d(k\x03\x001Q0\x1cp\x01\x00b\n")
    assert text.render(sheet, marks=False).split() == ["a", "b"]


def test_control_letters_in_symbols_do_not_reach_the_text() -> None:
    assert "\x1b" not in text.render(printed(b"\x1d(k\x06\x001P0a\x1bb\x1d(k\x03\x001Q0"))


@pytest.mark.parametrize("letter", ["\x1b", "\x7f", "\x9b", "\u202e", "\u2066", "\u2028", "\u200b"])
def test_what_a_terminal_obeys_is_a_space(letter: str) -> None:
    sheet = printed(b"ab\n")
    sheet.boxes[0] = msgspec.structs.replace(sheet.boxes[0], text=f"a{letter}b")
    assert text.render(sheet) == "a b\n"


@given(SHEETS)
def test_any_sheet_has_a_text(sheet: Sheet) -> None:
    assert isinstance(text.render(sheet), str)


@given(st.lists(st.text(alphabet="abc 1.2", min_size=1, max_size=48), min_size=1, max_size=8))
def test_plain_lines_come_back(lines: list[str]) -> None:
    wanted = [line.rstrip() for line in lines if line.strip()]
    data = "".join(f"{line}\n" for line in lines).encode()
    assert [line for line in read(data).splitlines() if line] == wanted


def test_the_registry_names_every_rendering() -> None:
    assert list(RENDERERS) == ["text", "json", "html", "svg", "png", "pdf"]
    sheet = printed(b"abc\n")
    assert RENDERERS["text"](sheet) == b"abc\n"
    starts = {"json": b"{", "html": b"<", "svg": b"<", "png": b"\x89PNG", "pdf": b"%PDF"}
    for name, start in starts.items():
        assert RENDERERS[name](sheet).startswith(start), name


PARTS = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(["A", " B", "C ", "한글", "合計", " ", "  ", "7", "\u3000", "é", "№ 5"])),
    min_size=1, max_size=6,
)  # fmt: skip
"""Blanks before a run, and its letters."""


@given(PARTS)
def test_a_natural_line_is_what_its_phrases_make(parts: list[tuple[int, str]]) -> None:
    runs, column = [], 0
    for gap, letters in parts:
        wide = not letters.isascii() and cells(letters) == 2 * len(letters)
        column += gap
        runs.append(Run(12 * column, 0, 0, 24, letters, 24 if wide else 12, Style()))
        column += (2 if wide else 1) * len(letters)
    natural = text._natural(runs)
    if natural is not None:
        assert natural == text._place(text._phrases(runs), 576)


def test_usual_lines_are_natural() -> None:
    runs = [Run(0, 0, 96, 24, "우유순수", 24, Style()), Run(96, 0, 48, 24, " 2 x", 12, Style())]
    assert text._natural(runs) == "우유순수 2 x"


@given(PARTS, st.integers(0, 300), st.sampled_from([4, 9, 12, 24]), st.sampled_from([384, 576]), st.integers(0, 5))
def test_runs_side_by_side_make_the_line_their_phrases_make(
    parts: list[tuple[int, str]], left: int, cell: int, width: int, odd: int
) -> None:
    runs, x = [], left
    for place, (gap, letters) in enumerate(parts):
        wide = cells(letters) == 2 * len(letters)
        advance = cell * (2 if wide else 1) + (place == 1 == odd)
        runs.append(Run(x, 0, 0, 24, letters, advance, Style()))
        x += advance * len(letters) + (gap if odd == 2 else 0)
    joined = text._side_by_side(runs, width)
    if joined is not None:
        assert joined == (text._natural(runs) or text._place(text._phrases(runs), width))


def test_centred_and_doubled_lines_are_side_by_side() -> None:
    centred = runs(printed("\x1ba\x01영수 1\n\x1d!\x11영수 12\n".encode("cp949"), KOREAN))
    rows = [list(row) for _, row in groupby(centred, lambda run: run.y + run.height)]
    assert [text._side_by_side(row, 576) for row in rows] == [" " * 21 + "영수 1", " " * 20 + "영수 12"]
