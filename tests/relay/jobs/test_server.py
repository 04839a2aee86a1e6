"""Job ports on the wire: what is kept before what is said, floods, slow readers, a disk that fails, a shop that stops."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest

from kvit.device.board import Board
from kvit.refusal import Refusal
from kvit.relay.jobs import server
from kvit.relay.jobs.server import Given, Port, Ports, World
from kvit.relay.jobs.settings import JobPort, JobsSettings, check

CUT = b"\x1dV\x00"
RECEIPT = b"\x1b@Milk 450\nTOTAL 450\n" + CUT
EOT, ASK = b"\x10\x04\x01", b"\x1dr\x01"
ONLINE, OFFLINE = b"\x12", b"\x1a"


@dataclass
class Spool:
    """Takes printouts as told: at once, when let, or not at all."""

    board: Board
    jobs: list[Given] = field(default_factory=list)
    gate: asyncio.Event | None = None
    refusal: Refusal | Exception | None = None
    said: list[str] = field(default_factory=list)
    held: bool = False
    waiting: asyncio.Event = field(default_factory=asyncio.Event)

    async def take(self, given: Given) -> Refusal | None:
        self.waiting.set()
        if self.gate is not None:
            await self.gate.wait()
        if isinstance(self.refusal, Exception):
            raise self.refusal
        if self.refusal is None:
            self.jobs.append(given)
        return self.refusal

    async def is_held(self, printer: str) -> bool:
        return self.held

    @property
    def world(self) -> World:
        return World(
            self.take, self.is_held, self.board, lambda size: bytes(size), lambda what, _: self.said.append(what)
        )


@pytest.fixture
async def spool() -> AsyncIterator[Spool]:
    board = Board(lambda: 0.0)
    board.seen("kitchen", paper="ok", online=True)
    yield Spool(board)
    board.close()


@contextlib.asynccontextmanager
async def listening(spool: Spool, **more: object) -> AsyncIterator[Port]:
    values = {"name": "till", "listen": "127.0.0.1:0", "printer": "kitchen", "profile": "TM-T88V", **more}
    port = Port(JobPort(**values), spool.world)  # type: ignore[arg-type]
    await port.open()
    try:
        yield port
    finally:
        await port.close()


async def connect(port: Port) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", port.port)


async def until(what: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not what():  # noqa: ASYNC110 - it looks at what has no event
            await asyncio.sleep(0.001)


async def test_a_receipt_is_kept_before_we_close(spool: Spool) -> None:
    spool.gate = asyncio.Event()
    async with listening(spool) as port:
        reader, writer = await connect(port)
        writer.write(RECEIPT)
        writer.write_eof()
        await spool.waiting.wait()
        assert not reader.at_eof()
        assert spool.jobs == []
        spool.gate.set()
        assert await reader.read() == b""
        (job,) = spool.jobs
        assert (job.printer, job.profile, job.raw) == ("kitchen", "TM-T88V", RECEIPT)
        writer.close()


async def test_an_answer_in_turn_says_it_is_kept(spool: Spool) -> None:
    spool.gate = asyncio.Event()
    async with listening(spool) as port:
        reader, writer = await connect(port)
        writer.write(RECEIPT + ASK + EOT)
        assert await reader.readexactly(1) == ONLINE  # of the moment: it does not wait
        assert spool.jobs == []
        spool.gate.set()
        assert await reader.readexactly(1) == b"\x00"
        assert len(spool.jobs) == 1
        writer.close()


async def test_the_process_id_is_answered_when_kept(spool: Spool) -> None:
    async with listening(spool) as port:
        reader, writer = await connect(port)
        writer.write(RECEIPT + b"\x1d(H\x06\x00\x30\x30AB12")
        assert await reader.readexactly(7) == b"\x37\x22AB12\x00"
        assert len(spool.jobs) == 1
        writer.close()


@pytest.mark.parametrize("trouble", [Refusal("device.job_order", {"what": "printer"}), OSError(28, "full")])
async def test_what_can_not_be_kept_is_a_broken_connection(spool: Spool, trouble: Refusal | Exception) -> None:
    spool.refusal = trouble
    async with listening(spool) as port:
        reader, writer = await connect(port)
        writer.write(RECEIPT + ASK)
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()
        assert spool.said == ["jobs.unkept"]
        reader, writer = await connect(port)
        writer.write(EOT)
        assert await reader.readexactly(1) == OFFLINE
        spool.refusal = None
        writer.write(RECEIPT + ASK)
        assert await reader.readexactly(1) == b"\x00"
        writer.write(EOT)
        assert await reader.readexactly(1) == ONLINE
        writer.close()


LIGHTS: list[tuple[dict[str, object], str, bytes, bytes]] = [
    ({"online": True, "paper": "ok"}, "offline", ONLINE, b"\x12"),
    ({"online": True, "paper": "near"}, "offline", ONLINE, b"\x1e"),
    ({"paper": "out"}, "offline", OFFLINE, b"\x7e"),
    ({"cover_open": True}, "offline", OFFLINE, b"\x12"),
    ({"link": "down"}, "ready", OFFLINE, b"\x12"),
    ({"link": "unknown"}, "offline", OFFLINE, b"\x12"),
    ({"link": "unknown"}, "ready", ONLINE, b"\x12"),
    ({"error": "cutter"}, "ready", OFFLINE, b"\x12"),
]


@pytest.mark.parametrize(("light", "unheard", "first", "fourth"), LIGHTS)
async def test_a_till_hears_how_the_printer_stands(
    spool: Spool, light: dict[str, object], unheard: str, first: bytes, fourth: bytes
) -> None:
    spool.board.forget("kitchen")
    spool.board.change("kitchen", **{"link": "up", **light})
    async with listening(spool, unheard=unheard) as port:
        reader, writer = await connect(port)
        writer.write(EOT + b"\x10\x04\x04")
        assert await reader.readexactly(2) == first + fourth
        writer.close()


async def test_a_held_printer_is_offline_and_says_so_by_itself(spool: Spool) -> None:
    ports = Ports(JobsSettings((JobPort("till", "127.0.0.1:0", "kitchen", "TM-T88V"),)), spool.world)
    await ports.open()
    watching = asyncio.create_task(ports.watch())
    reader, writer = await connect(ports.ports[0])
    writer.write(b"\x1da\xff")
    assert await reader.readexactly(4) == b"\x10\x00\x00\x0f"
    spool.board.change("kitchen", paper="out")
    assert await reader.readexactly(4) == b"\x18\x00\x0f\x0f"
    spool.held = True
    spool.board.change("kitchen", paper="ok")
    assert await reader.readexactly(4) == b"\x18\x00\x00\x0f"
    writer.close()
    await ports.close()
    watching.cancel()
    await asyncio.gather(watching, return_exceptions=True)


def test_on_the_shops_own_event_loop() -> None:
    uvloop = pytest.importorskip("uvloop")

    async def till() -> None:
        spool = Spool(Board(lambda: 0.0))
        async with listening(spool) as port:
            reader, writer = await connect(port)
            writer.write(RECEIPT + ASK)
            assert await reader.readexactly(1) == b"\x00"
            spool.refusal = OSError(28, "full")
            writer.write(RECEIPT + ASK)
            with pytest.raises(ConnectionResetError):
                await reader.read()
            writer.close()
        spool.board.close()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(till())


async def test_two_receipts_on_one_connection_have_two_keys(spool: Spool) -> None:
    async with listening(spool) as port:
        reader, writer = await connect(port)
        writer.write(RECEIPT * 2 + ASK)
        await reader.readexactly(1)
        writer.close()
        assert len({job.key for job in spool.jobs}) == 2


async def test_a_till_cut_off_has_printed_that_much(spool: Spool) -> None:
    async with listening(spool) as port:
        _, writer = await connect(port)
        writer.write(RECEIPT + b"Half\n")
        await writer.drain()
        await until(lambda: bool(spool.jobs))
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, server.LINGER_NONE)
        writer.transport.abort()
        await until(lambda: len(spool.jobs) == 2)
        assert spool.jobs[1].raw == b"Half\n"


async def test_a_shop_that_stops_drops_what_is_not_whole(spool: Spool) -> None:
    async with listening(spool) as port:
        reader, writer = await connect(port)
        writer.write(RECEIPT + b"Half\n" + EOT)
        await reader.readexactly(1)
        await until(lambda: bool(spool.jobs))
    with pytest.raises(ConnectionResetError):
        await reader.read()
    assert [job.raw for job in spool.jobs] == [RECEIPT]
    writer.close()


async def test_strangers_and_crowds(spool: Spool) -> None:
    async with listening(spool, allow=("10.0.0.0/8",)) as port:
        reader, writer = await connect(port)
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b""
        assert port.counters["unlisted"] == 1
        writer.close()
    async with listening(spool, connections_max=2) as port:
        ends = [await connect(port) for _ in range(3)]
        await until(lambda: port.counters["full"] == 1)
        for _, writer in ends:
            writer.close()


async def test_a_browser_is_no_till(spool: Spool) -> None:
    async with listening(spool) as port:
        reader, writer = await connect(port)
        writer.write(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 421 ")
        assert spool.jobs == []
        writer.close()


async def test_a_till_that_does_not_read_is_not_read(spool: Spool) -> None:
    async with listening(spool) as port:
        reader, writer = await connect(port)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        writer.transport.set_write_buffer_limits(high=1 << 16)
        reader._transport.pause_reading()  # type: ignore[attr-defined]
        asked = 0
        with contextlib.suppress(TimeoutError):
            while asked < 24 << 20:
                writer.write(b"\x1dI\x43" * 4096)
                asked += 3 * 4096
                async with asyncio.timeout(0.3):
                    await writer.drain()
        assert asked < 24 << 20
        writer.transport.abort()


async def test_a_slow_disk_is_felt_by_the_till(spool: Spool) -> None:
    spool.gate = asyncio.Event()
    async with listening(spool) as port:
        reader, writer = await connect(port)
        receipt = b"\x1b@" + b"Milk 450\n" * 500 + b"TOTAL 450\n" + CUT
        for _ in range(200):
            writer.write(receipt)
        await spool.waiting.wait()
        talk = next(iter(port._tills.values()))
        await until(lambda: talk._paused)
        assert talk._waiting < server.AHEAD_BYTES_MAX + (1 << 20)
        spool.gate.set()
        writer.write(ASK)
        await reader.readexactly(1)
        assert len(spool.jobs) == 200
        writer.close()


async def test_tills_that_together_are_too_much(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HELD_BYTES_MAX", 200_000)
    async with listening(spool) as port:
        ends = [await connect(port) for _ in range(3)]
        for _, writer in ends[:2]:
            writer.write(b"x" * 400 + b"\n" + b"y" * 90_000)
        await until(lambda: port.held_bytes > 180_000)
        reader, writer = ends[2]
        writer.write(b"z" * 90_000)
        with pytest.raises(ConnectionResetError):
            await reader.read()
        await until(lambda: port.held_bytes < 200_000)
        ends[0][1].write(CUT)
        ends[0][1].write_eof()
        assert await ends[0][0].read() == b""
        assert len(spool.jobs) == 1
        for _, each in ends:
            each.close()
    assert port.held_bytes == 0


async def test_a_silent_till_is_hung_up_with_its_receipt_kept(spool: Spool) -> None:
    async with listening(spool, idle_drop_s=0.05) as port:
        reader, writer = await connect(port)
        writer.write(b"Hello\n")
        assert await reader.read() == b""
        assert [job.raw for job in spool.jobs] == [b"Hello\n"]
        writer.close()


async def test_many_tills_at_once(spool: Spool) -> None:
    async def till(port: Port, number: int) -> None:
        reader, writer = await connect(port)
        writer.write(b"\x1b@Till %d\nTOTAL 1\n" % number + CUT)
        writer.write_eof()
        assert await reader.read() == b""
        writer.close()

    async with listening(spool, connections_per_peer_max=512) as port:
        await asyncio.gather(*(till(port, number) for number in range(300)))
    assert len({job.raw for job in spool.jobs}) == 300
    assert len({job.key for job in spool.jobs}) == 1  # chance is not chance here


WRONG: list[tuple[tuple[JobPort, ...], str]] = [
    ((JobPort("a", "127.0.0.1:9103", "p"), JobPort("a", "127.0.0.1:9104", "p")), "relay.taken_twice"),
    ((JobPort("a", "127.0.0.1:9103", "p"), JobPort("b", "127.0.0.1:9103", "p")), "relay.taken_twice"),
    ((JobPort("a", "pty://x", "p"),), "relay.wrong_kind"),
    ((JobPort("a", "127.0.0.1:99999999", "p"),), "device.address_host"),
]


@pytest.mark.parametrize(("ports", "code"), WRONG)
def test_settings_that_can_not_be(ports: tuple[JobPort, ...], code: str) -> None:
    refused = check(JobsSettings(ports))
    assert refused is not None
    assert refused.code == code
    assert check(JobsSettings((JobPort("a", "127.0.0.1:9103", "p"),))) is None
