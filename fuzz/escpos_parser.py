"""Fuzz the parser and its twin: any bytes, any pieces, any dialect.

    python3.11 -m venv /tmp/fuzz && /tmp/fuzz/bin/pip install atheris msgspec
    PYTHONPATH=src /tmp/fuzz/bin/python fuzz/escpos_parser.py [corpus folder] [-max_total_time=600] [-max_len=4096]

atheris exists for CPython up to 3.11 on Linux. The first byte chooses the dialect, the second the size of the pieces; the
rest is the stream. A crash file is replayed by giving its name instead of the folder.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable

SILENT = ("text", "unknown", "payload", "display")
"""Commands without operands to write back."""


def main() -> None:
    """Run the fuzzer until it is stopped or finds a broken law."""
    import atheris

    with atheris.instrument_imports():
        from kvit.escpos import Command, Encoder, Parser
        from kvit.escpos.dialects import names
        from kvit.escpos.fingerprint import Fingerprint

    dialects = [None, *names()]
    encoders = {dialect: Encoder(dialect) for dialect in dialects}

    def joined(commands: Iterable[Command]) -> list[tuple[str, bytes]]:
        out: list[tuple[str, bytes]] = []
        for command in commands:
            if command.name == "text" and out and out[-1][0] == "text":
                out[-1] = ("text", out[-1][1] + command.raw)
            else:
                out.append((command.name, command.raw))
        return out

    def test(data: bytes) -> None:
        if len(data) < 2:
            return
        dialect, size, stream = dialects[data[0] % len(dialects)], data[1] % 16 + 1, data[2:]
        whole = Parser(dialect=dialect)
        commands = whole.feed(stream) + whole.close()
        cut = Parser(dialect=dialect)
        pieces = [command for at in range(0, len(stream), size) for command in cut.feed(stream[at : at + size])]
        assert joined(pieces + cut.close()) == joined(commands)
        assert b"".join(command.raw for command in commands) == stream
        for command in commands:
            fields = command.fields
            if dialect and whole.dialect == dialect and command.name not in SILENT:
                try:
                    assert encoders[dialect].encode(command.name, **fields) == command.raw
                except ValueError:
                    assert dialect.startswith("star") or dialect == "bematech", command
        Fingerprint().feed(stream)

    atheris.Setup(sys.argv, test)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
