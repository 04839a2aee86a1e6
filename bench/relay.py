"""The relay's figures: what it adds for one till, how 200 tills fare in one line process, and whether a byte is changed.

    python -m bench.relay [--rounds 3] [--tills 200] [--gb 1]

Latency is a round trip: 64 bytes to an echoing printer and back; the relay's own share is the difference to the same
without it, in the same round. While 200 tills print (no two receipts alike), a shop process follows all their captures,
takes apart and draws (PNG) what they print, as the shipped one does. Peers, in the same rounds: asyncio streams in ten
lines, socat where installed.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import random
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench import material
from bench.figure import KVIT, Row, figure, table
from bench.shop import free_port

ROOT = Path(__file__).resolve().parent.parent
PROBE = b"x" * 63 + b"\n"
ENV = {**os.environ, "PYTHONPATH": str(ROOT / "src")}

LINE = """
import json, sys
from pathlib import Path
from kvit.relay.line import run_line
from kvit.relay.settings import LineSettings, RelaySettings
folder, port, count = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
lines = [LineSettings(f"t{n}", "tcp://127.0.0.1:0", f"tcp://127.0.0.1:{port}") for n in range(count)]
def ready(house):
    print(json.dumps([line.port for line in house.lines.values()]), flush=True)
run_line(lambda: RelaySettings(tuple(lines)), folder, hold=False, ready=ready)
"""
STREAMS = """
import asyncio, sys
async def copy(reader, writer):
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
async def came(reader, writer):
    up, down = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
    await asyncio.gather(copy(reader, down), copy(up, writer), return_exceptions=True)
async def main():
    server = await asyncio.start_server(came, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.run(main())
"""
ECHO = """
import asyncio, sys
try:
    import uvloop
    new = uvloop.new_event_loop
except ImportError:
    new = None
class Echo(asyncio.Protocol):
    def connection_made(self, transport):
        self.transport = transport
    def data_received(self, data):
        self.transport.write(data)
async def main():
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
asyncio.Runner(loop_factory=new).run(main())
"""
SHOP = """
import asyncio, sys
from pathlib import Path
from kvit.app.digest import Job
from kvit.app.digester import Digester
from kvit.app.drawing import Drawer
from kvit.app.rank import step_behind
from kvit.relay.follow import Wake, follow
folder, count = Path(sys.argv[1]), int(sys.argv[2])
seen = drawn = 0
step_behind()
async def main():
    digester, drawer, wake = Digester(), Drawer(lambda name, values: None), Wake(folder / "run")
    queue = asyncio.Queue()
    async def draw():
        global drawn
        while True:
            prepared = await queue.get()
            drawn += bool(await drawer.render(prepared.printout.raw, "TM-T88V", "png"))
    async def handle(found):
        global seen
        prepared = await digester.digest(lambda: Job("shop", found, found.line, "TM-T88V"), len(found.raw))
        seen += 1
        queue.put_nowait(prepared)
    tasks = [asyncio.create_task(draw())]
    for n in range(count):
        (folder / "capture" / f"t{n}").mkdir(parents=True, exist_ok=True)
        tasks.append(asyncio.create_task(
            follow(folder / "capture" / f"t{n}", f"t{n}", handle, profile="TM-T88V", wake=wake)))
    print("ready", flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    wanted = int(await asyncio.to_thread(sys.stdin.readline))
    for _ in range(600):
        if drawn >= wanted:
            break
        await asyncio.sleep(0.1)
    print(seen, drawn, flush=True)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    await digester.close()
    await drawer.close()
asyncio.run(main())
"""


@contextmanager
def process(script: str, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    child = subprocess.Popen(
        [sys.executable, "-c", script, *arguments], env=ENV, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        yield child
    finally:
        child.terminate()
        child.wait()


def said(child: subprocess.Popen[str]) -> str:
    assert child.stdout is not None
    return child.stdout.readline().strip()


def round_trips(port: int, count: int) -> list[float]:
    """Seconds of each round trip."""
    with socket.create_connection(("127.0.0.1", port)) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        times = []
        for _ in range(count + 200):
            started = time.perf_counter()
            sock.sendall(PROBE)
            got = 0
            while got < len(PROBE):
                got += len(sock.recv(256))
            times.append(time.perf_counter() - started)
        return times[200:]


def through(name: str, printer: int, count: int) -> list[float]:
    """Put the relay of that name before the printer and take round trips."""
    if name == "direct":
        return round_trips(printer, count)
    if name == KVIT:
        with tempfile.TemporaryDirectory() as folder, process(LINE, folder, str(printer), "1") as child:
            return round_trips(json.loads(said(child))[0], count)
    if name == "asyncio streams":
        with process(STREAMS, str(printer)) as child:
            return round_trips(int(said(child)), count)
    port = free_port()
    command = ["socat", f"TCP-LISTEN:{port},reuseaddr,fork,nodelay", f"TCP:127.0.0.1:{printer},nodelay"]
    with subprocess.Popen(command) as child:
        time.sleep(0.3)
        try:
            return round_trips(port, count)
        finally:
            child.terminate()


def one_till(count: int, rounds: int) -> Row:
    """What each relay adds to a round trip: its median less that of the same round without one, milliseconds."""
    names = ["direct", KVIT, "asyncio streams", *(["socat"] if shutil.which("socat") else [])]
    added: dict[str, list[float]] = {name: [] for name in names[1:]}
    with process(ECHO) as echo:
        printer = int(said(echo))
        for _ in range(rounds):
            medians = {name: figures(through(name, printer, count))[0] for name in names}
            for name, values in added.items():
                values.append(medians[name] - medians["direct"])
    found = {name: figure(values) for name, values in added.items()}
    return Row("relay adds, one till, median", "ms", found, 0.1, at_most=True)


def figures(times: list[float]) -> tuple[float, float]:
    """Median and p99, milliseconds."""
    ordered = sorted(times)
    return statistics.median(ordered) * 1000, ordered[int(len(ordered) * 0.99)] * 1000


async def till(port: int, streams: list[bytes], times: list[float], start_s: float, pause_s: float) -> None:
    """A till that asks, prints a receipt, and rests, again and again; the time of its questions is taken."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    await asyncio.sleep(start_s)
    for stream in streams:
        started = time.perf_counter()
        writer.write(PROBE)
        await reader.readexactly(len(PROBE))
        times.append(time.perf_counter() - started)
        writer.write(stream)
        await reader.readexactly(len(stream))
        await asyncio.sleep(pause_s)
    writer.close()


async def all_tills(ports: list[int], streams: list[bytes], pause_s: float) -> list[float]:
    times: list[float] = []
    count = len(ports)
    starts = random.Random(1).sample(range(count), count)
    await asyncio.gather(
        *(till(port, streams[n::count], times, pause_s * starts[n] / count, pause_s) for n, port in enumerate(ports))
    )
    return times


def run_tills(ports: list[int], streams: list[bytes], pause_s: float) -> list[float]:
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(all_tills(ports, streams, pause_s))


def many_tills(count: int, each: int, pause_s: float, rounds: int) -> list[Row]:
    """All tills through one line process, while a shop follows, takes apart and draws every receipt."""
    medians, tails, notes = [], [], []
    for seed in range(rounds):
        streams = material.receipts(count * each, 1000 + seed)
        with process(ECHO) as echo, tempfile.TemporaryDirectory() as folder:
            printer = int(said(echo))
            direct = figures(run_tills([printer] * count, streams, pause_s))
            with process(LINE, folder, str(printer), str(count)) as child:
                ports = json.loads(said(child))
                with process(SHOP, folder, str(count)) as shop:
                    said(shop)
                    relayed = figures(run_tills(ports, streams, pause_s))
                    assert shop.stdin is not None
                    shop.stdin.write(f"\n{len(streams)}\n")
                    shop.stdin.flush()
                    found, drawn = said(shop).split()
        medians.append(relayed[0] - direct[0])
        tails.append(relayed[1] - direct[1])
        notes.append(
            f"{count} tills, {len(streams)} receipts, each till one every {pause_s:g} s: {found} found and {drawn} "
            f"drawn by the shop; without the relay median {direct[0]:.2f} ms, p99 {direct[1]:.2f} ms."
        )
    return [
        Row(f"relay adds, {count} tills, median", "ms", {KVIT: figure(medians)}, 1, at_most=True, notes=notes[-1:]),
        Row(f"relay adds, {count} tills, p99", "ms", {KVIT: figure(tails)}, 5, at_most=True),
    ]


def volume(megabytes: int) -> Row:
    """Send so much through the relay to an echo, and compare both what came back and what was captured."""
    with (
        process(ECHO) as echo,
        tempfile.TemporaryDirectory() as folder,
        process(LINE, folder, said(echo), "1") as child,
    ):
        port = json.loads(said(child))[0]
        started = time.perf_counter()
        sent, came = asyncio.run(_pour(port, megabytes))
        took = time.perf_counter() - started
    assert sent == came, "bytes were changed"
    note = f"{megabytes} MB of random bytes there and back: 0 bytes changed (BLAKE2b of both directions)."
    return Row("relay, volume each way", "MB/s", {KVIT: figure([megabytes / took])}, notes=[note])


async def _pour(port: int, megabytes: int) -> tuple[str, str]:
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    out, back = hashlib.blake2b(), hashlib.blake2b()

    async def send() -> None:
        writer.write(b"\x1b@")
        out.update(b"\x1b@")
        for _ in range(megabytes):
            block = os.urandom(1 << 20)
            out.update(block)
            writer.write(block)
            await writer.drain()

    async def receive() -> None:
        left = (megabytes << 20) + 2
        while left:
            data = await reader.read(1 << 20)
            if not data:
                return
            back.update(data)
            left -= len(data)

    await asyncio.gather(send(), receive())
    writer.close()
    return out.hexdigest(), back.hexdigest()


def rows(rounds: int = 3, gigabytes: float = 1, tills: int = 200, count: int = 3000) -> list[Row]:
    """Measure all rows."""
    return [one_till(count, rounds), *many_tills(tills, 5, 2.0, rounds), volume(max(1, round(gigabytes * 1000)))]


def main() -> None:
    """Print the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--count", type=int, default=3000, help="round trips of one till a round")
    options.add_argument("--tills", type=int, default=200)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--gb", type=float, default=0.05, help="volume compared byte for byte")
    given = options.parse_args()
    measured = rows(given.rounds, given.gb, given.tills, given.count)
    print(table(measured), *(f"\n{note}" for row in measured for note in row.notes))


if __name__ == "__main__":
    main()
