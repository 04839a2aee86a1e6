"""A stored logo is printed by its key where it is known to lie in the printer; elsewhere its picture is sent along."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kvit.escpos import Profile, load_profile
from kvit.paper import image
from kvit.paper.builder import Builder, part
from kvit.paper.document import Document
from kvit.paper.languages.escpos_write import write
from kvit.paper.layout import lay_out
from kvit.paper.logo import Logo, Logos, enlarged, holding
from kvit.paper.raster import draw
from tests.paper.printing import PRINTER, pictures, places, printed, printer

PICTURE = b"P4\n16 5\n" + b"\xff\x01" * 5
STORED = Logo(16, 5, b"\xff\x01" * 5)
KEYS = ("nv:1", "nv:48/49")
SENT = {"nv:1": b"\x1cp\x01\x00", "nv:48/49": b"\x1d(L\x06\x00\x30\x45\x30\x31\x01\x01"}


def document(key: str = "nv:1", picture: bytes | None = PICTURE, **options: object) -> Document:
    return Builder().logo(key, picture, **options).text("below").cut().document()


def proven(made: Document, profile: Profile, *known: str) -> bytes:
    """The bytes; the paper they make is the sheet they were made from."""
    sheet = lay_out(made, profile)
    data = write(sheet, profile)
    played = printed(data, profile, Logos(dict.fromkeys(known, STORED)))
    assert places(played) == places(sheet)
    assert [(box.x, box.y, box.width, box.height, box.key) for box in pictures(played)] == [
        (box.x, box.y, box.width, box.height, box.key) for box in pictures(sheet)
    ]
    assert np.array_equal(draw(played).page, draw(sheet).page)
    return data


@pytest.mark.parametrize("key", KEYS)
def test_a_logo_known_to_be_there_is_printed_by_key(key: str) -> None:
    data = proven(document(key), holding(PRINTER, {key}), key)
    assert SENT[key] in data
    assert b"\x1dv0" not in data


@pytest.mark.parametrize("key", KEYS)
def test_elsewhere_the_picture_is_sent(key: str) -> None:
    for profile in (PRINTER, holding(PRINTER, {"nv:2"})):
        data = proven(document(key), profile)
        assert SENT[key] not in data
        assert STORED.bits in data


@pytest.mark.parametrize("align", ["left", "centre", "right"])
@pytest.mark.parametrize(("width", "height"), [(1, 1), (2, 1), (1, 2), (2, 2)])
@pytest.mark.parametrize("key", KEYS)
def test_places_and_sizes(key: str, width: int, height: int, align: str) -> None:
    made = document(key, align=align, width=width, height=height)
    proven(made, holding(PRINTER, {key}), key)
    proven(made, PRINTER)
    by_key, sent = lay_out(made, holding(PRINTER, {key})), lay_out(made, PRINTER)
    assert np.array_equal(draw(by_key).page, draw(sent).page)


@pytest.mark.parametrize("key", KEYS)
def test_without_a_picture_its_room_is_that_of_the_outline(key: str) -> None:
    sheet = lay_out(document(key, None), holding(PRINTER, {key}))
    (box,) = pictures(sheet)
    assert box.missing
    assert sheet.problems == []
    proven(document(key, None), holding(PRINTER, {key}))


@pytest.mark.parametrize("key", KEYS)
def test_neither_there_nor_given_is_told(key: str) -> None:
    sheet = lay_out(document(key, None), PRINTER)
    assert [(each.code, each.values) for each in sheet.problems] == [("logo.unknown", {"key": key})]


def test_heads_without_the_command_get_the_picture() -> None:
    chinese = holding(load_profile("xprinter"), KEYS)
    assert SENT["nv:1"] in proven(document("nv:1"), chinese, "nv:1")
    assert STORED.bits in proven(document("nv:48/49"), chinese)
    assert STORED.bits in proven(document("nv:300"), holding(PRINTER, {"nv:300"}))
    assert STORED.bits in proven(document("nv:1/2"), holding(PRINTER, {"nv:1/2"}))


def test_heads_without_pictures() -> None:
    bare = printer(features=PRINTER.features - {"raster", "graphics", "bit_image"})
    assert SENT["nv:1"] in proven(document(), holding(bare, {"nv:1"}), "nv:1")
    assert [each.code for each in lay_out(document(), bare).problems] == ["picture.absent"]


def test_a_logo_as_high_as_a_letter_is_no_letter() -> None:
    high = b"P4\n16 24\n" + b"\xff\x01" * 24
    profile = holding(PRINTER, {"nv:1"})
    assert SENT["nv:1"] in write(lay_out(document("nv:1", high), profile), profile)


def test_in_a_frame_it_is_sent() -> None:
    profile = holding(PRINTER, {"nv:1"})
    framed = Builder().frame(Builder().logo("nv:1", PICTURE)).document()
    assert SENT["nv:1"] not in write(lay_out(framed, profile), profile)


def test_in_an_area_it_is_sent() -> None:
    profile = holding(PRINTER, {"nv:1"})
    for picture in (PICTURE, None):
        inside = Builder().logo("nv:1", picture).text("beside")
        sheet = lay_out(Builder().area([part(inside)], 6).document(), profile)
        assert SENT["nv:1"] not in write(sheet, profile)
        assert [each.code for each in sheet.problems] == (["logo.unknown"] if picture is None else [])


def test_a_profile_file_names_them(tmp_path: Path) -> None:
    (tmp_path / "till.toml").write_text('inherits = "TM-T88V"\nlogos = ["nv:1", "nv:48/49"]\n', "utf-8")
    profile = load_profile("till", tmp_path)
    assert profile.logos == frozenset(KEYS)
    assert SENT["nv:48/49"] in write(lay_out(document("nv:48/49"), profile), profile)


def test_one_record_for_one_set_of_keys() -> None:
    assert holding(PRINTER, ["nv:1"]) is holding(PRINTER, {"nv:1"})
    assert holding(PRINTER, []) is PRINTER
    assert holding(PRINTER, ["nv:1"]) is not holding(PRINTER, ["nv:2"])


def test_enlarged() -> None:
    assert image.to_letters(enlarged(Logo(3, 1, b"\xa0"), 2, 3).bits, 6, 3) == "\n".join(["##..##"] * 3)
