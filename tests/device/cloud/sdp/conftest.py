"""A data base for tests of one engine; what differs between engines is the spool's own to test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kvit.db import Database, open_database
from tests.device.cloud.sdp.world import ROOMS


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    """Open one on SQLite."""
    with open_database(tmp_path / "kvit.db", rooms=ROOMS) as opened:
        yield opened
