"""Compressed documents: what is opened, what is refused, and that a bomb is never made."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest

from kvit.device.ipp.unpacking import unpacked
from kvit.wire import WireError

MAX = 1 << 20


@pytest.mark.parametrize("word", ["gzip", "deflate"])
def test_a_bomb_is_never_made(word: str) -> None:
    zeros = bytes(64 << 20)
    bomb = gzip.compress(zeros, mtime=0) if word == "gzip" else zlib.compress(zeros)
    del zeros
    tracemalloc.start()
    try:
        with pytest.raises(WireError):
            unpacked(bomb, word, MAX)
        assert tracemalloc.get_traced_memory()[1] < 8 * MAX
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("size", [0, 1, MAX])
def test_up_to_the_limit(size: int) -> None:
    data = bytes(size)
    assert unpacked(gzip.compress(data, mtime=0), "gzip", MAX) == data
    assert unpacked(zlib.compress(data), "deflate", MAX) == data
    with pytest.raises(WireError):
        unpacked(gzip.compress(bytes(MAX + 1), mtime=0), "gzip", MAX)


@pytest.mark.parametrize("data", [b"", b"x", gzip.compress(b"a", mtime=0)[:-1], gzip.compress(b"a", mtime=0) + b"x"])
def test_damaged(data: bytes) -> None:
    with pytest.raises(WireError):
        unpacked(data, "gzip", MAX)
