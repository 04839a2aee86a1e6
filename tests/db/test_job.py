"""The line before the threads: bounded, and nobody is left standing."""

from __future__ import annotations

import concurrent.futures
import threading
from typing import Any

import pytest

from kvit.db import Contention, DatabaseClosed
from kvit.db.job import WAITING_LIMIT, Job, Line


def job() -> Job:
    future: concurrent.futures.Future[Any] = concurrent.futures.Future()
    return Job(lambda tx: None, (), {}, future, None)


def test_what_waits_is_taken_together_up_to_a_limit() -> None:
    line, jobs = Line(), [job() for _ in range(5)]
    for one in jobs:
        line.put(one)
    assert line.take_all(3) == (jobs[:3], False)
    assert line.take_all(3) == (jobs[3:], False)


def test_a_closed_line_is_served_to_its_end() -> None:
    line, one, served = Line(), job(), []
    line.put(one)
    thread = threading.Thread(target=lambda: served.append(line.take_all(10)))
    thread.start()
    line.close([thread])
    assert served[0][0] == [one]
    with pytest.raises(DatabaseClosed):
        line.put(job())


def test_who_slipped_in_late_is_refused() -> None:
    line, late = Line(), job()
    line.put(late)
    line.close([])
    with pytest.raises(DatabaseClosed):
        late.future.result(0)  # type: ignore[call-arg]


def test_a_line_that_is_too_long_takes_nobody() -> None:
    line, one = Line(), job()
    for _ in range(WAITING_LIMIT):
        line.put(one)
    with pytest.raises(Contention, match="Too many"):
        line.put(one)
