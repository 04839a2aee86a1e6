from __future__ import annotations

import asyncio
import os
import socket
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.relay import capture
from kvit.relay.bookmark import NAMES, Bookmark
from kvit.relay.capture import Reader, Record, Writer
from kvit.relay.follow import Follower, StrayPosition, UnsavedPosition, Wake, follow
from kvit.relay.reading import Amendment, Found, Mark, Position, Printout, Reading
from kvit.relay.settings import LineSettings
from tests.relay.running import running, until

RECEIPT = b"\x1b@\x1bt\x11Shop %d\nTOTAL 5.00\n\x1dV\x00"


def save(folder: Path, position: Position) -> None:
    bookmark = Bookmark(folder)
    bookmark.save(position)
    bookmark.close()


def record(at: int, kind: int, connection: int, time_s: float, data: bytes = b"") -> Record:
    return Record(at, kind, connection, int(time_s * 1e9), int(1.7e18 + time_s * 1e9), data)


def records(*happened: tuple[int, int, float, bytes]) -> list[Record]:
    at, made = 1000, []
    for kind, connection, time_s, data in happened:
        made.append(record(at, kind, connection, time_s, data))
        at = made[-1].end
    return made


def busy_day() -> list[Record]:
    """Two network tills side by side and a serial one, in small pieces, one crash of the line process in between."""
    happened: list[tuple[int, int, float, bytes]] = [(capture.START, 0, 0, b"")]
    streams = {1: ("10.0.0.1:1", 0), 2: ("10.0.0.2:2", 1), 3: ("pty://till3", 2)}
    for number, (peer, _) in streams.items():
        happened.append((capture.OPEN, number, 0.1, peer.encode()))
    time_s = 1.0
    for sale in range(4):
        pieces = {number: RECEIPT % (sale * 10 + number) for number in streams}
        for at in range(0, 40, 7):
            for number, data in pieces.items():
                if data[at : at + 7]:
                    happened.append((capture.TILL, number, time_s, data[at : at + 7]))
                    time_s += 0.01
            happened.append((capture.PRINTER, 1, time_s, b"\x12"))
        time_s += 5
    happened.append((capture.TILL, 3, time_s, b"half a rec"))
    happened.append((capture.CLOSE, 1, time_s, b"eof"))
    happened.append((capture.START, 0, time_s + 1, b""))
    happened.append((capture.OPEN, 9, time_s + 1.1, b"pty://till3"))
    happened.append((capture.TILL, 9, time_s + 1.2, b"eipt\nTOTAL 1.00\n\x1dV\x00"))
    return records(*happened)


def read_all(reading: Reading, source: list[Record]) -> list[Printout]:
    return [found for entry in source for found in reading.take(entry) if isinstance(found, Printout)]


def test_names_are_places_and_raw_is_what_stood_there() -> None:
    source = busy_day()
    found = read_all(Reading("a"), source)
    assert len(found) == 13
    assert found[-1].raw == b"half a receipt\nTOTAL 1.00\n\x1dV\x00"
    assert found[-1].till == "pty://till3"
    assert len({printout.offset for printout in found}) == 13
    starts = {entry.start: entry for entry in source}
    assert all(printout.raw.startswith(starts[printout.offset].data) for printout in found)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.integers(0, 200), max_size=6))
def test_going_on_anywhere_loses_and_repeats_nothing(stops: list[int]) -> None:
    source = busy_day()
    expected = read_all(Reading("a"), source)
    position, found = Position(), []
    for stop in [*sorted(stop % len(source) for stop in stops), len(source)]:
        reading = Reading("a", position=Position.decode(position.encode()))
        todo = [entry for entry in source[:stop] if entry.offset >= position.offset]
        found += read_all(reading, todo)
        position = reading.position
    assert [(p.offset, p.raw, p.till) for p in found] == [(p.offset, p.raw, p.till) for p in expected]


def drawers() -> list[Record]:
    """Drawer pulses, second cuts and questions behind printouts, near and too late; on a port and on a net."""
    happened: list[tuple[int, int, float, bytes]] = [(capture.START, 0, 0, b"")]
    happened += [(capture.OPEN, 1, 0.1, b"pty://till1"), (capture.OPEN, 2, 0.1, b"10.0.0.2:2")]
    time_s = 1.0
    for sale, pause_s in enumerate((0.1, 2.5, 9.0, 11.0)):
        for number in (1, 2):
            happened.append((capture.TILL, number, time_s, RECEIPT % sale))
            happened.append((capture.TILL, number, time_s + 0.05, b"\x10\x04\x01"))
            happened.append((capture.TILL, number, time_s + pause_s, b"\x1bp\x00\x19\x19"))
            happened.append((capture.TILL, number, time_s + pause_s + 0.1, b"\n\n\x1dV\x00"))
            happened.append((capture.TILL, number, time_s + pause_s + 0.2, b"\x1b@\x1dr\x01"))
        time_s += 40
    happened += [(capture.TILL, number, 500, b"\n") for number in (1, 2)]
    return records(*sorted(happened, key=lambda one: one[2]))


def told(found: list[Found]) -> set[tuple[object, ...]]:
    """What the store hears; a tail told again by the same name changes nothing there."""
    return {
        (thing.offset, thing.raw, thing.ended_by, thing.marked)
        if isinstance(thing, Printout)
        else (thing.offset, thing.raw, thing.word, thing.at)
        for thing in found
    }


def test_what_follows_a_printout_is_told_as_its_tail_after_a_restart_too() -> None:
    source = drawers()
    reading = Reading("a")
    expected = told([thing for entry in source for thing in reading.take(entry)])
    assert len([thing for thing in expected if thing[2] == "pulse"]) == 6
    assert len([thing for thing in expected if thing[3] is False]) == 2, (
        "the late ones are drawers opened without a sale"
    )
    for stop in range(len(source)):
        before = Reading("a")
        found = [thing for entry in source[:stop] for thing in before.take(entry)]
        after = Reading("a", position=Position.decode(before.position.encode()))
        found += [thing for entry in source if entry.offset >= before.position.offset for thing in after.take(entry)]
        assert told(found) == expected, f"begun anew at record {stop}"


def test_settings_of_the_morning_come_along() -> None:
    source = records(
        (capture.OPEN, 1, 0, b"pty://t"),
        (capture.TILL, 1, 1, b"\x1b@\x1bt\x11\x1b!\x08A\nTOTAL 1.00\n\x1dV\x00"),
        (capture.TILL, 1, 9, b"\x1bt\x12B\nTOTAL 1.00\n\x1dV\x00"),
        (capture.TILL, 1, 18, b"C\nTOTAL 1.00\n\x1dV\x00"),
    )
    first, second, third = read_all(Reading("a"), source)
    assert first.setting == b""
    assert second.setting == b"\x1bt\x11\x1b!\x08"
    assert third.setting == b"\x1b!\x08\x1bt\x12"


def test_a_starved_picture_is_incomplete() -> None:
    reading = Reading("a")
    source = records((capture.OPEN, 1, 0, b"x:1"), (capture.TILL, 1, 1, b"Shop\n\x1dv0\x00\xff\x00\xff\x00half"))
    assert read_all(reading, source) == []
    (found,) = reading.tick(10)
    assert isinstance(found, Printout)
    assert found.incomplete
    assert found.raw.endswith(b"half")
    assert found.ended_by == "idle"


def test_what_the_printer_told_is_kept() -> None:
    source = records(
        (capture.OPEN, 1, 0, b"x:1"),
        (capture.TILL, 1, 1, b"Shop\nTOTAL 1.00\n\x10\x04\x04"),
        (capture.PRINTER, 1, 1.1, b"\x7e"),
        (capture.TILL, 1, 1.2, b"\x1dV\x00\x1bp\x00\x19\x19"),
    )
    reading = Reading("a")
    printout, amendment = [found for entry in source for found in reading.take(entry)]
    assert isinstance(printout, Printout)
    assert printout.heard[0].values == {"paper_near_end": True, "paper_end": True}
    assert isinstance(amendment, Amendment)
    assert (amendment.offset, amendment.word) == (printout.offset, "pulse")


def write(folder: Path, *data: bytes) -> Writer:
    ticks = count(0, 5_000_000_000)
    writer = Writer(folder, lambda: next(ticks), lambda: 10**18)
    writer.append(capture.OPEN, 1, b"x:1")
    for piece in data:
        writer.append(capture.TILL, 1, piece)
    writer.flush()
    return writer


async def test_stored_is_cut_and_a_restart_goes_on(tmp_path: Path) -> None:
    writer = write(tmp_path, *(RECEIPT % number for number in range(3)))
    writer.rotate()
    got: list[Printout] = []

    async def handle(printout: Printout) -> None:
        got.append(printout)

    task = asyncio.create_task(follow(tmp_path, "a", handle))
    await until(lambda: len(got) == 3 and Bookmark(tmp_path).load().offset > got[-1].offset)
    await until(lambda: len(capture.segments(tmp_path)) == 1)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    writer.append(capture.TILL, 1, RECEIPT % 3)
    writer.close()
    task = asyncio.create_task(follow(tmp_path, "a", handle))
    await until(lambda: len(got) == 4)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert [printout.raw for printout in got] == [RECEIPT % number for number in range(4)]


@pytest.mark.parametrize("restart", [False, True])
async def test_what_was_stored_goes_once_the_line_falls_quiet(tmp_path: Path, restart: bool) -> None:
    writer = write(tmp_path, RECEIPT % 1)
    tasks = [asyncio.create_task(follow(tmp_path, "a", _done))]
    await until(lambda: Bookmark(tmp_path).load().offset == writer.offset)
    if restart:
        tasks[0].cancel()
        await asyncio.wait(tasks)
        tasks.append(asyncio.create_task(follow(tmp_path, "a", _done)))
    writer.rotate()
    await until(lambda: [base for base, _ in capture.segments(tmp_path)] == [writer.offset], "the card number is gone")
    tasks[-1].cancel()
    await asyncio.wait(tasks)
    writer.close()


async def _done(_: Printout) -> None:
    """The store has it at once."""


async def test_a_store_that_is_down_is_asked_again(tmp_path: Path) -> None:
    write(tmp_path, RECEIPT % 1, RECEIPT % 2).close()
    tries: list[int] = []
    got: list[bytes] = []
    problems: list[str] = []

    async def handle(printout: Printout) -> None:
        tries.append(printout.offset)
        if len(tries) < 3:
            raise OSError("disk full")
        got.append(printout.raw)

    task = asyncio.create_task(
        follow(tmp_path, "a", handle, problem=lambda line, error: problems.append(f"{line}: {error}"))
    )
    await until(lambda: len(got) == 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert sorted(got) == [RECEIPT % 1, RECEIPT % 2]
    assert problems == ["a: disk full"] * 2


async def test_a_position_that_can_not_be_written_is_told_and_written_later(tmp_path: Path) -> None:
    write(tmp_path, RECEIPT % 1).close()
    for name in NAMES:
        (tmp_path / name).mkdir()
    got: list[Printout] = []
    problems: list[Exception] = []

    async def handle(printout: Printout) -> None:
        got.append(printout)

    task = asyncio.create_task(follow(tmp_path, "a", handle, problem=lambda line, error: problems.append(error)))
    await until(lambda: len(problems) == 2)
    for name in NAMES:
        (tmp_path / name).rmdir()
    await until(lambda: Bookmark(tmp_path).load().offset > got[0].offset)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert len(got) == 1
    assert {type(problem) for problem in problems} == {UnsavedPosition}


async def test_a_follower_that_ends_writes_down_where_it_is(tmp_path: Path) -> None:
    write(tmp_path, RECEIPT % 1, RECEIPT % 2).close()
    got, problems = await followed(tmp_path, lambda: None)
    assert (len(got), problems) == (2, [])
    assert Bookmark(tmp_path).load().offset > 10**9 * capture.OFFSETS_A_SECOND


async def test_the_position_never_passes_what_is_not_stored(tmp_path: Path) -> None:
    write(tmp_path, (RECEIPT % 1) + (RECEIPT % 2) + (RECEIPT % 3)).close()
    gate = asyncio.Event()
    stored: list[int] = []

    async def handle(printout: Printout) -> None:
        if printout.raw == RECEIPT % 2:
            await gate.wait()
        stored.append(printout.offset)

    task = asyncio.create_task(follow(tmp_path, "a", handle))
    await until(lambda: len(stored) == 2)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    again: list[bytes] = []

    async def second(printout: Printout) -> None:
        again.append(printout.raw)

    task = asyncio.create_task(follow(tmp_path, "a", second))
    await until(lambda: RECEIPT % 2 in again)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


STRAYS = [
    Position(1 << 60),
    Position(0, {1: Mark(1 << 60)}),
    Position(10**9 * capture.OFFSETS_A_SECOND + 100 * capture.SEGMENT_BYTES),
]


@pytest.mark.parametrize("stray", STRAYS, ids=str)
async def test_a_position_that_can_not_be_is_told_and_given_up(tmp_path: Path, stray: Position) -> None:
    write(tmp_path, RECEIPT % 1, RECEIPT % 2).close()
    save(tmp_path, stray)
    got: list[bytes] = []
    problems: list[Exception] = []

    async def handle(printout: Printout) -> None:
        got.append(printout.raw)

    task = asyncio.create_task(follow(tmp_path, "a", handle, problem=lambda line, error: problems.append(error)))
    await until(lambda: len(got) == 2)
    await until(lambda: Bookmark(tmp_path).load().offset > 10**9 * capture.OFFSETS_A_SECOND)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert got == [RECEIPT % 1, RECEIPT % 2]
    assert [type(problem) for problem in problems] == [StrayPosition]


async def followed(folder: Path, write_on: Callable[[], None]) -> tuple[list[bytes], list[Exception]]:
    """Let a follower look at what is there, write on, and give what it says of two printouts."""
    got: list[bytes] = []
    problems: list[Exception] = []

    async def handle(printout: Printout) -> None:
        got.append(printout.raw)

    follower = Follower(folder, "a", handle, None, None, lambda line, error: problems.append(error), 0.0)
    await follower.step(0)
    write_on()
    while await follower.step(0):
        pass
    await until(lambda: all(task.done() for task, _ in follower._flying))
    await follower.close()
    return got, problems


async def test_a_capture_that_grows_before_the_position_is_read_from_its_beginning(tmp_path: Path) -> None:
    writer = write(tmp_path, RECEIPT % 1)
    save(tmp_path, Position(10**9 * capture.OFFSETS_A_SECOND + 10_000))

    def more() -> None:
        writer.append(capture.TILL, 1, RECEIPT % 2)
        writer.close()

    got, problems = await followed(tmp_path, more)
    assert got == [RECEIPT % 1, RECEIPT % 2]
    assert [type(problem) for problem in problems] == [StrayPosition]


async def test_a_capture_a_power_cut_has_shortened_is_told_only_once(tmp_path: Path) -> None:
    write(tmp_path, RECEIPT % 1, RECEIPT % 2).close()
    ((base, path),) = capture.segments(tmp_path)
    save(tmp_path, Position(base + path.stat().st_size))
    os.truncate(path, path.stat().st_size - 10)

    def after_the_start() -> None:
        writer = Writer(tmp_path, lambda: 10**12, lambda: 2 * 10**18)
        writer.append(capture.START, 0, b"")
        writer.append(capture.OPEN, 1, b"x:1")
        writer.append(capture.TILL, 1, RECEIPT % 3)
        writer.close()

    got, problems = await followed(tmp_path, after_the_start)
    assert got == [RECEIPT % 3]
    assert problems == []


@pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
async def test_woken_by_a_datagram(tmp_path: Path) -> None:
    wake = Wake(tmp_path)
    events = {name: wake.subscribe(name) for name in "abc"}
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    for told, meant in ((b"a\nc", "ac"), (b"", "abc"), (b"c\nnobody\n\xff", "c")):
        sock.sendto(told, str(tmp_path / "wake.sock"))
        await until(lambda: events["c"].is_set())
        assert "".join(name for name, event in events.items() if event.is_set()) == meant
        for event in events.values():
            event.clear()
    sock.close()
    wake.close()


@pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")
async def test_the_line_process_names_what_has_grown(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    wake = Wake(tmp_path / "run")
    lines = [LineSettings(name, "tcp://127.0.0.1:0", f"file://{tmp_path / name}.out") for name in ("busy", "idle")]
    events = {name: wake.subscribe(name) for name in ("busy", "idle")}
    async with running(tmp_path, *lines) as house:
        await until(lambda: all(event.is_set() for event in events.values()), "both captures have begun")
        for event in events.values():
            event.clear()
        _, till = await asyncio.open_connection("127.0.0.1", house.lines["busy"].port)
        till.write(b"Shop\n")
        await asyncio.wait_for(events["busy"].wait(), 60)
        assert not events["idle"].is_set()
        till.close()
    wake.close()


def test_reader_goes_on_where_the_position_says(tmp_path: Path) -> None:
    write(tmp_path, RECEIPT % 1, b"Shop\nhalf").close()
    source = Reader(tmp_path).read()
    reading = Reading("a")
    read_all(reading, source)
    rest = Reader(tmp_path, reading.position.offset).read()
    assert [entry.data for entry in rest] == [b"Shop\nhalf"]


@pytest.mark.shared
def test_every_recorded_stream_gives_its_bytes_as_printouts(shared: Path) -> None:
    streams = sorted((shared / "escpos").rglob("*.bin"))
    assert streams
    for path in streams:
        data = path.read_bytes()
        pieces = [(capture.TILL, 1, 1 + at / 1e6, data[at : at + 512]) for at in range(0, len(data), 512)]
        source = records((capture.OPEN, 1, 0.5, b"x:1"), *pieces, (capture.CLOSE, 1, 60, b"eof"))
        reading, at = Reading("a"), 0
        found = [thing for entry in source for thing in reading.take(entry)]
        assert any(isinstance(thing, Printout) for thing in found), path.name
        for thing in found:
            at = data.find(thing.raw, at) + len(thing.raw)
            assert at >= len(thing.raw), path.name


def test_going_on_inside_a_record() -> None:
    both = (RECEIPT % 1) + b"\x1b@Shop\n"
    source = records(
        (capture.OPEN, 1, 0, b"x:1"), (capture.TILL, 1, 1, both), (capture.TILL, 1, 1.1, b"TOTAL 6.00\n\x1dV\x00")
    )
    reading = Reading("a")
    (first,) = read_all(reading, source[:2])
    position = reading.position
    again = Reading("a", position=position)
    (second,) = read_all(again, [entry for entry in source if entry.offset >= position.offset])
    assert second.raw == b"\x1b@Shop\nTOTAL 6.00\n\x1dV\x00"
    assert second.offset == first.offset + len(RECEIPT % 1)
