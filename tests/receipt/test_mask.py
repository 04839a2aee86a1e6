from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.escpos import Parser
from kvit.receipt import mask
from kvit.receipt.model import Line, Reading
from kvit.receipt.printout import masked_reading

CARDS = (
    "4111111111111111", "4012888888881881", "5555555555554444", "2223003122003222", "378282246310005", "30569309025904",
    "6011111111111117", "3530111333300000", "6200000000000005", "2200000000000004", "4222222222222", "6759649826438453",
)  # fmt: skip


def masked(raw: bytes) -> bytes:
    parser = Parser()
    return mask.mask_commands([*parser.feed(raw), *parser.close()])


@pytest.mark.parametrize("card", CARDS)
def test_cards_become_stars(card: str) -> None:
    assert mask.is_card(card)
    assert mask.mask_text(f"VISA {card} OK") == f"VISA {'*' * len(card)} OK"
    assert masked(f"VISA {card}\n".encode()) == f"VISA {'*' * len(card)}\n".encode()


TEXTS = (
    ("4111 1111 1111 1111", "**** **** **** ****"),
    ("4111-1111-1111-1111", "****-****-****-****"),
    ("3782 822463 10005", "**** ****** *****"),
    ("01 4111 1111 1111 1111 12/26", "01 **** **** **** **** 12/26"),
    ("№4111111111111111.", "№****************."),
    ("４１１１１１１１１１１１１１１１", "*" * 16),
    ("카드번호 4111111111111111 승인", "카드번호 **************** 승인"),
)


@pytest.mark.parametrize(("text", "expected"), TEXTS)
def test_groups(text: str, expected: str) -> None:
    assert mask.mask_text(text) == expected


LEFT_ALONE = (
    "4111111111111112",  # no Luhn digit
    "4006381333931",  # EAN-13 of a pencil
    "4870200000006", "4600000000008", "9999078900005430", "7281440501234567",
    "2026-11-21 14:02:33", "+7 701 123 45 67", "650 000 4 650 000", "1234567890123456789012345", "411111******1111",
    "2026112114023312345",
)  # fmt: skip


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_other_numbers_stay(text: str) -> None:
    assert mask.mask_text(text) == text
    assert masked(text.encode()) == text.encode()


STREAMS = (
    (b"41111111\x1bE\x0111111111\n", b"********\x1bE\x01********\n"),
    (b"4111 1111\x1d!\x11 1111 1111\x0a", b"**** ****\x1d!\x11 **** ****\x0a"),
    (b"41111111\n11111111", b"41111111\n11111111"),
    (b"\x1dkI\x104111111111111111", b"\x1dkI\x104111111111111111"),
    (b"\x1dv0\x00\x02\x00\x08\x004111111111111111x", b"\x1dv0\x00\x02\x00\x08\x004111111111111111x"),
    (b"\xa3\xb4" + b"\xa3\xb1" * 15, b"\xa3\xaa" * 16),
)


@pytest.mark.parametrize(("raw", "expected"), STREAMS)
def test_bytes(raw: bytes, expected: bytes) -> None:
    assert masked(raw) == expected


@given(st.binary(max_size=300))
def test_bytes_keep_their_length_and_a_second_pass_changes_nothing(raw: bytes) -> None:
    once = masked(raw)
    assert len(once) == len(raw)
    assert masked(once) == once


@given(st.text(max_size=200))
def test_text_keeps_its_length(text: str) -> None:
    once = mask.mask_text(text)
    assert len(once) == len(text)
    assert mask.mask_text(once) == once


@given(st.sampled_from(CARDS), st.sampled_from([" ", "-", ""]), st.sampled_from(["x ", "NO: ", ""]), st.integers(4, 8))
def test_no_card_comes_through(card: str, joint: str, before: str, size: int) -> None:
    grouped = joint.join(card[at : at + size] for at in range(0, len(card), size))
    assert card[:12] not in mask.mask_text(before + grouped + "!").replace(joint or "~", "")
    expected = "".join("*" if letter.isdigit() else letter for letter in grouped)
    assert mask.mask_text(before + grouped + "!") == before + expected + "!"
    assert masked((before + grouped + "!\n").encode()) == (before + expected + "!\n").encode()


def test_strings_of_data_are_masked_and_sums_are_not() -> None:
    value: mask.Plain = {"items": [{"name": "card 4111111111111111", "total": 4111111111111111}]}
    assert mask.mask_plain(value) == {"items": [{"name": "card " + "*" * 16, "total": 4111111111111111}]}


def test_a_table_of_figures_takes_no_quadratic_time() -> None:
    text = "1234 " * 20_000
    assert len(mask.mask_text(text)) == len(text)


@given(st.text("0123456789 -x\uff11\uff12", max_size=40))
def test_the_quick_look_misses_no_card(text: str) -> None:
    narrow = unicodedata.normalize("NFKC", text)
    if any(mask.card_spans(narrow)):
        assert mask.may_hold_card(text)


@pytest.mark.parametrize("card", CARDS)
def test_a_card_in_the_middle_of_a_longer_text_is_looked_at(card: str) -> None:
    for text in (f"12 {card}", f"x{card[:4]} {card[4:]}-", f"1-2 3-{card}"):
        assert mask.may_hold_card(text)


def test_a_readings_lines_are_masked_too() -> None:
    """Lines are a tuple, and stay one."""
    line = Line("VISA 4111 1111 1111 1111", 1000, 450, 450)
    reading = masked_reading(Reading(shop="4111111111111111", items=(line,), total=450))
    assert (reading.shop, reading.items) == ("*" * 16, (Line("VISA **** **** **** ****", 1000, 450, 450),))
