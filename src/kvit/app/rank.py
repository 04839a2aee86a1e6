"""Rank: who goes first on the processor when there is more to do than it can.

A till waits for its printer's answer, a person for a page, a receipt for nobody. So the line process keeps the usual rank,
the shop steps behind it, and its workers (`kvit.worker`) behind the shop. Measured with 200 tills on two cores, the slowest
hundredth of round trips is half as long. What a wake-up may interrupt matters as much as the share of time: a batch process
(sched(7), ``SCHED_BATCH``) that wakes up interrupts nobody.
"""

from __future__ import annotations

import contextlib
import os
import sys

STEPS = 5
"""Nice steps: beside a busy program of the usual rank the shop still has a quarter of a core."""


def step_behind() -> None:
    """Let this process, and all it starts, come after whatever serves a till. Windows is left as it is."""
    if sys.platform == "win32":
        return
    with contextlib.suppress(OSError):
        os.nice(STEPS)
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
