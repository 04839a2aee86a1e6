"""Streams of other people's tills and libraries, drawn every way: nothing raises, nothing is out of bounds."""

import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from kvit.escpos import Parser
from kvit.paper.languages.escpos import play
from kvit.paper.raster import draw
from kvit.paper.render import html, pdf, png, svg
from tests.paper.render.test_html import CLASSES, judged

pytestmark = pytest.mark.shared


def streams(shared: Path) -> list[Path]:
    return sorted((shared / "escpos").rglob("*.bin"))


def test_every_stream_is_drawn_every_way(shared: Path) -> None:
    found = streams(shared)
    assert found
    for path in found:
        parser = Parser()
        sheet = play(parser.feed(path.read_bytes()) + parser.close())
        page = draw(sheet).page
        image = Image.open(io.BytesIO(png.render(sheet)))
        assert (~np.asarray(image) == page).all(), path
        ElementTree.fromstring(svg.render(sheet))
        judge = judged(html.fragment(sheet))
        assert judge.classes <= CLASSES, path
        assert pdf.render(sheet).endswith(b"%%EOF\n"), path
