"""Line-printer device files: ``/dev/usb/lp0``, ``/dev/lp0``.

usblp gives a full duplex byte stream where the printer has a back channel. What its source says (drivers/usb/class/usblp.c,
Linux 6.x) and a program has to know:

* It blocks while the printer is out of paper; opened non-blocking, the write just waits its turn and the till feels the
  printer's busy.
* A non-blocking write hands over one piece (at most 8 KiB) and returns while it is on its way. Closing then throws it away:
  one has to wait until the device is writable again. `DescriptorTransport` does (`Quirks.settles`).
* A printer without a way back (protocol 7/1/1) opens for reading all the same, and reading says EINVAL.
* An empty packet of the printer is a read of 0 bytes and no end; some send nothing else.
* Two programs can not have it open at once (EBUSY), so stop cups for that device. A pulled plug is a hang-up, then ENODEV.

Unproven: no such device was at hand; the tests stand a pseudo-terminal and a pipe in its place.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kvit.device.address import Address
from kvit.device.transports.descriptor import DescriptorTransport, Quirks
from kvit.device.transports.unreachable import UnreachableError

LPGETSTATUS: Final = 0x060B
"""linux/lp.h; an int comes back whose low byte is the port's."""
QUIRKS: Final = Quirks(empty_is_end=False, settles=True, deaf=frozenset((errno.EINVAL,)))
_WRITE_ONLY: Final = frozenset((errno.EACCES, errno.EINVAL, errno.EROFS))


class LinePrinter(DescriptorTransport):
    """One open device file."""

    def read_port_status(self) -> int:
        """Ask the driver for the port's byte (`kvit.device.transports.port_status`). Raises OSError."""
        import fcntl

        answer = fcntl.ioctl(self._fd, LPGETSTATUS, b"\0" * 4)
        return int.from_bytes(answer, "little") & 0xFF


async def connect(address: Address, factory: Callable[[], asyncio.Protocol], ports: Path) -> asyncio.Transport:
    """Open the device, both ways where it can. Raises OSError."""
    flags = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        fd, reads = os.open(address.path, os.O_RDWR | flags), True
    except OSError as error:
        if error.errno not in _WRITE_ONLY:
            raise _reason(error, address.path) from error
        fd, reads = _write_only(address.path, flags), False
    return LinePrinter(fd, factory(), reads=reads, quirks=QUIRKS)


def _write_only(path: str, flags: int) -> int:
    try:
        return os.open(path, os.O_WRONLY | flags)
    except OSError as error:
        raise _reason(error, path) from error


def _reason(error: OSError, path: str) -> OSError:
    code = {errno.EACCES: "device.usb_denied", errno.EBUSY: "device.usb_busy"}.get(error.errno or 0)
    return UnreachableError(code, error.errno or 0, printer=path) if code else error
