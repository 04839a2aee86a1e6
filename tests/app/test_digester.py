"""Who takes printouts apart: the thread, the processes, and the thread again when a process fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from kvit.app import digest as module
from kvit.app.digest import Job
from kvit.app.digester import BACKLOG, Digester
from kvit.receipt.printout import Prepared
from kvit.relay.reading import Printout
from kvit.worker import Worker, WorkerFailed


def making(offset: int) -> Callable[[], Job]:
    raw = b"\x1b@Corner Cafe\nTOTAL %d.00\n" % offset
    return lambda: Job("shop-1", Printout("till-1", offset, raw, b"", 1, 2, "t", "cut"), "till-1", "TM-T88V")


async def digest_many(digester: Digester, count: int) -> list[Prepared]:
    return await asyncio.gather(*(digester.digest(making(n), 100) for n in range(count)))


@pytest.fixture
async def digester() -> AsyncIterator[Digester]:
    made = Digester(2)
    yield made
    await made.close()


async def test_few_are_done_by_the_thread(digester: Digester, monkeypatch: Any) -> None:
    async def never(*_: object) -> bytes:
        raise AssertionError("a process was asked")

    monkeypatch.setattr(Worker, "work", never)
    found = await digest_many(digester, BACKLOG)
    assert [one.printout.place.offset for one in found] == list(range(BACKLOG))


async def test_a_backlog_is_done_by_processes_and_each_gets_its_own(digester: Digester) -> None:
    found = await digest_many(digester, 100)
    assert [one.printout.place.offset for one in found] == list(range(100))
    assert all(str(n) in one.printout.text for n, one in enumerate(found))


async def test_what_a_process_could_not_do_the_thread_does(digester: Digester, monkeypatch: Any) -> None:
    async def fails(*_: object) -> bytes:
        raise WorkerFailed("died")

    monkeypatch.setattr(Worker, "work", fails)
    assert len(await digest_many(digester, 100)) == 100


@pytest.mark.parametrize("count", [1, 40])
async def test_a_fault_reaches_its_own_caller_only(digester: Digester, monkeypatch: Any, count: int) -> None:
    def faulty(job: Job) -> Prepared:
        if job.found.offset == 0:
            raise ValueError("odd")
        return usual(job)

    async def fails(*_: object) -> bytes:
        raise WorkerFailed("raised")

    usual = module.digest
    monkeypatch.setattr(module, "digest", faulty)
    monkeypatch.setattr(Worker, "work", fails)
    found = await asyncio.gather(*(digester.digest(making(n), 100) for n in range(count)), return_exceptions=True)
    assert [n for n, one in enumerate(found) if isinstance(one, ValueError)] == [0]


async def test_given_up_work_is_passed_over(digester: Digester) -> None:
    tasks = [asyncio.create_task(digester.digest(making(n), 100)) for n in range(5)]
    await asyncio.sleep(0)
    tasks[3].cancel()
    found = await asyncio.gather(*tasks, return_exceptions=True)
    assert [isinstance(one, Prepared) for one in found] == [True, True, True, False, True]


async def test_all_is_over_when_it_is_closed(digester: Digester) -> None:
    await digest_many(digester, 100)
    await digester.close()
    assert all(worker._process is None for worker in digester._workers)
