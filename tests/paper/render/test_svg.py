"""SVG: well-formed, standalone, with the text in it and nothing that acts."""

import re
from xml.etree import ElementTree

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper.render import svg
from kvit.paper.sheet import Picture, Run, Sheet, Style, Symbol
from tests.paper.sheets import SHEETS

NAMES = {"svg", "g", "rect", "text", "path", "image", "title"}
XML = "{http://www.w3.org/XML/1998/namespace}"
ATTRIBUTES = {
    "width", "height", "viewBox", "font-family", "x", "y", "fill", "fill-opacity", "transform", "font-size", "font-weight",
    "font-style", "textLength", "lengthAdjust", "direction", "unicode-bidi", "d", "image-rendering", "href",
    f"{XML}lang", f"{XML}space",
}  # fmt: skip


def parsed(text: str) -> ElementTree.Element:
    return ElementTree.fromstring(text)


@given(SHEETS)
def test_any_sheet_is_well_formed_and_harmless(sheet: Sheet) -> None:
    for element in parsed(svg.render(sheet)).iter():
        assert element.tag.removeprefix("{http://www.w3.org/2000/svg}") in NAMES
        assert set(element.attrib) <= ATTRIBUTES
        assert element.get("href", "data:image/png;base64,").startswith("data:image/png;base64,")


@given(st.text(st.characters(), max_size=30))
def test_any_text_stays_text(text: str) -> None:
    sheet = Sheet(width_dots=576, boxes=[Run(0, 0, 360, 24, text, 12, Style())])
    tree = parsed(svg.render(sheet))
    assert all(child.tag.endswith("text") or child.tag.endswith("rect") or child.tag.endswith("}g") for child in tree.iter()
               if child is not tree)  # fmt: skip


def test_text_keeps_its_printed_width() -> None:
    sheet = Sheet(width_dots=576, boxes=[Run(24, 30, 96, 48, "합계", 48, Style(width=2, height=2))])
    text = next(parsed(svg.render(sheet)).iter("{http://www.w3.org/2000/svg}text"))
    assert text.text == "합계"
    assert text.get("textLength") == "48"
    assert "scale(2 2)" in str(text.get("transform"))


def test_a_missing_logo_is_titled_with_its_key() -> None:
    logo = Picture(0, 0, 60, 30, columns=0, rows=0, bits=b"", key="nv:<1>", missing=True)
    assert "<title>nv:&lt;1&gt;</title>" in svg.render(Sheet(width_dots=60, boxes=[logo]))


def test_symbols_are_paths_with_their_letters_as_text() -> None:
    symbol = Symbol(0, 0, 285, 124, "ean13", b"4006381333931", 3, 100, hri="4006381333931", hri_place=2)
    text = svg.render(Sheet(width_dots=384, boxes=[symbol]))
    assert "<path" in text
    assert ">4006381333931</text>" in text


def test_a_path_paints_exactly_the_dots() -> None:
    dots = (np.random.default_rng(7).random((9, 13)) < 0.5).repeat(3, axis=0)
    painted = np.zeros_like(dots)
    for x, y, w, h in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z", svg.path(dots)):
        painted[int(y) : int(y) + int(h), int(x) : int(x) + int(w)] = True
    assert (painted == dots).all()
