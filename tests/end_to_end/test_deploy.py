"""The systemd units: well formed, and the line's restart leaves the holder alone."""

from __future__ import annotations

import configparser
import shutil
import subprocess

import pytest

from tests.end_to_end.running import ROOT

UNITS = sorted((ROOT / "deploy").glob("*.service"))


def test_systemd_understands_the_units() -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze here")
    done = subprocess.run(["systemd-analyze", "verify", *map(str, UNITS)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_restart_of_the_line_hangs_up_no_till() -> None:
    """By default systemd ends all processes of a service, the holder of the ports too."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(ROOT / "deploy" / "kvit-line.service", "utf-8")
    assert unit["Service"]["KillMode"] == "process"
