"""The reader on papers of several tills, each a picture in letters; what it says is checked against what was sold."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.paper.sheet import Run, Sheet, Style
from kvit.receipt.model import Kind, Reading
from kvit.receipt.reading import read


def sheet(text: str) -> Sheet:
    """A sheet of font A rows."""
    made = Sheet(576)
    made.boxes = [
        Run(0, row * 30, 12 * len(line), 24, line, 12, Style())
        for row, line in enumerate(text.strip("\n").split("\n"))
        if line.strip()
    ]
    return made


COLUMNS = """
              GREEN MARKET
     12 Harbour Street, Springfield
  Tel 02-555-0142   Tax ID 1234567890
2026-01-15 18:42:07      Till 03 #000482
------------------------------------------
Item               Qty     Price    Amount
------------------------------------------
Whole milk 1 l       2      1.89      3.78
Tomatoes on the v    1      4.59      4.59
ine kg
Olive oil extra v    1     10.49     10.49
irgin
------------------------------------------
Subtotal                             18.86
Member discount 5%                   -0.94
TOTAL                                17.92
Tax 10% incl.                         1.63
Cash                                 20.00
Change                                2.08
"""
TWO_ROWS = """
            햇살마트 서울점
     사업자번호: 000-99-00019
영수증번호: 001000   2026-01-15 09:00
------------------------------------------
목장우유 1L
  2 x 2,980                          5,960
즉석밥
  1 x 1,850                          1,850
------------------------------------------
합계                                 7,810
부가세 10%                             710
현금                                10,000
거스름돈                             2,190
"""
TAX_OUTSIDE = """
CORNER DINER
01/31/2026 6:42 PM   Check #4821
1 Burger                  11.00
2 Cola                     5.00
Subtotal                  16.00
Sales tax 8.25%            1.32
Total                     17.32
VISA                      17.32
"""
DETAIL_ABOVE = """
Bäckerei Korn
USt-IdNr. DE136695976
15.01.2026 08:03   Bon-Nr: 77
2 x 1,20
Brezel                      2,40 B
0,355 kg x 12,90
Bergkäse                    4,58 B
Summe EUR                   6,98
Gegeben bar                10,00
Rückgeld                    3,02
MwSt 7%  Netto 6,52  MwSt 0,46  Brutto 6,98
"""
REFUND = """
Продукты «Рассвет»
БИН: 991340000007
ЧЕК ВОЗВРАТА
Чек №: 001025  2026-01-15 10:00
Хлеб ржаной
  1 x 280.00                       -280.00
ИТОГО                              -280.00
НДС 16%                             -38.62
Карта                              -280.00
"""

CASES = {
    "columns": (COLUMNS, Kind.SALE, 1792, "1234567890", "2026-01-15T18:42:07", "000482", None, 3),
    "two rows": (TWO_ROWS, Kind.SALE, 7810, "000-99-00019", "2026-01-15T09:00", "001000", "KRW", 2),
    "tax outside": (TAX_OUTSIDE, Kind.SALE, 1732, None, "2026-01-31T18:42", "4821", None, 2),
    "detail above": (DETAIL_ABOVE, Kind.SALE, 698, "DE136695976", "2026-01-15T08:03", "77", "EUR", 2),
    "refund": (REFUND, Kind.REFUND, -28000, "991340000007", "2026-01-15T10:00", "001025", "KZT", 1),
}


@pytest.mark.parametrize("name", CASES)
def test_read(name: str) -> None:
    text, kind, total, tax_id, time, number, currency, lines = CASES[name]
    found = read(sheet(text))
    assert (found.kind, found.total, found.tax_id, found.time) == (kind, total, tax_id, time)
    assert (found.number, found.currency, len(found.items)) == (number, currency, lines)
    assert found.verified


def test_lines_keep_pieces_price_and_sum() -> None:
    found = read(sheet(TWO_ROWS)).items[0]
    assert (found.name, found.quantity, found.price, found.total) == ("목장우유 1L", 2000, 2980, 5960)
    weighed = read(sheet(DETAIL_ABOVE)).items[1]
    assert (weighed.name, weighed.quantity, weighed.price, weighed.total) == ("Bergkäse", 355, 1290, 458)


def test_a_name_broken_in_mid_word_is_mended() -> None:
    assert [line.name for line in read(sheet(COLUMNS)).items][1:] == [
        "Tomatoes on the vine kg",
        "Olive oil extra virgin",
    ]


@pytest.mark.parametrize("name", CASES)
def test_a_wrong_total_is_never_verified(name: str) -> None:
    text, _, total, *_ = CASES[name]
    wrong = text.replace("17.92", "17.93").replace("7,810", "7,811").replace("17.32", "17.42").replace("6,98", "6,99")
    found = read(
        sheet(wrong.replace("ИТОГО                              -280.00", "ИТОГО                              -281.00"))
    )
    assert found.total != total
    assert not found.verified


def test_a_sum_cut_at_the_papers_edge_goes_on_in_the_next_row() -> None:
    wide = "Milk" + " " * 41 + "12."  # the till counted wide letters as narrow ones: the row is too long
    found = read(sheet(f"SHOP\n{'-' * 48}\n{wide}\n50\n{'-' * 48}\nTOTAL{' ' * 40}12.\n50"))
    assert (found.total, [(line.name, line.total) for line in found.items]) == (1250, [("Milk", 1250)])
    assert found.verified


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Z-ОТЧЁТ\nЧеков   20\nИТОГО   100.00", Kind.Z_REPORT),
        ("X REPORT\nTOTAL 10.00", Kind.X_REPORT),
        ("주방 주문서\n2 x 아메리카노", Kind.KITCHEN),
        ("Approval code 123\nTerminal ID 99\nVISA\nTOTAL 5.00", Kind.CARD_SLIP),
        ("hello world", Kind.OTHER),
        ("", Kind.OTHER),
    ],
)
def test_kinds(text: str, kind: Kind) -> None:
    assert read(sheet(text)).kind == kind


def test_nothing_is_invented() -> None:
    assert read(sheet("good morning\nwe open at eight")) == Reading(shop="good morning", confidence={"shop": 0.7})


@given(st.text(max_size=400))
def test_any_paper_is_taken(text: str) -> None:
    found = read(sheet(text))
    assert found.total is None or found.confidence


@pytest.mark.parametrize("row", ["1.1'1", "9'9.9'9", "0.1’2", "x" * 5000, "1 " * 5000])
def test_odd_rows_are_taken(row: str) -> None:
    assert read(sheet(f"SHOP\n{row}\nTOTAL 1.00")).shop == "SHOP"


def test_a_sums_rest_below_an_empty_row_belongs_to_nothing() -> None:
    made = Sheet(576)
    made.boxes = [Run(0, 0, 576, 24, " " * 48, 12, Style()), Run(0, 30, 24, 24, "50", 12, Style())]
    assert read(made).total is None
