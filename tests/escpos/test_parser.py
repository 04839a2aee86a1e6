"""The push parser: its laws, the places where manuals are exact, its bounds."""

from __future__ import annotations

import itertools
import re
import sys
import tracemalloc
from pathlib import Path
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.escpos import Command, Parser, Profile, load_profile
from kvit.escpos.dialects import UnknownDialectError, names
from kvit.escpos.dialects.loader import display_grammar
from kvit.escpos.parser import DISPLAY_PIECE, PIECE
from tests.escpos.feeding import every_way, joined, parse

DATA = Path(__file__).parent.parent / "data" / "escpos"


def written(path: Path) -> list[tuple[bytes, str]]:
    """Read a hex file: the bytes of each line and the command they are."""
    out = []
    for line in path.read_text("utf-8").splitlines():
        text, _, name = line.partition("#")
        if text.strip():
            out.append((bytes.fromhex(text), name.strip()))
    return out


@pytest.mark.parametrize("path", sorted(DATA.glob("*.hex")), ids=lambda path: path.stem)
def test_captures_written_by_hand_come_apart_as_written(path: Path) -> None:
    lines = written(path)
    commands = every_way(b"".join(raw for raw, _ in lines))
    assert [(command.raw, command.name) for command in commands] == lines


HARSH = st.lists(
    st.one_of(
        st.sampled_from(
            [b"\x1b", b"\x1d", b"\x1c", b"\x10", b"\x1f", b"\x12", b"\x08", b"\x1b=", b"\x1b=\x02", b"\x1d("]
        ),
        st.sampled_from(
            [b"\x1bD", b"\x1b&", b"\x1cq", b"\x1dk", b"\x1d8L", b"\x1dv0", b"\x1b\x1dt", b"\x1b*r", b"\x1d\xf9"]
        ),
        st.binary(min_size=1, max_size=6),
        st.just(b"\x00\x00\x00"),
    ),
    max_size=30,
).map(b"".join)


@given(HARSH, st.lists(st.integers(1, 7), max_size=40), st.sampled_from([None, *names()]))
@settings(max_examples=400, deadline=None)
def test_any_bytes_in_any_pieces_give_the_same_commands(data: bytes, sizes: list[int], dialect: str | None) -> None:
    whole = parse(data, dialect=dialect)
    assert b"".join(command.raw for command in whole) == data
    assert joined(parse(data, sizes, dialect)) == joined(whole)
    assert all(isinstance(command.fields, dict) for command in whole)


@given(st.lists(st.one_of(HARSH, st.none()), max_size=8))
@settings(max_examples=200, deadline=None)
def test_giving_up_at_any_time_loses_no_byte(parts: list[bytes | None]) -> None:
    parser = Parser()
    out: list[Command] = []
    for part in parts:
        out += parser.starved() if part is None else parser.feed(part)
    out += parser.close()
    assert b"".join(command.raw for command in out) == b"".join(part or b"" for part in parts)
    assert parser.pending == 0
    assert parser.offset == sum(len(part or b"") for part in parts)


def test_text_is_handed_on_at_once_and_commands_when_whole() -> None:
    parser = Parser()
    assert [command.raw for command in parser.feed(b"Tot")] == [b"Tot"]
    assert [command.raw for command in parser.feed(b"al\x1b")] == [b"al"]
    assert parser.feed(b"a") == []
    assert parser.pending == 2
    assert [command.fields for command in parser.feed(b"\x01")] == [{"n": 1}]


@pytest.mark.parametrize("total", [PIECE - 1, PIECE, PIECE + 1, 2 * PIECE, 2 * PIECE + 7])
@pytest.mark.parametrize("step", [1000, 65536, 10**6])
def test_long_payloads_come_in_pieces_at_fixed_offsets(total: int, step: int) -> None:
    head = b"\x1d8L" + (total).to_bytes(4, "little")
    data = b"A" + head + (b"\x1b@\n" * total)[:total] + b"B"
    commands = parse(data, itertools.repeat(step, len(data) // step + 1))
    pieces = [command for command in commands if command.name != "text"]
    assert [len(piece.raw) for piece in pieces] == [
        (len(head) if number == 0 else 0) + min(PIECE, total - number * PIECE) for number in range(-(-total // PIECE))
    ]
    assert {piece.name for piece in pieces[1:]} <= {"payload"}
    assert (commands[0].raw, commands[-1].raw) == (b"A", b"B")


def test_a_declared_four_gigabytes_cost_no_memory() -> None:
    parser = Parser()
    chunk = bytes(8192)
    tracemalloc.start()
    try:
        parser.feed(b"\x1d8L\xff\xff\xff\xff")
        for _ in range(400):
            parser.feed(chunk)
            assert parser.pending <= PIECE + 16
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 8 * PIECE
    assert parser.close()[0].fields == {"reason": "truncated", "command": "GS 8 L"}


@pytest.mark.parametrize(
    "head",
    [b"\x1dv0\x00\xff\xff\xff\xff", b"\x1b*\x21\xff\xff", b"\x1b&\xff\x00\xff", b"\x1cq\xff\xff\xff\xff\xff",
     b"\x1d*\xff\xff", b"\x1dD0C001\x311BM\xff\xff\xff\xff", b"\x1dQ0\x00\xff\xff\xff\xff", b"\x1d(L\xff\xff"],
    ids=lambda head: head[:3].hex(),
)  # fmt: skip
def test_no_declared_length_is_held_whole(head: bytes) -> None:
    parser = Parser()
    parser.feed(head)
    for _ in range(40):
        parser.feed(b"\xff" * 16384)
        assert parser.pending <= PIECE + 32


def test_chained_commands_longer_than_a_piece_agree_in_any_chunking() -> None:
    picture = b"\x20\x00\x20\x00" + bytes(0x20 * 0x20 * 8)
    data = b"A\x1cq\x14" + picture * 20 + b"\x1b&\x03\x20\xff" + (b"\xff" + b"\x1b@\n" * 255) * 224 + b"B"
    whole = every_way(data)
    assert [command.name for command in whole if command.name != "payload"] == ["text", "FS q", "ESC &", "text"]
    assert whole[-1].raw == b"B"


def test_a_chained_command_of_exactly_one_piece_is_whole() -> None:
    letters = b"\x1b&\x01\x00\xff" + (b"\xff" + bytes(255)) * 256
    assert len(letters) == 5 + PIECE
    for step in (1000, 5 + PIECE, 10**6):
        commands = parse(letters + b"A", itertools.repeat(step, 70))
        assert [(command.name, len(command.raw)) for command in commands] == [("ESC &", 5 + PIECE), ("text", 1)]


def operations(feedings: list[bytes]) -> int:
    """Count the lines of Python executed while feeding these chunks."""
    count = 0

    def step(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        count += 1
        return step

    parser = Parser()
    before = sys.gettrace()
    sys.settrace(step)
    try:
        for chunk in feedings:
            parser.feed(chunk)
    finally:
        sys.settrace(before)
    return count


RECEIPT = b"\x1b@\x1ba\x01SHOP\nMilk 1.00\n\x1b!\x30TOTAL 1.00\n\x1dv0\x00\x01\x00\x02\x00ab\x1b&\x03AA\x01abc\x1dV\x00"


def test_work_grows_as_the_bytes_do() -> None:
    small, large = operations([RECEIPT * 20]), operations([RECEIPT * 200])
    assert large < 10.5 * small


@pytest.mark.parametrize("data", [RECEIPT * 10, b"\x1dv0\x00\x10\x00\x40\x00" + bytes(1024), b"\x1dk\x04" + b"A" * 900])
def test_one_byte_at_a_time_costs_a_constant_each(data: bytes) -> None:
    each = operations([data[i : i + 1] for i in range(len(data))]) / len(data)
    assert each < 120


def test_waiting_for_a_payload_touches_nothing() -> None:
    picture = b"\x1dv0\x00\x10\x00\x40\x00" + bytes(1000)
    each = operations([picture[i : i + 1] for i in range(len(picture))]) / len(picture)
    assert each < 8


def test_a_raster_costs_the_same_whatever_its_size() -> None:
    small = b"\x1dv0\x00\x10\x00\x10\x00" + bytes(256)
    large = b"\x1dv0\x00\x48\x00\x00\x03" + bytes(72 * 768)
    assert operations([small]) == operations([large])


def test_realtime_commands_inside_a_payload_are_payload() -> None:
    commands = every_way(b"\x1dv0\x00\x03\x00\x02\x00\x10\x04\x01\x10\x04\x02\x10\x04\x01")
    assert [command.name for command in commands] == ["GS v 0", "DLE EOT"]


@pytest.mark.parametrize(
    ("data", "length"),
    [(b"\x1bD\x08\x10\x00", 5), (b"\x1bD\x00", 3), (b"\x1bD\x08\x08", 3), (b"\x1bD\x09\x08", 3),
     (b"\x1bD" + bytes(range(1, 33)) + b"\x00", 35), (b"\x1bD" + bytes(range(1, 40)) + b"\x00", 34)],
)  # fmt: skip
def test_tab_stops_end_before_what_does_not_ascend(data: bytes, length: int) -> None:
    commands = every_way(data)
    assert commands[0].name == "ESC D"
    assert len(commands[0].raw) == length
    assert ("cut" in commands[0].fields) == (commands[0].raw[-1] != 0)


def test_a_lost_end_mark_does_not_swallow_the_receipt() -> None:
    commands = parse(b"\x1dk\x04" + b"A" * 5000 + b"\n")
    assert commands[0].fields["cut"] == 1
    assert len(commands[0].raw) <= 1024
    assert [command.name for command in commands[1:]] == ["text", "LF"]


def test_starved_gives_up_one_command_and_goes_on() -> None:
    parser = Parser()
    parser.feed(b"A\x1dv0\x00\x10\x00\x10\x00" + b"\xff" * 40)
    given_up = parser.starved()
    assert [(command.name, command.fields) for command in given_up] == [
        ("unknown", {"reason": "truncated", "command": "GS v 0"})
    ]
    assert [command.raw for command in parser.feed(b"B\n")] == [b"B", b"\n"]
    assert parser.starved() == []


def test_starved_in_a_long_payload_reports_even_at_a_piece_end() -> None:
    parser = Parser()
    parser.feed(b"\x1d8L\x00\x00\x10\x00" + bytes(PIECE))
    assert [(command.name, command.raw) for command in parser.starved()] == [("unknown", b"")]
    assert parser.feed(b"\x1b@")[0].name == "ESC @"


@pytest.mark.parametrize(
    ("waiting", "name"), [(b"\x12", "DC2"), (b"\x08", "BS"), (b"\x1b4", "ESC 4"), (b"\x1f\x1b", "US")]
)
def test_short_commands_that_could_be_longer_are_taken_as_they_are_at_the_end(waiting: bytes, name: str) -> None:
    assert parse(waiting)[0].name == name


def test_display_text_is_held_to_its_end_and_never_long() -> None:
    parser = Parser()
    assert [command.name for command in parser.feed(b"\x1b=\x02To")] == ["ESC ="]
    assert [(command.name, command.fields["d"]) for command in parser.starved()] == [("display", b"To")]
    commands = every_way(b"\x1b=\x02" + b"x" * 200 + b"\x1b=\x01y")
    assert [len(command.raw) for command in commands[1:4]] == [DISPLAY_PIECE, DISPLAY_PIECE, 40]
    assert commands[-1] == Command(206, b"y", "text")


def test_a_piece_of_display_text_never_reads_to_the_end_of_what_came(monkeypatch: pytest.MonkeyPatch) -> None:
    real = display_grammar().text
    spans: list[int] = []

    class Counted:
        def match(self, data: bytes, at: int, end: int = 1 << 30) -> re.Match[bytes] | None:
            spans.append(min(end, len(data)) - at)
            return real.match(data, at, end)

    monkeypatch.setattr(display_grammar(), "text", Counted())
    Parser().feed(b"\x1b=\x02" + b"A" * 10_000)
    assert spans
    assert max(spans) <= DISPLAY_PIECE


def test_the_dialect_is_the_callers_then_the_profiles_then_what_the_bytes_say() -> None:
    star = b"\x1b\x1dt\x01\x1bEA"
    assert [command.name for command in Parser().feed(star)] == ["ESC GS t", "ESC E", "text"]
    assert [command.name for command in Parser(dialect="epson").feed(star)] == ["unknown", "text", "SOH", "ESC E"]
    profile = Profile(name="x", dialect="daruma")
    assert Parser(profile).dialect == "daruma"
    assert Parser(profile, dialect="escp").dialect == "escp"
    assert Parser(Profile(name="x")).dialect == "epson"
    with pytest.raises(UnknownDialectError, match="klingon"):
        Parser(dialect="klingon")
    with pytest.raises(LookupError):
        Parser("no such printer anywhere")


def test_the_size_of_a_multibyte_glyph_is_the_profiles() -> None:
    for size in (72, 60, 32):
        parser = Parser(Profile(name="x", dialect="epson", fs_2_bytes=size))
        data = b"\x1c2\x77\x21" + b"\x1b" * size
        assert [command.name for command in parser.feed(data + b"A")] == ["FS 2", "text"]
    assert Parser("default").feed(b"\x1b@")[0].name == "ESC @"
    assert load_profile("default").name == "default"


def test_a_printer_told_its_dialect_does_not_change_it() -> None:
    parser = Parser(dialect="epson")
    parser.feed(b"\x1d\xf95\x00\x1bEA\x01")
    assert parser.dialect == "epson"


@pytest.mark.parametrize("kind", [bytearray, memoryview])
def test_other_byte_containers_are_taken(kind: Any) -> None:
    assert Parser().feed(kind(b"A\n")) == Parser().feed(b"A\n")
