"""The line process: ports, forwarding, capture. No data base, no drawing, hardly any imports.

It outlives the shop (its own session, found again by its control socket) and its ports outlive it: what must not hang up a
till (pseudo-terminals, listening sockets) is left with a tiny holder process (`kvit.relay.holder`) and fetched from there
after a crash. Its folder::

    capture/<line>/*.cap   what passed            run/line.sock     the control socket (JSON lines; Windows: run/line.port)
    ports/<name>           links to pseudo-ttys   run/wake.sock     the shop's: told when a capture has grown
    run/holder.sock        the holder             ports/pairs.json  pairs made by hand
    run/print-<line>.sock  where the shop's own printing takes its turn on the line's printer
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from kvit.refusal import Refusal
from kvit.relay.control import Control
from kvit.relay.house import House, Loader

TIDY_AFTER: Final = 10_000
"""New objects before the young ones are looked through: a connection makes some hundred, and few circles."""


async def serve(load: Loader, folder: Path, *, hold: bool = True, ready: Callable[[House], None] | None = None) -> None:
    """Run the lines until the control socket, SIGTERM or SIGINT says stop. Calls ``ready`` once all is open."""
    house = House(folder, load, hold=hold)
    await house.start()
    control = Control(house, folder / "run")
    try:
        await control.start()
        _on_signals(house)
        if ready is not None:
            ready(house)
    except BaseException:
        await control.stop()
        await house.give_up()
        raise
    await house.stopping.wait()
    await control.stop()
    await house.stop()


def run_line(
    load: Loader, folder: Path, *, hold: bool = True, ready: Callable[[House], None] | None = None
) -> Refusal | None:
    """Be the line process: uvloop where there is one, then `serve`. A `Refusal` when another one runs on this folder."""
    os.umask(0o077)
    (folder / "run").mkdir(mode=0o700, parents=True, exist_ok=True)
    if Control.answers(folder / "run"):
        return Refusal("relay.runs_already", {"folder": str(folder)})

    def opened(house: House) -> None:
        if ready is not None:
            ready(house)
        _tidy_seldom()

    loop_factory: Callable[[], Any] | None = None
    try:
        import uvloop

        loop_factory = uvloop.new_event_loop
    except ImportError:  # Windows, or a platform without a wheel: asyncio's own loop does
        loop_factory = None
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(serve(load, folder, hold=hold, ready=opened))
    return None


def _tidy_seldom() -> None:
    """Keep Python from stopping to look for circles while tills wait: what start made is never looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(TIDY_AFTER)


def _on_signals(house: House) -> None:
    """SIGTERM and SIGINT end the process (ports stay held), SIGHUP reads the settings again."""
    if sys.platform == "win32":
        return
    import signal

    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, house.stopping.set)
    loop.add_signal_handler(signal.SIGHUP, lambda: asyncio.ensure_future(house.reload()))
