"""Amounts in the notations of tills, and the choice between notations."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.receipt.reading import amount as room
from kvit.receipt.reading import notation as notation_room
from kvit.receipt.reading.amount import amounts, normal
from kvit.receipt.reading.notation import NOTATIONS, Notation, notations

ENGLISH, GERMAN, RUSSIAN = NOTATIONS[0], NOTATIONS[1], NOTATIONS[2]
WON = Notation("", ",", 0)

CASES = [
    (ENGLISH, "Milk 2 x 1,234.50   2,469.00 A", [123450, 246900]),
    (ENGLISH, "Refund -12.50", [-1250]),
    (ENGLISH, "Refund 12.50-", [-1250]),
    (ENGLISH, "Less ($4.00)", [-400]),
    (ENGLISH, "TOTAL =123.00", [12300]),
    (ENGLISH, "Card ************1111 10.00", [1000]),
    (ENGLISH, "Rate 20.00% of 5.00", [500]),
    (GERMAN, "Brot 1,50 EUR B", [150]),
    (GERMAN, "Summe EUR 1.234,50", [123450]),
    (RUSSIAN, "Итого 1 234,50 ₽", [123450]),
    (WON, "합계 12,980원", [12980]),
    (WON, "合計 ¥1,080", [1080]),
    (Notation("-", "", 2), "Итог 12-50", [1250]),
]


@pytest.mark.parametrize(("notation", "text", "values"), CASES)
def test_amounts(notation: Notation, text: str, values: list[int]) -> None:
    found = [amount.value for amount in amounts(normal(text), notation) if amount.exact]
    assert found == values


@pytest.mark.parametrize(
    "text", ["2026-01-15", "18:42:07", "15.01.2026", "Tel 02-555-0142", "v1.2.3", "#000482", "20%"]
)
def test_what_is_no_amount(text: str) -> None:
    assert not [amount for amount in amounts(text, ENGLISH) if amount.exact]


def test_full_width_digits_are_digits() -> None:
    assert [amount.value for amount in amounts(normal("合計 ￥１，０８０"), WON)] == [1080]


@pytest.mark.parametrize(
    ("lines", "first"),
    [
        (["a 1.50", "b 2,000.00"], ENGLISH),
        (["a 1,50", "b 2.000,00"], GERMAN),
        (["a 150,00", "b 2 000,00"], RUSSIAN),
        (["우유 2,980", "라면 4,100", "껌 500"], WON),
        (["a 0.355 kg x 12.90", "4.58"], ENGLISH),
        (["Итог 12-50", "Хлеб 10-00"], Notation("-", "", 2)),
    ],
)
def test_the_paper_decides_the_notation(lines: list[str], first: Notation) -> None:
    assert notations("\n".join(lines))[0] == first


@given(st.integers(10, 10**9), st.sampled_from([ENGLISH, GERMAN, RUSSIAN, WON]), st.booleans())
def test_what_is_written_is_read(value: int, notation: Notation, negative: bool) -> None:
    """From ten upward: one won or yen is nobody's price, single digits are pieces there."""
    whole, coins = divmod(value, 10**notation.decimals)
    text = f"{whole:,}".replace(",", notation.group) + (f"{notation.mark}{coins:02d}" if notation.decimals else "")
    found = amounts(("-" if negative else "") + text, notation)
    assert [amount.value for amount in found] == [-value if negative else value]


ODD = st.text("0123456789.,-' ’xX*@%:/()€$ ABab円원kgKRr\u0661", max_size=30)
"""What stands around numbers, in every order."""


@given(ODD, st.sampled_from(NOTATIONS))
def test_any_row_of_figures_is_taken(text: str, notation: Notation) -> None:
    for amount in amounts(normal(text), notation):
        assert 0 <= amount.start < amount.end <= len(text)


@given(ODD, st.integers(0, 30))
def test_what_is_not_looked_at_holds_nothing(text: str, end: int) -> None:
    """The quick look behind a number never passes over a sign, a minus or a tax letter."""
    if not room._may_cling(text, end):
        match = room._RIGHT.match(text, end)
        assert match is None or not any(match.groups())


@given(st.text("01234567,. -¥円₸A\n\t", max_size=40))
def test_whole_numbers_at_row_ends_are_counted_by_rows(text: str) -> None:
    """Looking back from the first digit finds what looking forward from the blank before it finds."""
    forward = re.compile(r"(?:^|[\s¥\\₩*=])[-−]?\d{2,7}(?:原|円|元| ?тг| ?₸)?(?: ?[A-Z※](?!\w))?[ \t]*$", re.MULTILINE)
    assert len(notation_room._PLAIN.findall(text)) == len(forward.findall(text))


@given(st.text(max_size=60), st.sampled_from(NOTATIONS))
def test_any_text_is_taken(text: str, notation: Notation) -> None:
    for amount in amounts(normal(text), notation):
        assert 0 <= amount.start < amount.end <= len(text)


@pytest.mark.parametrize(
    ("text", "thousandths"),
    [("2", 2000), ("0,355", 355), ("1.50", 1500), ("1.2345", None), ("007", None), ("12345", None)],
)
def test_pieces(text: str, thousandths: int | None) -> None:
    assert next((amount.pieces for amount in amounts(text, ENGLISH)), None) == thousandths
