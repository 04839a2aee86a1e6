"""Charts: bars that add up, labels that do not touch, no data that becomes markup."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.web.chart import HEIGHT, LABELS_MAX, Bar, bars

SVG = "{http://www.w3.org/2000/svg}"


def drawn(shown: list[Bar], names: tuple[str, ...] = ("a", "b")) -> ET.Element:
    return ET.fromstring(str(bars("Days", names, shown)))


def test_parts_stand_on_each_other() -> None:
    root = drawn([Bar("1", "one", (3, 1)), Bar("2", "two", (0, 2))])
    first, second = root.findall("g")
    below, above = first.findall("rect")
    assert float(below.attrib["y"]) + float(below.attrib["height"]) == pytest.approx(HEIGHT)
    assert float(above.attrib["y"]) + float(above.attrib["height"]) == pytest.approx(float(below.attrib["y"]), abs=0.11)
    assert float(below.attrib["height"]) == pytest.approx(3 * float(above.attrib["height"]), abs=0.2)
    assert [rect.attrib["class"] for rect in second.findall("rect")] == ["part-1"]
    assert first.findtext("title") == "one: a 3, b 1"


@pytest.mark.parametrize("count", [0, 1, 16, 17, 31, 400])
def test_labels_leave_room(count: int) -> None:
    root = drawn([Bar(str(n), str(n), (1, 1)) for n in range(count)])
    assert len([text for text in root.iter("text") if "class" not in text.attrib]) <= LABELS_MAX
    assert len(root.findall("g")) == count


@given(st.text(), st.text())
def test_no_data_is_markup(label: str, title: str) -> None:
    made = str(bars(title, (title, label), [Bar(label, title, (1, 0))]))
    assert set(re.findall(r"<([a-z]+)", made)) == {"svg", "title", "text", "line", "g", "rect"}
