"""Bluetooth printers and readers: RFCOMM, by the sockets of Linux's BlueZ (``bluetooth://00:11:22:33:44:55?channel=1``).

RFCOMM is a serial cable by radio; the Serial Port Profile of receipt printers is nearly always its channel 1. The printer
must have been paired once (docs/howto/connect-a-printer.md). The channel is not looked up (SDP is left out). A connected
socket is a stream like any other; its descriptor goes to `DescriptorTransport`, but for one thing: asked how much is still
unsent (TIOCOUTQ), Bluetooth sockets answer how much *room* there is (net/bluetooth/af_bluetooth.c, ``bt_sock_ioctl``). So
what is unsent is the room there was when nothing was, less the room there is now.

``/dev/rfcomm0`` made by ``rfcomm bind`` is an ordinary serial port: ``serial:///dev/rfcomm0``.
Unproven: no Bluetooth here; the tests stand other sockets in its place.
"""

from __future__ import annotations

import asyncio
import errno
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from kvit.device.address import Address
from kvit.device.transports.descriptor import DescriptorTransport
from kvit.device.transports.unreachable import UnreachableError

REASONS: Final = {
    errno.EHOSTDOWN: "device.bluetooth_away",
    errno.EHOSTUNREACH: "device.bluetooth_away",
    errno.ETIMEDOUT: "device.bluetooth_away",
    errno.ECONNREFUSED: "device.bluetooth_channel",
    errno.EACCES: "device.bluetooth_unpaired",
    errno.EPERM: "device.bluetooth_unpaired",
    errno.EBUSY: "device.bluetooth_busy",
    errno.EAFNOSUPPORT: "device.bluetooth_none",
    errno.EPROTONOSUPPORT: "device.bluetooth_none",
    errno.ENETDOWN: "device.bluetooth_none",
    errno.ENODEV: "device.bluetooth_none",
}
"""What the errors of an RFCOMM socket mean to a person."""
TIOCOUTQ: Final = 0x5411
"""How much is unsent, says its manual page; of Bluetooth sockets it is how much room there is."""


class Rfcomm(DescriptorTransport):
    """A connected RFCOMM socket. What the kernel holds is counted in its measure: 0 for nothing, else more than bytes."""

    def __init__(self, fd: int, protocol: asyncio.Protocol) -> None:
        self._idle_room = room_of(fd)
        super().__init__(fd, protocol)

    def get_write_buffer_size(self) -> int:
        """What the printer's side has not taken yet."""
        return self._waiting + (0 if self._over else max(0, self._idle_room - room_of(self._fd)))

    @property
    def counted_fd(self) -> int:
        """None: the kernel's count is of room."""
        return -1


def room_of(fd: int) -> int:
    """How much an RFCOMM socket would take now; 0 where the kernel does not say."""
    import fcntl

    try:
        return int.from_bytes(fcntl.ioctl(fd, TIOCOUTQ, b"\0" * 4), "little", signed=True)
    except OSError:
        return 0


def rfcomm() -> socket.socket:
    """Make an RFCOMM socket. Raises OSError, also where this Python was built without Bluetooth."""
    if sys.platform == "win32":  # its sockets are no descriptors
        raise UnreachableError("device.bluetooth_windows", errno.ENOSYS)
    family, protocol = getattr(socket, "AF_BLUETOOTH", None), getattr(socket, "BTPROTO_RFCOMM", None)
    if family is None or protocol is None:
        raise UnreachableError("device.bluetooth_python", errno.ENOSYS)
    return socket.socket(family, socket.SOCK_STREAM, protocol)


async def connect(address: Address, factory: Callable[[], asyncio.Protocol], ports: Path) -> asyncio.Transport:
    """Connect to a paired device. Raises OSError."""
    return await dial(rfcomm, (address.host, address.port), str(address), factory)


async def dial(
    make: Callable[[], socket.socket], place: Any, name: str, factory: Callable[[], asyncio.Protocol]
) -> asyncio.Transport:
    """Connect a socket that ``make`` gives to ``place``, and speak over it. Raises OSError."""
    try:
        sock = make()
    except UnreachableError:
        raise
    except OSError as error:
        raise _reason(error, name) from error
    try:
        sock.setblocking(False)
        await _connected(sock, place)
    except OSError as error:
        sock.close()
        raise _reason(error, name) from error
    except BaseException:
        sock.close()
        raise
    return Rfcomm(sock.detach(), factory())


async def _connected(sock: socket.socket, place: Any) -> None:
    """Wait for the connection. asyncio's own call looks addresses up, which these are not."""
    problem = sock.connect_ex(place)
    if problem in (errno.EINPROGRESS, errno.EAGAIN):
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        loop.add_writer(sock.fileno(), ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_writer(sock.fileno())
        problem = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if problem:
        raise OSError(problem, os.strerror(problem))


def _reason(error: OSError, name: str) -> OSError:
    code = REASONS.get(error.errno or 0)
    return UnreachableError(code, error.errno or 0, device=name) if code else error
