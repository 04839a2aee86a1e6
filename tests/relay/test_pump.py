from __future__ import annotations

import asyncio
import os
import random
import sys
from pathlib import Path

import pytest

from kvit.device.emulator import Emulator
from kvit.relay import capture
from kvit.relay.house import House
from kvit.relay.settings import LineSettings
from tests.ports import free_port
from tests.relay.running import running, until


def line(printer: int, **more: object) -> LineSettings:
    return LineSettings("till", "tcp://127.0.0.1:0", f"tcp://127.0.0.1:{printer}", **more)  # type: ignore[arg-type]


def port(house: House) -> int:
    return house.lines["till"].port


class Echo(asyncio.Protocol):
    """A peer that says back what it hears, upside down, and counts."""

    heard = bytearray()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        type(self).heard += data
        self.transport.write(data.translate(FLIP))  # type: ignore[attr-defined]


FLIP = bytes(255 - byte for byte in range(256))


async def test_no_byte_changes_either_way(tmp_path: Path) -> None:
    Echo.heard = bytearray()
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
    rng = random.Random(7)
    data = b"\x1b@" + rng.randbytes(700_000)
    async with running(tmp_path, line(server.sockets[0].getsockname()[1])) as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", port(house))

        async def send() -> None:
            at = 0
            while at < len(data):
                size = rng.choice((1, 2, 3, 64, 1000, 70000))
                writer.write(data[at : at + size])
                await writer.drain()
                at += size
            writer.write_eof()

        sending = asyncio.create_task(send())
        said = await reader.read(-1)
        await sending
        writer.close()
        await writer.wait_closed()
    server.close()
    assert bytes(Echo.heard) == data
    assert said == data.translate(FLIP)
    records, reader_ = [], capture.Reader(tmp_path / "capture" / "till")
    while found := reader_.read():
        records += found
    reader_.close()
    assert b"".join(record.data for record in records if record.kind == capture.TILL) == data
    assert b"".join(record.data for record in records if record.kind == capture.PRINTER) == said


async def test_a_slow_printer_is_felt_by_the_till(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    paper = await printer.listen()
    printer.tell("offline")
    async with running(tmp_path, line(paper)) as house:
        _, writer = await asyncio.open_connection("127.0.0.1", port(house))
        sent = 0
        try:
            async with asyncio.timeout(1):
                while sent < 64 << 20:
                    writer.write(b"line of text\n" * 1000)
                    sent += 13000
                    await writer.drain()
        except TimeoutError:
            pass
        assert sent < 32 << 20
        state = house.lines["till"].pump.state
        assert int(str(state["queued_bytes"])) <= 1 << 20
        printer.tell("online")
        await writer.drain()
        writer.write_eof()
        await until(lambda: printer.received_bytes == sent)
        writer.close()
        await writer.wait_closed()
    await printer.close()


async def test_a_connection_without_a_byte_is_no_job(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    async with running(tmp_path, line(await printer.listen())) as house:
        for _ in range(5):
            reader, writer = await asyncio.open_connection("127.0.0.1", port(house))
            writer.write_eof()
            assert await reader.read() == b""
            writer.close()
            await writer.wait_closed()
        assert "connections" not in house.lines["till"].pump.state
    assert printer.state()["hosts"] == 0
    await printer.close()


async def test_http_never_reaches_the_printer(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    async with running(tmp_path, line(await printer.listen())) as house:
        reader, writer = await asyncio.open_connection("127.0.0.1", port(house))
        for piece in (b"GE", b"T /pri", b"nt?x=1 HT", b"TP/1.1\r\nHost: x\r\n", b"\r\n"):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        said = await reader.read()
        assert said.startswith(b"HTTP/1.1 421 ")
        assert b"raw print port" in said
        writer.close()
        await writer.wait_closed()
        reader, writer = await asyncio.open_connection("127.0.0.1", port(house))
        writer.write(b"GET WELL SOON\n")
        writer.write_eof()
        await reader.read()
        writer.close()
        await writer.wait_closed()
    assert printer.received == b"GET WELL SOON\n"
    await printer.close()


async def test_the_printer_dies_in_the_middle_and_comes_back(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    paper = await printer.listen(port=free_port())
    async with running(tmp_path, line(paper)) as house:
        _, writer = await asyncio.open_connection("127.0.0.1", port(house))
        writer.write(b"first half\n")
        await until(lambda: printer.received_bytes == 11)
        printer.die()
        pump = house.lines["till"].pump
        await until(lambda: pump.state["printer"] != "up")
        printer.revive()
        writer.write(b"second half\n")
        writer.write_eof()
        await until(lambda: bytes(printer.received).endswith(b"second half\n"))
        writer.close()
        await writer.wait_closed()
    assert printer.received == b"first half\nsecond half\n"
    await printer.close()


async def test_bytes_wait_for_a_printer_that_is_away(tmp_path: Path) -> None:
    paper = free_port()
    async with running(tmp_path, line(paper)) as house:
        _, writer = await asyncio.open_connection("127.0.0.1", port(house))
        writer.write(b"patience\n")
        writer.close()
        await writer.wait_closed()
        await until(lambda: bool(house.lines["till"].pump.state["reason"]))
        printer = Emulator("TM-T88V")
        await printer.listen(port=paper)
        await until(lambda: printer.received == b"patience\n")
        await printer.close()


async def test_tills_take_turns_and_do_not_mix(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    async with running(tmp_path, line(await printer.listen(), connections_per_peer_max=256)) as house:

        async def print_one(number: int) -> None:
            reader, writer = await asyncio.open_connection("127.0.0.1", port(house))
            for _ in range(5):
                writer.write(b"%03d " % number * 20)
                await writer.drain()
                await asyncio.sleep(0)
            writer.write(b"\n")
            writer.write_eof()
            await reader.read()
            writer.close()
            await writer.wait_closed()

        await asyncio.wait_for(asyncio.gather(*map(print_one, range(200))), 60)
    lines = bytes(printer.received).split(b"\n")[:-1]
    assert sorted(lines) == [b"%03d " % number * 100 for number in range(200)]
    await printer.close()


async def test_slow_clients_do_not_hurt_others(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    settings = line(await printer.listen(), turn_s=0.2)
    async with running(tmp_path, settings) as house:
        drips = [await asyncio.open_connection("127.0.0.1", port(house)) for _ in range(20)]
        stop = asyncio.Event()

        async def drip() -> None:
            while not stop.is_set():
                for _, writer in drips:
                    writer.write(b".")
                await asyncio.sleep(0.05)

        dripping = asyncio.create_task(drip())
        reader, writer = await asyncio.open_connection("127.0.0.1", port(house))
        writer.write(b"a whole receipt, sent at once\n" * 20)
        writer.write_eof()
        await asyncio.wait_for(reader.read(), 60)
        assert b"a whole receipt, sent at once\n" * 20 in printer.received
        stop.set()
        await dripping
        writer.close()
        for _, other in drips:
            other.close()
    await printer.close()


async def test_a_thousand_connections(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    async with running(tmp_path, line(await printer.listen(), connections_max=100)) as house:
        opened = [await asyncio.open_connection("127.0.0.1", port(house)) for _ in range(1000)]
        ends = house.lines["till"]
        await until(lambda: ends.refused == 936)
        for _, writer in opened:
            writer.close()
        await asyncio.gather(*(writer.wait_closed() for _, writer in opened), return_exceptions=True)
        await until(lambda: ends._door._total == 0)
        reader, writer = await asyncio.open_connection("127.0.0.1", port(house))
        writer.write(b"still here\n")
        writer.write_eof()
        await reader.read()
        writer.close()
    assert printer.received == b"still here\n"
    await printer.close()


async def test_unlisted_peers_are_turned_away(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    async with running(tmp_path, line(await printer.listen(), allow=("10.0.0.0/8",))) as house:
        _, writer = await asyncio.open_connection("127.0.0.1", port(house))
        writer.write(b"open the drawer")
        await until(lambda: house.lines["till"].refused == 1)
        writer.close()
    assert printer.received_bytes == 0
    await printer.close()


async def test_one_printer_connection_for_each_till(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    async with running(tmp_path, line(await printer.listen(), per_till=True)) as house:
        pairs_ = [await asyncio.open_connection("127.0.0.1", port(house)) for _ in range(3)]
        for reader, writer in pairs_:
            writer.write(b"\x10\x04\x01")
            assert await reader.readexactly(1) == b"\x12"
        assert printer.state()["hosts"] == 3
        for _, writer in pairs_:
            writer.close()
        await until(lambda: printer.state()["hosts"] == 0)
    await printer.close()


async def test_a_capture_that_can_not_be_written_stops_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printer = Emulator("TM-T88V")
    async with running(tmp_path, line(await printer.listen())) as house:

        def full(self: capture.Writer, data: bytes) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(capture.Writer, "_write", full)
        reader, writer = await asyncio.open_connection("127.0.0.1", port(house))
        writer.write(b"printed all the same\n")
        writer.write_eof()
        await reader.read()
        writer.close()
        assert int(str(house.lines["till"].pump.state["uncaptured_bytes"])) >= 21
        monkeypatch.undo()
    assert printer.received == b"printed all the same\n"
    await printer.close()


@pytest.mark.skipif(sys.platform == "win32", reason="pseudo-terminals are Linux's")
async def test_a_till_on_a_virtual_port(tmp_path: Path) -> None:
    printer = Emulator("TM-T88V")
    paper = f"tcp://127.0.0.1:{await printer.listen()}"
    every = bytes(range(256)) * 8
    async with running(tmp_path, LineSettings("till", "pty://till1", paper)):
        for _ in range(2):
            till = os.open(tmp_path / "ports" / "till1", os.O_RDWR | os.O_NOCTTY)
            os.write(till, b"\x1b@\x10\x04\x01")
            said = await asyncio.to_thread(os.read, till, 10)
            assert said == b"\x12"
            os.close(till)
        till = os.open(tmp_path / "ports" / "till1", os.O_RDWR | os.O_NOCTTY)
        os.write(till, every)
        await until(lambda: bytes(printer.received).endswith(every))
        os.close(till)
    assert bytes(printer.received) == b"\x1b@\x10\x04\x01" * 2 + every
    await printer.close()
