"""What desktops send, as documents: trimmed, cut, narrowed; what is damaged is refused."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image as Pillow

from kvit.device.adapters.adapter import adapter_of
from kvit.device.ipp import paper
from kvit.device.ipp.raster import Page, encode
from kvit.paper.document import Cut, Document, Feed, Image, Text, parse, print_document
from kvit.paper.raster import draw
from kvit.refusal import Refusal

WIDTH = 576


def drawn(media_type: str, data: bytes, width: int = WIDTH) -> Document:
    made = paper.document_of(media_type, data, width)
    assert isinstance(made, Document)
    assert parse(print_document(made)) == made
    return made


def page(height: int, *, rows: tuple[int, int] | None, width: int = WIDTH) -> Page:
    greys = np.full((height, width), 255, dtype=np.uint8)
    if rows is not None:
        greys[rows[0] : rows[1], 10:50] = 0
    return Page(greys, 203)


def picture(image: Image) -> Pillow.Image:
    return Pillow.open(io.BytesIO(image.data))


def test_pages_end_at_their_last_dot_and_are_cut() -> None:
    data = encode([page(2400, rows=(100, 140)), page(500, rows=None), page(300, rows=(0, 300))], "black_1")
    first, cut, second, cut_again = drawn(paper.PWG, data).blocks
    assert isinstance(first, Image)
    assert isinstance(second, Image)
    assert isinstance(cut, Cut)
    assert isinstance(cut_again, Cut)
    assert picture(first).size == (WIDTH, 140)
    assert picture(second).size == (WIDTH, 300)


def test_a_long_page_is_several_pictures_without_a_seam() -> None:
    data = encode([page(4500, rows=(0, 4500))])
    *images, cut = drawn(paper.PWG, data).blocks
    assert isinstance(cut, Cut)
    assert [picture(each).height for each in images if isinstance(each, Image)] == [2000, 2000, 500]


def test_nothing_on_the_pages_is_no_cut() -> None:
    assert drawn(paper.PWG, encode([page(100, rows=None)])).blocks == [Feed(1)]


def test_a_page_too_wide_is_made_narrower() -> None:
    (image, _) = drawn(paper.PWG, encode([page(1000, rows=(500, 1000), width=1152)])).blocks
    assert isinstance(image, Image)
    assert picture(image).size == (576, 500)


def test_the_bytes_of_the_printer_hold_the_dots() -> None:
    made = drawn(paper.PWG, encode([page(200, rows=(100, 140))], "black_1"))
    adapter = adapter_of("escpos+tcp://127.0.0.1:9100")
    assert not isinstance(adapter, Refusal)
    sheet = adapter.look(adapter.make(made))
    black = draw(sheet).page
    assert black[100:140, 10:50].all()
    assert black.sum() == 40 * 40


def test_greys_in_areas_are_dithered() -> None:
    ramp = np.tile(np.linspace(0, 255, WIDTH, dtype=np.uint8), (200, 1))
    (image, _) = drawn(paper.PWG, encode([Page(ramp, 203)])).blocks
    assert isinstance(image, Image)
    black = ~np.asarray(picture(image).convert("1"))
    shares = black.reshape(200, 8, 72).mean(axis=(0, 2))
    assert sorted(shares, reverse=True) == list(shares)
    assert 0.2 < shares[4] < 0.8


def test_letters() -> None:
    made = drawn(paper.TEXT, "\ufeffone\r\n\ttwo\f\fthree\n\n".encode())
    assert made.blocks == [Text("one\n        two"), Cut(), Text("three"), Cut()]
    assert drawn(paper.TEXT, b"").blocks == [Feed(1)]
    long = drawn(paper.TEXT, b"x" * 120_000).blocks
    assert [len(str(each.content)) for each in long if isinstance(each, Text)] == [50_000, 50_000, 20_000]


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_pictures(kind: str) -> None:
    out = io.BytesIO()
    Pillow.new("L", (40, 30), 60).save(out, kind)
    media_type = paper.format_of("application/octet-stream", out.getvalue())
    assert media_type == f"image/{kind.lower()}"
    assert drawn(media_type, out.getvalue()).blocks == [Image(out.getvalue()), Cut()]


@pytest.mark.parametrize(
    ("media_type", "data", "code"),
    [
        (paper.PWG, b"RaS2", "device.ipp_document"),
        (paper.URF, b"RaS2", "device.ipp_document"),
        (paper.PNG, b"\x89PNG\r\n\x1a\nxx", "device.ipp_document"),
        (paper.JPEG, b"\xff\xd8\xff" + bytes(5 << 20), "device.ipp_document"),
        (paper.TEXT, b"x" * 1_000_001, "device.ipp_document"),
        ("application/pdf", b"%PDF-1.4", "device.ipp_format"),
    ],
)
def test_what_is_refused(media_type: str, data: bytes, code: str) -> None:
    refused = paper.document_of(media_type, data, WIDTH)
    assert isinstance(refused, Refusal)
    assert refused.code == code


@pytest.mark.parametrize(
    ("told", "data", "found"),
    [
        ("", b"\x1b@Hello", paper.ESCPOS),
        ("application/octet-stream", b"RaS2....", paper.PWG),
        ("application/octet-stream", b"UNIRAST\0", paper.URF),
        ("application/octet-stream", b"%PDF-1.7", "application/pdf"),
        ("application/vnd.cups-raw", b"%PDF-1.7", paper.ESCPOS),
        ("Text/Plain; charset=utf-8", b"\x1b@", paper.TEXT),
    ],
)
def test_what_it_is(told: str, data: bytes, found: str) -> None:
    assert paper.format_of(told, data) == found
