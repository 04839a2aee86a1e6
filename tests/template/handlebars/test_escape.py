"""Escapes seen from the other side: what reads the output finds the data's letters and nothing more."""

from __future__ import annotations

from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper.document import Code, Cut, Line, Table, Text
from kvit.paper.markup.receiptline import reading
from kvit.template.handlebars import Engine, Options
from kvit.template.handlebars.escape import html, receiptline, tags

MARKS = st.text(alphabet="\\|{}_\"`^~-=;:,xn2 ab\t\r\né한<>&'/", max_size=20)


def letters(value: str) -> str:
    return value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")


def filled(template: str, value: str) -> Any:
    return reading(Engine(receiptline, options=Options(raw=False)).compile(template).render({"v": value}))


@pytest.mark.parametrize(
    "value", ["=", "-", "===", "---", " x", "x ", " ", "{command:x}", "{code:1}", "|", "a|b", "\n=", "^^^"]
)
def test_a_value_is_no_markup(value: str) -> None:
    found = filled("{{v}}", value)
    assert not found.remarks
    assert [type(block) for block in found.document.blocks] == [Text]
    assert not isinstance(found.document.blocks[0], Cut | Line | Code | Table)


@given(MARKS)
def test_receiptline_finds_the_letters(value: str) -> None:
    found = filled("<{{v}}>", value)
    assert not found.remarks
    assert [block.content for block in found.document.blocks] == [f"<{letters(value)}>"]


@given(MARKS)
def test_columns_stay_columns(value: str) -> None:
    found = filled("|a{{v}}|b{{{v}}}|", value)
    table = found.document.blocks[0]
    assert [len(row) for row in table.rows] == [2]


@given(MARKS)
def test_codes_hold_the_letters(value: str) -> None:
    found = filled("{code:q{{v}}q;option:qrcode}", value)
    assert not found.remarks
    assert [(block.kind, block.data) for block in found.document.blocks] == [("qr", f"q{letters(value)}q")]


class Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[Any] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.found.append(data)


@given(st.text(alphabet="<>&\"'`=/ ab;#x3Cscript", max_size=20))
def test_a_page_finds_the_letters(value: str) -> None:
    page = Page()
    page.feed(Engine(html).compile('<p title="{{v}}">x{{v}}x</p>').render({"v": value}))
    page.close()
    assert page.found[0] == ("p", {"title": value})
    assert "".join(page.found[1:]) == f"x{value}x"


@given(st.text(alphabet="<>&CQRB/ ab", max_size=20))
def test_no_tag_begins_in_a_value(value: str) -> None:
    shown = tags(value)
    assert not set(shown) & set("<>")
    assert unescape(shown) == value or "&" in value
