"""Defects found in other people's encoders (reference on documents, section 2): ours must not have them.

Each test names whose it is. The cases need nothing from outside.
"""

from __future__ import annotations

import re

import numpy as np
import pytest

from kvit.escpos import Parser, Profile, load_profile
from kvit.paper.builder import Builder
from kvit.paper.document import Column, Document
from kvit.paper.languages import registry
from kvit.paper.layout import lay_out, on_paper
from kvit.paper.render import RENDERERS
from kvit.paper.sheet import Sheet
from tests.paper.outside.meaning import dots_of, letters_of
from tests.paper.printing import pictures, printer, runs, symbols

EPSON = load_profile("epson")
GRAPHICS = printer(features=EPSON.features - {"raster"})
"""A head that takes pictures only as GS ( L and GS 8 L."""


def bytes_of(document: Document, profile: Profile) -> bytes:
    return registry.write(lay_out(document, profile), profile)


def played(document: Document, profile: Profile) -> Sheet:
    return registry.play(bytes_of(document, profile), profile)


def checks(columns: int, rows: int) -> bytes:
    """A picture file no two rows and columns of which are alike."""
    y, x = np.indices((rows, columns))
    dots = (x * 7 + y * 13) % 11 < 4
    return b"P4\n%d %d\n" % (columns, rows) + np.packbits(dots, axis=1).tobytes()


@pytest.mark.parametrize("profile", [EPSON, GRAPHICS], ids=["raster", "graphics"])
@pytest.mark.parametrize("rows", [255, 256, 960, 2_500])
def test_a_tall_picture_says_its_true_length(profile: Profile, rows: int) -> None:
    """python-escpos: 576x960 by GS ( L declares 3,594 of 69,130 bytes. node-thermal-printer: a zero high byte."""
    document = Builder().image(checks(576, rows), tone="line", align="left").text("after").document()
    data = bytes_of(document, profile)
    parser = Parser(profile)
    assert not [each for each in [*parser.feed(data), *parser.close()] if each.name in ("unknown", "payload")]
    sheet = registry.play(data, profile)
    dots = np.concatenate([dots_of(box) for box in pictures(sheet)])
    assert np.packbits(dots, axis=1).tobytes() == checks(576, rows).split(b"\n", 2)[2]
    assert letters_of(sheet) == "after"


@pytest.mark.parametrize("name", ["epson", "epson-chinese", "epson-korean", "bixolon-korean", "TM-T88V"])
def test_a_line_of_two_scripts_is_cut_where_the_script_changes(name: str) -> None:
    """python-escpos: a line with one Han letter leaves whole as GB18030; receipt-printer-encoder: as question marks."""
    profile = load_profile(name)
    sheet = lay_out(Builder().text("Итого 合计 합계 total").document(), profile)
    drawn = "".join(str(each.values.get("text", "")) for each in sheet.problems if each.code == "letters.drawn")
    assert not [each for each in sheet.problems if each.code == "letters.lost"]
    said = letters_of(registry.play(registry.write(sheet, profile), profile))
    assert "?" not in said
    assert [letter for letter in "Итого合计합계total" if letter not in said and letter not in drawn] == []


def test_a_wrong_check_digit_is_refused() -> None:
    """python-escpos and others send an EAN-13 with a wrong last digit."""
    sheet = lay_out(Builder().code("ean13", "9780201379625").document(), EPSON)
    assert [each.code for each in sheet.problems] == ["symbol.check_digit"]
    assert not sheet.boxes


LIVE = ["\x1bp\x00\x19\xfa", "\x10\x14\x01\x00\x08", "\x1b@", "\x1dV\x00", "\x1ct1", "\x00\x07\x18\x7f", "\x9b\x90"]


@pytest.mark.parametrize("command", LIVE, ids=lambda each: each.encode("latin-1").hex())
def test_an_item_name_is_never_a_command(command: str) -> None:
    """python-escpos and node-thermal-printer open the drawer for an item called so."""
    document = Builder().pair(f"te{command}a", "1.00").text(command).code("qr", command).document()
    sheet = played(document, EPSON)
    assert [each.kind for each in sheet.events if each.kind != "reset"] == []
    assert letters_of(sheet).startswith("te")
    assert not set(letters_of(sheet)) & set(map(chr, [*range(32), *range(127, 160)]))


@pytest.mark.parametrize("columns", [20, 32, 35, 37, 42, 44, 48, 56, 69])
def test_any_width_will_do(columns: int) -> None:
    """receipt-printer-encoder takes 32, 35, 42, 44 and 48 columns and no other."""
    profile = printer(width_dots=columns * 12)
    document = Builder().table([Column(weight=1), Column(width=8, align="right")], [["Tea", "1.00"]]).document()
    printed = runs(played(document, profile))
    assert (printed[0].x, printed[-1].x + printed[-1].width) == (0, columns * 12)


def test_blank_lines_stay() -> None:
    """node-thermal-printer drops them."""
    sheet = played(Builder().text("a").text("").text("\n").text("b").document(), EPSON)
    assert [run.y for run in runs(sheet)] == [0, 4 * EPSON.line_spacing]


def test_a_word_is_not_cut_where_it_fits_on_the_next_line() -> None:
    """receiptline cuts every text after the last letter that fits."""
    sheet = played(Builder().text("Tanashi cabbage with salted flavour").document(), on_paper(EPSON, 58))
    assert [run.text for run in runs(sheet)] == ["Tanashi cabbage with salted", "flavour"]


@pytest.mark.parametrize("form", ["svg", "html"])
def test_a_look_at_the_paper_calls_nobody(form: str) -> None:
    """receiptline's SVG loads a font from another house, which then knows who read the receipt."""
    sheet = played(Builder().text("чай 合计").code("qr", "https://example.org/r/1").document(), EPSON)
    made = RENDERERS[form](sheet).decode()
    assert re.findall(r"(?:@import|src=|href=|url\()[^;>]*https?:", made) == []


@pytest.mark.parametrize("kind", ["qr", "pdf417"])
def test_codes_hold_utf_8_and_count_bytes(kind: str) -> None:
    """receipt-printer-encoder: Cyrillic in a QR code became question marks, PDF417's length counted letters."""
    sheet = played(Builder().code(kind, "Спасибо 안녕").text("after").document(), EPSON)
    assert [box.data.decode() for box in symbols(sheet)] == ["Спасибо 안녕"]
    assert letters_of(sheet) == "after"


def test_a_symbol_is_centred() -> None:
    """python-escpos raises NotImplementedError for a centred QR code."""
    (box,) = symbols(played(Builder().code("qr", "https://example.org", align="centre").document(), EPSON))
    assert abs(box.x - (EPSON.width_dots - box.x - box.width)) <= 1
