"""A printer that answers nothing, at a port that says whether there is paper; a pseudo-terminal stands for `lp0`."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("device files are Linux's", allow_module_level=True)

from kvit.db import open_database
from kvit.device import pair as pairs
from kvit.device.printers.model import Printer
from kvit.device.spool.model import State
from kvit.device.transports.lp import LinePrinter
from tests.device.delivery.stage import ROOMS, Stage
from tests.device.transports.heard import until

WELL, NO_PAPER, NONSENSE = 0x18, 0x38, 0x00


@pytest.mark.parametrize(
    ("said_before", "said_now", "blocked"), [(WELL, NO_PAPER, True), (NONSENSE, NONSENSE, False), (WELL, WELL, False)]
)
async def test_a_port_without_paper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said_before: int, said_now: int, blocked: bool
) -> None:
    says = [said_before]
    monkeypatch.setattr(LinePrinter, "read_port_status", lambda self: says[0])
    pair = pairs.open_pair(tmp_path, "lp0")
    with open_database(tmp_path / "kvit.db", rooms=ROOMS) as db:
        stage = Stage(db, tmp_path)
        stage.keep(Printer("counter", f"escpos+usb://{pair.device}?profile=simple"))
        await stage.crew.start()
        taking = asyncio.create_task(take(pair.master))
        first = await stage.until(await stage.order("first"), State.SENT)
        assert first.state is State.SENT
        says[0] = said_now
        await until(lambda: (stage.board.light("counter").paper == "out") == blocked)
        job = await stage.order("second")
        if blocked:
            job = await stage.until(job, State.BLOCKED)
            assert stage.board.light("counter").trouble == "paper"
            says[0] = WELL
        assert (await stage.until(job, State.SENT)).state is State.SENT
        await stage.crew.stop()
        taking.cancel()
    pairs.close(pair)


async def take(fd: int) -> None:
    """The printer: takes what comes, says nothing."""
    import os

    while True:
        try:
            os.read(fd, 65536)
        except BlockingIOError:
            await asyncio.sleep(0.002)
