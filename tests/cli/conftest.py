"""A shop's configuration of a test's own."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """A kvit.toml whose data lies beside it and whose ports nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as other:
        ports = one.getsockname()[1], other.getsockname()[1]
    path = tmp_path / "kvit.toml"
    path.write_text(
        f'[data]\nfolder = "data"\n[[relay.line]]\nname = "net"\ntill = "tcp://127.0.0.1:{ports[0]}"\n'
        f'printer = "tcp://127.0.0.1:{ports[1]}"\n',
        "utf-8",
    )
    return path
