"""A protocol that remembers what it was told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Heard(asyncio.Protocol):
    def __init__(self) -> None:
        self.data = bytearray()
        self.paused = False
        self.error: Exception | None = None
        self.lost = asyncio.Event()

    def data_received(self, data: bytes) -> None:
        self.data += data

    def pause_writing(self) -> None:
        self.paused = True

    def resume_writing(self) -> None:
        self.paused = False

    def connection_lost(self, exc: Exception | None) -> None:
        self.error = exc
        self.lost.set()


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what happens in another thread or on the other side of the kernel."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - nobody could set an event
            await asyncio.sleep(0.002)
