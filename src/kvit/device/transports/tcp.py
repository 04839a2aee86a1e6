"""TCP: the raw port of network printers.

Nagle is off (a status question of three bytes must not wait for 40 ms), keep-alive is on and fast: a printer whose cable is
pulled says nothing, and only keep-alive finds out before the next receipt.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kvit.device.address import Address

KEEPALIVE_S: Final = 30
"""First probe after this much silence."""
KEEPALIVE_PROBES: Final = (
    (("TCP_KEEPIDLE", "TCP_KEEPALIVE"), KEEPALIVE_S),
    (("TCP_KEEPINTVL",), 5),
    (("TCP_KEEPCNT",), 3),
)
LISTEN_BACKLOG: Final = 256
"""How many tills may knock in the same instant; the kernel cuts it to what it allows."""


async def connect(address: Address, factory: Callable[[], asyncio.Protocol], ports: Path) -> asyncio.Transport:
    """Connect to a printer."""
    transport, _ = await asyncio.get_running_loop().create_connection(factory, address.host, address.port)
    tune(transport.get_extra_info("socket"))
    return transport


def tune(sock: socket.socket | None) -> None:
    """Set what both sides of a relay need on a connection."""
    if sock is None:
        return
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for names, value in KEEPALIVE_PROBES:
        for name in names:
            if hasattr(socket, name):
                sock.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
                break


def listen(host: str, port: int) -> socket.socket:
    """Make a listening socket, not blocking. Port 0 takes a free one. Raises OSError when the port is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows lets two processes share a port otherwise
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        sock.listen(LISTEN_BACKLOG)
        sock.setblocking(False)
    except OSError:
        sock.close()
        raise
    return sock
