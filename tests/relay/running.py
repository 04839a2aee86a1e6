"""A line under test: the line process's inside, run in the test's own loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from kvit.relay.house import House
from kvit.relay.line import serve
from kvit.relay.settings import LineSettings, RelaySettings

WAIT_S = 60


async def until(condition: Callable[[], bool], what: str = "") -> None:
    """Wait for something another task brings about."""
    async with asyncio.timeout(WAIT_S):
        while not condition():  # noqa: ASYNC110 - another process may be what is waited for
            await asyncio.sleep(0.005)


@asynccontextmanager
async def running(folder: Path, *lines: LineSettings, hold: bool = False) -> AsyncIterator[House]:
    """Run the line process's inside in this loop."""
    ready: asyncio.Future[House] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(serve(lambda: RelaySettings(lines), folder, hold=hold, ready=ready.set_result))
    waited: set[asyncio.Future[Any]] = {task, ready}
    await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    house = ready.result()
    try:
        yield house
    finally:
        house.keep_ports = False
        house.stopping.set()
        await task
