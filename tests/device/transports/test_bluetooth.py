"""RFCOMM, with other stream sockets in its place: connecting, both ways, half-open, gone, and every reason why not."""

from __future__ import annotations

import asyncio
import errno
import socket
from pathlib import Path

import pytest

from kvit.device.address import Address, parse
from kvit.device.transports import bluetooth
from kvit.device.transports.bluetooth import dial
from kvit.device.transports.unreachable import UnreachableError
from tests.device.transports.heard import Heard, until

HERE = "bluetooth://00:11:22:33:44:55"


def tcp() -> socket.socket:
    return socket.socket(socket.AF_INET, socket.SOCK_STREAM)


async def connected() -> tuple[asyncio.Transport, Heard, socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard = Heard()
        transport = await dial(tcp, server.getsockname(), HERE, lambda: heard)
        printer, _ = server.accept()
        return transport, heard, printer


async def test_both_ways_and_a_clean_end() -> None:
    transport, heard, printer = await connected()
    data = bytes(range(256)) * 8
    transport.write(data)
    got = b""
    while len(got) < len(data):
        got += printer.recv(65536)
    assert got == data
    printer.sendall(b"\x12\x11\x13")
    await until(lambda: bytes(heard.data) == b"\x12\x11\x13")
    transport.close()
    await asyncio.wait_for(heard.lost.wait(), 60)
    assert heard.error is None
    printer.close()


async def test_a_slow_printer_pauses_the_writer() -> None:
    transport, heard, printer = await connected()
    data = b"x" * (16 << 20)
    transport.write(data)
    assert heard.paused
    left = len(data)
    while left:
        left -= len(await asyncio.to_thread(printer.recv, 1 << 20))
    await until(lambda: not heard.paused)
    transport.close()
    await asyncio.wait_for(heard.lost.wait(), 60)
    printer.close()


async def test_what_the_kernel_holds_is_counted_by_the_room_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for what is unsent, Bluetooth sockets answer how much room there is."""
    room = [212_992]
    monkeypatch.setattr(bluetooth, "room_of", lambda fd: room[0])
    transport, heard, printer = await connected()
    assert isinstance(transport, bluetooth.Rfcomm)
    assert transport.get_write_buffer_size() == 0
    assert transport.counted_fd == -1
    room[0] -= 768
    assert transport.get_write_buffer_size() == 768
    transport.write(b"more")
    assert printer.recv(10) == b"more"  # what the kernel holds keeps nobody from writing
    room[0] = 212_992
    assert transport.get_write_buffer_size() == 0
    transport.close()
    await asyncio.wait_for(heard.lost.wait(), 60)
    assert transport.get_write_buffer_size() == 0
    printer.close()


async def test_a_printer_that_hangs_up_ends_it() -> None:
    transport, heard, printer = await connected()
    printer.shutdown(socket.SHUT_WR)  # half of it is half too little: RFCOMM has no half-close
    await asyncio.wait_for(heard.lost.wait(), 60)
    assert transport.is_closing()
    assert heard.error is not None
    printer.close()


async def test_out_of_reach_while_printing() -> None:
    transport, heard, printer = await connected()
    transport.pause_reading()
    printer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    printer.close()  # a reset
    async with asyncio.timeout(60):
        while not heard.lost.is_set():
            transport.write(b"more")
            await asyncio.sleep(0.002)
    assert isinstance(heard.error, OSError)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.EHOSTDOWN, "device.bluetooth_away"),
        (errno.ECONNREFUSED, "device.bluetooth_channel"),
        (errno.EACCES, "device.bluetooth_unpaired"),
        (errno.EBUSY, "device.bluetooth_busy"),
        (errno.EAFNOSUPPORT, "device.bluetooth_none"),
    ],
)
async def test_why_not(number: int, code: str) -> None:
    def refuse() -> socket.socket:
        raise OSError(number, "no")

    with pytest.raises(UnreachableError) as refused:
        await dial(refuse, ("00:11:22:33:44:55", 1), HERE, Heard)
    assert refused.value.refusal.code == code
    assert refused.value.errno == number


async def test_a_refused_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = server.getsockname()
    with pytest.raises(UnreachableError) as refused:
        await dial(tcp, place, HERE, Heard)
    assert refused.value.refusal.code == "device.bluetooth_channel"


async def test_given_up_while_connecting(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[socket.socket] = []

    class Silent(socket.socket):
        def connect_ex(self, place: object) -> int:
            return errno.EINPROGRESS

    def make() -> socket.socket:
        ours, theirs = socket.socketpair()
        while True:  # filled, so that it is never writable
            ours.setblocking(False)
            try:
                ours.send(b"x" * 65536)
            except BlockingIOError:
                break
        made.extend((Silent(fileno=ours.detach()), theirs))
        return made[0]

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await dial(make, ("00:11:22:33:44:55", 1), HERE, Heard)
    assert made[0].fileno() == -1
    made[1].close()


async def test_a_python_without_bluetooth_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(socket, "AF_BLUETOOTH", raising=False)
    address = parse(HERE)
    assert isinstance(address, Address)
    with pytest.raises(UnreachableError, match="/dev/rfcomm0"):
        await bluetooth.connect(address, Heard, Path())


def test_windows_has_ports_for_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kvit.device.transports.bluetooth.sys.platform", "win32")
    with pytest.raises(UnreachableError, match="COM5"):
        bluetooth.rfcomm()


@pytest.mark.skipif(not hasattr(socket, "AF_BLUETOOTH"), reason="this Python was built without Bluetooth")
async def test_a_real_socket_of_rfcomm_says_something_a_person_understands() -> None:
    address = parse(HERE)
    assert isinstance(address, Address)
    with pytest.raises(UnreachableError):
        async with asyncio.timeout(60):
            await bluetooth.connect(address, Heard, Path())
