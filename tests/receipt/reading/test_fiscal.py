"""Fiscal codes: contents as the tax offices publish their form, and what they prove on paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper.sheet import Run, Sheet, Style, Symbol
from kvit.receipt.reading import read
from kvit.receipt.reading.fiscal import Fiscal, fiscal, hundredths

RUSSIA = "t=20260115T1842&s=60.43&fn=9960440300000123&i=42&fp=1234567890&n=1"
KAZAKHSTAN = "https://consumer.oofd.kz/?i=1234567890&f=010101327496&s=60.43&t=20260115T184207"
PORTUGAL = "A:599999990*B:999999990*C:PT*D:FS*E:N*F:20260115*G:FS 1/482*H:ABCD-482*I7:49.13*N:11.30*O:60.43*Q:ab*R:1"
UKRAINE = "https://cabinet.tax.gov.ua/cashregs/check?id=123&date=20260115&time=18:42&sm=60.43&fn=4000123456"

VERIFACTU = (
    "https://www2.agenciatributaria.gob.es/wlpl/TIKE-CONT/ValidarQR"
    "?nif=B12345674&numserie=A-482&fecha=15-01-2026&importe=60.43"
)
TICKETBAI = "https://batuz.eus/QRTBAI/?id=TBAI-00000006Y-251019-btFpwP8dcLGAF-237&s=T&nf=27174&i=60.43&cr=007"

CASES = [
    (RUSSIA, Fiscal("RU", 6043, "2026-01-15T18:42")),
    (KAZAKHSTAN, Fiscal("KZ", 6043, "2026-01-15T18:42:07")),
    (PORTUGAL, Fiscal("PT", 6043, "2026-01-15", "599999990", "FS 1/482")),
    (UKRAINE, Fiscal("UA", 6043, "2026-01-15T18:42")),
    (VERIFACTU, Fiscal("ES", 6043, "2026-01-15", "B12345674", "A-482")),
    (TICKETBAI, Fiscal("ES", 6043)),
]


def symbol(text: str, kind: str = "qr") -> Symbol:
    return Symbol(0, 2000, 100, 100, kind, text.encode())


@pytest.mark.parametrize(("text", "wanted"), CASES)
def test_published_forms(text: str, wanted: Fiscal) -> None:
    assert fiscal([symbol("WIFI:S:guest;;"), symbol(text)]) == wanted


@pytest.mark.parametrize("text", ["https://example.com/?s=1", "t=1&s=2", "A:1", "", "http://[::1", "4006381333931"])
def test_other_codes_say_nothing(text: str) -> None:
    assert fiscal([symbol(text)]) is None


def test_a_bar_code_is_none() -> None:
    assert fiscal([symbol(RUSSIA, "code128")]) is None


@pytest.mark.parametrize(
    ("text", "coins"), [("60.43", 6043), ("60", 6000), ("60.5", 6050), ("60.435", None), ("-1", None), ("x", None)]
)
def test_hundredths(text: str, coins: int | None) -> None:
    assert hundredths(text) == coins


PAPER = """
ООО Ромашка
15.01.2026 18:42
ЧЕК № 42
--------------------------------
Хлеб                       20.43
Молоко                     40.00
--------------------------------
ИТОГ                       60.43
"""


def paper(text: str, code: str) -> Sheet:
    made = Sheet(576)
    made.boxes = [
        Run(0, row * 30, 12 * len(line), 24, line, 12, Style()) for row, line in enumerate(text.strip().split("\n"))
    ]
    made.boxes.append(symbol(code))
    return made


@pytest.mark.parametrize("code", [RUSSIA, KAZAKHSTAN, UKRAINE])
def test_a_code_that_agrees_verifies(code: str) -> None:
    found = read(paper(PAPER, code))
    assert (found.total, found.verified, found.confidence["total"]) == (6043, True, 0.99)


def test_a_code_that_disagrees_is_never_verified() -> None:
    found = read(paper(PAPER, RUSSIA.replace("60.43", "60.44")))
    assert found.total == 6043
    assert not found.verified
    assert found.confidence["total"] < 0.7


def test_a_code_alone_gives_no_sum_that_is_not_printed() -> None:
    assert read(paper("Спасибо за покупку", RUSSIA)).total is None


def test_a_total_without_goods_is_verified_by_its_code() -> None:
    assert read(paper("ИТОГ   60.43", RUSSIA)).verified
    assert not read(paper("ИТОГ   60.43", "hello")).verified


@given(st.binary(max_size=300))
def test_any_code_is_taken(data: bytes) -> None:
    fiscal([Symbol(0, 0, 10, 10, "qr", data)])
