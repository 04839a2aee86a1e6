"""Fuzz what desktops send: an IPP message and its twin, PWG and Apple raster, compressed documents.

    python3.11 -m venv /tmp/fuzz && /tmp/fuzz/bin/pip install atheris msgspec numpy
    PYTHONPATH=src /tmp/fuzz/bin/python fuzz/ipp.py [corpus folder] [-max_total_time=600] [-max_len=4096]

The first byte chooses. A crash file is replayed by giving its name instead of the folder. Without atheris,
``fuzz/ipp.py --random SECONDS`` mends known good bytes at chance.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable

GOOD_MESSAGE = (
    bytes.fromhex("0200000b0000000101470012617474726962757465732d6368617273657400057574662d38")
    + b"\x34\x00\x01c\x00\x00\x4a\x00\x00\x00\x01m\x33\x00\x00\x00\x08\0\0\0\1\0\0\0\2\x37\x00\x00\x00\x00\x03"
)


def tests() -> list[Callable[[bytes], None]]:
    """Make the laws, each a function of bytes that raises when it is broken."""
    from kvit.device.ipp.message import decode, encode
    from kvit.device.ipp.raster import pages
    from kvit.device.ipp.unpacking import unpacked
    from kvit.wire import WireError

    def message(data: bytes) -> None:
        try:
            found, rest = decode(data)
        except WireError:
            return
        assert decode(encode(found, rest)) == (found, rest)

    def raster(data: bytes) -> None:
        try:
            for page in pages(data):
                assert page.greys.size
        except WireError:
            return

    def packed(data: bytes) -> None:
        for word in ("gzip", "deflate"):
            try:
                assert len(unpacked(data, word, 1 << 16)) <= 1 << 16
            except WireError:
                continue

    return [message, raster, packed]


def main() -> None:
    """Run the fuzzer until it is stopped or finds a broken law."""
    if sys.argv[1:2] == ["--random"]:
        by_chance(float(sys.argv[2]))
        return
    import atheris

    with atheris.instrument_imports():
        laws = tests()
    atheris.Setup(sys.argv, lambda data: laws[data[0] % len(laws)](data[1:]) if data else None)
    atheris.Fuzz()


def by_chance(seconds: float) -> None:
    """Mend good bytes at chance."""
    import zlib

    import numpy as np

    from kvit.device.ipp.raster import Page, encode

    chance, laws = random.Random(7), tests()
    picture = encode([Page(np.arange(64, dtype=np.uint8).reshape(4, 16), 203)])
    head = bytes((8, 0, 0, 0)) + bytes(8) + (16).to_bytes(4, "big") + (2).to_bytes(4, "big") + bytes(12)
    apple = b"UNIRAST\0\0\0\0\1" + head + b"\x01\x0f\x00"
    good = [[GOOD_MESSAGE], [picture, apple], [zlib.compress(bytes(300))]]
    until, runs = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        which = chance.randrange(len(laws))
        data = bytearray(chance.choice(good[which]))
        for _ in range(chance.randrange(6)):
            data[chance.randrange(len(data))] = chance.choice((0, 1, 0x7F, 0x80, 0xFF, chance.randrange(256)))
        laws[which](bytes(data[: chance.randrange(len(data)) if chance.random() < 0.2 else len(data)]))
        runs += 1
    print(f"{runs} inputs, no law broken")


if __name__ == "__main__":
    main()
