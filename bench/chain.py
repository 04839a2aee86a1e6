"""From a station to its server: receipts that wait in an outbox, until the server has read and committed them.

    python -m bench.chain [--receipts 2000] [--rounds 3]

Both machines in one process, the server's application called without a socket: packing, the key, unpacking, parse, play,
read, mask, store on SQLite with its full durability, and the station's own bookkeeping. Each round begins with empty
folders.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path

from kvit.chain import outbox
from tests.app.chaining import LINE, open_pair, printout


async def round_of(receipts: int) -> tuple[float, float]:
    """Give receipts a second into the station, and from there to the server."""
    with tempfile.TemporaryDirectory() as folder, open_pair(Path(folder)) as machines:
        await machines.pair()
        intake, began = machines.intake(), time.perf_counter()
        await asyncio.gather(*(intake.take(printout(number), LINE) for number in range(receipts)))
        stored = time.perf_counter()
        sender = machines.sender()
        while (await machines.station.read(outbox.backlog)).count:
            await sender.send()
        sent = time.perf_counter()
        assert len(machines.receipts(machines.server.db)) == min(receipts, 200)
        await machines.digester.close()
        return receipts / (stored - began), receipts / (sent - stored)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--receipts", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    found = [asyncio.run(round_of(given.receipts)) for _ in range(given.rounds)]
    for name, rates in (("station takes in", [one for one, _ in found]), ("server has", [one for _, one in found])):
        print(f"{name}: {sorted(rates)[len(rates) // 2]:,.0f} receipts/s (of {given.rounds} rounds)")


if __name__ == "__main__":
    main()
