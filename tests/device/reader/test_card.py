from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.device.reader.card import GET_UID, read_card
from kvit.device.reader.model import Kind, Scan
from kvit.refusal import Refusal
from tests.device.reader.cards import ATR_14443_4, ATR_CLASSIC, ATR_ULTRALIGHT, MemoryCard
from tests.device.reader.test_ndef import URI, record

LONG = record(b"U", b"\x04" + b"x" * 700, flags=0xC0)
BARE = Scan("04A1B2C3D4E5F6", Kind.CARD, "uid")
TABLE = [
    (MemoryCard(ndef=URI), Scan("https://r.example.com/t/ABC", Kind.NFC, "uri")),
    (MemoryCard(ndef=LONG), Scan("https://" + "x" * 700, Kind.NFC, "uri")),
    (MemoryCard(ATR_ULTRALIGHT, ndef=URI), Scan("https://r.example.com/t/ABC", Kind.NFC, "uri")),
    (MemoryCard(ATR_ULTRALIGHT, ndef=LONG), Scan("https://" + "x" * 700, Kind.NFC, "uri")),
    (MemoryCard(ATR_ULTRALIGHT), BARE),
    (MemoryCard(ATR_ULTRALIGHT, ndef=b"\xff\xff\xff"), BARE),
    (MemoryCard(ATR_ULTRALIGHT, ndef=record(b"T", b"\x02en  ")), BARE),
    (MemoryCard(ATR_CLASSIC, uid=bytes.fromhex("DEADBEEF")), Scan("DEADBEEF", Kind.CARD, "uid")),
    (MemoryCard(), BARE),
    (MemoryCard(uid=bytes.fromhex("08A1B2C3")), "device.reading_random"),
    (MemoryCard(uid=bytes.fromhex("08A1B2C3"), ndef=URI), Scan("https://r.example.com/t/ABC", Kind.NFC, "uri")),
    (MemoryCard(uid=b""), "device.reading_card"),
]


@pytest.mark.parametrize(("card", "found"), TABLE)
def test_cards(card: MemoryCard, found: Scan | str) -> None:
    got = talk(card)
    assert got.code == found if isinstance(got, Refusal) else got == found
    assert card.asked[0] == GET_UID == bytes.fromhex("FFCA000000")


def talk(card: MemoryCard) -> Scan | Refusal:
    asking = read_card(card.atr)
    command = next(asking)
    while True:
        try:
            command = asking.send(card.answer(command))
        except StopIteration as end:
            found: Scan | Refusal = end.value
            return found


def test_a_classic_card_is_not_asked_for_what_it_hides() -> None:
    card = MemoryCard(ATR_CLASSIC)
    talk(card)
    assert card.asked == [GET_UID]


@given(st.sampled_from((ATR_14443_4, ATR_ULTRALIGHT, ATR_CLASSIC, b"")), st.lists(st.binary(max_size=20)), st.binary())
def test_a_card_that_says_anything(atr: bytes, answers: list[bytes], last: bytes) -> None:
    asking = read_card(atr)
    next(asking)
    found = None
    for answer in [*answers, *[last[:20] + b"\x90\x00"] * 2000]:  # it ends, whatever the card says for ever
        try:
            asking.send(answer)
        except StopIteration as end:
            found = end.value
            break
    assert isinstance(found, Scan | Refusal)
