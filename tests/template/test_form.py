"""Forms: a receipt out of layouts and data, and whatever letters the data hold."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.escpos import load_profile
from kvit.paper import document as paper
from kvit.paper.document import Code, Column, Feed, Image, Line, Span, Table, Text
from kvit.paper.layout import lay_out
from kvit.template.form import Form
from kvit.template.handlebars import (
    Budget,
    BudgetError,
    DataShapeError,
    MissingHelperError,
    TemplateError,
    TemplateSyntaxError,
)
from kvit.template.layout import LayoutError
from kvit.template.words import Place

KZ = Place("ru", "KZ", "KZT")
NBSP = "\u00a0"


def form(*layouts: Any, **options: Any) -> Form:
    return Form([(f"layout {number}", json.dumps(each)) for number, each in enumerate(layouts, 1)], KZ, **options)


def blocks(*layouts: Any, data: Any = None) -> list[Any]:
    return list(form(*layouts).fill({} if data is None else data).document.blocks)


SHOP = {
    "shop": "Дана",
    "items": [{"n": "Чай", "q": 2, "s": 90000}, {"n": "Булка", "q": 1, "s": 12050, "off": 500}],
    "total": 102050,
}
RECEIPT: list[Any] = [
    [{"content": "{{shop}}", "textAlign": "center", "fontSize": "large", "bold": True}],
    [{"contentType": "line", "content": "dashed"}],
    [
        [{"content": "{{n}}", "repeat": "items"}],
        [{"content": "{{q}} x", "pagerWeight": 1}, {"content": "{{money s}}", "textAlign": "right", "pagerWeight": 2}],
        [{"content": "  скидка {{money off}}", "condition": "off"}],
    ],
    [{"contentType": "line", "content": "="}],
    [
        {"content": "ИТОГО", "pagerWeight": 1, "bold": True},
        {"content": "{{money total}}", "textAlign": "right", "pagerWeight": 1},
    ],
    [{"contentType": "qrcode", "content": "https://example.org/{{total}}", "size": 4, "textAlign": "center"}],
    [{"contentType": "feed", "content": "2"}],
]


def test_a_receipt() -> None:
    row = [Column(0, 1), Column(0, 2, "right")]
    assert form(*RECEIPT).fill(SHOP).document == paper.Document([
        Text([Span("Дана", True, width=2, height=2)], "centre"),
        Line("dashed"),
        Text("Чай", "left"),
        Table(row, [["2 x", f"900,00{NBSP}₸"]]),
        Text("Булка", "left"),
        Table(row, [["1 x", f"120,50{NBSP}₸"]]),
        Text("  скидка 5,00\u00a0₸", "left"),
        Line("double"),
        Table([Column(0, 1), Column(0, 1, "right")], [[[Span("ИТОГО", True)], f"1{NBSP}020,50{NBSP}₸"]]),
        Code("qr", "https://example.org/102050", "centre", 4),
        Feed(2),
    ])  # fmt: skip


@pytest.mark.parametrize("profile", ["epson", "sunmi"])
def test_it_can_be_laid_out(profile: str) -> None:
    sheet = lay_out(form(*RECEIPT).fill(SHOP).document, load_profile(profile))
    assert {each.code for each in sheet.problems} <= {"letters.drawn"}


def test_rows_of_equal_shares_are_one_table() -> None:
    line = [
        {"content": "{{n}}", "repeat": "items", "pagerWeight": 0.5},
        {"content": "{{@index}}/{{../shop}}", "pagerWeight": 1.5},
    ]
    assert blocks(line, data=SHOP) == [Table([Column(0, 85), Column(0, 255)], [["Чай", "0/Дана"], ["Булка", "1/Дана"]])]


def test_lines_without_letters_are_left_out_unless_written_so() -> None:
    found = blocks(
        [{"content": "{{gone}}"}],
        [{"content": "{{gone}}"}, {"content": "{{#if gone}}x{{/if}}"}],
        [{"content": "a", "condition": "gone"}],
        [{"content": "a", "condition": "gone"}, {"content": "b"}],
        [{"content": ""}],
        [{"content": " "}],
        [{"contentType": "qrcode", "content": "{{gone}}"}],
        [{"contentType": "image", "content": "{{gone}}"}],
        [{"contentType": "line", "condition": "gone"}],
        [{"contentType": "feed", "content": "1", "condition": "gone"}],
        [{"content": "", "condition": "gone"}],
        [{"content": "never", "repeat": "gone"}],
        [{"content": "never", "repeat": "text"}],
        data={"text": "abc"},
    )
    assert found == [Table([Column(0, 1), Column(0, 1)], [["", "b"]]), Text("", "left"), Text(" ", "left")]


def test_conditions_are_expressions() -> None:
    shown = [
        condition
        for condition in ("x", "gt x 1", "eq word 'a b'", "and x (not gone)", "gone", "lt x 1", "@root.x", "1", "0")
        if blocks([{"content": "a", "condition": condition}], data={"x": 2, "word": "a b"})
    ]
    assert shown == ["x", "gt x 1", "eq word 'a b'", "and x (not gone)", "@root.x", "1"]


def test_pictures_come_from_whoever_has_them() -> None:
    made = form(
        [{"contentType": "image", "content": "{{logo}}", "width": 45, "textAlign": "center"}],
        [{"content": "a{{image 'gone'}}b"}],
    )
    filled = made.fill({"logo": "http://shop/logo"}, {"http://shop/logo": b"png"}.get)
    assert filled.document.blocks == [Image(b"png", "centre", 45), Text("a", "left"), Text("b", "left")]
    assert [(each.code, each.values) for each in filled.warnings] == [("template.picture", {"address": "gone"})]


def test_symbols_in_the_middle_of_a_text() -> None:
    assert blocks([{"content": "scan {{qr x size=5}} or {{barcode x letters='none'}}"}], data={"x": "17"}) == [
        Text("scan ", "left"),
        Code("qr", "17", "left", 5),
        Text(" or ", "left"),
        Code("code128", "17", "left", letters="none"),
    ]
    with pytest.raises(DataShapeError):
        blocks([{"content": "{{qr 'x'}}"}, {"content": "b"}])
    with pytest.raises(DataShapeError):
        blocks([{"content": "{{column (qr 'x') 4}}"}])


def test_symbols_of_every_kind() -> None:
    assert blocks(
        [{"contentType": "barcode", "content": "{{x}}", "symbology": "ean13", "height": 50}], data={"x": 4006381333931}
    ) == [Code("ean13", "4006381333931", "left", None, 50)]


@pytest.mark.parametrize(
    ("kind", "layout", "data"),
    [
        (LayoutError, {"content": "a"}, {}),
        (TemplateSyntaxError, [{"content": "{{x"}], {}),
        (MissingHelperError, [{"content": "{{nope 1}}"}], {}),
        (MissingHelperError, [{"content": "a", "condition": "nope 1"}], {}),
        (DataShapeError, [{"content": "{{money x}}"}], {"x": 0.5}),
        (DataShapeError, [{"contentType": "qrcode", "content": "{{x}}"}], {"x": "x" * 8000}),
        (BudgetError, [{"content": "{{.}}", "repeat": "l"}], {"l": [1] * 100_000}),
        (BudgetError, [[{"content": "{{.}}", "repeat": "l"}], [{"content": "a"}] * 5], {"l": [1] * 30_000}),
    ],
)
def test_what_goes_wrong(kind: type[Exception], layout: Any, data: Any) -> None:
    with pytest.raises(kind) as raised:
        form(layout).fill(data)
    if isinstance(raised.value, TemplateError):
        assert raised.value.name == "layout 1"


def test_all_layouts_share_one_budget() -> None:
    layout = [{"content": "{{#each l}}{{.}}{{/each}}"}]
    data = {"l": list(range(100))}
    assert len(form(*[layout] * 3, budget=Budget(steps=1000)).fill(data).document.blocks) == 3
    with pytest.raises(BudgetError):
        form(*[layout] * 5, budget=Budget(steps=1000)).fill(data)


def test_a_form_of_too_much_is_refused() -> None:
    with pytest.raises(LayoutError):
        form(*[[{"content": "a"}]] * 201)
    with pytest.raises(LayoutError):
        form(*[[{"content": "a" * 20_000}]] * 20)


WORST = st.text(alphabet="\\\"'{}[]<>&=|`~^_/\n\r\t\b\x00\x1b\x1dab,: \u2028\ufdd0\ufdd1é한😀", max_size=30)


@given(WORST)
def test_no_letter_of_the_data_breaks_a_receipt(value: str) -> None:
    layouts = [
        [{"content": "<{{v}}>"}],
        [{"content": "{{v}}"}, {"content": "{{{v}}}"}],
        [{"content": "{{.}}", "repeat": "l"}],
        [{"contentType": "qrcode", "content": "q{{v}}"}],
    ]
    document = form(*layouts).fill({"v": value, "l": [value]}).document
    kept = value.replace("\ufdd0", "").replace("\ufdd1", "")
    expected: list[Any] = [Text(f"<{kept}>", "left")]
    if kept:
        expected += [Table([Column(0, 1), Column(0, 1)], [[kept, kept]]), Text(kept, "left")]
    assert document.blocks == [*expected, Code("qr", f"q{kept}", "left")]
    assert paper.parse(paper.print_document(document)) == document


@given(WORST, WORST)
def test_data_open_nothing_and_end_nothing(name: str, value: str) -> None:
    """What reaches the head are the letters alone: the bytes hold no command the data brought."""
    from kvit.paper.languages.escpos_write import write

    profile = load_profile("epson")
    made = form([{"content": "{{v}}"}, {"content": "x"}], [{"content": "{{n}}"}])

    def commands(data: dict[str, str]) -> int:
        sheet = lay_out(made.fill(data).document, profile)
        return write(sheet, profile).count(b"\x1bp") + write(sheet, profile).count(b"\x10\x14")

    assert commands({"v": value, "n": name}) == 0


def test_every_block_knows_its_layout() -> None:
    layouts = [
        ("a", '[{"content":"{{x}}"}]'),
        ("b", '[{"content":"1"},{"content":"2"}]'),
        ("c", '[{"content":"3"},{"content":"4"}]'),
        ("d", '[{"content":"1","pagerWeight":2},{"content":"2"}]'),
        ("e", '[{"content":"{{empty}}"}]'),
        ("f", '[{"content":"one {{qr x}} two"}]'),
        ("g", '[{"content":"5"},{"content":"6"}]'),
    ]
    filled = Form(layouts).fill({"x": "y"})
    assert filled.origins == ("a", "", "d", "f", "f", "f", "g")
    assert len(filled.document.blocks) == len(filled.origins)
