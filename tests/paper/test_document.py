"""The document and its JSON form: one to one, and refused with the place."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from PIL import Image as Pillow

from kvit.paper.builder import Builder, span
from kvit.paper.document import Code, Column, Document, DocumentError, Image, Pair, Span, Text, parse, print_document
from kvit.paper.photo import PictureError, dots_of
from tests.paper.languages.test_escpos_write import documents


@settings(max_examples=60, deadline=None)
@given(documents)
def test_json_is_the_document(document: Document) -> None:
    assert parse(print_document(document)) == document


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{"blocks": [{"type": "text", "content": "a", "bolt": true}]}', "bolt"),
        ('{"blocks": [{"type": "feed"}, {"type": "feed", "lines": -1}]}', "$.blocks[1].lines"),
        ('{"blocks": [{"type": "poem"}]}', "$.blocks[0].type"),
        ('{"blocks": [{"type": "text", "content": [{"text": "a", "width": 9}]}]}', "$.blocks[0].content[0].width"),
        ('{"blocks": [{"type": "pulse", "pin": 3}]}', "$.blocks[0].pin"),
        ('{"blocks": [', "truncated"),
        ('{"blocks": [{"type": "text", "content": 7}]}', "$.blocks[0].content"),
        ("{}", "blocks"),
    ],
)
def test_what_is_no_document_is_refused_with_the_place(text: str, place: str) -> None:
    with pytest.raises(DocumentError) as refused:
        parse(text)
    assert place in str(refused.value)


def test_usual_values_are_not_written() -> None:
    assert json.loads(print_document(Document([Text("a")]))) == {"blocks": [{"type": "text", "content": "a"}]}


def test_the_builder_makes_what_json_says() -> None:
    built = (
        Builder(left=1)
        .text("Cafe", align="centre", bold=True)
        .pair("Latte", span("4.50", underline=1))
        .table([Column(weight=1), Column()], [["a", "b"]])
        .code("qr", "x", module=4)
        .document()
    )
    assert built.blocks[0] == Text([Span("Cafe", bold=True)], "centre")
    assert built.blocks[1] == Pair("Latte", [Span("4.50", underline=1)])
    assert built.blocks[3] == Code("qr", "x", module=4)
    assert parse(print_document(built)) == built


def test_the_builder_refuses_with_the_place() -> None:
    with pytest.raises(ValueError, match=r"\$\.blocks\[1\]"):
        Builder().text("a").text("b", width=9).document()


def test_pictures_of_all_kinds_come_to_the_same_dots(tmp_path_factory: pytest.TempPathFactory) -> None:
    greys = np.where(np.arange(160).reshape(10, 16) % 3 == 0, 0, 255).astype(np.uint8)
    whole = Pillow.fromarray(greys)
    path = tmp_path_factory.mktemp("pictures") / "a.png"
    whole.save(path)
    made = {
        dots_of(block.data, 576).bits
        for picture in (greys, whole, path, path.read_bytes())
        for block in Builder().image(picture).document().blocks
        if isinstance(block, Image)
    }
    assert made == {np.packbits(greys == 0, axis=1).tobytes()}


def test_clear_parts_are_white_and_wide_pictures_fit() -> None:
    clear = np.zeros((4, 800, 4), dtype=np.uint8)
    clear[:, :400] = (0, 0, 0, 255)
    (block,) = Builder().image(clear).document().blocks
    assert isinstance(block, Image)
    made = dots_of(block.data, 384)
    assert (made.columns, made.rows) == (384, 2)
    assert made.bits[:48] == b"\xff" * 24 + b"\0" * 24


@pytest.mark.parametrize("tone", ["floyd-steinberg", "atkinson", "bayer"])
def test_a_grey_keeps_about_its_share_of_black(tone: str) -> None:
    grey = np.full((64, 64), 100, dtype=np.uint8)
    (block,) = Builder().image(grey).document().blocks
    assert isinstance(block, Image)
    black = sum(byte.bit_count() for byte in dots_of(block.data, 576, None, tone).bits) / 64**2
    assert abs(black - (1 - 100 / 255)) < 0.12


@pytest.mark.parametrize("data", [b"x", b"\x89PNG\r\n\x1a\n", b"P4\n99999 99999\n"])
def test_what_is_no_picture_is_refused(data: bytes) -> None:
    with pytest.raises(PictureError):
        dots_of(data, 576)
