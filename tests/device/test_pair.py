from __future__ import annotations

import os
import sys
import tty
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are Linux's", allow_module_level=True)

from kvit.device import pair as pairs
from kvit.refusal import Refusal


def test_every_byte_passes_both_ways(tmp_path: Path) -> None:
    pair = pairs.open_pair(tmp_path, "till1")
    assert pairs.test(pair) is None
    assert pairs.links(tmp_path) == {"till1": pair.device}
    pairs.close(pair)
    assert pairs.links(tmp_path) == {}


def test_a_till_that_leaves_does_not_hang_up_the_master(tmp_path: Path) -> None:
    pair = pairs.open_pair(tmp_path, "till1")
    till = os.open(pair.path, os.O_RDWR | os.O_NOCTTY)
    os.close(till)
    with pytest.raises(BlockingIOError):
        os.read(pair.master, 1)
    pairs.close(pair)


def test_text_mode_is_seen(tmp_path: Path) -> None:
    import termios

    pair = pairs.open_pair(tmp_path, "till1")
    mode = termios.tcgetattr(pair.slave)
    mode[1] |= termios.OPOST
    mode[3] |= termios.ECHO | termios.ICANON
    termios.tcsetattr(pair.slave, termios.TCSANOW, mode)
    refused = pairs.look(pair)
    assert isinstance(refused, Refusal)
    assert refused.code == "device.pair_cooked"
    tty.setraw(pair.slave)
    assert pairs.look(pair) is None
    pairs.close(pair)


def test_remembered(tmp_path: Path) -> None:
    pairs.remember(tmp_path, "b")
    pairs.remember(tmp_path, "a")
    assert pairs.remembered(tmp_path) == ["a", "b"]
    pairs.forget(tmp_path, "a")
    assert pairs.remembered(tmp_path) == ["b"]
    (tmp_path / "pairs.json").write_text('["../x", 5]')
    assert pairs.remembered(tmp_path) == []


@pytest.mark.parametrize("name", ["", "..", "a/b", "pairs.json", "-x", "a" * 65])
def test_names(name: str) -> None:
    assert pairs.check_name(name) is not None
