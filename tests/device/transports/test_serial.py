"""Serial ports over pseudo-terminals, for want of hardware: bytes, flow control by hand, missing modem lines."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("pseudo-terminals are Linux's", allow_module_level=True)

from kvit.device import pair as pairs
from kvit.device.address import Address, parse
from kvit.device.transports import TRANSPORTS, open_end, serial

EVERY = bytes(range(256))


class Heard(asyncio.Protocol):
    def __init__(self) -> None:
        self.data = bytearray()
        self.news = asyncio.Event()
        self.paused = False
        self.lost = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.data += data
        self.news.set()

    def pause_writing(self) -> None:
        self.paused = True
        self.news.set()

    def resume_writing(self) -> None:
        self.paused = False
        self.news.set()

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost.set()

    def held(self) -> bool:
        return self.paused

    async def more(self) -> None:
        self.news.clear()
        await asyncio.wait_for(self.news.wait(), 60)


async def opened(text: str, ports: Path) -> tuple[asyncio.Transport, Heard]:
    address = parse(text)
    assert isinstance(address, Address)
    heard = Heard()
    return await open_end(address, lambda: heard, ports), heard


async def read(fd: int, count: int) -> bytes:
    data = b""
    async with asyncio.timeout(60):
        while len(data) < count:
            try:
                data += os.read(fd, count - len(data))
            except BlockingIOError:
                await asyncio.sleep(0.005)
    return data


@pytest.mark.parametrize("flow", ["none", "rtscts", "dsrdtr"])
async def test_every_byte_both_ways(tmp_path: Path, flow: str) -> None:
    pair = pairs.open_pair(tmp_path, "p")
    transport, heard = await opened(f"serial://{pair.device}?baud=19200&flow={flow}", tmp_path)
    transport.write(EVERY)
    assert await read(pair.master, 256) == EVERY
    os.write(pair.master, EVERY)
    while len(heard.data) < 256:
        await heard.more()
    assert heard.data == EVERY
    assert not {"cts", "dsr", "car"} & set(await serial.lines(transport))
    transport.close()
    await asyncio.wait_for(heard.lost.wait(), 60)
    pairs.close(pair)


async def test_xoff_is_obeyed_by_hand_and_binary_data_is_not_eaten(tmp_path: Path) -> None:
    pair = pairs.open_pair(tmp_path, "p")
    transport, heard = await opened(f"serial://{pair.device}?flow=xonxoff", tmp_path)
    transport.write(EVERY)
    assert await read(pair.master, 256) == EVERY
    os.write(pair.master, b"\x12\x13")
    while not heard.held():
        await heard.more()
    assert heard.data == b"\x12"
    os.write(pair.master, b"\x11\x16")
    while heard.held() or len(heard.data) < 2:
        await heard.more()
    assert heard.data == b"\x12\x16"
    serial.say_busy(transport, True)
    assert await read(pair.master, 1) == b"\x13"
    transport.close()
    await asyncio.wait_for(heard.lost.wait(), 60)
    pairs.close(pair)


async def test_a_named_port_and_a_file(tmp_path: Path) -> None:
    pair = pairs.open_pair(tmp_path, "p")
    transport, heard = await opened("pty://p", tmp_path)
    transport.write(EVERY)
    assert await read(pair.master, 256) == EVERY
    transport.close()
    await asyncio.wait_for(heard.lost.wait(), 60)
    pairs.close(pair)
    transport, heard = await opened(f"file://{tmp_path}/paper", tmp_path)
    transport.write(EVERY)
    transport.close()
    await asyncio.wait_for(heard.lost.wait(), 60)
    assert (tmp_path / "paper").read_bytes() == EVERY


@pytest.mark.parametrize(
    "text", ["serial:///dev/ttyNONE0", "usb:///dev/usb/lp99", "pty://nobody", "file:///nowhere/x", "tcp://127.0.0.1:1"]
)
async def test_what_is_not_there(tmp_path: Path, text: str) -> None:
    with pytest.raises(OSError):
        await opened(text, tmp_path)


def test_the_table_has_every_kind() -> None:
    assert set(TRANSPORTS) == {"tcp", "serial", "usb", "bluetooth", "file", "pty"}
