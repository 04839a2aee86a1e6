"""Whatever lies on the paper, the reader answers: boxes anywhere, of any size, in any language, codes of any bytes."""

from __future__ import annotations

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.escpos import load_profile
from kvit.paper.languages.stream import play_stream
from kvit.paper.sheet import Run, Sheet, Style, Symbol
from kvit.receipt.forms import lessons
from kvit.receipt.forms.model import Confirmed, as_reading, of_reading
from kvit.receipt.model import Kind, Reading
from kvit.receipt.reading import read
from kvit.receipt.reading.equations import equations, proven
from kvit.receipt.reading.prior import Prior, head_of, label_hash
from kvit.receipt.reading.reader import page_of
from tests.receipt.reading import foreign

WORDS = (
    "TOTAL", "SUMA", "合計", "합계", "ИТОГО", "ЖИЫНЫ", "Change", "VAT 20%", "2 x 1.50", "-3,00", "1 234,56",
    "¥1,000", "x12", "п?дсумок", "�", "12.05.2026 10:00", "6th of April 2015", "31/02/2026",
    "NIP 541-482-38-29", "─" * 32, "哪" * 20, "%", "@", "0", "9" * 30, "１２３", "1.2.3", "--", "::", "№ 5",
    "A 4%  69,05  2,76  71,81", "\u202e", "e\u0301", "\U0001f600",
)  # fmt: skip
TEXT = st.lists(st.sampled_from(WORDS) | st.text(max_size=8), min_size=1, max_size=6).map("  ".join)
PLACE = st.integers(-600, 3000)


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    made = Sheet(draw(st.sampled_from((1, 96, 384, 576, 4000))))
    for _ in range(draw(st.integers(0, 12))):
        text, size = draw(TEXT), draw(st.integers(1, 8))
        x, y, high = draw(PLACE), draw(st.sampled_from((0, 30, 60, 90)) | PLACE), draw(st.integers(0, 200))
        style = Style(width=size, height=size, bold=draw(st.booleans()))
        made.boxes.append(Run(x, y, 12 * size * len(text), high, text, 12 * size, style, draw(st.integers(0, 3))))
    if draw(st.booleans()):
        data = draw(st.binary(max_size=60) | st.sampled_from((b"t=1&s=2&fn=3&i=4&fp=5&n=1", b"A:1*B:2*F:2026*O:1")))
        made.boxes.append(Symbol(0, 0, 10, 10, draw(st.sampled_from(("qr", "ean13", "pdf417"))), data))
    return made


def sane(found: Reading) -> None:
    assert all(0 < sure <= 1 for sure in found.confidence.values())
    assert all(math.isfinite(sure) for sure in found.confidence.values())
    assert not found.verified or (found.total is not None and found.kind in (Kind.SALE, Kind.REFUND, Kind.COPY))
    equations(found)
    proven(found)


@given(sheets(), st.sampled_from(("", "dmy", "mdy", "ymd")))
@settings(deadline=None)
def test_any_sheet_is_read(sheet: Sheet, order: str) -> None:
    sane(read(sheet, order=order))


def test_a_number_with_too_many_points_in_money_of_three_decimals() -> None:
    made = Sheet(576)
    made.boxes = [Run(0, row * 30, 12 * len(text), 24, text, 12, Style()) for row, text in enumerate(("1.2.3", "JD"))]
    assert read(made).total is None


def test_a_line_feed_inside_a_run_is_no_row() -> None:
    made = Sheet(576)
    made.boxes = [
        Run(0, row * 30, 12 * len(text), 24, text, 12, Style())
        for row, text in enumerate(("SHOP", "one\ntwo", "12.05.2026 10:00", "VAT 20%  1.00", "TOTAL\n6.00"))
    ]
    assert read(made).time == "2026-05-12T10:00"


@given(sheets(), st.sampled_from(("total", "tax", "card", "noise", "items")), st.integers(0, 60))
@settings(deadline=None)
def test_any_sheet_is_read_with_any_form(sheet: Sheet, said: str, breaks: int) -> None:
    page = page_of(sheet)
    labels = {label_hash(label): said for label in page.labels if label}
    prior = Prior(labels, breaks, "Shop", "EUR", "mdy")
    found = read(sheet, priors={head_of(page.rows, page.says, page.dated): prior})
    sane(found)
    confirmed = of_reading(found)
    lessons.lesson(sheet, confirmed)
    sane(as_reading(confirmed))
    lessons.lesson(sheet, Confirmed(Kind.SALE, time="2026-01-01", total=5, decimals=0))


@given(st.sampled_from(foreign.streams("develop")), st.data())
@settings(deadline=None)
def test_broken_bytes_are_read(stream: foreign.Stream, data: st.DataObject) -> None:
    """A printout with a piece cut out and another put in."""
    import base64

    raw = base64.b64decode(stream.bytes)
    start = data.draw(st.integers(0, len(raw)))
    end = data.draw(st.integers(start, min(len(raw), start + 80)))
    broken = raw[:start] + data.draw(st.binary(max_size=40)) + raw[end:]
    sane(read(play_stream(broken, load_profile("epson")).sheet))
