"""Filling slots prints what the server would print: the same dots, for every kind of printer and language."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kvit.device.adapters.adapter import Adapter, adapter_of
from kvit.paper.languages import registry
from kvit.paper.raster import draw
from kvit.refusal import Refusal
from kvit.template.builtin import recipes
from kvit.template.data import SaleData
from kvit.template.form import Form
from kvit.template.library.model import SHARED
from kvit.template.slot_head import Head
from kvit.template.slot_pack import Slot, SlotPack, Value
from kvit.template.slots import NUMBERED, compiled
from kvit.template.words import Place
from tests.template.slot_twin import filled

PRINTERS = (
    "sprt58", "sprt80", "xprinter", "sunmi", "escpos", "profile=tm-t88v", "profile=TM-T20III", "starprnt", "star",
)  # fmt: skip
PLACES = {
    "en": Place("en", "GB", "GBP"), "ru": Place("ru", "KZ", "KZT"), "kk": Place("kk", "KZ", "KZT"),
    "ko": Place("ko", "KR", "KRW"), "zh": Place("zh", "CN", "CNY"), "us": Place("en", "US", "USD"),
}  # fmt: skip
NAMES = {"en": "Café crème", "ru": "Сыр", "kk": "Сыр", "ko": "Latte", "zh": "拿铁", "us": "Coffee"}
_PACKS: dict[tuple[str, str], tuple[Adapter, SlotPack]] = {}


def layouts() -> list[tuple[str, str]]:
    shared = [each for each in recipes()["shared", ""].layouts if each.type == "items"]
    found: list[tuple[str, str]] = []
    for each in recipes()["shopping", "offline"].layouts:
        found += [(one.name, one.content) for one in shared] if each.content == SHARED else [(each.name, each.content)]
    return found


def adapter(printer: str) -> Adapter:
    found = adapter_of(f"escpos+file:///dev/null?{printer}" if "=" in printer else f"{printer}+file:///dev/null")
    assert not isinstance(found, Refusal)
    return replace(found, cut="no", copies=1)


def head(made: Adapter, language: str) -> Head:
    return Head(made.profile, lambda document: made.make(document).data, language)


def pack(printer: str, tongue: str) -> tuple[Adapter, SlotPack]:
    if (printer, tongue) not in _PACKS:
        made, place = adapter(printer), PLACES[tongue]
        found = compiled(("shopping", 1), layouts(), SaleData, place, head(made, place.language), end=b"")
        assert isinstance(found, SlotPack), found
        _PACKS[printer, tongue] = made, found
    return _PACKS[printer, tongue]


def dots(made: Adapter, data: bytes) -> Any:
    page = draw(registry.play(data, made.profile)).page
    rows = np.flatnonzero(page.any(axis=1))
    return page[: int(rows[-1]) + 1 if rows.size else 0]


def same(printer: str, tongue: str, data: dict[str, Any]) -> None:
    made, slots = pack(printer, tongue)
    document = Form(layouts(), PLACES[tongue]).fill({**data, "currency": slots.currency}).document
    ours, theirs = dots(made, filled(slots, data)), dots(made, made.make(document).data)
    assert ours.shape == theirs.shape
    assert (ours == theirs).all()


def sale(tongue: str, **changes: Any) -> dict[str, Any]:
    items = [
        {"name": NAMES[tongue], "quantity": 2000, "price": 120000, "total": 240000},
        {
            "name": "Almond croissant with a rather long name, and butter",
            "quantity": 1000,
            "price": 95000,
            "total": 95000,
        },
        {"name": "Tea", "quantity": 345, "unit": "g", "price": 4800, "total": 1656, "discount": 165},
        {"name": "Nothing else"},
    ]
    return {"number": "1742", "time": "2026-11-21T12:34:00", "shop": {"name": "Corner"}, "items": items, **changes}


def writes_time(printer: str, tongue: str) -> bool:
    return NUMBERED not in [
        part.texts
        for group in pack(printer, tongue)[1].groups for line in group.lines for case in line.cases if case
        for slot in case.pieces if isinstance(slot, Slot)
        for part in slot.parts if isinstance(part, Value)
    ]  # fmt: skip


@pytest.mark.parametrize("tongue", PLACES)
@pytest.mark.parametrize("printer", PRINTERS)
def test_slots_print_what_the_server_prints(printer: str, tongue: str) -> None:
    given = sale(tongue)
    if not writes_time(printer, tongue):  # the server draws the month's letters, a device writes its number
        del given["time"]
    if tongue == "zh" and not {"pairs"} & set(pack(printer, tongue)[1].letters) and printer != "sunmi":
        given["items"][0]["name"] = "Latte"
    same(printer, tongue, given)
    same(printer, tongue, {"items": [], "number": "7"})


WORD = st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzABCxyz.-"), min_size=1, max_size=12)
NAME = st.lists(WORD, min_size=1, max_size=7).map(" ".join)
AMOUNT = st.integers(1, 99_999_99)
ITEM = st.fixed_dictionaries(
    {"name": NAME},
    optional={"quantity": st.integers(1, 99_999), "unit": st.sampled_from(["kg", "l"]), "price": AMOUNT, "total": AMOUNT,
              "discount": AMOUNT},
)  # fmt: skip
SALE = st.fixed_dictionaries(
    {"items": st.lists(ITEM, max_size=4)},
    optional={"number": st.from_regex(r"[A-Z0-9]{1,10}", fullmatch=True), "total": AMOUNT,
              "shop": st.just({"name": "Corner"}),
              "time": st.datetimes().map(lambda one: one.replace(year=2026, microsecond=0).isoformat())},
)  # fmt: skip


@given(SALE, st.sampled_from(("sprt58", "sprt80")), st.sampled_from(("en", "us")))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_sale_whose_letters_the_head_has(data: dict[str, Any], printer: str, tongue: str) -> None:
    same(printer, tongue, data)


def test_a_moment_is_moved_to_the_shops_time_zone() -> None:
    made = adapter("sprt58")
    place = Place("en", "KZ", "KZT", ZoneInfo("Asia/Almaty"))
    found = compiled(("shopping", 1), layouts(), SaleData, place, head(made, "en"), end=b"")
    assert isinstance(found, SlotPack)
    data = {"time": "2026-11-21T22:34:00+00:00", "items": []}
    document = Form(layouts(), place).fill({**data, "currency": "KZT"}).document
    assert (dots(made, filled(found, data)) == dots(made, made.make(document).data)).all()
    assert b"22 Nov 2026 03:34" in filled(found, data)


def test_a_letter_the_head_has_not_is_a_question_mark_as_wide_as_it() -> None:
    printed = filled(pack("sprt58", "en")[1], {"items": [{"name": "Чай 茶", "total": 100}]})
    assert b"??? ??" in printed


def test_data_are_letters_and_never_commands() -> None:
    slots = pack("sprt58", "en")[1]
    calm = filled(slots, {"items": [{"name": "Tea p2z"}]})
    assert filled(slots, {"items": [{"name": "Tea\x1b p\x002z\n".replace(" p", " p")}]}) == calm


def test_a_sum_is_never_cut_and_another_currency_never_printed() -> None:
    slots = pack("sprt58", "en")[1]
    with pytest.raises(ValueError, match="no room"):
        filled(slots, {"total": 10**15, "items": []})
    with pytest.raises(ValueError, match="currency"):
        filled(slots, {"total": 1, "currency": "USD", "items": []})


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ('[{"content":"{{#if total}}{{pad total 12}}{{/if}}"}]', "1234"),
        ('[{"content":"{{upper number}}"}]', "u"),
        ('[{"content":"{{number}}{{till}}{{cashier}}{{note}}{{table}}{{queue}}{{reason}}"}]', "number"),
        ('[{"content":"{{name}}","repeat":"guests"}]', "guests"),
    ],
)
def test_what_can_not_be_compiled_is_refused_by_name(content: str, why: str) -> None:
    made = adapter("sprt58")
    found = compiled(("x", 1), [("Line", content)], SaleData, PLACES["en"], head(made, "en"), end=b"")
    assert isinstance(found, Refusal)
    assert (found.code, found.values["name"]) == ("template.offline", "Line")
    assert why in str(found.values["problem"])


def test_a_line_the_data_do_not_suffice_for_is_left_out() -> None:
    made = adapter("sprt58")
    lines = [("Total", '[{"content":"{{money total}}"}]'), ("Words", '[{"content":"Thanks"}]')]
    found = compiled(("x", 1), lines, SaleData, PLACES["en"], head(made, "en"), end=b"")
    assert isinstance(found, SlotPack)
    assert b"Thanks" in filled(found, {})
    assert "£1.00".encode("cp437") in filled(found, {"total": 100})


def test_a_symbol_with_a_value_is_left_out_and_the_cut_is_kept() -> None:
    made = adapter("sprt58")
    content = '[{"content":"{{link}}","contentType":"qrcode"}]'
    found = compiled(("x", 1), [("Code", content)], SaleData, PLACES["en"], head(made, "en"), end=b"\x1dV\x00")
    assert isinstance(found, SlotPack)
    assert filled(found, {"link": "https://r.example/1"}) == b"\x1dV\x00"
