"""The worker process: answers, deadlines, deaths, queue."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator

import pytest

from kvit.worker import QUEUE_MAX, Worker, WorkerFailed

CODE = """
import sys, time, os
from kvit.worker import serve
def handle(job):
    if job == b"sleep": time.sleep(60)
    if job == b"die": os._exit(3)
    if job == b"raise": raise ValueError("no such form")
    if job == b"memory": return bytes(8 << 30)
    return job[::-1]
serve(handle, sys.stdin.buffer, sys.stdout.buffer)
"""


@pytest.fixture
async def worker() -> AsyncIterator[Worker]:
    made = Worker([sys.executable, "-c", CODE], deadline_s=60)
    yield made
    await made.close()


async def test_answers_in_order(worker: Worker) -> None:
    jobs = [f"job {n}".encode() * n for n in range(1, 30)]
    assert await asyncio.gather(*map(worker.work, jobs)) == [job[::-1] for job in jobs]


@pytest.mark.parametrize(("job", "reason"), [(b"die", "died"), (b"raise", "raised"), (b"memory", "raised")])
async def test_a_fault_is_told_and_the_next_job_is_unaffected(worker: Worker, job: bytes, reason: str) -> None:
    with pytest.raises(WorkerFailed) as failed:
        await worker.work(job)
    assert failed.value.reason == reason
    assert await worker.work(b"abc") == b"cba"


async def test_the_deadline_kills(worker: Worker) -> None:
    await worker.work(b"awake")  # a fresh process has more time
    worker._deadline_s = 0.2
    with pytest.raises(WorkerFailed, match="deadline"):
        await worker.work(b"sleep")
    worker._deadline_s = 60
    assert await worker.work(b"abc") == b"cba"


async def test_a_full_queue_says_busy(worker: Worker) -> None:
    jobs = [asyncio.create_task(worker.work(b"x")) for _ in range(QUEUE_MAX)]
    await asyncio.sleep(0)
    with pytest.raises(WorkerFailed, match="busy"):
        await worker.work(b"one too many")
    assert await asyncio.gather(*jobs) == [b"x"] * QUEUE_MAX


async def test_it_leaves_when_idle(worker: Worker) -> None:
    worker._idle_s = 0.01
    await worker.work(b"abc")
    process = worker._process
    assert process is not None
    assert await asyncio.wait_for(process.wait(), 60) == 0
    assert await worker.work(b"abc") == b"cba"
