"""Bytes a second through the parser: text-heavy, raster-heavy, mixed, one byte at a time, and whether it stays linear.

    python -m bench.tokenise [seconds per row] [folder of .bin streams]

Receipts are made here, no two alike (goods, prices, order, length, logo differ), so nothing can be remembered. With a
folder of captured streams (such as ``../shared/data/escpos/corpus``) these are measured too. No tokeniser of the whole
language exists in Python to compare with; beside text-heavy rows stands a bound instead: one regular expression that only
finds where text ends and tells no command from another.
"""

from __future__ import annotations

import random
import re
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench import material, peers
from bench.figure import KVIT, Row, figure, in_turn
from kvit.escpos import Parser, encode

GOODS = (
    "Milk",
    "Bread",
    "Kofe",
    "Apple juice",
    "Rice 5kg",
    "Soap",
    "Green tea",
    "Batteries AA",
    "Notebook",
    "Pasta 400g",
)
CONTROL_RUNS = re.compile(rb"[\x20-\xff]+|[\x00-\x1f]")
RECEIPTS = 400
"""Receipts a row is made of: half a megabyte of text, more than any cache of this machine holds as objects."""


def receipt(rng: random.Random, logo_rows: int = 0) -> bytes:
    """One receipt as a till sends it; ``logo_rows`` > 0 adds a picture of 576 dots and so many rows."""
    out = [encode("ESC @"), encode("ESC t", n=17), encode("ESC a", n=1)]
    if logo_rows:
        out.append(encode("GS v 0", m=0, x=72, y=logo_rows, d=rng.randbytes(72 * logo_rows)))
    out += [encode("GS !", n=17), b"SHOP %d\n" % rng.randrange(1000), encode("GS !", n=0), encode("ESC a", n=0)]
    total = 0
    for _ in range(rng.randint(6, 24)):
        price, count = rng.randrange(100, 99999), rng.randint(1, 9)
        total += price * count
        name = rng.choice(GOODS).encode()
        out.append(b"%-24s%3d x %8d.%02d\n" % (name, count, price // 100, price % 100))
    out += [
        b"-" * 42 + b"\n",
        encode("ESC E", n=1),
        b"TOTAL %35d.%02d\n" % (total // 100, total % 100),
        encode("ESC E", n=0),
    ]
    out += [encode("ESC p", m=0, t1=25, t2=250), encode("GS V", m=66, n=3)]
    return b"".join(out)


def rate(act: Callable[[], int], seconds: float) -> float:
    """Bytes a second, the best of the rounds that fit into the time."""
    best, end = 0.0, time.perf_counter() + seconds
    while True:
        start = time.perf_counter()
        done = act()
        best = max(best, done / (time.perf_counter() - start))
        if time.perf_counter() > end:
            return best


def parse_each(streams: list[bytes]) -> int:
    """Parse each stream with a parser of its own; gives the bytes."""
    for stream in streams:
        parser = Parser()
        parser.feed(stream)
        parser.close()
    return sum(map(len, streams))


def in_pieces(data: bytes, size: int) -> int:
    """Parse one stream fed in pieces; gives the bytes."""
    parser = Parser()
    for at in range(0, len(data), size):
        parser.feed(data[at : at + size])
    return len(data)


def show(name: str, streams: list[bytes], seconds: float, peer: bool = False) -> None:
    """Print one row."""
    size = sum(map(len, streams))
    commands = sum(len(Parser().feed(stream)) for stream in streams)
    speed = rate(lambda: parse_each(streams), seconds)
    line = f"{name:34} {size / 1e6:8.2f} MB {size / commands:9.1f} B/cmd "
    line += f"{speed / 1e6:9.1f} MB/s {speed / size * len(streams):10.0f}/s"
    if peer:
        bound = rate(lambda: sum(len(CONTROL_RUNS.findall(stream)) and len(stream) for stream in streams), seconds)
        line += f"   (bound {bound / 1e6:.1f})"
    print(line)


def rows(rounds: int = 5) -> list[Row]:
    """Measure the rows of the common table."""
    rng = random.Random(2)
    printed = material.receipts(RECEIPTS, 5)
    kinds = {
        "tokenise, text-heavy": ([receipt(rng) for _ in range(RECEIPTS)], 20),
        "tokenise, raster-heavy": ([receipt(rng, 1600) for _ in range(40)], 500),
        "tokenise, the demo's tills": (printed, None),
    }
    found = []
    for name, (streams, goal) in kinds.items():
        commands = sum(len(Parser().feed(stream)) for stream in streams)
        size = sum(map(len, streams))
        notes = [f"{name}: {size / commands:.0f} bytes a command."]
        contenders: dict[str, Callable[[], float]] = {KVIT: lambda streams=streams: _round(streams)}  # type: ignore[misc]
        peer = peers.npos(streams)
        if peer is not None:
            peer.bytes_per_second()
            contenders[f"npos {peers.NPOS}"] = lambda peer=peer: peer.bytes_per_second() / 1e6  # type: ignore[misc]
        figures = in_turn(contenders, rounds)
        if peer is not None:
            notes.append(f"npos threw at {peer.refused} of these {len(streams)} streams.")
            peer.close()
        found.append(Row(name, "MB/s", figures, goal, notes=notes))
    return [*found, _linear(rounds)]


def _linear(rounds: int) -> Row:
    """What a byte costs in 10 MB, over what it costs in 10 kB."""
    rng = random.Random(3)
    text = b"".join(receipt(rng) for _ in range(9000))
    long = (text * (10_000_000 // len(text) + 1))[:10_000_000]
    ratios = []
    for _ in range(rounds):
        short = statistics.median(_speed(long[n * 10_000 : (n + 1) * 10_000]) for n in range(20))
        ratios.append(short / _speed(long))
    return Row("a byte of 10 MB over a byte of 10 kB", "times", {KVIT: figure(ratios)}, 1.5, at_most=True)


def _speed(data: bytes) -> float:
    start = time.process_time()
    in_pieces(data, 4096)
    return len(data) / (time.process_time() - start)


def _round(streams: list[bytes]) -> float:
    start = time.process_time()
    return parse_each(streams) / (time.process_time() - start) / 1e6


def main() -> None:
    """Print the table."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.0
    rng = random.Random(1)
    print(f"{'what':34} {'size':>11} {'command':>15} {'speed':>14} {'receipts':>12}")
    show("text-heavy receipts", [receipt(rng) for _ in range(RECEIPTS)], seconds, peer=True)
    show("receipts with a logo (200 rows)", [receipt(rng, 200) for _ in range(RECEIPTS)], seconds)
    show("raster-heavy (1,600 rows)", [receipt(rng, 1600) for _ in range(40)], seconds)
    text = b"".join(receipt(rng) for _ in range(9000))
    for size in (10_000, 100_000, 1_000_000, 10_000_000):
        piece = (text * (size // len(text) + 1))[:size]
        speed = rate(partial(in_pieces, piece, 4096), seconds)
        print(f"one stream of {size:>10,} bytes, 4 KiB at a time {speed / 1e6:19.1f} MB/s")
    small = text[:200_000]
    print(f"one byte at a time: {1e9 / rate(lambda: in_pieces(small, 1), seconds):.0f} ns a byte of text, ", end="")
    picture = encode("GS v 0", m=0, x=72, y=2000, d=bytes(144_000))
    print(f"{1e9 / rate(lambda: in_pieces(picture, 1), seconds):.0f} ns a byte of raster")
    if len(sys.argv) > 2:
        show(
            "captured streams",
            [path.read_bytes() for path in sorted(Path(sys.argv[2]).rglob("*.bin"))],
            seconds,
            peer=True,
        )


if __name__ == "__main__":
    main()
