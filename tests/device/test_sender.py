"""Bytes to a printer: all of them, or a refusal."""

from __future__ import annotations

import asyncio
from pathlib import Path

from kvit.device.address import Address
from kvit.device.emulator import Emulator
from kvit.device.interview import interview
from kvit.device.sender import Limits, send
from kvit.refusal import Refusal

STRIP = b"\x1b@" + b"a line of a test print\n" * 4_000


def address(port: int) -> Address:
    return Address("tcp", host="127.0.0.1", port=port)


async def test_all_arrives() -> None:
    printer = Emulator("TM-T88V")
    port = await printer.listen()
    assert await send(address(port), STRIP, Path()) is None
    assert bytes(printer.received) == STRIP
    await printer.close()


async def test_a_printer_that_reports_meanwhile_gets_all() -> None:
    printer = Emulator("TM-T88V")
    port = await printer.listen()
    strip = b"\x1da\xff" + (b"\x10\x04\x01" * 50 + b"line\n") * 300
    assert await send(address(port), strip, Path()) is None
    assert bytes(printer.received) == strip
    await printer.close()


async def test_a_file_takes_all(tmp_path: Path) -> None:
    path = tmp_path / "paper.bin"
    assert await send(Address("file", path=str(path)), STRIP, Path()) is None
    assert path.read_bytes() == STRIP


async def test_a_printer_that_takes_no_more() -> None:
    async def takes_none(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await done.wait()
        writer.close()

    done = asyncio.Event()
    server = await asyncio.start_server(takes_none, "127.0.0.1", 0, limit=1024)
    port = server.sockets[0].getsockname()[1]
    refused = await send(address(port), b"x" * (32 << 20), Path(), Limits(stuck=0.5))
    done.set()
    server.close()
    assert isinstance(refused, Refusal)
    assert refused.code == "device.send_stuck"


async def test_a_printer_that_dies(unused_tcp_port: int) -> None:
    printer = Emulator("TM-T88V")
    port = await printer.listen()
    printer.die(after=2_000)
    printer.tell("slow 100000")
    refused = await send(address(port), STRIP * 50, Path(), Limits(stuck=2))
    await printer.close()
    assert isinstance(refused, Refusal)
    assert await send(address(unused_tcp_port), STRIP, Path()) == Refusal(
        "device.probe_port", {"address": f"tcp://127.0.0.1:{unused_tcp_port}", "port": unused_tcp_port}
    )


async def test_what_has_no_wire_is_said_so(tmp_path: Path) -> None:
    queue = Address("ipp", host="127.0.0.1", port=631, path="/printers/x")
    for refused in (await send(queue, b"Hello", tmp_path), await interview(queue, tmp_path)):
        assert isinstance(refused, Refusal)
        assert refused.code == "device.probe_no_wire"
