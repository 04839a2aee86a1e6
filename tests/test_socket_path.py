"""Sockets of data that lie deep: short, always the same, in nobody else's folder."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from kvit.socket_path import PATH_BYTES_MAX, ForeignFolderError, socket_path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Unix sockets")


def test_a_short_path_stays() -> None:
    assert socket_path(Path("/srv/kvit/run/line.sock")) == Path("/srv/kvit/run/line.sock")


def test_a_long_path_can_be_bound_and_is_told_apart(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * PATH_BYTES_MAX)
    short = socket_path(deep / "line.sock", tmp_path)
    assert short == socket_path(deep / "line.sock", tmp_path)
    assert short != socket_path(deep / "wake.sock", tmp_path)
    with socket.socket(socket.AF_UNIX) as sock:
        sock.bind(str(short) + ".1234567")
    assert short.parent.stat().st_mode & 0o777 == 0o700


def test_a_folder_open_to_others_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / f"kvit-{os.getuid()}"
    folder.mkdir()
    folder.chmod(0o777)
    with pytest.raises(ForeignFolderError):
        socket_path(tmp_path / ("d" * PATH_BYTES_MAX), tmp_path)
