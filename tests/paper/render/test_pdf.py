"""PDF: one page of the paper's size, text that other programs extract, the same bytes every time."""

import re
import shutil
import subprocess
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from PIL import Image

from kvit.paper.raster import draw
from kvit.paper.render import pdf
from kvit.paper.sheet import Run, Sheet, Style, Symbol
from tests.paper.sheets import SHEETS

LINES = [
    "Чек № 42 ИТОГО 1 250,00 ₽",
    "Сату түбіртегі ҚҰНЫ 3 400 ₸",
    "영수증 합계 12,300원",
    "收据 谢谢惠顾 ¥25.00",
    "領収書 ありがとう",
    "ขอบคุณที่ใช้บริการ",
    "Café Ünïcode (x) \\ <b>",
]


def sheet_of(lines: list[str]) -> Sheet:
    boxes = []
    for place, line in enumerate(lines):
        x = 0
        for piece in re.findall(r"[\u3000-\ud7ff]+|[^\u3000-\ud7ff]+", line):
            advance = 24 if piece[0] >= "\u3000" else 12
            letters = len(re.sub("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]", "", piece))
            boxes.append(Run(x, 30 * place, advance * letters, 24, piece, advance, Style()))
            x += advance * letters
    return Sheet(width_dots=576, height_dots=30 * len(lines), boxes=[*boxes])


def tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} (poppler-utils) is not installed")
    return path


def test_pdftotext_gives_the_lines(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf.render(sheet_of(LINES)))
    run = subprocess.run([tool("pdftotext"), "-layout", "a.pdf", "-"], cwd=tmp_path, capture_output=True, check=True)
    assert run.stderr == b""
    found = [re.sub(" +", " ", line).strip() for line in run.stdout.decode().splitlines() if line.strip("\f ")]
    assert found == LINES


def test_pdftoppm_shows_the_dots(tmp_path: Path) -> None:
    sheet = sheet_of(LINES)
    sheet.dpi = 72
    (tmp_path / "a.pdf").write_bytes(pdf.render(sheet))
    command = [tool("pdftoppm"), "-r", "72", "-mono", "a.pdf", "out"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    image = np.asarray(Image.open(next(tmp_path.glob("out*.pbm"))))
    assert (~image == draw(sheet).page).all()


@pytest.mark.parametrize("direction", range(4))
def test_text_in_every_direction_lies_on_its_dots(direction: int, tmp_path: Path) -> None:
    wide, high = (84, 24) if direction % 2 == 0 else (24, 84)
    sheet = Sheet(width_dots=200, height_dots=200, dpi=72)
    sheet.boxes = [Run(50, 60, wide, high, "KVIT 42", 12, Style(), direction=direction)]
    (tmp_path / "a.pdf").write_bytes(pdf.render(sheet))
    run = subprocess.run([tool("pdftotext"), "-bbox", "a.pdf", "-"], cwd=tmp_path, capture_output=True, check=True)
    words = re.findall(r'xMin="(.*?)" yMin="(.*?)" xMax="(.*?)" yMax="(.*?)">(.*?)<', run.stdout.decode())
    assert {word[4] for word in words} == {"KVIT", "42"}
    left, top = (min(float(word[at]) for word in words) for at in (0, 1))
    right, bottom = (max(float(word[at]) for word in words) for at in (2, 3))
    assert (left, right) == pytest.approx((50, 50 + wide), abs=9)
    assert (top, bottom) == pytest.approx((60, 60 + high), abs=9)


@given(SHEETS)
def test_any_sheet_makes_a_sound_file(sheet: Sheet) -> None:
    data = pdf.render(sheet)
    assert data == pdf.render(sheet)
    place = int(data.rsplit(b"startxref\n", 1)[1].split()[0])
    entries = re.findall(rb"(\d{10}) 00000 n ", data[place:])
    for number, entry in enumerate(entries, 1):
        assert data[int(entry) :].startswith(b"%d 0 obj\n" % number)
    for length, body in re.findall(rb"/Length (\d+) >>\nstream\n(.*?)\nendstream", data, re.DOTALL):
        assert len(body) <= int(length)


def test_the_page_is_as_large_as_the_paper() -> None:
    data = pdf.render(Sheet(width_dots=576, height_dots=2030, dpi=203))
    assert b"/MediaBox [0 0 204.2956 720.0000]" in data


def test_nothing_tells_who_made_it_or_when() -> None:
    data = pdf.render(sheet_of(LINES))
    assert not re.search(rb"/(Info|Author|Producer|Creator|CreationDate|ModDate|Metadata)", data)


def test_letters_of_a_bar_code_are_text() -> None:
    symbol = Symbol(0, 0, 285, 124, "ean13", b"4006381333931", 3, 100, hri="4006381333931", hri_place=2)
    data = pdf.render(Sheet(width_dots=384, boxes=[symbol]))
    bodies = [zlib.decompress(body) for body in re.findall(rb"stream\n(.*?)\nendstream", data, re.DOTALL)]
    assert any(b"Tj" in body for body in bodies)


def test_more_letters_than_one_font_holds(tmp_path: Path) -> None:
    text = "".join(chr(0xAC00 + 7 * n) for n in range(600))
    boxes = [Run(0, 30 * n, 480, 24, text[20 * n : 20 * n + 20], 24, Style()) for n in range(30)]
    (tmp_path / "a.pdf").write_bytes(pdf.render(Sheet(width_dots=576, boxes=[*boxes])))
    run = subprocess.run([tool("pdftotext"), "a.pdf", "-"], cwd=tmp_path, capture_output=True, check=True)
    assert "".join(run.stdout.decode().split()) == text
