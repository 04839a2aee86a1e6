"""Symbols for tests: every kind with data a document may hold, and what a reader makes of them."""

from __future__ import annotations

import string
from typing import Any

import numpy as np
import zxingcpp
from hypothesis import strategies as st
from numpy.typing import NDArray

from kvit.escpos import Profile
from kvit.paper.document import Code, Document
from kvit.paper.languages.escpos_write import write
from kvit.paper.layout import lay_out
from kvit.paper.raster import draw
from kvit.paper.sheet import Sheet
from kvit.paper.symbology import KINDS
from tests.paper.printing import printed, printer

GTIN = "0950110153000"
ELEMENTS = "(01)0950110153000(10)AB-7(21)42"
READ_ELEMENTS = "(01)09501101530003(10)AB-7(21)42"
SCRIPTS = "Чек қазына 합계 合计 №5"
EVERY: dict[str, tuple[str, str]] = {
    "upca": ("01234567890", "0012345678905"), "upce": ("123456", "0012345000065"),
    "ean13": ("590123412345", "5901234123457"), "ean8": ("9638507", "96385074"), "code39": ("KVIT-39 $", "KVIT-39 $"),
    "itf": ("00123456", "00123456"), "codabar": ("31117", "A31117A"), "code93": ("Code 93", "Code 93"),
    "code128": ("No.{123456}x", "No.{123456}x"), "gs1128": (ELEMENTS, READ_ELEMENTS),
    "databar": (GTIN, "(01)09501101530003"), "databartruncated": (GTIN, "(01)09501101530003"),
    "databarlimited": ("(01)09501101530003", "(01)09501101530003"), "databarexpanded": (ELEMENTS, READ_ELEMENTS),
    "databarstacked": (GTIN, "(01)09501101530003"), "databarstackedomni": (GTIN, "(01)09501101530003"),
    "databarexpandedstacked": (ELEMENTS, READ_ELEMENTS), "qr": (SCRIPTS, SCRIPTS), "microqr": ("합계 5", "합계 5"),
    "rmqr": (SCRIPTS, SCRIPTS), "pdf417": (SCRIPTS, SCRIPTS), "micropdf417": (SCRIPTS, SCRIPTS),
    "maxicode": (SCRIPTS, SCRIPTS), "datamatrix": (SCRIPTS, SCRIPTS), "aztec": (SCRIPTS, SCRIPTS),
}  # fmt: skip
"""Kind: what the document says, what a reader says. Without composite, which nothing here draws."""

KNOWS = printer(symbologies=tuple(KINDS))
"""A head that prints every kind from its data."""
DRAWS = printer(symbologies=())
"""A head that prints none."""
MARGIN = (24, 32)
"""Dots of paper above and beside what a head reaches."""

Page = NDArray[np.uint8]


def sheet_of(profile: Profile, code: Code) -> Sheet:
    """The sheet of the very bytes a document with this symbol becomes."""
    sheet = lay_out(Document([code]), profile)
    return printed(write(sheet, profile), profile)


def paper_of(sheet: Sheet) -> Page:
    """The picture of the paper, 255 white, with the margins the head does not reach."""
    down, across = MARGIN
    return np.where(np.pad(draw(sheet).page, ((down, down), (across, across))), 0, 255).astype(np.uint8)


def read(page: Page | Any) -> list[str]:
    """What a reader finds."""
    return [found.text for found in zxingcpp.read_barcodes(np.ascontiguousarray(page))]


digits = st.text(string.digits, min_size=1, max_size=20)
_ascii = st.text(st.characters(min_codepoint=0, max_codepoint=126), min_size=1, max_size=24)
_letters = st.text(st.sampled_from("abcXYZ 0189 .,/:-?&=чекҚқ합계合计№€{}|\x10\x04"), min_size=1, max_size=40)


def _number(*sizes: int) -> st.SearchStrategy[str]:
    return st.sampled_from(sizes).flatmap(lambda size: st.text(string.digits, min_size=size, max_size=size))


_elements = st.tuples(_number(13), st.text("AB12-/(", min_size=1, max_size=12), digits).map(
    lambda parts: f"(01){parts[0]}(10){parts[1].replace('(', '{(')}(21){parts[2]}"
)
_gtins = st.tuples(st.sampled_from("01"), _number(12)).map("".join)
DATA: dict[str, st.SearchStrategy[str]] = {
    "upca": _number(11), "upce": _number(6), "ean13": _number(12), "ean8": _number(7),
    "code39": st.text("ABC0189 -.$/+%", min_size=1, max_size=14), "itf": _number(2, 6, 14), "codabar": digits,
    "code93": _ascii, "code128": _ascii, "gs1128": _elements, "databar": _number(13), "databartruncated": _number(13),
    "databarlimited": _gtins, "databarexpanded": _elements, "databarstacked": _number(13),
    "databarstackedomni": _gtins, "databarexpandedstacked": _elements, "microqr": st.text("ab1 ", min_size=1, max_size=12),
    **dict.fromkeys(("qr", "rmqr", "pdf417", "micropdf417", "maxicode", "datamatrix", "aztec"), _letters),
}  # fmt: skip
"""Data every kind takes, or nearly so."""
FIELDS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "qr": st.fixed_dictionaries({"level": st.sampled_from(["", "L", "M", "Q", "H"])}),
    "pdf417": st.fixed_dictionaries(
        {"level": st.sampled_from(["", "0", "3"]), "columns": st.integers(0, 6), "truncated": st.booleans()}
    ),
    "aztec": st.fixed_dictionaries(
        {"level": st.sampled_from(["", "5%", "50%"]), "compact": st.sampled_from([None, False])}
    ),
    "datamatrix": st.sampled_from([{}, {"rows": 12, "columns": 36}, {"rows": 40, "columns": 40}, {"rows": 16}]),
    "maxicode": st.sampled_from([{}, {"mode": 5}, {"mode": 6}]),
    "databarexpandedstacked": st.sampled_from([{}, {"columns": 1}, {"columns": 3}]),
    "itf": st.just({"check": "add"}) | st.just({}), "code39": st.just({"check": "add"}) | st.just({}),
}  # fmt: skip


def codes(kind: str) -> st.SearchStrategy[Code]:
    """Symbols of a kind as documents have them."""
    fields = FIELDS.get(kind, st.just({}))
    return st.builds(
        lambda data, module, align, letters, more: Code(
            kind, data, align, None if module == 1 else module, letters=letters, **more
        ),
        DATA[kind], st.integers(1, 7), st.sampled_from(["left", "centre", "right"]),
        st.sampled_from(["none", "above", "below", "both"]), fields,
    )  # fmt: skip
