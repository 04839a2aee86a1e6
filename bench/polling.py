"""Printers that poll: a thousand emulated Star printers at 5 s on one process, while jobs flow.

    python -m bench.polling [--printers 1000] [--seconds 20] [--jobs 10]

The server is a process of its own with what the shop has: the printers' door on its listener, SQLite with durable commits,
the press in its worker process. It accepts ``jobs`` a second, each for a printer in turn. The printers run in a second
process, so latency is told by the client: from the first byte of a poll to its answer, a connection each, as printers do.
Polls are spread over the interval. The machine's other work is in the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import uvloop

from bench.figure import KVIT, Figure, Row, figure, table
from bench.shop import ENV, free_port
from kvit.app.log import make_log
from kvit.app.pressing import Presser
from kvit.app.rooms import MIGRATIONS
from kvit.app.serving import Window, listen
from kvit.db import Database, open_database
from kvit.device.board import Board
from kvit.device.cloud.cloudprnt.emulator import StarPrinter
from kvit.device.cloud.cloudprnt.routes import routes
from kvit.device.cloud.door import Desk, keep_watch, printers_app
from kvit.device.printers import service as printers
from kvit.device.printers.model import Printer
from kvit.device.spool import service as spool
from kvit.device.spool.model import State
from kvit.device.spool.order import Order, order
from kvit.device.spool.store import Filter
from kvit.net import Ask, Failed, Reply, Trouble
from kvit.paper.document import Cut, Document, Text, print_document

SHOP = "shop-1"
INTERVAL_S = 5.0
WARM_S = 2 * INTERVAL_S
"""Every printer has been asked who it is by then."""
RECEIPT = print_document(Document([*(Text(f"Article {n:02}  {n},00") for n in range(20)), Cut()]))
P99_MS = 50.0


def _word(number: int) -> str:
    return f"word-{number:026}"


async def _serve(folder: Path, port: int, count: int, jobs: float) -> None:
    db = open_database(folder / "kvit.db", MIGRATIONS)
    presser, log = Presser(lambda event, values: None), make_log("bench")
    desk = Desk(
        db, SHOP, presser.press, Board(time.time), time.time, time.monotonic, random.randbytes, log,
        f"http://127.0.0.1:{port}",
    )  # fmt: skip
    for number in range(count):
        given = Printer(f"p{number}", "starprnt+cloudprnt://", token_hash=printers.token_hash(_word(number)))
        await db.write(printers.keep, SHOP, given, desk.now_ms)
    window = Window(printers_app(desk, routes), listen("127.0.0.1", port))
    await window.start()
    watch = asyncio.create_task(keep_watch(desk))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    before_s = _cpu_s()
    flow = asyncio.create_task(_flow(db, count, jobs))
    await asyncio.to_thread(sys.stdin.readline)
    used_s = _cpu_s() - before_s
    flow.cancel()
    await asyncio.to_thread(sys.stdin.readline)  # what is under way ends
    found = await db.read(spool.search, SHOP, Filter(), None, 200)
    states = [job.state for job in found]
    said = {"cpu_s": used_s, "jobs": len(states), "printed": states.count(State.PRINTED)}
    print(json.dumps(said), flush=True)
    watch.cancel()
    await window.stop()
    await presser.close()
    db.close()


async def _flow(db: Database, count: int, jobs: float) -> None:
    for number in range(10**6):
        given = order(f"sale {number}", f"p{number * 7 % count}", RECEIPT)
        assert isinstance(given, Order)
        await db.write(spool.accept, SHOP, given, int(time.time() * 1000))
        await asyncio.sleep(1 / jobs)


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def _lean(wanted: Ask) -> Reply | Failed:
    """One request on a connection of its own, as bare as can be: what is measured is the server."""
    url = urlsplit(wanted.url)
    target = f"{url.path}?{url.query}" if url.query else url.path
    told = "".join(f"{name}: {value}\r\n" for name, value in wanted.headers.items())
    head = f"{wanted.method} {target} HTTP/1.1\r\nHost: {url.netloc}\r\n{told}Content-Length: {len(wanted.body)}\r\n"
    try:
        reader, writer = await asyncio.open_connection(url.hostname, url.port)
        writer.write(f"{head}Connection: close\r\n\r\n".encode() + wanted.body)
        said = await reader.read()
        while not reader.at_eof():
            said += await reader.read()
        writer.close()
    except OSError:
        return Failed(Trouble.BROKEN, sent=True)
    first, _, body = said.partition(b"\r\n\r\n")
    status, *lines = first.decode("latin-1").split("\r\n")
    headers = dict(line.lower().split(": ", 1) for line in lines)
    return Reply(int(status.split()[1]), headers, body)


class Clients:
    """The printers, and how long their polls took."""

    def __init__(self, port: int, count: int) -> None:
        self.taken_s: list[float] = []
        self.failed = 0
        self.counts = False
        self.stars = [
            StarPrinter(f"http://127.0.0.1:{port}/cloudprnt/{_word(n)}", self._ask, interval_s=INTERVAL_S)
            for n in range(count)
        ]

    async def _ask(self, wanted: Ask) -> Reply | Failed:
        began_s = time.perf_counter()
        reply = await _lean(wanted)
        if self.counts and wanted.method == "POST":
            self.taken_s.append(time.perf_counter() - began_s)
            self.failed += not isinstance(reply, Reply) or reply.status != 200
        return reply

    async def run(self, star: StarPrinter, delay_s: float) -> None:
        """Poll from then on."""
        await asyncio.sleep(delay_s)
        await star.run()


async def _measure(port: int, count: int, seconds: float, tell: Callable[[], Awaitable[None]]) -> Clients:
    clients = Clients(port, count)
    tasks = [asyncio.create_task(clients.run(star, INTERVAL_S * n / count)) for n, star in enumerate(clients.stars)]
    await asyncio.sleep(WARM_S)
    await tell()
    clients.counts = True
    await asyncio.sleep(seconds)
    clients.counts = False
    await tell()
    await asyncio.sleep(INTERVAL_S + 1)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return clients


def measured(count: int, seconds: float, jobs: float) -> dict[str, float]:
    """One round."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        command = [
            sys.executable,
            "-m",
            "bench.polling",
            "--serve",
            folder,
            "--port",
            str(port),
            "--printers",
            str(count),
        ]
        server = subprocess.Popen(
            [*command, "--jobs", str(jobs)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=ENV, text=True
        )
        assert server.stdin is not None
        assert server.stdout is not None
        stdin = server.stdin

        async def tell() -> None:
            stdin.write("\n")
            stdin.flush()

        assert server.stdout.readline() == "ready\n"
        clients = asyncio.run(_measure(port, count, seconds, tell))
        stdin.write("\n")
        stdin.flush()
        told = json.loads(server.stdout.readline())
        server.wait(30)
    taken = sorted(clients.taken_s)
    return {
        "p50_ms": taken[len(taken) // 2] * 1000,
        "p99_ms": taken[len(taken) * 99 // 100] * 1000,
        "polls_s": len(taken) / seconds,
        "cpu": 100 * told["cpu_s"] / seconds,
        "failed": clients.failed,
        "papers": sum(len(star.papers) for star in clients.stars),
        "jobs": told["jobs"],
        "printed": told["printed"],
    }


def rows(rounds: int, count: int = 1000, seconds: float = 20.0, jobs: float = 10.0) -> list[Row]:
    """The lines of the table."""
    found = [measured(count, seconds, jobs) for _ in range(rounds)]

    def of(name: str) -> dict[str, Figure]:
        return {KVIT: figure([each[name] for each in found])}

    last = found[-1]
    note = (
        f"{count:,} emulated printers at {INTERVAL_S:g} s, {jobs:g} jobs a second: {last['polls_s']:.0f} polls a second, "
        f"{last['failed']:.0f} failed, {last['papers']:.0f} papers; of the last {last['jobs']:.0f} jobs "
        f"{last['printed']:.0f} printed"
    )
    what = f"poll of {count:,} printers at {INTERVAL_S:g} s answered"
    return [
        Row(f"{what}, p99", "ms", of("p99_ms"), goal=P99_MS, at_most=True, notes=[note]),
        Row(f"{what}, median", "ms", of("p50_ms")),
        Row("one core of the shop's process meanwhile", "%", of("cpu")),
    ]


def main() -> None:
    """Measure, or be the server of a round."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--printers", type=int, default=1000)
    options.add_argument("--seconds", type=float, default=20.0)
    options.add_argument("--jobs", type=float, default=10.0)
    options.add_argument("--rounds", type=int, default=1)
    options.add_argument("--serve", type=Path, default=None, help=argparse.SUPPRESS)
    options.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.serve is not None:
        sys.setswitchinterval(0.0005)  # as the shop does
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(given.serve, given.port, given.printers, given.jobs))
        return
    found = rows(given.rounds, given.printers, given.seconds, given.jobs)
    print(table(found))
    print(*(note for row in found for note in row.notes), sep="\n")


if __name__ == "__main__":
    main()
