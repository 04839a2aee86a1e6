"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.databases import database as database

settings.register_profile("kvit", deadline=None)  # how fast a machine is today is no finding
settings.load_profile("kvit")

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data this project did not write; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("KVIT_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip("the shared data folder is not beside this checkout (KVIT_SHARED names another place)")
    return folder
