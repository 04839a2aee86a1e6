"""Where following goes on: read back, overwritten in place, and never believed when it is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.relay.bookmark import POSITION, ROOM, Bookmark
from kvit.relay.reading import Mark, Position

MARKS = st.builds(Mark, st.integers(0, 1 << 50), st.text(max_size=40), st.binary(max_size=80), st.booleans())
POSITIONS = st.builds(Position, st.integers(0, 1 << 50), st.dictionaries(st.integers(0, 1 << 32), MARKS, max_size=12))


@settings(max_examples=50, deadline=None)
@given(st.lists(POSITIONS, min_size=1, max_size=5))
def test_the_last_position_is_read_back(tmp_path_factory: pytest.TempPathFactory, positions: list[Position]) -> None:
    folder = tmp_path_factory.mktemp("line")
    bookmark = Bookmark(folder)
    for position in positions:
        bookmark.save(position)
        assert Bookmark(folder).load() == position
    bookmark.close()
    again = Bookmark(folder)
    again.save(positions[0])
    assert again.load() == positions[0]
    again.close()
    assert (folder / POSITION).stat().st_size % ROOM == 0


@pytest.mark.parametrize("data", [b"", b"\0" * 512, b"{", b"nonsense", b"00000000 {}", b'{"offset": -'])
def test_nonsense_is_the_beginning(tmp_path: Path, data: bytes) -> None:
    (tmp_path / POSITION).write_bytes(data)
    assert Bookmark(tmp_path).load() == Position()


def test_none_is_the_beginning(tmp_path: Path) -> None:
    assert Bookmark(tmp_path).load() == Position()


def test_half_of_two_positions_is_not_believed(tmp_path: Path) -> None:
    bookmark = Bookmark(tmp_path)
    halves = []
    for offset in (1000, 2000):
        bookmark.save(Position(offset, {number: Mark(offset, "10.0.0.1:5000", b"\x1bt\x11") for number in range(20)}))
        halves.append((tmp_path / POSITION).read_bytes())
    bookmark.close()
    assert len(halves[0]) == len(halves[1]) > ROOM
    (tmp_path / POSITION).write_bytes(halves[1][:ROOM] + halves[0][ROOM:])
    assert Bookmark(tmp_path).load() == Position()


def test_bare_json_of_an_older_version_is_read(tmp_path: Path) -> None:
    (tmp_path / POSITION).write_bytes(Position(77, {3: Mark(70)}).encode())
    assert Bookmark(tmp_path).load() == Position(77, {3: Mark(70)})
