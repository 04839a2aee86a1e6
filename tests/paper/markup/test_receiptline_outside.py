"""The 42 documents of the ReceiptLine specification at 32 and 48 columns: our paper has the text their program writes.

Each is read, laid out, written as ESC/POS bytes and played; then every letter must stand in the cell it stands in there.
Blank lines are not compared (they have empty lines where pictures are not, and we do not), nor are spaces at a line's end.

What differs on purpose, though no document of the 42 shows it (docs/protocols/receiptline.md):

    a line exactly full and then ``\\n``        they print an empty line between
    a backslash in Japanese                     they write a yen sign
    pictures and codes                          their text leaves them out; ours are on the paper
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path

import pytest

from kvit.escpos import load_profile
from kvit.paper.languages import registry
from kvit.paper.layout import lay_out, on_paper
from kvit.paper.markup.receiptline import reading
from kvit.paper.sheet import Picture, Run, Sheet, Symbol
from kvit.paper.width import clusters
from tests.paper.markup.grid import CELL_DOTS, grid
from tests.paper.outside.meaning import Look, look_of
from tests.paper.printing import printed

pytestmark = pytest.mark.shared

PAPERS = {32: 58, 48: 80}
PROFILES = {"en": ("default", "epson", "xprinter", "bixolon-korean"), "ja": ("epson-japanese",)}
DOCUMENTS = 42
STROKES = "─│┌┐└┘├┤┬┴┼╭╮╰╯"


def documents(shared: Path) -> list[Path]:
    found = sorted((shared / "receiptline" / "docs").glob("*/*.receipt"))
    assert len(found) == DOCUMENTS
    return found


@pytest.mark.parametrize("columns", PAPERS)
@pytest.mark.parametrize("language", PROFILES)
def test_the_text_is_theirs(shared: Path, language: str, columns: int) -> None:
    for path in documents(shared):
        if path.parent.name != language:
            continue
        golden = shared / "receiptline" / "golden" / f"{language}-{path.stem}-{columns}.txt"
        wanted = [line.rstrip() for line in golden.read_text("utf-8").split("\n") if line.strip()]
        found = reading(path.read_text("utf-8"))
        assert found.remarks == []
        for name in PROFILES[language]:
            profile = on_paper(load_profile(name), PAPERS[columns])
            sheet = lay_out(found.document, profile)
            assert grid(registry.play(registry.write(sheet, profile), profile)) == wanted, (path.stem, name)


def lines_of(sheet: Sheet) -> list[list[tuple[str, Look, int]]]:
    """Every line's letters with their looks and the dots where they stand, left to right; strokes are left out."""
    runs = [box for box in sheet.boxes if isinstance(box, Run)]
    found = []
    for _, row in groupby(runs, key=lambda run: run.y + run.height - run.height // 8):
        placed = sorted(
            (run.x + number * run.advance, letter, look_of(run.style))
            for run in row
            for number, letter in enumerate(clusters(run.text))
            if letter not in STROKES and (letter.strip() or run.style.underline or run.style.invert)
        )
        found += [[(letter, look, x) for x, letter, look in placed]] if placed else []
    return found


@pytest.mark.parametrize("command", ["escpos", "generic"])
@pytest.mark.parametrize("columns", PAPERS)
@pytest.mark.parametrize("language", PROFILES)
def test_letters_stand_at_their_dots_in_their_looks(shared: Path, language: str, columns: int, command: str) -> None:
    """Their bytes and ours on the same printer: centred text may stand half a cell to the right, on the grid of cells."""
    profile = on_paper(load_profile(PROFILES[language][-1 if language == "ja" else 1]), PAPERS[columns])
    for path in documents(shared):
        if path.parent.name == language:
            golden = shared / "receiptline" / "golden" / f"{language}-{path.stem}-{columns}.{command}.bin"
            wanted = lines_of(printed(golden.read_bytes(), profile))
            sheet = lay_out(reading(path.read_text("utf-8")).document, profile)
            found = lines_of(registry.play(registry.write(sheet, profile), profile))
            assert [[each[:2] for each in line] for line in found] == [[each[:2] for each in line] for line in wanted]
            moved = [ours[2] - theirs[2] for one, two in zip(found, wanted, strict=True)
                     for ours, theirs in zip(one, two, strict=True)]  # fmt: skip
            assert set(moved) <= {0, CELL_DOTS // 2}, path.stem


def test_pictures_and_codes_are_on_the_paper(shared: Path) -> None:
    profile = load_profile("epson")
    for path in documents(shared):
        if path.parent.name == "en":
            text = path.read_text("utf-8")
            sheet = lay_out(reading(text).document, profile)
            assert [type(box) for box in sheet.boxes].count(Picture) == text.count("{image:"), path.stem
            codes = [(box.kind, box.bar_height) for box in sheet.boxes if isinstance(box, Symbol)]
            assert len(codes) == text.count("{code:"), path.stem
            assert all(height == 48 for _, height in codes)


def test_two_boxes_share_the_rule_between_them(shared: Path) -> None:
    """The lower one is narrower and stands at the right: the rule between has the corners of both."""
    text = (shared / "receiptline" / "docs" / "en" / "guest.receipt").read_text("utf-8")
    profile = on_paper(load_profile("epson"), 80)
    assert "+---+--------+--------------+---+----+---------+" in grid(lay_out(reading(text).document, profile))
