"""``kvit readers`` and ``kvit emulate reader``: what is configured, and a code typed here read there."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.running import good, refused

KVIT = [sys.executable, "-c", "from kvit.cli import main; main()"]


def test_no_reader(config: Path) -> None:
    assert b"[reader.counter]" in good("readers", "--config", config)
    assert "[reader.counter]" in refused("readers", "--config", config, "--watch")


def test_readers_as_they_are_written(config: Path) -> None:
    with config.open("a") as file:
        file.write('[reader.counter]\naddress = "serial:///dev/ttyACM7?baud=115200"\n')
    said = json.loads(good("readers", "--config", config, "--json"))
    assert [(each["reader"], each["link"], each["address"]) for each in said["readers"]] == [
        ("counter", "unknown", "serial:///dev/ttyACM7?baud=115200")
    ]
    assert b"serial:///dev/ttyACM7" in good("readers", "--config", config)


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ('address = "gopher://x"', "gopher"),
        ('address = "usb:///dev/usb/lp0"', "no reader"),
        ('adress = "nfc://"', "address"),
        ('address = "nfc://"\nend = "semicolon"', "end"),
        ('address = "nfc://"\ngap_ms = -1', "gap_ms"),
    ],
)
def test_a_reader_wrongly_written(config: Path, lines: str, word: str) -> None:
    with config.open("a") as file:
        file.write(f"[reader.counter]\n{lines}\n")
    said = refused("readers", "--config", config)
    assert word in said
    assert "kvit.toml, line" in said


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are Linux's")
def test_a_code_typed_here_is_read_there(config: Path, tmp_path: Path) -> None:
    link = tmp_path / "scanner"
    with config.open("a") as file:
        file.write(f'[reader.counter]\naddress = "serial://{link}"\n')
    env = {**os.environ, "LC_ALL": "C.UTF-8", "KVIT_LANG": "en", "PYTHONUNBUFFERED": "1"}
    scanner = subprocess.Popen(
        [*KVIT, "emulate", "reader", str(link), "--aim", "]Q1"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env,
    )  # fmt: skip
    assert scanner.stdin is not None
    assert scanner.stdout is not None
    assert str(link) in scanner.stdout.readline().decode()
    watch = subprocess.Popen(
        [*KVIT, "readers", "--config", str(config), "--watch", "--json"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=env,
    )  # fmt: skip
    assert watch.stdout is not None
    assert watch.stderr is not None
    try:
        while b"counter: open" not in watch.stderr.readline():
            pass
        scanner.stdin.write(b"https://r.example.com/t/ABC\n")
        scanner.stdin.flush()
        identity = json.loads(watch.stdout.readline())["identity"]
        assert (identity["kind"], identity["value"]) == ("qr", "https://r.example.com/t/ABC")
        assert abs(identity["at_ms"] - time.time() * 1000) < 60_000
    finally:
        watch.send_signal(signal.SIGINT)
        said = watch.communicate(timeout=60)
        scanner.communicate(timeout=60)
    assert watch.returncode == 0, said
    assert scanner.returncode == 0
    assert not link.is_symlink()
