"""What is taken for a fiscal slip, by its words or its code; what is not."""

from __future__ import annotations

import datetime
import random

import pytest

from kvit.counter.fiscal_marks import is_fiscal
from kvit.demo import day
from kvit.escpos import load_profile
from kvit.paper.languages.stream import play_stream
from kvit.paper.render import RENDERERS
from kvit.paper.sheet import Symbol


def qr(text: str) -> list[Symbol]:
    return [Symbol(0, 0, 100, 100, "qr", text.encode())]


WORDS = [
    "КАССОВЫЙ ЧЕК / ПРИХОД", "ФН № 9280440301234567", "ФД 1234 ФП: 1234567890", "РН ККТ 0001234567012345",
    "ФИСКАЛЬНЫЙ ПРИЗНАК 123", "Фискалдық белгі: 1234", "Оператор фискальных данных", "ФІСКАЛЬНИЙ ЧЕК",
    "TSE-Signatur: abc", "Signaturzähler 17", "DOCUMENTO COMMERCIALE di vendita", "ATCUD:JF4R-17", "PARAGON FISKALNY",
    "FIK: 2c5b1f2a-1234", "ФИСКАЛЕН БОН", "ФИСКАЛНИ РАЧУН", "MALİ FİŞ", "NFC-e no 123", "CUPOM FISCAL ELETRONICO",
]  # fmt: skip
CODES = [
    "t=20260115T1842&s=60.43&fn=9280440301234567&i=1234&fp=1234567890&n=1",
    "https://consumer.oofd.kz/?i=123&f=0100&s=60.43&t=20260115T184207",
    "A:123456789*B:999999990*C:PT*D:FS*E:N*F:20260115*G:FS 1/2*H:0*I1:PT*O:12.30",
    "https://cabinet.tax.gov.ua/cashregs/check?id=1&date=20260115&time=18:42&sm=60.43",
    "V0;955002-00;Kassenbeleg-V1;Beleg^0.00_2.55",
    "_R1-AT1_A12345_1_2026-01-15T18:42:00_0,00",
    "https://suf.purs.gov.rs/v/?vl=A0",
    "https://porezna.gov.hr/rn?jir=1",
]
OTHERS = [
    "Corner Cafe\nLatte 4.50\nTOTAL 4.50", "Profit 12 %", "영수증\n합계 4,500", "Чек № 17\nИтого 450.00", "小票 合计 45.00",
    "DOCUMENT 17", "TSE", "Fisk & Sons", "Nfc card accepted",
]  # fmt: skip


@pytest.mark.parametrize("text", WORDS)
def test_by_words(text: str) -> None:
    assert is_fiscal(f"Shop\n{text}\nTotal 1.00", [])
    assert is_fiscal(text.lower(), [])


@pytest.mark.parametrize("code", CODES)
def test_by_code(code: str) -> None:
    assert is_fiscal("Shop\n1.00", qr(code))


@pytest.mark.parametrize("text", OTHERS)
def test_what_is_none(text: str) -> None:
    assert not is_fiscal(text, qr("https://example.org/menu"))


def test_the_demos_day_has_both() -> None:
    """Of the demonstration's receipts those with a tax office's code are fiscal, card slips and reports are not."""
    start = datetime.datetime(2026, 5, 4, 9)  # noqa: DTZ001 - a till's clock
    found: dict[str, set[bool]] = {}
    for printout in day(start, 80, random.Random(2)):
        sheet = play_stream(printout.data, load_profile("TM-T88V")).sheet
        symbols = [box for box in sheet.boxes if isinstance(box, Symbol)]
        found.setdefault(printout.language, set()).add(is_fiscal(RENDERERS["text"](sheet).decode(), symbols))
    assert found["en"] == {False}
