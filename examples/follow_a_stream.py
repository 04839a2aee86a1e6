"""Feed the parser as bytes come; whatever the pieces, the commands are the same and their raw bytes are the stream.

kvit demo --count 1 --pause 0 -o day && cat day/*.bin | python examples/follow_a_stream.py
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

from kvit.escpos import Command, Parser


def show(commands: Iterable[Command]) -> None:
    """Print one line a command."""
    for command in commands:
        print(f"{command.offset:>8}  {command.name:<12} {command.raw[:24].hex(' ')}")


def main() -> None:
    """Read standard input in small pieces, as from a slow wire."""
    parser = Parser("unknown")
    while piece := sys.stdin.buffer.read(7):
        show(parser.feed(piece))
    show(parser.close())


if __name__ == "__main__":
    main()
