"""Two machines: what a station takes in arrives at its server, in order, each once, whatever happens to the wire."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kvit.chain import outbox
from kvit.receipt import service
from kvit.refusal import Refusal
from tests.app.chaining import LINE, Pair, open_pair, paper, printout
from tests.receipt.printouts import SHOP


@pytest.fixture
async def machines(tmp_path: Path) -> AsyncIterator[Pair]:
    with open_pair(tmp_path) as made:
        yield made
        await made.digester.close()


async def test_a_receipt_of_a_station_is_seen_at_the_server(machines: Pair) -> None:
    centre = await machines.pair()
    assert (centre.shop, centre.name, centre.public_url) == (SHOP, "Till room", "http://127.0.0.1:7001")
    await machines.intake().take(printout(1), LINE)
    await machines.drain()
    (there,) = machines.receipts(machines.server.db)
    assert (there.total, there.till, there.taken_at_ms) == (450, "Till room · till-1", 2001)
    assert there.place.capture == centre.station
    assert machines.server.db.read_now(service.raw, SHOP, there.id) == paper(1)
    page = machines.server.user().get("/api/v1/receipts").json()
    assert [row["id"] for row in page["receipts"]] == [there.id]


@pytest.mark.parametrize("fault", ["away", "answer lost", "twice"])
async def test_a_fault_loses_nothing_and_doubles_nothing(machines: Pair, fault: str) -> None:
    await machines.pair()
    for number in range(5):
        await machines.intake().take(printout(number), LINE)
        machines.wire.faults = [fault]
        await machines.sender().send()
    await machines.drain()
    there = machines.receipts(machines.server.db)
    assert [one.place.offset for one in there] == [number * 1000 for number in range(5)]
    assert (await machines.station.read(outbox.backlog)).count == 0


async def test_before_the_pairing_everything_waits(machines: Pair) -> None:
    await machines.intake().take(printout(1), LINE)
    sender = machines.sender()
    assert not await sender.send()
    assert sender.standing.trouble == "chain.not_paired"
    assert (await machines.station.read(outbox.backlog)).count == 1
    await machines.pair()
    await machines.drain()
    assert len(machines.receipts(machines.server.db)) == 1


async def test_links_made_at_the_station_work_once_the_upload_has_come(machines: Pair) -> None:
    from kvit.receipt.links import make_token

    await machines.pair()
    await machines.intake().take(printout(1), LINE)
    (here,) = machines.receipts(machines.station)
    token, now = make_token(b"0123456789abcdef"), int(machines.now_s[0])
    made = await machines.station.write(service.make_link, SHOP, here.id, token, "till", now)
    assert not isinstance(made, Refusal)
    assert machines.server.public().get(f"/r/{token}").status_code == 404
    await machines.drain()
    assert machines.server.public().get(f"/r/{token}").status_code == 200
    await machines.station.write(service.revoke_link, SHOP, here.id, [made.hash], now)
    await machines.drain()
    assert machines.server.public().get(f"/r/{token}").status_code == 404
