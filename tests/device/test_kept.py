"""What an emulated printer keeps: the last bytes, within bounds, and a full disk is no reason not to print."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kvit.device.emulator import Emulator
from kvit.device.kept import Kept


def unheard(error: OSError) -> None:
    raise AssertionError(error)


def both(path: Path) -> bytes:
    old = path.with_name("kept.old")
    return (old.read_bytes() if old.exists() else b"") + path.read_bytes()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.binary(max_size=25), max_size=12))
def test_the_last_bytes_are_there_and_never_more_than_twice_as_many(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("kept") / "kept"
    for piece in pieces:
        kept = Kept(path, unheard, 10)  # a printer switched on again goes on behind
        kept.add(piece)
        kept.close()
    said = b"".join(pieces)
    if pieces:
        assert said.endswith(both(path))
        assert len(said) <= 10 or 10 < len(both(path)) <= 20


def test_a_file_that_was_too_long_already_is_set_aside(tmp_path: Path) -> None:
    (tmp_path / "kept").write_bytes(b"x" * 50)
    kept = Kept(tmp_path / "kept", unheard, 10)
    kept.add(b"new")
    kept.close()
    assert (tmp_path / "kept").read_bytes() == b"new"
    assert (tmp_path / "kept.old").read_bytes() == b"x" * 50


def test_a_full_disk_is_told_once_and_printing_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[OSError] = []
    printer = Emulator("TM-T88V", kept=tmp_path / "kept", unkept=told.append)
    printer.keep(b"one ")

    def full(file: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "write", full)
        printer.keep(b"two ")
        printer.keep(b"three ")
    assert [error.errno for error in told] == [28]
    assert printer.state()["unkept_bytes"] == 10
    printer.keep(b"four")
    assert (tmp_path / "kept").read_bytes() == b"one four"
    assert printer.received_bytes == 18
