"""Where following goes on: read back, overwritten in place, and never believed where it is damaged."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.relay import capture
from kvit.relay.bookmark import NAMES, ROOM, Bookmark
from kvit.relay.follow import Follower
from kvit.relay.reading import Mark, Position, Printout

MARKS = st.builds(Mark, st.integers(0, 1 << 50), st.text(max_size=40), st.binary(max_size=80), st.booleans())
POSITIONS = st.builds(Position, st.integers(0, 1 << 50), st.dictionaries(st.integers(0, 1 << 32), MARKS, max_size=12))


def at(offset: int) -> Position:
    return Position(offset, {number: Mark(offset, "10.0.0.1:5000", b"\x1bt\x11") for number in range(20)})


def save(folder: Path, position: Position) -> None:
    bookmark = Bookmark(folder)
    bookmark.save(position)
    bookmark.close()


@settings(max_examples=50, deadline=None)
@given(st.lists(POSITIONS, min_size=1, max_size=5))
def test_the_last_position_is_read_back(tmp_path_factory: pytest.TempPathFactory, positions: list[Position]) -> None:
    folder = tmp_path_factory.mktemp("line")
    bookmark = Bookmark(folder)
    for position in positions:
        bookmark.save(position)
        assert Bookmark(folder).load() == position
    bookmark.close()
    save(folder, positions[0])
    assert Bookmark(folder).load() == positions[0]
    assert all((folder / name).stat().st_size % ROOM == 0 for name in NAMES)


NONSENSE = [b"", b"\0" * 512, b"{", b"nonsense", b"00000000 1 {}", b'{"offset": -', b"\xff\xfe 1 {}"]


@pytest.mark.parametrize("data", NONSENSE)
def test_nonsense_is_the_beginning(tmp_path: Path, data: bytes) -> None:
    for name in NAMES:
        (tmp_path / name).write_bytes(data)
    assert Bookmark(tmp_path).load() == Position()
    save(tmp_path, at(5))
    assert Bookmark(tmp_path).load() == at(5)


def test_none_is_the_beginning(tmp_path: Path) -> None:
    assert Bookmark(tmp_path).load() == Position()


@pytest.mark.parametrize("name", NAMES)
def test_what_a_power_cut_tore_leaves_the_position_before(tmp_path: Path, name: str) -> None:
    """The half of the new position that reached the disk, before the half of the one that stood there."""
    written = []
    for offset in (1000, 2000, 3000, 4000):
        save(tmp_path, at(offset))
        written.append((tmp_path / name).read_bytes() if (tmp_path / name).exists() else b"")
    newest = max(n for n in range(4) if written[n] != written[n - 1])
    older, torn = written[newest - 1], written[newest]
    assert len(older) == len(torn) > ROOM
    (tmp_path / name).write_bytes(torn[:ROOM] + older[ROOM:])
    left = Bookmark(tmp_path).load()
    assert left == (at(3000) if newest == 3 else at(4000))
    save(tmp_path, at(5000))
    assert Bookmark(tmp_path).load() == at(5000)


def test_from_the_first_time_on_both_files_have_their_room(tmp_path: Path) -> None:
    save(tmp_path, at(5))
    assert {(tmp_path / name).stat().st_size for name in NAMES} == {-(-(len(at(5).encode()) + 20) // ROOM) * ROOM}


@pytest.mark.parametrize("name", NAMES)
def test_what_is_kept_stands_in_both(tmp_path: Path, name: str) -> None:
    save(tmp_path, at(5))
    bookmark = Bookmark(tmp_path)
    bookmark.keep(at(6))
    bookmark.close()
    (tmp_path / name).unlink()
    assert Bookmark(tmp_path).load() == at(6)


@pytest.mark.parametrize("name", NAMES)
async def test_a_lost_file_costs_nothing_where_the_capture_was_cut_inside_a_receipt(tmp_path: Path, name: str) -> None:
    ticks = itertools.count(10**9, 10**6)
    writer = capture.Writer(tmp_path, lambda: next(ticks), lambda: 10**18)
    for piece in (b"Shop\nTOTAL 1.00\n\x1dV\x00Shop\nTea", b"pot\nTOTAL 2.00\n\x1dV\x00"):
        writer.rotate()
        writer.append(capture.TILL, 1, piece)
        writer.flush()
        told = await _told(tmp_path)
    assert told == [b"Shop\nTeapot\nTOTAL 2.00\n\x1dV\x00"]
    assert len(capture.segments(tmp_path)) == 1
    (tmp_path / name).write_bytes(b"torn")
    assert await _told(tmp_path) == []
    writer.close()


async def _told(folder: Path) -> list[bytes]:
    """Follow until there is nothing more, as long as no silence ends a receipt."""
    told: list[bytes] = []

    async def handle(printout: Printout) -> None:
        told.append(printout.raw)

    follower = Follower(folder, "a", handle, None, None, lambda line, error: pytest.fail(str(error)), 0.0)
    while await follower.step(1.0):
        pass
    await asyncio.gather(*(task for task, _ in follower._flying))
    await follower.step(1.0)
    await follower.close()
    return told


def test_bare_json_of_an_older_version_is_read_until_it_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / NAMES[0]).write_bytes(at(77).encode())
    assert Bookmark(tmp_path).load() == at(77)
    for offset in (78, 79):
        save(tmp_path, at(offset))
        assert Bookmark(tmp_path).load() == at(offset)
