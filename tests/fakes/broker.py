"""A real MQTT broker for tests: Mosquitto on a port of its own, which can be switched off and on."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ports import free_port

PROGRAM = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
WAIT_S = 30.0


class Broker:
    """One broker; sessions are kept in its folder over restarts."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self._config = folder / "mosquitto.conf"
        self._config.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\npersistence true\npersistence_location {folder}/\n"
            "autosave_on_changes true\nautosave_interval 1\n",
            "utf-8",
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Switch it on; returns once it answers."""
        assert PROGRAM
        self._process = subprocess.Popen([PROGRAM, "-c", str(self._config)], stderr=subprocess.DEVNULL)
        deadline_s = time.monotonic() + WAIT_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                assert time.monotonic() < deadline_s
                time.sleep(0.02)
            else:
                return

    def stop(self, *, crash: bool = False) -> None:
        """Switch it off: with farewells (it publishes the wills of all), or without."""
        if self._process is not None:
            (self._process.kill if crash else self._process.terminate)()
            self._process.wait(WAIT_S)
            self._process = None


@pytest.fixture
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    """A broker that runs; the test is skipped where there is no Mosquitto."""
    if PROGRAM is None:
        pytest.skip("no mosquitto on this machine")
    pytest.importorskip("aiomqtt", reason="the extra mqtt is not installed")
    made = Broker(tmp_path_factory.mktemp("b"))
    made.start()
    yield made
    made.stop()
