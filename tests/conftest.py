"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.databases import database as database

# How fast a machine is today is no finding, nor that it was slow in drawing an example. The examples of an ordinary run
# are the same every time, so that nobody's change fails by what somebody else's code does with a new one; new ones are
# looked for with --hypothesis-seed=N or --hypothesis-profile=search.
_PATIENT = [HealthCheck.too_slow]
settings.register_profile("search", deadline=None, database=None, print_blob=True, suppress_health_check=_PATIENT)
settings.register_profile("kvit", settings.get_profile("search"), derandomize=True)
settings.load_profile("kvit")

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    """A seed asks for other examples than those of every day."""
    if config.getoption("--hypothesis-seed") is not None and not config.getoption("--hypothesis-profile"):
        settings.load_profile("search")


@pytest.fixture
def tmp_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of the test's own, without its name: Unix sockets lie in some, and their paths have 107 bytes at most."""
    return tmp_path_factory.mktemp("t")


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data this project did not write; tests that need it are skipped where it is absent."""
    folder = Path(os.environ.get("KVIT_SHARED", ROOT.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip("the shared data folder is not beside this checkout (KVIT_SHARED names another place)")
    return folder
