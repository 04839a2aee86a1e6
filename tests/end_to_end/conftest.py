"""A whole shop for a test, and one shared by the tests that only print through it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.end_to_end.running import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop that is not started yet."""
    if sys.platform != "linux":
        pytest.skip("whole shops are run on Linux")
    made = Shop(tmp_path)
    try:
        yield made
    finally:
        made.clean()
