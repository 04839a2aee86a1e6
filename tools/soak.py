"""Long counts: what the tests try a few times, thousands of times. Prints one table with seed and date.

    python -m tools.soak                                  minutes
    python -m tools.soak --shop-kills 1000 --gigabytes 20 a night

Kills and power cuts run the very tests of ``tests/``, only longer; the relay's row sends receipts through a whole shop's
print port and compares what the printer's side gets, byte for byte, by SHA-256.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kvit.demo import day
from tests.end_to_end.running import ROOT, Shop, free_port

CONNECTION_BYTES = 8 << 20
"""A till that prints this much on one connection has had a long day."""


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    what: str
    count: str
    result: str
    seconds: float


def by_test(what: str, unit: str, test: str, count: int, **env: str) -> Row:
    """Run a test of ours with a larger count."""
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:schemathesis", test], cwd=ROOT, check=False,
        env={**os.environ, **env}, capture_output=True, text=True,
    )  # fmt: skip
    if done.returncode:
        print(done.stdout[-4000:], file=sys.stderr)
    result = "nothing lost, nothing twice" if done.returncode == 0 else f"FAILED ({done.returncode})"
    return Row(what, f"{count:,} {unit}", result, time.monotonic() - started)


class Paper:
    """The printer's side: takes connections one after the other, hashes what comes."""

    def __init__(self, port: int) -> None:
        self.hash = hashlib.sha256()
        self.size = 0
        self._listener = socket.create_server(("127.0.0.1", port))
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            host, _ = self._listener.accept()
            with host:
                while data := host.recv(1 << 18):
                    self.hash.update(data)
                    self.size += len(data)


def relay(gigabytes: float, seed: int) -> Row:
    """Send receipts through the print port of a whole shop, which reads and stores them meanwhile."""
    started = time.monotonic()
    chance = random.Random(seed)
    start = datetime.datetime(2026, 5, 4, 9)  # noqa: DTZ001 - a till's clock
    pieces = [printout.data for printout in day(start, 500, chance)]
    folder = Path(tempfile.mkdtemp(prefix="kvit-soak-"))
    port = free_port()
    till = free_port()
    line = f'[[relay.line]]\nname = "net"\ntill = "tcp://127.0.0.1:{till}"\nprinter = "tcp://127.0.0.1:{port}"\n'
    shop, paper, sent, size = Shop(folder, lines=line), Paper(port), hashlib.sha256(), 0
    shop.till_port = till
    try:
        shop.start()
        while size < gigabytes * 1e9:
            data = b"".join(chance.choices(pieces, k=CONNECTION_BYTES // 1000))[:CONNECTION_BYTES]
            shop.print(data)
            sent.update(data)
            size += len(data)
        same = sent.digest() == paper.hash.digest() and paper.size == size
        uncaptured = shop.line()["uncaptured_bytes"]
    finally:
        shop.clean()
        shutil.rmtree(folder, ignore_errors=True)
    result = (
        f"0 bytes changed, {uncaptured} uncaptured" if same else f"CHANGED: {size - paper.size} bytes differ in count"
    )
    return Row("bytes through the relay", f"{size / 1e9:.2f} GB", result, time.monotonic() - started)


def table(rows: list[Row], seed: int) -> str:
    """The rows as a table for bench/README.md."""
    lines = ["| what | how often | result | took |", "|---|---|---|---|"]
    lines += [f"| {row.what} | {row.count} | {row.result} | {row.seconds:.0f} s |" for row in rows]
    today = datetime.datetime.now(datetime.UTC).date()
    return "\n".join([*lines, "", f"Seed {seed}, {today}, `python -m tools.soak`."])


def main() -> int:
    """Run what was asked for; 1 where something failed."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument(
        "--store-kills", type=int, default=200, help="kill -9 of a process that writes the data base"
    )
    arguments.add_argument("--shop-kills", type=int, default=50, help="kill -9 of the shop while receipts flow")
    arguments.add_argument("--power-cuts", type=int, default=5000)
    arguments.add_argument("--gigabytes", type=float, default=0.5, help="through the relay of a whole shop")
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    seed = str(given.seed)
    shop_test = "tests/end_to_end/test_kills.py::test_killing_the_shop_loses_and_doubles_nothing"
    steps: list[tuple[float, Callable[[], Row]]] = [
        (given.store_kills, lambda: by_test(
            "kill -9 of the store", "kills", "tests/db/test_kill.py", given.store_kills,
            KVIT_KILLS=str(given.store_kills))),
        (given.shop_kills, lambda: by_test(
            "kill -9 of the shop", "kills", shop_test, given.shop_kills,
            KVIT_KILLS=str(given.shop_kills), KVIT_KILL_SEED=seed)),
        (given.power_cuts, lambda: by_test(
            "power cuts", "cuts", "tests/db/test_power_loss.py", given.power_cuts,
            KVIT_POWER_CUTS=str(given.power_cuts), KVIT_POWER_SEED=seed)),
        (given.gigabytes, lambda: relay(given.gigabytes, given.seed)),
    ]  # fmt: skip
    rows = []
    for count, step in steps:
        if count:
            rows.append(step())
            print(f"{rows[-1].what}: {rows[-1].result} in {rows[-1].seconds:.0f} s", file=sys.stderr)
    print(table(rows, given.seed))
    return int(any("FAILED" in row.result or "CHANGED" in row.result for row in rows))


if __name__ == "__main__":
    sys.exit(main())
