from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.device.reader.framing import ENDS, FRAME_BYTES_MAX, Framer, Framing

TABLE = [
    # framing, what comes, codes, what waits
    (Framing(), b"4006381333931\r", [b"4006381333931"], False),
    (Framing(), b"A\r\nB\r\nC\r\n", [b"A", b"B", b"C"], False),
    (Framing(), b"A\nB\tC\r", [b"A", b"B", b"C"], False),
    (Framing(), b"\x02CODE\x03", [b"CODE"], False),
    (Framing(), b"torn\x02CODE\x03", [b"CODE"], False),
    (Framing(), b"\r\r\n\t", [], False),
    (Framing(), b"half", [], True),
    (Framing("cr"), b"A\nB\r", [b"A\nB"], False),
    (Framing("lf"), b"A\rB\n", [b"A\rB"], False),
    (Framing("crlf"), b"A\rB\r\nC\r", [b"A\rB"], True),
    (Framing("tab"), b"A B\t", [b"A B"], False),
    (Framing("etx"), b"junk\x02A\rB\x03junk", [b"A\rB"], True),
    (Framing("gap"), b"A\rB\x03", [], True),
    (Framing(prefix=b"~#"), b"~#123\r124\r", [b"123", b"124"], False),
    (Framing(prefix=b"~#"), b"~#\r", [], False),
    (Framing(suffix=b";;"), b"A\r;B;;C", [b"A\r;B"], True),
    (Framing("gap", suffix=b"\r"), b"A\r", [b"A"], False),
]


@pytest.mark.parametrize(("framing", "data", "codes", "waits"), TABLE)
def test_whole_one_at_a_time_and_with_a_tail(framing: Framing, data: bytes, codes: list[bytes], waits: bool) -> None:
    whole = Framer(framing)
    assert whole.feed(data) == codes
    assert whole.is_waiting == waits
    single = Framer(framing)
    assert [code for byte in data for code in single.feed(bytes((byte,)))] == codes
    assert single.is_waiting == waits
    for cut in range(len(data)):
        halves = Framer(framing)
        assert halves.feed(data[:cut]) + halves.feed(data[cut:]) == codes


@pytest.mark.parametrize(
    ("framing", "before", "torn", "codes"),
    [
        (Framing(), b"", b"123", [b"123"]),
        (Framing(), b"first\r", b"123", []),  # it was seen to send an end: half a code is no code
        (Framing("gap"), b"", b"1\r2", [b"1\r2"]),
        (Framing("gap", prefix=b"#"), b"", b"#12", [b"12"]),
        (Framing("cr"), b"", b"123", []),
        (Framing("gap", suffix=b";"), b"", b"123", []),
        (Framing(), b"", b"", []),
    ],
)
def test_a_pause(framing: Framing, before: bytes, torn: bytes, codes: list[bytes]) -> None:
    framer = Framer(framing)
    framer.feed(before)
    framer.feed(torn)
    assert framer.flush() == codes
    assert not framer.is_waiting
    assert framer.flush() == []


def test_a_code_without_end_takes_no_room_and_comes_out_too_long() -> None:
    framer = Framer(Framing())
    for _ in range(100):
        framer.feed(b"x" * 1000)
    assert len(framer._buffer) <= FRAME_BYTES_MAX + 1
    codes = framer.feed(b"\rshort\r")
    assert [len(code) for code in codes] == [FRAME_BYTES_MAX + 1, 5]


def test_the_tail_of_a_code_that_is_too_long_is_no_code() -> None:
    framer = Framer(Framing(prefix=b"xx"))
    assert [len(code) for code in framer.feed(b"x" * 10_000 + b"\x02tail\r")] == [4]  # STX begins a code of its own
    framer.feed(b"x" * 10_000)
    assert [len(code) for code in framer.feed(b"\r")] == [FRAME_BYTES_MAX + 1]


def test_an_end_cut_in_two_is_found_behind_a_code_that_is_too_long() -> None:
    framer = Framer(Framing("crlf"))
    framer.feed(b"x" * 10_000 + b"\r")
    assert [len(code) for code in framer.feed(b"\nA\r\n")] == [FRAME_BYTES_MAX + 1, 1]


@given(
    st.sampled_from([Framing(end) for end in ENDS if end != "gap"] + [Framing(suffix=b"<>")]),
    st.lists(st.binary(min_size=1, max_size=20).filter(lambda code: not set(code) & set(b"\r\n\t\x02\x03<>"))),
    st.data(),
)
def test_what_a_scanner_sends_comes_out(framing: Framing, codes: list[bytes], data: st.DataObject) -> None:
    end = framing.suffix or ENDS[framing.end][0]
    stream = b"".join(code + end for code in codes)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(stream)), max_size=5)))
    framer, got, at = Framer(framing), [], 0
    for cut in [*cuts, len(stream)]:
        got += framer.feed(stream[at:cut])
        at = cut
    assert got == codes
