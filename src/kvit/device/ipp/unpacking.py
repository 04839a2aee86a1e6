"""Compressed documents, opened under a limit: gzip (RFC 1952), deflate (RFC 1951, and in zlib's wrapping, as some send it).

A thousand zeros are a byte of deflate: what comes out is counted while it comes, and nothing beyond the limit is made.
"""

from __future__ import annotations

import zlib
from typing import Final

from kvit.wire import WireError

_RAW, _ZLIB, _GZIP = -15, 15, 31
_WINDOWS: Final = {"gzip": (_GZIP,), "deflate": (_RAW, _ZLIB)}
_ZLIB_FIRST: Final = 0x78
"""A first byte every zlib wrapping has in practice; as raw deflate it would be a stored block of the last kind."""


def unpacked(data: bytes, compression: str, bytes_max: int) -> bytes:
    """Open a document. Raises `WireError`: damaged, cut short, something behind it, or more than ``bytes_max``."""
    if compression == "none":
        return data
    windows = _WINDOWS[compression]
    if compression == "deflate" and data[:1] == bytes((_ZLIB_FIRST,)):
        windows = windows[::-1]
    problem: WireError | None = None
    for window in windows:
        try:
            return _opened(data, window, bytes_max)
        except WireError as error:
            problem = problem or error
    assert problem is not None
    raise problem


def _opened(data: bytes, window: int, bytes_max: int) -> bytes:
    opener = zlib.decompressobj(window)
    try:
        out = opener.decompress(data, bytes_max + 1)
    except zlib.error as error:
        raise WireError(f"a damaged document: {error}", data) from None
    if len(out) > bytes_max:
        raise WireError(f"more than {bytes_max} bytes when opened", data)
    if not opener.eof or opener.unused_data:
        raise WireError("a compressed document does not end where its bytes do", data)
    return out
