"""Printouts that stand for themselves, and questions in their place."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.escpos import load_profile
from kvit.relay.jobs.cutting import Cutter, Found, Now, Printout, Question

CUT = b"\x1dV\x00"
PULSE = b"\x1bp\x00\x19\xfa"
RECEIPT = b"\x1b@Milk 450\nTOTAL 450\n" + CUT
EOT = b"\x10\x04\x01"
ASK = b"\x1dr\x01"


def cut(data: bytes, step: int = 0, *, end: bool = True) -> list[Found]:
    """Feed bytes whole or in pieces; time stands still."""
    cutter = Cutter(load_profile("TM-T88V"))
    found: list[Found] = []
    for at in range(0, len(data), step or len(data)):
        found += cutter.till(data[at : at + (step or len(data))], 0.0)
    return found + cutter.end(0.0) if end else found


def shown(found: list[Found]) -> list[bytes | str]:
    return [each.raw if isinstance(each, Printout) else f"{type(each).__name__} {each.command.name}" for each in found]


CASES: list[tuple[str, bytes, list[bytes | str]]] = [
    ("one", RECEIPT, [RECEIPT]),
    ("two", RECEIPT + RECEIPT, [RECEIPT, RECEIPT]),
    ("no cut", b"Hello\n", [b"Hello\n"]),
    ("drawer behind the cut", RECEIPT + PULSE, [RECEIPT + PULSE]),
    ("drawer alone", PULSE, [PULSE]),
    ("of the moment", EOT + RECEIPT, ["Now DLE EOT", RECEIPT]),
    ("in the middle", b"Hello\n" + EOT + RECEIPT, ["Now DLE EOT", b"Hello\n" + RECEIPT]),
    ("in turn", RECEIPT + ASK, [RECEIPT, "Question GS r"]),
    ("in turn, no cut", b"Hello\n" + ASK + b"World\n", [b"Hello\n", "Question GS r", b"World\n"]),
    ("process id", RECEIPT + b"\x1d(H\x06\x00\x30\x300001", [RECEIPT, "Question GS ( H"]),
    ("automatic status", b"\x1da\xff" + RECEIPT, ["Question GS a", RECEIPT]),
    ("settings", b"\x1b@\x1bt\x11", []),
    ("settings, then a question", b"\x1b@\x1bt\x11" + ASK + b"A\n", ["Question GS r", b"\x1bt\x11A\n"]),
    ("settings of the morning", b"\x1bt\x11A\n" + CUT + ASK + b"B\n" + CUT,
     [b"\x1bt\x11A\n" + CUT, "Question GS r", b"\x1bt\x11B\n" + CUT]),
    ("a logo for the printer", b"\x1cq\x01\x01\x00\x01\x00" + bytes(8), [b"\x1cq\x01\x01\x00\x01\x00" + bytes(8)]),
    ("a line of paper", b"\n", [b"\n"]),
]  # fmt: skip


@pytest.mark.parametrize(("_", "data", "expected"), CASES, ids=[case[0] for case in CASES])
def test_cases(_: str, data: bytes, expected: list[bytes | str]) -> None:
    assert shown(cut(data)) == expected


@pytest.mark.parametrize(("_", "data", "expected"), CASES, ids=[case[0] for case in CASES])
@pytest.mark.parametrize("step", [1, 3])
def test_pieces_print_the_same(_: str, data: bytes, expected: list[bytes | str], step: int) -> None:
    def joined(found: list[bytes | str]) -> bytes:
        return b"".join(each for each in found if isinstance(each, bytes))

    whole, parts = shown(cut(data)), shown(cut(data, step))
    assert joined(parts) == joined(whole)
    assert [each for each in parts if isinstance(each, str)] == [each for each in whole if isinstance(each, str)]


def test_the_next_receipt_begins_with_the_settings_in_force() -> None:
    first, second = cut(b"\x1bt\x11\x1b!\x10A\nTOTAL 1\n" + CUT + b"B\nTOTAL 2\n" + CUT)
    assert isinstance(first, Printout)
    assert isinstance(second, Printout)
    assert second.raw == b"\x1bt\x11\x1b!\x10B\nTOTAL 2\n" + CUT


def test_silence_ends_a_printout() -> None:
    cutter = Cutter()
    assert cutter.till(b"Hello\n", 0.0) == []
    assert cutter.open
    deadline_s = cutter.deadline_s
    assert deadline_s is not None
    assert cutter.tick(deadline_s - 0.1) == []
    assert cutter.tick(deadline_s) == [Printout(b"Hello\n")]
    assert cutter.end(60.0) == []


def test_a_late_pulse_is_a_job_of_its_own() -> None:
    cutter = Cutter()
    assert cutter.till(RECEIPT, 0.0) == [Printout(RECEIPT)]
    assert cutter.till(PULSE, 1.0) == [Printout(PULSE, tail=True)]


def test_an_endless_roll_is_cut() -> None:
    cutter = Cutter()
    line = b"x" * 1000 + b"\n"
    found: list[Found] = []
    for number in range(9000):
        found += cutter.till(line, number / 1000)
    assert [type(each) for each in found] == [Printout]
    found += cutter.end(10.0)
    assert b"".join(each.raw for each in found if isinstance(each, Printout)) == line * 9000


PIECES = [b"Milk 450\n", b"TOTAL 450\n", CUT, PULSE]
FEED = b"\x1bd\x03"
"""Paper fed behind the last printout may be left off."""


@given(st.lists(st.sampled_from([*PIECES, FEED, EOT, ASK])), st.integers(0, 7))
@settings(max_examples=100, deadline=None)
def test_nothing_is_lost_and_nothing_comes_twice(pieces: list[bytes], step: int) -> None:
    data = b"".join(pieces)
    raw = b"".join(each.raw for each in cut(data, step) if isinstance(each, Printout)) if data else b""
    assert raw.replace(FEED, b"") == b"".join(each for each in pieces if each in PIECES)


def test_nothing_but_questions_is_no_job() -> None:
    found = cut((EOT + ASK) * 100)
    assert {type(each) for each in found} == {Now, Question}
