"""The holder: what is left with it comes back, and it does not stay for ever when nobody does."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from kvit.relay import holder as holders
from kvit.relay.control import Control
from kvit.relay.holder import Clock, Holder, serve
from kvit.relay.house import House
from kvit.relay.settings import LineSettings, RelaySettings
from tests.relay.running import until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the holder is Linux's")
WAIT_S = 60
PTY = RelaySettings((LineSettings("a", "pty://till1", "tcp://127.0.0.1:9"),))


@pytest.fixture
def holder(tmp_path: Path) -> Iterator[Holder]:
    held = Holder(tmp_path / "holder.sock")
    yield held
    held.end()


@pytest.fixture(autouse=True)
def none_left(tmp_path: Path) -> Iterator[None]:
    """A test that fails leaves no holder either."""
    yield
    for place in ("holder.sock", "run/holder.sock"):
        Holder(tmp_path / place).end()


def in_thread(path: Path, alone_s: float, look_s: float, clock: Clock = time.monotonic) -> threading.Thread:
    thread = threading.Thread(target=serve, args=(str(path), alone_s, look_s, clock), daemon=True)
    thread.start()
    return thread


def broken() -> RelaySettings:
    raise RuntimeError("a defect of ours")


def test_what_was_left_comes_back(holder: Holder) -> None:
    holder.start()
    reading, writing = os.pipe()
    holder.put("a", [reading])
    os.close(reading)
    (back,) = holder.get("a")
    os.write(writing, b"still open")
    assert os.read(back, 100) == b"still open"
    holder.drop("a")
    assert holder.get("a") == []
    for descriptor in (back, writing):
        os.close(descriptor)


def test_nonsense_does_not_end_it(holder: Holder) -> None:
    holder.start()
    for said in (b"", b"{", b"[]", b"7", b'{"key": 1}', b'{"do": "dance"}', b'{"do": "put", "key": [1]}'):
        with holder._connect() as sock:
            sock.send(said)
    assert holder.alive


def test_whoever_reads_our_output_to_its_end_does_not_wait_for_it(tmp_path: Path) -> None:
    script = "import sys; from kvit.relay.holder import Holder; h = Holder(sys.argv[1]); h.start(); h.close()"
    path = tmp_path / "holder.sock"
    said = subprocess.run([sys.executable, "-c", script, path], capture_output=True, timeout=WAIT_S, check=True)
    assert (said.stdout, said.stderr) == (b"", b"")
    held = Holder(path)
    assert held.alive
    held.end()


async def test_it_ends_when_nobody_comes_back(tmp_path: Path) -> None:
    path, now = tmp_path / "holder.sock", [0.0]
    thread = in_thread(path, holders.ALONE_S, 0.01, lambda: now[0])
    await until(path.exists)
    line = Holder(path)
    line.start()
    assert not line.ours
    now[0] += 2 * holders.ALONE_S
    assert line.alive, "for a line process is there"
    line.close()
    assert line.alive, "for it may come back"
    now[0] += 2 * holders.ALONE_S
    thread.join(WAIT_S)
    assert not thread.is_alive()
    assert not path.exists()


async def test_it_ends_when_its_folder_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "holder.sock"
    thread = in_thread(path, holders.ALONE_S, 0.05)
    await until(path.exists)
    path.unlink()
    thread.join(WAIT_S)
    assert not thread.is_alive()


async def test_a_start_that_fails_leaves_no_holder(tmp_path: Path) -> None:
    house = House(tmp_path, broken)
    with pytest.raises(RuntimeError, match="a defect"):
        await house.start()
    assert house.holder.ours
    assert not house.holder.alive


async def test_a_restart_that_fails_leaves_what_tills_have_open(tmp_path: Path) -> None:
    first = House(tmp_path, lambda: PTY)
    await first.start()
    await first.stop()
    with pytest.raises(RuntimeError, match="a defect"):
        await House(tmp_path, broken).start()
    held = Holder(tmp_path / "run" / "holder.sock")
    assert len(held.get("pty://till1")) == 2
    third = House(tmp_path, lambda: PTY)
    await third.start()
    third.keep_ports = False
    await third.stop()
    await until(lambda: not held.alive)


async def test_what_fails_behind_the_lines_leaves_no_holder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from kvit.relay.line import serve as run

    async def full(self: Control) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(Control, "start", full)
    with pytest.raises(OSError, match="no space"):
        await run(lambda: PTY, tmp_path)
    assert not Holder(tmp_path / "run" / "holder.sock").alive


async def test_a_holder_that_is_killed_is_followed_by_another(tmp_path: Path) -> None:
    both = RelaySettings(
        (
            LineSettings("a", "pty://till1", "tcp://127.0.0.1:9"),
            LineSettings("b", "tcp://127.0.0.1:0", "tcp://127.0.0.1:9"),
        )
    )
    house = House(tmp_path, lambda: both)
    await house.start()
    assert house.holder._process is not None
    first = house.holder._process
    first.kill()
    await until(lambda: first.poll() is not None)

    def kept(key: str) -> int:
        there = house.holder.get(key)
        for file in there:
            os.close(file)
        return len(there)

    await until(lambda: house.holder.alive and kept("pty://till1") == 2)
    await until(lambda: kept("tcp://127.0.0.1:0") == 1)
    assert house.holder._process is not first
    house.keep_ports = False
    await house.stop()
