"""The messages of a shop in a process of their own, to be killed: `python -m tests.notify.queue_process FOLDER`."""

from __future__ import annotations

import asyncio
import sys
import time
from pathlib import Path

from kvit.app.notifying import Notifying
from kvit.app.settings import read
from kvit.db import open_database
from kvit.device.board import Board


async def main(folder: Path) -> None:
    db = open_database(folder / "kvit.db", ["kvit.notify"])
    notifying = Notifying(read(folder / "kvit.toml", {}), db, Board(time.time), lambda *_: None)
    await notifying.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
