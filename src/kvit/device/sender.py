"""Sending one strip of bytes to a printer: the whole of it or a sentence why not.

All bytes are handed over in one write; the end of a wire takes them as fast as it prints. What the printer says meanwhile
is heard and dropped: bytes left unread would break a network connection off before the last of ours arrived. Whether it
*printed* is not known here; for receipts that count there is the spool.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kvit.device.address import Address
from kvit.device.interview import unopened, unwired
from kvit.device.transports import TRANSPORTS, open_end
from kvit.refusal import Refusal


@dataclass(frozen=True, slots=True)
class Limits:
    """How long to wait, in seconds."""

    stuck: float = 30.0
    """Without a byte taken: a printer out of paper takes none; a person has put a roll in by then."""
    farewell: float = 3.0
    """For the printer to close its side once it has all."""


TURN_S: Final = 0.1
"""How often it is looked whether bytes still go."""


async def send(address: Address, data: bytes, ports: Path, limits: Limits | None = None) -> Refusal | None:
    """Send bytes to the printer at an address; None when it took them all, else a `Refusal` of ``device.probe_*``."""
    if address.kind not in TRANSPORTS:
        return unwired(address)
    wire, limits = _Wire(), limits or Limits()
    try:
        transport = await open_end(address, lambda: wire, ports)
    except OSError as error:
        return unopened(address, error)
    try:
        transport.write(data)
        taken = await wire.drained(transport, limits.stuck)
        if taken and address.kind == "tcp":
            transport.write_eof()
            await wire.closed(limits.farewell)
    finally:
        (transport.close if wire.alive else transport.abort)()
    if taken:
        return None
    return Refusal("device.send_stuck", {"address": str(address), "left": transport.get_write_buffer_size()})


class _Wire(asyncio.Protocol):
    def __init__(self) -> None:
        self.alive = True
        self._over = asyncio.Event()

    def eof_received(self) -> bool:
        self._over.set()
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        self.alive = False
        self._over.set()

    async def drained(self, transport: asyncio.Transport, stuck_s: float) -> bool:
        """Wait until all is taken; False when nothing has gone for ``stuck_s`` seconds, or the wire broke."""
        left, turns = transport.get_write_buffer_size(), 0
        while left and self.alive and turns * TURN_S < stuck_s:
            await asyncio.sleep(TURN_S)
            now = transport.get_write_buffer_size()
            turns = turns + 1 if now == left else 0
            left = now
        return not left and self.alive

    async def closed(self, seconds: float) -> None:
        """Wait for the other side's end, at most so long."""
        try:
            async with asyncio.timeout(seconds):
                await self._over.wait()
        except TimeoutError:
            pass
