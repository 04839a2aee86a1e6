"""Where following goes on: read back, overwritten in place, and never believed where it is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.relay.bookmark import NAMES, ROOM, Bookmark
from kvit.relay.reading import Mark, Position

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


def test_bare_json_of_an_older_version_is_read_until_it_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / NAMES[0]).write_bytes(at(77).encode())
    assert Bookmark(tmp_path).load() == at(77)
    for offset in (78, 79):
        save(tmp_path, at(offset))
        assert Bookmark(tmp_path).load() == at(offset)
