"""Line-printer device files: ``/dev/usb/lp0``, ``/dev/lp0``.

usblp gives a full duplex byte stream where the printer has a back channel; where it has none the file opens for writing
only. It blocks by default while the printer is out of paper; opened non-blocking, the write just waits its turn and the
till feels the printer's busy. Two programs can not have it open at once (EBUSY), so stop cups for that device.
"""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from pathlib import Path

from kvit.device.address import Address
from kvit.device.transports.descriptor import DescriptorTransport


async def connect(address: Address, factory: Callable[[], asyncio.Protocol], ports: Path) -> asyncio.Transport:
    """Open the device, both ways where it can. Raises OSError."""
    flags = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        fd, reads = os.open(address.path, os.O_RDWR | flags), True
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EINVAL, errno.EROFS):
            raise
        fd, reads = os.open(address.path, os.O_WRONLY | flags), False
    return DescriptorTransport(fd, factory(), reads=reads)
