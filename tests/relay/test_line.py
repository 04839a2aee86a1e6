"""The line process from outside: killed, restarted, asked, on a machine without Linux's own modules."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kvit.device.emulator import Emulator
from kvit.relay import capture
from kvit.relay.control import ask
from kvit.relay.holder import Holder
from tests.relay.running import running, until

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = """
import json, sys
from pathlib import Path
from kvit.relay.line import run_line
from kvit.relay.settings import LineSettings, RelaySettings
folder, lines = Path(sys.argv[1]), json.loads(sys.argv[2])
settings = RelaySettings(tuple(LineSettings(*line) for line in lines))
refused = run_line(lambda: settings, folder, hold={hold}, ready=lambda house: print("ready", flush=True))
sys.exit(0 if refused is None else 3)
"""
WITHOUT = """
import sys
for name in ("fcntl", "pty", "termios", "tty", "uvloop"):
    sys.modules[name] = None
"""


def start(folder: Path, *lines: list[str], before: str = "", hold: bool = True) -> subprocess.Popen[str]:
    script = before + SCRIPT.replace("{hold}", str(hold))
    process = subprocess.Popen(
        [sys.executable, "-c", script, str(folder), json.dumps(lines)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def end(process: subprocess.Popen[str], folder: Path) -> None:
    assert ask(folder / "run", {"do": "stop", "for_good": True})["ok"]
    assert process.wait(60) == 0
    assert process.stdout is not None
    process.stdout.close()


def state(folder: Path) -> dict[str, Any]:
    return ask(folder / "run", {"do": "state"})


pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="holder and pseudo-terminals are Linux's")


@pytest.fixture(autouse=True)
def no_holder_left(tmp_path: Path) -> Iterator[None]:
    """A test that fails between killing a line process and ending the next leaves no holder."""
    yield
    Holder(tmp_path / "run" / "holder.sock").end()


async def test_kill_9_hangs_up_nobody(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    paper = f"tcp://127.0.0.1:{await printer.listen()}"
    lines = (["serial", "pty://till1", paper], ["net", "tcp://127.0.0.1:0", paper])
    process = await asyncio.to_thread(start, tmp_path, *lines)
    till = os.open(tmp_path / "ports" / "till1", os.O_RDWR | os.O_NOCTTY)
    os.write(till, b"before\n")
    await until(lambda: bytes(printer.received) == b"before\n")
    port = (await asyncio.to_thread(state, tmp_path))["lines"][1]["port"]
    process.kill()
    process.wait()
    os.write(till, b"while nobody is there\n")
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"knocked in the dark\n")
    writer.write_eof()
    process.stdout.close()  # type: ignore[union-attr]
    process = await asyncio.to_thread(start, tmp_path, *lines)
    await until(lambda: len(printer.received) == 7 + 22 + 20)
    os.write(till, b"\x10\x04\x01")
    assert await asyncio.to_thread(os.read, till, 5) == b"\x12"
    assert (await asyncio.to_thread(state, tmp_path))["lines"][1]["port"] == port
    assert await reader.read() == b""
    writer.close()
    await writer.wait_closed()
    os.close(till)
    await asyncio.to_thread(end, process, tmp_path)
    assert b"while nobody is there\n" in printer.received
    assert b"knocked in the dark\n" in printer.received
    await printer.close()


async def test_sigterm_keeps_the_ports_and_a_second_process_is_refused(tmp_path: Path) -> None:
    lines = (["serial", "pty://till1", "file://" + str(tmp_path / "paper")],)
    process = await asyncio.to_thread(start, tmp_path, *lines)
    second = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", SCRIPT.replace("{hold}", "True"), str(tmp_path), json.dumps(lines)),
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )
    assert await second.wait() == 3
    till = os.open(tmp_path / "ports" / "till1", os.O_RDWR | os.O_NOCTTY)
    process.send_signal(signal.SIGTERM)
    assert await asyncio.to_thread(process.wait, 20) == 0
    process.stdout.close()  # type: ignore[union-attr]
    os.write(till, b"still open\n")
    process = await asyncio.to_thread(start, tmp_path, *lines)
    await until(lambda: (tmp_path / "paper").exists() and (tmp_path / "paper").read_bytes() == b"still open\n")
    os.close(till)
    await asyncio.to_thread(end, process, tmp_path)
    assert not Holder(tmp_path / "run" / "holder.sock").alive
    assert not (tmp_path / "ports" / "till1").is_symlink()


async def test_the_station_path_without_linux_modules(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    paper = f"tcp://127.0.0.1:{await printer.listen()}"
    line = ["net", "tcp://127.0.0.1:0", paper]
    process = await asyncio.to_thread(start, tmp_path, line, before=WITHOUT, hold=False)
    port = (await asyncio.to_thread(state, tmp_path))["lines"][0]["port"]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"\x1b@Shop\n\x10\x04\x01")
    assert await reader.readexactly(1) == b"\x12"
    writer.close()
    await writer.wait_closed()
    await asyncio.to_thread(end, process, tmp_path)
    assert printer.received == b"\x1b@Shop\n\x10\x04\x01"
    kinds = [record.kind for record in capture.Reader(tmp_path / "capture" / "net").read()]
    assert capture.TILL in kinds
    await printer.close()


async def test_control(tmp_path: Path) -> None:
    async with running(tmp_path):
        run = tmp_path / "run"

        async def said(question: dict[str, Any]) -> dict[str, Any]:
            return await asyncio.to_thread(ask, run, question)

        made = await said({"do": "pair", "name": "till7"})
        assert str(Path(made["path"]).readlink()) == made["device"]  # noqa: ASYNC240
        assert (await said({"do": "test", "name": "till7"})) == {"ok": True, "moved_bytes": True}
        assert (await said({"do": "pair", "name": "../x"}))["code"] == "device.address_name"
        assert (await said({"do": "test", "name": "none"}))["code"] == "device.pair_unknown"
        assert [pair["name"] for pair in (await said({"do": "state"}))["pairs"]] == ["till7"]
        assert (await said({"do": "unpair", "name": "till7"}))["ok"]
        assert (await said({"do": "unpair", "name": "till7"}))["code"] == "device.pair_in_use"
        assert (await said({"do": "dance"}))["code"] == "relay.control"
        assert (await said({"do": "reload"}))["ok"]


def test_the_line_process_stays_small() -> None:
    script = (
        "import sys; import kvit.relay.line; "
        "print([name for name in ('kvit.escpos','kvit.db','PIL','numpy','apsw','click','serialx') if name in sys.modules])"
    )
    said = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "[]\n"
