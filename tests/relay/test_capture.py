from __future__ import annotations

import os
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kvit.relay import capture
from kvit.relay.capture import Reader, Record, Writer


def writer(folder: Path) -> Writer:
    ticks = count(1_000_000_000_000, 1000)
    return Writer(folder, lambda: next(ticks), lambda: 10**18 + next(ticks))


def payloads(records: list[Record]) -> list[bytes]:
    return [record.data for record in records]


@given(
    st.integers(1, 9), st.integers(0, 2**32 - 1), st.integers(0, 2**63), st.integers(0, 2**63), st.binary(max_size=300)
)
def test_twins(kind: int, connection: int, mono: int, wall: int, data: bytes) -> None:
    raw = capture.encode(kind, connection, mono, wall, data)
    assert capture.decode(raw + b"tail", 0, 77) == Record(77, kind, connection, mono, wall, data)
    assert capture.decode(raw[:-1], 0, 77) is None


@given(st.binary(min_size=1, max_size=40), st.data())
def test_a_flipped_bit_is_seen(data: bytes, pick: st.DataObject) -> None:
    raw = bytearray(capture.encode(1, 2, 3, 4, data))
    place = pick.draw(st.integers(0, len(raw) - 1).filter(lambda at: not 9 <= at < 12))
    raw[place] ^= 1 << pick.draw(st.integers(0, 7))
    assert capture.decode(bytes(raw), 0, 0) is None


def test_read_as_it_grows(tmp_path: Path) -> None:
    reader = Reader(tmp_path / "a")
    assert reader.read() == []
    out = writer(tmp_path / "a")
    out.append(capture.TILL, 1, b"one")
    assert reader.read() == []
    out.flush()
    assert payloads(reader.read()) == [b"one"]
    assert reader.read() == []
    out.append(capture.TILL, 1, b"two")
    out.rotate()
    out.append(capture.TILL, 1, b"three")
    out.flush()
    out.rotate()
    out.append(capture.TILL, 1, b"four")
    out.close()
    assert payloads(reader.read()) + payloads(reader.read()) + payloads(reader.read()) == [b"two", b"three", b"four"]
    reader.close()


@pytest.mark.parametrize("cut", range(1, 36))
def test_torn_tail(tmp_path: Path, cut: int) -> None:
    out = writer(tmp_path)
    out.append(capture.TILL, 1, b"whole")
    out.append(capture.TILL, 1, b"torn")
    out.close()
    (_, path), *_ = capture.segments(tmp_path)
    os.truncate(path, path.stat().st_size - cut)
    reader = Reader(tmp_path)
    assert payloads(reader.read()) == [b"whole"]
    out = writer(tmp_path)
    out.append(capture.TILL, 2, b"after")
    out.close()
    assert payloads(reader.read()) == [b"after"]
    assert reader.torn == (1 if cut < 36 else 0)
    reader.close()


def test_zeros_are_no_record(tmp_path: Path) -> None:
    out = writer(tmp_path)
    out.append(capture.TILL, 1, b"whole")
    out.close()
    (_, path), *_ = capture.segments(tmp_path)
    with path.open("ab") as file:
        file.write(bytes(4096))
    reader = Reader(tmp_path)
    assert payloads(reader.read()) == [b"whole"]
    reader.close()


def test_offsets_are_never_used_twice(tmp_path: Path) -> None:
    seen = set()
    for round_ in range(4):
        out = writer(tmp_path)
        seen.add(out.offset)
        out.append(capture.TILL, 1, b"x" * round_)
        out.close()
    assert len(seen) == 4


def later_writer(folder: Path) -> Writer:
    return Writer(folder, lambda: 10**12, lambda: 10**18 + 1060 * 10**9)


@pytest.mark.parametrize("left", [0, 1, 60])
def test_a_segment_shorter_after_a_power_cut_hides_nothing_that_comes_after(tmp_path: Path, left: int) -> None:
    first = writer(tmp_path)
    for _ in range(100):
        first.append(capture.TILL, 1, b"stored and then cut off")
    first.close()
    reader = Reader(tmp_path)
    reader.read()
    os.truncate(capture.segments(tmp_path)[-1][1], left)
    second = later_writer(tmp_path)
    second.append(capture.TILL, 1, b"after")
    second.close()
    assert second.offset > reader.offset
    assert payloads(Reader(tmp_path, reader.offset).read()) == [b"after"]
    assert payloads(reader.read()) == [b"after"]


def test_a_segment_cut_while_it_is_written_is_left_at_the_next_rotation(tmp_path: Path) -> None:
    one = writer(tmp_path)
    one.append(capture.TILL, 1, b"x" * 100)
    one.flush()
    reader = Reader(tmp_path)
    reader.read()
    os.truncate(capture.segments(tmp_path)[-1][1], 10)
    one.rotate()
    one.append(capture.TILL, 1, b"after")
    one.close()
    assert payloads(Reader(tmp_path, reader.offset).read()) == [b"after"]
    assert payloads(reader.read()) == [b"after"]


def test_cut_keeps_what_is_wanted(tmp_path: Path) -> None:
    out = writer(tmp_path)
    offsets = []
    for number in range(4):
        offsets.append(out.offset)
        out.append(capture.TILL, 1, str(number).encode())
        out.flush()
        out.rotate()
    assert capture.cut(tmp_path, offsets[2]) == 2
    assert payloads(Reader(tmp_path, offsets[2]).read()) == [b"2"]
    assert capture.cut(tmp_path, 2**62) == 2
    assert len(capture.segments(tmp_path)) == 1
    out.close()


def test_a_full_disk_is_said_later(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out = writer(tmp_path)
    out.append(capture.TILL, 1, b"one")
    out.flush()
    real = os.write

    def full(fd: int, data: bytes) -> int:
        return real(fd, data[:10])

    monkeypatch.setattr(os, "write", full)
    out.append(capture.TILL, 1, b"lost!")
    assert not out.flush()
    assert out.lost_bytes == 5
    monkeypatch.setattr(os, "write", real)
    out.append(capture.TILL, 1, b"two")
    out.close()
    reader = Reader(tmp_path)
    found = [*reader.read(), *reader.read()]
    assert [(record.kind, record.data) for record in found] == [
        (capture.TILL, b"one"),
        (capture.GAP, b"5"),
        (capture.TILL, b"two"),
    ]
    reader.close()
