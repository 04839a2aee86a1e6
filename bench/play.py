"""Bytes to text: how many receipts a second one core parses, plays and writes down.

Run ``python -m bench.play [FOLDER]``: with a folder, its ``*.bin`` streams; without, a receipt of our own (1.3 kB, text
and a QR code). Each step is timed alone and all three together; the best of several rounds counts, in processor time, so
that neighbours on the machine disturb little.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path

from kvit.escpos import Parser, load_profile
from kvit.paper.languages.escpos import play
from kvit.paper.render import text

GOAL_PER_SECOND = 8_000
ROUNDS, RUNS = 9, 200

ITEMS = "".join(f"Item number {n:<2} of the list{n % 7 + 1:>8}{n * 1.37:>13.2f}\n" for n in range(1, 16))
RECEIPT = (
    b"\x1b@\x1ba\x01\x1b!\x30GREEN MARKET\n\x1b!\x00Harbour Street 12\nTel 02-555-0142   Tax ID 1234567890\n\x1ba\x00"
    + b"-" * 48 + b"\n\x1bE\x01Item                         Qty         Amount\n\x1bE\x00" + ITEMS.encode() + b"-" * 48
    + b"\n\x1d!\x01TOTAL                                     164.40\n\x1d!\x00"
    + b"Cash                                      200.00\n"
    + b"Change                                     35.60\n"
    + b"\x1ba\x01\x1d(k\x03\x001C\x04\x1d(k\x1b\x001P0https://example.com/r/4821"
    + b"\x1d(k\x03\x001Q0Thank you\n\x1bd\x03\x1dVB\x00"
)  # fmt: skip


def microseconds(work: Callable[[], object]) -> float:
    """The best mean of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.process_time()
        for _ in range(RUNS):
            work()
        best = min(best, (time.process_time() - began) / RUNS)
    return best * 1e6


def measure(name: str, data: bytes) -> float:
    """Time one stream and print its row; gives receipts a second."""
    profile = load_profile("epson")

    def parse() -> list[object]:
        parser = Parser(profile)
        return [*parser.feed(data), *parser.close()]

    parser = Parser(profile)
    commands = [*parser.feed(data), *parser.close()]
    sheet = play(commands, profile)
    steps = [parse, lambda: play(commands, profile), lambda: text.render(sheet)]
    parsed, played, written = (microseconds(step) for step in steps)
    total = parsed + played + written
    print(f"{name:44} {len(data):6} {len(commands):5} {parsed:7.0f} {played:7.0f} {written:7.0f} {1e6 / total:9.0f}")
    return 1e6 / total


def main() -> None:
    """Print the table."""
    print(f"{'stream':44} {'bytes':>6} {'cmds':>5} {'parse':>7} {'play':>7} {'text':>7} {'per s':>9}   (microseconds)")
    streams = {"our receipt": RECEIPT}
    if len(sys.argv) > 1:
        streams |= {path.name: path.read_bytes() for path in sorted(Path(sys.argv[1]).glob("*.bin"))}
    rates = [measure(name, data) for name, data in streams.items()]
    print(f"goal {GOAL_PER_SECOND} per s: {'met' if rates[0] >= GOAL_PER_SECOND else 'missed'} by our receipt")


if __name__ == "__main__":
    main()
