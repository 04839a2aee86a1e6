"""No live command inside a picture, whatever form the head takes it in; and the paper shows the very dots that are sent."""

from __future__ import annotations

import re

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.escpos import Profile, load_profile
from kvit.paper import document as doc
from kvit.paper import image, live
from kvit.paper.builder import Builder
from kvit.paper.languages.escpos_write import write
from kvit.paper.layout import lay_out
from kvit.paper.raster import draw
from tests.paper.printing import printed, printer

OBEYING = printer(quirks=frozenset({"obeys_realtime_in_payload"}))
EVERYTHING = OBEYING.features
FORMS = {
    "raster": EVERYTHING,
    "graphics": EVERYTHING - {"raster"},
    "columns": EVERYTHING - {"raster", "graphics"},
    "needles": EVERYTHING - {"raster", "graphics", "high_density"},
}
PAIRS = re.compile(b"\x10[\x04\x05\x14]")


def obeying(form: str, **facts: object) -> Profile:
    return msgspec.structs.replace(OBEYING, features=FORMS[form], **facts)


def pbm(bits: bytes, columns: int) -> bytes:
    rows = len(bits) // image.row_bytes(columns)
    return b"P4\n%d %d\n" % (columns, rows) + bits


def sent(picture: bytes, profile: Profile) -> bytes:
    sheet = lay_out(doc.Document([doc.Image(picture, tone="line", align="left")]), profile)
    data = write(sheet, profile)
    assert np.array_equal(draw(printed(data, profile)).page, draw(sheet).page)
    return data


dangerous = st.lists(st.sampled_from([0x10, 0x04, 0x05, 0x14, 0x00, 0xFF]), min_size=72, max_size=72 * 6)


@pytest.mark.parametrize("form", FORMS)
@given(held=dangerous, columns=st.sampled_from([72, 69, 8, 576, 570]))
@settings(max_examples=60, deadline=None)
def test_a_picture_never_holds_a_live_command(form: str, held: list[int], columns: int) -> None:
    size = image.row_bytes(columns)
    bits = bytes(held)[: len(held) // size * size]
    assert not PAIRS.search(sent(pbm(bits, columns), obeying(form)))


@pytest.mark.parametrize("form", FORMS)
def test_columns_of_a_picture_are_spared_too(form: str) -> None:
    column = np.unpackbits(np.frombuffer(b"\x10\x04\x10\x05\x10\x14" * 4, np.uint8).reshape(8, 3), axis=1).T
    bits = np.packbits(np.ascontiguousarray(column), axis=1).tobytes()
    careless = msgspec.structs.replace(obeying(form), quirks=frozenset())
    if form == "columns":
        assert PAIRS.search(sent(pbm(bits, 8), careless))
    assert not PAIRS.search(sent(pbm(bits, 8), obeying(form)))


@pytest.mark.parametrize(
    ("columns", "rows"), [(8, 0x0410), (8, 0x0510), (8, 0x1410), (8, 0x0406), (16, 0x0203), (128, 700)]
)
@pytest.mark.parametrize("form", FORMS)
def test_counts_in_the_head_are_no_live_command(form: str, columns: int, rows: int) -> None:
    bits = b"\xff" * (image.row_bytes(columns) * rows)
    for buffer_bytes in (2_080, 2_592, 4_096, 10_272, 200_000):
        assert not PAIRS.search(sent(pbm(bits, columns), obeying(form, buffer_bytes=buffer_bytes)))


def test_drawn_letters_among_others_are_spared() -> None:
    letters = "".join(map(chr, range(0xAC00, 0xAC00 + 600)))
    data = write(lay_out(Builder().text("a" + letters).document(), OBEYING), OBEYING)
    assert b"\x1b*\x21" in data
    assert not PAIRS.search(data)


@pytest.mark.parametrize("name", ["epson", "TM-T88V", "TH230", "xprinter", "NT-5890K"])
def test_real_profiles_are_spared(name: str) -> None:
    profile = load_profile(name)
    assert live.obeys(profile)
    bits = b"\x10\x04\x10\x05\x10\x14" * 400
    assert not PAIRS.search(sent(pbm(bits, 48), profile))


@given(st.binary(min_size=3, max_size=300))
def test_only_dots_are_added(bits: bytes) -> None:
    spared = live.spare_rows(bits)
    assert len(spared) == len(bits)
    assert all(old & new == old and (new ^ old) in (0, 0x20) for old, new in zip(bits, spared, strict=True))
    assert live.spare_rows(spared) == spared
