"""Receipts written as text: what comes out, and that data stay letters."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper.document import Code, Cut, Line, Pulse, Span, Table, Text
from kvit.template.handlebars import DataShapeError, MissingHelperError, TemplateSyntaxError
from kvit.template.text_form import TextForm
from kvit.template.words import Place

KZ = Place("ru", "KZ", "KZT")
RECEIPT = """"{{shop}}"
-
{{#each items}}
|{{n}} | {{money s}}|
{{else}}
nothing
{{/each}}
{{qr link size=5 level="H"}}
{{barcode number kind="ean13"}}
=
"""


def test_a_receipt() -> None:
    data = {
        "shop": "Дана",
        "items": [{"n": "Чай", "s": 9000}],
        "link": "https://example.org/?a=1;b",
        "number": "4006381333931",
    }
    document, remarks = TextForm(RECEIPT, KZ).fill(data)
    assert remarks == []
    head, rule, row, qr, ean, cut = document.blocks
    assert isinstance(head, Text)
    assert head.content == [Span("Дана", True)]
    assert isinstance(rule, Line)
    assert isinstance(row, Table)
    assert row.rows == [["Чай", "90,00\u00a0₸"]]
    assert qr == Code("qr", "https://example.org/?a=1;b", "centre", 5, level="H")
    assert ean == Code("ean13", "4006381333931", "centre", 2, 80)
    assert isinstance(cut, Cut)


def test_symbols_without_data_are_not_there() -> None:
    document, remarks = TextForm("{{qr gone}}{{barcode gone}}x").fill({})
    assert [type(block) for block in document.blocks] == [Text]
    assert remarks == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{{x", TemplateSyntaxError),
        ("{{image x}}", MissingHelperError),
        ("{{qr x level='Z'}}", DataShapeError),
        ("{{qr x size=99}}", DataShapeError),
        ("{{barcode x kind='aztec'}}", DataShapeError),
    ],
)
def test_what_is_refused(text: str, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        TextForm(text).fill({"x": "1"})


@given(st.text(alphabet='=-{}|\\;:\n\r\t "_`^~xabcode,command', max_size=25))
def test_data_draw_nothing(value: str) -> None:
    data: dict[str, Any] = {"v": value, "l": [value]}
    document, remarks = TextForm("{{v}}\n|{{v}}|{{{v}}}|\n{{#each l}}\n{{.}}\n{{/each}}\n{{qr v}}\n").fill(data)
    assert remarks == []
    assert not [block for block in document.blocks if isinstance(block, Cut | Line | Pulse)]
    codes = [block.data for block in document.blocks if isinstance(block, Code)]
    assert codes == ([value.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")] if value else [])
