"""318 cases of another encoder, by the commands it says it typed: the writing side.

Each case lists typed commands (style bold, barcode ean13, cut …). A document is put together from that list, laid out and
written for a printer of the same language; both streams are played, and they must mean the same. What a document can not
say, or this house does otherwise on purpose, stands in `OTHERWISE` with its reason, and is counted.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp

from kvit.escpos import Profile, load_profile
from kvit.escpos.codepage import decode
from kvit.paper.builder import Builder, span
from kvit.paper.document import Span
from kvit.paper.languages import registry
from kvit.paper.layout import lay_out, on_paper
from tests.paper.outside.meaning import Said, dots_of, meaning
from tests.paper.printing import pictures, printed

pytestmark = pytest.mark.shared

Item = dict[str, Any]
Case = dict[str, Any]

PROFILES = {"esc-pos": "epson", "star-prnt": "starprnt", "star-line": "star"}
PAPERS = {32: 58, 48: 80}
CASES = 318
KINDS = {
    "gs1-128": "gs1128", "gs1-databar-omni": "databar", "gs1-databar-truncated": "databartruncated",
    "gs1-databar-limited": "databarlimited", "gs1-databar-expanded": "databarexpanded",
}  # fmt: skip
OTHERWISE = {
    "raw": "bytes of a printer's language are no document",
    "barcode_code128-auto": "the encoder refuses it",
}
"""Cases without a document, and why."""


@cache
def cases_of(shared: Path, language: str) -> list[Case]:
    cases = json.loads((shared / "escpos" / "encoder-oracle" / "oracle-4.0.1.json").read_text("utf-8"))
    assert len(cases) == CASES
    return [case for case in cases if case["language"] == language]


def profile_of(case: Case) -> Profile:
    return on_paper(load_profile(PROFILES[case["language"]]), PAPERS[case["columns"]])


class Rebuilding:
    """The document of a case, put together while its typed commands are read."""

    def __init__(self, case: Case, profile: Profile) -> None:
        self.profile, self.receipt = profile, Builder()
        self.look: dict[str, Any] = {}
        self.page = profile.code_page
        self.spans: list[Span] = []
        self.symbol: dict[str, Any] = {}
        self.pictures = iter(pictures(printed(bytes.fromhex(case["bytes"]), profile)))
        for line in case["lines"]:
            for item in line:
                self.take(item)
            if self.spans:
                self.receipt.text(*self.spans, wrap="character")
                self.spans = []
            elif not line:
                self.receipt.feed()

    def take(self, item: Item) -> None:
        kind, payload = item["type"], bytes.fromhex(item.get("payload") or "")
        handler = getattr(self, f"take_{kind.replace('-', '_')}", None)
        if handler is not None:
            handler(item, payload)

    def take_codepage(self, item: Item, payload: bytes) -> None:
        self.page = payload[-1]

    def take_text(self, item: Item, payload: bytes) -> None:
        letters = decode(payload, self.profile.code_pages[self.page])
        self.spans.append(span(letters.replace("\ufffd", ""), **self.look))

    def take_style(self, item: Item, payload: bytes) -> None:
        value = item["value"]
        if item["property"] == "size":
            self.look |= value
        else:
            self.look[item["property"]] = int(value) if item["property"] == "underline" else value

    def take_font(self, item: Item, payload: bytes) -> None:
        self.look["font"] = item["value"]

    def take_cut(self, item: Item, payload: bytes) -> None:
        self.receipt.cut(full=payload[-1] == 0)

    def take_pulse(self, item: Item, payload: bytes) -> None:
        second = payload[2] == 1 if self.profile.language == "escpos" else payload[-1] == 0x1A
        self.receipt.pulse(5 if second else 2)

    def take_image(self, item: Item, payload: bytes) -> None:
        dots = [dots_of(box) for box in self.pictures]
        if dots:
            whole = np.concatenate(dots)
            self.receipt.image(
                b"P4\n%d %d\n" % whole.shape[::-1] + np.packbits(whole, axis=1).tobytes(), tone="line", align="left"
            )

    def take_barcode(self, item: Item, payload: bytes) -> None:
        if item.get("property") in ("height", "text"):
            self.symbol[item["property"]] = item["value"]
        elif item.get("property") == "width":
            self.symbol["width"] = payload[-1]
        else:
            value = item["value"]
            known = self.symbol | value
            data = known["data"].removeprefix("{B")
            if known["symbology"] == "gs1-128" and not data.startswith("("):
                data = f"({data[:2]}){data[2:]}"
            kind = KINDS.get(known["symbology"], known["symbology"])
            letters = "none" if known["text"] == "none" else "below"
            self.receipt.code(kind, data, height=known["height"], module=known["width"], letters=letters, align="left")

    def take_qrcode(self, item: Item, payload: bytes) -> None:
        if item.get("command") == "print":
            known = self.symbol
            level = known["errorlevel"].upper()
            self.receipt.code("qr", known["data"], module=known["size"], level=level, align="left")
        else:
            self.symbol[item["property"]] = item["value"]

    def take_pdf417(self, item: Item, payload: bytes) -> None:
        known = self.symbol
        if item.get("command") == "print":
            options = {name: known[name] for name in ("columns", "rows", "truncated") if name in known}
            self.receipt.code(
                "pdf417", known["data"], module=known["width"], level=str(known["errorlevel"]), align="left", **options
            )
        elif "property" in item:
            known[item["property"]] = item["value"]
        else:
            known |= {name: int(value) for name, value in (part.split(": ") for part in item["value"].split(", "))}


Loosened = Callable[[list[Said]], list[Said]]


def by_what_is_read(said: list[Said]) -> list[Said]:
    """Symbols by kind and letters: sent as data or drawn, sized by the head or by us, a scanner must read the same."""
    return [_read(each) if each[0] in ("symbol", "picture") else each for each in said]


def _read(said: Said) -> Said:
    if said[0] == "symbol":
        _, kind, data, *_, hri, _ = said
        return "symbol", FAMILIES.get(kind, kind), (hri or data.decode("latin-1")).translate(BRACKETS)
    wide = max(map(len, said[1]))
    rows = np.frombuffer(b"".join(row.ljust(wide, b"\0") for row in said[1]), np.uint8).reshape(-1, wide)
    paper = np.pad((1 - np.unpackbits(rows, axis=1)) * 255, 24, constant_values=255).astype(np.uint8)
    found = zxingcpp.read_barcodes(np.kron(paper, np.ones((2, 2), np.uint8)))
    if not found:
        return said
    name = str(found[0].format).lower().replace(" ", "").replace("code", "")
    return "symbol", FAMILIES.get(name, name), found[0].text.translate(BRACKETS)


def without_symbol(said: list[Said]) -> list[Said]:
    return [each for each in said if each[0] not in ("symbol", "picture")]


def upright(said: list[Said]) -> list[Said]:
    return [
        (*each[:2], tuple(word for word in each[2] if word != "italic")) if each[0] == "letters" else each
        for each in said
    ]


def any_row_height(said: list[Said]) -> list[Said]:
    """How high a row of PDF417 is, the document leaves to us: three modules."""
    return [(*each[:4], *each[5:]) if each[:2] == ("symbol", "pdf417") else each for each in said]


def without_gap(said: list[Said]) -> list[Said]:
    return [("letters", each[1].replace("\ufffd", ""), each[2]) if each[0] == "letters" else each for each in said]


FAMILIES = {
    "databartruncated": "databar",
    "databaromni": "databar",
    "databarltd": "databarlimited",
    "databarexp": "databarexpanded",
}
BRACKETS = str.maketrans("", "", "()")
WIDE_32 = {"barcode_code39", "barcode_itf", "barcode_code128", "barcode_gs1-128", "barcode_gs1-databar-expanded"}
TOO_WIDE = {32: WIDE_32, 48: {"barcode_code128"}}
"""Bars of three and four dots wider than the paper: their printer prints nothing; here the bars are made narrower."""
WRITTEN = {"esc-pos": 101, "star-prnt": 101, "star-line": 101}
"""Languages written here, and how many of their cases a document says."""
LOOSE: dict[str, Loosened] = {
    "italic": upright,  # sent to every head; here only to those that have it, and the sheet says so
    "cp_auto": without_gap,  # letters without a place in the page they are sent with
    "nbsp": without_gap,
    "pdf417": any_row_height,
    "pdf417opt": any_row_height,
    "barcode_gs1-128": by_what_is_read,
    "barcode_gs1-databar-omni": by_what_is_read,
    "barcode_gs1-databar-truncated": by_what_is_read,
    "barcode_gs1-databar-limited": by_what_is_read,
    "barcode_gs1-databar-expanded": by_what_is_read,
}


STAR_WAY = {
    "pdf417opt",
    *(f"barcode_{name}" for name in ("upca", "upce", "ean13", "ean8", "code39", "itf", "codabar", "code93", "code128")),
}
"""On Star heads a mode stands for the bars' widths, and the list says the mode; rows and columns of PDF417 are drawn."""


@pytest.mark.parametrize("language", WRITTEN)
def test_the_same_commands_mean_the_same(shared: Path, language: str) -> None:
    written = 0
    for case in cases_of(shared, language):
        name, columns = case["name"], case["columns"]
        if name in OTHERWISE or "error" in case:
            continue
        profile = profile_of(case)
        sheet = lay_out(Rebuilding(case, profile).receipt.document(), profile)
        found = meaning(registry.play(registry.write(sheet, profile), profile))
        wanted = meaning(printed(bytes.fromhex(case["bytes"]), profile))
        star = language != "esc-pos" and name in STAR_WAY
        loosened = by_what_is_read if star else LOOSE.get(name, list)
        if name in TOO_WIDE[columns]:
            assert wanted == []
            assert len(found) == 1, name
        else:
            assert loosened(found) == loosened(wanted), (name, columns)
        written += 1
    assert written == WRITTEN[language]
