"""The demo's day: every printout is understood, every sale adds up, the same seed gives the same day."""

from __future__ import annotations

import datetime
import random
from collections import Counter

import pytest

from kvit.demo import day
from kvit.demo.goods import SHOPS
from kvit.escpos.profiles import load
from kvit.paper.languages.stream import play_stream
from kvit.paper.render import RENDERERS
from kvit.paper.sheet import Sheet
from kvit.receipt.model import Kind
from kvit.receipt.reading import read

START = datetime.datetime(2026, 5, 4, 9)  # noqa: DTZ001 - a till's clock
PRINTOUTS = list(day(START, 80, random.Random(11)))
IDS = [f"{number}-{printout.language}-{printout.kind}" for number, printout in enumerate(PRINTOUTS)]


def played(data: bytes) -> Sheet:
    found = play_stream(data, load("unknown"))
    assert [command.raw for command in found.commands if command.name == "unknown"] == []
    return found.sheet


@pytest.mark.parametrize("printout", PRINTOUTS, ids=IDS)
def test_every_printout_is_understood(printout: object) -> None:
    data = printout.data  # type: ignore[attr-defined]
    sheet = played(data)
    text = RENDERERS["text"](sheet).decode()
    assert "\ufffd" not in text
    assert sum(event.kind == "cut" for event in sheet.events) == 1


@pytest.mark.parametrize("printout", [p for p in PRINTOUTS if p.kind in ("sale", "refund")], ids=lambda p: p.language)
def test_sales_and_refunds_add_up(printout: object) -> None:
    reading = read(played(printout.data))  # type: ignore[attr-defined]
    assert reading.verified
    assert reading.total is not None
    assert reading.number
    assert reading.time is not None
    if printout.kind == "refund":  # type: ignore[attr-defined]
        assert reading.kind == Kind.REFUND


def test_the_letters_are_the_shops() -> None:
    """No code page is told: it is learned from the bytes, in all five languages."""
    for printout in PRINTOUTS:
        shop = next(shop for shop in SHOPS if shop.language == printout.language)
        if printout.kind == "sale":
            text = RENDERERS["text"](played(printout.data)).decode()
            assert shop.words.total in text.replace(" ", "") or shop.words.total in text, (printout.language, text)


def test_the_same_seed_gives_the_same_day_and_another_another() -> None:
    again = list(day(START, 80, random.Random(11)))
    assert [printout.data for printout in again] == [printout.data for printout in PRINTOUTS]
    assert [p.data for p in day(START, 80, random.Random(12))] != [p.data for p in PRINTOUTS]


def test_a_day_is_varied() -> None:
    kinds = Counter(printout.kind for printout in PRINTOUTS)
    assert set(kinds) == {"sale", "refund", "card_slip", "kitchen", "z_report"}
    assert {printout.language for printout in PRINTOUTS} == {"en", "ko", "ru", "kk", "zh"}
    joined = b"".join(printout.data for printout in PRINTOUTS)
    assert b"\x1dv0" in joined
    assert b"\x1d(k" in joined
    assert len({printout.data for printout in PRINTOUTS}) == len(PRINTOUTS)
