"""Pseudo-terminals as transports: the named end of a virtual pair somebody else holds, and our own end of one we hold.

Raw on both ends, and again before every transfer: the till may switch to cooked mode at any open, and then LF would become
CR LF and our status bytes would come back as its own output.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from kvit.device.address import Address
from kvit.device.transports.descriptor import DescriptorTransport


async def connect(address: Address, factory: Callable[[], asyncio.Protocol], ports: Path) -> asyncio.Transport:
    """Open the named end of a pair that lies in ``ports``, as a till or a printer would. Raises OSError."""
    flags = os.O_RDWR | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_NONBLOCK", 0)
    fd = os.open(ports / address.path, flags)
    try:
        from kvit.device.terminal import make_raw

        make_raw(fd, new=True)
    except (OSError, ImportError):
        os.close(fd)
        raise
    return DescriptorTransport(fd, factory(), before=lambda: make_raw(fd))


def hold(master: int, slave: int, protocol: asyncio.Protocol) -> DescriptorTransport:
    """Read and write our end of a pair. The descriptors stay the caller's: closing the transport leaves the till's port."""
    from kvit.device.terminal import make_raw

    return DescriptorTransport(master, protocol, keep=True, before=lambda: make_raw(slave))
