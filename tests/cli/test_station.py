"""``kvit relay run`` as on Windows: no fcntl, pty, termios, uvloop, no Unix modules of any kind."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kvit.relay.control import ask

ROOT = Path(__file__).resolve().parents[2]
WITHOUT = """
import sys
for name in ("fcntl", "pty", "termios", "tty", "resource", "pwd", "grp", "uvloop", "httptools", "apsw", "numpy", "PIL"):
    sys.modules[name] = None
from kvit.cli import main
main()
"""


def start(config: Path, *words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", WITHOUT, *words, "--config", str(config)],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def wait_for(config: Path, process: subprocess.Popen[bytes]) -> None:
    run = config.parent / "data" / "run"
    deadline_s = time.monotonic() + 60
    while True:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline_s
        try:
            if ask(run, {"do": "state"})["ok"]:
                return
        except (OSError, ValueError):
            time.sleep(0.02)


def test_a_station_prints_without_linux_modules(config: Path) -> None:
    text = config.read_text("utf-8")
    port = int(text.split('till = "tcp://127.0.0.1:')[1].split('"')[0])
    paper = int(text.split('printer = "tcp://127.0.0.1:')[1].split('"')[0])
    process = start(config, "relay", "run")
    try:
        wait_for(config, process)
        with (
            socket.create_server(("127.0.0.1", paper)) as printer,
            socket.create_connection(("127.0.0.1", port)) as till,
        ):
            till.sendall(b"\x1b@Shop\n\x10\x04\x01")
            host, _ = printer.accept()
            with host:
                got = b""
                while len(got) < 10:
                    got += host.recv(100)
                assert got == b"\x1b@Shop\n\x10\x04\x01"
                host.sendall(b"\x12")
                assert till.recv(1) == b"\x12"
        status = start(config, "relay", "status")
        said, _ = status.communicate(timeout=60)
        assert b"10 bytes printed" in said
    finally:
        ask(config.parent / "data" / "run", {"do": "stop", "for_good": True})
        process.communicate(timeout=60)
    assert process.returncode == 0


@pytest.mark.parametrize("words", [("config", "show"), ("relay", "pair", "list")])
def test_other_station_verbs_start_without_linux_modules(config: Path, words: tuple[str, ...]) -> None:
    process = start(config, *words)
    _, said = process.communicate(timeout=60)
    assert b"Traceback" not in said, said.decode()
