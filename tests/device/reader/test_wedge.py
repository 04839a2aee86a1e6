"""Key strokes, from the bytes of the kernel to codes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.device.reader.keys import DROPPED, KEY, REPEAT, REPORT, EventReader, KeyEvent, pack
from kvit.device.reader.wedge import Wedge
from tests.device.reader.strokes import ALT, CAPS, CTRL, ENTER, F1, SHIFT, TAB, Typist


def read(typist: Typist, *, flush: bool = False, wedge: Wedge | None = None) -> list[str]:
    wedge = wedge or Wedge()
    codes = [code for event in EventReader().feed(typist.data) if (code := wedge.feed(event)) is not None]
    if flush and (code := wedge.flush()) is not None:
        codes.append(code)
    return codes


RECORDED = bytes.fromhex(
    "e803000000000000" "a00f000000000000" "0400" "0400" "1f000700"  # scan code of "2" in the device's own count
    "e803000000000000" "a00f000000000000" "0100" "0300" "01000000"  # KEY_2 pressed
    "e803000000000000" "a00f000000000000" "0000" "0000" "00000000"
    "e803000000000000" "401f000000000000" "0100" "0300" "00000000"  # KEY_2 released
    "e803000000000000" "401f000000000000" "0000" "0000" "00000000"
)  # fmt: skip


def test_bytes_of_the_kernel() -> None:
    events = EventReader().feed(RECORDED)
    assert [(event.type, event.code, event.value) for event in events] == [
        (4, 4, 0x7001F), (1, 3, 1), (0, 0, 0), (1, 3, 0), (0, 0, 0),
    ]  # fmt: skip
    assert events[0].at_s == 1000.004
    assert b"".join(map(pack, events)) == RECORDED
    single = EventReader()
    assert [event for byte in RECORDED for event in single.feed(bytes((byte,)))] == events


TABLE = [
    (Typist().text("4006381333931").key(ENTER), ["4006381333931"]),
    (Typist().text("Hello, World!").key(ENTER), ["Hello, World!"]),
    (Typist().text("]Q1https://x.kz/t?a=B&c=%7E").key(TAB), ["]Q1https://x.kz/t?a=B&c=%7E"]),
    (Typist().text("ABC").key(96), ["ABC"]),
    (Typist().text("abc\r"), ["abc"]),
    (Typist().text("]d201046\x1d21AB").key(ENTER), ["]d201046\x1d21AB"]),
    (Typist().key(CAPS).text("aBc1!").key(CAPS).key(ENTER), ["AbC1!"]),
    (Typist().text("가나다").key(ENTER), ["가나다"]),
    (Typist().text("ab").number("0233").number("130").key(ENTER), ["abéé"]),
    (Typist().text("ab").number("9999999").key(ENTER), ["ab\0"]),
    (Typist().text("ab").key(F1).text("c").key(ENTER), ["ab\0c"]),
    (Typist().text("ab").key(30, ALT).text("c").key(ENTER), ["ab\0c"]),
    (Typist().text("ab").key(69).text("c").key(ENTER), ["abc"]),
    (Typist().key(71).key(83).key(82).key(55).key(ENTER), ["7.0*"]),
    (Typist().key(86).key(86, SHIFT).key(57).key(57).text(".").key(ENTER), ["\\|  ."]),
    # what a person types is no code
    (Typist(step_s=0.12).text("milk").key(ENTER), []),
    (Typist(step_s=0.12).text("5").pause(1).text("4006381333931").key(ENTER), []),
    (Typist(step_s=0.12).text("he").pause(0.3).key(ENTER), []),
    (Typist().text("12").key(ENTER), []),
    (Typist().text("123").pause(1).key(ENTER), []),
    (Typist().key(ENTER).key(TAB), []),
    (Typist().key(46, CTRL), []),
]


@pytest.mark.parametrize(("typist", "codes"), TABLE)
def test_codes(typist: Typist, codes: list[str]) -> None:
    assert read(typist) == codes


def test_a_person_types_and_then_the_scanner_reads() -> None:
    typist = Typist(step_s=0.15).text("mil")
    typist.step_s = 0.003
    typist.pause(0.4).text("4006381333931").key(ENTER)
    assert read(typist) == ["4006381333931"]


def test_a_pause_ends_a_code_until_an_enter_was_seen() -> None:
    wedge = Wedge()
    assert read(Typist().text("12345"), flush=True, wedge=wedge) == ["12345"]
    assert read(Typist().text("67890").key(ENTER), flush=True, wedge=wedge) == ["67890"]
    assert read(Typist(at_s=2000).text("torn"), flush=True, wedge=wedge) == []
    assert not wedge.is_waiting


def test_two_codes_that_were_waiting_to_be_read_are_two() -> None:
    assert read(Typist().text("11111").pause(0.5).text("22222"), flush=True) == ["11111", "22222"]


def test_held_keys_do_not_repeat() -> None:
    typist = Typist().text("ab")
    typist.events.append(KeyEvent(typist.at_s, KEY, 48, REPEAT))
    assert read(typist.text("c").key(ENTER)) == ["abc"]


def test_what_the_kernel_threw_away_makes_no_code() -> None:
    typist = Typist().text("111").sync(DROPPED).text("222")
    typist.events = [event for event in typist.events if (event.type, event.code) != (0, REPORT)]
    typist.sync(REPORT).text("333").key(ENTER)
    assert read(typist) == ["333"]


LETTERS = st.one_of(
    st.characters(min_codepoint=0x20, max_codepoint=0x7E),
    st.just("\x1d"),
    st.characters(min_codepoint=0x100, exclude_categories=["Cs"]),
)


@given(st.text(LETTERS, min_size=3, max_size=20))
def test_what_a_scanner_types_comes_out(text: str) -> None:
    assert read(Typist().text(text).key(ENTER)) == [text]


@given(st.binary(max_size=24 * 12))
def test_any_bytes_do_no_harm(data: bytes) -> None:
    wedge = Wedge()
    for event in EventReader().feed(data):
        wedge.feed(event)
    wedge.flush()


def test_a_text_without_end_takes_no_room() -> None:
    wedge = Wedge()
    read(Typist(step_s=0.001).text("x" * 5000), wedge=wedge)
    assert len(wedge._text) == 1025
