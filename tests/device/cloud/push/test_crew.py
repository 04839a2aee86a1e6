"""All printers behind clouds at once: started, told of work, moved, ended; one printer's bug is not the others'."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from kvit.device.adapters.clouds import Account
from kvit.device.cloud.push.crew import Crew
from kvit.device.cloud.push.runner import Waits
from kvit.device.printers import service as printers
from kvit.device.printers.model import Origin, Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import Job, State
from kvit.net import Ask, Failed, Reply, Trouble
from tests.device.cloud.push.cloud_shop import KEY, NAME, SHOP, USER, CloudShop, cloud_shop


@contextlib.asynccontextmanager
async def running(shop: CloudShop) -> AsyncIterator[Crew]:
    crew = Crew(shop.desk, shop.accounts, shop.ask, shop.folder, lambda seconds: asyncio.sleep(0), Waits(60, 60))
    task = asyncio.create_task(crew.run())
    await asyncio.sleep(0)
    try:
        yield crew
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def ended(shop: CloudShop, job: Job) -> Job:
    """Wait until a job is out of the queue."""
    with shop.db.listen(spool.TOPIC) as keys:
        while True:
            now = shop.job(job.id)
            if now.state not in (State.QUEUED, State.SENDING, State.CONFIRMING, State.PAUSED):
                return now
            async with asyncio.timeout(10):
                await anext(aiter(keys))


async def test_work_that_comes_is_done_and_a_second_printer_too(tmp_path: Path) -> None:
    async with cloud_shop("feie", tmp_path) as shop, running(shop):
        first = shop.accept("a")[0]
        assert (await ended(shop, first)).state is State.PRINTED
        second = shop.accept("b")[0]
        assert (await ended(shop, second)).state is State.PRINTED
        assert len(shop.paper) == 2


async def test_a_printer_that_is_held_goes_on_when_it_is_let_go(tmp_path: Path) -> None:
    async with cloud_shop("feie", tmp_path) as shop:
        await shop.db.write(printers.hold, SHOP, NAME, True, shop.now_ms)
        async with running(shop):
            job = shop.accept()[0]
            await asyncio.sleep(0.05)
            assert shop.state(job.id) is State.QUEUED
            await shop.db.write(printers.hold, SHOP, NAME, False, shop.now_ms)
            assert (await ended(shop, job)).state is State.PRINTED


async def test_a_job_at_an_address_that_is_changed_is_asked_about(tmp_path: Path) -> None:
    async with cloud_shop("feie", tmp_path) as shop:
        shop.cloud.tell("stuck")
        async with running(shop):
            job = shop.accept()[0]
            with shop.db.listen(spool.TOPIC) as keys:
                while shop.state(job.id) is not State.CONFIRMING:
                    await asyncio.wait_for(anext(aiter(keys)), 10)
            moved = msgspec.structs.replace(shop.printer, address=shop.printer.address + "9")
            await shop.db.write(printers.settle, SHOP, [moved], shop.now_ms)
            found = await ended(shop, job)
            assert (found.state, found.reason) == (State.UNKNOWN, "printer changed")


async def test_printers_of_other_ways_are_left_alone(tmp_path: Path) -> None:
    async with cloud_shop("feie", tmp_path) as shop:
        crew = Crew(shop.desk, {}, shop.ask, shop.folder)
        for address in ("escpos+tcp://10.0.0.1", "starprnt+cloudprnt://001162aabbcc", "nonsense"):
            assert crew.client(Printer("x", address)) is None


async def test_only_a_printer_of_the_file_may_stand_in_the_house(tmp_path: Path) -> None:
    asked: list[Ask] = []

    async def asking(wanted: Ask) -> Reply | Failed:
        asked.append(wanted)
        return Failed(Trouble.AWAY)

    async with cloud_shop("feie", tmp_path) as shop:
        crew = Crew(shop.desk, {"x": Account(USER, KEY)}, asking, shop.folder)
        for origin in (Origin.FILE, Origin.PAGE):
            client = crew.client(Printer("x", "feie+http://192.168.1.9/921", origin))
            assert client is not None
            await client.stand()
        client = crew.client(Printer("x", "wangpos+http://192.168.1.9/print", Origin.PAGE))
        assert client is not None
        assert client.service.house
    assert [wanted.house for wanted in asked] == [True, False]


async def test_a_bug_at_one_printer_leaves_its_job_to_a_person(tmp_path: Path) -> None:
    async with cloud_shop("feie", tmp_path) as shop:
        real, shop_asked = shop.ask, [0]

        async def asking(wanted: Ask) -> Reply | Failed:
            shop_asked[0] += 1
            if b"Open_printMsg" in wanted.body:
                raise ZeroDivisionError
            return await real(wanted)

        shop.ask = asking  # type: ignore[assignment]
        async with running(shop):
            job = shop.accept()[0]
            assert (await ended(shop, job)).state is State.UNKNOWN
            await asyncio.wait_for(shop.told.wait(), 10)
        assert ("print.cloud.bug", {"printer": NAME, "error": "ZeroDivisionError"}) in shop.logged
        assert not any(KEY in str(values) for _, values in shop.logged)
