"""Who steps behind whom: a process of its own asks for its rank, its children have it too."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from kvit.app.rank import STEPS

ASK = "import os; print(os.nice(0), os.sched_getscheduler(0))"
STEP = f"""
import subprocess, sys
from kvit.app.rank import step_behind
step_behind()
subprocess.run([sys.executable, "-c", {ASK!r}])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the scheduling classes of Linux")
def test_what_steps_behind_takes_its_children_along() -> None:
    said = subprocess.run([sys.executable, "-c", STEP], capture_output=True, text=True, check=True).stdout
    assert said.split() == [str(min(19, os.nice(0) + STEPS)), str(os.SCHED_BATCH)]
