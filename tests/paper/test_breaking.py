"""Breaking where there is less room than one letter takes: it ends, and every letter stands alone or is left out."""

from __future__ import annotations

import pytest

from kvit.escpos import load_profile
from kvit.paper.breaking import filled
from kvit.paper.builder import Builder, part
from kvit.paper.document import Document, Frame, Span, Text, Wrap
from kvit.paper.layout import lay_out
from kvit.paper.typeset import setter_of

KOREAN = load_profile("epson-korean")


@pytest.mark.parametrize("columns", [-3, 0, 1])
@pytest.mark.parametrize("text", ["ab c", "한글", "a한 b"])
@pytest.mark.parametrize("wrap", ["word", "character", "clip", "ellipsis"])
def test_no_room_is_an_end(text: str, wrap: Wrap, columns: int) -> None:
    setter = setter_of(KOREAN)
    found = filled(setter.plain(text), columns, wrap, setter)
    assert 1 <= len(found) <= len(text)


@pytest.mark.parametrize("wrap", ["word", "character", "clip", "ellipsis"])
def test_large_letters_in_a_narrow_place_are_laid_out(wrap: Wrap) -> None:
    large = Text([Span("large 글", width=8, height=8)], wrap=wrap)
    lay_out(Document([Frame([large], "none", 1), Frame([large], "single", 4)]), KOREAN)
    lay_out(Builder().area([part(Builder().add(large), width=1)], 4).document(), KOREAN)
