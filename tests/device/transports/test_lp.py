"""Line-printer devices, with a pseudo-terminal and a socket in their place: what a driver does and no terminal does."""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

if sys.platform == "win32":
    pytest.skip("device files are Linux's", allow_module_level=True)

from kvit.device import pair as pairs
from kvit.device.address import Address
from kvit.device.interview import unopened
from kvit.device.transports import lp, open_end
from kvit.device.transports.lp import QUIRKS, LinePrinter
from kvit.device.transports.port_status import port_status
from kvit.device.transports.unreachable import UnreachableError
from tests.device.transports.heard import Heard, until


def joined() -> tuple[LinePrinter, Heard, socket.socket]:
    """A printer whose other end is ours: datagrams, so that a read may give nothing."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    heard = Heard()
    return LinePrinter(theirs.detach(), heard, quirks=QUIRKS), heard, ours


async def test_an_empty_packet_is_no_end() -> None:
    transport, heard, ours = joined()
    ours.send(b"")
    ours.send(b"\x12")
    await until(lambda: bytes(heard.data) == b"\x12")
    assert not transport.is_closing()
    ours.send(b"")
    await until(lambda: transport.is_reading())
    transport.pause_reading()
    transport.abort()
    await asyncio.wait_for(heard.lost.wait(), 60)
    ours.close()


async def test_what_was_taken_is_under_way_until_the_device_is_writable(monkeypatch: pytest.MonkeyPatch) -> None:
    """usblp: one piece at a time, EAGAIN while it is on its way, and closing would throw it away."""
    driver = Driver(monkeypatch)
    transport, heard, ours = joined()
    transport.write(b"first")
    transport.write(b"second")
    assert transport.get_write_buffer_size() == 11
    assert transport.counted_fd == -1  # it counts what is under way itself
    transport.close()
    assert not heard.lost.is_set()
    await asyncio.wait_for(heard.lost.wait(), 60)
    assert driver.pieces == [b"first", b"second", b""]
    assert driver.closed_after == 3
    ours.close()


class Driver:
    """os.write of a device that takes a piece and is busy with it until it is asked again."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.pieces: list[bytes] = []
        self.closed_after = -1
        self._busy = False
        close = os.close
        monkeypatch.setattr(os, "write", self._write)

        def closing(fd: int) -> None:
            self.closed_after = max(self.closed_after, len(self.pieces))
            close(fd)

        monkeypatch.setattr("kvit.device.transports.descriptor.os.close", closing)

    def _write(self, fd: int, data: Any) -> int:
        if self._busy:
            self._busy = False
            raise BlockingIOError(errno.EAGAIN, "on its way")
        self.pieces.append(bytes(data))
        self._busy = bool(data)
        return len(data)


async def test_a_printer_with_no_way_back_is_written_to(monkeypatch: pytest.MonkeyPatch) -> None:
    read = os.read

    def deaf(fd: int, count: int) -> bytes:
        if count == 65536:
            raise OSError(errno.EINVAL, "no way back")
        return read(fd, count)

    monkeypatch.setattr(os, "read", deaf)
    transport, heard, ours = joined()
    ours.send(b"x")
    await until(lambda: not transport.is_reading())
    transport.resume_reading()
    assert not transport.is_reading()
    transport.write(b"receipt")
    assert ours.recv(100) == b"receipt"
    transport.close()
    await asyncio.wait_for(heard.lost.wait(), 60)
    assert heard.error is None
    ours.close()


async def test_the_plug_is_pulled(monkeypatch: pytest.MonkeyPatch) -> None:
    transport, heard, ours = joined()

    def gone(*_: object) -> Any:
        raise OSError(errno.ENODEV, "no such device")

    monkeypatch.setattr(os, "read", gone)
    ours.send(b"x")
    await asyncio.wait_for(heard.lost.wait(), 60)
    assert isinstance(heard.error, OSError)
    assert heard.error.errno == errno.ENODEV
    assert await port_status(transport) is None
    ours.close()


async def test_a_full_device_pauses_the_writer_and_takes_the_rest_later(tmp_path: Path) -> None:
    pair = pairs.open_pair(tmp_path, "lp0")
    heard = Heard()
    transport = await open_end(Address("usb", path=pair.device), lambda: heard, tmp_path)
    data = bytes(range(256)) * 1024
    transport.write(data)
    assert heard.paused
    got = bytearray()
    async with asyncio.timeout(60):
        while len(got) < len(data):
            try:
                got += os.read(pair.master, 65536)
            except BlockingIOError:
                await asyncio.sleep(0.001)
    await until(lambda: not heard.paused)
    assert got == data
    transport.close()
    await asyncio.wait_for(heard.lost.wait(), 60)
    pairs.close(pair)


async def test_the_port_is_asked_by_its_ioctl(monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl

    asked: list[int] = []

    def ioctl(fd: int, request: int, argument: bytes) -> bytes:
        asked.append(request)
        return b"\x38\0\0\0"

    transport, heard, ours = joined()
    assert await port_status(transport) is None  # a socket has no such byte
    monkeypatch.setattr(fcntl, "ioctl", ioctl)
    said = await port_status(transport)
    assert said is not None
    assert (said.paper_out, said.offline, said.fault) == (True, False, False)
    assert asked == [0x060B]
    transport.abort()
    await asyncio.wait_for(heard.lost.wait(), 60)
    ours.close()


@pytest.mark.parametrize(("number", "code"), [(errno.EACCES, "device.usb_denied"), (errno.EBUSY, "device.usb_busy")])
async def test_why_it_can_not_be_opened(monkeypatch: pytest.MonkeyPatch, number: int, code: str) -> None:
    def refuse(path: str, flags: int) -> int:
        raise OSError(number, "no")

    monkeypatch.setattr("kvit.device.transports.lp.os.open", refuse)
    address = Address("usb", path="/dev/usb/lp0")
    with pytest.raises(UnreachableError) as refused:
        await lp.connect(address, Heard, Path())
    assert refused.value.refusal.code == code
    assert refused.value.errno == number
    assert unopened(address, refused.value).code == code
