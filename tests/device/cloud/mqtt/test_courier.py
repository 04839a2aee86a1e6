"""The courier with a real broker and emulated printers: jobs come by ring or whole, and link loss prints nothing twice."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiomqtt
import httpx2
import pytest
from starlette.applications import Starlette

from kvit.device.cloud.cloudprnt.emulator import letters
from kvit.device.cloud.cloudprnt.routes import paths
from kvit.device.cloud.mqtt.courier import Courier
from kvit.device.cloud.mqtt.emulator import BrokerStar
from kvit.device.cloud.mqtt.settings import MqttSettings
from kvit.device.spool import service as spool
from kvit.device.spool.model import Evidence, State
from kvit.paper.document import Document, Image, print_document
from tests.device.cloud.cloudprnt.house import NAME, SHOP, House, house
from tests.fakes.broker import Broker

WAIT_S = 30.0


async def until(condition: Callable[[], Awaitable[Any]]) -> Any:
    """Wait for what another party brings about."""
    async with asyncio.timeout(WAIT_S):
        while not (found := await condition()):  # noqa: ASYNC110 - another process brings it about
            await asyncio.sleep(0.01)
        return found


class World:
    """A shop, its courier, and a printer on the broker."""

    def __init__(self, shop: House, courier: Courier, star: BrokerStar) -> None:
        self.shop, self.courier, self.star = shop, courier, star

    async def state(self, id_: str, *wanted: State) -> State:
        async def there() -> State | None:
            state = (await self.shop.job(id_)).state
            return state if state in wanted else None

        found: State = await until(there)
        return found


@asynccontextmanager
async def world(folder: Path, broker: Broker, mode: str = "full", **values: Any) -> AsyncIterator[World]:
    """Begin with a printer that is connected and known to be well."""
    async with house(folder) as shop:
        settings = MqttSettings("127.0.0.1", broker.port, mode=mode, **values)  # type: ignore[arg-type]
        courier = Courier(shop.desk, shop.reception, settings)
        shop.http._transport = httpx2.ASGITransport(Starlette(routes=paths(shop.reception, courier.setting)))
        star = BrokerStar(shop.star())
        tasks: list[asyncio.Task[Any]] = [asyncio.create_task(courier.run())]
        await until(lambda: _up(courier))
        tasks.append(asyncio.create_task(star.run()))
        async with asyncio.timeout(WAIT_S):
            await star.subscribed.wait()
        if mode == "full":
            await until(lambda: _well(shop))
        try:
            yield World(shop, courier, star)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def _up(courier: Courier) -> bool:
    return courier.link.is_up


async def _well(shop: House) -> bool:
    found = shop.reception.guests()
    return bool(found) and found[0].facts.get("model") == "Star mC-Print3"


async def test_a_bell_rings_and_the_printer_polls(tmp_path: Path, broker: Broker) -> None:
    async with world(tmp_path, broker, "trigger") as here:
        job = await here.shop.accept()
        assert await here.state(job.id, State.PRINTED)
        assert "request-post" in here.star.heard
        assert (await here.shop.job(job.id)).evidence is Evidence.B


@pytest.mark.parametrize("prefix", ["star/cloudprnt", "shops/seoul-7"])
async def test_a_job_goes_through_the_broker(tmp_path: Path, broker: Broker, prefix: str) -> None:
    async with world(tmp_path, broker, prefix=prefix) as here:
        jobs = [await here.shop.accept(f"sale {n}") for n in range(3)]
        for job in jobs:
            await here.state(job.id, State.PRINTED)
        papers = here.star.printer.papers
        assert [paper.token for paper in papers] == [f"{job.id}-1" for job in jobs]
        assert "Milk 1 l" in letters(papers[0])
        assert "order-client-action" in here.star.heard


async def test_a_large_job_is_fetched_by_its_url(tmp_path: Path, broker: Broker) -> None:
    import io

    from PIL import Image as Picture

    noise = Picture.effect_noise((560, 3000), 90)
    file = io.BytesIO()
    noise.save(file, "PNG")
    document = print_document(Document([Image(file.getvalue())]))
    async with world(tmp_path, broker) as here:
        object.__setattr__(here.shop.desk, "base_url", "http://shop")
        job = await here.shop.accept(document=document)
        await here.state(job.id, State.PRINTED)
        assert len(here.star.printer.papers[0].data) > 64 << 10


FAULTS = [
    ("paper", State.UNKNOWN, [False]),
    ("too-large", State.PRINTED, [True]),
    ("no-decode", State.UNKNOWN, []),
]


@pytest.mark.parametrize(("fail", "state", "whole"), FAULTS)
async def test_what_a_printer_says_of_a_failure(
    tmp_path: Path,
    broker: Broker,
    fail: str,
    state: State,
    whole: list[bool],
) -> None:
    async with world(tmp_path, broker) as here:
        here.star.printer.tell(f"fail {fail}")
        job = await here.shop.accept()
        if fail == "too-large":
            await until(lambda: _attempts(here.shop, job.id, 2))
            here.star.printer.tell("well")
            here.star.printer.fails.clear()
            await here.state(job.id, State.PRINTED, State.BLOCKED)
            return
        await here.state(job.id, state)
        assert [paper.whole for paper in here.star.printer.papers] == whole


async def _attempts(shop: House, id_: str, count: int) -> bool:
    return (await shop.job(id_)).attempt >= count


@pytest.mark.parametrize("printer_last", [False, True])
async def test_a_lost_result_and_a_lost_broker_print_nothing_twice(
    tmp_path: Path, broker: Broker, *, printer_last: bool
) -> None:
    """Sent again under its token, the job is answered as a duplicate; with the printer's word that it is well, printed."""
    async with world(tmp_path, broker) as here:
        here.star.fails.add("loses-result")
        job = await here.shop.accept()
        await here.state(job.id, State.CONFIRMING)
        await until(lambda: _printed(here.star))
        if printer_last:
            here.star.may_return.clear()
        broker.stop(crash=True)
        await until(lambda: _down(here.courier))
        broker.start()
        await until(lambda: _up(here.courier))
        here.star.may_return.set()
        await here.state(job.id, State.PRINTED)
        assert len(here.star.printer.papers) == 1
        assert here.star.heard.count("print-job") == 2


async def test_a_broker_that_takes_leave_says_that_printers_went(tmp_path: Path, broker: Broker) -> None:
    """Its will is all we hear: the printer may have been off, its memory of tokens gone. Nothing is sent again."""
    async with world(tmp_path, broker) as here:
        here.star.fails.add("loses-result")
        job = await here.shop.accept()
        await until(lambda: _printed(here.star))
        broker.stop()
        await until(lambda: _down(here.courier))
        broker.start()
        await until(lambda: _troubled(here.shop))
        await here.shop.later(61)
        assert await here.state(job.id, State.UNKNOWN)
        assert len(here.star.printer.papers) == 1


async def _troubled(shop: House) -> bool:
    attempt = shop.reception.guests()[0].attempt
    return attempt is not None and attempt.trouble == "away"


async def _printed(star: BrokerStar) -> bool:
    return bool(star.printer.papers)


async def _down(courier: Courier) -> bool:
    return not courier.link.is_up


async def test_a_printer_that_went_away_with_a_job_is_not_sent_it_again(tmp_path: Path, broker: Broker) -> None:
    async with world(tmp_path, broker) as here:
        here.star.fails.add("sleeps")
        job = await here.shop.accept()
        await here.state(job.id, State.CONFIRMING)
        will = b'{"title": "client-will", "unintentionalDisconnection": true}'
        await here.courier.came("star/cloudprnt/to-server/00:11:62:aa:bb:cc/client-will", will)
        assert here.shop.board.light(NAME).trouble == "away"
        await here.courier.connected()
        await here.shop.later(61)
        assert await here.state(job.id, State.UNKNOWN)
        assert here.star.heard.count("print-job") == 1


async def test_a_late_result_after_a_restart_is_believed(tmp_path: Path, broker: Broker) -> None:
    async with world(tmp_path, broker) as here:
        here.star.fails.add("sleeps")
        job = await here.shop.accept()
        await here.state(job.id, State.CONFIRMING)
        here.shop.reception.guests()[0].attempt = None
        await here.shop.desk.db.write(spool.restart, SHOP, here.shop.desk.now_ms)
        result = b'{"jobToken": "%s-1", "printSucceeded": true, "statusCode": "200%%20OK"}' % job.id.encode()
        await here.courier.came("star/cloudprnt/to-server/00:11:62:aa:bb:cc/print-result", result)
        assert await here.state(job.id, State.PRINTED)


async def test_trash_on_the_broker_changes_nothing(tmp_path: Path, broker: Broker) -> None:
    async with world(tmp_path, broker) as here:
        base = "star/cloudprnt/to-server"
        async with aiomqtt.Client("127.0.0.1", broker.port) as stranger:
            await stranger.publish(
                f"{base}/00:11:62:aa:bb:cc/client-status", b'{"statusCode": "420"}', qos=1, retain=False
            )
            await stranger.publish(f"{base}/ff:ff:ff:ff:ff:ff/client-status", b'{"statusCode": "410"}', qos=1)
            for payload in (b"", b"\xff\xff", b"[" * 50_000, b"x" * 200_000):
                await stranger.publish(f"{base}/00:11:62:aa:bb:cc/print-result", payload, qos=1)
            await stranger.publish(f"{base}/00:11:62:aa:bb:cc/client-status", b'{"statusCode": "200"}', qos=1)
        job = await here.shop.accept()
        await here.state(job.id, State.PRINTED)
        assert here.shop.logged == [("mqtt.connected", {"host": "127.0.0.1"})]


async def test_what_is_retained_is_no_printer_s(tmp_path: Path, broker: Broker) -> None:
    topic = "star/cloudprnt/to-server/00:11:62:aa:bb:cc/client-status"
    async with aiomqtt.Client("127.0.0.1", broker.port) as stranger:
        await stranger.publish(topic, b'{"statusCode": "410"}', qos=1, retain=True)
    async with world(tmp_path, broker) as here:
        assert here.courier.link.foreign == 1
        assert here.shop.board.light(NAME).trouble == ""


async def test_without_a_broker_a_printer_is_told_http(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        assert await BrokerStar(shop.star()).setting() is None


async def test_a_printer_that_polls_after_all_gets_its_jobs_by_polling(tmp_path: Path, broker: Broker) -> None:
    async with world(tmp_path, broker) as here:
        here.star.fails.add("sleeps")
        star = here.star.printer
        assert await star.step() in ("asked", "idle")
        assert here.shop.reception.guests()[0].facts["calls"] == ""
        job = await here.shop.accept()
        await star.step()
        await star.step()
        assert await here.state(job.id, State.PRINTED)
        assert "print-job" not in here.star.heard


async def test_another_machine_is_told_nothing(tmp_path: Path) -> None:
    async with house(tmp_path) as shop:
        courier = Courier(shop.desk, shop.reception, MqttSettings("127.0.0.1", password="secret"))
        shop.http._transport = httpx2.ASGITransport(Starlette(routes=paths(shop.reception, courier.setting)))
        found = await BrokerStar(shop.star()).setting()
        assert found is not None
        assert found["useTriggerPOST"] is True
        assert await BrokerStar(shop.star(mac="00:11:62:ff:ff:ff")).setting() is None
        assert (
            await shop.http.get("/cloudprnt/cloudprnt-setting.json?mac=001162aabbcc&replaced_path=x")
        ).status_code == 404
