"""A pytest plugin: writes the ids of the tests that failed, a line each, into the file ``$KVIT_FAILURES`` names.

``tools/check.py`` reads them to run a few of them once more, alone.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

GROUP = re.compile(r"@[\w-]+$")
"""What xdist puts behind the id of a test that belongs to a group."""
_failed: dict[str, None] = {}


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note a test of which any part failed."""
    if report.failed:
        _failed[GROUP.sub("", report.nodeid)] = None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write them down; workers leave that to who started them."""
    place = os.environ.get("KVIT_FAILURES")
    if place and not hasattr(session.config, "workerinput"):
        Path(place).write_text("".join(f"{id_}\n" for id_ in _failed), "utf-8")
