"""Layout JSON: what is read, what is refused and where, and that reading and writing are twins."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.template.form import problem
from kvit.template.layout import COLUMNS_MAX, ContentObject, Layout, LayoutError, parse, print_layout

SOURCE = (
    '[{"content":"http://www.test.com/test.jpg","contentType":"image","textAlign":"center","width":45}]',
    '[{"content":"电话:{{mobile}}","contentType":"text","textAlign":"left","fontSize":"default","pagerWeight":1}]',
)
"""The two layouts the source prints, letter for letter."""


def test_the_layouts_of_the_source() -> None:
    logo, phone = (parse(content) for content in SOURCE)
    assert logo.lines[0][0] == ContentObject("http://www.test.com/test.jpg", "image", "center", width=45)
    assert phone.lines[0][0] == ContentObject("电话:{{mobile}}")


def test_columns_and_lines() -> None:
    two = parse('[{"content":"a"},{"content":"b","pagerWeight":2.5}]')
    assert [len(line) for line in two.lines] == [2]
    block = parse('[[{"content":"a","repeat":"items"}],[{"content":"b"},{"content":"c"}]]', "items")
    assert [len(line) for line in block.lines] == [1, 2]
    assert (block.name, block.repeat) == ("items", "items")


REFUSED: list[tuple[str, str]] = [
    ("", "truncated"),
    ("[]", "content objects"),
    ("[[]]", "content objects"),
    ("{}", "array"),
    ('["text"]', "object"),
    ('[{"content":"a"},[{"content":"b"}]]', "content objects"),
    ('[{"content":1}]', "$[0].content"),
    ('[{"text":"a"}]', "text"),
    ('[{"contentType":"drawer"}]', "contentType"),
    ('[{"contentType":"cut"}]', "contentType"),
    ('[{"fontSize":"12px"}]', "fontSize"),
    ('[{"textAlign":"justify"}]', "textAlign"),
    ('[{"pagerWeight":0}]', "pagerWeight"),
    ('[{"contentType":"image","width":101}]', "width"),
    ('[{"content":"a","width":10}]', "width is for images"),
    ('[{"content":"a"},{"contentType":"image"}]', "stands alone"),
    ('[{"content":"a"},{"content":"b","repeat":"x"}]', "first content"),
    ('[[{"content":"a"}],[{"content":"b","repeat":"x"}]]', "first content"),
    ('[{"contentType":"line","content":"{{x}}"}]', "a line is one of"),
    ('[{"contentType":"feed","content":"{{x}}"}]', "1 to 20"),
    ('[{"contentType":"feed","content":"999"}]', "1 to 20"),
    ('[{"contentType":"barcode","symbology":"morse"}]', "symbology"),
    (json.dumps([[{"content": "a"}] * (COLUMNS_MAX + 1)]), "length"),
    (json.dumps([{"content": "a" * 20_001}]), "content"),
    ("[" * 5000, ""),
    ('[{"content":"\ud800"}]', ""),
]


@pytest.mark.parametrize(("content", "says"), REFUSED)
def test_what_is_refused(content: str, says: str) -> None:
    with pytest.raises(LayoutError) as raised:
        parse(content, "head")
    assert says in raised.value.problem
    assert raised.value.refusal().values["name"] == "head"


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (SOURCE[1], ""),
        ('[{"content":"{{x"}]', "ends"),
        ('[{"content":"{{#if}}x{{/if}}"}]', "exactly one"),
        ('[{"content":"a","condition":"gt x"}]', ""),
        ('[{"content":"a","condition":"}} {{x"}]', "belong"),
        ('[{"content":"a","condition":"#if x"}]', "early"),
        ('[{"content":"a","condition":"x}} {{y"}]', "expression"),
        ('[{"content":"a","condition":"> p"}]', "expression"),
        ('[{"content":"a","condition":"&x"}]', "expression"),
        ('[{"content":"a","repeat":"{x"}]', ""),
        ('[{"content":"a","repeat":"a b)"}]', "belong"),
        ("nothing", "JSON"),
    ],
)
def test_problems_are_told_before_a_template_is_kept(content: str, says: str) -> None:
    found = problem(content)
    assert says in found
    assert bool(found) == bool(says) or "{x" in content


CONTENTS = st.builds(
    ContentObject,
    content=st.text(alphabet='{}"\\\n ab', max_size=10),
    text_align=st.sampled_from(["left", "center", "right"]),
    font_size=st.sampled_from(["small", "default", "large"]),
    pager_weight=st.sampled_from([1.0, 2.0, 0.5]),
    condition=st.sampled_from(["", "x", "gt x 1"]),
    bold=st.booleans(),
)


@given(st.lists(st.lists(CONTENTS, min_size=1, max_size=4).map(tuple), min_size=1, max_size=4).map(tuple))
def test_reading_and_writing_are_twins(lines: Any) -> None:
    layout = Layout("", lines)
    assert parse(print_layout(layout)) == layout
