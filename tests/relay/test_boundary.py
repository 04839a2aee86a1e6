"""Timed replays: `TIME "bytes"` lines in, printouts out. Written as `text|ended_by`, amendments as `+word`."""

from __future__ import annotations

import ast
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.escpos import Command, Parser
from kvit.relay import capture
from kvit.relay.boundary import Amended, Boundary, Event
from kvit.relay.capture import Record
from kvit.relay.marks import classify
from kvit.relay.reading import PRINTOUT_COMMANDS_MAX, Printout, Reading

REPLAYS: dict[str, tuple[str, list[str]]] = {
    "a cut ends it": (r"""0.0 "\x1b@Shop\nTOTAL 5.00\n\x1dV\x00" """, [r"\x1b@Shop\nTOTAL 5.00\n\x1dV\x00|cut"]),
    "a cut without a total is held, then ends it": (
        r"""0.0 "\x1b@Coupon\n\x1dV\x00"
        1.0 "" """,
        [r"\x1b@Coupon\n\x1dV\x00|cut"],
    ),
    "a coupon of the same sale": (
        r"""0.0 "\x1b@Coupon\n\x1dV\x00"
        0.1 "Shop\nTOTAL 5.00\n\x1dV\x00" """,
        [r"\x1b@Coupon\n\x1dV\x00Shop\nTOTAL 5.00\n\x1dV\x00|cut"],
    ),
    "reset after the cut is no coupon": (
        r"""0.0 "\x1b@Coupon\n\x1dV\x00"
        0.1 "\x1b@Shop\nTOTAL 5.00\n\x1dV\x00" """,
        [r"\x1b@Coupon\n\x1dV\x00|cut", r"\x1b@Shop\nTOTAL 5.00\n\x1dV\x00|cut"],
    ),
    "silence ends it": (
        r"""0.0 "Shop\nline\n"
        1.5 "line\n"
        3.4 "line\n"
        5.5 "Shop\n"
        9.0 "" """,
        [r"Shop\nline\nline\nline\n|idle", r"Shop\n|idle"],
    ),
    "questions do not keep it open": (
        r"""0.0 "Shop\nline\n"
        1.0 "\x10\x04\x01"
        1.9 "\x10\x04\x01"
        2.5 "\x10\x04\x01" """,
        [r"Shop\nline\n\x10\x04\x01\x10\x04\x01|idle"],
    ),
    "questions between receipts are no receipt": (
        r"""0.0 "\x10\x04\x01"
        1.0 "\x10\x04\x04"
        20.0 "\x1dr\x01" """,
        [],
    ),
    "an early header waits however long": (
        r"""0.0 "\x1b@Shop\nTOTAL 5.00\n\x1dV\x00Shop\nStreet 1\n"
        600.0 "\x1b@TOTAL 6.00\n\x1dV\x00" """,
        [r"\x1b@Shop\nTOTAL 5.00\n\x1dV\x00|cut", r"Shop\nStreet 1\n\x1b@TOTAL 6.00\n\x1dV\x00|cut"],
    ),
    "reset in the middle is no end": (
        r"""0.0 "\x1b@Shop\n"
        0.1 "\x1b@TOTAL 5.00\n\x1dV\x00" """,
        [r"\x1b@Shop\n\x1b@TOTAL 5.00\n\x1dV\x00|cut"],
    ),
    "reset and pulse are an end": (
        r"""0.0 "\x1b@Shop\nTOTAL 5.00\n\x1bp\x00\x19\x19\x1b@Shop\nTOTAL 6.00\n\x1dV\x00" """,
        [r"\x1b@Shop\nTOTAL 5.00\n\x1bp\x00\x19\x19|init", r"\x1b@Shop\nTOTAL 6.00\n\x1dV\x00|cut"],
    ),
    "reset and the known header are an end": (
        r"""0.0 "\x1b@Shop\nTOTAL 5.00\n\x1dV\x00"
        9.0 "\x1b@Shop\nTOTAL 5.00\n\x1dV\x00"
        18.0 "\x1b@Shop\nTOTAL 5.00\n\x1dV\x00"
        27.0 "\x1b@Shop\nTOTAL 6.00\n\x1b@Shop\nTOTAL 7.00\n\x1dV\x00" """,
        [
            r"\x1b@Shop\nTOTAL 5.00\n\x1dV\x00|cut",
            r"\x1b@Shop\nTOTAL 5.00\n\x1dV\x00|cut",
            r"\x1b@Shop\nTOTAL 5.00\n\x1dV\x00|cut",
            r"\x1b@Shop\nTOTAL 6.00\n|init",
            r"\x1b@Shop\nTOTAL 7.00\n\x1dV\x00|cut",
        ],
    ),
    "the printer switched off is nearly an end, a question makes it one": (
        r"""0.0 "Shop\nTOTAL 5.00\n\x1dr\x01\x1b=\x00" """,
        [r"Shop\nTOTAL 5.00\n\x1dr\x01\x1b=\x00|off"],
    ),
    "a page printed and a question": (
        r"""0.0 "\x1bLShop\nTOTAL 5.00\n\x0c\x1dr\x01" """,
        [r"\x1bLShop\nTOTAL 5.00\n\x0c\x1dr\x01|ask"],
    ),
    "the drawer after the cut is an amendment": (
        r"""0.0 "\x1b@TOTAL 5.00\n\x1dV\x00"
        0.5 "\x1bp\x00\x19\x19"
        20.0 "\x1bp\x00\x19\x19"
        30.0 "" """,
        [r"\x1b@TOTAL 5.00\n\x1dV\x00|cut", r"+pulse \x1bp\x00\x19\x19", r"\x1bp\x00\x19\x19|idle"],
    ),
    "two cuts are one": (
        r"""0.0 "\x1b@TOTAL 5.00\n\x1dV\x00\n\n\x1dV\x00"
        9.0 "\x1b@TOTAL 5.00\n\x1dV\x00" """,
        [r"\x1b@TOTAL 5.00\n\x1dV\x00|cut", r"+cut \n\n\x1dV\x00", r"\x1b@TOTAL 5.00\n\x1dV\x00|cut"],
    ),
    "closing the port ends it": (r"""0.0 "Shop\nline\n" close""", [r"Shop\nline\n|close"]),
    "closing without a mark is nothing": (r"""0.0 "\x1b@\x1dr\x01\x10\x04\x01" close""", []),
    "a drawer opened without a sale": (
        r"""0.0 "\x1b@\x1bp\x00\x19\x19"
        5.0 "" """,
        [r"\x1b@\x1bp\x00\x19\x19|idle"],
    ),
    "a pulse long after a receipt is no part of it": (
        r"""0.0 "TOTAL 5.00\n\x1dV\x00"
        60.0 "\x1bp\x00\x19\x19" close""",
        [r"TOTAL 5.00\n\x1dV\x00|cut", r"\x1bp\x00\x19\x19|close"],
    ),
    "settings left over are no printout": (
        r"""0.0 "TOTAL 5.00\n\x1dV\x00\x1b@\x1b!\x00" close""",
        [r"TOTAL 5.00\n\x1dV\x00|cut"],
    ),
    "a picture is a mark": (
        r"""0.0 "\x1b@\x1dv0\x00\x01\x00\x02\x00\x1d\x56\n\x1dV\x00"
        1.0 "" """,
        [r"\x1b@\x1dv0\x00\x01\x00\x02\x00\x1d\x56\n\x1dV\x00|cut"],
    ),
    "a total in Korean": (
        r"""0.0 "\xc7\xd5\xb0\xe8 5,000\n\x1dV\x00Shop\n\x1b@" """,
        [r"\xc7\xd5\xb0\xe8 5,000\n\x1dV\x00|cut"],
    ),
}


def replay(text: str, chunk: int = 1 << 20) -> list[str]:
    parser, boundary, stream = Parser(), Boundary(), b""
    out: list[str] = []

    def tell(events: list[Event]) -> None:
        for event in events:
            if isinstance(event, Amended):
                out.append(f"+{event.word} {_show(stream[event.at : event.end])}")
            else:
                out.append(f"{_show(stream[event.start : event.end])}|{event.ended_by}")

    time_s = 0.0
    for time_text, quoted, close in re.findall(r'([\d.]+) ("(?:[^"\\]|\\.)*")[ ]?(close)?', text):
        time_s, data = float(time_text), ast.literal_eval("b" + quoted)
        tell(boundary.tick(time_s))
        for at in range(0, len(data), chunk):
            stream += data[at : at + chunk]
            for command in parser.feed(data[at : at + chunk]):
                tell(boundary.command(command, parser.dialect, time_s))
        if close:
            tell(boundary.close(time_s))
    return out


def _show(data: bytes) -> str:
    return data.decode("latin-1")


def _expected(text: str) -> str:
    return str(ast.literal_eval(f'b"{text}"').decode("latin-1"))


@pytest.mark.parametrize("chunk", [1 << 20, 1, 3])
@pytest.mark.parametrize("name", REPLAYS)
def test_replay(name: str, chunk: int) -> None:
    text, expected = REPLAYS[name]
    assert replay(text, chunk) == [_expected(entry) for entry in expected]


def test_a_till_that_pauses_inside_receipts_is_learned() -> None:
    boundary = Boundary()
    assert boundary.idle_s == 2.0
    text = '0.0 "Shop\\nline\\n" 3.0 "line\\nTOTAL 5.00\\n\\x1dV\\x00"'
    parser = Parser()
    for time_text, quoted, _ in re.findall(r'([\d.]+) ("(?:[^"\\]|\\.)*")[ ]?(close)?', text):
        for command in parser.feed(ast.literal_eval("b" + quoted)):
            boundary.command(command, parser.dialect, float(time_text))
    assert boundary.idle_s == 6.0


def test_slow_wires_wait_twenty_byte_times() -> None:
    assert Boundary(byte_s=0.2).idle_s == 4.0


PIECES = [
    b"\x1b@", b"Shop\n", b"Footer\n", b"TOTAL 5.00\n", b"text", b"   ", b"\n", b"  1.50\n", b"\x1dV\x00", b"\x1b!\x08",
    b"\x1bp\x00\x19\x19", b"\x1bt\x11", b"\x10\x04\x01", b"\x1dr\x01", b"\x1bL", b"\x0c", b"\x1bS", b"\x1b=\x00",
    b"\x1d(L\x02\x00\x30\x32",
    b"x" * 300, b"\x1dk\x04123\x00", b"\x1b@Shop\nBread 1.50\nTOTAL 5.00\nFooter\n\x1dV\x00",
]  # fmt: skip
WRITES = st.lists(
    st.tuples(st.lists(st.sampled_from(PIECES), max_size=8), st.sampled_from((0.0, 0.01, 0.06, 0.2, 2.5, 12.0))),
    max_size=20,
)


@settings(max_examples=300)
@given(WRITES, st.sampled_from(("", "star", "bematech", "escp")))
def test_the_short_way_through_a_receipt_decides_as_the_long_one(
    writes: list[tuple[list[bytes], float]], dialect: str
) -> None:
    parser, short, long, time_s = Parser(), Boundary(), Boundary(), 1.0
    set_by_short: list[Command] = []
    for pieces, pause_s in writes:
        commands = parser.feed(b"".join(pieces))
        told: list[Event] = []
        at = 0
        while (at := short.inside(commands, at, dialect, time_s, set_by_short.append)) < len(commands):
            told += short.command(commands[at], dialect, time_s)
            at += 1
        assert told == [event for command in commands for event in long.command(command, dialect, time_s)]
        assert (short.start, short.seen, short.early, short.deadline_s) == (
            long.start, long.seen, long.early, long.deadline_s,
        )  # fmt: skip
        time_s += pause_s
    assert short.close(time_s) == long.close(time_s)
    assert all(classify(command, dialect) == "set" for command in set_by_short)


def test_a_printout_of_very_many_small_commands_ends_and_does_so_after_a_restart() -> None:
    """Else taking it apart would fill the memory."""
    data = b"x\n" * PRINTOUT_COMMANDS_MAX
    source, at = [], 1000
    for start in range(0, len(data), 60_001):
        source.append(Record(at, capture.TILL, 1, 10**9 + start, 10**18, data[start : start + 60_001]))
        at = source[-1].end
    reading = Reading("a")
    found = [thing for record in source for thing in reading.take(record) if isinstance(thing, Printout)]
    assert [one.ended_by for one in found] == ["size"]
    assert PRINTOUT_COMMANDS_MAX < len(found[0].raw) < PRINTOUT_COMMANDS_MAX + 70_000
    first = Reading("a")
    assert not [thing for record in source[:3] for thing in first.take(record)]
    again = Reading("a", position=first.position)
    rest = [record for record in source if record.offset >= first.position.offset]
    assert [thing for record in rest for thing in again.take(record)] == found
