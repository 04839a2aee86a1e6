"""Every symbol drawn or sent is read back from our own picture of the paper, at the smallest module ever chosen."""

from __future__ import annotations

import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageFilter

from kvit.escpos import Profile
from kvit.paper.document import Code
from kvit.paper.raster import draw
from kvit.paper.symbology import KINDS
from tests.paper.printing import printer, problems
from tests.paper.symbologies import DRAWS, EVERY, KNOWS, SCRIPTS, Page, paper_of, read, sheet_of

HEADS = {"sent": KNOWS, "drawn": DRAWS}
UPRIGHT_ONLY = ("maxicode",)


def smallest(kind: str, profile: Profile, **fields: object) -> Page:
    data, _ = EVERY[kind]
    code = Code(kind, data, module=KINDS[kind].smallest, **fields)  # type: ignore[arg-type]
    return paper_of(sheet_of(profile, code))


def turned(page: Page, degrees: int) -> Page:
    picture = Image.fromarray(page).rotate(degrees, Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    return np.asarray(picture)


def blurred(page: Page, radius: float) -> Page:
    return np.asarray(Image.fromarray(page).filter(ImageFilter.BoxBlur(radius)))


def test_every_kind_is_read() -> None:
    assert set(EVERY) | {"composite"} == set(KINDS)


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("kind", EVERY)
def test_sharp_in_steps_of_90_degrees(kind: str, head: str) -> None:
    page = smallest(kind, HEADS[head])
    for quarter in range(1 if kind in UPRIGHT_ONLY else 4):
        assert read(np.rot90(page, quarter)) == [EVERY[kind][1]]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("degrees", range(5, 50, 5))
def test_qr_turned(degrees: int, head: str) -> None:
    page = smallest("qr", HEADS[head])
    assert read(turned(page, degrees)) == read(turned(page, -degrees)) == [SCRIPTS]


@pytest.mark.parametrize("head", HEADS)
def test_qr_blurred_by_half_a_module(head: str) -> None:
    module = KINDS["qr"].smallest
    assert read(blurred(smallest("qr", HEADS[head]), module / 2)) == [SCRIPTS]


LINK = "https://example.org/r/" + "0123456789abcdef" * 8


@pytest.mark.parametrize("level", "LH")
def test_a_long_link_turned_and_blurred(level: str) -> None:
    module = KINDS["qr"].smallest
    page = paper_of(sheet_of(KNOWS, Code("qr", LINK, module=module, level=level)))
    for degrees in (15, 30, 45):
        assert read(turned(page, degrees)) == [LINK]
    assert read(blurred(page, module / 2)) == [LINK]


@pytest.mark.parametrize("align", ["left", "right"])
@pytest.mark.parametrize("kind", [kind for kind in EVERY if kind not in UPRIGHT_ONLY])
def test_white_at_the_edge_of_the_paper(kind: str, align: str) -> None:
    assert read(smallest(kind, DRAWS, align=align)) == [EVERY[kind][1]]


@pytest.mark.parametrize("symbologies", [KNOWS.symbologies, ()])
@pytest.mark.parametrize("align", ["left", "centre", "right"])
@pytest.mark.parametrize("kind", EVERY)
def test_white_where_the_head_reaches_the_edge(kind: str, align: str, symbologies: tuple[str, ...]) -> None:
    head = printer(symbologies=symbologies, paper_mm=72)
    page = draw(sheet_of(head, Code(kind, EVERY[kind][0], align=align, letters="none"))).page  # type: ignore[arg-type]
    black = np.flatnonzero(page.any(axis=0))
    white = KINDS[kind].quiet * (1 if kind == "maxicode" else KINDS[kind].module)
    assert black[0] >= white
    assert black[-1] < 576 - white


def test_bars_of_one_dot_are_the_last_resort() -> None:
    narrow = printer(width_dots=384, paper_mm=58)
    data = "Order 2026-11-21/7 of Kvit"
    sheet = sheet_of(narrow, Code("code128", data))
    assert read(paper_of(sheet)) == [data]
    assert "symbol.too_wide" not in problems(sheet)


@pytest.mark.parametrize("add_on", ["12", "54321"])
@pytest.mark.parametrize("kind", ["ean13", "ean8", "upca", "upce"])
def test_add_ons_stand_beside_the_symbol(kind: str, add_on: str) -> None:
    data, text = EVERY[kind]
    page = paper_of(sheet_of(KNOWS, Code(kind, f"{data} {add_on}", letters="none")))
    found = zxingcpp.read_barcodes(page, ean_add_on_symbol=zxingcpp.EanAddOnSymbol.Require)
    assert [each.text for each in found] == [text + add_on]


SHAPES = [
    Code("pdf417", SCRIPTS, truncated=True), Code("pdf417", SCRIPTS, columns=2, level="5"),
    Code("aztec", "Kvit", compact=False), Code("aztec", SCRIPTS, level="60%"),
    Code("datamatrix", SCRIPTS, rows=16, columns=48), Code("datamatrix", "Kvit", rows=8),
    Code("microqr", "12345", level="M"), Code("rmqr", SCRIPTS, level="H"), Code("qr", SCRIPTS, level="H"),
    Code("micropdf417", SCRIPTS, columns=2), Code("maxicode", "KVIT", mode=5),
    Code("databarexpandedstacked", EVERY["databarexpandedstacked"][0], columns=3),
]  # fmt: skip


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("code", SHAPES, ids=lambda code: f"{code.kind} {code.data[:4]}")
def test_other_forms(code: Code, head: str) -> None:
    wanted = EVERY[code.kind][1] if code.kind.startswith("databar") else code.data
    assert read(paper_of(sheet_of(HEADS[head], code))) == [wanted]


CARRIERS = [
    (2, "152382802\x1d840\x1d001\x1dParcel 123456789012, [ok]?"), (3, "B1050\x1d056\x1d999\x1dcolis"),
    (2, "[)>\x1e01\x1d96152382802\x1d840\x1d001\x1d1Z00004951\x1dUPSN\x1dPITTSBURGH\x1dPA\x1e\x04"),
    (3, "[)>\x1e01\x1d96A1\x1d1\x1d2\x1d~{x}"),
]  # fmt: skip


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize(("mode", "data"), CARRIERS)
def test_maxicode_of_parcel_carriers(mode: int, data: str, head: str) -> None:
    page = paper_of(sheet_of(HEADS[head], Code("maxicode", data, mode=mode)))  # type: ignore[arg-type]
    (found,) = zxingcpp.read_barcodes(page)
    assert found.ec_level == str(mode)
    assert [part.strip().lstrip("0") for part in found.bytes.decode().split("\x1d")] == [
        part.lstrip("0") for part in data.split("\x1d")
    ]


@pytest.mark.parametrize("length", [100, 700, 1_500])
def test_much_data_on_narrow_paper(length: int) -> None:
    text = ("https://example.org/чек/" + "0123456789abcdef" * 100)[:length]
    narrow = printer(width_dots=384, paper_mm=58)
    for kind in ("qr", "pdf417", "aztec"):
        if kind == "qr" or length < 1_000:
            assert read(paper_of(sheet_of(narrow, Code(kind, text)))) == [text]
