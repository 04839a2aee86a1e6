"""All printers together: nobody waits for a dead one, what is late does not print, who stands in and when."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kvit.device.address import Address
from kvit.device.delivery.crew import is_wired
from kvit.device.delivery.wire import Wire
from kvit.device.emulator import Emulator
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool.model import Event, Evidence, Kind, State
from kvit.relay.ends import own_door
from kvit.relay.house import House
from kvit.relay.settings import LineSettings, RelaySettings
from tests.databases import OpenDatabase
from tests.device.delivery.stage import FINAL, ROOMS, SHOP, Stage, papers, staged
from tests.ports import free_port
from tests.relay.running import until


@pytest.fixture
async def stage(database: OpenDatabase, tmp_path: Path) -> AsyncIterator[Stage]:
    if database.kind != "sqlite":
        pytest.skip("the books' engine makes no difference here")
    async with staged(database(*ROOMS), tmp_path) as stage:
        yield stage


async def test_last_nights_tickets_do_not_print_at_opening(stage: Stage) -> None:
    emulator = await stage.printer()
    emulator.die()
    await stage.crew.start()
    receipt, ticket = await stage.order("receipt"), await stage.order("ticket", kind=Kind.KITCHEN)
    report = await stage.order("report", kind=Kind.REPORT)
    await stage.until(receipt, State.BLOCKED)
    await stage.crew.stop()
    stage.clock.ahead_s = 11 * 3600  # the night
    emulator.revive()
    await stage.again()
    assert (await stage.until(report)).state is State.PRINTED
    assert (await stage.until(receipt)).state is State.EXPIRED
    assert (await stage.until(ticket)).state is State.EXPIRED
    assert [papers(emulator, key) for key in ("receipt", "ticket", "report")] == [[], [], ["original"]]


async def test_what_nobody_answers_for_comes_as_a_copy(stage: Stage) -> None:
    emulator = await stage.printer(able=Evidence.A)
    await stage.crew.start()
    await stage.light(lambda light: light.online is True)
    emulator.machine.trip(3, "power cycle")
    job = await stage.until(await stage.order("1"), State.UNKNOWN)
    stage.clock.ahead_s = 21
    while len(family := stage.family("1")) < 2:
        await stage.until(job, State.UNKNOWN)
        await asyncio.sleep(0)
    assert (await stage.until(family[1])).state is State.PRINTED
    assert papers(emulator, "1") == ["copy 2"]
    assert emulator.machine.pulses == 0


async def test_another_printer_stands_in_for_what_surely_has_not_printed(stage: Stage) -> None:
    bar = await stage.printer("bar")
    front = await stage.printer("front", fail_over="bar", able=Evidence.A)
    await stage.crew.start()
    await stage.light(lambda light: light.online is True, "front")
    front.tell("lines 4")
    begun = await stage.until(await stage.order("begun", "front"), State.PAUSED)
    waits = await stage.order("waits", "front")
    moved = await stage.until(waits, State.PRINTED)
    assert moved.printer == "bar"
    assert papers(bar, "waits") == ["original"]
    assert stage.get(begun).state is State.PAUSED
    front.tell("paper ok")
    assert (await stage.until(begun, State.PRINTED)).printer == "front"
    assert Event.MOVED in [line.event for line in stage.history(waits)]


async def test_a_stand_in_that_is_not_well_takes_nothing(stage: Stage) -> None:
    bar = await stage.printer("bar")
    (await stage.printer("front", fail_over="bar", able=Evidence.A)).die()
    await stage.crew.start()
    await stage.light(lambda light: light.online is True, "bar")
    bar.tell("cover open")
    await stage.light(lambda light: light.trouble == "cover", "bar")
    job = await stage.until(await stage.order("1", "front"), State.BLOCKED)
    await stage.light(lambda light: light.trouble == "away", "front")
    for _ in range(3):
        await stage.crew.tick()
    assert stage.get(job).printer == "front"


async def test_printers_come_and_go_and_move(stage: Stage) -> None:
    first = await stage.printer("one")
    await stage.crew.start()
    await stage.until(await stage.order("1", "one"))
    second = await stage.printer("two")
    await stage.until(await stage.order("2", "two"))
    stage.keep(Printer("one", f"escpos+tcp://127.0.0.1:{stage.ports['two']}?profile=TM-T88V"))
    await stage.db.write(printers.remove, SHOP, "two")
    job = await stage.until(await stage.order("3", "one"))
    assert job.state is State.PRINTED
    assert (papers(first, "3"), papers(second, "3")) == ([], ["original"])


@pytest.mark.parametrize(("address", "wired"), [
    ("escpos+tcp://127.0.0.1:9100", True), ("sprt80+serial:///dev/ttyUSB0", True), ("starprnt+cloudprnt://", False),
    ("feie+https://cloud.example/1", False), ("escpos+tcp://127.0.0.1:9100?profile=no-such", False), ("no such", False),
])  # fmt: skip
def test_whose_printers(address: str, wired: bool) -> None:
    assert is_wired(Printer("p", address)) is wired


async def test_a_printer_shared_with_tills(database: OpenDatabase, tmp_path: Path) -> None:
    """Our bytes take their turn on the line, mix with no till's, are not captured; a break is not bridged."""
    if database.kind != "sqlite":
        pytest.skip("as above")
    till_port = free_port()
    async with staged(database(*ROOMS), tmp_path, door=lambda _: own_door(tmp_path, "net")) as stage:
        emulator = await stage.printer()
        line = LineSettings(
            name="net", till=f"tcp://127.0.0.1:{till_port}", printer=f"tcp://127.0.0.1:{stage.ports['counter']}"
        )
        house = House(tmp_path, lambda: RelaySettings(line=(line,)), hold=False)
        await house.start()
        try:
            await stage.crew.start()
            till = asyncio.create_task(_till(till_port, 30))
            jobs = [await stage.order(f"{n}") for n in range(10)]
            assert {job.state for job in await stage.all_until(jobs)} == {State.PRINTED}
            await till
            paper = bytes(emulator.machine.paper)
            for n in range(30):
                assert b"<till %03d>\nsecond\nthird\n\x1dV\x00" % n in paper
            assert all(papers(emulator, f"{n}") == ["original"] for n in range(10))
            emulator.machine.trip(3, "power cycle")
            cut = await stage.until(await stage.order("cut"))
            assert cut.state is State.UNKNOWN
            assert papers(emulator, "cut") == []
        finally:
            await stage.crew.stop()
            house.keep_ports = False
            await house.stop()
        captured = b"".join(file.read_bytes() for file in (tmp_path / "capture" / "net").glob("*.cap"))
        assert captured.count(b"third") == 30
        assert b"<0> 000" not in captured


@pytest.mark.parametrize("spoken", ["status", "none"])
async def test_a_line_whose_printer_is_not_there(database: OpenDatabase, tmp_path: Path, spoken: str) -> None:
    """Whatever class it has: the line takes no paper it can not hand on. What waits is printed when the printer comes."""
    if database.kind != "sqlite":
        pytest.skip("as above")
    absent, emulator = f"tcp://127.0.0.1:{free_port()}", Emulator("TM-T88V" if spoken == "status" else "starprnt")
    language = "escpos" if spoken == "status" else "starprnt"
    async with staged(database(*ROOMS), tmp_path, door=lambda _: own_door(tmp_path, "net")) as stage:
        line = LineSettings(name="net", till=f"tcp://127.0.0.1:{free_port()}", printer=absent)
        house = House(tmp_path, lambda: RelaySettings(line=(line,)), hold=False)
        await house.start()
        try:
            stage.keep(Printer("counter", f"{language}+{absent}"))
            await stage.crew.start()
            job = await stage.until(await stage.order("late"), State.BLOCKED, *FINAL)
            assert (job.state, job.reason[:4]) == (State.BLOCKED, "away")
            await until(
                lambda: house.lines["net"].pump.counters["own_connections"] > 3
            )  # a no to every dial, not only the first
            assert stage.get(job).state is State.BLOCKED
            assert stage.board.light("counter").link == "down"
            await emulator.listen("127.0.0.1", int(absent.rpartition(":")[2]))
            done = await stage.until(job)
            assert done.state is (State.PRINTED if spoken == "status" else State.SENT)
            assert emulator.received.count(b"<late> end") == 1
        finally:
            await stage.crew.stop()
            house.keep_ports = False
            await house.stop()
            await emulator.close()


async def _till(port: int, count: int) -> None:
    for n in range(count):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for piece in (b"<till %03d>\n" % n, b"second\n", b"third\n\x1dV\x00"):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        writer.write_eof()
        await reader.read()
        writer.close()


async def test_a_wire_counts_what_is_on_the_way(tmp_path: Path) -> None:
    """Bytes in the kernel that the other side has not taken are still ours."""
    came = asyncio.Event()
    held: list[asyncio.StreamReader] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        held.append(reader)
        await came.wait()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1024)
    port = server.sockets[0].getsockname()[1]
    wire = await Wire.open(Address("tcp", "127.0.0.1", port), tmp_path)
    wire.write(bytes(32 << 20))
    await wire.wait(0.05)
    assert wire.left > 1 << 20
    came.set()
    assert await wire.finish(5.0, 30.0)
    assert wire.left == 0
    server.close()
