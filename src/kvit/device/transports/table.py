"""The table of transports, and the one verb that opens an address."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from kvit.device.address import Address
from kvit.device.transports import bluetooth, file, pseudo, serial, tcp, usb

Factory = Callable[[], asyncio.Protocol]
Opener = Callable[[Address, Factory, Path], Awaitable[asyncio.Transport]]
"""Takes the address, the protocol's factory, and the folder where virtual ports have their links."""

TRANSPORTS: Final[dict[str, Opener]] = {
    "tcp": tcp.connect,
    "serial": serial.connect,
    "usb": usb.connect,
    "bluetooth": bluetooth.connect,
    "file": file.connect,
    "pty": pseudo.connect,
}

OPEN_S: Final = 10.0
"""A dead host answers nothing for minutes; a printer that is there answers in milliseconds, a sleeping one in 3 s."""


async def open_end(address: Address, factory: Factory, ports: Path) -> asyncio.Transport:
    """Open the address within `OPEN_S`. Raises OSError (TimeoutError is one) when it can not be opened."""
    async with asyncio.timeout(OPEN_S):
        return await TRANSPORTS[address.kind](address, factory, ports)
